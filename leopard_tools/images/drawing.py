"""The process in which a PDF is drawn: pdfium reads what strangers wrote here and nowhere else.

`drawer` runs this file as a program of its own: it imports pypdfium2 and the standard library
only, so that it starts in a tenth of a second. It knows no limits, names or errors of ours. A
message is a line of JSON behind its length, and bytes may follow. First comes the document, then
what is asked for is answered one by one. The process ends when its input does, whatever pdfium is
at, so it never outlives the one that asks.

Where the system can (not Windows; macOS holds to the second only) the memory and the processor
time that it takes are bounded.
"""

from __future__ import annotations

import json
import math
import os
import re
import struct
import sys
from contextlib import closing, suppress
from io import BytesIO
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

    from pypdfium2 import PdfDocument

_HEAD = struct.Struct("<IQ")
_LONGEST = 2**24
_PASSWORD_NEEDED = 4
_COUNT = re.compile(rb"/Count -?\d+")
_SPARE_SECONDS = 5
"""So that the one that asks, which can say why, is the first to lose patience."""


def send(stream: BinaryIO, told: object, size: int = 0) -> None:
    """Sends what JSON can say; `size` bytes are to follow it."""
    words = json.dumps(told).encode()
    stream.write(_HEAD.pack(len(words), size) + words)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[object, int]:
    """What was sent, and how many bytes follow it. Raises EOFError where that is cut short."""
    length, size = _HEAD.unpack(read(stream, _HEAD.size))
    if length > _LONGEST:
        raise EOFError("no message")
    return json.loads(read(stream, length)), size


def read(stream: BinaryIO, size: int) -> bytes:
    """So many bytes. Raises EOFError where there are fewer."""
    data = stream.read(size)
    if len(data) < size:
        raise EOFError("cut short")
    return data


def main(places: list[str]) -> None:
    """Answers until nobody asks any more; a fault is the last answer.

    `places` are those that modules are imported from.
    """
    sys.path[:] = places
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not stand between the answers.
    os.dup2(2, 1)
    import pypdfium2  # noqa: F401  Before the answer, which says that all is there.

    send(answers, {"ready": True})
    try:
        _serve(sys.stdin.buffer, answers)
    except MemoryError:
        send(answers, {"memory": True})
    except Exception as fault:  # noqa: BLE001  The one that asks has it raised.
        locked = getattr(fault, "err_code", None) == _PASSWORD_NEEDED
        send(answers, {"fault": str(fault) or type(fault).__name__, "locked": locked})


def _serve(asked: BinaryIO, answers: BinaryIO) -> None:
    options, size = receive(asked)
    assert isinstance(options, dict)
    data = read(asked, size)
    _bound("AS", options["memory"])
    _bound("CORE", 0)
    requests: SimpleQueue[object] = SimpleQueue()
    Thread(target=_listen, args=(asked, requests), daemon=True).start()
    _allow(options["seconds"])
    document = _open(data)
    send(answers, {"count": len(document)})
    while True:
        request = requests.get()
        _allow(options["seconds"])
        _answer(document, data, request, answers)


def _listen(asked: BinaryIO, requests: SimpleQueue[object]) -> None:
    """Runs beside pdfium, to notice at once that nobody waits any more."""
    try:
        while True:
            requests.put(receive(asked)[0])
    except (EOFError, OSError, ValueError):
        os._exit(0)


def _open(data: bytes) -> PdfDocument:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    # Before any page is touched, or filled fields are drawn empty. Where it fails, the rest of the
    # pages can still be drawn.
    with suppress(pypdfium2.PdfiumError):
        document.init_forms()
    return document


def _answer(document: PdfDocument, data: bytes, request: object, answers: BinaryIO) -> None:
    match request:
        case {"beyond": count}:
            send(answers, {"beyond": _beyond(data, count)})
        case {"sizes": indices}:
            send(answers, {"sizes": [_size(document, index) for index in indices]})
        case {"draw": index, "scale": scale}:
            page = document[index]
            bitmap = page.render(scale=scale, rev_byteorder=True)
            page.close()
            send(answers, {"drawn": index}, bitmap.stride * bitmap.height)
            answers.write(bitmap.buffer)
            answers.flush()
            bitmap.close()


def _beyond(data: bytes, count: int) -> int:
    """How many pages hang in the tree behind the `count` that it says it has.

    pdfium believes the tree's /Count, does not see the pages behind it, and goes through the tree
    only where it says 0.
    """
    from pypdfium2 import PdfDocument, raw

    with closing(PdfDocument(data)) as copy:
        for _ in range(count):
            raw.FPDFPage_Delete(copy.raw, 0)
        # Hardly ever more than an empty tree; large are the pages that were taken out.
        if not _pages(_saved(copy)):
            return 0
    # Where branches count wrongly, others were taken out than those that are known. So all are
    # counted in a copy of the whole, whose objects are plain text: every /Count becomes 0.
    with closing(PdfDocument(data)) as copy:
        uncounted = _COUNT.sub(lambda told: b"/Count 0".ljust(len(told[0])), _saved(copy))
    return max(0, _pages(uncounted) - count)


def _saved(document: PdfDocument) -> bytes:
    from pypdfium2 import raw

    buffer = BytesIO()
    document.save(buffer, flags=raw.FPDF_REMOVE_SECURITY)
    return buffer.getvalue()


def _pages(data: bytes) -> int:
    """The pages of a document; one without pages is refused by pdfium."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        with closing(PdfDocument(data)) as document:
            return len(document)
    except PdfiumError:
        return 0


def _size(document: PdfDocument, index: int) -> tuple[float, float]:
    """Width and height of a page in points, as it is drawn from now on."""
    width, height = document.get_page_size(index)
    if min(width, height) <= 0:
        # It is cropped to what lies outside of it. Viewers show the whole page then, and so does
        # pdfium where the crop box is empty.
        page = document[index]
        page.set_cropbox(0, 0, 0, 0)
        page.close()
        width, height = document.get_page_size(index)
    return width, height


def _bound(what: str, most: int) -> None:
    """Bounds what this process may take, where the system has that bound and none below it."""
    if sys.platform == "win32":
        return
    import resource

    kind = getattr(resource, f"RLIMIT_{what}")
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


def _allow(seconds: float) -> None:
    """Bounds the processor time from now on, for where the one that asks is stopped itself."""
    if sys.platform != "win32":
        _bound("CPU", math.ceil(sum(os.times()[:2]) + seconds) + _SPARE_SECONDS)


__all__ = ["main", "read", "receive", "send"]

if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
