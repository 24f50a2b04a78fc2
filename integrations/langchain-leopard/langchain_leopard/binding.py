"""Tools, the choice among them and schemas, as LangChain's callers give them, for the core.

Pure: binds nothing and calls no model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import EnumType
from typing import Any, cast

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_json_schema, convert_to_openai_tool
from langchain_core.utils.json_schema import dereference_refs
from langchain_core.utils.pydantic import is_basemodel_subclass
from pydantic import BaseModel, RootModel

from leopard_tools.errors import SchemaUnsupported
from leopard_tools.schema import Schema

from .errors import OptionUnsupported

ToolGiven = dict[str, Any] | type | Callable[..., Any] | BaseTool
Node = Mapping[str, object]

_FORCED = ("any", "required", True)
_KEYWORDS = frozenset(
    {"$dynamicRef", "$ref", "additionalProperties", "allOf", "anyOf", "const", "contains"}
    | {"dependentRequired", "dependentSchemas", "else", "enum", "exclusiveMaximum"}
    | {"exclusiveMinimum", "format", "if", "items", "maxContains", "maxItems", "maxLength"}
    | {"maxProperties", "maximum", "minContains", "minItems", "minLength", "minProperties"}
    | {"minimum", "multipleOf", "not", "oneOf", "pattern", "patternProperties", "prefixItems"}
    | {"properties", "propertyNames", "required", "then", "type", "unevaluatedItems"}
    | {"unevaluatedProperties", "uniqueItems"}
)
"""Those of JSON Schema that say something of an answer."""
ANY_OBJECT: Node = {"type": "object"}


def read_tools(tools: Sequence[ToolGiven], strict: bool | None) -> list[dict[str, object]]:
    """The tools as OpenAI's API has them. Raises OptionUnsupported for what cannot be called."""
    found = []
    for tool in tools:
        _check_object(tool)
        try:
            given = convert_to_openai_tool(_typed(_nested(tool)), strict=strict)
        except (ValueError, TypeError) as error:
            raise OptionUnsupported(
                f"{tool!r} is no tool ({error}). Give a function, a pydantic model, a LangChain "
                "tool, or a JSON schema whose title names it."
            ) from error
        inner = given.get("function")
        if not isinstance(inner, Mapping):
            raise OptionUnsupported(
                f"{tool!r} is a tool that its provider runs itself. Give a function, a pydantic "
                "model, a LangChain tool, or a dict with name, description and parameters."
            )
        if not isinstance(inner.get("name"), str):
            raise OptionUnsupported(
                f"{tool!r} is no tool (it has no name). Give a dict with name, description and "
                "parameters."
            )
        found.append(given)
    return found


def _check_object(tool: ToolGiven) -> None:
    """Raises OptionUnsupported for a class whose values are no objects, as arguments are."""
    if isinstance(tool, type) and issubclass(tool, RootModel):
        told = tool.model_json_schema().get("type", "object")
    else:
        told = "enum" if isinstance(tool, EnumType) else "object"
    if told != "object":
        raise OptionUnsupported(
            f"{tool!r} is no tool: the arguments of a call are an object, and it has values of the "
            f"type {told}. Make it a field of a model, or ask for it with the method json_schema."
        )


def _nested(tool: ToolGiven) -> ToolGiven:
    """A tool as OpenAI's Responses API has it, flat, in the form that LangChain reads."""
    if isinstance(tool, Mapping) and tool.get("type") == "function" and "function" not in tool:
        return {"type": "function", "function": {k: v for k, v in tool.items() if k != "type"}}
    return tool


def _typed(tool: ToolGiven) -> ToolGiven:
    """A tool whose arguments are a pydantic class, with all that the class checks in its schema.

    Its own JSON schema does not say that a date has no zone, or which names a dictionary may have.
    What cannot be held is left to the tool, which checks its arguments too.
    """
    model = tool.tool_call_schema if isinstance(tool, BaseTool) else tool
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return tool
    try:
        node = Schema.of(model).json_schema
    except SchemaUnsupported:
        return tool
    told = convert_to_openai_tool(tool)["function"]
    # Small models are told what a part is where it stands, not where it is defined.
    parts = {key: part for key, part in dereference_refs(dict(node)).items() if key != "$defs"}
    return {**parts, "title": told["name"], "description": told.get("description", "")}


def read_choice(choice: object, tools: Sequence[Mapping[str, object]]) -> str | None:
    """The core's word for any of the ways to say which tool is to be called.

    Raises OptionUnsupported for a tool that is not there, or where one is asked for and none is.
    """
    if isinstance(choice, Mapping):
        inner = choice.get("function", choice)
        choice = inner.get("name") if isinstance(inner, Mapping) else None
        choice = choice or cast("dict[str, object]", inner).get("type")
    if choice in (None, "auto"):
        return None
    if choice in (False, "none"):
        return "none"
    names = [name_of(tool) for tool in tools]
    if choice in _FORCED and names:
        return "required"
    if choice in names:
        return str(choice)
    raise OptionUnsupported(
        f"tool_choice is {choice!r}, and the tools are {', '.join(names) or 'none'}. Give auto, "
        "any, none or the name of one of them."
    )


def name_of(tool: Mapping[str, object]) -> str:
    """The name of a tool that `read_tools` gave."""
    return str(cast(Node, tool["function"])["name"])


def unwrapped(schema: object) -> object:
    """A JSON schema in OpenAI's wrapping, in either API's form, as a tool; all else as it is."""
    if not isinstance(schema, Mapping):
        return schema
    wrapping: object = schema
    if schema.get("type") == "json_schema":
        wrapping = schema.get("json_schema", schema)
    elif _KEYWORDS & set(schema):
        return schema
    node = wrapping.get("schema") if isinstance(wrapping, Mapping) else None
    if not isinstance(wrapping, Mapping) or not isinstance(node, Mapping):
        return schema
    kept = {key: wrapping[key] for key in ("description", "strict") if key in wrapping}
    name = wrapping.get("name") or node.get("title") or "answer"
    return {"name": name, "parameters": node, **kept}


def json_schema_of(schema: object) -> Node:
    """The JSON schema of what an answer must be: a pydantic model, TypedDict, enum or JSON schema.

    Raises OptionUnsupported where it is none of these.
    """
    schema = unwrapped(schema)
    if isinstance(schema, type) and is_basemodel_subclass(schema) and issubclass(schema, BaseModel):
        return Schema.of(schema).json_schema
    if isinstance(schema, EnumType):
        # LangChain would read the arguments of the class itself: value, names, module.
        return Schema.of(schema).json_schema
    named = isinstance(schema, Mapping) and "name" in schema and "parameters" in schema
    wrapped = isinstance(schema, Mapping) and isinstance(schema.get("function"), Mapping)
    if isinstance(schema, Mapping) and not (named or wrapped):
        if schema and not _KEYWORDS & set(schema):
            raise OptionUnsupported(
                f"{schema!r} is no JSON schema: it has no keyword that says what an answer is. "
                "Give one with type, properties, enum or the like."
            )
        return cast(Node, schema)
    try:
        return convert_to_json_schema(cast("dict[str, Any]", schema))
    except (ValueError, TypeError) as error:
        raise OptionUnsupported(
            f"{schema!r} is no schema of an answer ({error}). Give a pydantic model, a TypedDict "
            "or a JSON schema."
        ) from error


def read_response_format(given: object) -> tuple[Node, bool] | None:
    """The schema that `response_format` asks for, and whether the model is to be told of it.

    OpenAI's forms, a type or schema by itself, and {"type": "json_object"}, which may name a
    `schema` to keep to.
    """
    if given is None:
        return None
    if not isinstance(given, Mapping) or given.get("type") not in ("json_schema", "json_object"):
        if isinstance(given, Mapping) and given.get("type") == "text":
            return None
        return json_schema_of(given), True
    if given["type"] == "json_object":
        return cast(Node, given.get("schema") or ANY_OBJECT), False
    inner = given.get("json_schema")
    if not isinstance(inner, Mapping) or not isinstance(inner.get("schema"), Mapping):
        raise OptionUnsupported(
            f"response_format has no json_schema with a schema in it: {given!r}. Give one."
        )
    return cast(Node, inner["schema"]), True


__all__ = [
    "ANY_OBJECT",
    "Node",
    "ToolGiven",
    "json_schema_of",
    "name_of",
    "read_choice",
    "read_response_format",
    "read_tools",
]
