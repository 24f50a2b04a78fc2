"""Conversations with tools: which calls may be written, and how they stand in turns.

How tools and calls are worded is variants.tool_format's business; that a call is valid is seen to
while it is decoded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .engine.grammar import Marks
from .errors import LeopardError
from .types import Frame, Tool, ToolCall, ToolChoice
from .variants.base import Turn
from .variants.tool_format import CALLS, parse_calls, system_text

MOST_CALLS = 8
"""Calls that one answer may make."""

ToolLike = Tool | Mapping[str, object]
"""A Tool, or one as OpenAI's API has it: {"type": "function", "function": {...}} or its inside."""


@dataclass(frozen=True, slots=True)
class Calling:
    """The tools of one request and what may be done with them. Make one with `Calling.of`."""

    tools: tuple[Tool, ...]
    required: bool
    most: int = MOST_CALLS

    @classmethod
    def of(
        cls,
        tools: Sequence[ToolLike] | None,
        choice: ToolChoice | None,
        *,
        parallel: bool = True,
    ) -> Calling | None:
        """None where there is nothing to call. Raises LeopardError for a choice that is none."""
        most = MOST_CALLS if parallel else 1
        found = tuple(map(_tool, tools or ()))
        names = [tool.name for tool in found]
        if len(set(names)) < len(names):
            raise LeopardError(f"Two tools have the same name; they are {', '.join(names)}.")
        if choice in (None, "auto", "required", "any"):
            return cls(found, choice in ("required", "any"), most) if found else None
        if choice == "none":
            return None
        if choice not in names:
            raise LeopardError(
                f"tool_choice is auto, required, none or a tool's name, not {choice!r}; the tools "
                f"are {', '.join(names) or 'none'}."
            )
        return cls(tuple(tool for tool in found if tool.name == choice), True, most)

    def marks(self, otherwise: Mapping[str, object] | None = None) -> Marks:
        """What the calls stand between; where none is made, text, or JSON of a schema, may."""
        return Marks(*CALLS, text=not self.required, schema=otherwise)

    @property
    def schema(self) -> dict[str, object]:
        """The JSON schema of the list of calls."""
        definitions: dict[str, object] = {}
        calls = []
        for number, tool in enumerate(self.tools):
            arguments = _moved(tool.parameters or {"type": "object"}, f"{number}-", definitions)
            calls.append(
                {
                    "type": "object",
                    "properties": {"name": {"const": tool.name}, "arguments": arguments},
                    "required": ["name", "arguments"],
                    "additionalProperties": False,
                }
            )
        listed = {"type": "array", "items": {"anyOf": calls}, "minItems": 1, "maxItems": self.most}
        return {**listed, "$defs": definitions} if definitions else listed

    def turns(self, turns: Sequence[Turn], system: str) -> list[Turn]:
        """The turns with the tools in the system turn, which is `system` where there is none."""
        if turns and turns[0].role == "system":
            system = "\n".join(part for part in turns[0].parts if isinstance(part, str))
            turns = turns[1:]
        return [Turn("system", (system_text(system, self.tools),)), *turns]

    def calls(self, text: str) -> tuple[ToolCall, ...]:
        """The calls in an answer."""
        return tuple(parse_calls(text) or ()) if text.startswith(CALLS[0]) else ()


def gathered(turns: Sequence[Turn]) -> list[Turn]:
    """The turns with neighbouring tool turns as one: a line for the result of each call."""
    found: list[Turn] = []
    for turn in turns:
        if turn.role == "tool" and found and found[-1].role == "tool":
            found[-1] = Turn("tool", (*found[-1].parts, "\n", *turn.parts))
        else:
            found.append(turn)
    return [_joined(turn) if turn.role == "tool" else turn for turn in found]


def _joined(turn: Turn) -> Turn:
    """The turn with neighbouring texts as one, so that no line stands empty between them."""
    parts: list[str | Frame] = []
    for part in turn.parts:
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return Turn(turn.role, tuple(parts))


def _tool(given: ToolLike) -> Tool:
    if isinstance(given, Tool):
        return given
    inside = given.get("function", given)
    if not isinstance(inside, Mapping) or not isinstance(inside.get("name"), str):
        raise LeopardError(f"A tool needs a name, a description and parameters; this is {given!r}.")
    parameters = inside.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise LeopardError(f"The parameters of {inside['name']!r} are no JSON schema.")
    return Tool(inside["name"], str(inside.get("description") or ""), parameters)


def _moved(schema: object, prefix: str, definitions: dict[str, object]) -> object:
    """A schema with its definitions moved into `definitions`, where their names get a prefix."""
    if isinstance(schema, list):
        return [_moved(part, prefix, definitions) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    moved: dict[str, object] = {}
    for key, value in schema.items():
        if key in ("$defs", "definitions") and isinstance(value, Mapping):
            for name, part in value.items():
                definitions[f"{prefix}{name}"] = _moved(part, prefix, definitions)
        elif key == "properties" and isinstance(value, Mapping):
            # Their names are the tool's own, also where one is called "definitions".
            moved[key] = {n: _moved(part, prefix, definitions) for n, part in value.items()}
        elif key == "$ref" and isinstance(value, str) and value.count("/") >= 2:
            moved[key] = f"#/$defs/{prefix}{value.rsplit('/', 1)[1]}"
        else:
            moved[key] = _moved(value, prefix, definitions)
    return moved


__all__ = ["Calling", "ToolLike", "gathered"]
