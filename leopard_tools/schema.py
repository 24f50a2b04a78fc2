"""What an answer must look like: a JSON schema or a type, how a question says it, the way back.

It knows nothing of tokens: engine.grammar holds an answer to `json_schema`; an answer that is one
of a few `choices` is scored as a whole instead.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from .errors import MissingDependency, SchemaUnsupported
from .wording import ask_for, ask_for_one_of, resolve, sequence

Node = Mapping[str, object]

_ANNOTATIONS = frozenset(
    {"$comment", "$defs", "$id", "$schema", "default", "definitions", "deprecated", "description"}
    | {"examples", "readOnly", "title", "type", "writeOnly"}
)
_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}


@dataclass(frozen=True, slots=True)
class Schema:
    """What an answer must look like. Make one with `Schema.of`.

    json_schema: the schema itself. choices: the values, where it allows just these (an enum, a
    const, a boolean); choice_texts: how each is written in an answer. instruction: how a question
    asks for it.
    """

    json_schema: Node
    choices: tuple[object, ...] | None
    choice_texts: tuple[str, ...]
    instruction: str
    _read: Callable[[str], object]

    @classmethod
    def of(cls, schema: object) -> Schema:
        """From a JSON schema as a mapping, a pydantic v2 model, or any type that pydantic knows.

        The latter are TypedDicts, dataclasses, enums and annotations such as `list[int]` or
        `Literal["a", "b"]`. Raises SchemaUnsupported where it is none of these, allows nothing, or
        has bounds and forms that no answer can be held to (the message names a type to ask for
        instead), MissingDependency where a type needs pydantic and that is not installed.

        >>> Schema.of({"enum": ["yes", "no"]}).instruction
        'Answer with one of: yes, no.'
        """
        if isinstance(schema, Schema):
            return schema
        if isinstance(schema, str | bytes):
            # pydantic would take it for the name of a type, and evaluate it as Python.
            raise SchemaUnsupported(
                "A schema is no text. Give a JSON schema as a dict (json.loads makes one), a "
                "pydantic model, a dataclass or a TypedDict."
            )
        if isinstance(schema, Mapping):
            found, read = cast(Node, schema), cast("Callable[[str], object]", json.loads)
        else:
            found, read = _from_type(schema)
        try:
            json.dumps(found)
            values = _choices(found, found, {})
            texts = _texts(values or ())
            instruction = ask_for(found) if values is None else ask_for_one_of(texts)
        except (TypeError, ValueError, RecursionError) as error:
            raise SchemaUnsupported(f"The schema is not plain JSON: {error}.") from None
        if values == ():
            raise SchemaUnsupported("The schema allows no value at all. Give its enum a value.")
        return cls(found, values, texts, instruction, read)

    def parse(self, text: str) -> object:
        """The object that a complete answer stands for: an instance of the given type, or values.

        Raises SchemaUnsupported where the type has rules of its own, such as validators, that
        its JSON schema does not say, and this answer breaks one.
        """
        if self.choices is not None and text in self.choice_texts:
            text = json.dumps(self.choices[self.choice_texts.index(text)])
        try:
            return self._read(text)
        except ValueError as error:
            raise SchemaUnsupported(
                f"{text!r} is not what the schema asks for: {error}. If it is a complete answer, "
                "the type has rules that no JSON schema says; check them after the answer."
            ) from None


def _from_type(schema: object) -> tuple[Node, Callable[[str], object]]:
    """The JSON schema of a type and what reads its JSON."""
    try:
        from pydantic import TypeAdapter
        from pydantic_core import SchemaError

        from .python_types import json_schema_of
    except ImportError:
        raise MissingDependency(
            f"pydantic, which reads the schema of {schema!r},", "pip install pydantic"
        ) from None
    try:
        adapter: TypeAdapter[object] = TypeAdapter(cast(type, schema))
        return json_schema_of(adapter), adapter.validate_json
    # What pydantic's own errors are: of use, of a name that is not known, of an argument.
    except (RuntimeError, NameError, TypeError, SchemaError) as error:
        # pydantic adds a line with an address of its own.
        why = str(error).partition("\n")[0]
        raise SchemaUnsupported(
            f"{schema!r} has no JSON schema ({why}). Give a JSON schema as a dict, a pydantic "
            "model, a dataclass or a TypedDict."
        ) from None


_Values = tuple[object, ...] | None


def _choices(node: object, root: Node, known: dict[str, _Values]) -> _Values:
    """The values that a schema allows, where it does no more than to list them.

    `known` has what was found for each $ref, which is None while it is looked for.
    """
    if not isinstance(node, Mapping):
        return None
    keys = set(node) - _ANNOTATIONS
    if keys == {"$ref"}:
        name = str(node["$ref"])
        if name not in known:
            known[name] = None
            known[name] = _choices(resolve(node, root), root, known)
        found = known[name]
        return found and tuple(value for value in found if _is_of(value, node.get("type")))
    if keys in ({"anyOf"}, {"oneOf"}) and "type" not in node:
        parts = [_choices(part, root, known) for part in sequence(node[next(iter(keys))])]
        if None in parts:
            return None
        listed = [value for part in parts for value in part or ()]
        if keys == {"oneOf"}:
            # What two parts list meets both, which is one too many.
            counts = Counter(map(json.dumps, listed))
            listed = [value for value in listed if counts[json.dumps(value)] == 1]
        return _distinct(listed)
    if keys in ({"enum"}, {"const"}):
        values = sequence(node["enum"]) if "enum" in node else [node["const"]]
        return _distinct([value for value in values if _is_of(value, node.get("type"))])
    if not keys and node.get("type") in ("boolean", "null"):
        return (True, False) if node["type"] == "boolean" else (None,)
    return None


def _is_of(value: object, types: object) -> bool:
    """Whether a value is of a schema's `type`; None allows all."""
    if types is None:
        return True
    for name in [types] if isinstance(types, str) else sequence(types):
        if isinstance(value, bool):
            found = name == "boolean"
        elif name == "integer" and isinstance(value, float):
            found = value.is_integer()
        else:
            found = isinstance(value, _PYTHON.get(str(name), ()))
        if found:
            return True
    return False


def _distinct(values: Sequence[object]) -> tuple[object, ...]:
    """Each value once, told apart as JSON does: true is not 1."""
    return tuple({json.dumps(value): value for value in values}.values())


def _texts(values: Sequence[object]) -> tuple[str, ...]:
    """How each choice is written: a string as it is, other values as JSON.

    Where two would read alike ("1" and 1) all are written as JSON.
    """
    written = [json.dumps(value, ensure_ascii=False) for value in values]
    plain = [v if isinstance(v, str) else w for v, w in zip(values, written, strict=True)]
    return tuple(plain if len(set(plain)) == len(plain) else written)


def leaves(value: object) -> Iterator[str | int | float]:
    """The texts and numbers in a JSON value, in order."""
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield value


__all__ = ["Schema", "leaves"]
