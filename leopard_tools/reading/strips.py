"""Cuts the strip of a line out of a picture, upright, and brings places in it back.

Must not know what the strip says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from ..types import Box

if TYPE_CHECKING:
    import numpy.typing as npt

    from .detection import Region

    Pixels = npt.NDArray[np.uint8]

STRAIGHT = 1.5
"""A line that climbs by less than so many pixels over its width is cut without resampling."""
LONG = 2.5
"""So many times as wide as high is a line whose angle is that of its page."""
LEAST, MOST = 0.03, 0.15
"""The slopes between which a page is askew: below, neighbours tell; above, it is turned."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Upright pixels (height, width, 3) of a region with centre (x, y), turned by `angle` rad."""

    pixels: Pixels
    x: float
    y: float
    angle: float

    def place(self, column: float, row: float) -> tuple[float, float]:
        """Where in the picture a place of the strip lies: (x, y)."""
        height, width = self.pixels.shape[:2]
        u, v = column - width / 2, row - height / 2
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return self.x + u * cos - v * sin, self.y + u * sin + v * cos

    def whole(self, size: Box) -> Box:
        """The upright box in the picture (of the given size) around all of the strip."""
        height, width = self.pixels.shape[:2]
        return self.hull(0, 0, width, height, size)

    def hull(self, left: float, top: float, right: float, bottom: float, size: Box) -> Box:
        """The upright box in the picture (of the given size) around a rectangle of the strip."""
        corners = [self.place(u, v) for u in (left, right) for v in (top, bottom)]
        xs, ys = zip(*corners, strict=True)
        x, y = math.floor(min(xs) + 1e-6), math.floor(min(ys) + 1e-6)
        box = Box(x, y, math.ceil(max(xs) - 1e-6) - x, math.ceil(max(ys) - 1e-6) - y)
        return box.intersection(size) or Box(0, 0, 1, 1)


def slope(strips: Sequence[Strip]) -> float:
    """The slope of a page by its long lines, in pixels down for each to the right; 0.0 if small.

    Small ones are known better from where neighbours stand than from single lines.
    """
    long = [strip.angle for strip in strips if strip.pixels.shape[1] > LONG * strip.pixels.shape[0]]
    found = math.tan(median(long)) if len(long) > 3 else 0.0
    return found if LEAST < abs(found) < MOST else 0.0


def cut(pixels: Pixels, region: Region) -> Strip:
    """The strip of a region; nearly straight ones are taken from the pixels as they are."""
    height, width = pixels.shape[:2]
    angle = math.radians(region.angle)
    if abs(math.sin(angle)) * max(region.width, region.height) < STRAIGHT:
        left = max(0, round(region.x - region.width / 2))
        top = max(0, round(region.y - region.height / 2))
        right = max(left + 1, min(width, round(region.x + region.width / 2)))
        bottom = max(top + 1, min(height, round(region.y + region.height / 2)))
        patch = pixels[top:bottom, left:right]
        return Strip(patch, (left + right) / 2, (top + bottom) / 2, 0.0)
    return _turned(pixels, region, angle)


def _turned(pixels: Pixels, region: Region, angle: float) -> Strip:
    """Resamples a turned region so that it lies upright."""
    import cv2

    wide, high = max(1, round(region.width)), max(1, round(region.height))
    cos, sin = math.cos(angle), math.sin(angle)
    # Maps places of the strip to places of the picture; warpAffine is told so.
    matrix = np.array(
        [
            [cos, -sin, region.x - cos * wide / 2 + sin * high / 2],
            [sin, cos, region.y - sin * wide / 2 - cos * high / 2],
        ]
    )
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(pixels, matrix, (wide, high), None, flags, cv2.BORDER_REPLICATE)
    return Strip(np.asarray(patch, np.uint8), region.x, region.y, angle)


__all__ = ["Strip", "cut", "slope"]
