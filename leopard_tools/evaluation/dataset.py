"""Reads a folder of questions about pictures: `questions.jsonl` with the pictures beside it.

One JSON object a line: id, images (file names in the folder, in order), question, answers
(acceptable spellings, the first as it stands in the image), kind, page (index from 0 of the image
that the answer rests on, or null) and box ([left, top, width, height] in that image's pixels, or
null). A folder from somebody else must not bring pictures of its reader into a report, so no name
leads out of it; links in it are followed. It opens no picture and must not know who answers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import LeopardError
from ..types import Box
from .layouts import json_lines
from .questions import Question

FILE = "questions.jsonl"
IN_TEXT = ("lookup", "table", "chart", "date", "list")
"""Kinds of questions whose answers stand in the text of an image, word for word."""

KINDS = (*IN_TEXT, "which image", "extreme", "count", "yes/no", "compare", "absent")
MOST_IMAGES = 6

_FIELDS = frozenset({"id", "images", "question", "answers", "kind", "page", "box"})


def read_questions(folder: Path) -> list[Question]:
    """The questions of a folder in the order of its file.

    Raises LeopardError that names the file and line where something is missing or wrong.
    """
    file = folder / FILE
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise LeopardError(
            f"{file} cannot be read ({reason}). Give a folder that holds {FILE} and its pictures."
        ) from None
    except UnicodeDecodeError:
        raise LeopardError(f"{file} is not UTF-8 text.") from None
    questions: list[Question] = []
    seen: dict[str, int] = {}
    for number, entry in json_lines(text, file):
        where = f"{file}, line {number}"
        question = _question(entry, folder, where)
        if first := seen.get(question.id):
            raise LeopardError(f"{where}: the id {question.id!r} was used in line {first}.")
        seen[question.id] = number
        questions.append(question)
    if not questions:
        raise LeopardError(f"{file} holds no questions.")
    return questions


def _question(entry: object, folder: Path, where: str) -> Question:
    if not isinstance(entry, dict) or entry.keys() != _FIELDS:
        raise LeopardError(f"{where}: needs one object with {', '.join(sorted(_FIELDS))} alone.")
    problem = next(_problems(entry, folder), None)
    if problem:
        raise LeopardError(f"{where}: {problem}")
    return Question(
        id=entry["id"],
        images=tuple(folder / name for name in entry["images"]),
        question=entry["question"],
        answers=tuple(entry["answers"]),
        kind=entry["kind"],
        page=entry["page"],
        box=Box(*entry["box"]) if entry["box"] is not None else None,
    )


def _problems(entry: dict[str, object], folder: Path) -> Iterator[str]:
    """What is wrong with an entry, the first thing first; later ones rely on earlier ones."""
    for field in ("id", "question", "kind"):
        if not _is_text(entry[field]):
            yield f"{field} is {entry[field]!r} and should be text."
    for field in ("images", "answers"):
        value = entry[field]
        if not (isinstance(value, list) and value and all(map(_is_text, value))):
            yield f"{field} is {value!r} and should be a list of texts, at least one."
    images, page, box = entry["images"], entry["page"], entry["box"]
    assert isinstance(images, list)
    if len(images) > MOST_IMAGES:
        yield f"images has {len(images)} entries; at most {MOST_IMAGES} are possible."
    for name in images:
        if Path(name).anchor or ".." in Path(name).parts:
            yield f"the picture {name!r} does not lie in {folder}. Put it there and name it so."
        # Not Path.is_file, which raises OSError for what is longer than names may be (a data URL).
        if not os.path.isfile(folder / name):  # noqa: PTH113
            yield f"there is no picture {folder / name}."
    if entry["kind"] not in KINDS:
        yield f"the kind {entry['kind']!r} is unknown. Known are: {', '.join(KINDS)}."
    if page is not None and not (_is_whole(page) and page in range(len(images))):
        last = len(images) - 1
        yield f"page is {page!r} and should be null or from 0 to {last}, a whole number."
    if box is not None:
        if not (isinstance(box, list) and len(box) == 4 and all(map(_is_whole, box))):
            yield f"box is {box!r} and should be null or four whole numbers."
        elif min(box[2:]) < 1:
            yield f"box is {box!r} and its width and height should be above 0."
        if page is None:
            yield "a box needs the page that it lies on."


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


__all__ = ["FILE", "IN_TEXT", "KINDS", "MOST_IMAGES", "read_questions"]
