"""Tables whose cells are closed by rules: these tell rows and columns for certain.

What wraps stays in its cell, what spans rows or columns is known to. Where there are rules between
rows alone, these tell what of a row wraps. Must not know how the rest of the page is ordered.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

from ..types import Box
from .charts import figure, without
from .placed import (
    CONTINUED,
    FULL,
    LARGER,
    SPREAD,
    Cell,
    Item,
    Items,
    Row,
    columns,
    extent,
    goes_on,
    visual_rows,
)
from .rules import Grid, Span

_SLACK = 0.3
"""So much of its height may a line's box reach over the rules of its cell."""
_FILLED = 0.4
"""So many cells of a table have something in them."""
_LEAST_COLUMNS, _MOST_LINES = 3, 8
"""Columns of a table with rules between rows alone, and lines of its cells."""
_CLOSE = 0.45
"""The most between lines of one text, in heights."""
_REMARK = 2
"""A row of so many cells, one of which spans columns, has no columns: 09:40, break."""


def ruled(items: Items, grids: Sequence[Grid]) -> Items:
    """The items with those of each ruled table replaced by one that stands for it, read already.

    A grid that lines cross, or in whose cells columns stand, is left as it is.
    """
    for grid in (each for each in grids if not each.is_columns):
        for whole in (_with_last(grid), grid) if grid.is_lanes else (grid,):
            parts = [item for item in items if is_inside(item, whole)]
            rows = _table(parts, whole)
            # What has few of the columns is no row of the table, but stands below it.
            if rows and (whole is grid or 2 * sum(map(bool, rows[-1])) > len(rows[-1])):
                items = [*without(items, parts), figure(parts, rows)]
                break
    return items


def _with_last(lanes: Grid) -> Grid:
    """Lanes and what may be one more: below the last row there often is no rule."""
    height = max(below - above for above, below in pairwise(lanes.ys))
    count = len(lanes.cells)
    cells = (*lanes.cells, Span(count, count + 1, 0, 1))
    return Grid(lanes.xs, (*lanes.ys, lanes.ys[-1] + height), cells)


def _table(parts: Items, grid: Grid) -> tuple[Row, ...]:
    """The rows of a table that has these parts; () where they are none."""
    grid = _divided(parts, grid)
    cells = _placed(parts, grid)
    if grid.is_lanes:
        return _laned([cells[span] for span in grid.cells if span in cells])
    filled = len(cells) >= _FILLED * len(grid.cells)
    return _rows(cells, grid) if filled and not _are_tiles(cells.values()) else ()


def _are_tiles(cells: Iterable[Items]) -> bool:
    """Whether most cells have a text in small type and one in large, as a name and its figure."""
    sizes = [(cell[0].size, cell[-1].size) for cell in cells]
    return 2 * sum(max(pair) > SPREAD * min(pair) for pair in sizes) > len(sizes)


def _laned(lanes: Sequence[Items]) -> tuple[Row, ...]:
    """The rows of a table between whose rules cells wrap or are empty; () where it is none."""
    held = columns(list(chain(*lanes))) if len(lanes) > 1 else []
    own = [set(map(id, lane)) for lane in lanes]
    rows = [[[item for item in column if id(item) in ids] for column in held] for ids in own]
    wrapped = [(cell, n) for row in rows for n, cell in enumerate(row) if len(cell) > 1]
    # Of few cells in a column something else was made; of a text below another, a cell of its own.
    filled = all(2 * sum(map(bool, column)) >= len(rows) for column in zip(*rows, strict=True))
    told = wrapped or not all(map(all, rows))
    if len(held) < _LEAST_COLUMNS or not told or not filled or not all(map(_is_row, rows)):
        return ()
    stacked = sum(_is_stacked(cell, held[n]) for cell, n in wrapped)
    if 2 * stacked > len(wrapped) or not all(_reads_down(cell) for cell, _ in wrapped):
        return ()
    return tuple(tuple(_cell(cell, 0) for cell in row) for row in rows)


def _is_row(cells: Sequence[Items]) -> bool:
    """Whether several cells are filled and one of them does not wrap: else it might be two rows."""
    counts = [len(cell) for cell in cells if cell]
    return len(counts) > 1 and min(counts) == 1 and max(counts) <= _MOST_LINES


def _reads_down(cell: Items) -> bool:
    """Whether the lines of a cell stand below one another."""
    return len(visual_rows(cell)) == len(cell)


def _is_stacked(cell: Items, column: Items) -> bool:
    """Whether two texts stand in a cell, by size, distance or ends: a name over what it is."""
    above, below = cell[:2]
    if max(above.size, below.size) >= LARGER * min(above.size, below.size):
        return True
    if below.top - above.bottom > _CLOSE * min(above.height, below.height):
        return True
    return len(above.line.text) >= FULL and not goes_on(above, below, *extent(column))


def is_inside(item: Item, grid: Grid) -> bool:
    """Whether a line stands between the outer rules of a grid."""
    x, y = item.line.box.center
    return grid.xs[0] < x < grid.xs[-1] and grid.ys[0] < y < grid.ys[-1]


def _divided(parts: Items, grid: Grid) -> Grid:
    """The grid with a wide cell as several where what stands in it keeps to the columns.

    Names of columns often are on one ground, with no rules between them.
    """
    if grid.is_lanes or not any(map(_is_wide, grid.cells)):
        return grid
    found: list[Span] = []
    for span in grid.cells:
        if _is_wide(span) and _keep_to_columns(parts, grid, span):
            columns = range(span.left, span.right)
            found += [Span(span.top, span.bottom, left, left + 1) for left in columns]
        else:
            found.append(span)
    return Grid(grid.xs, grid.ys, tuple(found))


def _keep_to_columns(parts: Items, grid: Grid, span: Span) -> bool:
    """Whether the lines of a wide cell stand in its columns, and not in its middle or first one."""
    top, bottom = grid.ys[span.top], grid.ys[span.bottom]
    left, right = grid.xs[span.left], grid.xs[span.right]
    boxes = [item.line.box for item in parts]
    held = [b for b in boxes if left < b.center[0] < right and top < b.center[1] < bottom]
    columns = [bisect_right(grid.xs, box.center[0]) - 1 for box in held]
    if not all(is_between(box, grid, n, n + 1) for box, n in zip(held, columns, strict=True)):
        return False
    if len(set(columns)) != 1:
        return bool(columns)
    centred = any(abs(box.center[0] - (left + right) / 2) < box.height for box in held)
    return not centred and span.left not in columns


def is_between(box: Box, grid: Grid, left: int, right: int) -> bool:
    """Whether a line stands between two rules of a grid, but for a little of its height."""
    slack = _SLACK * box.height
    return grid.xs[left] - slack <= box.left and box.right <= grid.xs[right] + slack


def _placed(parts: Items, grid: Grid) -> dict[Span, Items]:
    """What stands in each cell of a grid; {} where that cannot be told."""
    spans = {
        (row, column): span
        for span in grid.cells
        for row in range(span.top, span.bottom)
        for column in range(span.left, span.right)
    }
    cells: dict[Span, Items] = {}
    for item in parts:
        box = item.line.box
        x, y = box.center
        span = spans[bisect_right(grid.ys, y) - 1, bisect_right(grid.xs, x) - 1]
        if item.rows or not is_between(box, grid, span.left, span.right):
            return {}
        cells.setdefault(span, []).append(item)
    several = any(len(cell) > 3 and len(columns(cell)) > 1 for cell in cells.values())
    return {} if several and not grid.is_lanes else cells


def _rows(cells: dict[Span, Items], grid: Grid) -> tuple[Row, ...]:
    """The rows of a table.

    One in which a cell spans columns has only what is filled, and where that is a remark to all
    columns, it is one cell.
    """
    found: list[Row] = []
    grouped = any(span.top == 0 and _is_wide(span) for span in grid.cells)
    for number in range(len(grid.ys) - 1):
        spans = [span for span in grid.cells if span.top <= number < span.bottom]
        spans.sort(key=lambda span: span.left)
        row = []
        for span in spans:
            # Names of single columns beside those of groups are read with the former.
            first = span.bottom - 1 if grouped and span.top == 0 else span.top
            row.append(_cell(cells.get(span, []), number - first))
        if any(map(_is_wide, spans)):
            row = [cell for cell in row if cell]
            if len(spans) <= _REMARK:
                row = [tuple(chain(*row))]
        if any(row):
            found += [tuple(row)] if found else _heads(row)
    return tuple(found)


def _heads(row: Sequence[Cell]) -> list[Row]:
    """The first row of a table; where all its names have a text below them, as prices are, two."""
    names = row if row[0] else row[1:]
    if any(len(cell) != 2 or _goes_on(cell) for cell in names):
        return [tuple(row)]
    return [tuple(cell[n : n + 1] for cell in row) for n in (0, 1)]


def _goes_on(cell: Cell) -> bool:
    """Whether the second line of a cell may be a part of the first."""
    below = cell[1].text
    return below[0].islower() or not any(map(str.isdigit, below))


def _cell(items: Items, below: int) -> Cell:
    """The lines of a cell in the row that it is read in; `below` that row, that it goes on."""
    if below or not items:
        return CONTINUED if below > 0 and items else ()
    return tuple(item.line for row in visual_rows(items) for item in row)


def _is_wide(span: Span) -> bool:
    return span.right - span.left > 1


__all__ = ["is_between", "is_inside", "ruled"]
