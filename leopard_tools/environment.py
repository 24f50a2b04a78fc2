"""What the environment says: folders and programs by name, as a shell or settings give them."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import LeopardError

_OFF = ("", "0", "false", "no", "off")


def named_path(variable: str) -> Path | None:
    """The path that a variable of the environment names; None where it is empty or not set.

    `~` is the user's home: settings of MCP clients and units of systemd know no shell that would
    say so. Raises LeopardError for a user who has none.
    """
    value = os.environ.get(variable)
    try:
        return Path(value).expanduser() if value else None
    except RuntimeError:
        raise LeopardError(
            f"{variable} is {value!r}, but this user has no home folder. Name a whole path."
        ) from None


def is_on(variable: str) -> bool:
    """Whether a variable of the environment is a switch that is on: set, and to no "no"."""
    return os.environ.get(variable, "").strip().lower() not in _OFF


__all__ = ["is_on", "named_path"]
