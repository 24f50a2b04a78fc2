"""Panes of a page: what lines down it part, one read after the other.

Navigation beside an article, a list of folders beside their files: their lines stand at the same
heights by accident. Must not know how a pane is read.
"""

from __future__ import annotations

from collections.abc import Sequence

from .dividers import Divider
from .placed import Item, Items, Levels, level

SLACK = 0.3
"""So much of its height may a line's box reach over a divider beside it."""
LEAST = 2
"""Texts on each side of a divider at least."""
ALIGNED = 0.8
"""Of three lines and more, so many have one beside them where the divider is one of a table."""


def panes(items: Items, dividers: Sequence[Divider]) -> list[Items]:
    """The items of each pane, in reading order: from left to right between what is over all.

    A divider parts nothing that lines cross, beside which there are figures alone, as the numbers
    of a program's lines are, nor a table.
    """
    for number, divider in enumerate(dividers):
        above = [item for item in items if _center(item)[1] < divider.top]
        below = [item for item in items if _center(item)[1] > divider.bottom]
        beside = [item for item in items if divider.top <= _center(item)[1] <= divider.bottom]
        left = [item for item in beside if _center(item)[0] < divider.x]
        right = [item for item in beside if _center(item)[0] >= divider.x]
        if _parts(left, right, divider.x):
            rest = dividers[number + 1 :]
            parts = (above, left, right, below)
            return [pane for part in parts if part for pane in panes(part, rest)]
    return [items]


def _center(item: Item) -> tuple[float, float]:
    """Where a line stands in the picture, which has its dividers."""
    return item.line.box.center


def _has_letters(item: Item) -> bool:
    return any(map(str.isalpha, item.line.text))


def _parts(left: Items, right: Items, x: int) -> bool:
    """Whether what stands on the two sides of a divider belongs to two panes."""
    boxes = [item.line.box for item in (*left, *right)]
    if any(min(x - box.left, box.right - x) > SLACK * box.height for box in boxes):
        return False
    if any(sum(map(_has_letters, side)) < LEAST for side in (left, right)):
        return False
    sparse, dense = sorted((left, right), key=len)
    levels = Levels(dense)
    found = sum(any(level(item, other) for other in levels.near(item)) for item in sparse)
    return len(sparse) < 3 or found < ALIGNED * len(sparse)


__all__ = ["panes"]
