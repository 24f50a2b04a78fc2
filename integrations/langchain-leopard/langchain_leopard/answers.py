"""The core's answers become LangChain's messages: usage, metadata, calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.messages.tool import ToolCallChunk, tool_call
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from leopard_tools.types import Answer

from .calls import new_id

PROVIDER = "leopard"


def result_of(answer: Answer, extra: dict[str, object]) -> ChatResult:
    """An answer as one message; `extra` joins its metadata."""
    message = AIMessage(
        content="" if answer.tool_calls else answer.text,
        tool_calls=[
            tool_call(name=call.name, args=dict(call.arguments), id=new_id())
            for call in answer.tool_calls
        ],
        usage_metadata=usage_of(answer),
        response_metadata={**metadata_of(answer), **extra},
    )
    return ChatResult(generations=[ChatGeneration(message=message)])


def chunks_of(parts: Iterable[str | ToolCallChunk]) -> Iterator[ChatGenerationChunk]:
    """What a CallReader gives, as chunks of a message."""
    for part in parts:
        if isinstance(part, str):
            message = AIMessageChunk(content=part)
        else:
            message = AIMessageChunk(content="", tool_call_chunks=[part])
        yield ChatGenerationChunk(message=message)


def last_chunk(answer: Answer, extra: dict[str, object]) -> ChatGenerationChunk:
    """What ends a stream: no text, but what is known only then. Merging adds up, so it is alone."""
    message = AIMessageChunk(
        content="",
        usage_metadata=usage_of(answer),
        response_metadata={**metadata_of(answer), **extra},
        chunk_position="last",
    )
    return ChatGenerationChunk(message=message)


def usage_of(answer: Answer) -> UsageMetadata:
    """Exact counts of positions, those of images among the input."""
    used = answer.usage
    return UsageMetadata(
        input_tokens=used.prompt_tokens,
        output_tokens=used.completion_tokens,
        total_tokens=used.prompt_tokens + used.completion_tokens,
        input_token_details=InputTokenDetails(cache_read=used.cached_tokens),
    )


def metadata_of(answer: Answer) -> dict[str, object]:
    """What tells how an answer came about. JSON-safe."""
    # That arguments were cut matters more than that they were to be a call's.
    reason = "tool_calls" if answer.tool_calls else "stop"
    if answer.finish_reason == "length":
        reason = "length"
    found: dict[str, object] = {
        "model_name": answer.model,
        "model_provider": PROVIDER,
        "finish_reason": reason,
        "confidence": round(answer.confidence, 4),
        "probability": round(answer.probability, 4),
        # Details of usage_metadata must not overlap, and images may be cached: so they stand here.
        "token_usage": asdict(answer.usage),
    }
    if answer.citations:
        found["citations"] = [
            {
                "image": each.image,
                "source": answer.images[each.image].source,
                "page": answer.images[each.image].page,
                "box": each.box.to_list(),
                "text": each.text,
            }
            for each in answer.citations
        ]
    return found


__all__ = ["PROVIDER", "chunks_of", "last_chunk", "metadata_of", "result_of", "usage_of"]
