"""A JSON schema without what no grammar can hold, for values that somebody else checks too.

Tools check their arguments themselves. One of them with a set among its parameters must not keep a
model from calling the others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from llguidance import LLMatcher

from .formats import FREE_FORMATS, PATTERNS
from .narrowing import Node, with_parts

_UNHELD = frozenset(
    {
        *("uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems"),
        *("propertyNames", "dependentRequired", "dependentSchemas", "dependencies"),
        *("unevaluatedProperties", "not", "if", "then", "else"),
    }
)
"""Keywords that say which values are not meant, and which llguidance 1.9 does not know."""
_FORMATS = FREE_FORMATS | PATTERNS.keys() | {"duration", "email", "hostname", "uri"}
_PATTERNS_KEPT = 1024
"""Patterns of which is kept whether they can be held: each request asks of all its tools."""


def widen(schema: Node) -> dict[str, object]:
    """The schema without keywords, formats and patterns that cannot be held; the rest is as given.

    >>> widen({"type": "array", "items": {"type": "string"}, "uniqueItems": True})
    {'type': 'array', 'items': {'type': 'string'}}
    """
    return cast("dict[str, object]", _widened(schema))


def _widened(node: object) -> object:
    if not isinstance(node, Mapping):
        return node
    found = {key: value for key, value in node.items() if _is_held(key, value)}
    if "anyOf" not in found and "oneOf" in found:
        # One of them alone is held only where it can be told that no other fits.
        found["anyOf"] = found.pop("oneOf")
    return with_parts(found, _widened)


def _is_held(key: str, value: object) -> bool:
    if key == "format":
        return value in _FORMATS
    if key == "pattern" and isinstance(value, str):
        return _is_pattern(value)
    return key not in _UNHELD


@lru_cache(_PATTERNS_KEPT)
def _is_pattern(pattern: str) -> bool:
    """Whether llguidance can hold a text to a pattern: not where that looks around, asks for the
    border of a word, refers back, or is written as another language has it."""
    try:
        text = json.dumps({"type": "string", "pattern": pattern})
        return not LLMatcher.validate_grammar(LLMatcher.grammar_from_json_schema(text))
    except ValueError:
        # Half a pair of surrogates.
        return False


__all__ = ["widen"]
