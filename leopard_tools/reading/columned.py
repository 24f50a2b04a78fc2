"""Tables without rules between rows: these are told by what stands in them.

Rules between columns say what belongs to each, however close its neighbour is, and how wide its
texts may be; or three rules across, above and below the names and at the end, say where the table
is. Must not know how the rest of the page is ordered.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from ..types import Box
from .charts import figure, without
from .dividers import Divider
from .placed import Cell, Items, Row, columns, extent, visual_rows
from .ruled import is_between, is_inside
from .rules import LEAST, TOUCH, Grid
from .wrapping import Text, Texts, texts_of, wrapped_rows

_LEAST_COLUMNS, _LEAST_ROWS = 3, 2
"""Columns of a table, and rows below its head."""
_GUTTER = 0.2
"""The least between two columns, in heights, where there are no rules."""
_BESIDE = 0.1
"""So many texts of a column are in two parts at most, where no rules part it from others."""


def columned(items: Items, grids: Sequence[Grid], dividers: Sequence[Divider] = ()) -> Items:
    """The items with those of each such table replaced by one that stands for it, read already.

    What lines cross, or what stands at other heights from column to column, is left as it is. So
    are panes: no table, where no rules part its columns, has dividers in it.
    """
    for grid in grids:
        lanes = grid.is_lanes and len(grid.ys) == LEAST
        if grid.is_columns or (lanes and not any(_is_in(line, grid) for line in dividers)):
            parts = [item for item in items if is_inside(item, grid)]
            rows = _table(parts, _with_gutters(parts, grid) if grid.is_lanes else grid)
            if rows:
                items = [*without(items, parts), figure(parts, rows)]
    return items


def _is_in(line: Divider, grid: Grid) -> bool:
    return (
        grid.xs[0] + TOUCH < line.x < grid.xs[-1] - TOUCH
        and grid.ys[0] < line.bottom
        and line.top < grid.ys[-1]
    )


def _with_gutters(parts: Items, lanes: Grid) -> Grid:
    """Lanes with what is between their columns for rules; names may stand over it."""
    body = [item for item in parts if item.line.box.center[1] > lanes.ys[1]]
    spans = [extent(column) for column in columns(body, _GUTTER)] if body else []
    gutters = [round((one[1] + other[0]) / 2) for one, other in pairwise(spans)]
    return Grid((lanes.xs[0], *gutters, lanes.xs[-1]), lanes.ys, ())


def _table(parts: Items, grid: Grid) -> tuple[Row, ...]:
    """The rows of a table that has these parts; () where they are none."""
    if any(item.rows for item in parts):
        return ()
    # Where no rules are, names may reach over the gutters.
    if grid.cells and not all(_keeps_to_its_column(item.line.box, grid) for item in parts):
        return ()
    grid = _trimmed(parts, grid)
    head = [item for item in parts if len(grid.ys) > 2 and item.line.box.center[1] < grid.ys[1]]
    body = _in_columns(without(parts, head), grid)
    if len(body) < _LEAST_COLUMNS or any(_holds_columns(column, grid) for column in body):
        return ()
    rows = wrapped_rows(body)
    if len(rows) < _LEAST_ROWS + (not head):
        return ()
    names = _names(head, grid) if head else []
    if not grid.cells and any(_holds_columns(name, grid) for name in names):
        return ()
    return tuple(tuple(map(_cell, row)) for row in ([names, *rows] if head else rows))


def _names(head: Items, grid: Grid) -> list[Texts]:
    """The names of columns; where there are as many, one each, however far they reach."""
    (first, *others) = visual_rows(head)
    if not grid.cells and not others and len(first) == len(grid.xs) - 1:
        return [[Text((item,))] for item in first]
    return _in_columns(head, grid)


def _trimmed(parts: Items, grid: Grid) -> Grid:
    """The grid without what is empty at its sides: a rule across may be wider than its table."""
    held = [_column(item.line.box, grid) for item in parts]
    if not held:
        return grid
    return Grid(grid.xs[min(held) : max(held) + 2], grid.ys, grid.cells)


def _holds_columns(column: Texts, grid: Grid) -> bool:
    """Whether what stands between two rules is several columns, as a pane with a table is.

    Where there are none, what stands side by side is: a name may close the gutter over it.
    """
    several = sum(len(text.items) > 1 for text in column)
    if grid.cells:
        return several > 0 and len(columns([item for text in column for item in text.items])) > 1
    return several > _BESIDE * len(column)


def _keeps_to_its_column(box: Box, grid: Grid) -> bool:
    column = _column(box, grid)
    return is_between(box, grid, column, column + 1)


def _column(box: Box, grid: Grid) -> int:
    """The number of the column that a line stands in."""
    return bisect_right(grid.xs, box.center[0]) - 1


def _in_columns(items: Items, grid: Grid) -> list[Texts]:
    """What stands in each column, from top to bottom."""
    held: list[Items] = [[] for _ in grid.xs[1:]]
    for item in items:
        held[_column(item.line.box, grid)].append(item)
    return list(map(texts_of, held))


def _cell(cell: Texts) -> Cell:
    return tuple(item.line for text in cell for item in text.items)


__all__ = ["columned"]
