"""Keeps what reading found out: whole pictures, the detector's pieces, the lines on strips.

Everything is kept under its pixels' content and the network that saw them, so what is found here
is what the network would give. Must not know how any of it is computed.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..caching import ByteCache, CacheFigures
from ..types import Reading
from .writing import Writing

if TYPE_CHECKING:
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Effort:
    """What one read took: lines recognised and lines known, pieces looked at and pieces known.

    A line is known if the same pixels were read before, also as another line of the same picture.
    """

    lines_read: int = 0
    lines_known: int = 0
    pieces_read: int = 0
    pieces_known: int = 0

    def __add__(self, other: Effort) -> Effort:
        return Effort(
            self.lines_read + other.lines_read,
            self.lines_known + other.lines_known,
            self.pieces_read + other.pieces_read,
            self.pieces_known + other.pieces_known,
        )

    def repeated(self) -> Effort:
        """What the same read takes when the whole picture is known."""
        return Effort(
            0, self.lines_read + self.lines_known, 0, self.pieces_read + self.pieces_known
        )


@dataclass(frozen=True, slots=True)
class ReaderFigures:
    """What a reader's caches hold, and how often they were of use."""

    pictures: CacheFigures
    pieces: CacheFigures
    lines: CacheFigures


class Memory:
    """Three caches, each of a third of `limit` bytes; may be used by several threads."""

    def __init__(self, limit: int) -> None:
        share = limit // 3
        self.pictures: ByteCache[bytes, tuple[Reading, Effort]] = ByteCache(share)
        self.lines: ByteCache[bytes, Writing] = ByteCache(share)
        self._pieces: ByteCache[bytes, bytes] = ByteCache(share)

    @property
    def figures(self) -> ReaderFigures:
        return ReaderFigures(self.pictures.figures, self._pieces.figures, self.lines.figures)

    def keep_picture(self, key: bytes, reading: Reading, effort: Effort) -> None:
        characters = sum(len(line.text) for line in reading.lines)
        self.pictures.put(key, (reading, effort), 400 * (1 + len(reading.lines)) + 33 * characters)

    def piece(self, pixels: Pixels, network: str, look: Callable[[Pixels], Pixels]) -> Piece:
        """What `look` gives for a piece (an array of its height and width), and whether known."""
        key = fingerprint(pixels, network)
        packed = self._pieces.get(key)
        if packed is not None:
            found = np.frombuffer(zlib.decompress(packed), np.uint8)
            return found.reshape(pixels.shape[:2]), True
        found = look(pixels)
        # Nearly all of it is zero: a hundredth of the size for a millisecond.
        packed = zlib.compress(found.tobytes(), 1)
        self._pieces.put(key, packed, len(packed))
        return found, False


Piece = tuple["Pixels", bool]


def fingerprint(pixels: Pixels, network: str = "") -> bytes:
    """A digest of an array's shape and content, and of the network that it is shown to."""
    digest = hashlib.blake2b(f"{network} {pixels.shape}".encode(), digest_size=16)
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.digest()


__all__ = ["Effort", "Memory", "ReaderFigures", "fingerprint"]
