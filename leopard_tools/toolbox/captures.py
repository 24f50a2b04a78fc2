"""Captures kept in memory: unguessable ids, owners, and a bound in bytes.

The least recently used goes first. Nothing is written to disk. May be used from many threads.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import ImageTooLarge, LeopardError
from ..images.naming import shown
from ..types import Frame, Reading
from .excerpts import within

Kind = Literal["screen", "document", "page"]
Source = tuple[object, ...]

BYTES_PER_PIXEL = 3
NOBODY = ""
"""The owner of what callers without a session capture: only the id leads to it."""
# Letters that are not mistaken for one another: 20 of 31 are 99 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_LETTERS = 20


@dataclass(frozen=True, slots=True)
class Capture:
    """A frame under its id. `source` says what was captured, so that the same can be found again.

    `share` is the strip of a web page, (from, until) in CSS pixels, that this segment of it is
    asked about: what two neighbours both show belongs to one of them. `siblings` is how many were
    captured together, itself included.
    """

    id: str
    frame: Frame
    kind: Kind
    source: Source
    share: tuple[int, int] | None = None
    siblings: int = 1

    @property
    def bytes(self) -> int:
        width, height = self.frame.size
        return BYTES_PER_PIXEL * width * height

    def read(self, reader: Callable[[Frame], Reading]) -> Reading:
        """Its text, of a web page's segment only its own share."""
        reading = reader(self.frame)
        return reading if self.share is None else within(reading, self.frame, self.share)


def is_id(text: str) -> bool:
    """Whether a text has the form of an id, or of the name of several."""
    name, _, number = text.partition("-")
    return (
        len(name) == _LETTERS and set(name) <= set(_ALPHABET) and (not number or number.isdigit())
    )


class CaptureStore:
    """The captures of all sessions, in at most `limit` bytes together; `option` is what sets it."""

    def __init__(self, limit: int, option: str = "memory_bytes") -> None:
        self._limit, self._option = limit, option
        self._lock = threading.RLock()
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
        Raises ImageTooLarge for frames that do not fit together, LeopardError for none.
        """
        if not frames:
            raise LeopardError(
                "The list of pages is empty. Name those that you want, or leave it out for all."
            )
        name = "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
        ids = [name] if len(frames) == 1 else [f"{name}-{n}" for n in range(1, len(frames) + 1)]
        given: Sequence[tuple[int, int] | None] = shares or [None] * len(frames)
        captures = [
            Capture(key, frame, kind, source, share, len(frames))
            for key, frame, share in zip(ids, frames, given, strict=True)
        ]
        with self._lock:
            self._keep(owner, captures)
        return captures

    def get(self, owner: str, ids: Iterable[str]) -> list[Capture]:
        """The captures of these ids, in order; the name of several stands for all of them.

        Raises LeopardError for an id that is unknown to this owner.
        """
        found: dict[str, Capture] = {}
        with self._lock:
            for key in ids:
                members = self._members(owner, key)
                if not members:
                    raise LeopardError(
                        f"There is no capture {shown(key)!r} here: it was dropped to make room, or "
                        "the key is not one that this session was given. Capture it again."
                    )
                if key not in self._kept and len(members) != members[0].siblings:
                    raise LeopardError(
                        f"Of the {members[0].siblings} captures of {key} only {len(members)} are "
                        "left, the others were dropped. Name single ones, or capture it again."
                    )
                found |= {capture.id: capture for capture in members}
            for key in found:
                self._kept.move_to_end(key)
        return list(found.values())

    def latest(self, owner: str, source: Source) -> Capture | None:
        """The last capture of the same source by the same owner, if it is still kept."""
        with self._lock:
            key = self._latest.get((owner, source))
            return None if key is None else self._kept[key][1]

    def again(self, owner: str, source: Source) -> list[Capture]:
        """The captures of the same source by the same owner, if all of them are still kept."""
        with self._lock:
            last = self.latest(owner, source)
            members = [] if last is None else self._members(owner, last.id.partition("-")[0])
            for capture in members:
                self._kept.move_to_end(capture.id)
        return members if last is not None and len(members) == last.siblings else []

    def forget(self, owner: str, ids: Iterable[str] | None = None) -> int:
        """Drops captures, all of the owner's without ids; how many there were.

        Raises LeopardError as `get` does.
        """
        with self._lock:
            if ids is not None:
                dropped = [capture.id for capture in self.get(owner, ids)]
            elif owner == NOBODY:
                # Without a session there is no telling whose they are.
                dropped = []
            else:
                dropped = [key for key, (o, _) in self._kept.items() if o == owner]
            for key in dropped:
                self._drop(key)
        return len(dropped)

    def clear(self) -> None:
        """Drops everything."""
        with self._lock:
            self._kept.clear()
            self._latest.clear()
            self.bytes = 0

    def _keep(self, owner: str, captures: Sequence[Capture]) -> None:
        needed = sum(capture.bytes for capture in captures)
        if needed > self._limit:
            raise ImageTooLarge(
                f"These {len(captures)} pictures take {_megabytes(needed)}, and the memory for "
                f"captures is {_megabytes(self._limit)}. Open fewer at a time, or ask the user to "
                f"raise {self._option} to {-(-needed // 2**20)} MB."
            )
        while self.bytes + needed > self._limit:
            self._drop(next(iter(self._kept)))
        for capture in captures:
            self._kept[capture.id] = (owner, capture)
        self.bytes += needed
        if owner != NOBODY:
            self._latest[owner, captures[-1].source] = captures[-1].id

    def _members(self, owner: str, key: str) -> list[Capture]:
        if key in self._kept:
            return [self._kept[key][1]] if self._kept[key][0] == owner else []
        # A name that was given has all its letters; a shorter one would fit anything.
        if len(key) != _LETTERS:
            return []
        found = [c for o, c in self._kept.values() if o == owner and c.id.startswith(f"{key}-")]
        # They are kept by their last use, and belong in the order of their pages.
        return sorted(found, key=lambda capture: int(capture.id.partition("-")[2]))

    def _drop(self, key: str) -> None:
        owner, capture = self._kept.pop(key)
        self.bytes -= capture.bytes
        if self._latest.get((owner, capture.source)) == key:
            del self._latest[owner, capture.source]


def _megabytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MB"


__all__ = ["BYTES_PER_PIXEL", "NOBODY", "Capture", "CaptureStore", "Kind", "Source", "is_id"]
