"""Many callers at once, callers that give up, and conversations that grow."""

from __future__ import annotations

import asyncio
import base64
import gc
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_leopard import Access, ChatLeopard
from langchain_places import TINY
from PIL import Image, ImageDraw, ImageFont

from leopard_tools import Leopard
from leopard_tools.errors import Cancelled
from leopard_tools.testing import ScriptedLeopard

pytestmark = pytest.mark.anyio

NAMES = ["Aspen", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel"]
ROOMS = "\n".join(f"Room {n} | {name} | {n * 7} seats" for n, name in enumerate(NAMES, 1))
QUESTIONS = [f"{ROOMS}\n\nHow many seats does {name} have?" for name in NAMES]
# A checkpoint with random weights writes on until it is stopped.
RAMBLING: dict[str, Any] = {"temperature": 1.5, "max_tokens": 3000, "seed": 3}


@pytest.fixture
async def tiny() -> AsyncIterator[Leopard]:
    with Leopard.load(TINY, device="cpu") as leopard:
        yield leopard


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def idle(leopard: Leopard) -> bool:
    return not leopard._engine._running


async def test_32_at_once_get_the_answers_that_one_gets(chat: ChatLeopard) -> None:
    expected = [chat.invoke(question).content for question in QUESTIONS]
    assert len(set(expected)) > 4
    found = await asyncio.gather(*(chat.ainvoke(question) for question in QUESTIONS * 4))
    assert [each.content for each in found] == expected * 4
    assert [each.content for each in chat.batch(QUESTIONS)] == expected


async def test_a_cancelled_call_frees_the_engine(tiny: Leopard) -> None:
    chat = ChatLeopard(leopard=tiny, **RAMBLING)
    task = asyncio.create_task(chat.ainvoke("What?"))
    while idle(tiny):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    wait_for(lambda: idle(tiny))


async def test_a_stream_that_is_left_frees_the_engine(tiny: Leopard) -> None:
    chat = ChatLeopard(leopard=tiny, **RAMBLING)

    async def read_two() -> None:
        number = 0
        async for _ in chat.astream("What?"):
            number += 1
            if number == 2:
                break

    await read_two()
    for _ in range(5):
        await asyncio.sleep(0)
    wait_for(lambda: idle(tiny))


async def test_a_stream_whose_task_is_cancelled_frees_the_engine(tiny: Leopard) -> None:
    chat = ChatLeopard(leopard=tiny, **RAMBLING)
    seen: list[str] = []

    async def read() -> None:
        async for chunk in chat.astream("What?"):
            seen.append(chunk.text)

    task = asyncio.create_task(read())
    while not seen:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    wait_for(lambda: idle(tiny))
    assert (await chat.ainvoke("What?", max_tokens=3)).usage_metadata["output_tokens"] == 3


def test_a_stream_that_is_dropped_frees_the_engine() -> None:
    with Leopard.load(TINY, device="cpu") as tiny:
        stream = ChatLeopard(leopard=tiny, **RAMBLING).stream("What?")
        next(stream)
        del stream
        gc.collect()
        wait_for(lambda: idle(tiny))


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        yield server


def picture_of(server: socket.socket) -> list[BaseMessage]:
    url = f"http://127.0.0.1:{server.getsockname()[1]}/scan.png"
    return [HumanMessage([{"type": "image", "url": url}, "What is it?"])]


async def test_a_download_counts_to_the_timeout(silent: socket.socket) -> None:
    chat = ChatLeopard(leopard=ScriptedLeopard([]), access=Access(allow_private=True), timeout=0.3)
    asked, start = picture_of(silent), time.monotonic()
    for call in (chat.invoke, lambda asked: next(chat.stream(asked))):
        with pytest.raises(Cancelled, match=r"timeout of 0\.3 s"):
            call(asked)
    with pytest.raises(Cancelled, match=r"timeout of 0\.3 s"):
        await chat.ainvoke(asked)
    assert time.monotonic() - start < 5


async def test_a_cancelled_call_ends_its_download(silent: socket.socket) -> None:
    chat = ChatLeopard(leopard=ScriptedLeopard([]), access=Access(allow_private=True))
    task = asyncio.create_task(chat.ainvoke(picture_of(silent)))
    connection, _ = await asyncio.to_thread(silent.accept)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended, connection)


def ended(connection: socket.socket) -> bool:
    """Whether the other side hangs up within seconds."""
    with connection:
        connection.settimeout(5)
        try:
            while connection.recv(4096):
                pass
        except TimeoutError:
            return False
        return True


def note(number: int) -> dict[str, Any]:
    """A picture of one line of text, as a content block."""
    picture = Image.new("RGB", (420, 60), "white")
    text = f"Room {number + 1}: {NAMES[number]}, {number * 7 + 7} seats"
    ImageDraw.Draw(picture).text((10, 15), text, "black", ImageFont.truetype("DejaVuSans", 22))
    from io import BytesIO

    file = BytesIO()
    picture.save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    return {"type": "image", "base64": data, "mime_type": "image/png"}


def test_in_50_turns_over_8_pictures_each_costs_only_what_is_new(nano: Leopard) -> None:
    chat = ChatLeopard(leopard=nano, max_tokens=6)
    history: list[BaseMessage] = []
    longest = 0
    for turn in range(50):
        asked = f"How many seats does {NAMES[turn % 8]} have?"
        blocks = [note(number) for number in range(8)] if turn == 0 else []
        before = chat.get_num_tokens_from_messages(history) if history else 0
        history.append(HumanMessage([*blocks, asked]))
        found = chat.invoke(history)
        used = found.usage_metadata
        new = used["input_tokens"] - used["input_token_details"]["cache_read"]
        if turn:
            # The question, its marks, and where the answer before it ends.
            longest = max(longest, new)
            assert used["input_token_details"]["cache_read"] >= before - 12
        history.append(AIMessage(found.text))
    assert longest < 40 < used["input_tokens"] / 20
