"""Walks a small web site page by page and fills a table of typed rows from what stands there.

    python examples/mcp_site_table.py

What an assistant would do with the same tools: page_open, read, ask. It goes where addresses lead
that it reads on the pages themselves; a JSON schema holds each answer to the type of a row.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from loopback import serving
from mcp import Client, StdioServerParameters
from mcp_session import call, connected
from pydantic import BaseModel, Field

START = "fleet.html"
SITE = {
    START: ("Skerry Ferries: our ships", "", ["kittiwake.html", "fulmar.html"]),
    "kittiwake.html": ("Kittiwake", "Oban 1998 42 14", ["sula-bay.html"]),
    "sula-bay.html": ("Sula Bay", "Mallaig 2011 68 17", [START]),
    "fulmar.html": ("Fulmar", "Ullapool 2019 120 19", ["kittiwake.html", START]),
}
FACTS = ("Home port", "Year built", "Cars", "Speed in knots")
QUESTION = "What is the home port, the year built and the number of cars?"


class Ship(BaseModel):
    """A row. The patterns and limits go into the schema, and keep a small model to the point."""

    home_port: Annotated[str, Field(pattern="^[A-Z][a-z]+( [A-Z][a-z]+)?$")]
    year_built: Annotated[int, Field(ge=1900, le=2100)]
    cars: Annotated[int, Field(ge=1, le=1000)]


SERVER = StdioServerParameters(
    command=sys.executable, args=["-m", "leopard_mcp", "--allow-private"]
)


async def main() -> None:
    rows: dict[str, Ship] = {}
    evidence: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        write_site(Path(folder))
        with serving(Path(folder)) as address:
            async with connected(SERVER) as client:
                async for name, page in walk(client, address):
                    if name == START:
                        continue
                    asked = {"question": QUESTION, "captures": [page]}
                    answer = await call(
                        client, "ask", **asked, answer_schema=Ship.model_json_schema()
                    )
                    rows[name] = Ship.model_validate(answer["parsed"])
                    evidence += [
                        f"{each['text']} stands in {name} at {each['box']}"
                        for each in answer["citations"]
                    ]
    print(f"{'page':<16}{'home port':<16}{'built':>6}{'cars':>6}")
    for name, ship in rows.items():
        print(f"{name:<16}{ship.home_port:<16}{ship.year_built:>6}{ship.cars:>6}")
    print(*evidence, sep="\n")


async def walk(client: Client, address: str) -> AsyncIterator[tuple[str, str]]:
    """The name and capture of each page that the first one leads to, itself first."""
    waiting, seen = [START], {START}
    while waiting:
        name = waiting.pop(0)
        page = (await call(client, "page_open", url=address + name))["name"]
        yield name, page
        texts = (await call(client, "read", captures=[page]))["texts"]
        for link in re.findall(r"[\w-]+\.html", "\n".join(each["text"] for each in texts)):
            if link not in seen:
                seen.add(link)
                waiting.append(link)


def write_site(folder: Path) -> None:
    """The pages, with links that can be read as well as clicked."""
    for name, (title, facts, links) in SITE.items():
        cells = zip(FACTS, facts.split(), strict=False)
        rows = "".join(f"<tr><td>{fact}<td>{value}" for fact, value in cells)
        leads = "".join(f'<p>See <a href="{link}">{link}</a>' for link in links)
        (folder / name).write_text(
            f'<!doctype html><html lang="en"><title>{title}</title>'
            f'<body style="font: 22px Liberation Sans, sans-serif; margin: 40px"><h1>{title}</h1>'
            f'<table cellpadding="8">{rows}</table>{leads}'
        )


if __name__ == "__main__":
    asyncio.run(main())
