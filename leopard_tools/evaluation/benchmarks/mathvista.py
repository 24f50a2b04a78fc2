"""MathVista (arXiv 2310.02255): mathematics in pictures.

Layout (hub): testmini-*.parquet (or data/testmini-*.parquet) with pid, query (hint, question and
choices), choices, answer, question_type, answer_type, precision, decoded_image; or
images/PID.jpg beside it.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ..benchmark import Benchmark, Measures, Protocol
from ..layouts import Row, found_files, read_parquet
from ..letters import chosen_letter
from ..questions import LETTERS, Picture, Question

_NUMBER = re.compile(r"-?(?:\d[\d,]*\.?\d*|\.\d+)")


def read(folder: Path, protocol: Protocol) -> list[Question]:
    """Every question with its query, which lists the choices and says how to answer."""
    files = found_files(folder, "testmini-*.parquet", "data/testmini-*.parquet")
    return [_question(folder, row, protocol) for row in read_parquet(files)]


def _question(folder: Path, row: Row, protocol: Protocol) -> Question:
    chosen = row.text("question_type") != "free_form"
    choices = tuple(row.texts("choices")) if chosen else ()
    answer = row.text("answer")
    if chosen:
        if answer not in choices:
            raise row.wrong("answer", f"one of the choices {choices}")
        # Of equal choices the published loader keeps the last one's letter.
        answer = LETTERS[len(choices) - 1 - choices[::-1].index(answer)]
    cell = row.picture("decoded_image")
    image: Path | Picture = cell or folder / "images" / f"{row.text('pid')}.jpg"
    precision = row.fields.get("precision")
    exact = "choice" if chosen else row.text("answer_type")
    return Question(
        id=f"mathvista-{row.text('pid')}",
        images=(image,),
        question=row.text("query"),
        answers=(answer,),
        kind="choice" if chosen else "free form",
        sort="multiple-choice" if chosen else "open-ended",
        choices=choices,
        instruction="" if protocol == "standard" else None,
        metric=f"float {int(precision)}" if isinstance(precision, int | float) else exact,
    )


def measure(question: Question, reply: str) -> Measures:
    """Accuracy as its own evaluation, whose extraction by GPT is replaced by rules.

    A choice is the letter, or else the most similar text; a number is the last one in the reply,
    rounded to the question's precision.
    """
    if question.choices:
        letter = chosen_letter(reply, question.choices)
        if letter is None:
            distances = [Levenshtein.distance(reply, text) for text in question.choices]
            letter = LETTERS[distances.index(min(distances))]
        return {"accuracy": float(letter in question.answers)}
    right = any(_equal(reply, answer, question.metric) for answer in question.answers)
    return {"accuracy": float(right)}


def _equal(reply: str, answer: str, form: str) -> bool:
    if form == "text":
        return reply.strip() == answer
    if form == "list":
        return "".join(reply.split()) == "".join(answer.split())
    found = _NUMBER.findall(reply)
    if not found:
        return False
    number = float(found[-1].replace(",", ""))
    # A model that repeats itself may write more digits than a number can have.
    if math.isinf(number):
        return False
    if form == "integer":
        return str(int(number)) == answer
    return str(round(number, int(form.partition(" ")[2] or 2))) == answer


BENCHMARK = Benchmark(
    name="mathvista",
    title="MathVista",
    read=read,
    measure=measure,
    figure="accuracy",
    files=("testmini-*.parquet",),
    paper={"idefics2": 44.80, "llava": 45.50},
)
