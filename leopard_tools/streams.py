"""An answer as it is made, for threads and for asyncio: two views of one Inquiry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from concurrent.futures import Executor
from queue import SimpleQueue
from typing import TYPE_CHECKING

from .errors import LeopardError
from .types import Answer

if TYPE_CHECKING:
    from .answering import Inquiry
    from .engine.task import Event


class AnswerStream(Iterator[str]):
    """Pieces of an answer as they become certain; they join to exactly `answer.text`.

    Nothing is computed before the first piece is asked for. `close` gives up: no more is computed.
    """

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._answer: Answer | None = None
        self._pieces = self._run()

    def __next__(self) -> str:
        return next(self._pieces)

    def close(self) -> None:
        """Gives up; the answer will not be complete."""
        self._pieces.close()

    @property
    def answer(self) -> Answer:
        """The whole answer; waits for what is still to come.

        Raises LeopardError where the stream was closed or failed before the end.
        """
        for _ in self._pieces:
            pass
        return _complete(self._answer)

    def _run(self) -> Generator[str, None, None]:
        events: SimpleQueue[Event] = SimpleQueue()
        try:
            self._inquiry.start(events.put)
            while (piece := _piece(events.get())) is not None:
                yield piece
        finally:
            self._inquiry.cancel()
        self._answer = self._inquiry.finish()


class AsyncAnswerStream(AsyncIterator[str]):
    """As AnswerStream, for `async for`; leaving it, or cancelling the task, gives up.

    Reading and encoding run on `pool`, so that the event loop never waits for them.
    """

    def __init__(self, inquiry: Inquiry, pool: Executor) -> None:
        self._inquiry = inquiry
        self._pool = pool
        self._answer: Answer | None = None
        self._pieces = self._run()

    async def __anext__(self) -> str:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        """Gives up; the answer will not be complete."""
        await self._pieces.aclose()

    async def result(self) -> Answer:
        """The whole answer; waits for what is still to come. Errors as AnswerStream.answer."""
        async for _ in self._pieces:
            pass
        return self.answer

    @property
    def answer(self) -> Answer:
        """The whole answer, once the stream has ended. Raises LeopardError before."""
        return _complete(self._answer)

    async def _run(self) -> AsyncGenerator[str, None]:
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[Event] = asyncio.Queue()

        def tell(event: Event) -> None:
            try:
                loop.call_soon_threadsafe(events.put_nowait, event)
            except RuntimeError:
                # The loop was closed without waiting for this request.
                self._inquiry.cancel()

        try:
            await loop.run_in_executor(self._pool, self._inquiry.start, tell)
            while (piece := _piece(await events.get())) is not None:
                yield piece
        finally:
            self._inquiry.cancel()
        self._answer = await loop.run_in_executor(self._pool, self._inquiry.finish)


def _piece(event: Event) -> str | None:
    if isinstance(event, Exception):
        raise event
    return event


def _complete(answer: Answer | None) -> Answer:
    if answer is None:
        raise LeopardError("This stream has no answer: it was closed, failed, or has not ended.")
    return answer


__all__ = ["AnswerStream", "AsyncAnswerStream"]
