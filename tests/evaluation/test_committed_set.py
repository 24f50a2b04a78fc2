"""The held-out sets themselves are sound."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from leopard_tools.evaluation.dataset import KINDS, read_questions
from leopard_tools.evaluation.metrics import ABSENT
from leopard_tools.evaluation.questions import Question
from leopard_tools.reading.ocr import Reader
from leopard_tools.types import Reading

from ..conftest import ROOT

FOLDERS = [ROOT / "examples" / "data" / name for name in ("eval", "eval-fresh")]


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture(scope="module")
def questions(folder: Path) -> list[Question]:
    return read_questions(folder)


@pytest.fixture(scope="module")
def pictures(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.png"), *folder.glob("*.jpg")])


@pytest.fixture(scope="module")
def readings(pictures: list[Path]) -> dict[Path, Reading]:
    """All pictures, read once: the slowest part of these tests."""
    reader = Reader()
    found = {}
    for picture in pictures:
        with Image.open(picture) as image:
            found[picture] = reader.read(image)
    return found


def test_it_is_as_large_and_as_varied_as_it_says(questions: list[Question]) -> None:
    kinds = Counter(question.kind for question in questions)
    assert len(questions) >= 150 and kinds.keys() == set(KINDS)
    assert 0.1 <= kinds["absent"] / len(questions) <= 0.15
    assert kinds["which image"] >= 20
    assert sum(len(question.images) > 1 for question in questions) >= len(questions) / 4
    assert len({question.question for question in questions}) >= 0.98 * len(questions)


def test_every_picture_is_asked_about_and_all_are_small(
    questions: list[Question], pictures: list[Path]
) -> None:
    assert {image for question in questions for image in question.images} == set(pictures)
    assert sum(picture.stat().st_size for picture in pictures) < 6_000_000


def test_boxes_lie_inside_their_pictures(questions: list[Question], pictures: list[Path]) -> None:
    sizes = {}
    for picture in pictures:
        with Image.open(picture) as image:
            sizes[picture] = image.size
    for question in questions:
        if question.box is not None and question.page is not None:
            width, height = sizes[question.images[question.page]]
            box = question.box
            assert box.width > 0 and box.height > 0, question.id
            assert 0 <= box.left < box.right <= width, question.id
            assert 0 <= box.top < box.bottom <= height, question.id


def test_answers_fit_their_kinds(questions: list[Question]) -> None:
    for question in questions:
        if question.kind == "absent":
            assert question.answers == (ABSENT,) and question.page is None, question.id
        if question.kind == "which image":
            assert question.page is not None and len(question.images) >= 3, question.id
            assert question.answers[0] == f"image {question.page + 1}", question.id
        if question.kind in ("lookup", "table", "chart", "date"):
            assert question.box is not None, question.id


def test_answers_stand_in_what_is_read_of_their_page(
    questions: list[Question], readings: dict[Path, Reading]
) -> None:
    plain = [q for q in questions if q.kind in ("lookup", "table", "date") and q.page is not None]
    lost = [q.id for q in plain if not stands_in(q, readings)]
    assert len(lost) <= 0.05 * len(plain), lost


def stands_in(question: Question, readings: dict[Path, Reading]) -> bool:
    """Whether any spelling is in the text; spaces do not count, nor does a break of the line."""
    assert question.page is not None
    text = letters(readings[question.images[question.page]].text)
    return any(letters(answer) in text for answer in question.answers)


def letters(text: str) -> str:
    return "".join(c for c in text.casefold() if not c.isspace() and c != "|")
