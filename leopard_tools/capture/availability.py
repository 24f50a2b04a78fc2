"""Whether this machine lets anyone look at its screen, said before a black picture says it."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache

from ..errors import CaptureUnavailable
from . import x11

_CORE_GRAPHICS = "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"
_OTHER_WAYS = (
    "Log in to an X11 session, or take the screenshot with the desktop's own tool and give its file"
)


def check_screen() -> None:
    """Raises CaptureUnavailable where the screen cannot be captured, with the reason."""
    if sys.platform == "darwin":
        _check_permission()
    elif sys.platform != "win32":
        display = os.environ.get("DISPLAY", "")
        if not display:
            raise CaptureUnavailable(_no_display())
        if _is_wayland() and _is_xwayland(display):
            raise CaptureUnavailable(
                f"This is a Wayland session, and its X display {display} shows none of its "
                f"windows. {_OTHER_WAYS}."
            )


def has_window_list() -> bool:
    """Whether windows can be told apart here: on X11 only."""
    return sys.platform not in ("darwin", "win32")


def _no_display() -> str:
    if _is_wayland():
        return f"This is a Wayland session, which cannot be captured. {_OTHER_WAYS}."
    return (
        "There is no display: DISPLAY is not set. Run this on the desktop to be captured, or "
        "start one without a screen: xvfb-run leopard screen"
    )


def _is_wayland() -> bool:
    return os.environ.get("XDG_SESSION_TYPE") == "wayland" or "WAYLAND_DISPLAY" in os.environ


@cache
def _is_xwayland(display: str) -> bool:
    with x11.connected(display) as desktop:
        return desktop.is_xwayland()


def _check_permission() -> None:
    # Without the permission macOS hands out the wallpaper alone, and no error.
    graphics = ctypes.CDLL(_CORE_GRAPHICS)
    graphics.CGPreflightScreenCaptureAccess.restype = ctypes.c_bool
    if not graphics.CGPreflightScreenCaptureAccess():
        raise CaptureUnavailable(
            "macOS does not let this program see the screen. Allow it in System Settings, Privacy "
            "& Security, Screen Recording, and start it again."
        )


__all__ = ["check_screen", "has_window_list"]
