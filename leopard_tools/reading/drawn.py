"""What is drawn on a picture around its texts: rules of tables, lines between panes, boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..types import Box
from .dividers import Divider, dividers
from .overlays import overlays
from .rules import Grid, grids

if TYPE_CHECKING:
    from .rules import Pixels


@dataclass(frozen=True, slots=True)
class Drawn:
    """Places in pixels of the picture."""

    grids: tuple[Grid, ...] = ()
    """What rules enclose."""
    dividers: tuple[Divider, ...] = ()
    """Lines between panes."""
    overlays: tuple[Box, ...] = ()
    """Boxes that may lie over the page."""

    @staticmethod
    def on(pixels: Pixels) -> Drawn:
        """What is drawn on a picture (height, width, 3), uint8."""
        return Drawn(grids(pixels), dividers(pixels), overlays(pixels))


__all__ = ["Drawn"]
