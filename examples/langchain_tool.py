"""A LangChain agent's eyes: opens a deck, finds words in it, and asks about it, with evidence.

Run it from anywhere:  python examples/langchain_tool.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from langchain_leopard import Access, LeopardToolkit

DATA = Path(__file__).parent / "data"


def main() -> None:
    toolkit = LeopardToolkit(allow=Access(roots=[DATA]))
    tools = {tool.name: tool for tool in toolkit.get_tools()}
    print("Tools:", ", ".join(tools))

    # What a model writes as a call comes back as a message: text for it, data for the program.
    call = {"name": "slides_open", "args": {"path": "deck.pdf"}, "id": "1", "type": "tool_call"}
    opened = tools["slides_open"].invoke(call)
    deck = opened.artifact["name"]
    print(f"The deck has {len(opened.artifact['captures'])} pages.")

    words: dict[str, Any] = {"text": "gross margin", "images": [deck], "limit": 1}
    print(tools["leopard_find"].invoke(words).splitlines()[1].partition(" ")[2])

    question: dict[str, Any] = {"question": "What was the gross margin?", "images": [deck]}
    asked = {"name": "leopard_ask", "args": question, "id": "2", "type": "tool_call"}
    answer = tools["leopard_ask"].invoke(asked).artifact
    [cited] = answer["citations"][:1]
    page = next(each["page"] for each in answer["captures"] if each["id"] == cited["capture"])
    print(f"{question['question']} {answer['text']} (page {page}, {cited['box']})")


if __name__ == "__main__":
    main()
