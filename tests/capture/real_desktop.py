"""A real desktop for the tests: an X server with two monitors, a window manager, windows."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont
from Xlib import X, Xutil
from Xlib.display import Display
from Xlib.protocol.event import ClientMessage

SIZE = (2400, 900)
MONITORS = {"left": "1400/370x900/240+0+0", "right": "1000/260x900/240+1400+0"}


def until(holds: Callable[[], object], seconds: float = 15.0) -> None:
    """Waits for something that another program does; fails where it does not."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)


@contextmanager
def running(*command: str, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **silent, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def x_server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """An X server of a free number, as DISPLAY names it, and its process, until the block ends."""
    read, write = os.pipe()
    command = ("Xvfb", "-displayfd", str(write), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24")
    with running(*command, "-noreset", "-nolisten", "tcp", pass_fds=(write,)) as process:
        os.close(write)
        with os.fdopen(read) as number:
            yield f":{number.readline().strip()}", process


@contextmanager
def two_monitors() -> Iterator[str]:
    """A desktop of two monitors side by side, with openbox as its window manager."""
    with x_server() as (display, _):
        # The first takes the server's only output, or that would stay a monitor of its own.
        for (name, place), output in zip(MONITORS.items(), ("screen", "none"), strict=True):
            xrandr(display, "--setmonitor", name, place, output)
        environment = {**os.environ, "DISPLAY": display, "HOME": "/nonexistent"}
        with running("openbox", env=environment), Connected(display) as desktop:
            until(desktop.has_manager)
            yield display


def xrandr(display: str, *arguments: str) -> None:
    subprocess.run(
        ["xrandr", "--display", display, *arguments], check=True, capture_output=True, timeout=20
    )


def poster(size: tuple[int, int], text: str, colour: str, points: int = 28) -> Image.Image:
    """A picture of one colour with a text at (20, 20)."""
    picture = Image.new("RGB", size, colour)
    font = ImageFont.truetype("DejaVuSans.ttf", points)
    ImageDraw.Draw(picture).multiline_text((20, 20), text, "black", font)
    return picture


@contextmanager
def program_on(display: str) -> Iterator[Connected]:
    """A program on a display that `screen` captures meanwhile; its windows are gone afterwards."""
    with pytest.MonkeyPatch.context() as patch, Connected(display) as program:
        patch.setenv("DISPLAY", display)
        patch.delenv("WAYLAND_DISPLAY", raising=False)
        patch.delenv("XDG_SESSION_TYPE", raising=False)
        yield program


class Connected:
    """A program with windows on a display; the server itself repaints them."""

    def __init__(self, display: str) -> None:
        self.display = Display(display)
        self.root = self.display.screen().root

    def __enter__(self) -> Connected:
        return self

    def __exit__(self, *_: object) -> None:
        self.display.close()

    def has_manager(self) -> bool:
        """Whether a new window is taken care of: openbox announces itself a while before that."""
        window = self.root.create_window(0, 0, 9, 9, 0, X.CopyFromParent)
        window.map()
        self.display.sync()
        end = time.monotonic() + 1
        while not (managed := self.is_listed(window)) and time.monotonic() < end:
            time.sleep(0.01)
        window.destroy()
        self.display.sync()
        return managed

    def is_listed(self, window: Any) -> bool:
        return window.id in (self.root_property("_NET_CLIENT_LIST_STACKING") or [])

    def root_property(self, name: str) -> list[int] | None:
        found = self.root.get_full_property(self.display.intern_atom(name), X.AnyPropertyType)
        return None if found is None else list(found.value)

    def open(
        self,
        title: str,
        picture: Image.Image,
        at: tuple[int, int],
        application: str = "Poster",
        *,
        popup: bool = False,
    ) -> Any:
        """A window that shows `picture`, on the screen when this returns."""
        window = self.root.create_window(
            *at, *picture.size, 0, X.CopyFromParent, X.InputOutput, override_redirect=popup
        )
        pixmap = window.create_pixmap(*picture.size, self.display.screen().root_depth)
        pixmap.put_pil_image(pixmap.create_gc(), 0, 0, picture)
        window.change_attributes(background_pixmap=pixmap, event_mask=X.StructureNotifyMask)
        if title:
            window.change_text_property(
                self.display.intern_atom("_NET_WM_NAME"),
                self.display.intern_atom("UTF8_STRING"),
                title.encode(),
            )
        if application:
            window.set_wm_class(application.lower(), application)
        window.set_wm_normal_hints(flags=Xutil.PPosition | Xutil.USPosition)
        window.map()
        self.display.sync()
        until(lambda: window.get_attributes().map_state == X.IsViewable)
        if not popup:
            until(lambda: self.is_listed(window))
            # Listed is not yet painted: frames are, and once more when the focus goes over.
            until(self.stands_still)
        return window

    def stands_still(self) -> bool:
        """Whether the screen is the same a moment later."""
        size = self.root.get_geometry()
        area = (0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF)
        before = self.root.get_image(*area).data
        time.sleep(0.1)
        return bool(before == self.root.get_image(*area).data)

    def set(self, window: Any, name: str, value: int, kind: int) -> None:
        window.change_property(self.display.intern_atom(name), kind, 32, [value])
        self.display.sync()

    def move(self, window: Any, at: tuple[int, int], size: tuple[int, int], *, top: bool) -> None:
        """Moves a popup, which no manager holds back; its place is taken when this returns."""
        window.configure(
            x=at[0],
            y=at[1],
            width=size[0],
            height=size[1],
            stack_mode=X.Above if top else X.Below,
        )
        self.display.sync()

    def composite(self) -> None:
        """Has a compositor on this desktop, as far as anybody can ask, until the program ends."""
        owner = self.root.create_window(-9, -9, 1, 1, 0, X.CopyFromParent)
        owner.set_selection_owner(self.display.intern_atom("_NET_WM_CM_S0"), X.CurrentTime)
        self.display.sync()

    def minimise(self, window: Any) -> None:
        message = ClientMessage(
            window=window,
            client_type=self.display.intern_atom("WM_CHANGE_STATE"),
            data=(32, [Xutil.IconicState, 0, 0, 0, 0]),
        )
        self.root.send_event(message, X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self.display.sync()
        until(lambda: window.get_attributes().map_state != X.IsViewable)
