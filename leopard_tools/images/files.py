"""Opens a file once: what is looked at is what is read, whatever its path leads to by then."""

from __future__ import annotations

import os
import stat
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ImageInvalid
from .faults import reason
from .naming import shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import BufferedReader

ACCEPTED = (
    "Give a path, an http(s) or data URL, bytes, a PIL image, an array (height, width, 3) of "
    "uint8 or a Frame."
)
# Where the system has it, opening a pipe does not wait for somebody who writes to it.
_AT_ONCE: int = getattr(os, "O_NONBLOCK", 0)
_LONGEST_PATH = 1024


def open_file(path: str) -> BufferedReader:
    """The file at a path, its `name` the path.

    Raises ImageInvalid for a folder, device, pipe or socket, and what cannot be opened.
    """
    title = shown(path)
    try:
        if path:  # An empty one would be the current folder.
            # Before it is opened, since that can do something to a device. Afterwards the path
            # may lead to another one, so that is looked at again.
            _check_kind(Path(path).stat(), title)
            return open(path, "rb", opener=partial(_open, title=title))
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as fault:
        raise ImageInvalid(
            f"{title}: cannot be opened ({reason(fault)}). Check the path and its permissions."
        ) from fault
    except ValueError as fault:
        raise ImageInvalid(f"{title}: not a path ({reason(fault)}). {ACCEPTED}") from fault
    raise ImageInvalid(
        f"{title or 'empty path'}: no such file. Check the path, or give an http(s) or data URL."
    )


def lies_under(stream: BufferedReader, roots: Sequence[Path]) -> bool:
    """Whether an open file lies under one of the folders, which are resolved.

    Linux and macOS say where an open file lies. Elsewhere the path is followed once more and has to
    lead to this file: who changes the folders on its way twice in that moment is not noticed.
    """
    place = _place(stream.fileno())
    if place is None:
        place = Path(stream.name).resolve()
        try:
            if not os.path.samestat(place.lstat(), os.fstat(stream.fileno())):
                return False
        except OSError:
            return False
    # A folder may be written in several ways where case does not count.
    return any(
        parent == root or _is_same(parent, root) for parent in place.parents for root in roots
    )


def _open(path: str, flags: int, title: str) -> int:
    descriptor = os.open(path, flags | _AT_ONCE)
    try:
        _check_kind(os.fstat(descriptor), title)
    except ImageInvalid:
        os.close(descriptor)
        raise
    return descriptor


def _check_kind(found: os.stat_result, title: str) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise ImageInvalid(f"{title}: a folder. Give the picture files in it.")
    if not stat.S_ISREG(found.st_mode):
        raise ImageInvalid(f"{title}: a device, pipe or socket. Give a file.")


def _place(descriptor: int) -> Path | None:
    """Where an open file lies, None where the system does not say."""
    try:
        if sys.platform == "darwin":
            import fcntl

            told = fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(_LONGEST_PATH))
            return Path(os.fsdecode(told.rstrip(b"\0")))
        return Path(f"/proc/self/fd/{descriptor}").readlink()
    except OSError:
        return None


def _is_same(folder: Path, root: Path) -> bool:
    try:
        return folder.samefile(root)
    except OSError:
        return False


__all__ = ["ACCEPTED", "lies_under", "open_file"]
