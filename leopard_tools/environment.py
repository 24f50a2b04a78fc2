"""What the environment names: folders and programs, as a shell or a client's settings give them."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import LeopardError


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


__all__ = ["named_path"]
