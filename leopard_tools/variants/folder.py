"""The small files of a checkpoint folder, read with errors that name the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias, TypeGuard

from ..errors import CheckpointInvalid, LeopardError

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def read_json(file: Path, *, optional: bool = False) -> dict[str, Json]:
    """A JSON object. Raises CheckpointInvalid where the file is missing or holds none.

    An optional file that is missing gives an empty object.
    """
    if optional and not file.exists():
        return {}
    try:
        # A pipe of that name would be waited for without end.
        if not file.is_file():
            raise CheckpointInvalid(
                f"{file} is {'no file' if file.exists() else 'missing'}. A checkpoint folder needs "
                "the JSON files it was saved with."
            )
        content = json.loads(file.read_text(encoding="utf-8"))
    # RecursionError: what is nested too deeply.
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointInvalid(f"{file} cannot be read as JSON: {error}") from None
    if not isinstance(content, dict):
        raise CheckpointInvalid(f"{file} holds a {type(content).__name__}, not a JSON object.")
    return content


def is_id(value: Json, vocabulary: int) -> TypeGuard[int]:
    """Whether a value is the id of a token in a vocabulary of that size; true is none."""
    return type(value) is int and 0 <= value < vocabulary


@contextmanager
def described_by(file: Path) -> Iterator[None]:
    """Raises CheckpointInvalid where no network can be built inside the block as the file says."""
    try:
        yield
    except (LeopardError, MemoryError):
        raise
    # A value that cannot be gives whatever it leads to: errors of transformers' own checks, which
    # are bare Exceptions, an unknown name's KeyError, a division by zero, torch's RuntimeError.
    except Exception as error:
        why = " ".join(str(error).split())
        raise CheckpointInvalid(
            f"{file} describes no network that can be built here: {type(error).__name__}: {why}. "
            "Download or save the checkpoint again."
        ) from error


def end_ids(folder: Path, config: dict[str, Json], vocabulary: int) -> frozenset[int]:
    """The ids that end an answer: those of generation_config.json, else of config.json.

    What is no id of a `vocabulary` of that size ends nothing, and is left out.
    """
    generation = read_json(folder / "generation_config.json", optional=True)
    text = config.get("text_config")
    places = (generation, config, text if isinstance(text, dict) else {})
    found = next((p["eos_token_id"] for p in places if p.get("eos_token_id") is not None), None)
    ids = found if isinstance(found, list) else [found]
    whole = frozenset(i for i in ids if is_id(i, vocabulary))
    if not whole:
        raise CheckpointInvalid(
            f"{folder} names no end token: neither generation_config.json nor config.json has a "
            "usable eos_token_id."
        )
    return whole
