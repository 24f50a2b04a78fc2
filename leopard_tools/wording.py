"""How a question asks for JSON: a sample of it, with what belongs in each place.

The wording is fixed: models are taught with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from .engine.narrowing import resolve

Node = Mapping[str, object]

_LONGEST = 1000
"""Characters of an instruction: what is nested too deeply to fit is only named."""
_DEEPEST = 8
_MOST_VALUES = 12
"""Values of an enum that an instruction lists for a field."""


def ask_for(schema: Node) -> str:
    """Asks for what a JSON schema describes.

    >>> ask_for({"properties": {"total": {"type": "number"}, "due": {"type": ["string", "null"]}}})
    'Answer with a JSON object: {"total": <number>, "due": <string or null>}'

    Raises SchemaUnsupported where a $ref names what the schema does not hold.
    """
    parts: list[str] = []
    # From shallow to deep, so that a schema of any size costs no more than what is shown of it.
    for depth in range(_DEEPEST + 1):
        deeper = _Sample(schema).alternatives(schema, depth)
        if depth > 1 and len(_either(deeper)) > _LONGEST:
            break
        parts = deeper
    kind = {"{": "object", "[": "list"}.get(parts[0][0]) if len(parts) == 1 else None
    sample = _either(parts)
    if len(sample) > _LONGEST:
        sample = f"{sample[:_LONGEST].rsplit(', ', 1)[0]}, …"
    return f"Answer with a JSON {kind or 'value'}: {sample}"


def ask_for_one_of(texts: Sequence[str]) -> str:
    """Asks for one of a few texts, of which the first are listed."""
    length = 0
    for kept, text in enumerate(texts):
        length += len(text) + 2
        if kept and length > _LONGEST:
            texts = [*texts[:kept], "…"]
            break
    return f"Answer with one of: {', '.join(texts)}."


class _Sample:
    """Writes parts of a schema as places in a sample: `<string or null>`, `[<number>]`."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._open: set[str] = set()
        self._known: dict[tuple[str, int], list[str]] = {}

    def alternatives(self, node: object, depth: int) -> list[str]:
        """What may stand in a part's place, each once; `depth` more levels are shown."""
        if not isinstance(node, Mapping):
            return []
        if "enum" in node or "const" in node:
            values = sequence(node["enum"]) if "enum" in node else [node["const"]]
            shown = [json.dumps(value, ensure_ascii=False) for value in values[:_MOST_VALUES]]
            return [*shown, "…"] if len(values) > _MOST_VALUES else shown
        if "$ref" in node:
            return self._referred(node, depth)
        if branches := [b for key in ("anyOf", "oneOf") for b in sequence(node.get(key))]:
            found = [part for branch in branches for part in self.alternatives(branch, depth)]
            return list(dict.fromkeys(found))
        if "allOf" in node:
            return self.alternatives(self._merged(node), depth)
        types = node.get("type", _implied(node))
        kinds = [types] if isinstance(types, str) else sequence(types)
        return [self._of_type(str(kind), cast(Node, node), depth) for kind in kinds]

    def _referred(self, node: Node, depth: int) -> list[str]:
        name = str(node["$ref"])
        found = resolve(node, self._root)
        if name in self._open:
            kind = found.get("type", _implied(found)) if isinstance(found, Mapping) else ()
            return [self._of_type(kind, {}, 0)] if isinstance(kind, str) else ["<value>"]
        if (name, depth) not in self._known:
            self._open.add(name)
            self._known[name, depth] = self.alternatives(found, depth)
            self._open.remove(name)
        return self._known[name, depth]

    def _of_type(self, kind: str, node: Node, depth: int) -> str:
        if kind == "null":
            return "null"
        if kind == "object" and depth > 0:
            fields = [(json.dumps(k, ensure_ascii=False), v) for k, v in _mapping(node)]
            if not fields:
                fields = [("<name>", schema) for schema in _unnamed(node)]
            inner = [f"{key}: {self._place(value, depth - 1)}" for key, value in fields]
            return f"{{{', '.join(inner)}}}" if inner else "<object>"
        if kind == "array" and depth > 0:
            items = [*sequence(node.get("prefixItems"))] or [node.get("items")]
            inner = [self._place(item, depth - 1) for item in items if item is not None]
            return f"[{', '.join(inner)}]" if inner else "<list>"
        if kind == "boolean":
            return "true or false"
        if kind == "string" and node.get("format") == "date":
            return "<YYYY-MM-DD>"
        return "<list>" if kind == "array" else f"<{kind}>"

    def _place(self, node: object, depth: int) -> str:
        return _either(self.alternatives(node, depth))

    def _merged(self, node: Node) -> Node:
        """What the parts of an allOf say together, as far as a sample needs it."""
        merged: dict[str, object] = {}
        properties: dict[str, object] = {}
        for part in [{k: v for k, v in node.items() if k != "allOf"}, *sequence(node["allOf"])]:
            found = part
            if isinstance(part, Mapping) and "$ref" in part:
                found = resolve(part, self._root)
            if isinstance(found, Mapping) and not {"allOf", "$ref"} & set(found):
                merged |= found
                properties |= dict(_mapping(cast(Node, found)))
        return merged | ({"properties": properties} if properties else {})


def sequence(value: object) -> Sequence[object]:
    """A list of a schema; none where it is something else."""
    return value if isinstance(value, (list, tuple)) else ()


def _either(parts: Sequence[str]) -> str:
    """`"a" or "b"`, `<string or null>`: literals stay, kinds share their brackets."""
    kinds = [part[1:-1] for part in parts if part[0] == "<"]
    others = [part for part in parts if part[0] != "<"]
    if kinds and set(others) <= {"null"}:
        return f"<{' or '.join([*kinds, *others])}>"
    return " or ".join([*others, *([f"<{' or '.join(kinds)}>"] if kinds else [])]) or "<value>"


def _implied(node: Node) -> str | Sequence[object]:
    if "properties" in node:
        return "object"
    return "array" if "items" in node or "prefixItems" in node else ()


def _unnamed(node: Node) -> list[object]:
    """The schemas of properties that may have other names than those that are listed."""
    patterns = node.get("patternProperties")
    found = [*patterns.values()] if isinstance(patterns, Mapping) else []
    return [
        part for part in [*found, node.get("additionalProperties")] if isinstance(part, Mapping)
    ]


def _mapping(node: Node) -> list[tuple[str, object]]:
    found = node.get("properties")
    return [(str(k), v) for k, v in found.items()] if isinstance(found, Mapping) else []


__all__ = ["ask_for", "ask_for_one_of", "resolve", "sequence"]
