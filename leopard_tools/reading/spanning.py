"""Cells that span several rows: they stand in the middle of rows and are level with none.

Such a cell is put beside the first of its rows, and the name of a column that reaches over two
rows of heads beside the lower of them, where the other columns have theirs. Pure arithmetic on
boxes; must not know of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from statistics import median

from .placed import Item, Items, columns, overlap, visual_rows

_NEAR = 0.25
"""A cell's middle is so near to that of its rows, in its heights."""
_CLOSE = 2.2
"""Two rows of heads are no further apart than so many heights of their lines."""


def settled(items: Items) -> Items:
    """The items, those that span rows moved to the height of the row that they are read in."""
    items = _heads_settled(items)
    found = columns(items)
    if len(found) < 3 or len(found[0]) < 2 or any(item.rows for item in items):
        return items
    rows = visual_rows(list(chain(*found[1:])))
    if len(rows) <= len(found[0]) or any(item.moved for item in found[0]):
        return items
    moved = _first_rows(found[0], [_middle(row) for row in rows])
    return [moved.get(id(item), item) for item in items]


def _first_rows(column: Items, middles: Sequence[float]) -> dict[int, Item]:
    """The cells of a column moved to the first rows of theirs; {} where it does not span rows.

    Together they must span all rows, without a gap. One that stands between two rows is needed, or
    several in the middle of their rows: cells beside empty ones are level with a row.
    """
    moved: dict[int, Item] = {}
    start, told = 0, 0
    for item in column:
        near = _NEAR * item.height
        if not moved and item.middle < middles[0] - near:
            continue
        ends = range(start, len(middles))
        spans = [n for n in ends if abs((middles[start] + middles[n]) / 2 - item.middle) <= near]
        if not spans:
            return {}
        rows = spans[0] - start + 1
        told += 2 if rows % 2 == 0 else rows > 1
        moved[id(item)] = replace(_at(item, middles[start]), moved=True)
        start = spans[0] + 1
    return moved if told > 1 and start == len(middles) else {}


def _heads_settled(items: Items) -> Items:
    """The items with names beside two rows of heads, in the middle, moved to the lower row."""
    rows = visual_rows(items)
    for above, beside, below in zip(rows, rows[1:], rows[2:], strict=False):
        top, middle, bottom = map(_middle, (above, beside, below))
        height = median(item.height for item in below)
        if not 2 <= len(above) <= len(below) / 2 or bottom - top > _CLOSE * height:
            continue
        # The column of row names is one of those that have no name above them.
        if beside[0].left > above[0].left or any(item.rows for item in beside + below):
            continue
        apart = not any(overlap(one, other) for one in beside for other in above + below)
        if apart and abs((top + bottom) / 2 - middle) <= _NEAR * height:
            moved = {id(item): _at(item, bottom) for item in beside}
            return [moved.get(id(item), item) for item in items]
    return items


def _at(item: Item, middle: float) -> Item:
    shift = middle - item.middle
    return replace(item, top=item.top + shift, bottom=item.bottom + shift)


def _middle(row: Items) -> float:
    return median(item.middle for item in row)


__all__ = ["settled"]
