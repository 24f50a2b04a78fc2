"""Boxes on a picture that may lie over what is behind them: dialogs, menus, windows.

A box is where four straight lines meet, but for round corners. Pure arithmetic on pixels; must not
know what stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ..types import Box
from .dividers import Divider, lines_down
from .rules import STEP, TOUCH, differences, opened

if TYPE_CHECKING:
    from .rules import Mask, Pixels

LOW, NARROW = 49, 97
"""Pixels of the shortest lines down and across of a box."""
ROUND = 20
"""Pixels by which a line may end before the corner that it would meet another one in."""
CLOSED = 0.95
"""So much of a box's upper and lower side is ruled, between its corners."""
MOST = 400
"""Lines down above which a picture is a pattern."""


def overlays(pixels: Pixels) -> tuple[Box, ...]:
    """The boxes on a picture (height, width, 3) with none beside them, the smallest first."""
    height, width = pixels.shape[:2]
    if height <= LOW or width <= NARROW:
        return ()
    sideways = differences(pixels[:, :-2], pixels[:, 2:]) >= STEP
    downs = list(lines_down(opened(sideways, (LOW, 1))))
    if len(downs) > MOST:
        return ()
    downwards = differences(pixels[:-2], pixels[2:]) >= STEP
    across = np.pad(opened(downwards, (1, NARROW)), ((1, 1), (0, 0)))
    found = list(_boxes(downs, across))
    alone = [box for box in found if not any(_is_beside(box, other) for other in found)]
    return tuple(sorted(alone, key=lambda box: box.width * box.height))


def _boxes(downs: Sequence[Divider], across: Mask) -> Iterator[Box]:
    """What two lines down of the same ends enclose with lines across."""
    for left, right in combinations(sorted(downs, key=lambda line: line.x), 2):
        ends = max(abs(left.top - right.top), abs(left.bottom - right.bottom))
        if ends <= TOUCH and right.x - left.x >= NARROW:
            part = across[:, left.x + ROUND : right.x - ROUND]
            above = part[max(0, left.top - ROUND) : left.top + TOUCH]
            below = part[max(0, left.bottom - TOUCH) : left.bottom + ROUND]
            if all(side.size and side.any(axis=0).mean() >= CLOSED for side in (above, below)):
                yield Box(left.x, left.top, right.x - left.x, left.bottom - left.top)


def _is_beside(box: Box, other: Box) -> bool:
    """Whether another box begins or ends at the same height: cards, columns, windows in tiles."""
    apart = other.left >= box.right - TOUCH or other.right <= box.left + TOUCH
    return apart and (abs(box.top - other.top) <= TOUCH or abs(box.bottom - other.bottom) <= TOUCH)


__all__ = ["overlays"]
