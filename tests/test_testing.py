"""The doubles that other programs test with."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from leopard_tools import Leopard, LeopardError, Message, ToolCall
from leopard_tools.errors import ImageInvalid
from leopard_tools.testing import ScriptedLeopard, tiny_checkpoint
from leopard_tools.types import Tool


def test_a_script_is_said_in_order_and_what_was_asked_is_known(data: Path) -> None:
    with ScriptedLeopard(["58.4%", "não está 🙂"]) as leopard:
        answer = leopard.ask("What was the margin?", data / "deck.pdf", instruction="")
        assert (answer.text, answer.finish_reason, answer.model) == ("58.4%", "stop", "scripted")
        assert len(answer.images) == 6 and answer.usage.image_tokens
        assert "".join(leopard.stream("And in Lisbon?", instruction="Be brief.")) == "não está 🙂"
        assert leopard.questions == ["What was the margin?", "And in Lisbon?\nBe brief."]
        with pytest.raises(LeopardError, match="no answer number 3"):
            leopard.ask("And then?")


def test_all_but_the_words_is_real(data: Path) -> None:
    with ScriptedLeopard(["58.4%", *["long " * 50] * 2, "one", "two"]) as leopard:
        with pytest.raises(ImageInvalid, match="no such file"):
            leopard.ask("What?", "missing.png")
        cited = leopard.ask("What was the gross margin?", data / "deck.pdf", cite=True)
        assert cited.citations[0].image == 1 and cited.citations[0].text == "58.4%"
        stream = leopard.stream("Go on.")
        assert next(stream) == "l"
        stream.close()
        with pytest.raises(LeopardError, match="was closed"):
            assert stream.answer
        assert leopard.ask("Go on.", max_tokens=4).text == "long"
        assert asyncio.run(leopard.aask("One?")).text == "one"
        assert leopard.chat([Message("user", ["Two?"])]).text == "two"


def test_a_script_may_call_tools_and_keep_to_a_schema(data: Path) -> None:
    weather = Tool("weather", "How it is.", {"type": "object", "properties": {"city": {}}})
    calls = [ToolCall("weather", {"city": "Oslo"})]
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    with ScriptedLeopard([calls, '{"n": 3}', "yes", "three"]) as leopard:
        asked = [Message("user", ["How warm is it in Oslo?"])]
        assert leopard.chat(asked, tools=[weather]).tool_calls == tuple(calls)
        assert leopard.ask("How many?", schema=schema).parsed == {"n": 3}
        assert leopard.ask("Is it?", schema={"enum": ["yes", "no"]}).parsed == "yes"
        with pytest.raises(LeopardError):
            leopard.ask("How many?", schema=schema)


def test_a_script_calls_only_what_may_be_called() -> None:
    tools = [Tool("weather", "How it is."), Tool("route", "How to go.")]
    asked, weather = [Message("user", ["How warm is it?"])], ToolCall("weather")
    calls: list[str | list[ToolCall]] = [[ToolCall("stocks")], "Warm.", [weather], [weather] * 2]
    options: list[dict[str, Any]] = [
        {},
        {"tool_choice": "required"},
        {"tool_choice": "route"},
        {"parallel_calls": False},
    ]
    with ScriptedLeopard([*calls, "Warm.", [weather] * 2]) as leopard:
        for option in options:
            with pytest.raises(LeopardError, match=r"which is not [01] to [18] calls of .*route"):
                leopard.chat(asked, tools=tools, **option)
        assert leopard.chat(asked, tools=tools).text == "Warm."
        assert leopard.chat(asked, tools=tools).tool_calls == (weather, weather)


def test_an_answer_comes_whole_unless_it_is_told_how_long_it_may_be(data: Path) -> None:
    text = "A long answer: " + "é" * 70
    calls = [ToolCall("weather", {"city": "Oslo " * 20})]
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    weather = Tool("weather", "How it is.", {"type": "object", "properties": {"city": {}}})
    with ScriptedLeopard([text, calls, f'{{"a": "{text}"}}', text, "not in the images"]) as leopard:
        answer = leopard.ask("What?")
        assert (answer.text, answer.finish_reason) == (text, "stop")
        asked = [Message("user", ["How warm is it?"])]
        assert leopard.chat(asked, tools=[weather]).tool_calls == tuple(calls)
        assert leopard.ask("What?", schema=schema).parsed == {"a": text}
        short = leopard.ask("What?", max_tokens=6)
        assert (short.text, short.finish_reason) == ("A long", "length")
        assert leopard.session(data / "scan.jpg").ask("Who?").text == "not in the images"


def test_a_verbatim_answer_is_cited_and_stands_in_an_image(data: Path) -> None:
    scan = data / "scan.jpg"
    script = ["2 October 2025", "2 October 2025", "not in the images", "3 October 2025", "2 Oct"]
    with ScriptedLeopard(script) as leopard:
        answer = leopard.ask("When is it due?", scan, verbatim=True)
        [place, *_] = leopard.find("2 October 2025", scan)
        assert answer.text == "2 October 2025" and answer.finish_reason == "stop"
        assert [cited.text for cited in answer.citations] == [answer.text]
        assert abs(answer.citations[0].box.left - place.box.left) < 5
        # Cut short, it is completed to whole words, as every verbatim answer.
        short = leopard.ask("When is it due?", scan, verbatim=True, max_tokens=4)
        assert short.text == "2 October" == short.citations[0].text
        absent = leopard.ask("Who paid?", scan, verbatim=True)
        assert (absent.text, absent.citations) == ("not in the images", ())
        for text in script[-2:]:
            with pytest.raises(LeopardError, match=f"'{text}', which a verbatim answer cannot be"):
                leopard.ask("When is it due?", scan, verbatim=True)


def test_a_tiny_checkpoint_loads_and_answers_the_same_each_time(tmp_path: Path, data: Path) -> None:
    (tmp_path / "one").mkdir()
    one, two = (tiny_checkpoint(tmp_path / name, seed=5) for name in ("one", "new/two"))
    answers = []
    for folder in (one, two):
        with Leopard.load(folder, device="cpu") as leopard:
            assert leopard.variant == "llava"
            answers.append(leopard.ask("What is it?", data / "page.png", max_tokens=8).token_ids)
    assert answers[0] == answers[1] and len(answers[0]) > 0
