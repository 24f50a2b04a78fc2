"""The screen's monitors and pixels where mss takes them: X11, macOS, Windows.

What tells the monitors is opened anew each time, since mss would not notice one come or go; what
takes the pixels is kept while they stay the same, since the memory that it shares with the X
server costs more to set up than a picture costs to take.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import CaptureUnavailable, MissingDependency
from ..types import Box
from .availability import has_window_list
from .desktop import Monitor

if TYPE_CHECKING:
    import mss
    from PIL.Image import Image as PILImage

_lock = threading.Lock()
_kept: tuple[object, mss.MSS] | None = None
_owner: int | None = None


class MssScreen:
    """A `Screen` through mss, as it is now. Raises CaptureUnavailable, MissingDependency."""

    def __init__(self) -> None:
        self._mss = _opened()
        self.desktop = _box(self._mss.monitors[0])

    def __enter__(self) -> MssScreen:
        return self

    def __exit__(self, *_: object) -> None:
        self._mss.close()

    @property
    def monitors(self) -> list[Monitor]:
        """The monitors, numbered from 1."""
        found = self._mss.monitors
        # A server without monitors (or without RandR) still has its one screen.
        return [
            Monitor(
                number,
                _box(each),
                self._scale(each),
                name=str(each.get("name") or each.get("output") or ""),
                primary=bool(each.get("is_primary", False)),
            )
            for number, each in enumerate(found[1:] or found[:1], start=1)
        ]

    def picture(self, area: Box, *, cursor: bool) -> PILImage:
        """The pixels of a box of the desktop, RGB. Raises CaptureUnavailable."""
        from mss import ScreenShotError
        from PIL import Image

        part = {"left": area.left, "top": area.top, "width": area.width, "height": area.height}
        state = (os.environ.get("DISPLAY"), cursor, str(self._mss.monitors))
        with _lock:
            try:
                shot = _taker(state).grab(part)
            except (ScreenShotError, AssertionError):
                # mss asserts that the server is there, and it may be another one than it was:
                # once more, from the beginning.
                _drop()
                try:
                    shot = _taker(state).grab(part)
                except ScreenShotError as fault:
                    _drop()
                    raise CaptureUnavailable(_reason(fault)) from fault
        return Image.frombuffer("RGB", shot.size, shot.raw, "raw", "BGRX", 0, 1)

    def _scale(self, monitor: mss.models.Monitor) -> float:
        """Picture pixels for one pixel of the desktop; only macOS counts the two apart."""
        if sys.platform == "darwin":
            dot = {"left": monitor["left"], "top": monitor["top"], "width": 1, "height": 1}
            return float(self._mss.grab(dot).size.width)
        return 1.0


def _box(monitor: mss.models.Monitor) -> Box:
    return Box(monitor["left"], monitor["top"], monitor["width"], monitor["height"])


def _opened(*, cursor: bool = False) -> mss.MSS:
    try:
        import mss
    except ImportError:
        raise MissingDependency("mss", "pip install 'leopard-tools[screen]'") from None
    try:
        # Elsewhere mss does not know the option.
        return mss.MSS(with_cursor=True) if cursor and has_window_list() else mss.MSS()
    except mss.ScreenShotError as fault:
        raise CaptureUnavailable(_reason(fault)) from fault


def _taker(state: tuple[object, bool, str]) -> mss.MSS:
    global _kept, _owner
    if _owner != os.getpid():
        # After a fork the connection is the parent's: not even closing it is ours.
        _kept, _owner = None, os.getpid()
    if _kept is None or _kept[0] != state:
        _drop()
        _kept = (state, _opened(cursor=state[1]))
    return _kept[1]


def _drop() -> None:
    global _kept
    kept, _kept = _kept, None
    if kept is not None:
        # Its server may be gone.
        with suppress(AssertionError, _error()):
            kept[1].close()


def _error() -> type[Exception]:
    from mss import ScreenShotError

    return ScreenShotError


def _reason(fault: Exception) -> str:
    where = f"display {os.environ['DISPLAY']}" if has_window_list() else "screen"
    words = " ".join(str(fault).split())
    return f"The {where} cannot be captured ({words}). Check that a desktop runs there."


__all__ = ["MssScreen"]
