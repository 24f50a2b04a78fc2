"""Where text stands in a picture: PP-OCRv6's detector, from pixels to upright or turned boxes.

The network gives every pixel a probability of being text (Differentiable Binarization, Liao et
al. 2020); a connected region of likely pixels, grown again by what training had shrunk it, is a
line. A large picture is seen in overlapping pieces whose probabilities are joined before any box
is drawn, so a line on a border is neither lost nor read twice. This module must not know what
the lines say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from onnxruntime import InferenceSession

    Pixels = npt.NDArray[np.uint8]
    Floats = npt.NDArray[np.float32]
    Block = tuple[int, int, int, int]
    Span = tuple[int, int, int]

STRIDE = 32
FAINT = 12
"""Two neighbouring pixels that differ by no more, of 255, in any colour are taken as equal."""
LIKELY = 0.3
"""Pixels above this belong to text, as in PP-OCR's own configuration."""
BOX_SCORE = 0.5
"""The mean probability that a region needs."""
GROWTH = 1.6
"""PP-OCR trains on regions shrunk by their area over their outline; this undoes it."""


@dataclass(frozen=True, slots=True)
class Region:
    """A turned rectangle: centre, size along its own axes, angle in degrees (0: upright)."""

    x: float
    y: float
    width: float
    height: float
    angle: float


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """How a picture is shown to the detector.

    Pictures whose shorter side is below `shortest` pixels are enlarged to it; larger ones than
    `piece` are seen in pieces that share `overlap` pixels. `everywhere` looks at blank parts
    too: it takes longer and is there to measure by how much.
    """

    shortest: int = 736
    piece: int = 1920
    overlap: int = 128
    everywhere: bool = False


def detect(pixels: Pixels, session: InferenceSession, settings: DetectorSettings) -> list[Region]:
    """The regions of text in `pixels` (height, width, 3 in BGR order), in its own coordinates."""
    import cv2

    height, width = pixels.shape[:2]
    scale = max(1.0, settings.shortest / min(height, width))
    # A thin strip would grow without end; the longest side bounds the enlargement.
    scale = max(1.0, min(scale, settings.piece / max(height, width)))
    size = (round_up(width * scale), round_up(height * scale))
    scaled = np.asarray(cv2.resize(pixels, size), np.uint8)
    return regions(probabilities(scaled, session, settings), width / size[0], height / size[1])


def round_up(length: float) -> int:
    """The multiple of the network's stride nearest to `length`, at least one."""
    return max(1, round(length / STRIDE)) * STRIDE


def probabilities(pixels: Pixels, session: InferenceSession, settings: DetectorSettings) -> Floats:
    """The probability of text for every pixel; only pieces that hold anything are looked at."""
    joined = np.zeros(pixels.shape[:2], np.float32)
    name = session.get_inputs()[0].name
    cells = busy(pixels)
    for block in blocks(cells | settings.everywhere):
        for (top, above, bottom), (left, before, right) in pieces(block, settings):
            piece = np.multiply(pixels[top:bottom, left:right], 1 / 127.5, dtype=np.float32) - 1
            found = session.run(None, {name: piece.transpose(2, 0, 1)[None]})[0][0, 0]
            joined[above:bottom, before:right] = found[above - top :, before - left :]
    return joined


def busy(pixels: Pixels) -> npt.NDArray[np.bool_]:
    """The cells of 32 x 32 pixels (and their neighbours) that could hold text.

    Text changes brightness or colour both along and across its line; an empty cell, a rule and
    the inside of a bar do not, and looking at them would cost as much as reading.
    """
    import cv2

    changing = np.ones((pixels.shape[0] // STRIDE, pixels.shape[1] // STRIDE), bool)
    for axis in (0, 1):
        ahead = np.delete(pixels, 0, axis)
        change = np.zeros_like(pixels)
        change[: ahead.shape[0], : ahead.shape[1]] = cv2.absdiff(ahead, np.delete(pixels, -1, axis))
        rows = change.reshape(changing.shape[0], STRIDE, -1).max(1)
        changing &= rows.reshape(*changing.shape, -1).max(2) > FAINT
    return cv2.dilate(changing.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def blocks(cells: npt.NDArray[np.bool_], top: int = 0, left: int = 0) -> Iterator[Block]:
    """The busy parts of a grid as (top, bottom, left, right): cut at empty rows and columns."""
    for axis in (0, 1):
        filled = np.concatenate(([0], cells.any(1 - axis), [0])).astype(np.int8)
        runs = np.flatnonzero(np.diff(filled)).reshape(-1, 2)
        if len(runs) != 1 or runs[0, 1] - runs[0, 0] < cells.shape[axis]:
            for start, end in runs:
                part = cells[start:end] if axis == 0 else cells[:, start:end]
                yield from blocks(part, top + start * (axis == 0), left + start * (axis == 1))
            return
    yield top, top + cells.shape[0], left, left + cells.shape[1]


def pieces(block: Block, settings: DetectorSettings) -> Iterator[tuple[Span, Span]]:
    """A block of cells as pieces in pixels, none larger than the detector should see at once.

    Each is (start, own, end) for rows and for columns: what lies before `own` is context only.
    """
    top, bottom, left, right = (STRIDE * edge for edge in block)
    yield from product(spans(top, bottom, settings), spans(left, right, settings))


def spans(start: int, end: int, settings: DetectorSettings) -> list[Span]:
    """Equal overlapping spans (start, own, end) from `start` to `end`, in whole cells."""
    shared = settings.overlap
    if end - start <= settings.piece:
        return [(start, start, end)]
    count = -(-(end - start - shared) // (settings.piece - shared))
    step = -(-(end - start - shared) // (count * STRIDE)) * STRIDE
    starts = [min(start + i * step, end - shared - step) for i in range(count)]
    # Near its border a piece sees too little: each neighbour gives its half of what they share.
    return [(at, at + (shared // 2 if at > start else 0), at + step + shared) for at in starts]


def regions(probability: Floats, scale_x: float, scale_y: float) -> list[Region]:
    """The regions of likely pixels, as rectangles in the picture's own coordinates."""
    import cv2

    likely = (probability > LIKELY).astype(np.uint8)
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
        found.append(
            Region(
                x * scale_x,
                y * scale_y,
                (width + 2 * growth) * scale_x,
                (height + 2 * growth) * scale_y,
                angle,
            )
        )
    return found


def _score(
    probability: Floats, center: tuple[float, float], size: tuple[float, float], angle: float
) -> float:
    """The mean probability inside a turned rectangle."""
    import cv2

    points = cv2.boxPoints((center, size, angle))
    height, width = probability.shape
    left, top = np.clip(np.floor(points.min(0)), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(points.max(0)), 0, (width - 1, height - 1)).astype(int)
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [(points - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(probability[top : bottom + 1, left : right + 1], mask)[0])


__all__ = ["DetectorSettings", "Region", "detect"]
