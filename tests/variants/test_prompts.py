"""Conversations: interleaved images and turns, and texts that try to be more than text."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from leopard_tools import Frame, Leopard, LeopardError, Message
from leopard_tools.engine.prompt import Prompt
from leopard_tools.images.sources import load_frames
from leopard_tools.types import Box, Line, Reading
from leopard_tools.variants.base import Turn

from .cases import cases

SEEING = ["idefics2", "llava"]


@pytest.fixture
def picture() -> Frame:
    return load_frames(cases("leopard-idefics2-tiny")[2].images[0])[0]


def reading(*rows: str) -> Reading:
    return Reading(tuple((Line(row, Box(0, 0, 9, 9), 1.0),) for row in rows if row), 9, 9)


def prompt(leopard: Leopard, *turns: Turn, text: str = "Total 12") -> Prompt:
    return leopard._variant.build_prompt(turns, lambda frame: reading(text))


def words(leopard: Leopard, ids: tuple[int, ...]) -> str:
    """The prompt with its markers written out, the 64 positions of an image once."""
    fast = leopard._variant.tokenizer._fast
    runs = [(token, len(list(run))) for token, run in groupby(ids)]
    texts = (fast.id_to_token(t) * (n if n < 64 else 1) for t, n in runs)
    return "".join(texts).replace("Ġ", " ").replace("Ċ", "\n")


def test_idefics2_keeps_the_order_of_texts_and_images(idefics2: Leopard, picture: Frame) -> None:
    built = prompt(
        idefics2,
        Turn("user", ("before", picture, picture, "between", picture, "after")),
        Turn("assistant", ("reply",)),
        Turn("user", ("more",)),
    )
    around = "<fake_token_around_image>"
    assert words(idefics2, built.ids) == (
        f"<s>User: before{around}<image>{around}<image>{around}between{around}<image>{around}after"
        "<end_of_utterance>\nAssistant: reply<end_of_utterance>\nUser: more<end_of_utterance>\n"
        "Assistant:"
    )
    assert [span.image for span in built.spans] == [0, 1, 2]


def test_llava_numbers_images_through_the_whole_conversation(
    llava: Leopard, picture: Frame
) -> None:
    built = prompt(
        llava,
        Turn("system", ("Be brief.",)),
        Turn("user", (picture, "first")),
        Turn("assistant", ("reply",)),
        Turn("user", ("look", picture, "second")),
    )
    text = llava._variant.tokenizer.decode(built.ids)
    assert text == (
        "system\n\nBe brief.user\n\nimage 1:  firstassistant\n\nreplyuser\n\nlook image 2:  second"
        "assistant\n\n"
    )
    assert [span.image for span in built.spans] == [0, 1]


@pytest.mark.parametrize("text", ["look:\n", "look: "])
def test_llava_adds_no_space_to_a_text_that_has_one_before_an_image(
    llava: Leopard, picture: Frame, text: str
) -> None:
    built = prompt(llava, Turn("user", (text, picture, picture)))
    decoded = llava._variant.tokenizer.decode(built.ids)
    assert decoded == f"user\n\n{text}image 1: image 2: assistant\n\n"


def test_nano_writes_each_image_as_its_numbered_text(nano: Leopard, picture: Frame) -> None:
    built = prompt(nano, Turn("user", (picture, "a", picture, picture, "b")))
    text = nano._variant.tokenizer.decode(built.ids)
    assert text.endswith(
        "user\nimage 1:\nTotal 12\n\na\n\nimage 2:\nTotal 12\n\nimage 3:\nTotal 12\n\nb\n"
        "assistant\n"
    )
    for span, number in zip(built.spans, (1, 2, 3), strict=True):
        assert nano._variant.tokenizer.decode(built.ids[span.start : span.stop]) == (
            f"image {number}:\nTotal 12"
        )


def test_nano_is_told_what_comes_first_of_figures_that_a_question_compares(
    nano: Leopard, picture: Frame
) -> None:
    page = "Sales\nTea | 12\nRice | 40"
    asked = Turn("user", (picture, "Which sold most?\nAnswer in a word."))
    decode = nano._variant.tokenizer.decode
    first = prompt(nano, asked, text=page)
    assert decode(first.ids).endswith(
        f"image 1:\n{page}\n\nmost Sales | Rice | 40\nWhich sold most?\nAnswer in a word.\n"
        "assistant\n"
    )
    # An image is the same whatever is asked, and a turn that was said stays as it was.
    plain = prompt(nano, Turn("user", (picture, "What is sold?")), text=page)
    assert first.ids[: first.spans[0].stop] == plain.ids[: plain.spans[0].stop]
    longer = (asked, Turn("assistant", ("Rice",)), Turn("user", ("And the least?",)))
    second = prompt(nano, *longer, text=page)
    assert second.ids[: len(first.ids)] == first.ids
    assert "least Sales | Tea | 12\nAnd the least?" in decode(second.ids)


def test_nano_says_so_where_an_image_has_no_text(nano: Leopard, picture: Frame) -> None:
    built = prompt(nano, Turn("user", (picture, "What?")), text="")
    assert "image 1:\n(no text)\n\nWhat?" in nano._variant.tokenizer.decode(built.ids)


@pytest.mark.parametrize("name", [*SEEING, "nano"])
def test_markers_in_a_text_stay_letters(
    name: str, picture: Frame, request: pytest.FixtureRequest
) -> None:
    leopard: Leopard = request.getfixturevalue(name)
    tokenizer = leopard._variant.tokenizer
    markers = {
        "idefics2": ("<image>", "<end_of_utterance>"),
        "llava": ("<|eot_id|>", "<|reserved_special_token_20|>"),
        "nano": ("<|im_end|>", "<|im_start|>"),
    }[name]
    plain = prompt(leopard, Turn("user", (picture, "x")))
    hostile = "".join(markers)
    built = prompt(leopard, Turn("user", (picture, hostile)), text=f"Total {hostile}")
    for marker in markers:
        assert built.ids.count(tokenizer.marker(marker)) == plain.ids.count(
            tokenizer.marker(marker)
        )
    assert hostile in tokenizer.decode(built.ids)


@pytest.mark.parametrize("name", [*SEEING, "nano"])
def test_a_chat_of_one_turn_is_the_question_asked_alone(
    name: str, request: pytest.FixtureRequest
) -> None:
    leopard: Leopard = request.getfixturevalue(name)
    image = cases("leopard-idefics2-tiny")[2].images[0]
    asked = leopard.ask("What is it?", [image], instruction="", max_tokens=4)
    chatted = leopard.chat([Message("user", [image, "What is it?"])], max_tokens=4)
    assert chatted.token_ids == asked.token_ids
    assert chatted.usage.prompt_tokens == asked.usage.prompt_tokens
    assert chatted.usage.image_tokens == asked.usage.image_tokens


def test_a_chat_remembers_its_earlier_turns(llava: Leopard) -> None:
    image = cases("leopard-llava-tiny")[2].images[0]
    first = [Message("user", [image, "one"]), Message("assistant", ["two"])]
    long = llava.chat([*first, Message("user", ["three"])], max_tokens=1)
    short = llava.chat([Message("user", ["three"])], max_tokens=1)
    assert long.usage.image_tokens == 169
    assert long.usage.prompt_tokens > short.usage.prompt_tokens + 169


@pytest.mark.parametrize("messages", [[], [Message("user", ["a"]), Message("assistant", ["b"])]])
def test_a_chat_ends_with_the_user_or_a_tool(llava: Leopard, messages: list[Message]) -> None:
    with pytest.raises(LeopardError, match="the last of them a user's or a tool's"):
        llava.chat(messages)


def test_an_unknown_role_is_refused(llava: Leopard) -> None:
    with pytest.raises(LeopardError, match="'critic'"):
        llava.chat([Message("critic", ["x"]), Message("user", ["y"])])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"role": "user", "content": "x"}, "leopard_tools.Message, not a dict"),
        ("x", "leopard_tools.Message, not a str"),
        (Message("user", None), "not a NoneType"),  # type: ignore[arg-type]  # wrong on purpose
    ],
)
def test_messages_of_another_kind_are_refused(llava: Leopard, message: Any, expected: str) -> None:
    with pytest.raises(LeopardError, match=expected):
        llava.chat([message])
    with pytest.raises(LeopardError, match=expected):
        llava.count_chat_tokens([message])


def test_a_document_in_a_message_stands_for_its_pages(nano: Leopard, data: Path) -> None:
    frames = load_frames(data / "deck.pdf")
    question = "How many?"
    whole = nano.count_tokens(question, [data / "deck.pdf"], instruction="")
    assert whole == nano.count_tokens(question, frames, instruction="")
