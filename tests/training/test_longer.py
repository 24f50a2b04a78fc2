"""Long answers: sentences, comparisons, JSON that fits its schema, choices that are offered."""

from __future__ import annotations

import json
from collections import Counter
from itertools import chain
from random import Random

import pytest

from leopard_tools.training.contexts import make_context
from leopard_tools.training.layouts import LAYOUTS
from leopard_tools.training.longer import KINDS as LONG
from leopard_tools.training.records import iso, make_fact
from leopard_tools.training.samples import Context, Pen, Question


@pytest.fixture(scope="module")
def contexts() -> list[Context]:
    return [make_context(8, number) for number in range(500)]


@pytest.fixture(scope="module")
def questions(contexts: list[Context]) -> list[Question]:
    return list(chain.from_iterable(context.questions for context in contexts))


def test_all_kinds_of_long_answers_are_there_and_short_ones_are_the_main_thing(
    questions: list[Question],
) -> None:
    kinds = Counter(question.kind for question in questions)
    assert all(kinds[kind] >= 15 for kind in LONG)
    letters = sum(len(q.text) + len(q.answer) for q in questions if q.kind in LONG)
    assert 0.03 < letters / sum(len(q.text) + len(q.answer) for q in questions) < 0.25


def test_json_has_the_keys_asked_for_written_as_json_is(questions: list[Question]) -> None:
    for question in questions:
        if question.kind == "json":
            instruction = question.text.split("\n")[-1]
            answer = json.loads(question.answer)
            assert question.answer == json.dumps(answer, ensure_ascii=False)
            assert instruction.startswith("Answer with a JSON object: {")
            assert all(f'"{key}": ' in instruction for key in answer)


def test_the_texts_of_json_stand_on_the_page(contexts: list[Context]) -> None:
    for context in contexts:
        text = " ".join(context.images).replace("\n", " ")
        for question in context.questions:
            if question.kind == "json":
                values = json.loads(question.answer).values()
                strings = [v for v in values if isinstance(v, str) and not v[:4].isdigit()]
                assert all(value in text for value in strings), question


def test_what_is_null_may_be_null(questions: list[Question]) -> None:
    null = 0
    for question in questions:
        if question.kind == "json":
            for key, value in json.loads(question.answer).items():
                described = question.text.split(f'"{key}": ')[-1].split(', "')[0]
                null += value is None
                assert value is not None or "null" in described, question
    assert null > 5


def test_a_choice_is_one_of_those_offered(questions: list[Question]) -> None:
    for question in questions:
        if question.kind == "choice":
            offered = question.text.split("Answer with one of: ")[1].rstrip(".").split(", ")
            assert question.answer in offered and len(offered) > 1


def test_sentences_are_whole_and_say_which_image_they_are_about(contexts: list[Context]) -> None:
    for context in contexts:
        for question in context.questions:
            if question.kind in ("summary", "comparison"):
                assert question.answer.endswith(".") and "{" not in question.answer
                if len(context.images) > 1:
                    assert any(word in question.text for word in NUMBERS), question


NUMBERS = (*"12345678", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@pytest.mark.parametrize("text", ["03/05/2024", "May 2024", "yesterday", "3 of 2024"])
def test_a_date_that_could_be_two_is_none(text: str) -> None:
    assert iso(text) is None
    assert make_fact(text, "date") is None


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("€1,250.50", "number", 1250.5),
        ("18.647,00 EUR", "number", 18647),
        ("90,120", "integer", 90120),
        ("24 AUG 2025", "date", "2025-08-24"),
        ("red, blue", "list", ["red", "blue"]),
    ],
)
def test_texts_become_values(text: str, kind: str, value: object) -> None:
    fact = make_fact(text, kind)
    assert fact is not None and fact.value == value


def test_most_layouts_can_be_summed_up() -> None:
    summed = [bool(make(Pen(Random(1))).summary) for make, _ in LAYOUTS]
    assert sum(summed) > 0.6 * len(summed)
