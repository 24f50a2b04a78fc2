"""Figures that were worked out by hand."""

from __future__ import annotations

import pytest

from leopard_tools.evaluation.dataset import KINDS
from leopard_tools.evaluation.own_set import MAIN, OwnScorer
from leopard_tools.evaluation.questions import Question
from leopard_tools.evaluation.replies import Reply
from leopard_tools.evaluation.summary import Summary, summarise
from leopard_tools.types import Box, Citation

from .doubles import question

BOX = Box(100, 100, 40, 20)


def reply(text: str, probability: float, cited: Box | None = None, *, page: int = 0) -> Reply:
    citations = (Citation(page, cited, text),) if cited else ()
    costs = {"seconds": 2.0, "read_seconds": 0.5, "probability": probability}
    return Reply("", text, 0.99, citations, 100, 80, 4, **costs)


QUESTIONS = [
    question("a", "Ada", page=0, box=BOX),
    question("b", "Bob", page=0, box=BOX),
    question("c", "Cy", page=0, box=BOX),
    question("d", "Dora", page=0, box=BOX),
    question("e", "image 2", "2", kind="which image", page=0, box=BOX),
    question("f", "not in the images", kind="absent"),
    question("g", "not in the images", kind="absent"),
]
REPLIES = [
    reply("ada.", 0.95, Box(120, 100, 20, 20)),  # right, and inside the box
    reply("Bob", 0.95, Box(139, 100, 40, 20)),  # right, beside the box but for a pixel
    reply("Cy", 0.95, BOX, page=1),  # right, another page cited
    reply("not in the images", 0.55),  # wrong
    reply("2", 0.55),  # right
    reply("Not in the images.", 0.95),  # right
    reply("Fred", 0.95, BOX),  # wrong
]


def counted(questions: list[Question], replies: list[Reply]) -> Summary:
    scorer = OwnScorer()
    scores = [scorer.measure(q, r) for q, r in zip(questions, replies, strict=True)]
    return summarise(questions, replies, scores, main=MAIN, order=KINDS)


def test_the_whole_is_counted() -> None:
    total = counted(QUESTIONS, REPLIES).total
    assert total.questions == 7
    assert total["right"] == pytest.approx(5 / 7)
    assert total["exact"] == pytest.approx(4 / 5)
    assert total["exact_in_text"] == pytest.approx(3 / 4)
    assert total["open"] == pytest.approx(4 / 5)
    assert total["anls"] == pytest.approx((3 / 4 + 1 + 1 + 0 + 1) / 5)  # "ada." has a dot too many
    assert total["cited_page"] == pytest.approx(2 / 3)
    assert total["cited_box"] == pytest.approx(1 / 3)
    assert total["absent_precision"] == total["absent_recall"] == 0.5
    # Five at 0.95 of which four are right, two at 0.55 of which one is.
    assert total["calibration_error"] == pytest.approx((abs(4 - 4.75) + abs(1 - 1.1)) / 7)
    assert (total["seconds"], total["read_seconds"]) == (2.0, 0.5)
    assert (total["prompt_tokens"], total["completion_tokens"]) == (100, 4)


def test_places_that_were_not_looked_up_are_no_wrong_places() -> None:
    scorer = OwnScorer()
    for name in ("cited_page", "cited_box"):
        assert scorer.measure(QUESTIONS[0], Reply("a", "Ada"))[name] is None
        assert scorer.measure(QUESTIONS[0], Reply("a", "Ada", citations=()))[name] == 0.0


def test_every_figure_has_an_interval_over_its_own_questions() -> None:
    total = counted(QUESTIONS, REPLIES).total
    right, cited = total.found["right"], total.found["cited_page"]
    assert right.count == 7 and 0 < right.low < right.value < right.high <= 1
    assert cited.count == 3


def test_each_kind_is_counted_and_what_has_nothing_to_count_is_none() -> None:
    kinds = counted(QUESTIONS, REPLIES).kinds
    assert list(kinds) == ["lookup", "which image", "absent"]
    assert (kinds["lookup"]["right"], kinds["which image"]["right"]) == (0.75, 1.0)
    assert kinds["which image"]["cited_page"] is None  # a number stands nowhere
    assert (kinds["absent"]["exact"], kinds["absent"]["right"]) == (None, 0.5)
    assert kinds["absent"]["absent_recall"] == 0.5
    assert kinds["lookup"]["absent_recall"] is None


def test_an_error_is_never_right_and_broken_pictures_are_named_once() -> None:
    broken = [
        Reply("f", "not in the images", error="too long"),
        Reply("g", "", error="no file", broken=("a.png",)),
        Reply("a", "", error="no file", broken=("a.png", "b.png")),
    ]
    summary = counted([QUESTIONS[5], QUESTIONS[6], QUESTIONS[0]], broken)
    assert summary.total["right"] == 0.0
    assert (summary.failed, summary.broken) == (3, ("a.png", "b.png"))


def test_nothing_asked_has_no_figures() -> None:
    summary = counted([], [])
    assert summary.kinds == {} and summary.total["right"] is None
    assert summary.to_dict()["kinds"] == {}


def test_json_has_four_digits_and_intervals() -> None:
    total = counted(QUESTIONS, REPLIES).to_dict()["total"]
    assert isinstance(total, dict) and total["right"] == 0.7143 and total["questions"] == 7
    low, high = total["intervals"]["right"]
    assert 0 < low < 0.7143 < high <= 1
