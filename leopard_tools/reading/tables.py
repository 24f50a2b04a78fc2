"""The rows of a table: wrapped cells stay whole, and cells that are empty keep their place.

Must not know how the table was found on the page.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from .placed import (
    Cell,
    Item,
    Items,
    Levels,
    Row,
    columns,
    goes_on,
    level,
    overlap,
    visual_rows,
)


def table(items: Items) -> list[Row]:
    """The rows of a table; lines that a cell wraps into join the cell that they belong to."""
    rows = visual_rows(items)
    order = {id(item): index for index, row in enumerate(rows) for item in row}
    anchors = _anchors(items, rows)
    levels = [median(item.middle for item in row) for row in anchors]
    pitch = min((below - above for above, below in pairwise(levels)), default=0.0)
    held = {id(item) for row in anchors for item in row}
    joined: dict[int, Items] = {}
    whole: list[tuple[float, list[Items]]] = []
    for item in (item for row in rows for item in row if id(item) not in held):
        distance, nearest = min((abs(item.middle - place), n) for n, place in enumerate(levels))
        if distance < 0.7 * pitch and distance < 2 * item.height and not item.rows:
            joined.setdefault(nearest, []).append(item)
        else:
            whole.append((item.middle, [[item]]))
    for index, anchor in enumerate(anchors):
        cells = _cells(anchor, joined.get(index, []))
        for cell in cells:
            cell.sort(key=lambda item: order[id(item)])
        whole.append((levels[index], cells))
    whole.sort(key=lambda pair: pair[0])
    return written(_filled([cells for _, cells in whole], items))


def _cells(anchor: Items, joined: Items) -> list[Items]:
    """A row's cells with the lines that they wrap into, from left to right."""
    cells = [[cell] for cell in anchor]
    for item in joined:
        over = [cell for cell in cells if overlap(item, cell[0])]
        if over:
            over[0].append(item)
        else:
            cells.append([item])
    return sorted(cells, key=lambda cell: cell[0].left)


def written(rows: list[list[Items]]) -> list[Row]:
    """Rows of cells of items as rows; figures read already give their own rows."""
    found: list[Row] = []
    for row in rows:
        plain: Row = tuple(_cell(cell) for cell in row if not any(item.rows for item in cell))
        found += [plain] if any(plain) else []
        found += [inner for cell in row for item in cell for inner in item.rows]
    return found


def _cell(cell: Items) -> Cell:
    return tuple(item.line for item in cell)


def _filled(rows: list[list[Items]], items: Items) -> list[list[Items]]:
    """The rows with an empty cell wherever the header has a column and the row nothing.

    Only where the first row names all columns, but for the corner over the first at most. Where
    names repeat, rows above it may leave that corner empty: theirs span several columns, and
    they stay as they are.
    Elsewhere lines that stand in one cell, but are no text that wraps, are cells of their own.
    """
    if any(item.rows for item in items):
        return _stacked(rows, items)
    for above, row in enumerate(rows[:-2]):
        # What spans columns closes their gutters, so these are asked of the rows below it.
        held = columns([item for below in rows[above:] for cell in below for item in cell])
        named = [c for c in held if any(map(str.isalnum, "".join(i.line.text for i in c)))]
        filled = _padded(rows[above:], named) if len(named) > 2 else []
        if filled and (above == 0 or _repeats(row)):
            return [*rows[:above], *filled]
        if row[0][0] in held[0]:
            break
    return _stacked(rows, items)


def _padded(rows: list[list[Items]], named: list[Items]) -> list[list[Items]]:
    """The rows with a cell for every column, or [] where the first does not name them all."""
    place = {id(item): n for n, column in enumerate(named) for item in column}
    filled: list[list[Items]] = []
    for row in rows:
        cells: list[Items] = [[] for _ in named]
        marks: list[Items] = []
        for cell in row:
            column = place.get(id(cell[0]))
            if column is None:
                marks.append(cell)
            elif cells[column]:
                return []
            else:
                cells[column] = cell
        if not filled and not all(cells[1:]):
            return []
        # A row of one cell is a heading between rows or a remark; the columns do not speak of it.
        filled.append(_merged(cells, marks) if len(row) > 1 else row)
    return filled


def _repeats(row: list[Items]) -> bool:
    """Whether some names repeat, as those do that names over several columns tell apart."""
    names = [" ".join(item.line.text for item in cell) for cell in row]
    return len(set(names)) < len(names)


def _merged(cells: list[Items], marks: list[Items]) -> list[Items]:
    """A row's cells with its marks (bullets, ticks) where they stand."""
    for mark in marks:
        place = sum(bool(cell) and cell[0].left < mark[0].left for cell in cells)
        cells = [*cells[:place], mark, *cells[place:]]
    return cells


def _stacked(rows: list[list[Items]], items: Items) -> list[list[Items]]:
    """The rows with what stands stacked in a cell (a name over a role) as cells of their own."""
    spans: dict[int, tuple[float, float]] = {}
    stacked: set[int] = set()
    pairs = [pair for row in rows for cell in row for pair in pairwise(cell)]
    for column in columns(items):
        span = min(i.left for i in column), max(i.right for i in column)
        ids = {id(item) for item in column}
        inside = [pair for pair in pairs if id(pair[0]) in ids]
        apart = sum(not goes_on(above, below, *span) for above, below in inside)
        spans |= dict.fromkeys(ids, span)
        stacked |= ids if 4 * apart >= len(inside) else set()
    return [
        [part for cell in row for part in _texts(cell, spans[id(cell[0])], id(cell[0]) in stacked)]
        for row in rows
    ]


def _texts(cell: Items, span: tuple[float, float], stacked: bool) -> list[Items]:
    """The texts that stand in a cell: each line, or those that go on together."""
    found = [cell[:1]]
    for above, below in pairwise(cell):
        if not stacked and goes_on(above, below, *span):
            found[-1].append(below)
        else:
            found.append([below])
    return found


def _anchors(items: Items, rows: list[Items]) -> list[Items]:
    """What tells a table's rows: items at one height, or else the column with the fewest."""
    # A lone mark beside the table is no column that could tell.
    tellers = [column for column in columns(items) if len(column) > 1]
    sparsest = min(tellers, key=len, default=[])
    levels = Levels(items)
    level_ones = sum(_in_a_row(item, levels.near(item)) for item in sparsest)
    if 2 * level_ones < len(sparsest):
        # The other cells are centred on these, so few of their lines are at the same height.
        return [[item] for item in sparsest]
    several = [row for row in rows if len(row) > 1]
    return several or rows


def _in_a_row(item: Item, items: Items) -> bool:
    return any(level(item, other) and not overlap(item, other) for other in items)


__all__ = ["table", "written"]
