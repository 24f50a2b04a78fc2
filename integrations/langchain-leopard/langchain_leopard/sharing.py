"""One loaded model for all that ask for the same: loaded when first needed, freed with the last.

Chains copy their chat models (`configurable_fields`, `bind`, agents), and none of the copies may
load seconds' worth of weights again. Knows no LangChain.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from leopard_tools.reading.ocr import Reader

if TYPE_CHECKING:
    from leopard_tools import Leopard

Key = tuple[str, str, str, str | None]
"""checkpoint, device, dtype, adapter"""


class Shared:
    """A Leopard that may not be loaded yet. Its copies are itself."""

    def __init__(self, load: Callable[[Reader], Leopard]) -> None:
        self._load = load
        self._leopard: Leopard | None = None
        self._reader = Reader()
        self._loading = threading.Lock()

    @property
    def loaded(self) -> bool:
        return self._leopard is not None

    def get(self) -> Leopard:
        """The Leopard; the first call loads it, and others wait for that.

        It is loaded again where it answers no more: it was closed, or its engine failed.
        """
        with self._loading:
            if self._leopard is None or self._leopard.closed:
                self._leopard = self._load(self._reader)
                # One that comes after it begins anew: this may be a fork, or the reader be broken.
                self._reader = Reader()
            return self._leopard

    @property
    def reader(self) -> Reader:
        """What the Leopard reads with, or will where it is still to be loaded."""
        leopard = self._leopard
        return self._reader if leopard is None or leopard.closed else leopard.reader

    def begin_anew(self) -> Leopard | None:
        """To be called in a fork: gives what came along into it, and forgets it."""
        self._loading, self._reader = threading.Lock(), Reader()
        inherited, self._leopard = self._leopard, None
        return inherited

    def __copy__(self) -> Shared:
        return self

    def __deepcopy__(self, memo: object) -> Shared:
        return self


_KNOWN: weakref.WeakValueDictionary[Key, Shared] = weakref.WeakValueDictionary()
_LOCK = threading.Lock()
_INHERITED: list[Leopard | None] = []
"""What came along into this fork. It is never dropped, as that would wait for a worker's lock."""


def share(checkpoint: str, device: str, dtype: str, adapter: str | None) -> Shared:
    """What everybody has who asks for the same, while anybody has it. Loads nothing."""
    key = (checkpoint, device, dtype, adapter)

    def load(reader: Reader) -> Leopard:
        from leopard_tools import Leopard

        return Leopard.load(checkpoint, device=device, dtype=dtype, adapter=adapter, reader=reader)

    with _LOCK:
        found = _KNOWN.get(key)
        if found is None:
            found = _KNOWN[key] = Shared(load)
        return found


def _begin_anew() -> None:
    """In a fork: threads that hold locks did not come along, nor did the engines' own."""
    global _LOCK
    _LOCK = threading.Lock()
    _INHERITED.extend(shared.begin_anew() for shared in list(_KNOWN.values()))


# Windows has no forks.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)

__all__ = ["Key", "Shared", "share"]
