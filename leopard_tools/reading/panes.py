"""Panes of a page: what lines down it part, and what lies over it, one read after the other.

Navigation beside an article, a list of folders beside their files, a dialog over a table: their
lines stand at the same heights by accident. Must not know how a pane is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from ..types import Box
from .dividers import Divider
from .drawn import Drawn
from .placed import Item, Items, Levels, level, unit, visual_rows
from .rules import TOUCH, Grid
from .typed import is_typed

SLACK = 0.3
"""So much of its height may a line's box reach over a divider beside it."""
LEAST = 2
"""Texts on each side of a divider at least."""
NEAR = 2.5
"""Heights of lines within which a title is above its pane, and begins where that does."""
BROAD = 0.6
"""A divider so broad, in heights of lines, has a border on either side: a table's rule has not."""
ALIGNED = 0.8
"""Of three lines and more, so many have one beside them where the divider is one of a table."""
BEHIND = 2
"""Rows that go on behind a box at least."""


def panes(items: Items, drawn: Drawn) -> list[Items]:
    """The items of each pane, in reading order: what lies over the page, then that.

    Its panes come from left to right, between what is over and under all of them.
    """
    front: list[Items] = []
    for box in drawn.overlays:
        inside = [item for item in items if _is_in(box, item)]
        held = {id(item) for item in inside}
        behind = [item for item in items if id(item) not in held]
        if _may_lie_over(box, drawn) and _lies_over(inside, _around(behind, box, drawn), box):
            front.append(inside)
            items = behind
    return [*front, *_beside(items, drawn.dividers, drawn.dividers)]


def _beside(items: Items, dividers: Sequence[Divider], every: Sequence[Divider]) -> list[Items]:
    """What dividers part: nothing that lines cross, no table, and no numbers from their lines.

    every: all dividers of the picture, also those that were tried before.
    """
    for number, divider in enumerate(dividers):
        above = [item for item in items if _center(item)[1] < divider.top]
        below = [item for item in items if _center(item)[1] > divider.bottom]
        beside = [item for item in items if divider.top <= _center(item)[1] <= divider.bottom]
        left = [item for item in beside if _center(item)[0] < divider.x]
        right = [item for item in beside if _center(item)[0] >= divider.x]
        if _parts(left, right, divider, every):
            rest = dividers[number + 1 :]
            parts = (*_titled(above, left, right), below)
            return [pane for part in parts if part for pane in _beside(part, rest, every)]
    return [items]


def _titled(above: Items, left: Items, right: Items) -> tuple[Items, Items, Items]:
    """What is above two panes, and these, with what is close above them if that is a title each."""
    titles = visual_rows(above)[-1] if above else []
    sides = (left, right)
    usual = unit((*left, *right))
    if len(titles) != len(sides) or not all(
        -usual < _top(side) - title.line.box.bottom < NEAR * usual
        and abs(min(item.line.box.left for item in side) - title.line.box.left) < NEAR * usual
        for title, side in zip(titles, sides, strict=True)
    ):
        return above, left, right
    held = {id(title) for title in titles}
    rest = [item for item in above if id(item) not in held]
    return rest, [titles[0], *left], [titles[1], *right]


def _top(items: Items) -> int:
    return min(item.line.box.top for item in items)


def _may_lie_over(box: Box, drawn: Drawn) -> bool:
    """Whether a box is neither a pane, nor a table or something in it."""
    sides = (box.left, box.right)
    for line in drawn.dividers:
        if any(line.left - TOUCH <= side <= line.right + TOUCH for side in sides):
            return False
    return not any(_is_part(box, grid) for grid in drawn.grids)


def _around(items: Items, box: Box, drawn: Drawn) -> Items:
    """The items of the pane that a box stands in: two panes have no rows in common."""
    left = max((line.x for line in drawn.dividers if line.x <= box.left), default=0)
    right = min((line.x for line in drawn.dividers if line.x >= box.right), default=inf)
    return [item for item in items if left < _center(item)[0] < right]


def _is_part(box: Box, grid: Grid) -> bool:
    """Whether a box is a table, or something in it."""
    return (
        grid.xs[0] - TOUCH <= box.left
        and box.right <= grid.xs[-1] + TOUCH
        and grid.ys[0] - TOUCH <= box.top
        and box.bottom <= grid.ys[-1] + TOUCH
        and not (grid.is_lanes or grid.is_columns)
    )


def _is_in(box: Box, item: Item) -> bool:
    x, y = _center(item)
    return box.left < x < box.right and box.top < y < box.bottom


def _lies_over(inside: Items, behind: Items, box: Box) -> bool:
    """Whether rows behind a box go on at both of its sides, and its own are none of them."""
    if sum(map(_has_letters, inside)) < LEAST:
        return False
    for item in inside:
        out = max(box.left - item.line.box.left, item.line.box.right - box.right)
        if out > SLACK * item.height:
            return False
    beside = [item for item in behind if box.top < _center(item)[1] < box.bottom]
    left = [item for item in beside if _center(item)[0] <= box.left]
    levels = Levels([item for item in beside if _center(item)[0] >= box.right])
    rows = [item for item in left if any(level(item, other) for other in levels.near(item))]
    return len(rows) >= BEHIND and not _are_aligned(inside, beside)


def _center(item: Item) -> tuple[float, float]:
    """Where a line stands in the picture, which has its dividers."""
    return item.line.box.center


def _has_letters(item: Item) -> bool:
    return any(map(str.isalpha, item.line.text))


def _parts(left: Items, right: Items, divider: Divider, every: Sequence[Divider]) -> bool:
    """Whether what stands on the two sides of a divider belongs to two panes."""
    boxes = [item.line.box for item in (*left, *right)]
    if any(min(divider.x - box.left, box.right - divider.x) > SLACK * box.height for box in boxes):
        return False
    if any(sum(map(_has_letters, side)) < LEAST for side in (left, right)):
        return False
    if not _are_aligned(left, right) or _are_lists(left, right, divider, every):
        return True
    # In a terminal all lines stand at the same heights.
    return is_typed(left, right)


def _are_lists(left: Items, right: Items, divider: Divider, every: Sequence[Divider]) -> bool:
    """Whether two tables stand side by side whose rows are of one height, as in file managers.

    They have the same head, or borders of their own; columns of one table may have these, too,
    but then they are several, or one side is a column of labels.
    """
    rows, others = visual_rows(left), visual_rows(right)
    counts = max(map(len, rows)), max(map(len, others))
    if min(counts) < 2:
        return False
    broad = BROAD * unit((*left, *right))
    alone = [line for line in every if line.breadth >= broad] == [divider]
    return alone or (counts[0] == counts[1] and _have_one_head(rows, others))


def _have_one_head(rows: list[Items], others: list[Items]) -> bool:
    """Whether a row of several texts says the same as one at its height on the other side."""
    return any(
        len(row) > 1 and level(row[0], other[0]) and _texts(row) == _texts(other)
        for row in rows
        for other in others
    )


def _texts(row: Items) -> list[str]:
    return [item.line.text for item in row]


def _are_aligned(one: Items, other: Items) -> bool:
    """Whether nearly all lines of the sparser side have one of the other beside them."""
    sparse, dense = sorted((one, other), key=len)
    levels = Levels(dense)
    found = sum(any(level(item, near) for near in levels.near(item)) for item in sparse)
    return len(sparse) >= 3 and found >= ALIGNED * len(sparse)


__all__ = ["panes"]
