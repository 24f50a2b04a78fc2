"""Giving up frees the engine, and requests side by side change no one's answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator

import pytest
from llama_index.core.base.llms.types import ChatMessage, ImageBlock, TextBlock
from llama_index.core.schema import ImageNode, NodeWithScore
from llama_index.llms.leopard import Leopard, LeopardEvidence
from llamaindex_places import cancelled_while_waiting

import leopard_tools
from leopard_tools.toolbox import Access

LONG = {"max_tokens": 4000, "temperature": 4.0, "seed": 0}
"""Nearly any token may follow any, so that the answer goes on for minutes."""


def freed(nano: leopard_tools.Leopard) -> bool:
    """Whether the engine computes nothing any more; a request ends at its next step."""
    engine = nano._engine
    # What comes now is computed after what was given up has gone.
    nano.ask("?", max_tokens=1)
    return all(task.done for task in (*engine._running, *engine._waiting))


def asked(kittiwake: ImageBlock) -> list[ChatMessage]:
    return [ChatMessage(role="user", blocks=[kittiwake, TextBlock(text="Write a long text.")])]


@pytest.mark.anyio
async def test_a_cancelled_astream_chat_frees_the_engine(
    llm: Leopard, nano: leopard_tools.Leopard, kittiwake: ImageBlock
) -> None:
    begun = asyncio.Event()

    async def read() -> None:
        async for _ in await llm.astream_chat(asked(kittiwake), **LONG):
            begun.set()

    task = asyncio.create_task(read())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(freed, nano)


@pytest.mark.anyio
async def test_a_cancelled_achat_frees_the_engine(
    llm: Leopard, nano: leopard_tools.Leopard, kittiwake: ImageBlock
) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(llm.achat(asked(kittiwake), **LONG), timeout=1.0)
    assert await asyncio.to_thread(freed, nano)


LEFT: dict[str, Callable[[Leopard, ImageBlock], Generator[object, None, None]]] = {
    "stream_chat": lambda llm, image: llm.stream_chat(asked(image), **LONG),
    "stream_complete": lambda llm, image: llm.stream_complete("Write.", [image], **LONG),
}


@pytest.mark.parametrize("endpoint", LEFT)
def test_closing_a_stream_frees_the_engine(
    endpoint: str, llm: Leopard, nano: leopard_tools.Leopard, kittiwake: ImageBlock
) -> None:
    stream = LEFT[endpoint](llm, kittiwake)
    next(stream)
    stream.close()
    assert freed(nano)


@pytest.mark.anyio
async def test_the_event_loop_goes_on_while_pictures_are_opened_and_answered(
    llm: Leopard, kittiwake: ImageBlock
) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    question = TextBlock(text="What is the home port of the Kittiwake?")
    response = await llm.achat([ChatMessage(role="user", blocks=[kittiwake, question])])
    ticking.cancel()
    assert response.message.content == "Oban" and ticks > 100


@pytest.mark.anyio
async def test_a_cancelled_search_for_evidence_lets_go_of_its_pictures(llm: Leopard) -> None:
    private = llm.model_copy(update={"access": Access(allow_private=True)})
    evidence = LeopardEvidence(llm=private)

    async def search(url: str) -> object:
        nodes = [NodeWithScore(node=ImageNode(image_url=f"{url}a.png"))]
        return await evidence.apostprocess_nodes(nodes, query_str="Which port?")

    await cancelled_while_waiting(search)
