"""Waiting for a turn and looking meanwhile whether the request may go on. Standard library only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

CHECK_SECONDS = 0.1
"""How long somebody waits before it looks whether its request may go on."""


@contextmanager
def held(lock: Lock, check: Callable[[], object]) -> Iterator[None]:
    """Holds a lock inside the block; what `check` raises while waiting for it ends the wait."""
    while not lock.acquire(timeout=CHECK_SECONDS):
        check()
    try:
        yield
    finally:
        lock.release()


__all__ = ["CHECK_SECONDS", "held"]
