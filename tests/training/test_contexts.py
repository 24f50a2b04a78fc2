"""The generator: the same for a seed, and right about what it asks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from random import Random

import pytest

from leopard_tools.training import vocabulary
from leopard_tools.training.contexts import INVENTED, SEVERAL, Part, make_context
from leopard_tools.training.layouts import LAYOUTS
from leopard_tools.training.longer import KINDS as LONG
from leopard_tools.training.pages.linked import PAIRS, Pair
from leopard_tools.training.samples import ABSENT, Ask, Context, Page, Pen
from leopard_tools.variants.nano import Nano

PARTS: tuple[Part, ...] = ("trained", "layouts", "phrasings")
DATA = Path(__file__).parents[2] / "examples" / "data" / "questions.json"
EVALUATED = DATA.parent / "eval" / "questions.jsonl"


def contexts(part: Part, count: int = 250) -> list[Context]:
    return [make_context(3, number, part) for number in range(count)]


def test_a_number_gives_the_same_context_in_every_process() -> None:
    program = (
        "from leopard_tools.training.contexts import make_context\n"
        "print([make_context(3, number) for number in range(20)])"
    )
    command = [sys.executable, "-c", program]
    other = subprocess.run(command, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == str([make_context(3, number) for number in range(20)])


def test_seeds_numbers_and_parts_give_different_contexts() -> None:
    made = [
        make_context(seed, number, part) for seed in (1, 2) for number in (0, 1) for part in PARTS
    ]
    assert len({context.images for context in made}) == len(made)


@pytest.mark.parametrize("part", PARTS)
def test_answers_stand_in_the_images_unless_they_are_said_about_them(part: Part) -> None:
    for context in contexts(part):
        text = " ".join(context.images).replace("\n", " ")
        for question in context.questions:
            said = question.answer in ("yes", "no")
            if said or question.kind in (*INVENTED, *LONG, "compare images"):
                continue
            listed = question.kind == "list"
            items = question.answer.split(", ") if listed else [question.answer]
            assert all(item in text for item in items), question


def test_an_answer_about_an_image_names_one_that_is_there() -> None:
    for context in contexts("trained"):
        for question in context.questions:
            if question.kind in ("which image", "compare images"):
                # The number alone where only that is asked for.
                assert question.answer.startswith("image ") or "num" in question.text.lower()
                number = int(question.answer.removeprefix("image "))
                assert 1 <= number <= len(context.images)


def test_no_question_of_a_context_has_two_answers() -> None:
    for context in contexts("trained"):
        answers: dict[str, str] = {}
        for question in context.questions:
            asked = question.text.casefold().split("\nanswer")[0]
            assert answers.setdefault(asked, question.answer) == question.answer, question


def test_an_eighth_of_the_questions_has_no_answer() -> None:
    questions = list(chain.from_iterable(context.questions for context in contexts("trained")))
    absent = [question for question in questions if question.answer == ABSENT]
    assert 0.09 < len(absent) / len(questions) < 0.15
    assert all(question.kind == "absent" for question in absent)
    assert Nano.absent == ABSENT


def test_most_questions_carry_the_instruction_of_the_embedded_model() -> None:
    questions = list(chain.from_iterable(context.questions for context in contexts("trained")))
    instructed = [question for question in questions if question.text.endswith(Nano.instruction)]
    assert 0.65 < len(instructed) / len(questions) < 0.85


def test_contexts_have_one_to_eight_images() -> None:
    assert {len(context.images) for context in contexts("trained", 600)} == set(range(1, 9))


def stands(ask: Ask, page: Page) -> bool:
    """Whether the answer, or each item of a list, stands on the page."""
    text = page.text.replace("\n", " ")
    return all(
        part in text for part in (ask.answer.split(", ") if ask.kind == "list" else [ask.answer])
    )


@pytest.mark.parametrize("make", [make for make, _ in LAYOUTS])
def test_a_layout_asks_for_what_it_shows(make: Callable[[Pen], Page]) -> None:
    for seed in range(60):
        page = make(Pen(Random(seed)))
        assert page.title in page.text
        for ask in page.asks:
            assert "{" not in ask.question + ask.answer, ask
            assert ask.kind in INVENTED or ask.answer in ("yes", "no") or stands(ask, page), ask
            assert (ask.answer == ABSENT) == (ask.kind == "absent") == bool(ask.lacks), ask


@pytest.mark.parametrize("make", PAIRS)
def test_pages_that_belong_together_answer_what_is_asked_of_both(
    make: Callable[[Pen], Pair],
) -> None:
    for seed in range(30):
        first, second = make(Pen(Random(seed)))
        assert any(ask.kind in SEVERAL for ask in second.asks)
        for ask in (*first.asks, *second.asks):
            both = stands(ask, first) or stands(ask, second)
            assert both or ask.answer in ("yes", "no", ABSENT), ask


def test_questions_about_several_pages_name_none_of_them() -> None:
    asked = [
        q for context in contexts("trained", 400) for q in context.questions if q.kind in SEVERAL
    ]
    assert len(asked) > 30
    assert not any(" image 1" in q.text or " page 2" in q.text for q in asked)


def test_pages_are_as_long_as_real_ones() -> None:
    lengths = sorted(len(text) for context in contexts("trained") for text in context.images)
    # About four letters a token; real pages have 185 tokens in the median and up to 700.
    assert 400 < lengths[len(lengths) // 2] < 900
    assert lengths[-1] > 1300


def test_held_phrasings_are_never_trained_on() -> None:
    phrasings = ("a", "b", "c", "d")
    assert {Pen(Random(seed)).phrase(phrasings) for seed in range(50)} == {"a", "b", "c"}
    assert {Pen(Random(seed), held=True).phrase(phrasings) for seed in range(50)} == {"d"}


def test_no_held_out_answer_is_a_name_of_the_generator() -> None:
    names = {
        name.casefold()
        for words in vars(vocabulary).values()
        if isinstance(words, tuple)
        for name in words
    }
    examples = json.loads(DATA.read_text(encoding="utf-8"))
    people = {"tidewell", "toronto", "marta", "kowalska", "fulmar", "nordics", "lindqvist"}
    answers = {answer.casefold() for example in examples for answer in example["answers"]}
    assert names.isdisjoint(people | answers)


def test_no_held_out_question_is_asked() -> None:
    rows = EVALUATED.read_text(encoding="utf-8").splitlines()
    examples = [*json.loads(DATA.read_text(encoding="utf-8")), *map(json.loads, rows)]
    held = {example["question"] for example in examples}
    asked = {
        question.text.split("\n")[0]
        for context in contexts("trained", 800)
        for question in context.questions
    }
    # Plain questions of an invoice or of key figures belong to no one; what names something does.
    assert {text for text in held & asked if any(c.isupper() for c in text[1:])} <= {"VAT number"}
