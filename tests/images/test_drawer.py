"""A PDF is drawn in a process of its own, so that it can be ended and takes nobody with it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from leopard_tools.errors import Cancelled, DocumentInvalid, LeopardError
from leopard_tools.images import drawer
from leopard_tools.images.drawer import Drawer
from leopard_tools.images.sources import Limits, load_frames

from .sample_images import pdf, refused


def page(content: bytes, resources: bytes, *streams: tuple[bytes, bytes]) -> bytes:
    """A PDF of one page; the streams are its objects from number 5 on."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<%s>>>>"
        % resources,
        *(
            b"<<%s/Length %d>>stream\n%s\nendstream" % (told, len(data), data)
            for told, data in ((b"", content), *streams)
        ),
    ]
    body = b"".join(b"%d 0 obj%s\nendobj\n" % each for each in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


ENDLESS = page(
    b"/Pattern cs /P scn 0 0 612 792 re f",
    b"/Pattern<</P 5 0 R>>",
    (
        b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]"
        b"/XStep 0.0001/YStep 0.0001/Resources<<>>",
        b"0 0 1 1 re f",
    ),
)
"""A pattern of billions of tiles."""
DEVOURING = page(
    b"/F Do",
    b"/XObject<</F 5 0 R>>",
    *(
        (
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>"
            % (number + 1),
            b"/F Do " * 10 if number < 13 else b"0 0 1 1 re f",
        )
        for number in range(5, 14)
    ),
)
"""Forms in forms: a billion of them."""


def test_a_page_that_takes_too_long_is_given_up() -> None:
    message = refused(ENDLESS, DocumentInvalid, page_seconds=1)
    assert "page 1: a PDF that is not drawn within 1 seconds" in message
    assert "Limits.page_seconds" in message


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not bound memory")
def test_a_page_that_takes_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawer, "_MEMORY", 2**28)
    assert "page 1: a PDF that takes more memory" in refused(
        DEVOURING, DocumentInvalid, megapixels=3
    )


def test_a_cancelled_page_is_given_up_and_other_documents_are_drawn_meanwhile() -> None:
    asked, gone = threading.Event(), threading.Event()
    ended: list[BaseException] = []

    def check() -> None:
        asked.set()
        if gone.is_set():
            raise Cancelled("gone")

    def load() -> None:
        with pytest.raises(Cancelled) as caught:
            load_frames(ENDLESS, check=check)
        ended.append(caught.value)

    thread = threading.Thread(target=load)
    thread.start()
    assert asked.wait(60)
    assert len(load_frames(pdf((30, 40)), Limits(page_side=40))) == 1
    gone.set()
    thread.join(60)
    assert str(ended[0]) == "gone"


def test_a_document_that_crashes_what_draws_it_is_invalid() -> None:
    with Drawer(io.BytesIO(pdf((30, 40))), "a.pdf") as opened:
        assert opened.count == 1 and opened.sizes([0]) == [(30, 40)]
        opened._process.send_signal(signal.SIGSEGV)
        with pytest.raises(DocumentInvalid, match=r"^a\.pdf: .* crashes .*SIGSEGV"):
            opened.sizes([0])


def test_a_program_without_an_interpreter_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for executable in ("", "/none/python", "/bin/false"):
        monkeypatch.setattr(sys, "executable", executable)
        with pytest.raises(LeopardError, match=r"[Ss]et sys\.executable to"):
            load_frames(pdf((30, 40)))
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(LeopardError, match="Run it with Python"):
        load_frames(pdf((30, 40)))


def test_a_document_that_shrinks_while_it_is_read_is_said_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawer, "_END_SECONDS", 0.1)

    class Shrinking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(size)[:10] if self.tell() == 0 else b""

    with pytest.raises(OSError, match="shorter"), Drawer(Shrinking(pdf((30, 40))), "a.pdf"):
        pass


PROGRAM = """
import io, sys
from pathlib import Path
from threading import Thread
from leopard_tools.images.drawer import Drawer
from leopard_tools.images.sources import load_frames

assert load_frames(Path(sys.argv[1]), pages=[1])[0].page == 1
assert not [name for name in sys.modules if name.startswith("pypdfium2")]
drawer = Drawer(io.BytesIO(Path(sys.argv[2]).read_bytes()), "endless")
Thread(target=drawer.picture, args=(0, 1.0, (612, 792))).start()
print(drawer._process.pid, flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_of_pdfium_is_in_this_process_and_the_other_ends_with_it(
    data: Path, tmp_path: Path
) -> None:
    endless = tmp_path / "endless.pdf"
    endless.write_bytes(ENDLESS)
    command = [sys.executable, "-c", PROGRAM, data / "deck.pdf", endless]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        drawing = int(program.stdout.readline())
        assert is_running(drawing)
        program.kill()
    end = time.monotonic() + 60
    while is_running(drawing):
        assert time.monotonic() < end
        os.sched_yield()


def is_running(process: int) -> bool:
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] not in "ZX"
