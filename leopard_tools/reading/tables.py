"""The rows of a table: wrapped cells stay whole, and cells that are empty keep their place.

Must not know how the table was found on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from statistics import median

from .placed import (
    Cell,
    Item,
    Items,
    Levels,
    Row,
    columns,
    extent,
    goes_on,
    is_number,
    level,
    overlap,
    stacks,
    visual_rows,
)
from .wrapping import texts_of, wrapped_rows

_CLOSE = 0.4
"""The most between the lines of a cell, in heights, where rows are further apart."""
_LEAST_COLUMNS, _LEAST_ROWS = 3, 4
"""Columns and rows of a table whose rows are told by what wraps in them."""
_SLACK = 4.0
"""Pixels by which columns may overlap: boxes are wider than their ink."""
_APART = 1.8
"""How many times as far as usual a row is from the one above it that is no row of its table."""
_MARGIN = 4.0


def table(items: Items) -> list[Row]:
    """The rows of a table; lines that a cell wraps into join the cell that they belong to."""
    parted = _parted(items) or _wrapped(items)
    if parted:
        return written(_filled(parted, items))
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


def _parted(items: Items) -> list[list[Items]]:
    """The rows of a table whose cells wrap and whose rows are further apart than lines; else [].

    Lines that stand closely below one another are a cell, and cells that share a height are a row.
    In every row some cell does not wrap: else a row might be two.
    """
    cells = stacks(items, _CLOSE)
    if any(item.rows for item in items) or len(cells) == len(items):
        return []
    rows: list[list[Items]] = []
    reach = float("-inf")
    for cell in sorted(cells, key=lambda cell: cell[0].top):
        if cell[0].top >= reach - _SLACK:
            rows.append([])
        rows[-1].append(cell)
        reach = max(reach, cell[-1].bottom)
    spans: dict[int, tuple[float, float]] = {}
    for column in columns(items):
        spans |= dict.fromkeys(map(id, column), extent(column))
    for number, row in enumerate(rows):
        row.sort(key=lambda cell: cell[0].left)
        wrapped = [cell for cell in row if len(cell) > 1]
        beside = any(extent(one)[1] > extent(other)[0] + _SLACK for one, other in pairwise(row))
        if beside or (wrapped and len(wrapped) == len(row)):
            return []
        # The names of columns wrap after any word.
        if number and not all(_wraps(cell, spans[id(cell[0])]) for cell in wrapped):
            return []
    return rows if len(rows) > 2 else []


def _wrapped(items: Items) -> list[list[Items]]:
    """The rows of a table whose cells wrap, told by what stands in its columns; else []."""
    held = columns(items)
    if len(held) < _LEAST_COLUMNS or any(item.rows for item in items):
        return []
    texts = list(map(texts_of, held))
    if any(len(text.items) > 1 for column in texts for text in column):
        return []
    rows = wrapped_rows(texts)
    wrapped = sum(any(len(cell) > 1 for cell in row) for row in rows[1:])
    if len(rows) < _LEAST_ROWS or wrapped < 2 or not all(rows[0][1:]):
        return []
    cells = ([[item for text in cell for item in text.items] for cell in row] for row in rows)
    return [[cell for cell in row if cell] for row in cells]


def _wraps(cell: Items, span: tuple[float, float]) -> bool:
    """Whether the lines of a cell are one text, by most of its ends; figures are one each."""
    ends = [goes_on(above, below, *span) for above, below in pairwise(cell)]
    return 2 * sum(ends) >= len(ends) and not any(is_number(item.line.text) for item in cell)


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
    return _spanned(rows) or _stacked(rows, items)


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


def _spanned(rows: list[list[Items]]) -> list[list[Items]]:
    """The rows with an empty cell in every column where they have none, or [].

    For heads beside their numbers, over no corner, or over a full width: the n-th cells of the
    rows that are full are a column, where these do not overlap and the first row names them all.
    """
    several = [row for row in rows if len(row) > 1]
    count = max((len(row) for row in several[:2]), default=0)
    full = [row for row in several if len(row) == count]
    if count < 3 or len(full) < 2 or len(full) == len(several) or len(rows[0]) < count - 1:
        return []
    spans = [extent(chain.from_iterable(row[n] for row in full)) for n in range(count)]
    if any(before[1] > after[0] + _SLACK for before, after in pairwise(spans)):
        return []
    filled = []
    for part in _close(rows):
        told = any(len(row) == count for row in part)
        filled += [
            _in_columns(row, spans) if told and 1 < len(row) < count else row for row in part
        ]
    return filled if all(filled[0][1:]) else []


def _close(rows: list[list[Items]]) -> Iterator[list[list[Items]]]:
    """The rows in parts: what stands apart, or below a row of one cell, may be another table."""
    tops = [min(item.top for cell in row for item in cell) for row in rows]
    bottoms = [max(item.bottom for cell in row for item in cell) for row in rows]
    gaps = [top - bottom for bottom, top in zip(bottoms, tops[1:], strict=False)]
    most = _APART * max(median(gaps), _MARGIN)
    start = 0
    for number, gap in enumerate(gaps, start=1):
        if gap > most or len(rows[number - 1]) == 1:
            yield rows[start:number]
            start = number
    yield rows[start:]


def _in_columns(row: list[Items], spans: Sequence[tuple[float, float]]) -> list[Items]:
    """A row with its cells in the columns that they stand in; as it is where one is in several."""
    cells: list[Items] = [[] for _ in spans]
    for cell in row:
        left, right = extent(cell)
        over = [
            n for n, span in enumerate(spans) if min(right, span[1]) - max(left, span[0]) > _SLACK
        ]
        if len(over) != 1 or cells[over[0]]:
            return row
        cells[over[0]] = cell
    return cells


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
        span = extent(column)
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
