"""Images to ask about again and again."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Unpack

from .errors import DocumentInvalid, LeopardError
from .types import Answer, Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .answering import AskOptions
    from .leopard import Leopard
    from .streams import AnswerStream, AsyncAnswerStream
    from .types import ImageSource


class Session:
    """Images that stay: a question costs its own tokens, a changed image what follows it.

    Make one with `Leopard.session`; it may be used by several threads. What it saves lies in the
    caches of its Leopard, so a session holds only the pictures themselves.

        with leopard.session("deck.pdf") as session:
            session.ask("What was revenue in Q3?")
            session.update(2, "page-3-new.png")
            session.ask("And now?")
    """

    def __init__(self, leopard: Leopard, frames: Sequence[Frame]) -> None:
        self._leopard = leopard
        self._frames = tuple(frames)
        self._lock = threading.Lock()
        self._closed = False

    @property
    def images(self) -> tuple[Frame, ...]:
        """The images, in order; citations count from 0 in them."""
        return self._frames

    def add(self, image: ImageSource) -> int:
        """Adds an image, or the pages of a document, at the end; gives the index of the first.

        Raises ImageInvalid and its kin for a bad source; the session then stays as it was.
        """
        frames = self._open(image)
        with self._lock:
            self._check_open()
            first = len(self._frames)
            self._frames += tuple(frames)
            return first

    def update(self, index: int, image: ImageSource) -> None:
        """Puts another picture in the place of one; what stands before it stays computed.

        Raises DocumentInvalid for a document of several pages, LeopardError for an index that is
        not there.
        """
        frames = self._open(image)
        if len(frames) != 1:
            raise DocumentInvalid(
                f"{frames[0].source} has {len(frames)} pages, and one image is to be replaced. "
                "Give one of its frames."
            )
        with self._lock:
            self._check_open()
            count = len(self._frames)
            if not 0 <= index < count:
                raise LeopardError(f"There is no image {index}: the session has {count}, from 0.")
            self._frames = (*self._frames[:index], frames[0], *self._frames[index + 1 :])

    def ask(
        self, question: str, *, instruction: str | None = None, **options: Unpack[AskOptions]
    ) -> Answer:
        """As Leopard.ask, about the session's images."""
        return self.stream(question, instruction=instruction, **options).answer

    def stream(
        self, question: str, *, instruction: str | None = None, **options: Unpack[AskOptions]
    ) -> AnswerStream:
        """As Leopard.stream, about the session's images."""
        frames = self._asked_about()
        return self._leopard.stream(question, frames, instruction=instruction, **options)

    async def aask(
        self, question: str, *, instruction: str | None = None, **options: Unpack[AskOptions]
    ) -> Answer:
        """As Leopard.aask, about the session's images."""
        return await self.astream(question, instruction=instruction, **options).result()

    def astream(
        self, question: str, *, instruction: str | None = None, **options: Unpack[AskOptions]
    ) -> AsyncAnswerStream:
        """As Leopard.astream, about the session's images."""
        frames = self._asked_about()
        return self._leopard.astream(question, frames, instruction=instruction, **options)

    def close(self) -> None:
        """Lets go of the images; asking raises LeopardError afterwards."""
        with self._lock:
            self._closed = True
            self._frames = ()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self, image: ImageSource) -> list[Frame]:
        self._check_open()
        return self._leopard.load_frames(image)

    def _asked_about(self) -> tuple[Frame, ...]:
        """The images, where no other thread has closed the session: it would have none."""
        with self._lock:
            self._check_open()
            return self._frames

    def _check_open(self) -> None:
        if self._closed:
            raise LeopardError("This session was closed. Open another one with Leopard.session.")


__all__ = ["Session"]
