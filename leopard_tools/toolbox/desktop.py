"""The desktop for an agent: what may be listed and grabbed with a deny list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..capture import screen
from ..capture.availability import has_window_list
from ..errors import CaptureUnavailable
from ..types import Box, Frame
from .captures import Source


@dataclass(frozen=True, slots=True)
class Target:
    """What to capture: the whole desktop, a monitor or a window, or a part of these."""

    monitor: int | None = None
    window: int | str | None = None
    region: Box | None = None

    @property
    def source(self) -> Source:
        return ("screen", self.monitor, self.window, self.region)

    def grab(self, deny: Sequence[str]) -> Frame:
        """The picture, with denied windows black. Raises as `screen.grab` does."""
        try:
            return self._grab(self.window, deny)
        except CaptureUnavailable:
            # Models write an id as a text now and then; but a window may be called "2048".
            if not isinstance(self.window, str) or not self.window.isdecimal():
                raise
        return self._grab(int(self.window), deny)

    def _grab(self, window: int | str | None, deny: Sequence[str]) -> Frame:
        return screen.grab(monitor=self.monitor, window=window, region=self.region, deny=deny)


def listed_windows(deny: Sequence[str]) -> list[screen.Window]:
    """The windows, the topmost first; what is denied is not told to exist.

    Empty where windows cannot be listed. Raises as `screen.windows` does.
    """
    if not has_window_list():
        return []
    return screen.windows(deny=deny)


__all__ = ["Target", "listed_windows"]
