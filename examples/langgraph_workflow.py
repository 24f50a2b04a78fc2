"""A workflow in several steps over slides and a web page, with a typed report at its end.

A LangGraph graph whose nodes look things up side by side, waits for a person's word, and goes on
from its checkpoint. The small embedded model never plans here: the graph does.

Run it from anywhere:  python examples/langgraph_workflow.py
"""

from __future__ import annotations

import operator
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_leopard import Access, ChatLeopard, LeopardToolkit
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, interrupt
from loopback import serving
from pydantic import BaseModel, Field

DATA = Path(__file__).parent / "data"
ON_SLIDES = ("What was the gross margin?", "How many employees does Tidewell have?")
ON_PAGE = ("Which ship sails at 06:50?", "What phone number can I call for help?")


class Finding(TypedDict):
    """One thing that was looked up: JSON-safe, so that it can be checkpointed."""

    question: str
    answer: str
    place: str


class Report(BaseModel):
    """The typed end."""

    gross_margin: str = Field(pattern=r"^\d{1,2}\.\d%$")
    employees: int = Field(ge=1, le=999)
    first_ship: str = Field(pattern=r"^[A-Z][a-z]{2,11}$")
    phone_number: str = Field(pattern=r"^\d{5} \d{3} \d{3}$")


class State(TypedDict, total=False):
    """What the nodes share."""

    findings: Annotated[list[Finding], operator.add]
    approved: bool
    report: Report


def build(
    model: ChatLeopard, toolkit: LeopardToolkit, page: str
) -> CompiledStateGraph[State, None, State, State]:
    """The graph: slides and page side by side, a pause, the report."""
    tools = {tool.name: tool for tool in toolkit.get_tools()}

    def call(name: str, **arguments: Any) -> dict[str, Any]:
        made = {"name": name, "args": arguments, "id": name, "type": "tool_call"}
        message = tools[name].invoke(made)
        assert message.status == "success", message.content
        found: dict[str, Any] = message.artifact
        return found

    def look_up(questions: tuple[str, ...], captures: str) -> State:
        findings = []
        for question in questions:
            answer = call("leopard_ask", question=question, images=[captures])
            places = [f"{each['capture']} {each['box']}" for each in answer["citations"][:1]]
            findings.append(
                Finding(question=question, answer=answer["text"], place=", ".join(places))
            )
        return State(findings=findings)

    def slides(state: State) -> State:
        return look_up(ON_SLIDES, call("slides_open", path="deck.pdf")["name"])

    def website(state: State) -> State:
        return look_up(ON_PAGE, call("page_open", url=page)["name"])

    def approve(state: State) -> State:
        return State(approved=bool(interrupt({"findings": state["findings"]})))

    def write(state: State) -> State:
        told = "\n".join(f"{each['question']} {each['answer']}" for each in state["findings"])
        return State(report=model.with_structured_output(Report).invoke(told))

    graph = StateGraph(State)
    graph.add_node("slides", slides)
    graph.add_node("website", website)
    graph.add_node("approve", approve)
    graph.add_node("write", write)
    graph.add_edge(START, "slides")
    graph.add_edge(START, "website")
    graph.add_edge(["slides", "website"], "approve")
    graph.add_conditional_edges("approve", lambda s: "write" if s["approved"] else END)
    graph.add_edge("write", END)
    return graph.compile(checkpointer=InMemorySaver())


def main() -> None:
    model = ChatLeopard()
    with serving(DATA) as site:
        toolkit = LeopardToolkit(model, allow=Access(roots=[DATA], allow_private=True))
        graph = build(model, toolkit, f"{site}page.html")
        config: Any = {"configurable": {"thread_id": "1"}}
        for update in graph.stream({}, config, stream_mode="updates"):
            for node, change in update.items():
                if node == "__interrupt__":
                    print("It waits for a person.")
                    continue
                for finding in change["findings"]:
                    print(f"{node}: {finding['question']} {finding['answer']}")
        state = graph.invoke(Command(resume=True), config)
    print(repr(state["report"]))


if __name__ == "__main__":
    main()
