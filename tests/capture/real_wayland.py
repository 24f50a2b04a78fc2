"""A real Wayland desktop for the tests: sway with two monitors, and the portal beside it.

The second monitor stands upright and shows two pixels for one of the desktop, and so does the
portal for both.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    message_bus,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection
from PIL import Image

from leopard_tools.capture import screen

from .real_desktop import poster, running, until

FIRST, SECOND = (800, 600), (400, 500)
SCALE = 2
YELLOW, BLUE = (255, 255, 0), (0, 0, 255)
_NOBODY = 65534
_SETTINGS = """
xwayland disable
output HEADLESS-1 resolution {0[0]}x{0[1]} position 0 0
output HEADLESS-1 background {2}/1.png fill
output HEADLESS-2 resolution {1[0]}x{1[1]} position {0[0]} 100 scale {3} transform 90
output HEADLESS-2 background {2}/2.png fill
"""


@contextmanager
def two_wayland_monitors() -> Iterator[dict[str, str]]:
    """A desktop with a text on its first monitor; the variables by which programs find it."""
    first = poster(FIRST, "Build finished", "#ffff00", points=40)
    # Painted as large as its monitor is, in its own pixels.
    second = Image.new("RGB", (SCALE * SECOND[0], SCALE * SECOND[1]), BLUE)
    with _desktop(first, second) as environment:
        with pytest.MonkeyPatch.context() as patch:
            take_part(patch, environment)
            until(_is_painted, 60)
        yield environment


def _is_painted() -> bool:
    """Whether both monitors show their pictures: they come up in grey."""
    image = screen.grab().image
    # What is made larger for the finer monitor's sake is not the same to the last bit.
    first, second = image.getpixel((10, 10)), image.getpixel((image.width - 1, 300))
    return np.allclose(first, YELLOW, atol=2) and second == BLUE


@contextmanager
def _desktop(first: Image.Image, second: Image.Image) -> Iterator[dict[str, str]]:
    """A desktop that shows these pictures; the variables by which programs find it."""
    folder = Path(tempfile.mkdtemp(prefix="sway"))  # short: paths of sockets are bounded
    environment = {
        "XDG_RUNTIME_DIR": str(folder),
        "XDG_SESSION_TYPE": "wayland",
        "XDG_CURRENT_DESKTOP": "sway",
    }
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for name, picture in (("1.png", first), ("2.png", second)):
            picture.save(folder / name)
        pixels = tuple(SCALE * side for side in reversed(SECOND))
        (folder / "settings").write_text(_SETTINGS.format(FIRST, pixels, folder, SCALE))
        stack.enter_context(_sway(folder, environment))
        (name,) = (path.name for path in folder.glob("wayland-?"))
        environment["WAYLAND_DISPLAY"] = name
        environment["DBUS_SESSION_BUS_ADDRESS"] = _address(folder)
        clean = {**_without_display(), **environment, "HOME": str(folder)}
        stack.enter_context(_daemon(folder, clean))
        stack.enter_context(running("pipewire", env=clean))
        until((folder / "pipewire-0").exists)
        yield environment


@contextmanager
def _sway(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    command = ["sway", "--config", str(folder / "settings")]
    if os.geteuid() == 0:
        # sway does not run as root, but root may use what another shows.
        for path in (folder, *folder.iterdir()):
            os.chown(path, _NOBODY, _NOBODY)
        command = [
            "setpriv",
            f"--reuid={_NOBODY}",
            f"--regid={_NOBODY}",
            "--clear-groups",
            *command,
        ]
    headless = {
        "WLR_BACKENDS": "headless",
        "WLR_HEADLESS_OUTPUTS": "2",
        "WLR_LIBINPUT_NO_DEVICES": "1",
        "WLR_RENDERER": "pixman",
    }
    variables = {**_without_display(), **environment, **headless, "HOME": str(folder)}
    with running(*command, env=variables):
        until(lambda: any(folder.glob("wayland-?")))
        yield


def _without_display() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}


def take_part(patch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    """Makes this process a program of that desktop."""
    patch.delenv("DISPLAY", raising=False)
    for name, value in environment.items():
        patch.setenv(name, value)


@contextmanager
def bus() -> Iterator[str]:
    """A session bus with nothing on it; its address."""
    with tempfile.TemporaryDirectory(prefix="bus") as folder:
        nothing = {**_without_display(), "XDG_DATA_HOME": folder, "XDG_DATA_DIRS": folder}
        with _daemon(Path(folder), nothing):
            yield _address(Path(folder))


@contextmanager
def _daemon(folder: Path, variables: dict[str, str]) -> Iterator[None]:
    """A session bus in a folder, whose services get these variables."""
    command = ("dbus-daemon", "--session", "--nofork", f"--address={_address(folder)}")
    with running(*command, env=variables):
        until(lambda: _listens(folder / "bus"))
        yield


def _listens(place: Path) -> bool:
    """Whether somebody takes calls there: a socket has its name before it is listened to."""
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(place)) == 0


def _address(folder: Path) -> str:
    return f"unix:path={folder}/bus"


@contextmanager
def stand_in(answer: tuple[int, dict[str, object]] | None) -> Iterator[list[str]]:
    """A portal that gives this answer to a request, or none; what it was asked for.

    It stands in for the person, who would have to press a button of the desktop's own.
    """
    asked: list[str] = []
    with bus() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with open_dbus_connection(address) as connection:
            Proxy(message_bus, connection).RequestName("org.freedesktop.portal.Desktop")
            thread = threading.Thread(target=_serve, args=(connection, answer, asked))
            thread.start()
            yield asked
            thread.join(timeout=20)
            assert not thread.is_alive()


def _serve(
    connection: DBusConnection, answer: tuple[int, dict[str, object]] | None, asked: list[str]
) -> None:
    """Answers one request; where there is no answer, listens until it is taken back."""
    path = "/org/freedesktop/portal/desktop/request/one"
    while len(asked) < (1 if answer else 2):
        message = connection.receive(timeout=20)
        if message.header.message_type is not MessageType.method_call:
            continue
        asked.append(message.header.fields[HeaderFields.member])
        if asked[-1] == "Screenshot":
            connection.send(new_method_return(message, "o", (path,)))
            # What another program is told is no answer to this one.
            _tell(connection, f"{path}/other", (0, {"uri": ("s", "file:///nowhere")}))
            if answer:
                _tell(connection, path, answer)


def _tell(connection: DBusConnection, path: str, answer: tuple[int, dict[str, object]]) -> None:
    request = DBusAddress(path, interface="org.freedesktop.portal.Request")
    connection.send(new_signal(request, "Response", "ua{sv}", answer))
