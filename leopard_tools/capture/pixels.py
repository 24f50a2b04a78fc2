"""The screen's monitors and pixels, through mss.

What tells the monitors is opened anew each time, since mss would not notice one come or go; what
takes the pixels is kept while they stay the same, since the memory that it shares with the X
server costs more to set up than a picture costs to take.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import CaptureUnavailable, MissingDependency
from .availability import has_window_list

if TYPE_CHECKING:
    import mss
    from PIL.Image import Image as PILImage

    from ..types import Box

_lock = threading.Lock()
_kept: tuple[object, mss.MSS] | None = None
_owner: int | None = None


def opened(*, cursor: bool = False) -> mss.MSS:
    """The screen as it is now, to be closed by the caller (a context manager).

    Raises CaptureUnavailable, MissingDependency.
    """
    try:
        import mss
    except ImportError:
        raise MissingDependency("mss", "pip install 'leopard-tools[screen]'") from None
    try:
        # Elsewhere mss does not know the option.
        return mss.MSS(with_cursor=True) if cursor and has_window_list() else mss.MSS()
    except mss.ScreenShotError as fault:
        raise CaptureUnavailable(_reason(fault)) from fault


def pixels(screen: mss.MSS, area: Box, *, cursor: bool) -> PILImage:
    """The picture of a box of the desktop whose monitors `screen` tells; RGB.

    Raises CaptureUnavailable.
    """
    from mss import ScreenShotError
    from PIL import Image

    part = {"left": area.left, "top": area.top, "width": area.width, "height": area.height}
    state = (os.environ.get("DISPLAY"), cursor, str(screen.monitors))
    with _lock:
        try:
            shot = _taker(state).grab(part)
        except (ScreenShotError, AssertionError):
            # mss asserts that the server is there, and it may be another one than it was: once
            # more, from the beginning.
            _drop()
            try:
                shot = _taker(state).grab(part)
            except ScreenShotError as fault:
                _drop()
                raise CaptureUnavailable(_reason(fault)) from fault
    return Image.frombuffer("RGB", shot.size, shot.raw, "raw", "BGRX", 0, 1)


def _taker(state: tuple[object, bool, str]) -> mss.MSS:
    global _kept, _owner
    if _owner != os.getpid():
        # After a fork the connection is the parent's: not even closing it is ours.
        _kept, _owner = None, os.getpid()
    if _kept is None or _kept[0] != state:
        _drop()
        _kept = (state, opened(cursor=state[1]))
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


__all__ = ["opened", "pixels"]
