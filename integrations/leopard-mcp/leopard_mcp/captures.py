"""Captures kept in memory: unguessable ids, owners, and a bound in bytes.

The least recently used goes first. Nothing is written to disk. Knows no MCP; used from one thread.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from leopard_tools.errors import ImageTooLarge, LeopardError
from leopard_tools.types import Frame

Kind = Literal["screen", "document", "page"]
Source = tuple[object, ...]

NOBODY = ""
"""The owner of what callers without a session capture: only the id leads to it."""
# Letters that are not mistaken for one another: 20 of 31 are 99 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_LETTERS = 20


@dataclass(frozen=True, slots=True)
class Capture:
    """A frame under its id. `source` says what was captured, so that the same can be found again.

    `share` is the strip of a web page, (from, until) in CSS pixels, that this segment of it is
    asked about: what two neighbours both show belongs to one of them.
    """

    id: str
    frame: Frame
    kind: Kind
    source: Source
    share: tuple[int, int] | None = None

    @property
    def bytes(self) -> int:
        width, height = self.frame.size
        return 3 * width * height


class CaptureStore:
    """The captures of all sessions, in at most `limit` bytes together."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, tuple[str, Capture]] = OrderedDict()
        self._latest: dict[tuple[str, Source], str] = {}
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def add(
        self,
        owner: str,
        frames: Sequence[Frame],
        kind: Kind,
        source: Source,
        shares: Sequence[tuple[int, int]] = (),
    ) -> list[Capture]:
        """Keeps frames that belong together, and drops the least recently used for them.

        The ids of several are NAME-1, NAME-2 and so on; NAME alone stands for all of them.
        Raises ImageTooLarge for frames that do not fit together.
        """
        name = "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
        ids = [name] if len(frames) == 1 else [f"{name}-{n}" for n in range(1, len(frames) + 1)]
        given: Sequence[tuple[int, int] | None] = shares or [None] * len(frames)
        captures = [
            Capture(key, frame, kind, source, share)
            for key, frame, share in zip(ids, frames, given, strict=True)
        ]
        needed = sum(capture.bytes for capture in captures)
        if needed > self._limit:
            raise ImageTooLarge(
                f"These {len(frames)} pictures take {_megabytes(needed)} and this server keeps "
                f"{_megabytes(self._limit)}. Open fewer at a time, or start it with --memory "
                f"{-(-needed // 2**20)}."
            )
        while self.bytes + needed > self._limit:
            self._drop(next(iter(self._kept)))
        for capture in captures:
            self._kept[capture.id] = (owner, capture)
        self.bytes += needed
        if owner != NOBODY:
            self._latest[owner, source] = ids[-1]
        return captures

    def get(self, owner: str, ids: Iterable[str]) -> list[Capture]:
        """The captures of these ids, in order; the name of several stands for all of them.

        Raises LeopardError for an id that is unknown to this owner.
        """
        found: dict[str, Capture] = {}
        for key in ids:
            members = self._members(owner, key)
            if not members:
                raise LeopardError(
                    f"There is no capture {key!r} here: it was dropped to make room, or the key is "
                    "not one that this session was given. Capture it again."
                )
            found |= {capture.id: capture for capture in members}
        for key in found:
            self._kept.move_to_end(key)
        return list(found.values())

    def latest(self, owner: str, source: Source) -> Capture | None:
        """The last capture of the same source by the same owner, if it is still kept."""
        key = self._latest.get((owner, source))
        return None if key is None else self._kept[key][1]

    def forget(self, owner: str, ids: Iterable[str] | None = None) -> int:
        """Drops captures, all of the owner's without ids; how many there were.

        Raises LeopardError as `get` does.
        """
        if ids is None:
            # Without a session there is no telling whose they are.
            dropped = (
                [] if owner == NOBODY else [key for key, (o, _) in self._kept.items() if o == owner]
            )
        else:
            dropped = [capture.id for capture in self.get(owner, ids)]
        for key in dropped:
            self._drop(key)
        return len(dropped)

    def clear(self) -> None:
        """Drops everything."""
        self._kept.clear()
        self._latest.clear()
        self.bytes = 0

    def _members(self, owner: str, key: str) -> list[Capture]:
        if key in self._kept:
            return [self._kept[key][1]] if self._kept[key][0] == owner else []
        # A name that was given has all its letters; a shorter one would fit anything.
        if len(key) != _LETTERS:
            return []
        return [c for o, c in self._kept.values() if o == owner and c.id.startswith(f"{key}-")]

    def _drop(self, key: str) -> None:
        owner, capture = self._kept.pop(key)
        self.bytes -= capture.bytes
        if self._latest.get((owner, capture.source)) == key:
            del self._latest[owner, capture.source]


def _megabytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MB"


__all__ = ["NOBODY", "Capture", "CaptureStore", "Kind", "Source"]
