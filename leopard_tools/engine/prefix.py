"""Caches of sequences put aside, so that the next one with the same beginning starts from it.

Knows positions by their keys (prompt.py): equal keys up to a position are an equal beginning.
Only the worker's thread uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..caching import CacheFigures
from .cache import BLOCK, KVCache

if TYPE_CHECKING:
    from .prompt import Keys

SHORTEST = 32
"""Shared beginnings below this many positions are computed again: that costs less than a copy."""
ROOM = 32
"""Positions of memory for an answer, so that a short one needs no growing."""


@dataclass(slots=True)
class Kept:
    """A cache with the keys of its valid positions, or of more."""

    keys: Keys
    cache: KVCache


class PrefixCache:
    """Keeps caches up to `limit` bytes; those used least recently go first. 0 turns it off.

    Of one that is larger than the limit the beginning is kept that fits.
    """

    def __init__(self, limit: int, new: Callable[[], KVCache]) -> None:
        self._limit = limit
        self._new = new
        # From the least to the most recently used.
        self._kept: list[Kept] = []
        self._hits = self._misses = 0

    def take(self, keys: Keys, busy: Iterable[Kept] = ()) -> KVCache:
        """A cache whose valid positions are the longest known beginning of `keys`, maybe none.

        `busy` are caches at work, which only grow: what they begin with may be copied too. At
        least one position is left to be computed, since nothing keeps the logits.
        """
        best, common = self._longest(keys, busy)
        if best is None:
            self._misses += 1
            return self._new()
        self._hits += 1
        idle = any(best is kept for kept in self._kept)
        lost = best.cache.length - common
        # Taking it costs what stands behind the shared beginning; copying costs memory.
        if not idle or lost > common // 4:
            if idle:
                self._touch(best)
            return best.cache.copy(common, len(keys) + ROOM)
        self._remove(best)
        best.cache.crop(common)
        return best.cache

    def give(self, keys: Keys, cache: KVCache) -> None:
        """Puts aside a cache that is no longer at work, and may crop it."""
        fits = self._limit // cache.shape.position_bytes // BLOCK * BLOCK
        cache.crop(min(cache.length, fits))
        if cache.length < SHORTEST:
            return
        new = Kept(keys[: cache.length], cache)
        # One that another one begins with has nothing of its own.
        self._kept = [k for k in self._kept if shared(k.keys, new.keys) < len(k.keys)]
        if any(shared(k.keys, new.keys) == len(new.keys) for k in self._kept):
            return
        cache.shrink(self._limit)
        self._kept.append(new)
        while self._kept and self.nbytes > self._limit:
            self._kept.pop(0)

    @property
    def on(self) -> bool:
        return self._limit > 0

    def clear(self) -> None:
        self._kept.clear()

    @property
    def nbytes(self) -> int:
        return sum(kept.cache.nbytes for kept in self._kept)

    @property
    def figures(self) -> CacheFigures:
        return CacheFigures(len(self._kept), self.nbytes, self._limit, self._hits, self._misses)

    def _longest(self, keys: Keys, busy: Iterable[Kept]) -> tuple[Kept | None, int]:
        if not self._limit:
            return None, 0
        best: Kept | None = None
        longest = SHORTEST - 1
        for kept in (*reversed(self._kept), *busy):
            known = kept.keys[: kept.cache.length]
            common = min(shared(known, keys), len(keys) - 1)
            if common > longest:
                best, longest = kept, common
        return best, longest

    def _touch(self, kept: Kept) -> None:
        self._remove(kept)
        self._kept.append(kept)

    def _remove(self, kept: Kept) -> None:
        self._kept = [other for other in self._kept if other is not kept]


def shared(one: Keys, other: Keys) -> int:
    """How many keys both begin with."""
    length = min(len(one), len(other))
    different = np.flatnonzero(one[:length] != other[:length])
    return int(different[0]) if len(different) else length
