"""Whether this machine lets anyone look at its screen, said before a black picture says it."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from pathlib import Path

from ..errors import CaptureUnavailable
from . import x11

_CORE_GRAPHICS = "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"


def check_screen() -> None:
    """Raises CaptureUnavailable where the screen cannot be captured, with the reason."""
    if sys.platform == "darwin":
        _check_permission()
    elif sys.platform != "win32" and not is_wayland() and not os.environ.get("DISPLAY"):
        raise CaptureUnavailable(
            "There is no display: DISPLAY is not set, nor is WAYLAND_DISPLAY. Run this on the "
            "desktop to be captured, or start one without a screen: xvfb-run leopard screen"
        )


def has_window_list() -> bool:
    """Whether windows can be told apart here: on X11 only."""
    return sys.platform not in ("darwin", "win32") and not is_wayland()


def where() -> str:
    """The kind of desktop, as a message names it."""
    return "in a Wayland session" if is_wayland() else f"on {sys.platform}"


def is_wayland() -> bool:
    """Whether the screen is a Wayland compositor's.

    An X server of its own in such a session (Xvfb) may be meant; the one that stands in for the
    compositor (Xwayland) shows none of its windows, also where nothing but DISPLAY is known.
    """
    if sys.platform in ("darwin", "win32"):
        return False
    told = os.environ.get("XDG_SESSION_TYPE") == "wayland" or "WAYLAND_DISPLAY" in os.environ
    display = os.environ.get("DISPLAY", "")
    if not display:
        return told
    stands_in = _stands_in(display)
    return told if stands_in is None else stands_in


def runtime_folder() -> Path:
    """Where this person's sockets lie, also for a program that was started without variables."""
    return Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")


@cache
def _stands_in(display: str) -> bool | None:
    """Whether a display is Xwayland; None where nothing answers."""
    try:
        with x11.connected(display) as desktop:
            return desktop.is_xwayland()
    except CaptureUnavailable:
        return None


def _check_permission() -> None:
    # Without the permission macOS hands out the wallpaper alone, and no error.
    graphics = ctypes.CDLL(_CORE_GRAPHICS)
    graphics.CGPreflightScreenCaptureAccess.restype = ctypes.c_bool
    if not graphics.CGPreflightScreenCaptureAccess():
        raise CaptureUnavailable(
            "macOS does not let this program see the screen. Allow it in System Settings, Privacy "
            "& Security, Screen Recording, and start it again."
        )


__all__ = ["check_screen", "has_window_list", "is_wayland", "runtime_folder", "where"]
