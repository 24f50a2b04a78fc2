"""LangChain's messages become the core's. Knows nothing of options, tools or answers."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from leopard_tools.types import Message, Role, ToolCall

from .blocks import Open, read_content
from .errors import MessageUnsupported

_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "tool": "tool",
    "function": "tool",
}


def read_messages(messages: Sequence[BaseMessage], open_source: Open) -> list[Message]:
    """The conversation as the core takes it: order and interleaving kept, calls and results too.

    Results stand in the order of their calls.

    Raises MessageUnsupported for what cannot be given to the model.
    """
    found: list[Message] = []
    for message in _in_order(messages):
        parts = read_content(message.content, open_source)
        calls = message.tool_calls if isinstance(message, AIMessage) else ()
        made = [ToolCall(call["name"], call["args"]) for call in calls]
        found.append(Message(_role(message), parts, made))
    return found


def _role(message: BaseMessage) -> Role:
    match message:
        case SystemMessage():
            return "system"
        case HumanMessage():
            return "user"
        case AIMessage():
            return "assistant"
        case ToolMessage() | FunctionMessage():
            return "tool"
        case ChatMessage() if message.role.lower() in _ROLES:
            return _ROLES[message.role.lower()]
    told = f" with the role {message.role!r}" if isinstance(message, ChatMessage) else ""
    raise MessageUnsupported(
        f"A {type(message).__name__}{told} is no turn of a conversation. Give system, human, AI "
        "and tool messages."
    )


def _in_order(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """The messages with the results of one AI message's calls in the order of these calls."""
    found: list[BaseMessage] = []
    order: dict[str | None, int] = {}
    start = 0
    for message in messages:
        if isinstance(message, AIMessage):
            order = {call["id"]: number for number, call in enumerate(message.tool_calls)}
        if isinstance(message, ToolMessage):
            found.append(message)
            found[start:] = sorted(found[start:], key=lambda each: _place(each, order))
        else:
            found.append(message)
            start = len(found)
    return found


def _place(message: BaseMessage, order: dict[str | None, int]) -> int:
    """The number of the call that a result answers; one that answers none comes last."""
    return order.get(getattr(message, "tool_call_id", None), len(order))


__all__ = ["read_messages"]
