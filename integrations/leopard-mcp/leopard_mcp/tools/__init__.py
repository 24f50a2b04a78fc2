"""The eleven tools. Each module translates between MCP and what the rest of the package does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import getdoc

from mcp.server.mcpserver.tools import Tool
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import create_model

from .answers import ask
from .readings import compare, find, forget, look, read
from .screens import screen_capture, screen_list
from .sources import page_open, slides_open
from .waits import wait_for

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_OPENS = ToolAnnotations(read_only_hint=True, open_world_hint=True)
_FORGETS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True)

TOOLS: tuple[tuple[Callable[..., Awaitable[CallToolResult]], ToolAnnotations], ...] = (
    (screen_list, _READS),
    (screen_capture, _READS),
    (slides_open, _READS),
    (page_open, _OPENS),
    (read, _READS),
    (find, _READS),
    (ask, _READS),
    (look, _READS),
    (compare, _READS),
    (wait_for, _READS),
    (forget, _FORGETS),
)


def make_tools() -> list[Tool]:
    """The tools with their schemas, which say nothing twice: they are read by each model.

    Arguments that a tool does not have are refused.
    """
    tools = []
    for function, hints in TOOLS:
        tool = Tool.from_function(function, description=getdoc(function), annotations=hints)
        given = tool.fn_metadata.arg_model
        # An argument that no tool has would else be left out in silence: of a deck all slides
        # would be opened for `pages=[2]`.
        tool.fn_metadata.arg_model = create_model(
            given.__name__, __base__=given, __cls_kwargs__={"extra": "forbid"}
        )
        tool.parameters = slim(tool.parameters) | {"additionalProperties": False}
        tool.fn_metadata.output_schema = shallow(tool.fn_metadata.output_schema or {})
        tools.append(tool)
    return tools


_UNSAID = (("default", None), ("default", ""), ("additionalProperties", True))


def slim(schema: dict[str, object]) -> dict[str, object]:
    """A JSON schema without titles, and without the nulls that stand for what is left out."""
    found: dict[str, object] = {}
    for key, value in schema.items():
        if key == "properties" and isinstance(value, dict):
            found[key] = {name: slim(part) for name, part in value.items()}
        elif key == "anyOf" and isinstance(value, list):
            kept = [slim(part) for part in value if part != {"type": "null"}]
            found |= kept[0] if len(kept) == 1 else {key: kept}
        elif isinstance(value, dict):
            found[key] = slim(value)
        elif not (key == "title" or (key, value) in _UNSAID):
            found[key] = value
    return found


def shallow(schema: dict[str, object]) -> dict[str, object]:
    """A result's schema by its fields alone; the models in `models` say the rest, and check it.

    Whole, the schemas would take more room in a model's context than all else about the tools.
    """
    properties = slim(schema)["properties"]
    assert isinstance(properties, dict)
    fields = {name: _type_of(part) for name, part in properties.items()}
    return {"type": "object", "properties": fields, "required": schema.get("required", [])}


def _type_of(field: dict[str, object]) -> dict[str, object]:
    if "type" in field:
        return {"type": field["type"]}
    # JsonValue is whatever an answer's schema asked for.
    return {} if str(field.get("$ref", "")).endswith("/JsonValue") else {"type": "object"}


__all__ = ["TOOLS", "make_tools", "shallow", "slim"]
