"""The JSON schema of a Python type, in words that an answer can be held to.

What pydantic checks of a value is said in it, or refused: else an answer would be found wrong once
it is complete. Only what functions check (validators) is known to nobody before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from pydantic import ByteSize, EncodedStr, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic.types import Base64Encoder, Base64UrlEncoder
from pydantic_core import core_schema as core

from .engine.formats import dates, texts_in_base64, urls
from .engine.narrowing import Node, name_properties, resolve, with_parts
from .errors import SchemaUnsupported
from .wording import sequence

_WHOLE = "^(0|-?[1-9][0-9]{0,17})$"
_REAL = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$"
"""Numbers as names of properties."""
_FINITE = 10**18
"""With a bound a number is written without an exponent, which could make it infinite."""
_DIGITS = 15
"""Decimal digits that JSON's numbers keep when they are read as floats."""
_DECIMALS = 9
"""Places behind the point to which llguidance 1.9 holds a number."""
_HOSTS = 8
"""Hosts in the address of a database."""
_LONG = 256
"""Letters of a URL that are its host's, where it may be longer."""
_BOUNDS = ("ge", "gt", "le", "lt")
_SIZE = r"^[0-9]{1,15}(\.[0-9]{1,9})?( ?([bB](it)?|[kKmMgGtTpPeE]([iI]?[bB](it)?)?))?$"
"""What ByteSize reads: its own pattern takes any word for a unit."""
_DAYTIME = "[0-9]{1,6}H([0-9]{1,6}M)?([0-9]{1,6}S)?|[0-9]{1,6}M([0-9]{1,6}S)?|[0-9]{1,6}S"
_DURATION = f"^P([0-9]{{1,6}}W|[0-9]{{1,6}}D(T({_DAYTIME}))?|T({_DAYTIME}))$"
"""ISO 8601's, which has numbers of any length where a timedelta ends at a thousand million days."""
_IN_BASE64 = {Base64Encoder: "+/", Base64UrlEncoder: "_-"}


def json_schema_of(adapter: TypeAdapter[object]) -> Node:
    """What the type reads. Raises SchemaUnsupported for what no answer can be held to."""
    found = adapter.json_schema(schema_generator=_Generator)
    return cast(Node, _named(found, found))


def _named(node: object, root: Node) -> object:
    """The schema with the names that dictionaries may have in their own places."""
    if not isinstance(node, Mapping):
        return node
    found = with_parts(node, lambda part: _named(part, root))
    if "pattern" in found and found.get("format") in ("base64", "base64url"):
        # pydantic adds it to what `function_after_schema` says in more detail.
        del found["format"]
    names = found.get("propertyNames")
    if isinstance(names, Mapping) and "$ref" in names:
        referred = cast(Node, resolve(names, root))
        if referred.get("type") == "integer":
            # An IntEnum's, which is read from its number.
            found["propertyNames"] = {"enum": [*map(str, sequence(referred.get("enum")))]}
    name_properties(found, root)
    if found.get("properties") == {} and "propertyNames" in node:
        raise _unheld("a dictionary whose names are no texts", "dict[str, …]")
    return found


class _Generator(GenerateJsonSchema):
    """A decimal is a number: the string that it could be too would need look-around. A set is a
    list that may say something twice, as it is read."""

    def set_schema(self, schema: core.SetSchema) -> JsonSchemaValue:
        return _listed(super().set_schema(schema))

    def frozenset_schema(self, schema: core.FrozenSetSchema) -> JsonSchemaValue:
        return _listed(super().frozenset_schema(schema))

    def dict_schema(self, schema: core.DictSchema) -> JsonSchemaValue:
        return self._with_names(super().dict_schema(schema), schema)

    def frozendict_schema(self, schema: core.FrozenDictSchema) -> JsonSchemaValue:
        return self._with_names(super().frozendict_schema(schema), schema)

    def ordered_dict_schema(self, schema: core.OrderedDictSchema) -> JsonSchemaValue:
        return self._with_names(super().ordered_dict_schema(schema), schema)

    def counter_schema(self, schema: core.CounterSchema) -> JsonSchemaValue:
        return self._with_names(super().counter_schema(schema), schema)

    def _with_names(self, found: JsonSchemaValue, schema: Mapping[str, Any]) -> JsonSchemaValue:
        """A dictionary with what its names are, also where those are read as other values."""
        keys = self.generate_inner(schema["keys_schema"]) if "keys_schema" in schema else {}
        names = {key: value for key, value in keys.items() if key not in ("title", "description")}
        if "enum" in names or "const" in names:
            values = names.get("enum", [names.get("const")])
            names = {"enum": [v if isinstance(v, str) else _spelled(v) for v in values]}
        elif names == {"type": "boolean"}:
            names = {"enum": ["true", "false"]}
        elif names == {"type": "integer"}:
            names = {"pattern": _WHOLE}
        elif names in ({"type": "number"}, {"type": "number", "maximum": _FINITE}):
            names = {"pattern": _REAL}
        elif names and "$ref" not in names and names.get("type") != "string":
            if {"type": "string"} in names.get("anyOf", ()):
                # Whatever the others do not read is a text.
                return found
            raise _unheld(f"a dictionary whose names are {names}", "dict[str, …]")
        else:
            return found
        return {**found, "propertyNames": names}

    def model_field_schema(self, schema: core.ModelField) -> JsonSchemaValue:
        self._check_alias(schema)
        return super().model_field_schema(schema)

    def dataclass_field_schema(self, schema: core.DataclassField) -> JsonSchemaValue:
        self._check_alias(schema)
        return super().dataclass_field_schema(schema)

    def _check_alias(self, field: Mapping[str, Any]) -> None:
        """Refuses a field that is read from within another one: pydantic's schema has its own name,
        where nothing is looked for."""
        config, alias = self._config, field.get("validation_alias", "")
        by_name = config.validate_by_name or config.populate_by_name
        if isinstance(alias, str) or by_name or config.validate_by_alias is False:
            return
        if not any(isinstance(path, list) and len(path) == 1 for path in alias):
            raise _unheld("a field that is read from within another (AliasPath)", "that other one")

    def float_schema(self, schema: core.FloatSchema) -> JsonSchemaValue:
        found = super().float_schema(schema)
        return _finite(found) if schema.get("allow_inf_nan") is False else found

    def decimal_schema(self, schema: core.DecimalSchema) -> JsonSchemaValue:
        parts = super().decimal_schema(schema).get("anyOf", ())
        found = next((part for part in parts if part.get("type") == "number"), {"type": "number"})
        places, digits = schema.get("decimal_places"), schema.get("max_digits")
        if digits is None:
            return _finite(found if places is None else _placed(found, schema, places))
        digits = min(digits, _DIGITS)
        if places is not None:
            return _placed(found, schema, min(places, digits), digits)
        # More of them on one side of the point leave less for the other.
        several = range(min(digits, _DECIMALS) + 1)
        return {"anyOf": [_placed(found, schema, behind, digits) for behind in several]}

    def function_after_schema(self, schema: core.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        found = super().function_after_schema(schema)
        # Of pydantic's own types it is a method; what others check is not known.
        owner = getattr(schema["function"]["function"], "__self__", None)
        if isinstance(owner, type) and issubclass(owner, ByteSize):
            number = {"type": "integer", "minimum": 0}
            return {**found, "anyOf": [{"type": "string", "pattern": _SIZE}, number]}
        if isinstance(owner, EncodedStr) and owner.encoder in _IN_BASE64:
            pattern = texts_in_base64(_IN_BASE64[owner.encoder])
            return {**found, "pattern": f"^({pattern})$"}
        return found

    def bytes_schema(self, schema: core.BytesSchema) -> JsonSchemaValue:
        found = super().bytes_schema(schema)
        written = self._config.val_json_bytes
        if written != "utf8":
            if "minLength" in found or "maxLength" in found:
                raise _unheld("bytes of a certain length, in base64 or in digits", "bytes")
            pattern = {"pattern": "^([0-9a-f]{2})*$"}
            return {"type": "string", **(pattern if written == "hex" else {"format": "base64url"})}
        if "minLength" in found or "maxLength" in found:
            # Letters that are one byte each.
            least, most = found.get("minLength", 0), found.get("maxLength", "")
            return {"type": "string", "pattern": f"^[ -~]{{{least},{most}}}$"}
        return found

    def date_schema(self, schema: core.DateSchema) -> JsonSchemaValue:
        found = super().date_schema(schema)
        first, last = _days(schema)
        if (first, last) == (date.min, date.max):
            return found
        pattern = dates(first, last)
        if not pattern:
            raise _unheld(f"a date from {first} to {last}", "a date from 1000-01-01 to 2999-12-31")
        return {"type": "string", "pattern": f"^({pattern})$"}

    def datetime_schema(self, schema: core.DatetimeSchema) -> JsonSchemaValue:
        return _zoned(super().datetime_schema(schema), schema, "datetime")

    def time_schema(self, schema: core.TimeSchema) -> JsonSchemaValue:
        return _zoned(super().time_schema(schema), schema, "time")

    def timedelta_schema(self, schema: core.TimedeltaSchema) -> JsonSchemaValue:
        if set(_BOUNDS) & set(schema):
            raise _unheld("a duration with bounds", "timedelta")
        return {"type": "string", "pattern": _DURATION}

    def url_schema(self, schema: core.UrlSchema) -> JsonSchemaValue:
        return _url(super().url_schema(schema), schema, 1)

    def multi_host_url_schema(self, schema: core.MultiHostUrlSchema) -> JsonSchemaValue:
        return _url(super().multi_host_url_schema(schema), schema, _HOSTS)

    def json_schema(self, schema: core.JsonSchema) -> JsonSchemaValue:
        raise _unheld("JSON within a text (Json[…])", "what is within: int for Json[int]")

    def complex_schema(self, schema: core.ComplexSchema) -> JsonSchemaValue:
        raise _unheld("a complex number", "two numbers, as tuple[float, float]")

    def is_subclass_schema(self, schema: core.IsSubclassSchema) -> JsonSchemaValue:
        raise _unheld("a class", "its name, as a Literal")


def _unheld(what: str, instead: str) -> SchemaUnsupported:
    return SchemaUnsupported(
        f"No answer can be held to {what}. Ask for {instead}, and check it after the answer."
    )


def _spelled(value: object) -> str | None:
    """What is read as the value of a Literal where a name stands; None where nothing is."""
    return str(value).lower() if isinstance(value, bool) else None


def _listed(schema: JsonSchemaValue) -> JsonSchemaValue:
    """The schema of a set as that of a list; not where repeated items would make it too small."""
    if schema.get("minItems", 0) <= 1:
        schema.pop("uniqueItems", None)
    return schema


def _finite(number: JsonSchemaValue) -> JsonSchemaValue:
    bounded = {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"}
    return number if bounded & number.keys() else {**number, "maximum": _FINITE}


def _placed(
    number: JsonSchemaValue, schema: core.DecimalSchema, places: int, digits: int | None = None
) -> JsonSchemaValue:
    """A number with at most so many places behind the point, and so many digits in all."""
    places = min(places, _DECIMALS)
    unit = Decimal(1).scaleb(-places)
    step = unit
    if multiple := schema.get("multiple_of"):
        given = Decimal(str(multiple))
        scale = Decimal(10) ** max(places, -cast(int, given.as_tuple().exponent))
        step = Decimal(math.lcm(int(unit * scale), int(given * scale))) / scale
    found = {**number, "multipleOf": float(step)}
    if digits is not None:
        most = float(Decimal(10) ** (digits - places) - unit)
        found["minimum"] = max(-most, found.get("minimum", -most))
        found["maximum"] = min(most, found.get("maximum", most))
    return found


def _days(schema: core.DateSchema) -> tuple[date, date]:
    """The first and the last day that a date may be; today is the one on which it is asked."""
    day, today = timedelta(days=1), datetime.now().astimezone().date()
    firsts = [
        bound for key, shift in (("ge", 0), ("gt", 1)) if (bound := _shifted(schema, key, shift))
    ]
    lasts = [
        bound for key, shift in (("le", 0), ("lt", -1)) if (bound := _shifted(schema, key, shift))
    ]
    if schema.get("now_op") == "future":
        firsts.append(today + day)
    elif schema.get("now_op") == "past":
        lasts.append(today - day)
    return max(firsts, default=date.min), min(lasts, default=date.max)


def _shifted(schema: Mapping[str, Any], key: str, days: int) -> date | None:
    bound = schema.get(key)
    return None if bound is None else bound + timedelta(days=days)


def _zoned(found: JsonSchemaValue, schema: Mapping[str, Any], what: str) -> JsonSchemaValue:
    """A time of day, with or without a zone as the type wants it."""
    if {*_BOUNDS, "now_op"} & set(schema):
        raise _unheld(f"a {what} with bounds", what)
    zone = schema.get("tz_constraint")
    if zone not in (None, "aware", "naive"):
        raise _unheld(f"a {what} in one zone", f"an aware {what}")
    return {**found, "format": f"{found['format']}-local"} if zone == "naive" else found


def _url(found: JsonSchemaValue, schema: Mapping[str, Any], hosts: int) -> JsonSchemaValue:
    kept = {key: value for key, value in found.items() if key not in ("format", "minLength")}
    most = None
    if kept.get("maxLength", 0) > _LONG:
        # To count all letters of a pattern with as many forms is more than llguidance takes.
        most = kept.pop("maxLength") - _LONG
    pattern = urls(schema.get("allowed_schemes") or (), hosts=hosts, most=most)
    return {**kept, "pattern": f"^({pattern})$"}


__all__ = ["json_schema_of"]
