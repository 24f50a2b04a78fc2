"""MultiHiertt (ACL 2022): questions that need several tables of one financial report.

Layout: dev.json with uid, tables (HTML), qa.question, qa.answer. Pictures of the tables are taken
from images/UID_TABLE.png where they are there, else drawn: the published loader draws them with
packages and random colours that nobody can repeat, ours come out the same everywhere.
"""

from __future__ import annotations

import math
from pathlib import Path

from ..benchmark import Benchmark, Measures, Protocol
from ..drawn import DrawnTable
from ..layouts import Record, read_json
from ..metrics import exact_match, number_in, token_f1
from ..questions import Picture, Question


def read(folder: Path, protocol: Protocol) -> list[Question]:
    """All questions; the paragraphs of the report are not shown, only its tables."""
    questions = []
    for record in read_json(folder / "dev.json"):
        qa = record.inner("qa")
        questions.append(
            Question(
                id=f"multihiertt-{record.text('uid')}",
                images=tuple(_tables(folder, record)),
                question=qa.text("question"),
                answers=(qa.text("answer"),),
                kind="calculated" if qa.fields.get("program") else "in the tables",
            )
        )
    return questions


def _tables(folder: Path, record: Record) -> list[Path | Picture]:
    tables: list[Path | Picture] = []
    for number, html in enumerate(record.texts("tables")):
        name = f"{record.text('uid')}_{number}.png"
        picture = folder / "images" / name
        tables.append(picture if picture.is_file() else DrawnTable(name, html))
    return tables


def measure(question: Question, reply: str) -> Measures:
    """Exact match, numbers within a thousandth (0.1 at most) as its evaluation has them; F1."""
    exact = any(_equal(reply, answer) for answer in question.answers)
    return {
        "exact": float(exact),
        "f1": 1.0 if exact else token_f1(reply, question.answers),
    }


def _equal(reply: str, answer: str) -> bool:
    found, wanted = (number_in(text.strip().lstrip("$ ").rstrip("$. ")) for text in (reply, answer))
    if found is None or wanted is None:
        return exact_match(reply, [answer])
    return math.isclose(found, wanted, abs_tol=min(abs(min(found, wanted)) / 1000, 0.1))


BENCHMARK = Benchmark(
    name="multihiertt",
    title="MultiHiertt",
    read=read,
    measure=measure,
    figure="exact",
    files=("dev.json",),
    paper={"idefics2": 10.09, "llava": 7.70},
)
