"""A JSON schema as a model should be held to it: never wider than what was asked for.

Whatever meets the narrowed schema meets the given one. It keeps a model from inventing fields of
its own, and from dates that no calendar has.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import cast
from urllib.parse import unquote

from ..errors import SchemaUnsupported
from .formats import FREE_FORMATS, PATTERNS

Node = Mapping[str, object]

_MAPS = ("properties", "$defs", "definitions", "patternProperties")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_NODES = ("items", "additionalProperties")
_COMBINED = frozenset({"allOf", "anyOf", "oneOf", "$ref"})
_OPEN = frozenset({"additionalProperties", "minProperties", "patternProperties"})
_NOTHING_SAID: Mapping[str, Sequence[object]] = {
    "uniqueItems": (False,),
    "propertyNames": (True, {}, {"type": "string"}),
}
"""Keywords that no answer can break with these values, as other libraries write them all the same.
"""
_DEEPEST_NAME = 64
"""Letters of a name that a pattern tells from others: each is a level of it, of which llguidance
takes some eighty."""


def narrow(schema: Node, *, close: bool = True) -> dict[str, object]:
    """The schema to hold a model to.

    With `close`, objects that list their properties have no others, where nothing else is said.
    Dates and times are those of a calendar, in years from 1000 to 2999; a decimal that may be a
    number or a string (pydantic's Decimal) is a number; formats that say nothing of a string's
    letters go, and so do keywords that say nothing at all. Names that `propertyNames` lists or
    describes are listed or described as properties are. No name escapes its schema as "\\u0061" for
    "a", but where parts of a schema are put together.

    Raises SchemaUnsupported for a number of properties that nothing would count, and for further
    properties beside patterns of names.
    """
    return cast("dict[str, object]", _narrowed(schema, close and _may_close(schema), schema))


def _narrowed(node: object, close: bool, root: Node) -> object:
    if not isinstance(node, Mapping):
        return node
    found = with_parts(node, lambda part: _narrowed(part, close, root))
    for key in _NOTHING_SAID.keys() & found.keys():
        if found[key] in _NOTHING_SAID[key]:
            del found[key]
    name_properties(found, root)
    if close and _lists_all(found):
        found["additionalProperties"] = False
    _check_count(found)
    if close:
        _narrow_names(found)
    _narrow_string(found)
    _narrow_number(found)
    if isinstance(options := found.get("anyOf"), list) and {"type": "number"} in [
        {"type": option.get("type")} for option in options if isinstance(option, dict)
    ]:
        found["anyOf"] = [option for option in options if not _is_decimal(option)]
    return found


def with_parts(node: Node, change: Callable[[object], object]) -> dict[str, object]:
    """A copy of a schema in which each schema that it is made of is changed."""
    found = dict(node)
    for key in _MAPS:
        if isinstance(parts := found.get(key), Mapping):
            found[key] = {name: change(part) for name, part in parts.items()}
    for key in _LISTS:
        if isinstance(parts := found.get(key), list | tuple):
            found[key] = [change(part) for part in parts]
    for key in _NODES:
        if key in found:
            found[key] = change(found[key])
    return found


def resolve(node: Node, root: Node) -> object:
    """What a $ref names. Raises SchemaUnsupported where that is not in the schema itself."""
    name = str(node["$ref"])
    found: object = root
    for part in name.removeprefix("#").split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping):
            found = found.get(key)
        else:
            found = found[int(key)] if isinstance(found, list) and key.isdigit() else None
    if not name.startswith("#") or found is None:
        raise SchemaUnsupported(f"The schema refers to {name!r}, which it does not hold.")
    return found


def _lists_all(node: Node) -> bool:
    """Whether an object's properties are listed, and nothing is said about others."""
    properties, required = node.get("properties"), node.get("required", [])
    return (
        isinstance(properties, Mapping)
        and not _OPEN & set(node)
        and isinstance(required, list | tuple)
        and all(name in properties for name in required)
    )


def _check_count(node: Node) -> None:
    """Refuses `minProperties` where the same name could be written twice to reach it."""
    least, required = node.get("minProperties"), node.get("required")
    named = len(set(required)) if isinstance(required, list | tuple) else 0
    if (
        isinstance(least, int)
        and least > max(1, named)
        and (node.get("additionalProperties") is not False or "patternProperties" in node)
    ):
        raise SchemaUnsupported(
            f"Answers cannot be held to minProperties {least}, since an object's properties may "
            'have any name. List them in "properties" and set "additionalProperties" to false.'
        )


def name_properties(node: dict[str, object], root: Node) -> None:
    """Puts what `propertyNames` says of an object that says no more of its names in other words.

    Names that it lists become properties, those that it describes are told by a pattern. `root` is
    the whole schema, where it refers to a part of that.
    """
    names, rest = node.get("propertyNames"), node.get("additionalProperties", True)
    if isinstance(names, Mapping) and "$ref" in names:
        names = resolve(names, root)
    if not isinstance(names, Mapping) or {"properties", "patternProperties"} & set(node):
        return
    said = {"title", "description", *(["type"] if names.get("type") == "string" else [])}
    told = {key: value for key, value in names.items() if key not in said}
    match told:
        case {"enum": [*listed], **others} if not others:
            # What is no text is the name of nothing.
            node["properties"] = {name: rest for name in listed if isinstance(name, str)}
        case {"const": str(name), **others} if not others:
            node["properties"] = {name: rest}
        case {"pattern": str(pattern), **others} if not others:
            node["patternProperties"] = {pattern: rest}
        case {"format": str(form), **others} if form in PATTERNS and not others:
            node["patternProperties"] = {f"^({PATTERNS[form]})$": rest}
        case {"format": str(form), **others} if form in FREE_FORMATS and not others:
            del node["propertyNames"]
            return
        case {"minLength": _} | {"maxLength": _} if told.keys() <= {"minLength", "maxLength"}:
            least, most = told.get("minLength", 0), told.get("maxLength", "")
            node["patternProperties"] = {f"^(?s:.{{{least},{most}}})$": rest}
        case _:
            return
    del node["propertyNames"]
    node["additionalProperties"] = False


def _narrow_names(node: dict[str, object]) -> None:
    """Names that are not listed become those of a pattern, in which no letter is an escape.

    Of further names llguidance 1.9 leaves out the listed ones as they are written, not as they are
    read: where "a" is listed, "\\u0061" would be one of them.
    """
    properties, rest = node.get("properties"), node.get("additionalProperties", True)
    if rest is False:
        return
    if "patternProperties" in node:
        if rest not in (True, {}):
            raise SchemaUnsupported(
                "Answers cannot be held to a schema of additionalProperties beside "
                'patternProperties. Give its names a pattern too, and set "additionalProperties" '
                "to false."
            )
        node["additionalProperties"] = False
    elif isinstance(properties, Mapping) and properties:
        node["patternProperties"] = {f"^(?s:{_others(list(properties))})$": rest}
        node["additionalProperties"] = False


def _others(names: Sequence[str], depth: int = 0) -> str:
    """A pattern of all texts but these; of long ones, not of those that begin alike either.

    >>> _others(["a", "in"])
    '|[^ai].*|a(?:.+)|i(?:|[^n].*|n(?:.+))'
    """
    firsts = sorted({name[0] for name in names if name})
    out = "".join(map(_letter, firsts))
    if '"' in firsts or "\\" in firsts:
        # llguidance 1.9 lets both be written wherever a class has control characters.
        out += r"\x{0}-\x{1f}\x{22}\x{5c}\x{7f}"
    found = [] if "" in names else [""]
    found.append(f"[^{out}].*" if out else ".+")
    if depth < _DEEPEST_NAME:
        for first in firsts:
            rests = [name[1:] for name in names if name[:1] == first]
            found.append(f"{_letter(first)}(?:{_others(rests, depth + 1)})")
    return "|".join(found)


def _letter(letter: str) -> str:
    return letter if letter.isalnum() else rf"\x{{{ord(letter):x}}}"


def _may_close(node: object) -> bool:
    """Not where parts of a schema are put together, since each may name what the other lacks."""
    if isinstance(node, list | tuple):
        return all(map(_may_close, node))
    if not isinstance(node, Mapping):
        return True
    if "allOf" in node or ("properties" in node and _COMBINED & set(node)):
        return False
    return all(map(_may_close, node.values()))


def _narrow_string(node: dict[str, object]) -> None:
    form = str(node.get("format"))
    if form in FREE_FORMATS:
        del node["format"]
    elif form in PATTERNS and "pattern" not in node:
        node["pattern"] = f"^({PATTERNS[form]})$"
        del node["format"]


def _narrow_number(node: dict[str, object]) -> None:
    """Exclusive bounds near each other become inclusive ones just inside.

    llguidance 1.9 takes the bound itself for inside where both lie in one unit. In draft 4 of JSON
    Schema a boolean says whether the bound beside it is an exclusive one.
    """
    for plain, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(node.get(exclusive), bool) and node.pop(exclusive) and plain in node:
            node[exclusive] = node.pop(plain)
    numbers = {key: value for key, value in node.items() if isinstance(value, int | float)}
    lowest = [numbers[key] for key in ("minimum", "exclusiveMinimum") if key in numbers]
    highest = [numbers[key] for key in ("maximum", "exclusiveMaximum") if key in numbers]
    if not lowest or not highest or not 0 < min(highest) - max(lowest) <= 1:
        return
    # A power of two, so that the bounds stay exact.
    inside = (min(highest) - max(lowest)) / 1024
    if "exclusiveMinimum" in numbers:
        bound = max(numbers["exclusiveMinimum"] + inside, numbers.get("minimum", -math.inf))
        node["minimum"] = bound
        del node["exclusiveMinimum"]
    if "exclusiveMaximum" in numbers:
        bound = min(numbers["exclusiveMaximum"] - inside, numbers.get("maximum", math.inf))
        node["maximum"] = bound
        del node["exclusiveMaximum"]


def _is_decimal(node: object) -> bool:
    pattern = node.get("pattern") if isinstance(node, Mapping) else None
    return isinstance(pattern, str) and pattern.startswith("^(?!^[-+.]*$)")


__all__ = ["Node", "name_properties", "narrow", "resolve", "with_parts"]
