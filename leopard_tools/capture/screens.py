"""Which screen there is to capture, and what all kinds of it have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from .availability import is_wayland
from .pixels import MssScreen
from .wayland import WaylandScreen

if TYPE_CHECKING:
    from PIL.Image import Image as PILImage

    from ..types import Box
    from .desktop import Monitor


class Screen(Protocol):
    """The screen as it is now, until the block ends that it is opened for."""

    @property
    def monitors(self) -> list[Monitor]:
        """At least one, numbered from 1."""
        ...

    @property
    def desktop(self) -> Box:
        """What covers them all."""
        ...

    def picture(self, area: Box, *, cursor: bool) -> PILImage:
        """The pixels of a box of the desktop, RGB."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def opened() -> Screen:
    """The screen of this session. Raises CaptureUnavailable, MissingDependency."""
    return WaylandScreen() if is_wayland() else MssScreen()


__all__ = ["Screen", "opened"]
