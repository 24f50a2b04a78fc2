"""Tables without rules between rows: these are told by what stands in them.

Rules between columns say what belongs to each, however close its neighbour is, and how wide its
texts may be; or three rules across, above and below the names and at the end, say where the table
is. Rows are where lines are further apart, or else where a line begins what would have had room on
the one above it. Must not know how the rest of the page is ordered.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from statistics import median

from ..types import Box
from .charts import figure, without
from .placed import (
    Cell,
    Item,
    Items,
    Row,
    columns,
    extent,
    goes_on,
    is_number,
    level,
    visual_rows,
)
from .rules import LEAST, Grid

_SLACK = 0.3
"""So much of its height may a line's box reach over the rules of its column."""
_APART, _STEP = 1.2, 1.06
"""So many times as far apart as the lines of a cell are, from middle to middle, its row and the
next; and so many times as far as any of them."""
_EVEN = 0.07
"""By so much may a step over empty cells differ from so many steps."""
_LEVEL = 0.25
"""By so much of a height may the first lines of a row's cells differ."""
_ALIGNED = 0.8
"""So many cells of a table stand at the height of their row."""
_FILLED, _ALONE = 0.4, 0.25
"""So many cells of a table have something in them, and so many rows at most one cell alone."""
_LEAST_COLUMNS, _LEAST_ROWS, _MOST_LINES = 3, 2, 8
"""Columns of a table, rows below its head, and lines of a cell."""
_GUTTER = 0.2
"""The least between two columns, in heights, where there are no rules."""
_BESIDE = 0.1
"""So many texts of a column are in two parts at most, where no rules part it from others."""
_PROSE = 0.3
"""So many lines of a text go on in the next."""
_UNFINISHED = "-–/,+"
"""What figures go on after: 9:00–9:30."""
_SPACE = 0.25
"""How wide a space is, in line heights."""


@dataclass(frozen=True, slots=True)
class _Text:
    """What stands in a column at one height."""

    items: tuple[Item, ...]

    @property
    def first(self) -> Item:
        return self.items[0]

    @property
    def middle(self) -> float:
        return sum(item.middle for item in self.items) / len(self.items)

    @property
    def right(self) -> float:
        return self.items[-1].right

    @property
    def text(self) -> str:
        return " ".join(item.line.text for item in self.items)


_Texts = list[_Text]
_Cells = list[_Texts]
"""The cells of a row, one for each column."""


def columned(items: Items, grids: Sequence[Grid]) -> Items:
    """The items with those of each such table replaced by one that stands for it, read already.

    What lines cross, or what stands at other heights from column to column, is left as it is.
    """
    for grid in grids:
        if grid.is_columns or (grid.is_lanes and len(grid.ys) == LEAST):
            parts = [item for item in items if _is_inside(item, grid)]
            rows = _table(parts, _with_gutters(parts, grid) if grid.is_lanes else grid)
            if rows:
                items = [*without(items, parts), figure(parts, rows)]
    return items


def _with_gutters(parts: Items, lanes: Grid) -> Grid:
    """Lanes with what is between their columns for rules; names may stand over it."""
    boxes = [item.line.box for item in parts if item.line.box.center[1] > lanes.ys[1]]
    boxes.sort(key=lambda box: box.left)
    least = _GUTTER * median([box.height for box in boxes]) if boxes else 0.0
    gutters: list[int] = []
    reach = boxes[0].right if boxes else 0
    for box in boxes:
        if box.left - reach >= least:
            gutters.append((reach + box.left) // 2)
        reach = max(reach, box.right)
    return Grid((lanes.xs[0], *gutters, lanes.xs[-1]), lanes.ys, ())


def _is_inside(item: Item, grid: Grid) -> bool:
    x, y = item.line.box.center
    return grid.xs[0] < x < grid.xs[-1] and grid.ys[0] < y < grid.ys[-1]


def _table(parts: Items, grid: Grid) -> tuple[Row, ...]:
    """The rows of a table that has these parts; () where they are none."""
    if any(item.rows or not _is_between(item.line.box, grid) for item in parts if grid.cells):
        return ()
    grid = _trimmed(parts, grid)
    head = [item for item in parts if len(grid.ys) > 2 and item.line.box.center[1] < grid.ys[1]]
    body = _in_columns(without(parts, head), grid)
    if len(body) < _LEAST_COLUMNS or any(_holds_columns(column, grid) for column in body):
        return ()
    rows = _by_distance(body) or _by_room(body)
    if len(rows) < _LEAST_ROWS + (not head) or not _is_plausible(rows) or _read_down(rows):
        return ()
    names = _names(head, grid) if head else []
    if not grid.cells and any(_holds_columns(name, grid) for name in names):
        return ()
    return tuple(tuple(map(_cell, row)) for row in ([names, *rows] if head else rows))


def _names(head: Items, grid: Grid) -> _Cells:
    """The names of columns; where there are as many, one each, however far they reach."""
    (first, *others) = visual_rows(head)
    if not grid.cells and not others and len(first) == len(grid.xs) - 1:
        return [[_Text((item,))] for item in first]
    return _in_columns(head, grid)


def _trimmed(parts: Items, grid: Grid) -> Grid:
    """The grid without what is empty at its sides: a rule across may be wider than its table."""
    held = [bisect_right(grid.xs, item.line.box.center[0]) for item in parts]
    if not held:
        return grid
    return Grid(grid.xs[min(held) - 1 : max(held) + 1], grid.ys, grid.cells)


def _holds_columns(column: _Texts, grid: Grid) -> bool:
    """Whether what stands between two rules is several columns, as a pane with a table is.

    Where there are none, what stands side by side is: a name may close the gutter over it.
    """
    several = sum(len(text.items) > 1 for text in column)
    if grid.cells:
        return several > 0 and len(columns([item for text in column for item in text.items])) > 1
    return several > _BESIDE * len(column)


def _is_between(box: Box, grid: Grid) -> bool:
    """Whether a line stands between two rules, but for a little of its height."""
    column = bisect_right(grid.xs, box.center[0])
    slack = _SLACK * box.height
    return grid.xs[column - 1] - slack <= box.left and box.right <= grid.xs[column] + slack


def _in_columns(items: Items, grid: Grid) -> _Cells:
    """What stands in each column, from top to bottom."""
    held: list[Items] = [[] for _ in grid.xs[1:]]
    for item in items:
        held[bisect_right(grid.xs, item.line.box.center[0]) - 1].append(item)
    return [[_Text(tuple(row)) for row in visual_rows(column)] for column in held]


def _by_distance(body: _Cells) -> list[_Cells]:
    """The rows of a table whose rows are further apart than the lines of its cells; else []."""
    steps = sorted(
        below.middle - above.middle for column in body for above, below in pairwise(column)
    )
    for number, (narrow, wide) in enumerate(pairwise(steps), start=1):
        usual = steps[(number - 1) // 2]
        # Over an empty cell a step is as two: so are those of rows that are all as far apart.
        is_even = abs(wide / usual - round(wide / usual)) < _EVEN
        if wide >= _APART * usual and wide >= _STEP * narrow and not is_even:
            rows = _merged(body, (narrow + wide) / 2)
            if any(map(_wraps, rows)) and all(map(_is_row, rows)):
                return rows
    return []


def _merged(body: _Cells, most: float) -> list[_Cells]:
    """Rows of the texts that are no further apart than that in a column, and of what is beside
    them; [] where one column has two in a row.
    """
    found: list[tuple[float, int, _Texts]] = []
    for number, column in enumerate(body):
        cells: list[_Texts] = []
        for text in column:
            if cells and text.middle - cells[-1][-1].middle <= most:
                cells[-1].append(text)
            else:
                cells.append([text])
        found += [(cell[0].first.top, number, cell) for cell in cells]
    rows: list[_Cells] = []
    reach = float("-inf")
    for top, number, cell in sorted(found, key=lambda each: each[:2]):
        # Boxes are higher than their letters: rows that are close share some of it.
        if top >= reach - _LEVEL * cell[0].first.height:
            rows.append([[] for _ in body])
        if rows[-1][number]:
            return []
        rows[-1][number] = cell
        reach = max(reach, cell[-1].first.bottom)
    return rows


def _wraps(row: _Cells) -> bool:
    return any(len(cell) > 1 for cell in row)


def _is_row(row: _Cells) -> bool:
    """Whether cells may be one row: figures do not wrap, and two rows have two lines in each."""
    filled = [cell for cell in row if cell]
    lengths = {len(cell) for cell in filled}
    if len(filled) > 1 and len(lengths) == 1 and lengths != {1}:
        return False
    return not any(_are_two(*pair) for cell in filled for pair in pairwise(cell))


def _are_two(above: _Text, below: _Text) -> bool:
    """Whether lines are two cells for what they are: figures, or one of them a dash or a tick."""
    if not all(any(map(str.isalnum, text.text)) for text in (above, below)):
        return True
    figures = is_number(above.text) and is_number(below.text)
    return figures and above.text[-1] not in _UNFINISHED


def _by_room(body: _Cells) -> list[_Cells]:
    """The rows of a table whose lines are all as far apart.

    A line goes on in fewer columns than it began in, and only where the next word had no room.
    """
    rights = [max((text.right for text in column), default=0.0) for column in body]
    owner = {id(text.first): n for n, column in enumerate(body) for text in column}
    texts = {id(text.first): text for column in body for text in column}
    firsts = [text.first for column in body for text in column]
    rows: list[_Cells] = []
    last: dict[int, _Text] = {}
    for band in visual_rows(firsts):
        now = {owner[id(item)]: texts[id(item)] for item in band}
        begun = sum(map(bool, rows[-1])) if rows else 0
        if len(now) < begun and all(
            number in last and _had_no_room(last[number], text, rights[number])
            for number, text in now.items()
        ):
            for number, text in now.items():
                rows[-1][number].append(text)
        else:
            rows.append([[now[n]] if n in now else [] for n in range(len(body))])
        last = now
    return rows


def _had_no_room(above: _Text, below: _Text, right: float) -> bool:
    """Whether the first word of a line would have stood out of the column on the one above."""
    if _are_two(above, below):
        return False
    text, item = below.first.line.text, below.first
    word = (item.right - item.left) * len(text.split(maxsplit=1)[0]) / len(text)
    return above.right + _SPACE * item.height + word > right


def _is_plausible(rows: Sequence[_Cells]) -> bool:
    """Whether enough cells are filled, none too long, and most at the height of their row."""
    cells = [cell for row in rows for cell in row]
    filled = [cell for cell in cells if cell]
    alone = sum(sum(map(bool, row)) == 1 for row in rows)
    if alone > _ALONE * len(rows):
        return False
    if len(filled) < _FILLED * len(cells) or any(len(cell) > _MOST_LINES for cell in filled):
        return False
    beside = list(chain.from_iterable(map(_levels, rows)))
    return bool(beside) and sum(beside) >= _ALIGNED * len(beside)


def _read_down(rows: Sequence[_Cells]) -> bool:
    """Whether in most columns texts go on from row to row, as those of a page in columns do."""
    prose = 0
    for column in zip(*rows, strict=True):
        cells = [cell for cell in column if cell]
        span = extent(item for cell in cells for text in cell for item in text.items)
        ends = [goes_on(a[-1].items[-1], b[0].first, *span) for a, b in pairwise(cells)]
        prose += bool(ends) and sum(ends) >= _PROSE * len(ends)
    return 2 * prose > len(rows[0])


def _levels(row: _Cells) -> Iterator[bool]:
    """For each cell but a row's first, whether it begins, or has its middle, where another has."""
    filled = [cell for cell in row if cell]
    for number, cell in enumerate(filled[1:], start=1):
        yield any(
            level(cell[0].first, other[0].first, _LEVEL)
            or abs(_middle(cell) - _middle(other)) <= _LEVEL * cell[0].first.height
            for other in filled[:number]
        )


def _middle(cell: _Texts) -> float:
    return (cell[0].middle + cell[-1].middle) / 2


def _cell(cell: _Texts) -> Cell:
    return tuple(item.line for text in cell for item in text.items)


__all__ = ["columned"]
