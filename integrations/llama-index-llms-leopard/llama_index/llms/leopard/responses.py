"""What leopard_tools calls an answer becomes what LlamaIndex calls a response, also piece by piece.

`raw` is JSON-safe: the answer without its pixels, with exact usage. Knows nothing of requests.
"""

from __future__ import annotations

import json
from contextlib import aclosing, closing
from typing import TYPE_CHECKING
from uuid import uuid4

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    ContentBlock,
    MessageRole,
    TextBlock,
    ToolCallBlock,
)

from leopard_tools import Answer, ToolCall
from leopard_tools.tool_format import CALLS

if TYPE_CHECKING:
    from leopard_tools.streams import AnswerStream, AsyncAnswerStream


def chat_response(answer: Answer, *, delta: str | None = None) -> ChatResponse:
    """The response of a whole answer."""
    calls = answer.tool_calls
    # How a checkpoint writes its calls is no content.
    made = [_block(call) for call in calls]
    blocks: list[ContentBlock] = [*made] if made else [TextBlock(text=answer.text)]
    # Where LlamaIndex's programs look for calls in a stream; without it they give blank objects.
    further = {"tool_calls": [*map(_former, made)]} if made else {}
    return ChatResponse(
        message=ChatMessage(role=MessageRole.ASSISTANT, blocks=blocks, additional_kwargs=further),
        raw=raw(answer),
        delta=delta,
    )


def raw(answer: Answer) -> dict[str, object]:
    """The answer as JSON-safe data; `usage` has the keys that token counters look for."""
    usage = answer.usage
    total = usage.prompt_tokens + usage.completion_tokens
    found = answer.to_dict()
    return {**found, "usage": {**_mapping(found["usage"]), "total_tokens": total}}


def chat_chunks(stream: AnswerStream, *, tools: bool) -> ChatResponseGen:
    """A response for each piece, and a last one with `raw`; leaving it ends the request."""
    spoken = Spoken(tools)
    try:
        for piece in stream:
            if delta := spoken.add(piece):
                yield _chunk(spoken.told, delta)
    finally:
        stream.close()
    yield chat_response(stream.answer, delta=spoken.rest(stream.answer))


async def achat_chunks(stream: AsyncAnswerStream, *, tools: bool) -> ChatResponseAsyncGen:
    """As `chat_chunks`; cancelling the task ends the request."""
    spoken = Spoken(tools)
    try:
        async for piece in stream:
            if delta := spoken.add(piece):
                yield _chunk(spoken.told, delta)
    finally:
        await stream.aclose()
    yield chat_response(stream.answer, delta=spoken.rest(stream.answer))


class Spoken:
    """What of a stream is said to the user: with tools, not how a call is written."""

    def __init__(self, tools: bool) -> None:
        self._tools = tools
        self._text = ""
        self.told = ""

    def add(self, piece: str) -> str:
        """The part of all pieces so far that can be told now and was not yet."""
        self._text += piece
        if self._tools and (CALLS[0].startswith(self._text) or self._text.startswith(CALLS[0])):
            return ""
        return self._tell(self._text)

    def rest(self, answer: Answer) -> str:
        """What is still to be told at the end: '<', where that was the whole answer."""
        return "" if answer.tool_calls else self._tell(answer.text)

    def _tell(self, text: str) -> str:
        delta = text[len(self.told) :]
        self.told = text
        return delta


def completion(response: ChatResponse) -> CompletionResponse:
    """The same as the response of a completion."""
    return CompletionResponse(
        text=response.message.content or "", raw=response.raw, delta=response.delta
    )


def completions(responses: ChatResponseGen) -> CompletionResponseGen:
    """Each of a stream."""
    with closing(responses):
        for response in responses:
            yield completion(response)


async def acompletions(responses: ChatResponseAsyncGen) -> CompletionResponseAsyncGen:
    """Each of a stream."""
    async with aclosing(responses):
        async for response in responses:
            yield completion(response)


def _chunk(text: str, delta: str) -> ChatResponse:
    return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text), delta=delta)


def _block(call: ToolCall) -> ToolCallBlock:
    return ToolCallBlock(
        tool_call_id=f"call_{uuid4().hex}",
        tool_name=call.name,
        tool_kwargs=dict(call.arguments),
    )


def _former(block: ToolCallBlock) -> dict[str, object]:
    """A call as OpenAI's API has it."""
    function = {"name": block.tool_name, "arguments": json.dumps(block.tool_kwargs)}
    return {"id": block.tool_call_id, "type": "function", "function": function}


def _mapping(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


__all__ = [
    "achat_chunks",
    "acompletions",
    "chat_chunks",
    "chat_response",
    "completion",
    "completions",
    "raw",
]
