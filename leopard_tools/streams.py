"""An answer as it is made, for threads and for asyncio: two views of one Inquiry."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING

from .errors import LeopardError
from .types import Answer
from .waiting import CHECK_SECONDS

if TYPE_CHECKING:
    from .answering import Inquiry
    from .engine.task import Event


class AnswerStream(Iterator[str]):
    """Pieces of an answer as they become certain; they join to exactly `answer.text`.

    Nothing is computed, and no timeout runs, before the first piece is asked for. `close` gives up:
    no more is computed. Each piece is given once: where one thread waits for it, another that asks
    gets LeopardError.
    """

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._pieces = _pieces(inquiry)
        self._asked = threading.Lock()

    def __next__(self) -> str:
        with _alone(self._asked):
            return next(self._pieces)

    def close(self) -> None:
        """Gives up; the answer will not be complete. A thread that waits for it gets Cancelled."""
        self._inquiry.cancel()
        # Where another thread is in them, that one ends by itself.
        if self._asked.acquire(blocking=False):
            try:
                self._pieces.close()
            finally:
                self._asked.release()

    @property
    def answer(self) -> Answer:
        """The whole answer; waits for what is still to come.

        Raises LeopardError where the stream was closed or failed before the end, or another thread
        waits for a piece of it.
        """
        for _ in self:
            pass
        return _complete(self._inquiry.answer)


class AsyncAnswerStream(AsyncIterator[str]):
    """As AnswerStream, for `async for` in one task; leaving it, or cancelling the task, gives up.

    Reading and encoding run on `pool`, so that the event loop never waits for them.
    """

    def __init__(self, inquiry: Inquiry, pool: Executor) -> None:
        self._inquiry = inquiry
        self._pieces = _pieces_async(inquiry, pool)
        self._asked = threading.Lock()

    async def __anext__(self) -> str:
        with _alone(self._asked):
            return await anext(self._pieces)

    async def aclose(self) -> None:
        """Gives up; the answer will not be complete. A task that waits for it gets Cancelled."""
        self._inquiry.cancel()
        # Where another task is in them, that one ends by itself.
        if self._asked.acquire(blocking=False):
            try:
                await self._pieces.aclose()
            finally:
                self._asked.release()

    async def result(self) -> Answer:
        """The whole answer; waits for what is still to come. Errors as AnswerStream.answer."""
        async for _ in self:
            pass
        return self.answer

    @property
    def answer(self) -> Answer:
        """The whole answer, once the stream has ended. Raises LeopardError before."""
        return _complete(self._inquiry.answer)


@contextmanager
def _alone(asked: threading.Lock) -> Iterator[None]:
    """Holds the lock inside the block; a piece that two wait for would be lost to one of them."""
    if not asked.acquire(blocking=False):
        raise LeopardError(
            "This stream's next piece is already waited for, by another thread or task. Read it in "
            "one of them and hand the pieces on, or ask twice for two streams."
        )
    try:
        yield
    finally:
        asked.release()


# Not methods, here as below: a stream would hold its generator and that one the stream, so that
# dropping it would end nothing before the garbage collector came.
def _pieces(inquiry: Inquiry) -> Generator[str, None, None]:
    events: SimpleQueue[Event] = SimpleQueue()
    inquiry.begin()
    try:
        inquiry.start(events.put)
        while (piece := _piece(events.get())) is not None:
            yield piece
    finally:
        inquiry.cancel()
    inquiry.finish()


async def _pieces_async(inquiry: Inquiry, pool: Executor) -> AsyncGenerator[str, None]:
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[Event] = asyncio.Queue()
    inquiry.begin()

    def tell(event: Event) -> None:
        try:
            loop.call_soon_threadsafe(events.put_nowait, event)
        except RuntimeError:
            # The loop was closed without waiting for this request.
            inquiry.cancel()

    try:
        await _in_thread(pool, inquiry, lambda: inquiry.start(tell))
        while (piece := _piece(await events.get())) is not None:
            yield piece
        await _in_thread(pool, inquiry, inquiry.finish)
    finally:
        inquiry.cancel()


async def _in_thread(pool: Executor, inquiry: Inquiry, work: Callable[[], None]) -> None:
    """Has a thread do something for a request; waits for it only as long as that may go on."""
    try:
        future = asyncio.get_running_loop().run_in_executor(pool, work)
    except RuntimeError:
        # The pool ends when its Leopard is closed, which this says better.
        inquiry.check()
        raise
    try:
        while not (await asyncio.wait([future], timeout=CHECK_SECONDS))[0]:
            inquiry.check()
    finally:
        # Does nothing where it is done; whatever else comes of it, nobody will ask.
        future.cancel()
    future.result()


def _piece(event: Event) -> str | None:
    if isinstance(event, Exception):
        raise event
    return event


def _complete(answer: Answer | None) -> Answer:
    if answer is None:
        raise LeopardError("This stream has no answer: it was closed, failed, or has not ended.")
    return answer


__all__ = ["AnswerStream", "AsyncAnswerStream"]
