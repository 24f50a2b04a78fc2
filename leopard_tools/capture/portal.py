"""A picture of the screen from the desktop itself, through its portal (org.freedesktop.portal).

The one way that Wayland desktops share, GNOME, KDE, COSMIC and those of wlroots: a program asks
over D-Bus, the desktop asks the person the first time or each time, and puts a file somewhere.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ..errors import CaptureDenied, CaptureUnavailable, MissingDependency
from .availability import runtime_folder
from .words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jeepney import DBusAddress, Message
    from jeepney.io.blocking import DBusConnection
    from PIL.Image import Image as PILImage

_PATIENCE = 120.0
"""Seconds in which somebody may answer the question that the desktop asks."""
_NAME = "org.freedesktop.portal.Desktop"
_SCREENSHOT, _REQUEST = "org.freedesktop.portal.Screenshot", "org.freedesktop.portal.Request"
_REFUSED = 1
_lock = threading.Lock()
"""One picture at a time: two questions would lie over one another, and some desktops write one
file for all pictures."""


def whole_desktop() -> PILImage:
    """What all monitors show, RGB. The file that the desktop makes for it is removed.

    Raises CaptureDenied where the person or the desktop says no, CaptureUnavailable,
    MissingDependency.
    """
    from PIL import Image

    with _lock:
        path = _asked()
        try:
            data = path.read_bytes()
            # Nobody asked for a picture of the screen on the disk.
            path.unlink()
            with Image.open(BytesIO(data)) as picture:
                return picture.convert("RGB")
        except OSError as fault:
            raise CaptureUnavailable(
                f"The desktop put its picture at {quoted(str(path))}, which cannot be read and "
                f"removed ({fault})."
            ) from fault


def check_portal() -> None:
    """Raises as `whole_desktop` does where the desktop takes no pictures at all; takes none."""
    with _session_bus() as connection:
        # Not above: without jeepney, the line before says so.
        from jeepney import Properties

        _called(connection, Properties(_portal()).get("version"))


def _asked() -> Path:
    """The file that the portal made."""
    with _session_bus() as connection:
        return _file(*_response(connection))


@contextmanager
def _session_bus() -> Iterator[DBusConnection]:
    """The bus on which the desktop is asked. What fails in the block is an error of ours."""
    try:
        from jeepney.auth import AuthenticationError
        from jeepney.io.blocking import open_dbus_connection
    except ImportError:
        raise MissingDependency("jeepney", "pip install 'leopard-tools[screen]'") from None
    address = _bus_address()
    try:
        with open_dbus_connection(address) as connection:
            yield connection
    except TimeoutError:
        raise CaptureUnavailable(
            f"The desktop gave no picture of the screen in {_PATIENCE:g} seconds. It may have "
            "asked whether it may: answer that, and ask again."
        ) from None
    except (OSError, RuntimeError, ValueError, AuthenticationError) as fault:
        raise CaptureUnavailable(
            f"No session bus answers at {quoted(address)} ({fault}), so the desktop cannot be "
            "asked for a picture. Check DBUS_SESSION_BUS_ADDRESS."
        ) from fault


def _bus_address() -> str:
    return os.environ.get("DBUS_SESSION_BUS_ADDRESS") or f"unix:path={runtime_folder() / 'bus'}"


def _portal() -> DBusAddress:
    from jeepney import DBusAddress

    return DBusAddress("/org/freedesktop/portal/desktop", _NAME, _SCREENSHOT)


def _response(connection: DBusConnection) -> tuple[int, dict[str, tuple[str, object]]]:
    """The portal's answer: 0 and what it has, or another number. Raises TimeoutError, OSError."""
    from jeepney import DBusAddress, HeaderFields, MatchRule, message_bus, new_method_call
    from jeepney.io.blocking import Proxy

    end = time.monotonic() + _PATIENCE
    # Listening begins before the question, since the answer may come at once.
    rule = MatchRule(type="signal", interface=_REQUEST, member="Response")
    Proxy(message_bus, connection, timeout=_PATIENCE).AddMatch(rule)
    question = ("", {"interactive": ("b", False)})
    with connection.filter(rule, bufsize=None) as answers:
        request = _called(connection, new_method_call(_portal(), "Screenshot", "sa{sv}", question))
        try:
            while True:
                left = max(0.0, end - time.monotonic())
                answer = connection.recv_until_filtered(answers, timeout=left)
                if answer.header.fields[HeaderFields.path] == request:
                    code, results = answer.body
                    return code, results
        except TimeoutError:
            # A question that nobody waits for must not stay on the screen.
            connection.send(new_method_call(DBusAddress(request, _NAME, _REQUEST), "Close"))
            raise


def _called(connection: DBusConnection, message: Message) -> object:
    """What a call of the portal gives. Raises TimeoutError, CaptureDenied, CaptureUnavailable."""
    from jeepney import DBusErrorResponse
    from jeepney.wrappers import unwrap_msg

    try:
        (found,) = unwrap_msg(connection.send_and_get_reply(message, timeout=_PATIENCE))
    except DBusErrorResponse as fault:
        told = quoted(" ".join(map(str, fault.data)) or fault.name)
        if fault.name.endswith((".AccessDenied", ".NotAllowed")):
            raise CaptureDenied(f"The desktop allows no pictures of the screen: {told}.") from fault
        raise CaptureUnavailable(
            f"This desktop takes no pictures of the screen for programs ({told}). Install "
            "xdg-desktop-portal and its part for this desktop (xdg-desktop-portal-gnome, -kde, "
            "-wlr, -hyprland, -cosmic), and log in again."
        ) from fault
    return found


def _file(code: int, results: dict[str, tuple[str, object]]) -> Path:
    """The file that an answer names."""
    if code == _REFUSED:
        raise CaptureDenied(
            "Nobody allowed a picture of the screen: the desktop asked, and the answer was no. "
            "Ask again and allow it, or change it in the desktop's settings."
        )
    uri = urlsplit(str(results.get("uri", ("s", ""))[1]))
    if code or uri.scheme != "file":
        raise CaptureUnavailable(
            f"The desktop gave no picture of the screen (code {code}): its question was not "
            "answered in time, its settings forbid pictures to this program, or it serves only "
            "programs that were started from a terminal or a menu."
        )
    return Path(unquote(uri.path))


__all__ = ["check_portal", "whole_desktop"]
