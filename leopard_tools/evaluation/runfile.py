"""The run file: one JSON object a line, each written through to the disk as it comes.

A line with `settings` says how the answers of its `system` after it were made; all others are
answers, each with the `key` of its question. A file may hold the answers of several systems. What
was cut off in the middle of a line (a crash, a full disk) is that line alone. It must not know
what is right.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from ..errors import LeopardError
from .replies import Reply
from .settings import Settings

_BEGINNING = b'{"system": "'
"""Of every line."""


@dataclass(slots=True)
class Kept:
    """What a run file holds of one system: replies by key, and its settings, the last ones last."""

    replies: dict[str, Reply] = field(default_factory=dict)
    settings: list[Settings] = field(default_factory=list)


class RunFile:
    """A run file that is open for one system; only one process at a time can have it open.

    Raises LeopardError where the file cannot be used.
    """

    def __init__(self, file: Path, system: str) -> None:
        self._file = file
        self._system = system
        self._lock = threading.Lock()
        try:
            new = not file.exists()
            self._stream = file.open("a+b")
            if new:
                _sync_folder(file.parent)
        except OSError as error:
            raise unwritable(file, error) from None
        try:
            self._reserve()
            self.kept = self._recover()
        except BaseException:
            self._stream.close()
            raise

    def _reserve(self) -> None:
        """Keeps other processes out; on Windows two runs of one file are not noticed."""
        if sys.platform == "win32":
            return
        import fcntl

        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LeopardError(
                f"Another run is writing {self._file}. Wait for it, or give another file."
            ) from None

    def _recover(self) -> Kept:
        """What the file holds; half a line at its end is cut off, once it is known to be ours."""
        self._stream.seek(0)
        content = self._stream.read()
        whole = content[: content.rfind(b"\n") + 1]
        found = _parse(whole, self._file)
        if not whole and content[: len(_BEGINNING)] != _BEGINNING[: len(content)]:
            raise _no_result(self._file, 1)
        if whole != content:
            self._stream.truncate(len(whole))
        return found.get(self._system, Kept())

    def describe(self, settings: Settings) -> None:
        """Notes the settings, unless they are those that the file ends with."""
        if not self.kept.settings or self.kept.settings[-1].differences(settings):
            self._append({"system": self._system, "settings": settings.to_dict()})

    def add(self, key: str, reply: Reply) -> None:
        """Keeps a reply; when this returns it is on the disk."""
        self._append({"system": self._system, "key": key, **reply.to_dict()})

    def _append(self, entry: Mapping[str, object]) -> None:
        line = _line(entry)
        with self._lock:
            try:
                self._stream.write(line)
                self._stream.flush()
                os.fsync(self._stream.fileno())
            except OSError as error:
                raise unwritable(self._file, error) from None

    def __enter__(self) -> RunFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()


def read_run_file(file: Path) -> dict[str, Kept]:
    """What a run file holds, by system. Raises LeopardError where it is none."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise LeopardError(f"{file} cannot be read: {error.strerror or error}.") from None
    return _parse(content[: content.rfind(b"\n") + 1], file)


def check_run_file(file: Path) -> None:
    """Refuses a file that cannot keep answers, before anything is computed for it.

    Raises LeopardError where it holds something else, or its folder is not there.
    """
    if file.exists():
        read_run_file(file)
    elif not file.parent.is_dir():
        raise unwritable(file, FileNotFoundError())


def write_run_file(
    file: Path, system: str, settings: Settings, replies: Iterable[tuple[str, Reply]]
) -> None:
    """Writes a whole run file at once: there is the old one or all of the new one, never a part."""
    lines: list[dict[str, object]] = [{"system": system, "settings": settings.to_dict()}]
    lines += [{"system": system, "key": key, **reply.to_dict()} for key, reply in replies]
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as stream:
            for line in lines:
                stream.write(_line(line))
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        raise unwritable(file, error) from None


def unwritable(file: Path, error: OSError) -> LeopardError:
    """What to raise where a file could not be written."""
    if not file.parent.is_dir():
        return LeopardError(f"{file} cannot be written: there is no folder {file.parent}. Make it.")
    return LeopardError(
        f"{file} cannot be written: {error.strerror or error}. Give another file, or make room."
    )


def _line(entry: Mapping[str, object]) -> bytes:
    # ASCII, since the name of a data set's folder need not be text.
    return json.dumps(entry).encode() + b"\n"


def _parse(content: bytes, file: Path) -> dict[str, Kept]:
    found: dict[str, Kept] = {}
    for number, line in enumerate(content.splitlines(), 1):
        try:
            entry = json.loads(line)
            kept = found.setdefault(entry.pop("system"), Kept())
            if "settings" in entry:
                kept.settings.append(Settings.from_dict(entry["settings"]))
            else:
                key = entry.pop("key")
                kept.replies[key] = Reply.from_dict(entry)
        # RecursionError: what is nested too deeply.
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise _no_result(file, number) from None
    return found


def _no_result(file: Path, number: int) -> LeopardError:
    return LeopardError(
        f"{file}, line {number}: this is no result of `leopard eval`. Give another file."
    )


def _sync_folder(folder: Path) -> None:
    """A new name in a folder survives a crash once the folder itself is on the disk."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


__all__ = [
    "Kept",
    "RunFile",
    "check_run_file",
    "read_run_file",
    "unwritable",
    "write_run_file",
]
