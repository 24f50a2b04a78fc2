"""Conversations with tools: calls are always valid, and stand in the prompt as they were taught."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Sequence
from typing import Any

import jsonschema
import numpy as np
import pytest
from PIL import Image
from pydantic import BaseModel, Field

from leopard_tools import Leopard, LeopardError, Message
from leopard_tools.calling import Calling
from leopard_tools.engine.grammar import GrammarConstraint
from leopard_tools.errors import SchemaUnsupported
from leopard_tools.tool_format import CALLS, calls_text, tools_text
from leopard_tools.types import Tool, ToolCall
from leopard_tools.variants.base import Turn


class Place(BaseModel):
    city: str
    country: str | None = None


class Route(BaseModel):
    start: Place
    end: Place


WEATHER = Tool(
    "get_weather",
    "The weather of a day.",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "unit": {"enum": ["celsius", "fahrenheit"]},
            "days": {"type": "integer", "minimum": 1, "maximum": 9},
        },
        "required": ["city"],
    },
)
ROUTE = {
    "type": "function",
    "function": {
        "name": "plan_route",
        "description": "A way from one place to another.",
        "parameters": Route.model_json_schema(),
    },
}
ASKED = [Message("user", ["How warm is it in Oslo?"])]


def check(call: ToolCall) -> None:
    schemas = {"get_weather": WEATHER.parameters, "plan_route": Route.model_json_schema()}
    jsonschema.validate(dict(call.arguments), dict(schemas[call.name]))


def test_a_tool_whose_arguments_cannot_be_held_keeps_nobody_from_calling_another(
    nano: Leopard,
) -> None:
    odd = {
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "file": {"type": "string", "format": "file-path", "pattern": "^(?!/)"},
        "word": {"type": "string", "pattern": r"\bfoo\b"},
        "twice": {"type": "string", "pattern": r"^(a|b)\1\Z"},
        "either": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 1}]},
        "not": {"type": "object", "propertyNames": {"maxLength": 3}, "not": {"required": ["a"]}},
    }
    tag = Tool("tag", "Tags a file.", {"type": "object", "properties": odd})
    answer = nano.chat(ASKED, tools=[WEATHER, tag], tool_choice="required", max_tokens=200)
    assert answer.tool_calls[0].name in ("get_weather", "tag")
    # What is named like a keyword is a parameter all the same.
    called = nano.chat(ASKED, tools=[tag], tool_choice="tag", max_tokens=200).tool_calls[0]
    assert set(called.arguments) <= set(odd)


def test_a_tool_with_a_schema_that_cannot_be_held_is_named(nano: Leopard) -> None:
    for wrong in ({"type": "stone"}, {"anyOf": 3}):
        bad = Tool("weigh", "Weighs.", {"type": "object", "properties": {"x": wrong}})
        with pytest.raises(SchemaUnsupported, match="The tool 'weigh': "):
            nano.chat(ASKED, tools=[WEATHER, bad])


@pytest.mark.parametrize("name", ["nano", "llava", "idefics2"])
@pytest.mark.parametrize("seed", range(4))
def test_a_required_call_is_valid_whatever_is_sampled_and_wherever_it_is_cut(
    name: str, seed: int, request: pytest.FixtureRequest
) -> None:
    leopard: Leopard = request.getfixturevalue(name)
    answer = leopard.chat(
        ASKED,
        tools=[WEATHER, ROUTE],
        tool_choice="required",
        temperature=1.3,
        seed=seed,
        max_tokens=10 + 20 * seed,
    )
    assert answer.tool_calls
    for call in answer.tool_calls:
        check(call)
    # The calls and nothing else; a character may be written as its escape.
    written = json.loads(answer.text.removeprefix(CALLS[0]).removesuffix(CALLS[1]))
    assert answer.text.startswith(CALLS[0]) and answer.text.endswith(CALLS[1])
    assert written == [{"name": c.name, "arguments": c.arguments} for c in answer.tool_calls]


@pytest.mark.parametrize("turns", [[], [Turn("system", ("",))]])
def test_tools_after_an_empty_system_text_begin_the_turn(turns: list[Turn]) -> None:
    calling = Calling.of([WEATHER], None)
    assert calling is not None
    assert calling.turns(turns, "") == [Turn("system", (tools_text([WEATHER]),))]


def test_a_named_tool_is_the_one_called(nano: Leopard) -> None:
    for tool in ("get_weather", "plan_route"):
        answer = nano.chat(ASKED, tools=[WEATHER, ROUTE], tool_choice=tool, max_tokens=60)
        assert {call.name for call in answer.tool_calls} == {tool}


def test_with_auto_the_model_may_answer_and_what_it_calls_is_valid(nano: Leopard) -> None:
    for question in ("How warm is it in Oslo?", "What is 1 + 1?", "Hello!"):
        messages = [Message("user", [question])]
        answer = nano.chat(messages, tools=[WEATHER, ROUTE], max_tokens=60)
        for call in answer.tool_calls:
            check(call)
        assert answer.tool_calls or not answer.text.startswith("<")


def test_one_call_is_the_most_where_several_are_not_wanted(nano: Leopard) -> None:
    asked = [Message("user", ["How warm is it in Oslo, in Rome and in Cairo?"])]
    options: dict[str, Any] = {"tools": [WEATHER], "tool_choice": "required", "max_tokens": 200}
    answer = nano.chat(asked, parallel_calls=False, **options)
    assert len(answer.tool_calls) == 1
    # Nothing but the number of calls differs.
    assert answer.tool_calls[0] == nano.chat(asked, **options).tool_calls[0]


def test_an_answer_to_a_schema_is_that_or_calls(nano: Leopard) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 20}},
        "required": ["city"],
    }
    options: dict[str, Any] = {"tools": [WEATHER, ROUTE], "schema": schema, "max_tokens": 60}
    for temperature, seed in ((0.0, 0), (1.5, 1), (1.5, 2), (1.5, 3), (1.5, 4)):
        answer = nano.chat(ASKED, temperature=temperature, seed=seed, **options)
        if answer.tool_calls:
            assert answer.parsed is None
        else:
            jsonschema.validate(answer.parsed, schema)
    forced = nano.chat(ASKED, tool_choice="get_weather", **options)
    assert forced.tool_calls and forced.parsed is None
    plain = nano.chat(ASKED, tool_choice="none", **options)
    jsonschema.validate(plain.parsed, schema)


def test_a_conversation_is_counted_as_it_is_computed(nano: Leopard) -> None:
    answer = nano.chat(ASKED, tools=[WEATHER], max_tokens=1)
    assert nano.count_chat_tokens(ASKED, tools=[WEATHER]) == answer.usage.prompt_tokens
    longer = [*ASKED, Message("assistant", [answer.text])]
    assert nano.count_chat_tokens(longer, tools=[WEATHER]) > answer.usage.prompt_tokens


def test_none_offers_no_tools(nano: Leopard) -> None:
    plain = nano.chat(ASKED, max_tokens=8)
    none = nano.chat(ASKED, tools=[WEATHER], tool_choice="none", max_tokens=8)
    assert none.usage.prompt_tokens == plain.usage.prompt_tokens
    assert none.tool_calls == () and none.token_ids == plain.token_ids


def test_tools_calls_and_results_stand_in_the_prompt(nano: Leopard) -> None:
    calls = [ToolCall("get_weather", {"city": "Oslo"}), ToolCall("get_weather", {"city": "Bergen"})]
    messages = [
        Message("system", ["Be brief."]),
        *ASKED,
        Message("assistant", tool_calls=calls),
        Message("tool", ['{"celsius": 7}']),
        Message("tool", ['{"celsius": 9}']),
    ]
    answer = nano.chat(messages, tools=[WEATHER], max_tokens=4)
    inquiry = nano._converse(messages, _calling([WEATHER]), {})
    text = nano._variant.tokenizer.decode(inquiry.prompt().ids)
    assert text == (
        f"system\nBe brief.\n{tools_text([WEATHER])}\n"
        "user\nHow warm is it in Oslo?\n"
        f"assistant\n{calls_text(calls)}\n"
        'tool\n{"celsius": 7}\n{"celsius": 9}\n'
        "assistant\n"
    )
    assert answer.usage.prompt_tokens == len(inquiry.prompt().ids)


def test_pictures_of_the_system_turn_stay_where_tools_are_offered(nano: Leopard) -> None:
    letterhead = Image.new("RGB", (64, 32), "white")
    messages = [Message("system", [letterhead, "Be brief.", "Be kind."]), *ASKED]
    answer = nano.chat(messages, tools=[WEATHER], max_tokens=4)
    inquiry = nano._converse(messages, _calling([WEATHER]), {})
    text = nano._variant.tokenizer.decode(inquiry.prompt().ids)
    assert len(answer.images) == 1
    assert text.startswith(
        f"system\nimage 1:\n(no text)\n\nBe brief.\nBe kind.\n{tools_text([WEATHER])}\n"
    )


def prompt_of(leopard: Leopard, messages: list[Message], tools: Sequence[Tool] = ()) -> str:
    inquiry = leopard._converse(messages, Calling.of(tools, None), {})
    return leopard._variant.tokenizer.decode(inquiry.prompt().ids)


@pytest.mark.parametrize("content", [[], [""], ["", ""]])
@pytest.mark.parametrize("tools", [[], [WEATHER]])
def test_a_system_message_without_content_leaves_the_checkpoints_own(
    nano: Leopard, content: list[str], tools: list[Tool]
) -> None:
    empty = Message("system", content)
    assert prompt_of(nano, [empty, *ASKED], tools) == prompt_of(nano, ASKED, tools)
    brief = Message("system", ["Be brief."])
    found = prompt_of(nano, [empty, brief, empty, *ASKED], tools)
    assert found == prompt_of(nano, [brief, *ASKED], tools)
    assert nano.count_chat_tokens([empty]) == nano.count_chat_tokens([])


@pytest.mark.parametrize("checkpoint", ["nano", "llava", "idefics2"])
def test_system_messages_that_follow_one_another_are_one(
    checkpoint: str, request: pytest.FixtureRequest
) -> None:
    leopard: Leopard = request.getfixturevalue(checkpoint)
    letterhead = Image.new("RGB", (64, 32), "white")
    several = [Message("system", [part]) for part in ("Be brief.", "Be kind.", letterhead)]
    one = Message("system", ["Be brief.\nBe kind.", letterhead])
    assert prompt_of(leopard, [*several, *ASKED]) == prompt_of(leopard, [one, *ASKED])
    # One that comes later is a turn of its own.
    later = [Message("system", ["Be brief."]), *ASKED, Message("system", ["Go on."]), *ASKED]
    assert prompt_of(leopard, later).lower().count("system") == 2


def _calling(tools: list[Tool]) -> object:
    return Calling.of(tools, None)


def test_a_tool_may_use_names_that_json_schema_uses_too(nano: Leopard) -> None:
    parameters = {
        "type": "object",
        "properties": {"definitions": {"type": "string"}, "required": {"type": "boolean"}},
        "required": ["definitions", "required"],
    }
    tool = Tool("define", "Defines a word.", parameters)
    answer = nano.chat(ASKED, tools=[tool], tool_choice="define", max_tokens=40)
    jsonschema.validate(dict(answer.tool_calls[0].arguments), parameters)


def test_a_tools_schema_may_refer_to_itself_and_to_its_parts(nano: Leopard) -> None:
    parameters = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 3},
            "other": {"$ref": "#/properties/name"},
            "child": {"$ref": "#"},
            "$ref": {"enum": ["#"]},
        },
        "required": ["name"],
        "additionalProperties": False,
    }
    calling = Calling.of([WEATHER, Tool("plant", "Plants a tree.", parameters)], "required")
    assert calling is not None
    variant = nano._variant
    said = {"name": "a", "other": "b", "child": {"name": "c", "child": {"name": "d"}}, "$ref": "#"}
    for arguments, valid in (
        (said, True),
        ({"name": "a", "child": [{"name": "plant", "arguments": {"name": "b"}}]}, False),
        ({"name": "a", "other": 1}, False),
    ):
        held = GrammarConstraint(
            calling.schema, variant.tokenizer, variant.end_ids, calling.marks()
        )
        text = calls_text([ToolCall("plant", arguments)])
        assert _accepts(held, variant.tokenizer.encode(text)) == valid


@pytest.mark.parametrize("reference", ["#", "https://a.example/tree.json", "Tree", "Tree#"])
def test_a_tools_schema_may_have_a_name_of_its_own(llava: Leopard, reference: str) -> None:
    parameters = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "Tree" if reference == "#" else reference,
        "type": "object",
        "properties": {
            "name": {"$ref": f"{reference.rstrip('#')}#/definitions/name"},
            "child": {"$ref": reference},
        },
        "required": ["name"],
        "additionalProperties": False,
        "definitions": {"name": {"type": "string", "maxLength": 3}},
    }
    tools = [Tool(name, "Plants a tree.", parameters) for name in ("plant", "sow")]
    calling = Calling.of(tools, "required")
    assert calling is not None
    variant = llava._variant
    for child, valid in (({"name": "b"}, True), ({"name": "long"}, False), (["b"], False)):
        held = GrammarConstraint(
            calling.schema, variant.tokenizer, variant.end_ids, calling.marks()
        )
        text = calls_text([ToolCall("sow", {"name": "a", "child": child})])
        assert _accepts(held, variant.tokenizer.encode(text)) == valid


@pytest.mark.parametrize("given", [{}, {"parameters": {}}, {"parameters": None}])
def test_a_tool_without_parameters_is_called_without_arguments(
    nano: Leopard, given: dict[str, object]
) -> None:
    calling = Calling.of([{"name": "now", "description": "The time.", **given}], "required")
    assert calling is not None
    variant = nano._variant
    for arguments, valid in (({}, True), ({"city": "Oslo"}, False)):
        held = GrammarConstraint(
            calling.schema, variant.tokenizer, variant.end_ids, calling.marks()
        )
        text = calls_text([ToolCall("now", arguments)])
        assert _accepts(held, variant.tokenizer.encode(text)) == valid
    # The prompt is as it was taught.
    described = '<tools>[{"name": "now", "description": "The time."}]</tools>'
    assert tools_text(calling.tools) == described


def test_arguments_are_an_object_also_where_a_tool_does_not_say_so(nano: Leopard) -> None:
    parameters = {"properties": {"city": {"type": "string"}}, "required": ["city"]}
    calling = Calling.of([Tool("weather", "The weather.", parameters)], "required")
    assert calling is not None
    variant = nano._variant
    for arguments, valid in (('{"city": "Oslo"}', True), ('"Oslo"', False), ("null", False)):
        held = calling.constraint(variant.tokenizer, variant.end_ids)
        text = f'{CALLS[0]}[{{"name": "weather", "arguments": {arguments}}}]{CALLS[1]}'
        assert _accepts(held, variant.tokenizer.encode(text)) == valid


def test_a_tool_whose_arguments_are_no_object_is_refused_before_it_is_called(
    nano: Leopard,
) -> None:
    listing = Tool("sum", "Adds numbers.", {"type": "array", "items": {"type": "number"}})
    with pytest.raises(SchemaUnsupported, match=r"tool 'sum': Arguments are an object.* 'array'"):
        nano.chat(ASKED, tools=[WEATHER, listing])


def test_a_schema_beside_tools_is_refused_where_it_would_be_alone(nano: Leopard) -> None:
    # {"b": 1} is valid against both, so against neither.
    schema = {
        "oneOf": [
            {"type": "object", "properties": {"a": {"type": "integer"}}},
            {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["b"]},
        ]
    }
    with pytest.raises(SchemaUnsupported, match="oneOf"):
        nano.ask("Which?", schema=schema)
    with pytest.raises(SchemaUnsupported, match="oneOf"):
        nano.chat(ASKED, tools=[WEATHER], schema=schema)


def _accepts(held: GrammarConstraint, ids: Sequence[int]) -> bool:
    for token in ids:
        if token not in held.allowed().tolist():
            return False
        held.advance(token)
    return True


@pytest.mark.parametrize("before", ["\n", " ", "\t\n ", "\x1c", "\u00a0", "\u2003"])
def test_no_call_escapes_its_schema_behind_white_space(nano: Leopard, before: str) -> None:
    calling = Calling.of([WEATHER], "auto")
    assert calling is not None
    variant = nano._variant
    held = GrammarConstraint(calling.schema, variant.tokenizer, variant.end_ids, calling.marks())
    made_up = calls_text([ToolCall("delete_all", {"path": "/"})])
    assert not _accepts(held, variant.tokenizer.encode(before + made_up))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tools": [WEATHER, WEATHER]}, "same name"),
        ({"tools": [WEATHER], "tool_choice": "fly"}, "get_weather"),
        ({"tool_choice": "fly"}, "none"),
        ({"tools": [{"description": "nameless"}]}, "needs a name"),
        ({"tools": [print]}, "this is <built-in function print>. Give a Tool, or a dictionary"),
        ({"tools": WEATHER}, r"a list of tools, not one: \[Tool\("),
        ({"tools": [Tool("sum", "Adds.", "x")]}, "'sum' are no JSON schema: 'x' is no dictionary"),
        ({"tools": [Tool("sum", "Adds.", {"enum": [{1}]})]}, "'sum' are no JSON schema: .* set"),
        ({"tools": [WEATHER], "verbatim": True}, "verbatim"),
        ({"tools": [WEATHER], "schema": {"enum": ["a", "b"]}}, "choices"),
    ],
)
def test_what_makes_no_sense_is_refused(
    nano: Leopard, options: dict[str, object], message: str
) -> None:
    with pytest.raises(LeopardError, match=message):
        nano.chat(ASKED, **options)


@pytest.mark.parametrize(
    "content",
    [np.zeros((4, 6, 3), np.uint8), b"\x89PNG", Image.new("RGB", (4, 4)), iter(["Who?"]), None],
    ids=lambda content: type(content).__name__,
)
def test_content_that_is_no_sequence_of_parts_is_refused(nano: Leopard, content: Any) -> None:
    with pytest.raises(LeopardError, match=r'not a .*: Message\("user", \[image, "Who\?"\]\)'):
        nano.chat([Message("user", content)])


@pytest.mark.parametrize(
    "calls",
    [
        [{"name": "get_weather", "arguments": {}}],
        [ToolCall("get_weather", '{"city": "Oslo"}')],
        ToolCall("get_weather", {}),
    ],
    ids=str,
)
def test_calls_in_another_form_are_refused(nano: Leopard, calls: Any) -> None:
    told = [*ASKED, Message("assistant", [], calls), Message("tool", ["7"])]
    with pytest.raises(LeopardError, match=r"arguments as a dictionary, not .*: \[ToolCall\("):
        nano.chat(told, tools=[WEATHER])


@pytest.mark.parametrize(
    "value", [datetime.date(2026, 1, 2), {1}, math.nan, b"x", {(1, 2): 3}], ids=str
)
def test_a_call_with_arguments_that_are_not_json_is_refused(nano: Leopard, value: object) -> None:
    call = ToolCall("get_weather", {"day": value})
    with pytest.raises(LeopardError, match="call of 'get_weather' has arguments that are not JSON"):
        nano.chat([*ASKED, Message("assistant", [], [call]), Message("tool", ["7"])])


@pytest.mark.parametrize("messages", [Message("user", ["Who?"]), None, 5], ids=str)
def test_a_conversation_that_is_no_list_of_messages_is_refused(
    nano: Leopard, messages: Any
) -> None:
    for ask in (nano.chat, nano.stream_chat, nano.count_chat_tokens):
        with pytest.raises(LeopardError, match=r"list of messages, not a .*: chat\(\[Message\("):
            ask(messages)


def test_a_parameter_that_may_be_null_is_told_as_what_it_else_is() -> None:
    class Opened(BaseModel):
        pages: list[int] | None = Field(default=None, description="Which.")

    tool = Tool("open", "Opens.", Opened.model_json_schema())
    told = '"pages": {"type": "array", "items": {"type": "integer"}, "description": "Which."}'
    assert told in tools_text([tool])
