"""The monitors of a Wayland session, as its compositor tells every program.

A few requests of the Wayland protocol, so that no library of the system is needed: it lists what
the compositor has (wl_registry), binds the outputs (wl_output) and asks where on the desktop each
lies (xdg_output). Knows nothing of pixels.
"""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import CaptureUnavailable
from ..types import Box
from .availability import runtime_folder
from .desktop import Monitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE = 5.0
"""Seconds that a compositor may take to answer."""
_DISPLAY, _REGISTRY = 1, 2
_OUTPUT, _MANAGER = "wl_output", "zxdg_output_manager_v1"
_VERSIONS = {_OUTPUT: 4, _MANAGER: 3}
"""The newest that are understood here."""
_HEADER = struct.Struct("=II")
"""Whose it is; its size in bytes in the upper half, which request or event in the lower."""
_IN_USE = 1
"""Of wl_output.mode: the one that is shown."""
_QUARTER_TURNS = frozenset((1, 3, 5, 7))
"""Values of wl_output.transform by which width and height change places."""


@dataclass(slots=True)
class _Output:
    """What is told of an output: where it lies on the desktop, and its own pixels."""

    name: str = ""
    place: tuple[int, int] = (0, 0)
    size: tuple[int, int] = (0, 0)
    pixels: tuple[int, int] = (0, 0)
    turned: bool = False

    @property
    def scale(self) -> float:
        width = self.pixels[1] if self.turned else self.pixels[0]
        return width / self.size[0] if width else 1.0

    def take(self, event: int, body: bytes) -> None:
        """Takes an event of wl_output: its geometry, or the mode that is in use."""
        if event == 0:
            # x, y, millimetres across and down, subpixels; maker and model; then the transform.
            rest = _text(_text(body[20:])[1])[1]
            self.turned = struct.unpack("=i", rest)[0] in _QUARTER_TURNS
        elif event == 1:
            flags, width, height, _ = struct.unpack("=Iiii", body)
            if flags & _IN_USE:
                self.pixels = width, height

    def take_place(self, event: int, body: bytes) -> None:
        """Takes an event of xdg_output: where it lies on the desktop, its size there, its name."""
        if event == 0:
            self.place = struct.unpack("=ii", body)
        elif event == 1:
            self.size = struct.unpack("=ii", body)
        elif event == 3:
            self.name = _text(body)[0]


def monitors() -> list[Monitor]:
    """The monitors in the order in which the compositor names them.

    Their `scale` is that of the finest one: a picture of the desktop has one scale for all.
    Raises CaptureUnavailable where no compositor answers, or none that says where its outputs lie.
    """
    path = _socket_path()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
            stream.settimeout(_PATIENCE)
            stream.connect(path)
            outputs = [each for each in _Client(stream).outputs() if all(each.size)]
    except (OSError, struct.error, UnicodeDecodeError) as fault:
        raise CaptureUnavailable(
            f"No Wayland compositor answers at {path} ({fault}). Check that WAYLAND_DISPLAY and "
            "XDG_RUNTIME_DIR are those of the desktop to be captured."
        ) from fault
    if not outputs:
        raise CaptureUnavailable("This Wayland session has no monitor that is switched on.")
    scale = max(output.scale for output in outputs)
    return [
        Monitor(number, Box(*output.place, *output.size), scale, output.name)
        for number, output in enumerate(outputs, start=1)
    ]


def _socket_path() -> str:
    # What libwayland does where nothing is said.
    name = os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
    return str(runtime_folder() / name)


class _Client:
    """A program that has just connected to a compositor."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._last_id = _REGISTRY

    def outputs(self) -> list[_Output]:
        """All outputs. Raises OSError and struct.error where the other side is no compositor."""
        self._send(_DISPLAY, 1, struct.pack("=I", _REGISTRY))
        told_first = self._until_answered()
        offered = [_offer(body) for *who, body in told_first if who == [_REGISTRY, 0]]
        managers = [offer for offer in offered if offer[1] == _MANAGER]
        if not managers:
            raise CaptureUnavailable(
                "This Wayland compositor does not say where its monitors lie "
                f"(it has no {_MANAGER}), so no place on the screen could be told."
            )
        manager = self._bind(*managers[0])
        outputs: list[_Output] = []
        told: dict[int, Callable[[int, bytes], None]] = {}
        for offer in offered:
            if offer[1] == _OUTPUT:
                outputs.append(_Output())
                output, place = self._bind(*offer), self._new_id()
                self._send(manager, 1, struct.pack("=II", place, output))
                told |= {output: outputs[-1].take, place: outputs[-1].take_place}
        for sender, event, body in self._until_answered():
            if sender in told:
                told[sender](event, body)
        return outputs

    def _bind(self, number: int, interface: str, version: int) -> int:
        new = self._new_id()
        name = interface.encode() + b"\0"
        padded = name.ljust(-(-len(name) // 4) * 4, b"\0")
        known = min(version, _VERSIONS[interface])
        body = struct.pack("=II", number, len(name)) + padded + struct.pack("=II", known, new)
        self._send(_REGISTRY, 0, body)
        return new

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _send(self, target: int, request: int, body: bytes) -> None:
        word = (_HEADER.size + len(body)) << 16 | request
        self._stream.sendall(_HEADER.pack(target, word) + body)

    def _until_answered(self) -> Iterator[tuple[int, int, bytes]]:
        """What comes, (sender, event, body) each, until all that was asked so far is answered."""
        callback = self._new_id()
        self._send(_DISPLAY, 0, struct.pack("=I", callback))
        while True:
            sender, word = _HEADER.unpack(self._receive(_HEADER.size))
            event = word & 0xFFFF
            body = self._receive((word >> 16) - _HEADER.size)
            if sender == callback:
                return
            if (sender, event) == (_DISPLAY, 0):
                raise OSError(f"it answered: {_text(body[8:])[0]}")
            yield sender, event, body

    def _receive(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self._stream.recv(size - len(found))
            if not part:
                raise OSError("it closed the connection")
            found += part
        return found


def _offer(body: bytes) -> tuple[int, str, int]:
    """What the registry lists: its number there, its interface and the version of that."""
    interface, rest = _text(body[4:])
    return *struct.unpack_from("=I", body), interface, *struct.unpack("=I", rest)


def _text(body: bytes) -> tuple[str, bytes]:
    """A text of the protocol (its length with the zero at its end, padded), and what follows."""
    (length,) = struct.unpack_from("=I", body)
    end = 4 + -(-length // 4) * 4
    return body[4 : 4 + max(0, length - 1)].decode(), body[end:]


__all__ = ["monitors"]
