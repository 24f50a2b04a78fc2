"""Tools in the system turn, calls by the assistant, and the way back."""

from __future__ import annotations

import json

import pytest

from leopard_tools.errors import LeopardError
from leopard_tools.tool_format import (
    Tool,
    ToolCall,
    calls_text,
    parse_calls,
    system_text,
    tools_text,
)

WEATHER = Tool(
    "get_weather",
    "Weather of a town",
    {
        "type": "object",
        "properties": {
            "town": {"type": "string", "title": "Town", "description": "as on a map"},
            "unit": {"type": "string", "enum": ["°C", "°F"], "default": "°C"},
        },
        "required": ["town"],
        "additionalProperties": False,
    },
)
STOP = Tool("stop", "Stops all")


def test_tools_stand_as_json_between_marks_with_what_a_caller_must_know() -> None:
    text = tools_text([WEATHER, STOP])
    assert text.startswith("<tools>") and text.endswith("</tools>")
    weather, stop = json.loads(text.removeprefix("<tools>").removesuffix("</tools>"))
    assert weather == {
        "name": "get_weather",
        "description": "Weather of a town",
        "parameters": {
            "town": {"type": "string", "description": "as on a map"},
            "unit": {"type": "string", "enum": ["°C", "°F"]},
        },
        "required": ["town"],
    }
    assert stop == {"name": "stop", "description": "Stops all"}


def test_a_system_turn_without_tools_says_nothing_of_them() -> None:
    assert system_text("Be kind.", []) == "Be kind."
    assert system_text("Be kind.", [STOP]) == f"Be kind.\n{tools_text([STOP])}"


@pytest.mark.parametrize(
    "calls",
    [
        [ToolCall("stop")],
        [ToolCall("get_weather", {"town": 'Köln "am Rhein"\n', "days": 3, "now": True})],
        [
            ToolCall("get_weather", {"town": "a</tool_call>"}),
            ToolCall("stop", {"why": None, "at": [1.5]}),
        ],
    ],
)
def test_calls_come_back_as_they_were_written(calls: list[ToolCall]) -> None:
    assert parse_calls(calls_text(calls)) == calls


def test_a_call_is_found_after_words_and_without_its_closing_mark() -> None:
    whole = calls_text([ToolCall("stop")])
    assert parse_calls(f"I will do that. {whole}") == [ToolCall("stop")]
    assert parse_calls(whole.removesuffix("</tool_call>")) == [ToolCall("stop")]
    assert parse_calls('<tool_call>{"name": "stop"}</tool_call>') == [ToolCall("stop")]


def test_text_without_a_call_is_none() -> None:
    assert parse_calls("It is 7 °C.") is None
    assert parse_calls("") is None


@pytest.mark.parametrize(
    "body",
    ['[{"name": "stop", "arg', "[1]", '[{"arguments": {}}]', '[{"name": "a", "arguments": 3}]'],
)
def test_a_malformed_call_says_what_is_wrong(body: str) -> None:
    with pytest.raises(LeopardError, match="began a tool call"):
        parse_calls(f"<tool_call>{body}</tool_call>")
