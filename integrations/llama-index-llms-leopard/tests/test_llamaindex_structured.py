"""Objects from pictures: valid, right, growing piece by piece, in every way that LlamaIndex has."""

from __future__ import annotations

from typing import Literal

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.base.llms.types import ChatMessage, ImageBlock, TextBlock
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events.llm import LLMChatStartEvent
from llama_index.core.program import FunctionCallingProgram, MultiModalLLMCompletionProgram
from llama_index.core.prompts import ChatPromptTemplate, PromptTemplate
from llama_index.llms.leopard import Leopard
from pydantic import BaseModel, RootModel, field_validator

from leopard_tools.errors import SchemaUnsupported
from leopard_tools.testing import ScriptedLeopard


class Ship(BaseModel):
    """A ship."""

    home_port: str
    built: int


class Figures(BaseModel):
    """Figures of a ship."""

    built: int
    cars_carried: int


OBAN = Ship(home_port="Oban", built=1998)


@pytest.fixture
def prompt(kittiwake: ImageBlock) -> ChatPromptTemplate:
    blocks = [kittiwake, TextBlock(text="Describe the {thing}.")]
    return ChatPromptTemplate([ChatMessage(role="user", blocks=blocks)])


@pytest.mark.anyio
async def test_structured_predict_gives_the_object(
    llm: Leopard, prompt: ChatPromptTemplate
) -> None:
    assert llm.structured_predict(Ship, prompt, thing="ship") == OBAN
    assert await llm.astructured_predict(Ship, prompt, thing="ship") == OBAN


@pytest.mark.anyio
async def test_a_streamed_object_grows_and_ends_whole(
    llm: Leopard, prompt: ChatPromptTemplate
) -> None:
    pieces = list(llm.stream_structured_predict(Ship, prompt, thing="ship"))
    assert pieces[-1] == OBAN
    ports = [piece.home_port for piece in pieces if piece.home_port]
    assert len(pieces) > 2 and all("Oban".startswith(port) for port in ports)
    assert pieces[0].built is None
    stream = await llm.astream_structured_predict(Ship, prompt, thing="ship")
    assert [piece.model_dump() async for piece in stream] == [p.model_dump() for p in pieces]


class Report(BaseModel):
    margin: float
    change: int
    note: str
    rows: list[Ship]


REPORT = Report(
    margin=58.45,
    change=-5,
    note='He said "yes", \\ 5.\n',
    rows=[OBAN, Ship(home_port="", built=-1)],
)


class Ports(RootModel[list[str]]):
    pass


class Depth(RootModel[float]):
    pass


@pytest.mark.anyio
@pytest.mark.parametrize("whole", [REPORT, Ports(["Oban", 'a "b"']), Depth(-5.25)])
async def test_an_object_grows_whatever_it_is_made_of(whole: BaseModel) -> None:
    kind, prompt = type(whole), PromptTemplate("Report.")
    # Its model writes a byte at a time, so each beginning of the text comes.
    with ScriptedLeopard([whole.model_dump_json()] * 4) as leopard:
        llm = Leopard(leopard, max_tokens=300)
        pieces = list(llm.stream_structured_predict(kind, prompt))
        stream = await llm.astream_structured_predict(kind, prompt)
        same = [piece async for piece in stream]
        asked = [ChatMessage(role="user", content="Report.")]
        chatted = list(llm.as_structured_llm(kind).stream_chat(asked))
        stream = await llm.as_structured_llm(kind).astream_chat(asked)
        assert [piece.message async for piece in stream] == [piece.message for piece in chatted]
    told = [piece.model_dump() for piece in pieces]
    assert len(told) > 3 and pieces[-1] == whole and chatted[-1].raw == whole
    assert [piece.model_dump() for piece in same] == told
    assert [piece.raw.model_dump() for piece in chatted] == told


def test_what_an_object_has_stays_while_it_grows() -> None:
    with ScriptedLeopard([REPORT.model_dump_json()]) as leopard:
        llm = Leopard(leopard, max_tokens=300)
        pieces = list(llm.stream_structured_predict(Report, PromptTemplate("Report.")))
    margins = [piece.margin for piece in pieces if piece.margin is not None]
    assert margins[:4] == [5, 58, 58.4, 58.45] and set(margins[4:]) == {58.45}
    assert [len(piece.rows or ()) for piece in pieces[-2:]] == [2, 2]


class Colour(RootModel[Literal["red", "dark blue"]]):
    pass


@pytest.mark.anyio
async def test_a_class_of_choices_is_an_object_too() -> None:
    prompt = PromptTemplate("Which colour is the sky?")
    with ScriptedLeopard(["dark blue"] * 4) as leopard:
        llm = Leopard(leopard)
        stream = await llm.astream_structured_predict(Colour, prompt)
        found = [
            llm.structured_predict(Colour, prompt),
            await llm.astructured_predict(Colour, prompt),
            [*llm.stream_structured_predict(Colour, prompt)][-1],
            [each async for each in stream][-1],
        ]
    assert found == [Colour("dark blue")] * 4


@pytest.mark.anyio
async def test_a_structured_llm_gives_objects_in_all_its_endpoints(
    llm: Leopard, kittiwake: ImageBlock
) -> None:
    structured = llm.as_structured_llm(Ship)
    asked = [ChatMessage(role="user", blocks=[kittiwake, TextBlock(text="Describe the ship.")])]
    assert structured.chat(asked).raw == OBAN
    assert (await structured.achat(asked)).raw == OBAN
    assert list(structured.stream_chat(asked))[-1].raw == OBAN
    text = "Home port: Leith\nBuilt: 1970\n\nDescribe the ship."
    assert isinstance(structured.complete(text).raw, Ship)


def test_braces_in_a_message_are_just_braces(llm: Leopard, kittiwake: ImageBlock) -> None:
    asked = ChatMessage(role="user", blocks=[kittiwake, TextBlock(text='{"a": {1}} and {b}')])
    assert isinstance(llm.as_structured_llm(Ship).chat([asked]).raw, Ship)


def test_query_engines_give_objects(llm: Leopard, index: VectorStoreIndex) -> None:
    engine = index.as_query_engine(llm=llm, output_cls=Ship, similarity_top_k=1)
    response = engine.query("Describe the ship Kittiwake.")
    assert response.response == OBAN
    assert response.source_nodes[0].node.metadata["page"] == 1


def test_query_engines_over_a_structured_llm_give_objects_from_pictures(
    llm: Leopard, index: VectorStoreIndex
) -> None:
    structured = llm.as_structured_llm(Figures)
    engine = index.as_query_engine(llm=structured, multimodal=True, similarity_top_k=1)
    response = engine.query("When was the Kittiwake built, and how many cars are carried?")
    assert response.response == Figures(built=1998, cars_carried=42)
    assert response.source_nodes[0].node.metadata["page"] == 1


def test_a_completion_program_for_pictures_gives_the_object(
    llm: Leopard, kittiwake: ImageBlock
) -> None:
    program = MultiModalLLMCompletionProgram.from_defaults(
        output_cls=Ship,
        prompt_template_str="Describe the ship.",
        multi_modal_llm=llm,
        image_documents=[kittiwake],
    )
    assert program(llm_kwargs={"schema": Ship}) == OBAN


@pytest.mark.anyio
async def test_a_function_calling_program_gives_the_object_in_its_streams_too(
    llm: Leopard,
) -> None:
    program = FunctionCallingProgram.from_defaults(
        Ship,
        "The Kittiwake lives in {port} and was built in 1998.",
        llm=llm,
        tool_choice="required",
    )
    whole = program(port="Oban")
    assert isinstance(whole, Ship)
    assert [*program.stream_call(port="Oban")][-1] == whole
    stream = await program.astream_call(port="Oban")
    assert [piece async for piece in stream][-1] == whole


def test_what_is_cut_short_is_still_an_object(llm: Leopard, prompt: ChatPromptTemplate) -> None:
    found = llm.structured_predict(Ship, prompt, llm_kwargs={"max_tokens": 6}, thing="ship")
    assert isinstance(found, Ship)


class Strict(BaseModel):
    home_port: str

    @field_validator("home_port")
    @classmethod
    def _refuse(cls, value: str) -> str:
        raise ValueError("never right")


def test_rules_that_no_schema_says_are_told_when_they_are_broken(
    llm: Leopard, prompt: ChatPromptTemplate
) -> None:
    with pytest.raises(SchemaUnsupported, match="never right"):
        llm.structured_predict(Strict, prompt, thing="ship")


@pytest.mark.anyio
async def test_events_of_its_calls_can_be_written_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    class Writer(BaseEventHandler):
        def handle(self, event: object, **_: object) -> None:
            if isinstance(event, LLMChatStartEvent):
                written.append(event.model_dump_json())

    monkeypatch.setattr(get_dispatcher(), "event_handlers", [Writer()])
    llm = Leopard(ScriptedLeopard([OBAN.model_dump_json()] * 4))
    asked = PromptTemplate("Describe the ship.")
    llm.structured_predict(Ship, asked)
    await llm.astructured_predict(Ship, asked)
    assert [*llm.stream_structured_predict(Ship, asked)][-1] == OBAN
    async for _ in await llm.astream_structured_predict(Ship, asked):
        pass
    assert len(written) == 4
    assert all('"home_port"' in each for each in written)
