"""The copy of a deck that LibreOffice gets to see: nothing in it leads out of it.

A PPTX or ODP is a ZIP of parts. Every part that is XML, among them pictures (SVG, packed or not)
and documents within the deck, is read, and references to what is not in the deck are taken out;
what begins like XML and is none, or is packed in itself too often, is left out. The ZIP is written
anew, so that no program finds other parts in it than were looked at here. Binary parts, old office
documents and PostScript among them, are copied as they are.
"""

from __future__ import annotations

import gzip
import shutil
import tempfile
import zipfile
import zlib
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from .parts import PACKED, BrokenDeck, part_name
from .references import NoXML, Part, is_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

    from .wanted import Check

    Stream = IO[bytes] | gzip.GzipFile
    Opened = Callable[[], Stream]

_CHUNK = 2**20
_LARGEST_XML = 64 * 2**20
_DEEPEST = 4
"""Packages, packed pictures and data URLs inside each other."""
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
# What zipfile, gzip and zlib raise for what they cannot unfold.
_UNREADABLE = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    KeyError,
    zipfile.BadZipFile,
    zlib.error,
)


class _Unsafe(Exception):
    """A part that cannot be looked at, and is left out for that."""


def copy_closed(source: IO[bytes], target: IO[bytes], most: int, check: Check) -> None:
    """Copies a deck without what leads out of it.

    most: the bytes that it may unfold to, with all that is packed in it. Raises BrokenDeck where
    it is more or cannot be unfolded, and what `check` raises.
    """
    try:
        _Copy(most, check).package(source, target, 1)
    except _Unsafe as fault:
        raise BrokenDeck(str(fault)) from fault


class _Copy:
    def __init__(self, most: int, check: Check) -> None:
        self._left, self._check = most, check

    def package(self, source: IO[bytes], target: IO[bytes], depth: int) -> None:
        """Raises _Unsafe where it is no package that can be unfolded."""
        try:
            old = zipfile.ZipFile(source)
        except _UNREADABLE as fault:
            raise _Unsafe("it is no whole ZIP") from fault
        with old, zipfile.ZipFile(target, "w", compresslevel=1) as new:
            # Of parts with one name programs read the last one, and so does `decks`.
            for name, entry in {entry.filename: entry for entry in old.infolist()}.items():
                if entry.compress_type not in PACKED:
                    raise _Unsafe(f"its part {part_name(name)} is packed as in no deck")
                new.compression = entry.compress_type
                opened = partial(old.open, entry)
                large = entry.file_size >= 2**31
                with new.open(name, "w", force_zip64=large) as part, suppress(_Unsafe):
                    self._part(opened, part, depth)

    def _part(self, opened: Opened, target: Stream, depth: int) -> None:
        """Writes a part without what leads out of it. Raises _Unsafe where it cannot be known."""
        head = next(self._chunks(opened), b"")
        if not (head.startswith((_ZIP, _GZIP)) or is_xml(head)):
            self._copy(opened, target)
        elif depth > _DEEPEST:
            raise _Unsafe("it is packed in itself too often")
        elif is_xml(head):
            self._xml(opened, target, depth)
        else:
            # Written to the end before any of it is kept.
            with tempfile.SpooledTemporaryFile(_CHUNK) as closed:
                if head.startswith(_ZIP):
                    with tempfile.SpooledTemporaryFile(_CHUNK) as inner:
                        self._copy(opened, inner)
                        self.package(inner, closed, depth + 1)
                else:
                    with gzip.GzipFile(fileobj=closed, mode="wb", compresslevel=1) as packed:
                        self._part(partial(_unpacked, opened), packed, depth + 1)
                closed.seek(0)
                shutil.copyfileobj(closed, target)

    def _xml(self, opened: Opened, target: Stream, depth: int) -> None:
        part = Part(partial(self._harmless, depth=depth + 1))
        try:
            part.read(self._counted(opened, _LARGEST_XML))
        except NoXML as fault:
            raise _Unsafe("it begins like XML and is none") from fault
        chunks = self._chunks(opened)
        target.writelines(chunks if part.closed else part.rewritten(chunks))

    def _harmless(self, content: bytes, depth: int) -> bool:
        """Whether content that lies within a part, not packed in any way, leads nowhere."""
        if content.startswith((_ZIP, _GZIP)) or depth > _DEEPEST:
            return False
        if not is_xml(content):
            return True
        part = Part(partial(self._harmless, depth=depth + 1))
        try:
            part.read([content])
        except NoXML:
            return False
        return part.closed

    def _copy(self, opened: Opened, target: Stream) -> None:
        target.writelines(self._counted(opened))

    def _counted(self, opened: Opened, most: int | None = None) -> Iterator[bytes]:
        """What it unfolds to, which is counted. Raises _Unsafe over `most` bytes."""
        read = 0
        for chunk in self._chunks(opened):
            read += len(chunk)
            self._left -= len(chunk)
            if self._left < 0:
                raise BrokenDeck("it unfolds to more than it says")
            if most is not None and read > most:
                raise _Unsafe("its XML is too large")
            yield chunk

    def _chunks(self, opened: Opened) -> Iterator[bytes]:
        """What it unfolds to, each chunk once it is known that somebody waits for it."""
        try:
            part = opened()
        except _UNREADABLE as fault:
            raise _Unsafe("it cannot be unfolded") from fault
        with part:
            while chunk := _read(part):
                self._check()
                yield chunk


def _read(part: Stream) -> bytes:
    try:
        return part.read(_CHUNK)
    except _UNREADABLE as fault:
        raise _Unsafe("it cannot be unfolded") from fault


def _unpacked(opened: Opened) -> gzip.GzipFile:
    return gzip.GzipFile(fileobj=opened())


__all__ = ["copy_closed"]
