"""Keeps what was computed, up to a number of bytes; what was used least recently goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class CacheFigures:
    """What a cache holds (entries, bytes of `limit`) and how often it was asked in vain or not."""

    entries: int
    bytes: int
    limit: int
    hits: int
    misses: int


class ByteCache(Generic[Key, Value]):
    """A least-recently-used cache bounded in bytes; may be used by several threads.

    A limit of 0 turns it off. What is larger than the limit is not kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._bytes = self._hits = self._misses = 0

    def get(self, key: Key) -> Value | None:
        """What was kept under `key`, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                self._misses += 1
                return None
            self._hits += 1
            self._kept.move_to_end(key)
            return found[0]

    def peek(self, key: Key) -> Value | None:
        """As `get`, but neither counted nor a use: for a second look under another lock."""
        with self._lock:
            found = self._kept.get(key)
            return None if found is None else found[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keeps `value` of `size` bytes, and drops what has to go for it."""
        with self._lock:
            if size > self._limit:
                return
            self._bytes -= self._kept.pop(key, (None, 0))[1]
            self._kept[key] = value, size
            self._bytes += size
            while self._bytes > self._limit:
                self._bytes -= self._kept.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Drops everything; the counts of hits and misses stay."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    @property
    def figures(self) -> CacheFigures:
        with self._lock:
            return CacheFigures(len(self._kept), self._bytes, self._limit, self._hits, self._misses)


__all__ = ["ByteCache", "CacheFigures"]
