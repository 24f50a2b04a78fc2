"""Which letter a reply chose, as the published scripts find it; worked out by hand."""

from __future__ import annotations

import random

import pytest

from leopard_tools.evaluation.letters import Script, chosen_letter, published_letter

COLOURS = ("red", "green", "blue", "yellow")
BARE = ("A", "B", "C", "D")
BOTH: tuple[Script, ...] = ("idefics2", "llava")


@pytest.mark.parametrize("script", BOTH)
@pytest.mark.parametrize(
    ("reply", "letter"),
    [
        ("B", "B"),
        ("B.", "B"),
        ("(B)", "B"),
        ("'C'", "C"),
        ("A or rather C", "C"),  # the last one in the text
        ("(A) beats (D), not C", "D"),  # with brackets before those without
        ("It should be A but B is likely as well", "B"),
        ("I think that it is green here", "B"),  # the text of a choice in more than five words
        ("first red then later on also blue", "C"),
    ],
)
def test_both_scripts_find(reply: str, letter: str, script: Script) -> None:
    assert published_letter(reply, COLOURS, script, None) == letter


@pytest.mark.parametrize("script", BOTH)
@pytest.mark.parametrize("reply", ["", "green", "it is green", "E", "b"])
def test_both_scripts_find_nothing_in(reply: str, script: Script) -> None:
    assert published_letter(reply, COLOURS, script, None) is None


def test_only_the_first_script_looks_past_line_breaks_and_for_letters_with_a_dot() -> None:
    assert published_letter("B\nbecause", COLOURS, "idefics2", None) == "B"
    assert published_letter("B\nbecause", COLOURS, "llava", None) is None
    # "D." is found after "B.", but the places of letters with dots are never found: the first wins.
    assert published_letter("so D. and B. yes", COLOURS, "idefics2", None) == "B"
    assert published_letter("so D. and B. yes", COLOURS, "llava", None) is None


def test_letters_as_texts_of_choices_are_in_almost_any_sentence() -> None:
    reply = "nobody could possibly tell from this picture"
    assert published_letter(reply, BARE, "llava", None) == "C"  # the c of "picture" is the last


def test_dice_are_those_of_the_published_seed() -> None:
    dice = random.Random(42)
    thrown = [published_letter("no idea", BARE, "llava", dice) for _ in range(5)]
    assert thrown == ["A", "A", "C", "B", "B"]


@pytest.mark.parametrize(
    ("reply", "letter"),
    [
        ("b", "B"),
        ("(c).", "C"),
        ("Blue.", "C"),
        ("The answer is D", "D"),
        ("mauve", None),
        ("", None),
    ],
)
def test_nothing_is_left_to_chance_by_the_standard_protocol(reply: str, letter: str | None) -> None:
    assert chosen_letter(reply, COLOURS) == letter


def test_a_text_that_stands_for_two_choices_chooses_none() -> None:
    assert chosen_letter("red", ("red", "Red")) is None
