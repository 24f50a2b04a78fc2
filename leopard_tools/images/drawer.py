"""A PDF that is open in a process of its own, which is killed when its work is over or too much.

Nothing of pdfium is in this process: bytes that crash it, keep it busy or fill its memory cost one
document and no other. This module knows no frames.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, wait
from threading import Thread
from typing import TYPE_CHECKING, cast

from PIL import Image

from ..errors import DocumentInvalid, LeopardError
from ..waiting import CHECK_SECONDS, nothing
from . import drawing
from .faults import reason
from .limits import DEFAULT_LIMITS, MEGA, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO, Self, TypeAlias

    from ..waiting import Check

    Answer: TypeAlias = tuple[Mapping[str, object], bytes]

AGAIN = "Save or download it again, or print it to a new PDF."

_MEMORY = 2 * 2**30
_BYTES_PER_PIXEL = 20
"""Transparent groups are drawn in layers of four bytes a pixel."""
_UNBOUNDED = 2**50
_ROW_ENDS = 64
"""The most bytes that follow the pixels of a row."""
_START_SECONDS = 60.0
_END_SECONDS = 1.0
_CHUNK = 2**20
_KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")
# pdfium aborts where it gets no memory, and a system that has none left kills.
_NO_MEMORY = ("SIGABRT", "SIGKILL")


class Undrawable(RuntimeError):
    """pdfium refuses the document or a page; the message is its own."""


class Locked(Undrawable):
    """The document needs a password."""


class Drawer:
    """A PDF open for drawing, used by one thread; its process ends where its block is left.

    What `check` raises ends any wait. Everything here raises Undrawable, and DocumentInvalid where
    opening or a page takes more than `limits.page_seconds` or the memory allowed, or crashes.
    Raises LeopardError where no process can be started: in a program that is frozen, or embeds
    Python without saying where its interpreter is.
    """

    def __init__(
        self,
        stream: BinaryIO,
        title: str,
        limits: Limits = DEFAULT_LIMITS,
        check: Check = nothing,
    ) -> None:
        self._title, self._limits, self._check = title, limits, check
        self._process = _start()
        self._worker, self._ready = Thread(), False
        try:
            self._ask(title, "ready", self._receive)
            self._ready = True
            self.count = cast("int", self._ask(title, "count", lambda: self._give(stream))[0])
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._process.kill()
        # It has the stream and the pipes in hand until it notices.
        if self._worker.is_alive():
            self._worker.join()
        self._process.communicate()

    def beyond(self) -> int:
        """How many pages there are that the document does not count, and that cannot be drawn."""
        request = {"beyond": self.count}
        return cast("int", self._ask(self._title, "beyond", lambda: self._request(request))[0])

    def sizes(self, indices: Sequence[int]) -> list[tuple[float, float]]:
        """Width and height in points of the pages with these indices."""
        request = {"sizes": list(indices)}
        told, _ = self._ask(self._title, "sizes", lambda: self._request(request))
        pairs = zip(indices, cast("list[list[float]]", told), strict=True)
        return [(float(width), float(height)) for _, (width, height) in pairs]

    def picture(self, index: int, scale: float, size: tuple[int, int]) -> Image.Image:
        """The page in RGB at `scale` pixels a point, which makes it `size` pixels."""
        width, height = size
        most = (3 * width + _ROW_ENDS) * height
        request = {"draw": index, "scale": scale}
        title = f"{self._title}, page {index + 1}"
        _, data = self._ask(title, "drawn", lambda: self._request(request, most))
        return Image.frombuffer("RGB", size, data, "raw", "RGB", len(data) // height, 1)

    def _ask(self, title: str, key: str, exchange: Callable[[], Answer]) -> tuple[object, bytes]:
        """What the answer has under `key`, and its bytes.

        The exchange goes on in a thread, so that this one can look whether it is still wanted.
        """
        answer: Future[Answer] = Future()
        self._worker = Thread(target=_settle, args=(answer, exchange), daemon=True)
        self._worker.start()
        seconds = self._limits.page_seconds if self._ready else _START_SECONDS
        end = time.monotonic() + seconds
        while not wait([answer], CHECK_SECONDS).done:
            self._check()
            if time.monotonic() > end:
                raise self._too_slow(title)
        try:
            told, data = answer.result()
        except (OSError, EOFError, ValueError, RecursionError) as fault:
            raise self._fate(title, fault) from fault
        if "memory" in told:
            raise self._too_large(title)
        if "fault" in told:
            raise (Locked if told.get("locked") else Undrawable)(told["fault"])
        if key not in told:
            raise self._crashed(title, "an answer to something else")
        return told[key], data

    def _give(self, stream: BinaryIO) -> Answer:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        pixels = min(self._limits.megapixels * MEGA, _UNBOUNDED)
        memory = _MEMORY + round(pixels) * _BYTES_PER_PIXEL + size
        asked = cast("BinaryIO", self._process.stdin)
        seconds = min(self._limits.page_seconds, _UNBOUNDED)
        drawing.send(asked, {"memory": memory, "seconds": seconds}, size)
        # Exactly so many: a file may grow or shrink meanwhile.
        while size:
            chunk = stream.read(min(_CHUNK, size))
            if not chunk:
                raise OSError("it became shorter while it was read")
            asked.write(chunk)
            size -= len(chunk)
        asked.flush()
        return self._receive()

    def _request(self, request: object, most: int = 0) -> Answer:
        drawing.send(cast("BinaryIO", self._process.stdin), request)
        return self._receive(most)

    def _receive(self, most: int = 0) -> Answer:
        """One answer, with no more than `most` bytes: its sender has read what strangers wrote."""
        answers = cast("BinaryIO", self._process.stdout)
        told, size = drawing.receive(answers)
        if not isinstance(told, dict) or size > most:
            raise EOFError("no answer")
        return told, drawing.read(answers, size)

    def _fate(self, title: str, fault: Exception) -> Exception:
        """The error for an exchange that failed, which is mostly that the process has ended."""
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        if not self._ready:
            return self._not_started(f"it ended with {code}")
        if code is None:
            # What cannot be read is the document, and its opener says that better.
            return fault if isinstance(fault, OSError) else self._crashed(title, "no answer")
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if name == "SIGXCPU":
            return self._too_slow(title)
        return self._too_large(title) if name in _NO_MEMORY else self._crashed(title, name)

    def _too_slow(self, title: str) -> LeopardError:
        if not self._ready:
            return self._not_started("it says nothing")
        seconds = self._limits.page_seconds
        return DocumentInvalid(
            f"{title}: a PDF that is not drawn within {seconds:g} seconds a page. Raise "
            "Limits.page_seconds, or print it to a new PDF."
        )

    def _not_started(self, how: str) -> LeopardError:
        return LeopardError(
            f"{self._title}: a PDF is drawn in a Python process of its own, and "
            f"{sys.executable!r} started none ({how}). Set sys.executable to a Python interpreter."
        )

    def _too_large(self, title: str) -> DocumentInvalid:
        return DocumentInvalid(
            f"{title}: a PDF that takes more memory to draw than there is or is allowed. Print it "
            "to a new PDF."
        )

    def _crashed(self, title: str, how: str) -> DocumentInvalid:
        return DocumentInvalid(f"{title}: a PDF that crashes what draws it ({how}). {AGAIN}")


def _start() -> subprocess.Popen[bytes]:
    # A frozen program's executable is the program itself, which would only start once more.
    if getattr(sys, "frozen", False) or not sys.executable:
        raise LeopardError(
            "A PDF is drawn in a Python process of its own, and this program has no interpreter "
            f"for it (sys.executable is {sys.executable!r}). Run it with Python, or, where it "
            "embeds Python, set sys.executable to an interpreter."
        )
    # Neither site-packages nor the variables of the environment: modules come from where they
    # come from here.
    command = [
        sys.executable,
        "-S",
        "-s",
        "-P",
        drawing.__file__,
        json.dumps([str(place) for place in sys.path]),
    ]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name in _KEPT},
            # Ctrl-C is for this process, and no console window is to open.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as fault:
        raise LeopardError(
            f"A PDF is drawn in a Python process of its own, and {sys.executable!r} cannot be "
            f"started ({reason(fault)}). Set sys.executable to a Python interpreter."
        ) from fault


def _settle(answer: Future[Answer], exchange: Callable[[], Answer]) -> None:
    try:
        answer.set_result(exchange())
    except Exception as fault:  # noqa: BLE001  The one that waits for it has it raised.
        answer.set_exception(fault)


__all__ = ["AGAIN", "Drawer", "Locked", "Undrawable"]
