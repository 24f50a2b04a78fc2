"""Scores of single answers; golden ones were computed by the published evaluation code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from leopard_tools.evaluation.metrics import anls, exact_match, is_absence, open_match

from ..conftest import GOLDEN


def golden(name: str) -> list[dict[str, Any]]:
    cases = json.loads((GOLDEN / "metrics.json").read_text(encoding="utf-8"))[name]
    assert len(cases) == 200
    return list(cases)


def test_anls_equals_the_published_code() -> None:
    for case in golden("anls"):
        assert anls(case["prediction"], case["answers"]) == case["score"], case


def test_open_answers_are_judged_as_by_the_published_code() -> None:
    for case in golden("open"):
        assert open_match(case["prediction"], case["answers"]) is case["correct"], case


def test_anls_at_its_borders() -> None:
    assert anls("", ["word"]) == 0.0
    assert anls("ab", ["ax"]) == 0.5  # a half still counts
    assert anls("abc", ["axy"]) == 0.0
    assert anls("WORD", ["other", "word"]) == 1.0
    assert anls("unanswerable", []) == 1.0 and anls("word", []) == 0.0


def test_open_numbers_are_compared_as_numbers() -> None:
    assert open_match("1,234.00", ["1234"])
    assert open_match("It comes to 1,234.001 in all", ["1234"])
    assert not open_match("12345", ["1234"])
    assert open_match("November", ["no"])  # contained, as published


@pytest.mark.parametrize(
    ("prediction", "answer"),
    [
        ("  declan FOY. ", "Declan Foy"),
        ("€1 250", "€1,250"),
        ("1\u202f271", "1,271"),
        ("1,900 m2", "1,900 m²"),
        ("“Lady Brenna”", "Lady Brenna"),
        ("PETREL’S REST", "Petrel's Rest"),
        ("−6.20", "-6.20"),
        ("Ashgill , Port  Velm", "Ashgill, Port Velm"),
        ("?", "?"),
    ],
)
def test_exact_match_ignores_what_changes_no_meaning(prediction: str, answer: str) -> None:
    assert exact_match(prediction, ["other", answer])


@pytest.mark.parametrize(
    ("prediction", "answer"),
    [
        ("Declan", "Declan Foy"),
        ("12 50", "1250"),
        ("1.5", "15"),
        ("-5", "5"),
        ("5%", "5"),
        ("", "5"),
        ("2 October", "2 October 2025"),
    ],
)
def test_exact_match_counts_everything_else(prediction: str, answer: str) -> None:
    assert not exact_match(prediction, [answer])


def test_an_absence_has_several_wordings() -> None:
    assert is_absence("Not in the images.") and is_absence("unanswerable")
    assert not is_absence("not in the images of Tuesday") and not is_absence("")
