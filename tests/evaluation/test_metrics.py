"""Scores of single answers; golden ones were computed by the published evaluation code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from leopard_tools.evaluation.benchmarks.dude import list_anls
from leopard_tools.evaluation.benchmarks.mathvista import measure as mathvista
from leopard_tools.evaluation.benchmarks.multihiertt import measure as multihiertt
from leopard_tools.evaluation.benchmarks.slidevqa import normalised as slide_normalised
from leopard_tools.evaluation.benchmarks.textvqa import vqa_accuracy
from leopard_tools.evaluation.metrics import (
    anls,
    exact_match,
    is_absence,
    number_in,
    open_match,
    relaxed_match,
    says_unknown,
    token_f1,
)
from leopard_tools.evaluation.overlap import rouge_1, rouge_l
from leopard_tools.evaluation.questions import Question

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
        ("…5", "5"),
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
        (".5", "5"),
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


def test_numbers_are_relaxed_by_a_twentieth_and_texts_not_at_all() -> None:
    assert relaxed_match("95", ["100"]) and relaxed_match("105", ["100"])
    assert not relaxed_match("94.9", ["100"]) and not relaxed_match("105.1", ["100"])
    assert relaxed_match("-1,050", ["-1000"]) and not relaxed_match("1000", ["-1000"])
    assert relaxed_match("8%", ["0.08"]) and relaxed_match("Kenya ", ["peru", "kenya"])
    assert not relaxed_match("0.01", ["0"]) and relaxed_match("0", ["0"])
    assert (number_in("1,250.5"), number_in("12%"), number_in("12 m")) == (1250.5, 0.12, None)


def test_what_only_python_takes_for_a_number_is_a_word() -> None:
    for word in ("Nan", "inf", "Infinity"):
        assert number_in(word) is None and relaxed_match(word, [word.upper()])
    assert number_in("1_000") is None and number_in("9" * 400) is None
    assert not relaxed_match("1_000", ["1000"])
    assert number_in("\N{MINUS SIGN}1,050") == -1050.0
    assert relaxed_match("\N{MINUS SIGN}104", ["-100"]) and not relaxed_match("104", ["-100"])


def test_a_point_in_front_of_a_tables_number_counts() -> None:
    for reply, figure in (("$.50", 1.0), ("0.5.", 1.0), ("$5", 0.0), (".5 $", 1.0)):
        found = multihiertt(Question("q", (), "?", (".5",), "lookup"), reply)
        assert found["exact"] == figure, reply


@pytest.mark.parametrize("form", ["integer", "float 1"])
def test_more_digits_than_a_number_can_have_are_a_wrong_answer(form: str) -> None:
    question = Question("q", (), "?", ("5",), "free form", metric=form)
    assert mathvista(question, "1" * 400) == {"accuracy": 0.0}


def test_f1_counts_words_as_often_as_they_stand() -> None:
    # Two of three words are shared, and two of four: 2 x 2 / 7.
    assert token_f1("red red car", ["red car and cat"]) == pytest.approx(4 / 7)
    assert token_f1("The red car!", ["a red car"]) == 1.0
    assert token_f1("blue", ["red", "blue"]) == 1.0
    assert token_f1("", ["red"]) == 0.0 and token_f1("", ["the"]) == 1.0
    assert token_f1("red", []) == 0.0


def test_rouge_counts_words_once_and_in_order() -> None:
    # Words shared: 3 of 3 and 3 of 4; in order two of three: "sat the cat" against "the cat sat".
    assert rouge_1("the cat sat", "the cat sat down") == pytest.approx(6 / 7, abs=1e-6)
    assert rouge_l("sat the cat", "the cat sat") == pytest.approx(2 / 3, abs=1e-6)
    assert rouge_1("Cat", "cat") == 0.0
    assert rouge_l("", "the cat") == 0.0 == rouge_1(". .", "the cat")


def test_unknown_counts_only_as_a_final_piece() -> None:
    assert says_unknown("Unanswerable.") and says_unknown("The answer is unknown")
    assert not says_unknown("it is an unknown bird") and not says_unknown("")


def test_lists_are_matched_item_by_item() -> None:
    assert list_anls(["c", "a"], ["a", "b", "c"]) == pytest.approx(2 / 3)
    assert list_anls(["a", "a"], ["a"]) == 0.5  # an item serves once
    # "colour" and "color" are 5/6 alike.
    assert list_anls(["colour"], ["color", "size"]) == pytest.approx(5 / 12)
    assert list_anls([], []) == 1.0 and list_anls([], ["a"]) == 0.0
    many = [str(n) * 3 for n in range(12)]
    assert list_anls(many, many) == 1.0


def test_vqa_accuracy_leaves_each_person_out_once() -> None:
    assert vqa_accuracy("red", ("red",) * 4 + ("blue",) * 6) == 1.0
    # Three said it: 2/3 where one of them is left out, else 1.
    assert vqa_accuracy("red", ("red",) * 3 + ("blue",) * 7) == pytest.approx(0.9)
    assert vqa_accuracy("one", ("1",) + ("blue",) * 9) == pytest.approx(0.3)
    assert vqa_accuracy("The Red.", ("red",) * 10) == 1.0


@pytest.mark.parametrize(
    ("reply", "said", "same"),
    [
        ("1,000.5", "1000.5", True),
        (".5", "5", False),
        ("coca-cola!", "Coca Cola", True),
        ("$5", "5", False),
        ("50%", "50", False),
        ("5:30", "5 30", False),
        ("ben & jerry", "ben jerry", False),
        ("Joe's, bar?", "joe 's bar", True),
        ("read -only", "readonly", False),
        ("and/ or", "and or", True),
        ("example.com", "examplecom", True),
    ],
)
def test_textvqa_compares_texts_as_its_own_evaluation(reply: str, said: str, same: bool) -> None:
    assert vqa_accuracy(reply, (said,) * 10) == float(same)


def test_slide_answers_are_normalised_as_their_benchmark_does() -> None:
    assert slide_normalised("Five percent", "") == "5"
    assert slide_normalised("No, it is not", "") == "no"
    assert slide_normalised("3 people", "how many people came?") == "3"
    assert slide_normalised("a brand", "") == "br"  # "and" becomes a comma inside words too
