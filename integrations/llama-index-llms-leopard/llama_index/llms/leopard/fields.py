"""What a Leopard's fields may be called and hold when it is made, and when it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leopard_tools import LeopardError

if TYPE_CHECKING:
    from llama_index.core.bridge.pydantic import BaseModel


def checked(kind: type[BaseModel], leopard: object, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields by their own names; other packages call the checkpoint `model`.

    Raises LeopardError for a name that is none, which pydantic would drop: another checkpoint, or
    another setting, would answer than was asked for.
    """
    if isinstance(leopard, str):
        raise LeopardError(f"Name a checkpoint, here {leopard!r}, as Leopard(checkpoint=…).")
    found = dict(fields)
    if "model" in found:
        if "checkpoint" in found:
            raise LeopardError("model and checkpoint are the same. Give one of them.")
        found["checkpoint"] = found.pop("model")
    known = set(kind.model_fields)
    if unknown := sorted(found.keys() - known):
        raise LeopardError(
            f"{', '.join(unknown)}: no such setting of a Leopard. There are "
            f"{', '.join(sorted(known))}."
        )
    return found


def written_schema(schema: object) -> dict[str, Any]:
    """`answer_schema` as it is written, if there is one. Raises LeopardError for a class."""
    if schema is None:
        return {}
    if not isinstance(schema, Mapping):
        raise LeopardError(
            f"An LLM whose answer_schema is {schema!r} cannot be written. Give it as a JSON schema."
        )
    return {"answer_schema": dict(schema)}


__all__ = ["checked", "written_schema"]
