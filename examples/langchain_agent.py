"""An agent that looks up two things, one in a deck and one on a web page, and reports both.

The chat model and the model behind the tools are the same small one, loaded once. It is too small
to plan, so a middleware says which tool comes next; what to look up with it is the model's choice,
and its report is held to a schema. A model that plans by itself needs no such middleware.

Run it from anywhere:  python examples/langchain_agent.py
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import BaseTool, tool
from langchain_leopard import Access, ChatLeopard, LeopardToolkit
from loopback import serving
from pydantic import BaseModel, Field

DATA = Path(__file__).parent / "data"
TASK = "What was the gross margin, and what phone number can I call for help?"
Asked = ModelRequest[Any]
PLAN = ("ask_deck", "ask_page")
ON_SLIDES = {
    "gross margin": "What was the gross margin?",
    "employees": "How many employees does Tidewell have?",
}
ON_PAGE = {
    "phone number": "What phone number can I call for help?",
    "arrival": "When does the 15:40 sailing arrive?",
}


class Report(BaseModel):
    """What was found."""

    gross_margin: str = Field(pattern=r"^\d{1,2}\.\d%$")
    phone_number: str = Field(pattern=r"^\d{5} \d{3} \d{3}$")


class Planned(AgentMiddleware[Any, Any]):
    """Calls each tool of the plan once, then has the report written."""

    def wrap_model_call(
        self, request: Asked, handler: Callable[[Asked], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        return handler(self._next(request))

    async def awrap_model_call(
        self, request: Asked, handler: Callable[[Asked], Awaitable[ModelResponse[Any]]]
    ) -> ModelResponse[Any]:
        return await handler(self._next(request))

    def _next(self, request: Asked) -> Asked:
        done = sum(isinstance(message, ToolMessage) for message in request.messages)
        choice = PLAN[done] if done < len(PLAN) else "none"
        return request.override(
            model_settings={"tool_choice": choice, "parallel_tool_calls": False}
        )


def make_tools(toolkit: LeopardToolkit, page: str) -> list[BaseTool]:
    """Two narrow tools over the toolkit's wide ones."""
    tools = {each.name: each for each in toolkit.get_tools()}

    def ask(question: str, image: str) -> str:
        given = {"question": question, "images": [image]}
        call = {"name": "leopard_ask", "args": given, "id": "ask", "type": "tool_call"}
        answer: str = tools["leopard_ask"].invoke(call).artifact["text"]
        return answer

    @tool
    def ask_deck(topic: Literal["gross margin", "employees"]) -> str:
        """Looks up a figure of the company in its slide deck."""
        return f"{topic}: {ask(ON_SLIDES[topic], 'deck.pdf')}"

    @tool
    def ask_page(topic: Literal["phone number", "arrival"]) -> str:
        """Looks up a fact in the ferry timetable on the web."""
        opened = {"name": "page_open", "args": {"url": page}, "id": "page", "type": "tool_call"}
        return f"{topic}: {ask(ON_PAGE[topic], tools['page_open'].invoke(opened).artifact['name'])}"

    return [ask_deck, ask_page]


def main() -> None:
    model = ChatLeopard()
    with serving(DATA) as site:
        toolkit = LeopardToolkit(model, allow=Access(roots=[DATA], allow_private=True))
        agent = create_agent(
            model,
            make_tools(toolkit, f"{site}page.html"),
            middleware=[Planned()],
            response_format=Report,
        )
        state = agent.invoke({"messages": [HumanMessage(TASK)]})
    for message in state["messages"]:
        for call in getattr(message, "tool_calls", ()):
            print(f"{call['name']}: {call['args']}")
        if isinstance(message, ToolMessage):
            print(f"  {message.text}")
    print(repr(state["structured_response"]))


if __name__ == "__main__":
    main()
