"""DUDE (arXiv 2305.08455): questions about documents of many pages, some without an answer.

Layout: a *DUDE_gt*.json with data[] of questionId, docId, question, answers, answers_variants,
answer_type, data_split; images/val/DOC_ID_PAGE.jpg, in the folder or one inside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ..benchmark import Benchmark, Measures, Protocol
from ..layouts import Record, found_files, read_json
from ..metrics import anls, exact_match, is_absence
from ..questions import Question

SPLIT = "val"
NO_ANSWER = "not-answerable"
_SEPARATORS = re.compile(r"\s*(?:[,;\n]|\band\b)\s*")
_PAGES = ("images/val", "DUDE_train-val-test_binaries/images/val", "*/images/val")


def read(folder: Path, protocol: Protocol) -> list[Question]:
    """The questions of the validation split. answers_variants count in the standard protocol."""
    file = found_files(folder, "*DUDE_gt*.json", "*/*DUDE_gt*.json")[0]
    place = found_files(folder, *_PAGES)[0]
    pages = sorted(place.iterdir())
    questions = []
    for record in read_json(file, under="data"):
        if record.fields.get("data_split", SPLIT) != SPLIT:
            continue
        kind = str(record.fields.get("answer_type", "unknown"))
        answers = [] if kind == NO_ANSWER else [a for a in record.texts("answers") if a]
        if protocol == "standard" and not kind.startswith("list"):
            answers += _variants(record)
        document = record.text("docId")
        questions.append(
            Question(
                id=f"dude-{record.text('questionId')}",
                # A document that is not there is asked about all the same, and named as missing.
                images=tuple(_pages_of(document, pages)) or (place / f"{document}_0.jpg",),
                question=record.text("question"),
                answers=tuple(answers),
                kind=kind,
            )
        )
    return questions


def _variants(record: Record) -> list[str]:
    return record.texts("answers_variants") if record.fields.get("answers_variants") else []


def _pages_of(document: str, pages: Sequence[Path]) -> list[Path]:
    return sorted((p for p in pages if p.name.startswith(document)), key=_page_number)


def _page_number(file: Path) -> int:
    last = file.stem.rpartition("_")[2]
    return int(last) if last.isdigit() else 0


def measure(question: Question, reply: str) -> Measures:
    """ANLS; of a list the mean similarity of items, each matched with at most one.

    A reply that says that there is no answer counts as none.
    """
    text = "" if is_absence(reply) else " ".join(reply.split())
    if question.kind.startswith("list"):
        score = list_anls([part for part in _SEPARATORS.split(text) if part], question.answers)
    else:
        score = anls(text, question.answers)
    right = exact_match(reply, question.answers) if question.answers else text == ""
    return {"anls": score, "exact": float(right)}


def list_anls(found: Sequence[str], wanted: Sequence[str]) -> float:
    """The best matching of two lists, items paired off, over the longer one's length.

    >>> list_anls(["red", "blue"], ["blue", "red"]), list_anls(["red"], ["blue", "red"])
    (1.0, 0.5)
    """
    if not found or not wanted:
        return float(not found and not wanted)
    short, long = sorted((found, wanted), key=len)
    # The best sum for each set of used items of the shorter list, item by item of the longer one;
    # more than ten items are matched in their order, for sets of them would be too many.
    if len(short) > 10:
        return sum(anls(a, [b]) for a, b in zip(short, long, strict=False)) / len(long)
    best = {0: 0.0}
    for item in long:
        longer = dict(best)
        for used, total in best.items():
            for place, other in enumerate(short):
                if not used >> place & 1:
                    with_it, score = used | 1 << place, total + anls(item, [other])
                    longer[with_it] = max(longer.get(with_it, 0.0), score)
        best = longer
    return max(best.values()) / len(long)


BENCHMARK = Benchmark(
    name="dude",
    title="DUDE",
    read=read,
    measure=measure,
    figure="anls",
    files=("*DUDE_gt*.json",),
    published_figure="anls",
    with_anls=True,
    paper={"idefics2": 40.74, "llava": 37.30},
)
