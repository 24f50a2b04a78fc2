"""MMMU (arXiv 2311.16502): college questions of 30 subjects, pictures inside the text.

Layout (hub): SUBJECT/validation-*.parquet with id, question, options (a list written as text),
image_1 to image_7, answer, question_type ("multiple-choice" or "open").
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from ..benchmark import Benchmark, Measures, Protocol
from ..layouts import Cell, Row, found_files, read_parquet
from ..metrics import open_match
from ..prompts import LETTER_INSTRUCTION, published_options, with_choices
from ..questions import MARK, Question
from .common import by_letter

MOST = 7
_TAG = re.compile(r"<image [1-7]>")


def read(folder: Path, protocol: Protocol) -> list[Question]:
    """The validation questions, subject by subject."""
    files = found_files(folder, "*/val*.parquet", "MMMU/*/val*.parquet")
    return [_question(row, protocol) for row in read_parquet(files)]


def _question(row: Row, protocol: Protocol) -> Question:
    stem, choices = row.text("question"), _options(row)
    chosen = row.text("question_type") == "multiple-choice"
    images = _images(row, f"{stem} {published_options(choices)}")
    if protocol == "published":
        text = f"{stem}\nChoices:\n{published_options(choices)}" if chosen else stem
    else:
        text = with_choices(stem, choices) if chosen else stem
    text = _TAG.sub(MARK, text)
    if text.count(MARK) > len(images):
        text = first_marks(text, len(images))
    return Question(
        id=f"mmmu-{row.text('id')}",
        images=images,
        question=text,
        answers=tuple(_answers(row, protocol)),
        kind=row.file.parent.name,
        sort="multiple-choice" if chosen else "open",
        choices=choices,
        instruction=LETTER_INSTRUCTION if chosen and protocol == "standard" else None,
    )


def _options(row: Row) -> tuple[str, ...]:
    try:
        found = ast.literal_eval(row.text("options") or "[]")
    except (ValueError, SyntaxError):
        raise row.wrong("options", "a list written as text") from None
    return tuple(map(str, found))


def _images(row: Row, text: str) -> tuple[Cell, ...]:
    """The pictures whose tags occur, by their number."""
    numbers = [k for k in range(1, MOST + 1) if f"<image {k}>" in text]
    found = (row.picture(f"image_{k}") for k in numbers)
    return tuple(cell for cell in found if cell is not None)


def _answers(row: Row, protocol: Protocol) -> list[str]:
    """Open questions may have several answers, written as a list; the published code reads none."""
    text = row.text("answer")
    if text.startswith("[") and protocol == "standard":
        try:
            return [str(one) for one in ast.literal_eval(text)]
        except (ValueError, SyntaxError):
            pass
    return [text]


def first_marks(text: str, count: int) -> str:
    """A text without its marks after the first `count`; as published, with none to keep all stay.

    >>> first_marks("a<image>b<image>c", 1)
    'a<image>bc'
    """
    pieces = text.split(MARK)
    kept = count or len(pieces) - 1
    return MARK.join(pieces[: kept + 1]) + "".join(pieces[kept + 1 :])


def measure(question: Question, reply: str) -> Measures:
    """Accuracy as MMMU's own evaluation, but a reply that chose no letter is wrong, not drawn."""
    if question.sort == "multiple-choice":
        return {"accuracy": by_letter(question, reply)}
    return {"accuracy": float(open_match(reply, question.answers))}


BENCHMARK = Benchmark(
    name="mmmu",
    title="MMMU",
    read=read,
    measure=measure,
    figure="accuracy",
    files=("*/val*.parquet",),
    paper={"idefics2": 40.11, "llava": 43.00},
)
