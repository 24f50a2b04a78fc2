"""Agents and graphs on the embedded model: steps, checkpoints, a pause, tokens as they come.

Where a report has to fit a schema, which tool is next is forced, or a graph's nodes call the tools;
what to ask of a tool, and what to report, is the model's. Left free it takes two steps by itself.
"""

from __future__ import annotations

import runpy
import sys
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessageChunk, ToolMessage
from langchain_leopard import Access, ChatLeopard, LeopardToolkit
from langchain_places import DATA, ROOT
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from leopard_tools import Leopard

sys.path.insert(0, str(ROOT / "examples"))

import langchain_agent
import langgraph_workflow

pytestmark = pytest.mark.anyio

README_SAYS = (
    (ROOT / "integrations" / "langchain-leopard" / "README.md")
    .read_text()
    .partition("$ python examples/langchain_agent.py\n")[2]
    .partition("```")[0]
)
SEEN = {
    "What was the gross margin?": "58.4%",
    "How many employees does Tidewell have?": "214",
    "Which ship sails at 06:50?": "Kittiwake",
    "What phone number can I call for help?": "01631 960 244",
}


@pytest.fixture
def toolkit(nano: Leopard) -> LeopardToolkit:
    return LeopardToolkit(nano, allow=Access(roots=[DATA], allow_private=True))


@pytest.fixture
def agent(chat: ChatLeopard, toolkit: LeopardToolkit, site: str) -> Any:
    return create_agent(
        chat,
        langchain_agent.make_tools(toolkit, f"{site}page.html"),
        middleware=[langchain_agent.Planned()],
        response_format=langchain_agent.Report,
        checkpointer=InMemorySaver(),
        interrupt_before=["tools"],
    )


def thread(name: str) -> Any:
    return {"configurable": {"thread_id": name}}


def test_an_agent_looks_up_two_things_and_goes_on_from_its_checkpoints(agent: Any) -> None:
    config = thread("two steps")
    state = agent.invoke({"messages": [("user", langchain_agent.TASK)]}, config)
    pauses = 0
    while agent.get_state(config).next:
        pauses += 1
        state = agent.invoke(None, config)
    assert pauses == 2
    results = [each.text for each in state["messages"] if isinstance(each, ToolMessage)]
    assert results == ["gross margin: 58.4%", "phone number: 01631 960 244"]
    assert state["structured_response"] == langchain_agent.Report(
        gross_margin="58.4%", phone_number="01631 960 244"
    )


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (langchain_agent.TASK, ["gross margin: 58.4%", "phone number: 01631 960 244"]),
        (
            "When does the 15:40 sailing arrive, and what was the gross margin?",
            ["arrival: 20:25", "gross margin: 58.4%"],
        ),
        ("How many employees does Tidewell have?", ["employees: 214"]),
    ],
)
def test_an_agent_left_free_calls_the_tools_that_it_needs_one_after_the_other(
    chat: ChatLeopard, toolkit: LeopardToolkit, site: str, task: str, expected: list[str]
) -> None:
    free = create_agent(
        chat,
        langchain_agent.make_tools(toolkit, f"{site}page.html"),
        checkpointer=InMemorySaver(),
        interrupt_before=["tools"],
    )
    config = thread(task)
    state = free.invoke({"messages": [("user", task)]}, config)
    for _ in expected:
        assert free.get_state(config).next == ("tools",)
        state = free.invoke(None, config)
    assert not free.get_state(config).next
    results = [each.text for each in state["messages"] if isinstance(each, ToolMessage)]
    assert results == expected
    report = state["messages"][-1].text
    assert all(found.partition(": ")[2] in report for found in expected)


async def test_an_agent_streams_its_tokens_and_its_steps(agent: Any) -> None:
    config = thread("streamed")
    given: Any = {"messages": [("user", langchain_agent.TASK)]}
    steps: list[str] = []
    pieces: list[AIMessageChunk] = []
    while True:
        async for mode, data in agent.astream(given, config, stream_mode=["updates", "messages"]):
            if mode == "updates":
                steps += [step for step in data if step != "__interrupt__"]
            elif isinstance(data[0], AIMessageChunk):
                pieces.append(data[0])
        given = None
        if not (await agent.aget_state(config)).next:
            break
    assert steps == ["model", "tools", "model", "tools", "model"]
    named = [part["name"] for each in pieces for part in each.tool_call_chunks if part["name"]]
    assert named == ["ask_deck", "ask_page"]
    assert len([each for each in pieces if each.tool_call_chunks]) > 6
    report = "".join(each.text for each in pieces)
    assert langchain_agent.Report.model_validate_json(report).gross_margin == "58.4%"


def test_a_graph_waits_for_a_person_and_ends_with_a_typed_report(
    chat: ChatLeopard, toolkit: LeopardToolkit, site: str
) -> None:
    graph = langgraph_workflow.build(chat, toolkit, f"{site}page.html")
    config = thread("report")
    waiting = graph.invoke({}, config)
    [pause] = waiting["__interrupt__"]
    assert {f["question"]: f["answer"] for f in pause.value["findings"]} == SEEN
    assert all(finding["place"] for finding in pause.value["findings"])
    assert graph.get_state(config).next == ("approve",)
    done = graph.invoke(Command(resume=True), config)
    assert done["report"] == langgraph_workflow.Report(
        gross_margin="58.4%", employees=214, first_ship="Kittiwake", phone_number="01631 960 244"
    )


def test_a_graph_whose_findings_are_refused_writes_nothing(
    chat: ChatLeopard, toolkit: LeopardToolkit, site: str
) -> None:
    graph = langgraph_workflow.build(chat, toolkit, f"{site}page.html")
    config = thread("refused")
    graph.invoke({}, config)
    assert "report" not in graph.invoke(Command(resume=False), config)


@pytest.mark.usefixtures("nano")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("langchain_tool", "What was the gross margin? 58.4% (page 2, ["),
        ("langchain_agent", README_SAYS),
        ("langgraph_workflow", "It waits for a person.\nReport(gross_margin='58.4%', employees=2"),
    ],
)
def test_examples_do_their_job(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "examples" / f"{name}.py"), run_name="__main__")
    assert said in capsys.readouterr().out
