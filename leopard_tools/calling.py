"""Conversations with tools: which calls may be written, and how they stand in turns.

How tools and calls are worded is tool_format's business; that a call is valid is seen to
while it is decoded.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .engine.grammar import GrammarConstraint, Marks
from .engine.widening import widen
from .errors import LeopardError, SchemaUnsupported
from .tool_format import CALLS, parse_calls, tools_text
from .types import Frame, Tool, ToolCall, ToolChoice
from .variants.base import Turn
from .wording import sequence

if TYPE_CHECKING:
    from .engine.tokenizer import Tokenizer

MOST_CALLS = 8
"""Calls that one answer may make."""

_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions"})
_VALUES = frozenset({"const", "enum", "default", "examples"})
"""What a schema has by name, and what of it are values and no schemas."""
_NOTHING: Mapping[str, object] = {
    "type": "object",
    "properties": {},
    "additionalProperties": False,
}
"""The arguments of a tool that names no parameters."""

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
        """None where there is nothing to call.

        Raises LeopardError for what is no tool, and for a choice that is none.
        """
        if isinstance(tools, Tool | Mapping):
            raise LeopardError(f"tools is a list of tools, not one: [{tools!r}].")
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

    def constraint(
        self,
        tokenizer: Tokenizer,
        end_ids: Collection[int],
        otherwise: Mapping[str, object] | None = None,
    ) -> GrammarConstraint:
        """What holds an answer to these calls; see `marks` for `otherwise`.

        Raises SchemaUnsupported, which names the tool whose arguments cannot be held.
        """
        try:
            return GrammarConstraint(self.schema, tokenizer, end_ids, self.marks(otherwise))
        except SchemaUnsupported:
            for tool in self.tools:
                try:
                    GrammarConstraint(replace(self, tools=(tool,)).schema, tokenizer, end_ids)
                except SchemaUnsupported as error:
                    raise SchemaUnsupported(f"The tool {tool.name!r}: {error}") from None
            raise

    def marks(self, otherwise: Mapping[str, object] | None = None) -> Marks:
        """What the calls stand between; where none is made, text, or JSON of a schema, may."""
        return Marks(*CALLS, text=not self.required, schema=otherwise)

    @property
    def schema(self) -> dict[str, object]:
        """The JSON schema of the list of calls.

        It says nothing of arguments that cannot be held: tools check them, too.
        """
        definitions: dict[str, object] = {}
        calls = []
        for number, tool in enumerate(self.tools):
            arguments: Mapping[str, object] = _object(widen(tool.parameters or _NOTHING))
            place, own = f"#/$defs/{number}", arguments.get("$id")
            # In what has an $id, a reference is looked for in that alone.
            arguments = {key: value for key, value in arguments.items() if key != "$id"}
            rebased = _rebased(arguments, place, own.rstrip("#") if isinstance(own, str) else "")
            if rebased != arguments:
                # What refers to parts of itself must be found from outside.
                definitions[f"{number}"] = rebased
                arguments = {"$ref": place}
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
        """The turns with the tools behind the system turn, which is `system` if there is none."""
        parts: tuple[str | Frame, ...] = (system,)
        if turns and turns[0].role == "system":
            parts, turns = turns[0].parts, turns[1:]
        # An empty text would leave an empty line before the tools.
        said = (part for part in parts if part != "")
        return [_joined(Turn("system", (*said, tools_text(self.tools))), "\n"), *turns]

    def calls(self, text: str) -> tuple[ToolCall, ...]:
        """The calls in an answer."""
        return tuple(parse_calls(text) or ()) if text.startswith(CALLS[0]) else ()


def _object(schema: Mapping[str, object]) -> Mapping[str, object]:
    """The objects of a schema, as arguments are: many do not say that they mean no other values.

    Raises SchemaUnsupported where it allows none.
    """
    types = schema.get("type", "object")
    if "object" not in ([types] if isinstance(types, str) else sequence(types)):
        raise SchemaUnsupported(
            f'Arguments are an object, so the type of the parameters is "object", not {types!r}.'
        )
    return {**schema, "type": "object"}


def gathered(turns: Sequence[Turn]) -> list[Turn]:
    """The turns with neighbouring tool turns as one: a line for the result of each call."""
    found: list[Turn] = []
    for turn in turns:
        if turn.role == "tool" and found and found[-1].role == "tool":
            found[-1] = Turn("tool", (*found[-1].parts, "\n", *turn.parts))
        else:
            found.append(turn)
    return [_joined(turn) if turn.role == "tool" else turn for turn in found]


def _joined(turn: Turn, between: str = "") -> Turn:
    """The turn with neighbouring texts as one, so that no line stands empty between them."""
    parts: list[str | Frame] = []
    for part in turn.parts:
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += f"{between}{part}"
        else:
            parts.append(part)
    return Turn(turn.role, tuple(parts))


def _tool(given: ToolLike) -> Tool:
    if isinstance(given, Tool):
        return _readable(given)
    # Functions and classes are what agents' frameworks call tools; not here.
    inside = given.get("function", given) if isinstance(given, Mapping) else None
    if not isinstance(inside, Mapping) or not isinstance(inside.get("name"), str):
        raise LeopardError(
            f"A tool needs a name, a description and parameters; this is {given!r}. Give a Tool, "
            'or a dictionary {"name", "description", "parameters"}.'
        )
    parameters = inside.get("parameters") or {}
    return _readable(Tool(inside["name"], str(inside.get("description") or ""), parameters))


def _readable(tool: Tool) -> Tool:
    """The tool. Raises LeopardError for parameters that nobody could be told of."""
    given: object = tool.parameters
    try:
        if isinstance(given, Mapping):
            json.dumps(given)
            return tool
        why = f"{given!r} is no dictionary"
    except (TypeError, ValueError, RecursionError) as error:
        why = str(error)
    raise LeopardError(
        f"The parameters of the tool {tool.name!r} are no JSON schema: {why}. Give a dictionary "
        'with "type": "object" and "properties".'
    )


def _rebased(node: object, place: str, own: str) -> object:
    """A schema whose references to parts of itself find them where it stands at `place`.

    own: what it is called itself, which references may begin with.
    """
    if isinstance(node, list):
        return [_rebased(part, place, own) for part in node]
    if not isinstance(node, Mapping):
        return node
    found: dict[str, object] = {}
    for key, value in node.items():
        if key in _NAMED and isinstance(value, Mapping):
            # Their names are the tool's own, also where one is called "$ref" or "enum".
            found[key] = {name: _rebased(part, place, own) for name, part in value.items()}
        elif key == "$ref" and isinstance(value, str):
            inner = value.removeprefix(own)
            is_part = inner in ("", "#") or inner[:2] == "#/"
            found[key] = f"{place}{inner[1:]}" if is_part else value
        else:
            found[key] = value if key in _VALUES else _rebased(value, place, own)
    return found


__all__ = ["Calling", "ToolLike", "gathered"]
