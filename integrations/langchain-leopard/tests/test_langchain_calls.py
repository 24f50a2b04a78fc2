"""Tools and schemas: what the model may call, always valid, whole and in pieces."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.exceptions import OutputParserException
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_leopard import ChatLeopard, OptionUnsupported
from langchain_leopard.calls import CallReader
from langchain_places import TINY
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    Json,
    NaiveDatetime,
    RootModel,
    field_validator,
)
from typing_extensions import TypedDict

from leopard_tools import Leopard, LeopardError
from leopard_tools.testing import ScriptedLeopard
from leopard_tools.tool_format import calls_text
from leopard_tools.types import ToolCall

QUESTION = "How many cars does the Fulmar carry to Ullapool? Look it up."
SCAN = "Invoice BW-20418\nDue date: 2 October 2025\nTotal: 1,220.00"


@tool
def capacity(
    ship: Annotated[str, Field(max_length=12)], harbour: Literal["Oban", "Ullapool"], cars: int = 1
) -> str:
    """How many cars a ship carries."""
    return f"{ship}: 120"


class Weather(BaseModel):
    """The weather at a place."""

    place: str = Field(max_length=20)
    days: int = Field(ge=1, le=9)


PLAIN = {
    "name": "ring",
    "description": "Rings the bell.",
    "input_schema": {"type": "object", "properties": {"times": {"type": "integer"}}},
}


EMPTY = {"type": "object", "properties": {}, "additionalProperties": False}
TEXT = {"properties": {"text": {"type": "string"}}, "required": ["text"]}


def valid(message: AIMessage, *tools: Any) -> None:
    """Fails unless there are calls and each keeps to its tool's schema."""
    schemas = {
        given["function"]["name"]: given["function"]["parameters"]
        for given in map(convert_to_openai_tool, tools)
    }
    assert message.tool_calls and not message.invalid_tool_calls
    for call in message.tool_calls:
        jsonschema.validate(call["args"], schemas[call["name"]])
        assert call["id"]


@pytest.fixture
def chat(nano: Leopard) -> ChatLeopard:
    """Answers that run on, such as numbers without an end, are cut soon: they are valid anyway."""
    return ChatLeopard(leopard=nano, max_tokens=40)


@pytest.fixture(scope="module")
def tiny() -> Any:
    """Random weights: what is right about its answers is not owed to luck."""
    with Leopard.load(TINY, device="cpu") as leopard:
        yield leopard


@pytest.mark.parametrize("choice", ["any", "required", True])
def test_calls_are_valid_also_from_random_weights(tiny: Leopard, choice: Any) -> None:
    model = ChatLeopard(leopard=tiny, temperature=1.5, max_tokens=60)
    bound = model.bind_tools([capacity, Weather, PLAIN], tool_choice=choice)
    names = set()
    for seed in range(12):
        found = bound.invoke(QUESTION, seed=seed)
        valid(found, capacity, Weather, PLAIN)
        cut = found.usage_metadata["output_tokens"] >= 60
        assert found.response_metadata["finish_reason"] == ("length" if cut else "tool_calls")
        assert found.content == ""
        names |= {call["name"] for call in found.tool_calls}
    assert len(names) > 1


@pytest.mark.parametrize(
    "choice",
    [
        "Weather",
        {"type": "function", "function": {"name": "Weather"}},
        {"type": "tool", "name": "Weather"},
    ],
)
def test_a_tool_is_forced_by_its_name(chat: ChatLeopard, choice: Any) -> None:
    found = chat.bind_tools([capacity, Weather], tool_choice=choice).invoke("How warm is it?")
    assert {call["name"] for call in found.tool_calls} == {"Weather"}
    valid(found, Weather)


@pytest.mark.parametrize("choice", ["none", False, {"type": "none"}])
def test_no_tool_is_called_where_none_may_be(chat: ChatLeopard, choice: Any) -> None:
    found = chat.bind_tools([capacity], tool_choice=choice).invoke(QUESTION)
    assert not found.tool_calls and found.content


def test_without_tools_there_is_nothing_to_call(chat: ChatLeopard) -> None:
    assert chat.bind_tools([]).invoke("Hello").content == chat.invoke("Hello").content
    with pytest.raises(OptionUnsupported, match="the tools are none"):
        chat.bind_tools([], tool_choice="any")


def test_a_tool_may_stand_in_the_form_of_either_api_of_openai(chat: ChatLeopard) -> None:
    parameters = PLAIN["input_schema"]
    flat = {"type": "function", "name": "ring", "description": "Rings.", "parameters": parameters}
    nested = {"type": "function", "function": {k: v for k, v in flat.items() if k != "type"}}
    bound = [chat.bind_tools([given], tool_choice="ring") for given in (flat, nested)]
    first, second = (each.kwargs["tools"] for each in bound)  # type: ignore[attr-defined]  # bindings
    assert first == second
    assert bound[0].invoke("Ring the bell.").tool_calls[0]["name"] == "ring"
    unnamed = {"description": "Has no name."}
    for wrong in ({"type": "function", **unnamed}, {"type": "function", "function": unnamed}):
        with pytest.raises(OptionUnsupported, match="it has no name"):
            chat.bind_tools([wrong], tool_choice="any")


def test_choices_and_tools_that_do_not_exist_are_refused(chat: ChatLeopard) -> None:
    with pytest.raises(OptionUnsupported, match="'swim', and the tools are capacity, ring"):
        chat.bind_tools([capacity, PLAIN], tool_choice="swim")
    with pytest.raises(OptionUnsupported, match="its provider runs itself"):
        chat.bind_tools([{"type": "web_search"}])
    # What LangChain makes no tool of; a JSON schema needs a title to be called by.
    for nothing in (EMPTY, {"enum": ["a", "b"]}, 3):
        with pytest.raises(OptionUnsupported, match=r"(?s)is no tool .*whose title names it"):
            chat.bind_tools([nothing])  # type: ignore[list-item]  # one of them is no type of a tool
    with pytest.raises(OptionUnsupported, match="whose title names it"):
        chat.with_structured_output(EMPTY, method="function_calling")


def test_several_calls_are_made_only_where_they_may_be(tiny: Leopard) -> None:
    bell = {"name": "ring", "description": "Rings.", "parameters": EMPTY}
    model = ChatLeopard(leopard=tiny, temperature=1.5, max_tokens=200)
    several, one = (
        model.bind_tools([bell], tool_choice="any", parallel_tool_calls=parallel)
        for parallel in (None, False)
    )
    counts = {len(several.invoke("Ring!", seed=seed).tool_calls) for seed in range(8)}
    assert max(counts) > 1
    assert {len(one.invoke("Ring!", seed=seed).tool_calls) for seed in range(8)} == {1}


def test_strict_makes_every_field_required(chat: ChatLeopard) -> None:
    bound = chat.bind_tools([capacity], tool_choice="capacity", strict=True)
    assert bound.kwargs["tools"][0]["function"]["strict"] is True
    [call] = bound.invoke(QUESTION).tool_calls
    assert {"ship", "harbour"} <= set(call["args"])


def test_calls_stream_in_parts_that_merge_to_the_same(tiny: Leopard) -> None:
    model = ChatLeopard(leopard=tiny, temperature=1.5, max_tokens=120)
    bound = model.bind_tools([capacity, PLAIN], tool_choice="any")
    for seed in range(6):
        once = bound.invoke(QUESTION, seed=seed)
        chunks = list(bound.stream(QUESTION, seed=seed))
        whole = sum(chunks[1:], chunks[0])
        assert [(call["name"], call["args"]) for call in whole.tool_calls] == [
            (call["name"], call["args"]) for call in once.tool_calls
        ]
        assert whole.usage_metadata["output_tokens"] == once.usage_metadata["output_tokens"]
        assert len([each for each in chunks if each.tool_call_chunks]) > len(whole.tool_calls)
        # The name of a call comes whole, before its arguments.
        first = chunks[0].tool_call_chunks[0]
        assert first["name"] in ("capacity", "ring") and first["args"] == "" and first["id"]


def test_a_call_whose_arguments_were_cut_says_so(chat: ChatLeopard) -> None:
    note = {"name": "note", "description": "Writes.", "parameters": {**EMPTY, **TEXT}}
    bound = chat.bind_tools([note], tool_choice="any")
    asked = "Write a note that lists all months of the year in order, a sentence about each."
    found = bound.invoke(asked, max_tokens=16)
    assert found.tool_calls and found.response_metadata["finish_reason"] == "length"
    *_, last = bound.stream(asked, max_tokens=16)
    assert last.response_metadata["finish_reason"] == "length"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CALLS = st.lists(
    st.tuples(st.text(min_size=1), st.dictionaries(st.text(), JSON, max_size=3)),
    min_size=1,
    max_size=3,
)


@settings(deadline=None)
@given(calls=CALLS, cuts=st.lists(st.integers(0, 400)))
def test_calls_cut_anywhere_are_put_together_again(
    calls: list[tuple[str, dict[str, Any]]], cuts: list[int]
) -> None:
    text = calls_text([ToolCall(name, arguments) for name, arguments in calls])
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    reader = CallReader()
    parts = [part for start, end in pairwise(places) for part in reader.read(text[start:end])]
    assert [*reader.end()] == []
    found: dict[int, tuple[list[str | None], str]] = {}
    for part in parts:
        assert not isinstance(part, str)
        names, arguments = found.get(part["index"], ([], ""))
        found[part["index"]] = ([*names, part["name"]], arguments + (part["args"] or ""))
    merged = [(names[0], json.loads(arguments)) for names, arguments in found.values()]
    assert merged == calls
    assert all(name is None for names, _ in found.values() for name in names[1:])


@settings(deadline=None)
@given(st.lists(st.sampled_from(["<", "<tool", "_call", "<tool_calm>", "a", " [{", ">"])))
def test_texts_that_only_begin_like_calls_stay_texts(pieces: list[str]) -> None:
    text = "".join(pieces)
    if text.startswith("<tool_call>"):
        return
    reader = CallReader()
    found = [part for piece in pieces for part in reader.read(piece)]
    assert "".join([*found, *reader.end()]) == text


class Invoice(BaseModel):
    """What an invoice says."""

    number: str = Field(pattern=r"^[A-Z]{2}-\d{5}$")
    due_date: str = Field(pattern=r"^\d{1,2} [A-Z][a-z]{2,8} \d{4}$")


class InvoiceDict(TypedDict):
    """What an invoice says."""

    number: Annotated[str, ..., "its number"]
    paid: Annotated[bool, ..., "whether it was paid"]


SCHEMA = {
    "title": "Invoice",
    "type": "object",
    "properties": {"number": {"type": "string", "pattern": r"^[A-Z]{2}-\d{5}$"}},
    "required": ["number"],
}
METHODS = ("json_schema", "function_calling", "json_mode")


@pytest.mark.parametrize("method", METHODS)
def test_answers_are_instances_of_a_pydantic_model(chat: ChatLeopard, method: Any) -> None:
    model = chat.with_structured_output(Invoice, method=method)
    found = model.invoke(f"{SCAN}\n\nDescribe the invoice.")
    assert isinstance(found, Invoice)
    if method == "json_schema":
        assert found == Invoice(number="BW-20418", due_date="2 October 2025")
    *_, last = model.stream(f"{SCAN}\n\nDescribe the invoice.")
    assert last == found


class Meeting(BaseModel):
    """What of a meeting its own JSON schema does not say: no zone, which rooms, how many digits."""

    starts: NaiveDatetime
    seats: dict[Literal["A1", "A2"], int]
    fee: Annotated[Decimal, Field(max_digits=4, decimal_places=1)]


@pytest.mark.parametrize("method", METHODS)
def test_answers_keep_to_rules_that_pydantics_schema_does_not_say(
    nano: Leopard, method: Any
) -> None:
    chat = ChatLeopard(leopard=nano, max_tokens=40, temperature=1.5, seed=1)
    found = chat.with_structured_output(Meeting, method=method).invoke("The meeting in A2?")
    assert isinstance(found, Meeting) and found.starts.tzinfo is None
    with pytest.raises(LeopardError, match=r"JSON within a text .* Ask for"):
        chat.with_structured_output(Packed, method=method)
    # A tool checks its own arguments, and must not keep a model from calling the others.
    (told,) = chat.bind_tools([Packed]).kwargs["tools"]  # type: ignore[attr-defined]  # a binding
    assert told["function"]["parameters"]["properties"]["numbers"]["type"] == "string"


class Packed(BaseModel):
    numbers: Json[list[int]]


@pytest.mark.parametrize("method", METHODS)
def test_answers_are_dicts_for_a_typed_dict_and_a_schema(chat: ChatLeopard, method: Any) -> None:
    typed = chat.with_structured_output(InvoiceDict, method=method).invoke("Invoice?")
    assert set(typed) == {"number", "paid"} and isinstance(typed["paid"], bool)
    plain = chat.with_structured_output(SCHEMA, method=method).invoke(SCAN)
    jsonschema.validate(plain, SCHEMA)


@pytest.mark.parametrize(
    ("method", "wrapped"),
    [
        ("json_schema", {"name": "invoice", "schema": SCHEMA, "strict": True}),
        ("function_calling", {"name": "invoice", "schema": SCHEMA, "strict": True}),
        ("json_schema", {"type": "json_schema", "json_schema": {"name": "i", "schema": SCHEMA}}),
        ("json_schema", {"type": "json_schema", "name": "invoice", "schema": SCHEMA}),
    ],
)
def test_a_schema_in_openai_s_wrapping_holds_the_answer(
    chat: ChatLeopard, method: Any, wrapped: Any
) -> None:
    found = chat.with_structured_output(wrapped, method=method).invoke(SCAN)
    jsonschema.validate(found, SCHEMA)


def test_what_is_no_schema_at_all_is_refused(chat: ChatLeopard) -> None:
    with pytest.raises(OptionUnsupported, match="no keyword that says what an answer is"):
        chat.with_structured_output({"name": "invoice", "fields": {"number": "string"}})


class Due(BaseModel):
    """When an invoice is due."""

    model_config = ConfigDict(strict=True)
    day: date


@pytest.mark.parametrize("method", METHODS)
def test_a_strict_class_takes_what_json_has_no_other_form_for(method: Any) -> None:
    said = {"day": "2025-10-02"}
    line = [ToolCall("Due", said)] if method == "function_calling" else json.dumps(said)
    model = chat_with([line] * 2).with_structured_output(Due, method=method)
    due = Due(day=date(2025, 10, 2))
    assert model.invoke("When?") == due and list(model.stream("When?")) == [due]


def test_a_class_of_a_few_values_is_an_answer_too() -> None:
    class Colour(RootModel[Literal["red", "blue"]]):
        pass

    assert chat_with(["red"]).with_structured_output(Colour).invoke("Which?").root == "red"


@pytest.mark.parametrize("field", [{"stop": ["\n\n"]}, {"verbatim": True}])
def test_stop_and_verbatim_of_the_model_yield_to_schemas_and_tools(field: Any) -> None:
    said = '{"number": "BW-20418", "due_date": "2 October 2025"}'
    scripted = ScriptedLeopard([said, [ToolCall("ring", {"times": 3})]])
    model = ChatLeopard(leopard=scripted, max_tokens=1000, **field)
    assert model.with_structured_output(Invoice).invoke("Invoice?").number == "BW-20418"
    ring = model.bind_tools([PLAIN])
    assert ring.invoke("Ring!").tool_calls
    # A call that asks for both is told.
    with pytest.raises(LeopardError, match="Tools go with none of verbatim, stop"):
        ring.invoke("Ring!", stop=["x"])
    with pytest.raises(LeopardError, match="both verbatim and held to a schema"):
        model.invoke("Invoice?", response_format=Invoice, verbatim=True)


def test_stop_of_the_model_holds_where_no_tool_may_be_called() -> None:
    model = ChatLeopard(leopard=ScriptedLeopard(["Ring. Ring."]), stop=[". "])
    assert model.bind_tools([PLAIN], tool_choice="none").invoke("Ring!").text == "Ring"


def test_answers_are_valid_also_from_random_weights_and_cut_short(tiny: Leopard) -> None:
    model = ChatLeopard(leopard=tiny, temperature=1.5)
    for method in METHODS:
        for seed in range(4):
            structured = model.with_structured_output(Invoice, method=method)
            assert isinstance(structured.invoke("Invoice?", config={}, seed=seed), Invoice)


def test_json_mode_does_without_a_schema(chat: ChatLeopard) -> None:
    model = chat.with_structured_output(method="json_mode")
    assert isinstance(model.invoke(f"{SCAN}\nAnswer with a JSON object."), dict)
    with pytest.raises(OptionUnsupported, match="needs a schema"):
        chat.with_structured_output()
    with pytest.raises(OptionUnsupported, match="'yaml_mode' is not known"):
        chat.with_structured_output(Invoice, method="yaml_mode")


class Picky(BaseModel):
    number: str

    @field_validator("number")
    @classmethod
    def _never(cls, _: str) -> str:
        raise ValueError("no number pleases")


class Harbour(Enum):
    OBAN = "Oban"
    ULLAPOOL = "Ullapool"


def test_an_enum_is_an_answer_and_no_call(chat: ChatLeopard) -> None:
    asked = "The Fulmar sails to Ullapool.\n\nWhich harbour does the Fulmar sail to?"
    for method in ("json_schema", "json_mode"):
        found = chat.with_structured_output(Harbour, method=method).invoke(asked)
        assert isinstance(found, Harbour)
    assert chat.bind(response_format=Harbour).invoke(asked).text in ("Oban", "Ullapool")
    with pytest.raises(OptionUnsupported, match="the type enum"):
        chat.with_structured_output(Harbour, method="function_calling")


def test_what_is_no_object_is_no_call(chat: ChatLeopard) -> None:
    with pytest.raises(OptionUnsupported, match=r"the type array\. Make it a field"):
        chat.with_structured_output(RootModel[list[int]], method="function_calling")
    with pytest.raises(OptionUnsupported, match="the type string"):
        chat.bind_tools([RootModel[Literal["a", "b"]]])


@pytest.mark.parametrize("method", METHODS)
def test_an_answer_that_a_validator_refuses_is_told_alike_by_every_method(
    chat: ChatLeopard, method: Any
) -> None:
    with pytest.raises(OutputParserException, match="rules that no JSON schema says") as caught:
        chat.with_structured_output(Picky, method=method).invoke(SCAN)
    assert "no number pleases" in str(caught.value) and caught.value.llm_output


def test_the_raw_answer_comes_along_and_so_does_what_went_wrong(chat: ChatLeopard) -> None:
    good = chat.with_structured_output(Invoice, include_raw=True).invoke(SCAN)
    assert isinstance(good["raw"], AIMessage) and good["parsing_error"] is None
    assert isinstance(good["parsed"], Invoice)
    bad = chat.with_structured_output(Picky, include_raw=True).invoke(SCAN)
    assert bad["parsed"] is None and "no number pleases" in str(bad["parsing_error"])


def test_one_of_a_few_values_is_an_answer_too(chat: ChatLeopard) -> None:
    schema = {"title": "Answer", "enum": ["1", "2", "many"]}
    found = chat.with_structured_output(schema).invoke("How many invoices are there?")
    assert found in ("1", "2", "many")


def test_a_response_format_holds_the_answer(chat: ChatLeopard) -> None:
    openai = {"type": "json_schema", "json_schema": {"name": "Invoice", "schema": SCHEMA}}
    for given_format in (openai, SCHEMA, Invoice):
        found = chat.invoke(SCAN, response_format=given_format)
        assert json.loads(found.text)["number"] == "BW-20418"
    free = chat.invoke(SCAN, response_format={"type": "json_object"}, max_tokens=40)
    assert isinstance(json.loads(free.text), dict)
    text = chat.invoke([HumanMessage(SCAN)], response_format={"type": "text"})
    assert text.content == chat.invoke(SCAN).content


def test_tools_and_a_response_format_go_together(chat: ChatLeopard) -> None:
    bound = chat.bind_tools([capacity], response_format=Invoice)
    found = bound.invoke(f"{SCAN}\n\nDescribe the invoice.")
    if found.tool_calls:
        valid(found, capacity)
    else:
        Invoice.model_validate_json(found.text)
    called = chat.bind_tools([capacity], tool_choice="any", response_format=Invoice)
    valid(called.invoke(QUESTION), capacity)


def test_what_looks_like_a_call_is_text_where_there_are_no_tools() -> None:
    script = calls_text([ToolCall("ring", {"times": 3})])
    ring = chat_with([script]).bind_tools([PLAIN], tool_choice="none")
    plain = chat_with([script, script])
    assert plain.invoke("Ring!").content == script
    assert "".join(chunk.text for chunk in plain.stream("Ring!")) == script
    assert "".join(chunk.text for chunk in ring.stream("Ring!")) == script


def chat_with(script: list[Any]) -> ChatLeopard:
    """A chat model that says what the script says."""
    return ChatLeopard(leopard=ScriptedLeopard(script), max_tokens=1000)


def test_a_model_that_decides_to_call_goes_round_an_agent_s_loop(nano: Leopard) -> None:
    """The model's decisions are a script here; the tools and the model behind them are real."""
    from langchain.agents import create_agent
    from langchain_core.messages import ToolMessage
    from langchain_leopard import Access, LeopardToolkit
    from langchain_places import DATA

    asked = {"question": "What was the gross margin?", "images": ["deck.pdf"], "verbatim": True}
    script = [
        [ToolCall("slides_open", {"path": "missing.pdf"}), ToolCall("leopard_ask", asked)],
        "It was 58.4%.",
    ]
    kit = LeopardToolkit(nano, allow=Access(roots=[DATA]))
    agent = create_agent(chat_with(script), kit.get_tools())
    state = agent.invoke({"messages": [("user", "What was the gross margin?")]})
    failed, answered = (each for each in state["messages"] if isinstance(each, ToolMessage))
    assert failed.status == "error" and "no such file" in failed.text
    assert answered.artifact["text"] == "58.4%"
    assert kit.frames([answered.artifact["citations"][0]["capture"]])[0].page == 2
    assert state["messages"][-1].text == "It was 58.4%."
