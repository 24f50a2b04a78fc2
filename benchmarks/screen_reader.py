"""What the MCP server's calls cost: finding again, asking again, and the tools' descriptions.

    python benchmarks/screen_reader.py [--repeat 3]

The SDK's client in this process, on a screen of its own (Xvfb, 1920 x 1080) that shows a page of
text. `find` on a new capture of a screen that did not change has a goal of 0.1 s. Then one line
of the screen changes, and it is captured and asked about: warm by the server that knows the
screen before, cold by one that knows nothing but has its model loaded. Medians.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from display import x_server
from machine import EMBEDDED, describe_machine, needs
from PIL import Image, ImageDraw, ImageFont

from leopard_tools import Leopard

if TYPE_CHECKING:
    from mcp import Client

DATA = Path(__file__).parents[1] / "examples" / "data"
QUESTION, WORDS = "What phone number can I call for help?", "Crossing time"
GOAL_SECONDS, GOAL_TOKENS = 0.1, 2000
FINDS = 5


class Screen:
    """A screen that shows the example page, and below it one line that changes."""

    def __init__(self) -> None:
        from Xlib import X
        from Xlib.display import Display

        self._display = Display()
        root = self._display.screen().root
        self._page, self._line = (
            root.create_window(*box, 0, X.CopyFromParent, override_redirect=True)
            for box in ((0, 0, 1280, 900), (1300, 300, 600, 60))
        )
        self.show(self._page, Image.open(DATA / "page.png").convert("RGB"))

    def show(self, window: Any, picture: Image.Image) -> None:
        pixmap = window.create_pixmap(*picture.size, self._display.screen().root_depth)
        pixmap.put_pil_image(pixmap.create_gc(), 0, 0, picture)
        window.change_attributes(background_pixmap=pixmap)
        window.map()
        window.clear_area()
        self._display.sync()

    def write(self, text: str) -> None:
        picture = Image.new("RGB", (600, 60), "white")
        font = ImageFont.load_default(26)
        ImageDraw.Draw(picture).text((12, 12), text, "black", font)
        self.show(self._line, picture)


async def call(client: Client, tool: str, **arguments: object) -> Any:
    result = await client.call_tool(tool, arguments)
    if result.is_error:
        sys.exit(result.content[0].text)
    return result.structured_content


async def asked(client: Client, times: dict[str, list[float]], name: str) -> None:
    """Captures the screen and asks about it, both timed."""
    start = time.perf_counter()
    capture = (await call(client, "screen_capture"))["capture"]
    between = time.perf_counter()
    await call(client, "ask", question=QUESTION, captures=[capture])
    end = time.perf_counter()
    times[f"screen_capture, {name}"].append(between - start)
    times[f"ask, {name}"].append(end - between)
    times[f"both, {name}"].append(end - start)


async def one_round(screen: Screen, number: int, times: dict[str, list[float]]) -> None:
    """A server's life: its model loads on another picture, then the screen is new, then known."""
    from leopard_mcp import Policy, make_server
    from mcp import Client

    policy = Policy(screen=True, roots=(DATA,))
    async with Client(make_server(policy)) as client:
        other = (await call(client, "slides_open", path="scan.jpg"))["name"]
        await call(client, "ask", question=QUESTION, captures=[other])
        screen.write(f"Sailing {number} leaves at noon")
        await asked(client, times, "cold")
        screen.write(f"Gate {number} is closed today")
        await asked(client, times, "warm")
        for _ in range(FINDS):
            capture = (await call(client, "screen_capture"))["capture"]
            start = time.perf_counter()
            found = await call(client, "find", text=WORDS, captures=[capture])
            times["find, unchanged"].append(time.perf_counter() - start)
            assert found["matches"], "the words stand on the page"


async def tokens() -> int:
    """What a model reads of the tools: names, descriptions and schemas of both directions."""
    from leopard_mcp import make_server
    from mcp import Client

    async with Client(make_server()) as client:
        tools = (await client.list_tools()).tools
    with Leopard.load(device="cpu") as leopard:
        encode = leopard._variant.tokenizer.encode
        schemas = [
            json.dumps([tool.input_schema, tool.output_schema], separators=(",", ":"))
            for tool in tools
        ]
        told = zip(tools, schemas, strict=True)
        return sum(len(encode(f"{tool.name}\n{tool.description}\n{text}")) for tool, text in told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3, help="lives of a server")
    repeat = parser.parse_args().repeat
    needs(*EMBEDDED, "leopard_mcp", "mss", "Xlib", "Xvfb")
    times: dict[str, list[float]] = defaultdict(list)
    with x_server():
        screen = Screen()
        for number in range(1, repeat + 1):
            asyncio.run(one_round(screen, number, times))
    print(describe_machine())
    print(f"\n| {repeat} rounds | seconds |\n|---|---|")
    middle = {name: median(values) for name, values in sorted(times.items())}
    for name, seconds in middle.items():
        print(f"| {name} | {seconds:.3f} |")
    for step in ("screen_capture", "ask", "both"):
        print(f"{step}: warm is {middle[f'{step}, warm'] / middle[f'{step}, cold']:.2f} of cold")
    verdict = "yes" if middle["find, unchanged"] < GOAL_SECONDS else "NO"
    print(f"find on an unchanged screen, goal under {GOAL_SECONDS:g} s: {verdict}")
    count = asyncio.run(tokens())
    verdict = "yes" if count < GOAL_TOKENS else "NO"
    print(f"tool descriptions: {count} tokens of nano's, goal under {GOAL_TOKENS}: {verdict}")


if __name__ == "__main__":
    main()
