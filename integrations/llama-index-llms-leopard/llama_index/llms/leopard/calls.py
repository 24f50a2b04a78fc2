"""Calls of tools in messages, as blocks or as LLMs wrote them before there were blocks for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ToolCallBlock

from leopard_tools import LeopardError, ToolCall


def calls_of(message: ChatMessage) -> list[ToolCall]:
    """The calls of a message. Raises LeopardError for what is none."""
    blocks = [block for block in message.blocks if isinstance(block, ToolCallBlock)]
    if blocks:
        return [_call(block) for block in blocks]
    return [_former_call(call) for call in message.additional_kwargs.get("tool_calls") or ()]


def call_ids(message: ChatMessage) -> list[Any]:
    """By what results name the calls of a message: an id, or else the tool's name."""
    blocks = [block for block in message.blocks if isinstance(block, ToolCallBlock)]
    if blocks:
        return [block.tool_call_id or block.tool_name for block in blocks]
    former = message.additional_kwargs.get("tool_calls") or ()
    return [_member(call, "id") or _member(_member(call, "function"), "name") for call in former]


def arguments_of(name: str, given: object) -> dict[str, Any]:
    """The arguments of a call of the tool `name`, which may stand as JSON; an empty text is none.

    Raises LeopardError where they are no object.
    """
    found = given
    if isinstance(given, str):
        try:
            found = json.loads(given or "{}")
        except (ValueError, RecursionError):
            found = None
    if not isinstance(found, Mapping):
        raise LeopardError(
            f"The call of {name!r} has {given!r} for arguments. Give a dictionary, or JSON of one."
        )
    return dict(found)


def _call(block: ToolCallBlock) -> ToolCall:
    return ToolCall(block.tool_name, arguments_of(block.tool_name, block.tool_kwargs))


def _former_call(call: object) -> ToolCall:
    """A call as OpenAI's API has it, as an object or a dictionary."""
    function = _member(call, "function")
    name = _member(function, "name")
    if not isinstance(name, str):
        raise LeopardError(
            f"A message has {call!r} among its tool_calls, which names no tool. Give "
            'ToolCallBlocks, or {"function": {"name": …, "arguments": …}}.'
        )
    return ToolCall(name, arguments_of(name, _member(function, "arguments")))


def _member(holder: object, name: str) -> Any:
    """What a dictionary or an object has under a name; None where it has nothing."""
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)


__all__ = ["arguments_of", "call_ids", "calls_of"]
