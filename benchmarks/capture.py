"""Seconds from a screen, a deck and a page to their frames; the screen's goal is 15 ms.

    python benchmarks/capture.py [--repeat 20]

The screen is an X server of its own (Xvfb) of 1920 x 1080 with windows that a deny list looks
through; the deck is examples/data/deck.pptx through LibreOffice, the page a file served on
loopback to Chromium. Medians, the first (cold) one apart. What is not installed is left out.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from display import x_server
from machine import lacking

from leopard_tools import LeopardError
from leopard_tools.capture import screen, slides, web

DATA = Path(__file__).parents[1] / "examples" / "data"
WINDOWS = 10
GOAL = 0.015


@contextmanager
def desktop() -> Iterator[None]:
    """An X server with some windows, as DISPLAY."""
    from Xlib import X
    from Xlib.display import Display

    with x_server():
        display = Display()
        for number in range(WINDOWS):
            window = display.screen().root.create_window(
                *(100 * number, 60 * number, 600, 400, 0, X.CopyFromParent),
                override_redirect=True,
                background_pixel=0x3060A0 * (number + 1) % 0xFFFFFF,
            )
            window.set_wm_class("notes", "Vault" if number == 0 else "Notes")
            window.map()
        display.sync()
        try:
            yield
        finally:
            display.close()


@contextmanager
def site() -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(DATA))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def measure(name: str, work: Callable[[], object], repeat: int, goal: float | None = None) -> None:
    times = []
    try:
        for _ in range(repeat + 1):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
    except LeopardError as error:
        print(f"{name:<44}left out: {error}")
        return
    median = statistics.median(times[1:])
    verdict = (
        "" if goal is None else f"   goal {1e3 * goal:.0f} ms: {'yes' if median <= goal else 'NO'}"
    )
    print(f"{name:<44}first {1e3 * times[0]:8.1f} ms   then {1e3 * median:8.1f} ms{verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=20, help="captures of the screen")
    repeat = parser.parse_args().repeat
    if absent := lacking("Xvfb", "Xlib", "mss"):
        print(f"{'screen':<44}left out: {' '.join(absent)}")
    else:
        with desktop():
            measure("screen 1920x1080", screen.grab, repeat, GOAL)
            measure("screen 1920x1080, pointer", lambda: screen.grab(cursor=True), repeat)
            denying = functools.partial(screen.grab, deny=["vault"])
            measure(f"screen 1920x1080, deny list, {WINDOWS} windows", denying, repeat)
    measure("slides, 6 of a PPTX", lambda: slides.pages(DATA / "deck.pptx"), max(1, repeat // 10))
    with site() as url:
        page = functools.partial(web.snapshot, url, allow_private=True)
        measure("web, viewport", page, max(1, repeat // 4))
        measure("web, whole page", functools.partial(page, full_page=True), max(1, repeat // 4))
    web.close()


if __name__ == "__main__":
    main()
