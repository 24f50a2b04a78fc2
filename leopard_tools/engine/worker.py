"""One thread owns the model and computes all requests side by side.

Each step is one pass through the decoder: the next token of every answer that runs, and a chunk of
the prompts that wait. So a new request joins between two steps, a long prompt delays the others by
one chunk at a time, and whoever gives up is dropped at the next step.
"""

from __future__ import annotations

import os
import threading
import traceback
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import Tensor

from ..caching import CacheFigures
from ..errors import Cancelled, EngineClosed, LeopardError
from .language_model import LanguageModel
from .packing import PackedBatch
from .prefix import SHORTEST, PrefixCache, shared
from .static import StaticDecoder
from .task import Task
from .teams import release_team

PREFILL_CHUNK = 256
"""Positions of prompts computed in one step; on a CPU more would not make a position cheaper."""
GPU_PREFILL_CHUNK = 2048
"""The same on a GPU, which waits for a step's kernels to be launched, however few positions it has.
"""
MOST_ROWS = 32
"""Requests that run side by side; more wait for their turn."""
MOST_BYTES = 4 * 2**30
"""Memory of the caches of requests that run side by side; one alone may take more."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a task adds to a step: new positions, and how many of them want logits."""

    task: Task
    embeddings: Tensor
    wanted: int


class Engine:
    """Runs tasks on a language model; may be used from many threads.

    prefix_bytes: how much memory caches of earlier requests may take, in bytes. static: what
    computes the steps in which all requests decode, where a device needs them in fixed shapes.
    """

    def __init__(
        self, model: LanguageModel, *, prefix_bytes: int, static: StaticDecoder | None = None
    ) -> None:
        self._model = model
        self._static = static
        self._position_bytes = model.cache_shape.position_bytes
        self._prefixes = PrefixCache(prefix_bytes, model.new_cache)
        self._arrived: deque[Task] = deque()
        self._waiting: deque[Task] = deque()
        self._running: list[Task] = []
        self._closed = self._abandoned = False
        self._process = os.getpid()
        # What stopped the worker, where that was no `close`.
        self._fault: BaseException | None = None
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        # The caller's: it has loaded the model.
        release_team()

    def submit(self, task: Task) -> None:
        """Has a task computed; its listener is called from the worker's thread.

        Raises EngineClosed after `close`, or where the worker has failed.
        """
        # The caller's: it may have encoded pictures, and waits from now on.
        release_team()
        with self._wake:
            if self._abandoned:
                # Threads that the program's end overtakes wait until it is over.
                return
            if self._closed:
                raise self._why_closed()
            self._arrived.append(task)
            if self._thread is None:
                # A daemon: a program that ends without closing must not wait for it.
                self._thread = threading.Thread(target=self._run, name="leopard", daemon=True)
                self._thread.start()
            self._wake.notify()

    def close(self) -> None:
        """Ends every request with EngineClosed and waits for the worker to stop."""
        self._stop()
        self._end_all()

    def abandon(self) -> None:
        """As `close`, but tells nobody: all requests were dropped, or the program is at its end."""
        self._abandoned = True
        self._stop()

    def _stop(self) -> None:
        if os.getpid() != self._process:
            # In a fork there is no worker, and it may have held the lock when the fork was made.
            self._closed = True
            return
        with self._wake:
            self._closed = True
            thread = self._thread
            self._wake.notify()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        self._prefixes.clear()

    @property
    def closed(self) -> bool:
        """Whether `submit` raises: after `close`, or where the worker has failed."""
        return self._closed

    @property
    def prefix_figures(self) -> CacheFigures:
        return self._prefixes.figures

    def _run(self) -> None:
        try:
            self._work()
        # Whatever it is: a panic in the tokenizer's Rust is no Exception.
        except BaseException as error:  # noqa: BLE001 - nobody must wait for a worker that is gone
            # What it had computed would stay as long as the error is kept.
            traceback.clear_frames(error.__traceback__)
            with self._wake:
                self._closed, self._fault = True, error
            self._prefixes.clear()
            self._end_all()

    def _end_all(self) -> None:
        """Ends every request, since none is computed any more."""
        for task in (*self._running, *self._waiting, *self._arrived):
            # A listener that fails must not keep the others from being told.
            with suppress(Exception):
                task.end(self._why_closed())
        self._running, self._waiting, self._arrived = [], deque(), deque()

    def _why_closed(self) -> EngineClosed:
        """The error that says why nothing is computed; everyone gets one of their own to raise."""
        if self._fault is None:
            return EngineClosed("This Leopard was closed. Load it again to ask more.")
        error = EngineClosed(
            f"This Leopard's engine failed and is closed: {self._fault!r}. Load it again to ask "
            "more."
        )
        error.__cause__ = self._fault
        return error

    def _work(self) -> None:
        while True:
            with self._wake:
                while not (self._arrived or self._waiting or self._running or self._closed):
                    release_team()
                    self._wake.wait()
                if self._closed:
                    break
                self._waiting += self._arrived
                self._arrived.clear()
            with torch.inference_mode():
                self._step()

    def _step(self) -> None:
        self._drop_cancelled()
        self._admit()
        parts = self._plan()
        if parts:
            self._compute(parts)
        for task in [task for task in self._running if task.done]:
            self._retire(task)

    def _drop_cancelled(self) -> None:
        for task in (*self._running, *self._waiting):
            try:
                task.cancellation.check()
            except Cancelled as error:
                self._retire(task, error)

    def _admit(self) -> None:
        for task in tuple(self._waiting):
            if not self._has_room(task):
                break
            if self._worth_waiting(task):
                continue
            try:
                task.begin(self._prefixes.take(task.keys, [t.kept for t in self._running]))
            except Exception as error:  # noqa: BLE001 - no memory for one request must not end all
                self._retire(task, error)
                continue
            self._waiting.remove(task)
            self._running.append(task)

    def _has_room(self, task: Task) -> bool:
        """Whether one more may run; the others wait, and take no memory until then."""
        used = sum(running.cache.nbytes for running in self._running)
        needed = used + len(task.keys) * self._position_bytes
        return not self._running or (len(self._running) < MOST_ROWS and needed <= MOST_BYTES)

    def _worth_waiting(self, task: Task) -> bool:
        """Whether a request at work is about to compute what this one begins with."""
        return self._prefixes.on and any(
            shared(task.keys, other.keys) >= other.cache.length + SHORTEST
            for other in self._running
            if other.missing
        )

    def _plan(self) -> list[_Part]:
        """What each task adds to this step: tokens, or as much of a prompt as there is room for."""
        parts: list[_Part] = []
        room = GPU_PREFILL_CHUNK if self._model.device.type == "cuda" else PREFILL_CHUNK
        for task in tuple(self._running):
            try:
                if not task.missing:
                    feed = task.feed()
                    parts.append(_Part(task, self._model.embed(feed.ids), feed.wanted))
                elif room:
                    count = min(room, task.missing)
                    room -= count
                    last = count == task.missing
                    parts.append(_Part(task, task.rows(self._model, count), int(last)))
            except Exception as error:  # noqa: BLE001 - one request's fault ends that one alone
                self._retire(task, error)
        # Prompts take turns, so that a short one does not wait for a long one's end.
        self._running.sort(key=lambda task: any(part.task is task for part in parts))
        return parts

    def _compute(self, parts: Sequence[_Part]) -> None:
        try:
            found = self._forward(parts)
        except Exception as error:  # noqa: BLE001 - see below
            # What the pass had computed would stay as long as the error is kept.
            traceback.clear_frames(error.__traceback__)
            if isinstance(error, torch.OutOfMemoryError | MemoryError):
                self._prefixes.clear()
            if len(parts) == 1:
                self._retire(parts[0].task, error)
                return
            # A pass that failed changed nothing: whoever it was about fails alone.
            for part in parts:
                self._compute([part])
            return
        for part, logits in zip(parts, found, strict=True):
            if not part.wanted:
                continue
            try:
                if not part.task.prefill_seconds:
                    part.task.prefilled()
                part.task.take(logits)
            except Exception as error:  # noqa: BLE001 - one request's fault ends that one alone
                self._retire(part.task, error)

    def _forward(self, parts: Sequence[_Part]) -> list[Tensor]:
        """The logits that each part wants: (wanted, vocabulary)."""
        if self._static is not None and not any(part.task.missing for part in parts):
            given = [part.embeddings for part in parts]
            found = self._static.forward([part.task.cache for part in parts], given)
            if found is not None:
                return [f[len(f) - part.wanted :] for f, part in zip(found, parts, strict=True)]
        counts = [len(part.embeddings) for part in parts]
        batch = PackedBatch([part.task.cache for part in parts], counts)
        hidden = self._model.forward(torch.cat([part.embeddings for part in parts]), batch)
        rows = [
            rows[len(rows) - part.wanted :]
            for rows, part in zip(hidden.split(counts), parts, strict=True)
        ]
        logits = self._model.logits(torch.cat(rows))
        return list(logits.split([part.wanted for part in parts]))

    def _retire(self, task: Task, error: Exception | None = None) -> None:
        """Ends a task; what it computed is kept for others."""
        if task in self._running:
            try:
                kept = task.kept
                self._prefixes.give(kept.keys, kept.cache)
            except Exception:  # noqa: BLE001 - no memory to put it aside; the answer is there
                self._prefixes.clear()
            self._running.remove(task)
        if task in self._waiting:
            self._waiting.remove(task)
        if error is not None and not isinstance(error, LeopardError):
            failure = LeopardError(f"This request failed in the engine: {error!r}.")
            failure.__cause__ = error
            error = failure
        task.end(error)


__all__ = ["Engine"]
