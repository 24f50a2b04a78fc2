"""SlideVQA (arXiv 2301.04883): questions about decks of 20 slides.

Layout: annotations/qa/test.jsonl with qa_id, deck_name, question, answer, evidence_pages (from 1);
images/test/DECK/NAME-PAGE-WIDTH.jpg (or images/DECK/...).
"""

from __future__ import annotations

import re
import string
from pathlib import Path

from ..benchmark import Benchmark, Measures, Protocol
from ..layouts import read_jsonl
from ..metrics import shared_f1
from ..questions import Question

SLIDES = 20
_PLACE = re.compile(r"-(\d+)-\d+\.jpg$")
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        (
            *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
            *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
            *("seventeen", "eighteen", "nineteen"),
        )
    )
}
_REPLACED = (
    ("this is ", ""),
    ("it is ", ""),
    ("&", ","),
    ("and", ","),
    ("percent", ""),
    ("organisation", "organization"),
    ("because of", ""),
    ("because", ""),
    ("due to", ""),
    ("hours", "hrs"),
    ("minites", "min"),
)


def read(folder: Path, protocol: Protocol) -> list[Question]:
    """The test questions; the published loader takes only decks of exactly 20 slides."""
    questions = []
    for number, record in enumerate(read_jsonl(folder / "annotations" / "qa" / "test.jsonl")):
        deck = record.text("deck_name")
        places = (folder / "images" / "test" / deck, folder / "images" / deck)
        place = next((p for p in places if p.is_dir()), places[0])
        slides = sorted((p for p in place.glob("*.jpg") if _PLACE.search(p.name)), key=_number)
        if protocol == "published" and len(slides) != SLIDES:
            continue
        pages = record.fields.get("evidence_pages")
        first = pages[0] - 1 if isinstance(pages, list) and pages else None
        questions.append(
            Question(
                id=f"slidevqa-{record.fields.get('qa_id', number)}",
                # A deck that is not there is asked about all the same, and named as missing.
                images=tuple(slides) or (place,),
                question=record.text("question"),
                answers=(record.text("answer"),),
                kind=str(record.fields.get("answer_type", "slide")),
                page=first if first is not None and 0 <= first < len(slides) else None,
            )
        )
    return questions


def _number(file: Path) -> int:
    found = _PLACE.search(file.name)
    assert found is not None
    return int(found.group(1))


def measure(question: Question, reply: str) -> Measures:
    """F1 and exact match of words, normalised as the benchmark's own evaluation does."""
    found = normalised(reply, question.question).split()
    wanted = [normalised(answer, question.question).split() for answer in question.answers]
    return {
        "f1": max(shared_f1(found, one) if found else 0.0 for one in wanted),
        "exact": float(bool(found) and found in wanted),
    }


def normalised(text: str, question: str) -> str:
    """Its steps in its order, the odd ones too: "and" goes inside words, units of the question."""
    text = text.lower()
    for old, new in _REPLACED:
        text = text.replace(old, new)
    for lead in ("how many", "which"):
        rest = question.partition(lead)[2].split()
        if rest:
            text = text.replace(rest[0], "")
    text = "".join(c for c in text if c not in string.punctuation)
    text = re.sub(r"\b(?:a|an|the)\b", " ", text)
    if text.startswith(("yes", "no")):
        text = text.split()[0]
    return " ".join(_NUMBERS.get(word, word) for word in text.split())


BENCHMARK = Benchmark(
    name="slidevqa",
    title="SlideVQA",
    read=read,
    measure=measure,
    figure="f1",
    files=("annotations/qa/test.jsonl",),
    paper={"idefics2": 34.93, "llava": 27.53},
)
