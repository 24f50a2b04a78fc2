"""Examples of regular expressions: short texts that match a pattern."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

# The standard library's own parser of patterns. It is not a public module, so whatever goes wrong
# with it means that there is no example, which no caller relies on.
_CANDIDATES = "-0aA_ .@"
_CATEGORIES = {"CATEGORY_DIGIT": "0", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " "} | dict.fromkeys(
    ("CATEGORY_NOT_DIGIT", "CATEGORY_NOT_WORD", "CATEGORY_NOT_SPACE"), "-"
)
_MOST_REPEATED = 256


def examples(schema: object) -> tuple[str, ...]:
    """One example for each `pattern` of a JSON schema that has one, each once."""
    found: dict[str, None] = {}
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            pending += node.values()
            pattern = node.get("pattern")
            if isinstance(pattern, str) and (text := example(pattern)):
                found[text] = None
        elif isinstance(node, list | tuple):
            pending += node
    return tuple(sorted(found))


def example(pattern: str) -> str | None:
    """A short text in which the pattern is found; None where none is known.

    >>> example("^[A-Z]{2}-[0-9]+$")
    'AA-0'
    """
    try:
        text = _all(importlib.import_module("re._parser").parse(pattern))
        return text if re.search(pattern, text) else None
    except (AttributeError, ImportError, LookupError, RecursionError, TypeError, ValueError):
        return None
    except (re.error, OverflowError):
        return None


def _all(parsed: Sequence[tuple[Any, Any]]) -> str:
    return "".join(_one(str(operation), argument) for operation, argument in parsed)


def _one(operation: str, argument: Any) -> str:
    if operation == "LITERAL":
        return chr(argument)
    if operation == "ANY":
        return "-"
    if operation == "NOT_LITERAL":
        return next(c for c in _CANDIDATES if ord(c) != argument)
    if operation == "IN":
        return _one_of(argument)
    if operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least: int = argument[0]
        if least > _MOST_REPEATED:
            raise ValueError(f"{least} repetitions are no short example")
        return _all(argument[2]) * least
    if operation == "SUBPATTERN":
        return _all(argument[-1])
    if operation == "BRANCH":
        return min((_all(parsed) for parsed in argument[1]), key=len)
    if operation == "AT":
        return ""
    raise ValueError(f"no example of {operation}")


def _one_of(members: Sequence[tuple[Any, Any]]) -> str:
    """A character of a class such as [A-Z_] or [^,]."""
    if str(members[0][0]) == "NEGATE":
        kept = [c for c in _CANDIDATES if not any(_is_in(c, *member) for member in members[1:])]
        return kept[0]
    operation, argument = members[0]
    if str(operation) == "CATEGORY":
        return _CATEGORIES[str(argument)]
    return chr(argument[0] if str(operation) == "RANGE" else argument)


def _is_in(character: str, operation: Any, argument: Any) -> bool:
    code = ord(character)
    if str(operation) == "RANGE":
        return bool(argument[0] <= code <= argument[1])
    if str(operation) == "CATEGORY":
        kind = {"D": character.isdigit(), "W": character.isalnum(), "S": character.isspace()}
        # Rather none than one that may be in it.
        return kind.get(str(argument).removeprefix("CATEGORY_")[:1], True) or code == ord("_")
    return bool(code == argument)


__all__ = ["example", "examples"]
