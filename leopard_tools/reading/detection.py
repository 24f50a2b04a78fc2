"""Where text stands in a picture: PP-OCRv6's detector, from pixels to upright or turned boxes.

The network gives every pixel a probability of being text (Differentiable Binarization, Liao et
al. 2020); a connected region of likely pixels, grown again by what training had shrunk it, is a
line. A picture is seen in overlapping pieces whose probabilities are joined before any box is
drawn, so a line on a border is neither lost nor read twice. This module must not know what the
lines say.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .pieces import STRIDE, blocks, busy, cuts, pieces

if TYPE_CHECKING:
    import numpy.typing as npt
    from onnxruntime import InferenceSession

    Pixels = npt.NDArray[np.uint8]
    Probabilities = npt.NDArray[np.uint8]
    Look = Callable[[Pixels], Probabilities]

CERTAIN = 255
"""Probabilities are kept in so many steps: a byte a pixel."""
LIKELY = 0.3
"""Pixels above this belong to text, as in PP-OCR's own configuration."""
BOX_SCORE = 0.5
"""The mean probability that a region needs."""
GROWTH = 1.6
"""PP-OCR trains on regions shrunk by their area over their outline; this undoes it."""
UPRIGHT = 2.0
"""Regions turned by less (in degrees) are treated as upright where they touch."""
LARGE = 96
"""Text higher than this (in the pixels shown to the network) must not be cut."""
ENLARGED = 1.2
"""A picture that is shown so many times as large is looked at as it is, too."""
UPWARDS = 2
"""Where it is so much higher than wide, it runs upwards or downwards and may be small."""


@dataclass(frozen=True, slots=True)
class Region:
    """A turned rectangle: centre, size along its own axes, angle in degrees (0: upright)."""

    x: float
    y: float
    width: float
    height: float
    angle: float

    @property
    def hull(self) -> tuple[float, float]:
        """The width and height of the upright rectangle around it."""
        sin, cos = abs(math.sin(math.radians(self.angle))), abs(math.cos(math.radians(self.angle)))
        return self.width * cos + self.height * sin, self.width * sin + self.height * cos

    def touches(self, row: float) -> bool:
        """Whether a row goes through it, or past it by less than half its height."""
        return abs(row - self.y) < self.hull[1]

    def meets(self, other: Region) -> bool:
        """Whether the upright rectangles around both have something in common."""
        (width, height), (other_width, other_height) = self.hull, other.hull
        return (
            2 * abs(self.x - other.x) < width + other_width
            and 2 * abs(self.y - other.y) < height + other_height
        )

    def runs_into(self, other: Region) -> bool:
        """Whether both are upright, at one height, and the other begins before this one ends."""
        height = min(self.height, other.height)
        return (
            max(abs(self.angle), abs(other.angle)) < UPRIGHT
            and abs(self.y - other.y) < 0.3 * height
            and max(self.height, other.height) < 1.5 * height
            and self.x + self.width / 2 - other.x + other.width / 2 > 0.3 * height
        )

    def joined(self, other: Region) -> Region:
        """The upright rectangle around both."""
        left, right = self.x - self.width / 2, self.x + self.width / 2
        top, bottom = self.y - self.height / 2, self.y + self.height / 2
        left, right = min(left, other.x - other.width / 2), max(right, other.x + other.width / 2)
        top, bottom = min(top, other.y - other.height / 2), max(bottom, other.y + other.height / 2)
        return Region((left + right) / 2, (top + bottom) / 2, right - left, bottom - top, 0.0)

    def scaled(self, across: float, down: float) -> Region:
        """The same region of a picture of another size."""
        width, height = self.width * across, self.height * down
        return Region(self.x * across, self.y * down, width, height, self.angle)


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """How a picture is shown to the detector.

    Pictures whose shorter side is below `shortest` pixels are enlarged to it. They are cut about
    every `band` rows, and where pieces are still larger than `piece` into ones that share
    `overlap` pixels. `everywhere` looks at blank parts too: it takes longer and is there to
    measure by how much.
    """

    shortest: int = 736
    piece: int = 1920
    overlap: int = 128
    band: int = 224
    everywhere: bool = False


class Detector:
    """The network; gives pixels (height, width, 3 in BGR order) their probabilities of text."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def __call__(self, piece: Pixels) -> Probabilities:
        """Probabilities from 0 to 255 of a piece whose sides are multiples of 32 pixels."""
        tensor = np.multiply(piece, 1 / 127.5, dtype=np.float32) - 1
        found = self._session.run(None, {self._input: tensor.transpose(2, 0, 1)[None]})[0][0, 0]
        return np.asarray(np.rint(found * CERTAIN), np.uint8)


def detect(pixels: Pixels, look: Look, settings: DetectorSettings) -> list[Region]:
    """The regions of text in `pixels` (height, width, 3 in BGR order), in its own coordinates.

    look: the detector, or what remembers for it.
    """
    height, width = pixels.shape[:2]
    scale = max(1.0, settings.shortest / min(height, width))
    # A thin strip would grow without end; the longest side bounds the enlargement.
    scale = max(1.0, min(scale, settings.piece / max(height, width)))
    found = _regions_at(scale, pixels, look, settings)
    if scale < ENLARGED:
        return found
    # Enlarged, numbers beside broad bars are lost at times.
    more = _regions_at(1.0, pixels, look, settings)
    return found + [region for region in more if not any(map(region.meets, found))]


def _regions_at(
    scale: float, pixels: Pixels, look: Look, settings: DetectorSettings
) -> list[Region]:
    """The regions of a picture that is shown `scale` times as large, in its own coordinates."""
    import cv2

    height, width = pixels.shape[:2]
    size = (round_up(width * scale), round_up(height * scale))
    scaled = np.asarray(cv2.resize(pixels, size), np.uint8)
    found = regions(probabilities(scaled, look, settings))
    return [region.scaled(width / size[0], height / size[1]) for region in mended(found)]


def round_up(length: float) -> int:
    """The multiple of the network's stride nearest to `length`, at least one."""
    return max(1, round(length / STRIDE)) * STRIDE


def probabilities(pixels: Pixels, look: Look, settings: DetectorSettings) -> Probabilities:
    """The probability of text for every pixel; only pieces that hold anything are looked at."""
    joined = np.zeros(pixels.shape[:2], np.uint8)
    for block in blocks(busy(pixels) | settings.everywhere):
        top, bottom, left, right = (STRIDE * edge for edge in block)
        cut = cuts(pixels, block, settings.band)
        while True:
            for part in pieces(block, cut, settings.piece, settings.overlap):
                found = look(pixels[part.top : part.bottom, part.left : part.right])
                own = slice(*part.rows), slice(*part.columns)
                joined[own] = found[_inside(own[0], part.top), _inside(own[1], part.left)]
            kept = _uncut(regions(joined[top:bottom, left:right]), cut, top)
            if len(kept) == len(cut):
                break
            # Each half of large text looks like something else: look again, at the whole.
            cut = kept
    return joined


def _inside(own: slice, start: int) -> slice:
    return slice(own.start - start, own.stop - start)


def _uncut(found: list[Region], cut: list[int], top: int) -> list[int]:
    """The cuts that stay clear of large text."""
    large = [
        region
        for region in found
        if region.height > LARGE
        and (region.width > LARGE or region.height > UPWARDS * region.width)
    ]
    return [row for row in cut if not any(region.touches(row - top) for region in large)]


def mended(found: list[Region]) -> list[Region]:
    """The regions, those on one height that run into each other as one.

    The network now and then sees a crack in a line, at a decimal point for example.
    """
    whole: list[Region] = []
    heights: list[tuple[float, int]] = []  # where each of them stands, from top to bottom
    for region in sorted(found, key=lambda region: (region.x - region.width / 2, region.y)):
        low = bisect_left(heights, (region.y - region.height / 2, 0))
        high = bisect_right(heights, (region.y + region.height / 2, len(whole)))
        torn = min((n for _, n in heights[low:high] if whole[n].runs_into(region)), default=-1)
        if torn < 0:
            torn = len(whole)
            whole.append(region)
        else:
            heights.remove((whole[torn].y, torn))
            whole[torn] = whole[torn].joined(region)
        insort(heights, (whole[torn].y, torn))
    return whole


def regions(probability: Probabilities) -> list[Region]:
    """The regions of likely pixels."""
    import cv2

    likely = (probability > LIKELY * CERTAIN).astype(np.uint8)
    # As PP-OCR does: bridges the one-pixel cracks that would split a line.
    mask = cv2.dilate(likely, np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours:
        (x, y), (width, height), angle = cv2.minAreaRect(contour)
        if (
            min(width, height) < 3
            or _score(probability, (x, y), (width, height), angle) < BOX_SCORE
        ):
            continue
        # OpenCV's versions disagree on the range of this angle: bring it to the nearest axis.
        while abs(angle) > 45:
            width, height, angle = height, width, angle - math.copysign(90, angle)
        growth = width * height * GROWTH / (2 * (width + height))
        found.append(Region(x, y, width + 2 * growth, height + 2 * growth, angle))
    return found


def _score(
    probability: Probabilities, center: tuple[float, float], size: tuple[float, float], angle: float
) -> float:
    """The mean probability inside a turned rectangle."""
    import cv2

    points = cv2.boxPoints((center, size, angle))
    height, width = probability.shape
    left, top = np.clip(np.floor(points.min(0)), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(points.max(0)), 0, (width - 1, height - 1)).astype(int)
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [(points - (left, top)).astype(np.int32)], 1)
    mean = cv2.mean(probability[top : bottom + 1, left : right + 1], mask)[0]
    return float(mean) / CERTAIN


__all__ = ["Detector", "DetectorSettings", "Region", "detect"]
