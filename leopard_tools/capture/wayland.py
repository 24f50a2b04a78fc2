"""The screen of a Wayland session: monitors from its compositor, pixels from its portal.

The desktop gives pictures of everything alone, so each is cut out of one. Windows are known to
their own programs only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import CaptureUnavailable
from ..types import Box
from . import outputs, portal

if TYPE_CHECKING:
    from PIL.Image import Image as PILImage

    from .desktop import Monitor

_ROUNDING = 2
"""Desktop pixels by which a picture's height may differ: fractional scales are rounded."""


class WaylandScreen:
    """A `Screen` of the desktop that WAYLAND_DISPLAY names."""

    def __init__(self) -> None:
        self.monitors: list[Monitor] = outputs.monitors()
        self.desktop = Box.around(monitor.box for monitor in self.monitors)

    def __enter__(self) -> WaylandScreen:
        return self

    def __exit__(self, *_: object) -> None: ...

    def picture(self, area: Box, *, cursor: bool) -> PILImage:
        """The pixels of a box of the desktop, RGB. Raises as `portal.whole_desktop` does."""
        if cursor:
            raise CaptureUnavailable(
                "Wayland desktops leave the mouse pointer out of their pictures. Ask without it."
            )
        desktop, whole = self.desktop, portal.whole_desktop()
        scale = whole.width / desktop.width
        if abs(whole.height / scale - desktop.height) > _ROUNDING:
            raise CaptureUnavailable(
                f"The desktop gave a picture of {whole.width}x{whole.height} pixels, which cannot "
                f"be one of its {desktop.width}x{desktop.height}, so no place in it could be told."
            )
        left, right = (round((x - desktop.left) * scale) for x in (area.left, area.right))
        top, bottom = (round((y - desktop.top) * scale) for y in (area.top, area.bottom))
        return whole.crop((left, top, right, bottom))


__all__ = ["WaylandScreen"]
