"""The small files of a checkpoint folder, read with errors that name the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeAlias

from ..errors import CheckpointInvalid

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


def end_ids(folder: Path, config: dict[str, Json]) -> frozenset[int]:
    """The ids that end an answer: those of generation_config.json, else of config.json."""
    generation = read_json(folder / "generation_config.json", optional=True)
    text = config.get("text_config")
    places = (generation, config, text if isinstance(text, dict) else {})
    found = next((p["eos_token_id"] for p in places if p.get("eos_token_id") is not None), None)
    ids = found if isinstance(found, list) else [found]
    whole = frozenset(i for i in ids if isinstance(i, int))
    if not whole:
        raise CheckpointInvalid(
            f"{folder} names no end token: neither generation_config.json nor config.json has a "
            "usable eos_token_id."
        )
    return whole
