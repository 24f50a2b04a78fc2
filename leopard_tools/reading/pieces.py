"""Which parts of a picture the detector looks at: pieces that hold anything, cut where it is quiet.

The network pools over all it is shown, so a piece's result rests on all of its pixels and on no
others. Small pieces therefore keep a change local: what was found in the others can be kept.
Cuts depend on the pixels near them alone, so that a change moves no far one. Pure arithmetic on
pixels; must not know of networks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]
    Block = tuple[int, int, int, int]
    Span = tuple[int, int, int, int]

STRIDE = 32
FAINT = 12
"""Two neighbouring pixels that differ by no more, of 255, in any colour are taken as equal."""
CONTEXT = 24
"""Rows beyond a cut that a piece sees too."""
SHARED = 2 * STRIDE
"""Rows that two pieces share where no cut could stay: both contexts, in whole cells, since the
network takes no others."""
AROUND = 4
"""Rows above and below a cut that should be as quiet as the cut itself."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is shown to the detector (top:bottom, left:right), and which part of it counts.

    Near its border a piece sees too little: only `rows` and `columns` (start, end) are its own.
    """

    top: int
    bottom: int
    left: int
    right: int
    rows: tuple[int, int]
    columns: tuple[int, int]


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


def cuts(pixels: Pixels, block: Block, band: int) -> list[int]:
    """The rows at which a block is cut: the quietest near every multiple of `band`."""
    top, bottom, left, right = (STRIDE * edge for edge in block)
    first = -(-(top + band // 2) // band) * band
    return [
        _quietest(pixels[:, left:right], line, band // 4)
        for line in range(first, bottom - band // 2 + 1, band)
    ]


def _quietest(pixels: Pixels, line: int, reach: int) -> int:
    """The row within `reach` of `line` around which the fewest pixels differ from the next."""
    import cv2

    rows = pixels[line - reach - AROUND : line + reach + AROUND]
    changing = cv2.absdiff(rows[:, 1:], rows[:, :-1]).max(2) > FAINT
    counts = np.convolve(changing.sum(1), np.ones(2 * AROUND, int), "valid")
    distance = np.abs(np.arange(len(counts)) - reach)
    return line - reach + int(np.lexsort((distance, counts))[0])


def pieces(block: Block, cut: Iterable[int], piece: int, overlap: int) -> Iterator[Piece]:
    """A block of cells as pieces in pixels: between cuts, and none larger than `piece`."""
    top, bottom, left, right = (STRIDE * edge for edge in block)
    edges = [top, *cut, bottom]
    rows = [
        span for own in pairwise(edges) for span in _shared(_widened(own, top, bottom), own, piece)
    ]
    columns = spans(left, right, piece, overlap)
    for (start, own, owned, end), (before, mine, mined, after) in product(rows, columns):
        yield Piece(start, end, before, after, (own, owned), (mine, mined))


def _widened(own: tuple[int, int], top: int, bottom: int) -> tuple[int, int]:
    """With context on both sides, in whole cells, inside top:bottom."""
    start, end = max(top, own[0] - CONTEXT), min(bottom, own[1] + CONTEXT)
    size = -(-(end - start) // STRIDE) * STRIDE
    start = min(start, bottom - size)
    return start, start + size


def _shared(seen: tuple[int, int], own: tuple[int, int], piece: int) -> Iterator[Span]:
    """What is seen for `own`, in several spans where it is larger than a piece."""
    for start, first, last, end in spans(*seen, piece, SHARED):
        yield start, max(first, own[0]), min(last, own[1]), end


def spans(start: int, end: int, piece: int, shared: int) -> list[Span]:
    """Equal overlapping spans (start, own start, own end, end), in whole cells as `shared` is."""
    if end - start <= piece:
        return [(start, start, end, end)]
    count = -(-(end - start - shared) // (piece - shared))
    step = -(-(end - start - shared) // (count * STRIDE)) * STRIDE
    starts = [min(start + i * step, end - shared - step) for i in range(count)]
    # Each neighbour gives its half of what they share.
    borders = [start, *(at + shared // 2 for at in starts[1:]), end]
    return [
        (at, own, owned, at + step + shared)
        for at, (own, owned) in zip(starts, pairwise(borders), strict=True)
    ]


__all__ = ["STRIDE", "Piece", "blocks", "busy", "cuts", "pieces"]
