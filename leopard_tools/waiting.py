"""Waiting for a turn or for a thread, and who looks whether that is still wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Lock

from .errors import Cancelled

Check = Callable[[], None]
"""Raises where nobody waits any more; called between the parts of what takes long."""
CHECK_SECONDS = 0.1
"""How long somebody waits before it looks whether its request may go on."""


def nothing() -> None:
    """The check of somebody who waits for ever."""


@contextmanager
def _held(lock: Lock, check: Check) -> Iterator[None]:
    """Holds a lock inside the block; what `check` raises while waiting for it ends the wait."""
    while not lock.acquire(timeout=CHECK_SECONDS):
        check()
    try:
        yield
    finally:
        lock.release()


class Turns:
    """Work that one does at a time: who waits comes before who has just had a turn."""

    def __init__(self) -> None:
        self._door, self._work = Lock(), Lock()

    @contextmanager
    def turn(self, check: Check = nothing) -> Iterator[None]:
        """Has a turn inside the block; what `check` raises while waiting for it ends the wait."""
        with ExitStack() as stack:
            # Whoever comes back stands before the door until the next one is at work: a lock alone
            # is taken again before those who wait for it have noticed that it was free.
            with _held(self._door, check):
                stack.enter_context(_held(self._work, check))
            yield


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


__all__ = ["CHECK_SECONDS", "Check", "Turns", "awaited", "nothing"]
