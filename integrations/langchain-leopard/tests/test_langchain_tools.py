"""The toolkit's tools: what an agent gets to read, what a program gets, and what is refused."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, ToolException
from langchain_leopard import (
    Access,
    ChatLeopard,
    LeopardAskTool,
    LeopardFindTool,
    LeopardReadTool,
    LeopardToolkit,
    SlidesTool,
    image_block,
)
from langchain_places import DATA, TINY, Connected, cancelled_while_waiting, poster
from PIL import Image

from leopard_tools import Leopard
from leopard_tools.errors import ImageTooLarge
from leopard_tools.images.sources import Limits, load_frames

pytestmark = pytest.mark.anyio


def call(tool: BaseTool, **arguments: Any) -> ToolMessage:
    """What a model's call becomes in an agent."""
    made = {"name": tool.name, "args": arguments, "id": "1", "type": "tool_call"}
    found: ToolMessage = tool.invoke(made)
    return found


@pytest.fixture
def tools(nano: Leopard) -> dict[str, BaseTool]:
    kit = LeopardToolkit(nano, allow=Access(roots=[DATA], allow_private=True, screen=True))
    return {tool.name: tool for tool in kit.get_tools()}


def test_what_one_tool_opens_the_others_use(tools: dict[str, BaseTool], site: str) -> None:
    deck = call(tools["slides_open"], path="deck.pdf", pages=[2, 6]).artifact
    page = call(tools["page_open"], url=f"{site}page.html").artifact
    assert [each["page"] for each in deck["captures"]] == [2, 6]
    both = [deck["name"], page["name"]]
    margin = call(tools["leopard_ask"], question="What was the gross margin?", images=both)
    assert margin.status == "success" and margin.artifact["text"] == "58.4%"
    [cited, *_] = margin.artifact["citations"]
    assert cited["capture"] == deck["captures"][0]["id"] and len(cited["box"]) == 4
    found = call(tools["leopard_find"], text="Need help?", images=both, limit=1)
    assert [each["capture"] for each in found.artifact["matches"]] == [page["captures"][0]["id"]]
    read = call(tools["leopard_read"], images=[page["name"]])
    assert "01631 960 244" in read.text and "untrusted content" in read.text


def test_what_programs_get_is_json(tools: dict[str, BaseTool]) -> None:
    schema = {
        "type": "object",
        "properties": {"total": {"type": "string", "pattern": "^[0-9.]{4,6}$"}},
        "required": ["total"],
    }
    question = {"question": "What is the unit price of the pH electrode?", "images": ["scan.jpg"]}
    found = call(tools["leopard_ask"], **question, answer_schema=schema)
    assert json.loads(json.dumps(found.artifact)) == found.artifact
    assert set(found.artifact["parsed"]) == {"total"}
    verbatim = call(tools["leopard_ask"], **question, verbatim=True)
    assert verbatim.artifact["citations"][0]["text"] == verbatim.artifact["text"]


def test_a_window_is_captured_with_its_text(tools: dict[str, BaseTool], desktop: Connected) -> None:
    desktop.open("Terminal", poster((420, 160), "Build finished", "white"), (60, 60))
    found = call(tools["screen_capture"], window="Terminal")
    assert "Build finished" in found.text, found.text
    [capture] = found.artifact["captures"]
    assert capture["window"] == "Terminal" and capture["size"][0] >= 420
    part = call(tools["screen_capture"], region=[60, 60, 200, 100]).artifact
    assert part["captures"][0]["size"] == [200, 100]


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("slides_open", {"path": "/etc/passwd"}, "under none of the folders"),
        ("slides_open", {"path": "deck.pdf", "pages": [9]}, "6 pages, so no page 9"),
        ("page_open", {"url": "file:///etc/passwd"}, "only http"),
        ("leopard_read", {"images": ["missing.png"]}, "no such file"),
        ("leopard_ask", {"question": "Who?", "images": []}, "images: .*at least 1 item"),
        ("leopard_ask", {"question": "Who?"}, "images: Field required.*Call it again"),
        ("leopard_find", {"text": "a", "images": ["scan.jpg"], "colour": 1}, "colour: Extra"),
        ("screen_capture", {"region": [1, 2]}, "region"),
    ],
)
async def test_errors_come_back_to_the_model_with_a_next_step(
    tools: dict[str, BaseTool], name: str, arguments: dict[str, Any], reason: str
) -> None:
    import re

    made = {"name": name, "args": arguments, "id": "1", "type": "tool_call"}
    for found in (tools[name].invoke(made), await tools[name].ainvoke(made)):
        assert found.status == "error" and re.search(reason, found.text), found.text


async def test_errors_are_tool_exceptions_for_those_who_handle_them(nano: Leopard) -> None:
    kit = LeopardToolkit(nano, allow=Access())
    tool = LeopardAskTool(toolbox=kit.toolbox, handle_tool_error=False)
    asked = {"question": "Who?", "images": ["deck.pdf"]}
    with pytest.raises(ToolException, match="no folder was permitted"):
        tool.invoke(asked)
    with pytest.raises(ToolException, match="no folder was permitted"):
        await tool.ainvoke(asked)


def test_tools_that_were_made_one_by_one_know_the_same_captures() -> None:
    [frame] = load_frames(poster((420, 60), "Build finished", "white"))
    url = f"data:image/png;base64,{image_block(frame)['base64']}"
    read = call(LeopardReadTool(), images=[url]).artifact["texts"][0]
    found = call(LeopardFindTool(), text="Build", images=[read["capture"]], limit=1)
    assert [each["capture"] for each in found.artifact["matches"]] == [read["capture"]]


def test_only_what_is_allowed_is_offered() -> None:
    def names(**allowed: Any) -> set[str]:
        return {tool.name for tool in LeopardToolkit(allow=Access(**allowed)).get_tools()}

    always = {"slides_open", "leopard_read", "leopard_find", "leopard_ask"}
    assert names() == always | {"page_open"}
    assert names(web=False) == always
    assert names(screen=True, web=False) == always | {"screen_capture"}


def test_reading_loads_no_language_model() -> None:
    chat = ChatLeopard(checkpoint=TINY, device="cpu")
    kit = LeopardToolkit(chat, allow=Access(roots=[DATA]))
    tools = {tool.name: tool for tool in kit.get_tools()}
    assert "BW-20418" in call(tools["leopard_read"], images=["scan.jpg"]).text
    assert not chat._shared.loaded
    asked = call(tools["leopard_ask"], question="Who?", images=["scan.jpg"])
    assert asked.artifact["model"] == TINY and chat._shared.loaded


def test_every_argument_is_described(tools: dict[str, BaseTool]) -> None:
    for tool in tools.values():
        for name, field in tool.args.items():
            assert field.get("description"), f"{tool.name}: {name}"


async def test_a_cancelled_call_lets_go_of_its_page(tools: dict[str, BaseTool]) -> None:
    await cancelled_while_waiting(lambda url: tools["page_open"].ainvoke({"url": url}))


def test_a_cancelled_call_opens_no_more_pages(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (1200, 1200), (number, 0, 0)) for number in range(40)]
    pages[0].save(tmp_path / "deck.pdf", save_all=True, append_images=pages[1:])
    kit = LeopardToolkit(allow=Access(roots=[tmp_path]))
    tools = [SlidesTool(toolbox=kit.toolbox), LeopardReadTool(toolbox=kit.toolbox)]

    async def cancel() -> None:
        for tool, given in zip(
            tools, ({"path": "deck.pdf"}, {"images": ["deck.pdf"]}), strict=True
        ):
            task = asyncio.create_task(tool.ainvoke(given))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    # Its end waits for all threads.
    asyncio.run(cancel())
    assert not len(kit.toolbox.captures)


def test_a_cancelled_look_at_the_screen_stops_reading(nano: Leopard, desktop: Connected) -> None:
    desktop.open("Form", poster((420, 160), "A form", "white"), (60, 60))
    kit = LeopardToolkit(nano, allow=Access(web=False, screen=True))

    async def cancel() -> None:
        tool = next(tool for tool in kit.get_tools() if tool.name == "screen_capture")
        task = asyncio.create_task(tool.ainvoke({"window": "Form"}))
        while not len(kit.toolbox.captures):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(asyncio.get_running_loop().shutdown_default_executor(), 10)

    # As while another picture is read.
    with nano.reader._turns.turn():
        asyncio.run(cancel())


def test_a_toolkit_reads_with_its_model_s_reader(tmp_path: Path) -> None:
    poster((300, 60), "Harbour fee", "white", 20).save(tmp_path / "fee.png")
    chat = ChatLeopard(checkpoint=TINY, device="cpu", dtype="bfloat16")
    kit = LeopardToolkit(chat, allow=Access(roots=[tmp_path]))
    assert "Harbour fee" in kit.toolbox.read(["fee.png"]).text and not chat._shared.loaded
    before = chat.source.reader
    assert before.figures.pictures.entries == 1
    with chat.load() as leopard:
        assert leopard.reader is chat.source.reader is before
    # What comes after it, in a fork even, has threads and locks of its own.
    assert chat.source.reader is not before
    given = ChatLeopard(leopard=leopard)
    LeopardToolkit(given, allow=Access(roots=[tmp_path])).toolbox.read(["fee.png"])
    assert given.source.reader is before and before.figures.pictures.hits == 1


def test_a_toolkit_keeps_to_its_limits_or_the_model_s() -> None:
    access = Access(roots=[DATA])
    with Leopard.load(TINY, device="cpu", limits=Limits(pages=2)) as strict:
        for kit in (
            LeopardToolkit(strict, allow=access),
            LeopardToolkit(ChatLeopard(leopard=strict), allow=access),
            LeopardToolkit(allow=access, limits=Limits(pages=2)),
        ):
            with pytest.raises(ImageTooLarge, match="2 pages"):
                kit.toolbox.slides("deck.pdf")


async def test_a_cancelled_question_frees_the_engine() -> None:
    with Leopard.load(TINY, device="cpu") as tiny:
        kit = LeopardToolkit(tiny, allow=Access(roots=[DATA]))
        tool = next(tool for tool in kit.get_tools() if tool.name == "leopard_ask")
        tool.invoke({"question": "Who?", "images": ["scan.jpg"]})
        asked = {"question": "Who? " * 150, "images": ["scan.jpg"]}
        task = asyncio.create_task(tool.ainvoke(asked))
        while not tiny._engine._running:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        end = time.monotonic() + 60
        while tiny._engine._running:
            assert time.monotonic() < end
            await asyncio.sleep(0)
