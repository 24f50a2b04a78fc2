"""Tools: calls are valid and come as LlamaIndex wants them; agents get them, pictures included.

FunctionTool reads annotations as they stand, so they are not postponed here.
"""

import asyncio
from typing import Any, Literal

import jsonschema
import pytest
from llama_index.core.agent.workflow import (
    AgentWorkflow,
    FunctionAgent,
    ReActAgent,
    ToolCallResult,
)
from llama_index.core.base.llms.types import ChatMessage, ImageBlock, TextBlock, ToolCallBlock
from llama_index.core.llms.llm import ToolSelection
from llama_index.core.program import FunctionCallingProgram
from llama_index.core.prompts import ChatPromptTemplate
from llama_index.core.tools import FunctionTool
from llama_index.core.workflow import Context
from llama_index.llms.leopard import Leopard
from pydantic import BaseModel, Field

from leopard_tools import LeopardError, ToolCall
from leopard_tools.testing import ScriptedLeopard


def home_port(ship: Literal["Kittiwake", "Fulmar"], year: int = 2025) -> str:
    """Gives the home port of a ship."""
    return f"{ship}, {year}"


def weather(city: str) -> str:
    """Gives the weather of a city."""
    return f"rain in {city}"


PORT = FunctionTool.from_defaults(home_port)
TOOLS = [PORT, FunctionTool.from_defaults(weather)]
ASKED = "What is the home port of the Kittiwake?"


def check(calls: list[ToolSelection]) -> None:
    schemas = {tool.metadata.name: tool.metadata.get_parameters_dict() for tool in TOOLS}
    for call in calls:
        jsonschema.validate(call.tool_kwargs, schemas[call.tool_name])


def test_a_required_call_is_made_and_valid(llm: Leopard) -> None:
    response = llm.chat_with_tools(TOOLS, user_msg=ASKED, tool_required=True)
    (call,) = llm.get_tool_calls_from_response(response)
    check([call])
    # How the model writes it is no content.
    assert response.message.content is None
    assert response.raw["tool_calls"][0]["name"] == call.tool_name


@pytest.mark.parametrize(
    "choice", ["weather", {"type": "function", "function": {"name": "weather"}}]
)
def test_a_named_tool_is_the_one_called(llm: Leopard, choice: str | dict[str, Any]) -> None:
    response = llm.chat_with_tools(TOOLS, user_msg=ASKED, tool_choice=choice, max_tokens=40)
    assert [c.tool_name for c in llm.get_tool_calls_from_response(response)] == ["weather"]


def test_without_a_choice_the_model_may_answer(llm: Leopard) -> None:
    response = llm.chat_with_tools(TOOLS, user_msg=ASKED, tool_choice="none")
    assert llm.get_tool_calls_from_response(response, error_on_no_tool_call=False) == []
    with pytest.raises(LeopardError, match="called no tool"):
        llm.get_tool_calls_from_response(response)


@pytest.mark.parametrize("choice", [True, {"type": "any"}, {"function": "weather"}, "fly"], ids=str)
def test_a_choice_that_is_none_is_refused_by_name(llm: Leopard, choice: Any) -> None:
    with pytest.raises(LeopardError, match=r"tool_choice is auto, .* not"):
        llm.chat_with_tools(TOOLS, user_msg=ASKED, tool_choice=choice)


def test_calls_side_by_side_come_only_where_they_are_allowed(llm: Leopard) -> None:
    options = {
        "user_msg": "What are the home ports of the Kittiwake and of the Fulmar?",
        "tool_choice": "home_port",
        "max_tokens": 120,
    }
    many = llm.chat_with_tools(TOOLS, allow_parallel_tool_calls=True, **options)
    both = llm.get_tool_calls_from_response(many)
    assert [call.tool_kwargs["ship"] for call in both] == ["Kittiwake", "Fulmar"]
    check(both)
    one = llm.chat_with_tools(TOOLS, **options)
    found = llm.get_tool_calls_from_response(one)
    assert len(found) == 1
    check(found)


@pytest.mark.anyio
async def test_streams_with_tools_end_with_the_calls_and_say_nothing_else(llm: Leopard) -> None:
    options = {"user_msg": ASKED, "tool_required": True}
    pieces = list(llm.stream_chat_with_tools(TOOLS, **options))
    pieces += [p async for p in await llm.astream_chat_with_tools(TOOLS, **options)]
    assert all(piece.delta == "" for piece in pieces)
    for last in (pieces[0], pieces[-1]):
        check(llm.get_tool_calls_from_response(last))
    same = await llm.achat_with_tools(TOOLS, **options)
    assert llm.get_tool_calls_from_response(same)[0].tool_name == (
        llm.get_tool_calls_from_response(pieces[0])[0].tool_name
    )


def test_a_stream_with_tools_that_answers_is_told_piece_by_piece(
    llm: Leopard, kittiwake: ImageBlock
) -> None:
    message = ChatMessage(role="user", blocks=[kittiwake, TextBlock(text=ASKED)])
    pieces = list(llm.stream_chat_with_tools(TOOLS, user_msg=message, tool_choice="none"))
    assert "".join(piece.delta or "" for piece in pieces) == "Oban"


@pytest.mark.parametrize("asynchronous", [False, True])
def test_predict_and_call_calls_the_tool_and_gives_what_it_gave(
    llm: Leopard, asynchronous: bool
) -> None:
    if asynchronous:
        response = asyncio.run(llm.apredict_and_call([PORT], user_msg=ASKED))
    else:
        response = llm.predict_and_call([PORT], user_msg=ASKED)
    (source,) = response.sources
    assert source.tool_name == "home_port"
    assert response.response == home_port(**source.raw_input["kwargs"])


class Ship(BaseModel):
    """A ship."""

    home_port: str = Field(max_length=30)
    built: int = Field(ge=1900, le=2030)


def test_a_function_calling_program_gives_a_valid_object(
    llm: Leopard, kittiwake: ImageBlock
) -> None:
    blocks = [kittiwake, TextBlock(text="Describe the {thing}.")]
    prompt = ChatPromptTemplate([ChatMessage(role="user", blocks=blocks)])
    program = FunctionCallingProgram.from_defaults(output_cls=Ship, llm=llm, prompt=prompt)
    for found in (program(thing="ship"), asyncio.run(program.acall(thing="ship"))):
        assert isinstance(found, Ship) and 1900 <= found.built <= 2030


@pytest.fixture
def ask_page(llm: Leopard, kittiwake: ImageBlock) -> FunctionTool:
    """Asks the page what the user asked, so that a small model has nothing to write."""

    async def ask_page(ctx: Context) -> str:
        """Asks the page about the ship."""
        question = await ctx.store.get("user_msg_str")
        return (await llm.acomplete(question, [kittiwake])).text

    return FunctionTool.from_defaults(ask_page, return_direct=True)


@pytest.mark.anyio
@pytest.mark.parametrize("streaming", [True, False])
async def test_a_function_agent_answers_with_the_tool_that_it_was_told_to_begin_with(
    llm: Leopard, ask_page: FunctionTool, streaming: bool
) -> None:
    agent = FunctionAgent(
        tools=[ask_page, *TOOLS], llm=llm, initial_tool_choice="ask_page", streaming=streaming
    )
    answer = await agent.run(user_msg=ASKED)
    assert str(answer) == "Oban"
    assert [call.tool_name for call in answer.tool_calls] == ["ask_page"]


@pytest.mark.anyio
async def test_an_agent_workflow_answers_with_the_tool_of_its_agent(
    llm: Leopard, ask_page: FunctionTool
) -> None:
    agent = FunctionAgent(
        name="reader",
        description="Reads pages.",
        tools=[ask_page],
        llm=llm,
        initial_tool_choice="ask_page",
    )
    workflow = AgentWorkflow(agents=[agent], root_agent="reader")
    assert str(await workflow.run(user_msg="Who is the captain of the Kittiwake?")) == (
        "Morag Sinclair"
    )


@pytest.mark.anyio
async def test_a_picture_that_a_tool_gives_reaches_the_model(
    llm: Leopard, kittiwake: ImageBlock
) -> None:
    call = ToolCallBlock(tool_call_id="1", tool_name="show_page", tool_kwargs={})
    history = [
        ChatMessage(role="user", content="Who is the captain of the Kittiwake?"),
        ChatMessage(role="assistant", blocks=[call]),
        ChatMessage(role="tool", blocks=[kittiwake], additional_kwargs={"tool_call_id": "1"}),
    ]
    response = await llm.achat(history)
    shown = await llm.acomplete("Who?", [kittiwake])
    # As many positions as where a user shows it.
    assert response.raw["usage"]["image_tokens"] == shown.raw["usage"]["image_tokens"] > 20


@pytest.mark.anyio
async def test_results_that_come_late_reach_the_model_in_the_order_of_the_calls() -> None:
    told = asyncio.Event()

    async def population(city: str) -> str:
        """Gives the population of a city."""
        if city == "Oslo":
            await told.wait()
        return f"many in {city}"

    calls = [ToolCall("population", {"city": city}) for city in ("Oslo", "Cairo")]
    with ScriptedLeopard([calls, "Done."]) as leopard:
        agent = FunctionAgent(tools=[FunctionTool.from_defaults(population)], llm=Leopard(leopard))
        running = agent.run(user_msg="How many live in Oslo and in Cairo?")
        async for event in running.stream_events():
            if isinstance(event, ToolCallResult):
                told.set()
        await running
        assert leopard.questions[-1] == "many in Oslo\nmany in Cairo"


@pytest.mark.anyio
async def test_a_react_agent_answers_from_the_picture_in_its_message(
    llm: Leopard, kittiwake: ImageBlock
) -> None:
    agent = ReActAgent(tools=TOOLS, llm=llm)
    # No tool tells this; the page does.
    asked = TextBlock(text="Who is the captain of the Kittiwake?")
    message = ChatMessage(role="user", blocks=[kittiwake, asked])
    assert str(await agent.run(user_msg=message)) == "Morag Sinclair"


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [FunctionAgent, ReActAgent])
async def test_an_agent_chooses_its_tool_itself(
    llm: Leopard, kind: type[FunctionAgent | ReActAgent]
) -> None:
    agent = kind(tools=[PORT], llm=llm)
    answer = await agent.run(user_msg=ASKED, max_iterations=3)
    assert [call.tool_name for call in answer.tool_calls] == ["home_port"]
