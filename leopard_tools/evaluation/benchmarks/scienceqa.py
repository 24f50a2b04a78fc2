"""ScienceQA (arXiv 2209.09513): school questions, some with a picture.

Layout (hub): test-*.parquet (or data/test-*.parquet) with image, question, choices, answer (the
index of the right choice), hint, subject.
"""

from __future__ import annotations

from pathlib import Path

from ..benchmark import Benchmark, Measures, Protocol
from ..layouts import Row, found_files, letter_of, read_parquet
from ..prompts import LETTER_INSTRUCTION, published_options, with_choices
from ..questions import LETTERS, MARK, Question
from .common import by_letter


def read(folder: Path, protocol: Protocol) -> list[Question]:
    """The test questions; the published loader takes only those with a picture."""
    rows = read_parquet(found_files(folder, "test-*.parquet", "data/test-*.parquet"))
    return [
        _question(number, row, protocol)
        for number, row in enumerate(rows)
        if protocol == "standard" or row.picture("image")
    ]


def _question(number: int, row: Row, protocol: Protocol) -> Question:
    choices = tuple(row.texts("choices"))
    hint, stem = row.text("hint"), row.text("question")
    picture = row.picture("image")
    if protocol == "published":
        block = published_options(choices)
        text = f"{MARK} {stem}\nHint: {hint}\nChoices:\n{block}"
    else:
        text = with_choices(f"{hint}\n{stem}" if hint else stem, choices)
    return Question(
        id=f"scienceqa-{number}",
        images=(picture,) if picture else (),
        question=text,
        answers=(letter_of(row.number("answer"), LETTERS[: len(choices)], row),),
        kind=str(row.fields.get("subject") or "science"),
        sort="multiple-choice",
        choices=choices,
        instruction=LETTER_INSTRUCTION if protocol == "standard" else None,
    )


def measure(question: Question, reply: str) -> Measures:
    return {"accuracy": by_letter(question, reply)}


BENCHMARK = Benchmark(
    name="scienceqa",
    title="ScienceQA",
    read=read,
    measure=measure,
    figure="accuracy",
    files=("test-*.parquet",),
    paper={"idefics2": 90.38, "llava": 85.57},
)
