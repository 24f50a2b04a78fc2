"""The desktop for a server: what may be listed and grabbed under its policy. Knows no MCP."""

from __future__ import annotations

import os
from dataclasses import dataclass

from leopard_tools.capture import screen, x11
from leopard_tools.capture.availability import has_window_list
from leopard_tools.capture.denial import denied_surfaces
from leopard_tools.errors import CaptureDenied
from leopard_tools.types import Box, Frame

from .captures import Source

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Target:
    """What to capture: the whole desktop, a monitor or a window, or a part of these."""

    monitor: int | None = None
    window: int | str | None = None
    region: Box | None = None

    @property
    def source(self) -> Source:
        return ("screen", self.monitor, self.window, self.region)

    def grab(self, deny: tuple[str, ...]) -> Frame:
        """The picture, with denied windows black. Raises as `screen.grab` does."""
        window = self.window
        # Models write an id as a text now and then.
        if isinstance(window, str) and window.isdecimal():
            window = int(window)
        return screen.grab(monitor=self.monitor, window=window, region=self.region, deny=deny)


def listed_windows(deny: tuple[str, ...]) -> list[screen.Window]:
    """The windows, the topmost first; what is denied is not told to exist.

    Empty where windows cannot be listed. Raises CaptureDenied where a deny list cannot be held.
    """
    if not has_window_list():
        return []
    found = screen.windows()
    if not deny:
        return found
    hidden = _denied(deny)
    # Both, as a window may have come between the two looks.
    return [
        window
        for window in found
        if window.id not in hidden
        and not any(screen.matches(pattern, window.title, window.application) for pattern in deny)
    ]


def _denied(deny: tuple[str, ...]) -> set[int]:
    """The ids of denied windows and of their dialogs, which titles alone do not tell."""
    with x11.connected(os.environ["DISPLAY"]) as desktop:
        for _ in range(_ATTEMPTS):
            try:
                surfaces = denied_surfaces(desktop.surfaces(), deny)
            except x11.Vanished:
                continue
            return {client.id for surface in surfaces for client in surface.clients}
    raise CaptureDenied("The windows change too fast to tell which are denied. Try again.")


__all__ = ["Target", "listed_windows"]
