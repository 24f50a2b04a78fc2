"""Dividers on a picture: lines down between panes, as between a page's navigation and its article.

A divider is where colour changes along a straight line down much of the picture, from its edge or
a line across to another. Pure arithmetic on pixels; must not know what stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .rules import FAINT, TOUCH, differences, opened

if TYPE_CHECKING:
    from .rules import Mask, Pixels

SHARE = 0.4
"""So much of the picture's height a divider has at least."""
SPLITTER = 16
"""Pixels between the borders of two panes at most that make one divider with what is between."""
BESIDE = 48
"""Pixels to each side of a divider in which lines across are looked for."""
CROSSED = 2
"""Lines that cross a divider are fewer: a bar over two panes may go on in another colour."""


@dataclass(frozen=True, slots=True)
class Divider:
    """Where a line between panes lies in the picture, its ends, and how broad it is, in pixels.

    A splitter is broad: it has the borders of the panes beside it.
    """

    x: int
    top: int
    bottom: int
    breadth: int = 1

    @property
    def left(self) -> int:
        return self.x - self.breadth // 2

    @property
    def right(self) -> int:
        return self.x + self.breadth // 2


def dividers(pixels: Pixels) -> tuple[Divider, ...]:
    """The dividers on a picture (height, width, 3), the longest first."""
    height, width = pixels.shape[:2]
    if height <= 2 * TOUCH or width <= 2 * BESIDE:
        return ()
    least = round(SHARE * height)
    down = opened(differences(pixels[:, :-2], pixels[:, 2:]) >= FAINT, (least | 1, 1))
    # Beyond the picture's edge opening takes everything for a line.
    found = [
        line
        for line in lines_down(down, SPLITTER)
        if line.bottom - line.top >= least
        and line.left > BESIDE
        and line.right < width - BESIDE
        and _parts(pixels, line)
    ]
    return tuple(sorted(found, key=lambda line: (line.top - line.bottom, line.x)))


def lines_down(down: Mask, apart: int = TOUCH) -> Iterator[Divider]:
    """The lines of a mask in which only long runs down are left; those near one another are one.

    apart: pixels between the edges of one line at most.
    """
    columns = np.flatnonzero(down.any(axis=0))
    for near in np.split(columns, np.flatnonzero(np.diff(columns) > apart) + 1):
        if near.size:
            first, last = int(near[0]), int(near[-1])
            ruled = np.pad(down[:, first : last + 1].any(axis=1), 1)
            ends = np.flatnonzero(ruled[1:] != ruled[:-1]).tolist()
            for top, bottom in zip(ends[::2], ends[1::2], strict=True):
                # Colour changes between a pixel and the next but one.
                yield Divider((first + last + 3) // 2, top, bottom, last - first + 1)


def _parts(pixels: Pixels, line: Divider) -> bool:
    """Whether a line parts what is beside it: by where it ends, and by what crosses it."""
    height = len(pixels)
    beside = _across(pixels[:, line.left - BESIDE : line.left - TOUCH])
    behind = _across(pixels[:, line.right + TOUCH : line.right + BESIDE])
    inside = [end for end in (line.top, line.bottom) if TOUCH < end < height - TOUCH]
    near = [slice(end - TOUCH, end + TOUCH) for end in inside]
    sides = sum(bool(side[part].any()) for part in near for side in (beside, behind))
    # Of what goes on beyond the picture's edge a corner is enough; other boxes stand anywhere.
    if sides < 2 * len(inside) - (len(inside) == 1):
        return False
    # What rules cross again and again is a table's.
    across = beside & behind
    if line.breadth > 2 * TOUCH:
        across &= _across(pixels[:, line.left + TOUCH : line.right - TOUCH + 1])
    crossed = across[line.top + 2 * TOUCH : line.bottom - 2 * TOUCH]
    return int(np.count_nonzero(crossed[1:] > crossed[:-1])) < CROSSED


def _across(pixels: Pixels) -> Mask:
    """Near which rows of pixels a line runs across all of these."""
    import cv2

    found = (differences(pixels[:-2], pixels[2:]) >= FAINT).all(axis=1)
    near = cv2.dilate(np.pad(found, 1).astype(np.uint8)[:, None], np.ones((TOUCH, 1), np.uint8))
    return near[:, 0].view(bool)


__all__ = ["Divider", "dividers", "lines_down"]
