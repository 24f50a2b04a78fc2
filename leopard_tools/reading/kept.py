"""Readings kept in a folder for programs that run later: a file a picture.

A file is named by the picture's pixels and by all that a reading of them follows from, so what is
found here is what would be read. Its text lies there as it is, for this user alone to see. Must
not know how a picture is read.
"""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import LeopardError
from ..trust import is_trusted
from ..types import Box, Line, Reading
from .memory import Effort

VARIABLE = "LEOPARD_READINGS"
LIMIT = 256 * 2**20
"""Bytes in a folder: tens of thousands of pages."""
BETWEEN = 256
"""Readings put there between two looks at how large the folder is."""
SUFFIX = ".reading"
"""How the names of its files end; whatever else lies in the folder is left alone."""


class KeptReadings:
    """The readings in a folder, which is made when it is first asked; for threads and processes.

    limit: bytes; of more, those that were used least recently go.

    Raises LeopardError where nothing can be kept in the folder, or others may have put in what lies
    there.
    """

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit
        self._ready = False
        self._put = 0

    def prepare(self) -> Path:
        """Makes the folder, sees that it can be written and believed, and gives its place."""
        try:
            self._folder = self._folder.expanduser()
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._folder = self._folder.resolve()
            trusted = is_trusted(self._folder)
            # It is found out before a picture is read.
            with tempfile.TemporaryFile(dir=self._folder):
                pass
        # A home that cannot be found is a RuntimeError.
        except (OSError, RuntimeError) as error:
            raise LeopardError(
                f"No readings can be kept in {self._folder} ({error}). Set {VARIABLE} to a folder "
                "that can be written, or unset it."
            ) from None
        if not trusted:
            raise LeopardError(
                f"Others may write to {self._folder}, and what they put there would be taken for "
                f"what was read. Take that right from them (chmod go-w), or set {VARIABLE} to a "
                "folder of your own."
            )
        self._ready = True
        return self._folder

    def get(self, key: bytes) -> tuple[Reading, Effort] | None:
        """The reading kept under `key` and what it took, or None; a damaged one is none."""
        if not self._ready:
            self.prepare()
        file = self._file(key)
        try:
            found = _unpack(file.read_bytes())
            os.utime(file)
        except (OSError, ValueError, LookupError, TypeError, zlib.error):
            return None
        return found

    def put(self, key: bytes, reading: Reading, effort: Effort) -> None:
        """Keeps a reading, all of it or nothing: what no longer fits on the disk is not kept."""
        with suppress(OSError):
            handle, name = tempfile.mkstemp(prefix="new-", suffix=SUFFIX, dir=self._folder)
            draft = Path(name)
            try:
                os.close(handle)
                draft.write_bytes(_pack(reading, effort))
                draft.replace(self._file(key))
            except OSError:
                draft.unlink()
                raise
        if self._put % BETWEEN == 0:
            self._drop()
        self._put += 1

    def _file(self, key: bytes) -> Path:
        return self._folder / f"{key.hex()}{SUFFIX}"

    def _drop(self) -> None:
        """Removes what was used least recently, where there is too much."""
        found: list[tuple[float, int, Path]] = []
        # Another process may be removing the same ones.
        for file in self._folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):
                state = file.lstat()
                found.append((state.st_mtime, state.st_size, file))
        total = sum(size for _, size, _ in found)
        for _, size, file in sorted(found):
            if total <= self._limit:
                return
            with suppress(OSError):
                file.unlink()
            total -= size


def kept_readings() -> KeptReadings | None:
    """Those in the folder that LEOPARD_READINGS names; None where it is not set."""
    folder = os.environ.get(VARIABLE)
    return KeptReadings(Path(folder)) if folder else None


def _pack(reading: Reading, effort: Effort) -> bytes:
    rows = [[_listed(line) for line in row] for row in reading.rows]
    took = (effort.lines_read, effort.lines_known, effort.pieces_read, effort.pieces_known)
    content = [reading.width, reading.height, rows, reading.cells, took]
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode())


def _unpack(packed: bytes) -> tuple[Reading, Effort]:
    width, height, rows, cells, took = json.loads(zlib.decompress(packed))
    reading = Reading(
        tuple(tuple(map(_line, row)) for row in rows), width, height, tuple(map(tuple, cells))
    )
    return reading, Effort(*took)


def _listed(line: Line) -> list[object]:
    box = line.box
    sides = (box.left, box.top, box.width, box.height)
    return [line.text, sides, line.confidence, line.edges, line.turn]


def _line(listed: list[Any]) -> Line:
    text, sides, confidence, edges, turn = listed
    return Line(text, Box(*sides), confidence, tuple(edges), turn)


__all__ = ["VARIABLE", "KeptReadings", "kept_readings"]
