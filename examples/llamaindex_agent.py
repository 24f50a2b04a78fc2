"""An agent that looks into a deck: LlamaIndex's loop, tools that see, a model in this process.

    python examples/llamaindex_agent.py

A small model is no good at writing a tool's arguments, so the tool that asks takes the question
from the agent's own context, and the agent is told to begin with it. What the tool gives is told
to the user as it is: the answer, the page and the place on it.
"""

import asyncio
from pathlib import Path

from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent, ToolCallResult
from llama_index.core.tools import FunctionTool
from llama_index.core.workflow import Context
from llama_index.llms.leopard import Leopard, LeopardToolSpec

from leopard_tools.toolbox import Access

DATA = Path(__file__).parent / "data"
QUESTIONS = ["What was the gross margin?", "By when should the Toronto lease be approved?"]


async def main() -> None:
    llm = Leopard()
    seeing = LeopardToolSpec(llm, access=Access(roots=[DATA], web=False))

    async def ask_deck(ctx: Context) -> str:
        """Answers the user's question from the deck."""
        question = await ctx.store.get("user_msg_str")
        return (await seeing.aask(question, ["deck.pdf"])).text

    agent = FunctionAgent(
        name="reader",
        description="Answers questions about a deck.",
        tools=[FunctionTool.from_defaults(ask_deck, return_direct=True), *seeing.to_tool_list()],
        llm=llm,
        initial_tool_choice="ask_deck",
    )
    workflow = AgentWorkflow(agents=[agent], root_agent="reader")
    for question in QUESTIONS:
        handler = workflow.run(user_msg=question)
        print(question)
        async for event in handler.stream_events():
            if isinstance(event, ToolCallResult):
                print(f"  called {event.tool_name}")
        print("\n".join(f"  {line}" for line in str(await handler).split("\n")))
    llm.close()


if __name__ == "__main__":
    asyncio.run(main())
