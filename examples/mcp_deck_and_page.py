"""Opens a deck and a web page, and asks about both; each answer says where it stands.

    python examples/mcp_deck_and_page.py

What an assistant would do with the same tools: slides_open, page_open, ask. The first questions
go to three slides and the page; the last one needs both, so it goes to the two pictures that the
answers before it rest on, and is held to a JSON schema.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from loopback import serving
from mcp import Client, StdioServerParameters
from mcp_session import call, connected

DATA = Path(__file__).parent / "data"
DECK, SLIDES, PAGE = "deck.pdf", [2, 3, 5], "page.html"
QUESTIONS = ["What is the net retention?", "What phone number can I call for help?"]
BOTH = "What is the net retention, and what phone number can I call for help?"
# A small model keeps to the point where the schema says how a value looks.
SCHEMA = {
    "type": "object",
    "properties": {
        "net_retention": {"type": "string", "pattern": "^[0-9]{1,3}%$"},
        "phone_number": {"type": "string", "pattern": "^[0-9]{5} [0-9]{3} [0-9]{3}$"},
    },
    "required": ["net_retention", "phone_number"],
    "additionalProperties": False,
}

# The page is served by this machine, which the server's filter refuses unless it is told not to.
SERVER = StdioServerParameters(
    command=sys.executable,
    args=["-m", "leopard_mcp", "--root", str(DATA), "--allow-private"],
)


async def main() -> None:
    with serving(DATA) as address:
        async with connected(SERVER) as client:
            deck = await call(client, "slides_open", path=DECK, slides=SLIDES)
            page = await call(client, "page_open", url=address + PAGE)
            names = named(DECK, deck) | named(PAGE, page)
            resting_on: list[str] = []
            for question in QUESTIONS:
                answer = await ask(client, names, question, [deck["name"], page["name"]])
                resting_on += [each["capture"] for each in answer["citations"][:1]]
            chosen = resting_on or [deck["name"], page["name"]]
            await ask(client, names, BOTH, chosen, answer_schema=SCHEMA)


def named(source: str, opened: dict[str, Any]) -> dict[str, str]:
    """What people call each capture."""
    return {
        each["capture"]: f"{source} {each['number']}" if "number" in each else source
        for each in opened["captures"]
    }


async def ask(
    client: Client, names: dict[str, str], question: str, captures: list[str], **options: object
) -> dict[str, Any]:
    """Asks, and prints the answer with the places where it stands."""
    answer = await call(client, "ask", question=question, captures=captures, **options)
    print(question)
    print(f"  {answer['answer']}  (probability {answer['probability']:.2f})")
    for each in answer["citations"]:
        print(f"  {names[each['capture']]} at {each['box']}: {each['text']}")
    return answer


if __name__ == "__main__":
    asyncio.run(main())
