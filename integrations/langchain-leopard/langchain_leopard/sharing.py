"""One loaded model for all that ask for the same: loaded when first needed, freed with the last.

Chains copy their chat models (`configurable_fields`, `bind`, agents), and none of the copies may
load seconds' worth of weights again. Knows no LangChain.
"""

from __future__ import annotations

import os
import threading
import weakref

from leopard_tools import LazyLeopard

Key = tuple[str, str, str, str | None]
"""checkpoint, device, dtype, adapter"""

_KNOWN: weakref.WeakValueDictionary[Key, LazyLeopard] = weakref.WeakValueDictionary()
_LOCK = threading.Lock()


def share(
    checkpoint: str = "nano", device: str = "auto", dtype: str = "auto", adapter: str | None = None
) -> LazyLeopard:
    """What everybody has who asks for the same, while anybody has it. Loads nothing."""
    key = (checkpoint, device, dtype, adapter)
    with _LOCK:
        found = _KNOWN.get(key)
        if found is None:
            found = _KNOWN[key] = LazyLeopard(
                checkpoint, device=device, dtype=dtype, adapter=adapter
            )
        return found


def _begin_anew() -> None:
    """In a fork: a thread that held the lock did not come along."""
    global _LOCK
    _LOCK = threading.Lock()


# Windows has no forks.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)

__all__ = ["Key", "share"]
