"""Waiting for a turn or for a thread, and who looks whether that is still wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from .errors import Cancelled

Check = Callable[[], None]
"""Raises where nobody waits any more; called between the parts of what takes long."""
CHECK_SECONDS = 0.1
"""How long somebody waits before it looks whether its request may go on."""


def nothing() -> None:
    """The check of somebody who waits for ever."""


@contextmanager
def held(lock: Lock, check: Check) -> Iterator[None]:
    """Holds a lock inside the block; what `check` raises while waiting for it ends the wait."""
    while not lock.acquire(timeout=CHECK_SECONDS):
        check()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def awaited() -> Iterator[Check]:
    """A check for what works in a thread while a task waits for it inside the block.

    Once the block is left, since the task was cancelled, it raises Cancelled.
    """
    left = Event()

    def check() -> None:
        if left.is_set():
            raise Cancelled("Nobody waits for this any more. Ask for it again.")

    try:
        yield check
    finally:
        left.set()


__all__ = ["CHECK_SECONDS", "Check", "awaited", "held", "nothing"]
