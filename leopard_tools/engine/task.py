"""What the worker runs: a prompt to compute, and tokens to append for as long as one wants.

A task belongs to two threads. The worker calls `begin`, `feed`, `take` and `end`; the thread that
asked is told through its listener, and may cancel. Results are read after the end was told.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ..errors import Cancelled
from .cache import KVCache
from .language_model import LanguageModel
from .prefix import ROOM, Kept
from .prompt import EncodedPrompt

Event = str | None | Exception
"""What a listener is told: a piece of text, None at the end, or why there is none."""
Listener = Callable[[Event], None]


class Cancellation:
    """Whether a request is still wanted: a deadline, an event of the caller's, or `cancel`."""

    def __init__(self, timeout: float | None = None, event: threading.Event | None = None) -> None:
        self._timeout = timeout
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._event = event
        self._cancelled = False

    def cancel(self) -> None:
        self._cancelled = True

    def leave_out(self, seconds: float) -> None:
        """Does not count time in which the request lay still."""
        if self._deadline is not None:
            self._deadline += seconds

    def check(self) -> None:
        """Raises Cancelled where nobody waits any more."""
        if self._cancelled or (self._event is not None and self._event.is_set()):
            raise Cancelled("The request was cancelled.")
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise Cancelled(
                f"The request took longer than its timeout of {self._timeout:g} s. Allow it more, "
                "or ask about fewer images."
            )


@dataclass(frozen=True, slots=True)
class Feed:
    """Tokens to append, and how many of the last of them logits are wanted after."""

    ids: Sequence[int]
    wanted: int


class Task(ABC):
    """A request that the worker runs; `cached` positions of its prompt were not computed.

    Whoever holds it after its end holds the results, and neither the cache nor the features.
    """

    def __init__(self, encoded: EncodedPrompt, cancellation: Cancellation | None = None) -> None:
        self.prompt = encoded.prompt
        self.keys = encoded.keys
        self._patches = encoded.patches
        self.cancellation = cancellation or Cancellation()
        self.listener: Listener = _nobody
        self.cached = 0
        self.done = False
        self.prefill_seconds = self.decode_seconds = 0.0
        self._began = self._prefilled = 0.0
        self._cache: KVCache | None = None

    @abstractmethod
    def take(self, logits: Tensor) -> None:
        """Takes logits (wanted, vocabulary): first those after the prompt, then those of feeds."""

    @abstractmethod
    def feed(self) -> Feed:
        """What to append next; called after each `take` that did not set `done`."""

    @property
    def appended(self) -> Sequence[int]:
        """The tokens fed after the prompt, as far as the cache still holds them."""
        return ()

    @property
    def cache(self) -> KVCache:
        assert self._cache is not None
        return self._cache

    @property
    def kept(self) -> Kept:
        """The cache with the keys of its positions, for others to begin with."""
        keys = np.concatenate([self.keys, np.array(self.appended, dtype=np.int64)])
        return Kept(keys, self.cache)

    @property
    def missing(self) -> int:
        """How many positions of the prompt are still to be computed."""
        return max(0, len(self.keys) - self.cache.length)

    def begin(self, cache: KVCache) -> None:
        self._cache = cache
        self.cached = cache.length
        self._began = time.perf_counter()
        cache.reserve(len(self.keys) + ROOM)

    def rows(self, model: LanguageModel, count: int) -> Tensor:
        """(count, hidden): embeddings of the prompt's next positions."""
        start = self.cache.length
        stop = start + count
        embeddings = model.embed(self.prompt.ids[start:stop])
        for first, rows in self._patches:
            low, high = max(start, first), min(stop, first + len(rows))
            if low < high:
                embeddings[low - start : high - start] = rows[low - first : high - first].to(
                    embeddings
                )
        return embeddings

    def prefilled(self) -> None:
        self._prefilled = time.perf_counter()
        self.prefill_seconds = self._prefilled - self._began

    def end(self, error: Exception | None = None) -> None:
        """Tells the listener that nothing more comes, and why where it failed."""
        self.done = True
        self._cache, self._patches = None, []
        if self._prefilled:
            self.decode_seconds = time.perf_counter() - self._prefilled
        # Let go, since a listener may hold the request whose task this is.
        listener, self.listener = self.listener, _nobody
        listener(error)


def _nobody(event: Event) -> None:
    """The listener where nobody listens."""


class LogitsTask(Task):
    """Computes a prompt for the logits after it: `logits` (vocabulary,) float32 on the CPU."""

    logits: Tensor

    def take(self, logits: Tensor) -> None:
        self.logits = logits[0].cpu().clone()
        self.done = True

    def feed(self) -> Feed:
        raise AssertionError("nothing follows the logits")


__all__ = ["Cancellation", "Event", "Feed", "Listener", "LogitsTask", "Task"]
