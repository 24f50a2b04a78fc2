"""with_structured_output: a model whose answers are the objects that a schema describes."""

from __future__ import annotations

import json
from enum import EnumType
from operator import itemgetter
from typing import Any, Literal, TypeGuard, cast

from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.output_parsers import (
    JsonOutputKeyToolsParser,
    JsonOutputParser,
    PydanticOutputParser,
    PydanticToolsParser,
)
from langchain_core.outputs import Generation
from langchain_core.runnables import Runnable, RunnableLambda, RunnableMap, RunnablePassthrough
from langchain_core.utils.pydantic import is_basemodel_subclass
from pydantic import BaseModel, ValidationError

from leopard_tools.errors import SchemaUnsupported
from leopard_tools.schema import Schema

from .binding import ANY_OBJECT, json_schema_of, name_of, read_tools, unwrapped
from .errors import OptionUnsupported

Method = Literal["json_schema", "function_calling", "json_mode"]


def structured(
    chat: BaseChatModel,
    schema: dict[str, Any] | type | None,
    method: str,
    *,
    include_raw: bool,
    strict: bool | None,
) -> Runnable[Any, Any]:
    """The model and what reads its answers. Raises OptionUnsupported for an unknown method."""
    if method not in ("json_schema", "function_calling", "json_mode"):
        raise OptionUnsupported(
            f"The method {method!r} is not known. Give json_schema, function_calling or json_mode."
        )
    schema = cast("dict[str, Any] | type | None", unwrapped(schema))
    model: Runnable[Any, AIMessage]
    # Tracing shows what was asked for.
    shown = {"kwargs": {"method": method, "strict": strict}, "schema": schema}
    if schema is None:
        if method != "json_mode":
            raise OptionUnsupported(f"The method {method!r} needs a schema. Give one.")
        model = chat.bind(response_format={"type": "json_object"})
        parser = answer_parser(None)
    elif method == "function_calling":
        if _is_model(schema):
            # Refuses what a call cannot be held to, as for an answer: nothing else checks it.
            Schema.of(schema)
        name = name_of(read_tools([schema], strict)[0])
        options = {"strict": strict, "parallel_tool_calls": False}
        model = chat.bind_tools(
            [schema], tool_choice=name, ls_structured_output_format=shown, **options
        )
        parser = call_parser(schema, name)
    else:
        node = json_schema_of(schema)
        wrapped = {"type": "json_schema", "json_schema": {"schema": node}}
        plain = {"type": "json_object", "schema": node}
        model = chat.bind(
            response_format=wrapped if method == "json_schema" else plain,
            ls_structured_output_format=shown,
        )
        parser = answer_parser(schema)
    return with_raw(model, parser) if include_raw else model | parser


def answer_parser(schema: object) -> Runnable[BaseMessage, Any]:
    """What makes of an answer that is held to a schema the object that it stands for."""
    if _is_model(schema):
        held = Schema.of(schema)
        if held.choices is None:
            return ObjectParser(pydantic_object=schema)
    elif isinstance(schema, type) and is_basemodel_subclass(schema):
        return PydanticOutputParser[Any](pydantic_object=schema)
    elif isinstance(schema, EnumType):
        held = Schema.of(schema)
    else:
        held = Schema.of(ANY_OBJECT if schema is None else json_schema_of(schema))
        if held.choices is None:
            return JsonOutputParser()
    return RunnableLambda(lambda message: _parsed(held, message.text))


class ObjectParser(PydanticOutputParser[Any]):
    """An answer as an instance of a pydantic model: in a stream, each part of it that makes one.

    It is read as JSON: there a strict model takes a text for a date, in Python it does not.
    """

    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Any:
        if not partial:
            return _parsed(Schema.of(self.pydantic_object), result[0].text)
        found = JsonOutputParser.parse_result(self, result, partial=True)
        try:
            return self.pydantic_object.model_validate_json(json.dumps(found))
        except ValidationError:
            return None


class CallParser(JsonOutputKeyToolsParser):
    """As ObjectParser, of the arguments of a call."""

    model: type[BaseModel]

    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Any:
        found = super().parse_result(result, partial=partial)
        if found is None:
            return None
        if not partial:
            return _parsed(Schema.of(self.model), json.dumps(found))
        try:
            return self.model.model_validate_json(json.dumps(found))
        except ValidationError:
            return None


def _parsed(held: Schema, text: str) -> object:
    try:
        return held.parse(text)
    except SchemaUnsupported as error:
        raise OutputParserException(str(error), llm_output=text) from error


def _is_model(schema: object) -> TypeGuard[type[BaseModel]]:
    """Whether it is a class of pydantic 2; LangChain reads those of pydantic 1."""
    return isinstance(schema, type) and issubclass(schema, BaseModel)


def call_parser(schema: object, name: str) -> Runnable[BaseMessage, Any]:
    """What makes of a call to the one tool that stands for a schema the object."""
    if _is_model(schema):
        return CallParser(model=schema, key_name=name, first_tool_only=True)
    if isinstance(schema, type) and is_basemodel_subclass(schema):
        return PydanticToolsParser(tools=[schema], first_tool_only=True)
    return JsonOutputKeyToolsParser(key_name=name, first_tool_only=True)


def with_raw(model: Runnable[Any, Any], parser: Runnable[Any, Any]) -> Runnable[Any, Any]:
    """The answer as it came, what it stands for, and what went wrong with that."""
    parsed = RunnablePassthrough.assign(
        parsed=itemgetter("raw") | parser, parsing_error=lambda _: None
    )
    failed = RunnablePassthrough.assign(parsed=lambda _: None)
    return RunnableMap(raw=model) | parsed.with_fallbacks([failed], exception_key="parsing_error")


__all__ = ["Method", "answer_parser", "call_parser", "structured", "with_raw"]
