"""Seconds by stage, for one request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from ..types import Timings


class Stopwatch:
    """Starts when made; stages add up, so one may be entered many times."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self._seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds the time spent inside to a stage: the name of a field of Timings."""
        before = perf_counter()
        try:
            yield
        finally:
            self.add(name, perf_counter() - before)

    def add(self, name: str, seconds: float) -> None:
        """Adds time that was measured elsewhere to a stage."""
        self._seconds[name] = self._seconds.get(name, 0.0) + seconds

    def leave_out(self, seconds: float) -> None:
        """Does not count time in which the request lay still."""
        self._start += seconds

    def mark_first_token(self) -> None:
        self._seconds.setdefault("first_token", perf_counter() - self._start)

    def timings(self) -> Timings:
        return Timings(**self._seconds, total=perf_counter() - self._start)
