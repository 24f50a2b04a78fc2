"""One loaded model for all that ask for the same: loaded when first needed, freed with the last.

Chains copy their chat models (`configurable_fields`, `bind`, agents), and none of the copies may
load seconds' worth of weights again. Knows no LangChain.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leopard_tools import Leopard

Key = tuple[str, str, str, str | None]
"""checkpoint, device, dtype, adapter"""


class Shared:
    """A Leopard that may not be loaded yet. Its copies are itself."""

    def __init__(self, load: Callable[[], Leopard]) -> None:
        self._load = load
        self._leopard: Leopard | None = None
        self._loading = threading.Lock()

    @property
    def loaded(self) -> bool:
        return self._leopard is not None

    def get(self) -> Leopard:
        """The Leopard; the first call loads it, and others wait for that."""
        with self._loading:
            if self._leopard is None:
                self._leopard = self._load()
            return self._leopard

    def __copy__(self) -> Shared:
        return self

    def __deepcopy__(self, memo: object) -> Shared:
        return self


_KNOWN: weakref.WeakValueDictionary[Key, Shared] = weakref.WeakValueDictionary()
_LOCK = threading.Lock()


def share(checkpoint: str, device: str, dtype: str, adapter: str | None) -> Shared:
    """What everybody has who asks for the same, while anybody has it. Loads nothing."""
    key = (checkpoint, device, dtype, adapter)

    def load() -> Leopard:
        from leopard_tools import Leopard

        return Leopard.load(checkpoint, device=device, dtype=dtype, adapter=adapter)

    with _LOCK:
        found = _KNOWN.get(key)
        if found is None:
            found = _KNOWN[key] = Shared(load)
        return found


__all__ = ["Key", "Shared", "share"]
