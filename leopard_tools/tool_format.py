"""How tools, calls and results stand in the embedded model's conversations. Text only, no model.

Close to SmolLM2's own convention and short, since the model is small:

    system     You are … <tools>[{"name": "get_weather", …}]</tools>
    user       How warm is it in Oslo?
    assistant  <tool_call>[{"name": "get_weather", "arguments": {"city": "Oslo"}}]</tool_call>
    tool       {"celsius": 7}
    assistant  It is 7 °C in Oslo.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from .errors import LeopardError
from .types import Tool, ToolCall

TOOLS = ("<tools>", "</tools>")
CALLS = ("<tool_call>", "</tool_call>")
_PLAIN = ("type", "enum", "items", "description")
"""What is said of a parameter; the rest of its schema is left out."""


def tools_text(tools: Sequence[Tool]) -> str:
    """What the system turn says of the tools, after all else that it says.

    Of each parameter's schema the type, enum, items and description are kept.
    """
    return f"{TOOLS[0]}[{', '.join(map(_described, tools))}]{TOOLS[1]}"


def system_text(system: str, tools: Sequence[Tool]) -> str:
    """The text of a whole system turn: the given text, then the tools, if there are any."""
    return f"{system}\n{tools_text(tools)}" if tools else system


def _described(tool: Tool) -> str:
    properties = tool.parameters.get("properties")
    shown: dict[str, object] = {"name": tool.name, "description": tool.description}
    if isinstance(properties, Mapping):
        shown["parameters"] = {name: _parameter(schema) for name, schema in properties.items()}
    required = tool.parameters.get("required")
    if required:
        shown["required"] = required
    return json.dumps(shown, ensure_ascii=False)


def _parameter(schema: object) -> object:
    if not isinstance(schema, Mapping):
        return {}
    # What may be null is told as what it else is.
    among = schema.get("anyOf")
    choices = [c for c in among if c != {"type": "null"}] if isinstance(among, Sequence) else []
    if len(choices) == 1 and isinstance(choices[0], Mapping):
        schema = {**choices[0], **schema}
    return {key: schema[key] for key in _PLAIN if key in schema}


def calls_text(calls: Sequence[ToolCall]) -> str:
    """What the assistant writes to make these calls.

    Raises LeopardError for arguments that are not JSON, such as dates, sets and numbers like nan.
    """
    return f"{CALLS[0]}[{', '.join(map(_call_text, calls))}]{CALLS[1]}"


def _call_text(call: ToolCall) -> str:
    written = {"name": call.name, "arguments": dict(call.arguments)}
    try:
        return json.dumps(written, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise LeopardError(
            f"The call of {call.name!r} has arguments that are not JSON ({error}). Give texts, "
            "finite numbers, true, false, None, and lists and dictionaries of these."
        ) from None


def parse_calls(text: str) -> list[ToolCall] | None:
    """The calls in what the assistant wrote; None where it makes no call.

    The closing mark may be missing, as where it served as a stop string. Raises LeopardError where
    a call is begun that is not of the form of `calls_text`.

    >>> parse_calls('<tool_call>[{"name": "stop", "arguments": {}}]</tool_call>')
    [ToolCall(name='stop', arguments={})]
    >>> parse_calls("It is 7 °C in Oslo.") is None
    True
    """
    start = text.find(CALLS[0])
    if start < 0:
        return None
    try:
        # Only as far as the JSON goes: a closing mark may stand inside a string too.
        found, _ = json.JSONDecoder().raw_decode(text[start + len(CALLS[0]) :].lstrip())
    except ValueError as error:
        raise _malformed(text, f"no JSON ({error})") from None
    items = found if isinstance(found, list) else [found]
    return [_call(item, text) for item in items]


def _call(item: object, text: str) -> ToolCall:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        raise _malformed(text, "no name in a call")
    arguments = item.get("arguments", {})
    if not isinstance(arguments, dict):
        raise _malformed(text, "arguments that are no object")
    return ToolCall(item["name"], arguments)


def _malformed(text: str, what: str) -> LeopardError:
    shown = text if len(text) <= 200 else f"{text[:200]}…"
    return LeopardError(
        f"The model began a tool call with {what}: {shown!r}. Ask again, or offer fewer tools."
    )


__all__ = [
    "CALLS",
    "TOOLS",
    "Tool",
    "ToolCall",
    "calls_text",
    "parse_calls",
    "system_text",
    "tools_text",
]
