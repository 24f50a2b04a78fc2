"""Puts lines into reading order and into rows: pure arithmetic on boxes.

A page is cut where it is empty. Horizontal bands come first, each as tall as its empty gutters
run through; inside a band, neighbouring columns whose lines stand at the same heights are a
table and read across, all others read down. Columns that are aligned by accident are told from
tables by what they hold: wrapped sentences, bullets, or tiles with a large number over a label.
Must not know where the lines came from or what they are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, pairwise
from statistics import median

from ..types import Line
from .charts import bar_charts
from .placed import Items, Row, level, overlap, straightened, unit, visual_rows

_BULLETS = frozenset("•·●○▪■◦‣-–—*✓")
GUTTER = 0.4
"""The least width of a gutter, in line heights."""
NEAR = 1.5
"""A band goes on over a change of its columns where the gap is below so many line heights."""
FAR = 2.5
"""A band never goes on over a larger gap, in line heights."""
ALIGNED = 0.7
"""Columns belong to one table if so many lines of the sparser have a neighbour in the other."""
TALLER = 1.5
"""Rows of a table do not differ in height by more than this; those of a tile do."""


def arrange(lines: Sequence[Line], width: int, height: int) -> tuple[Row, ...]:
    """The lines of an image of this size as rows in reading order.

    The rows of tables, key-value lists and label rows have several cells, from left to right;
    a cell that wraps adds its further lines to the row. Columns of running text, cards and
    tiles are read down. The same lines in any order give the same rows.

    >>> from leopard_tools.types import Box
    >>> cells = [Line("41%", Box(90, 10, 30, 12), 1.0), Line("Churn", Box(0, 10, 40, 12), 1.0)]
    >>> [[line.text for line in row] for row in arrange(cells, 200, 40)]
    [['Churn', '41%']]
    """
    ordered = sorted(lines, key=lambda line: (line.box.top, line.box.left, line.text))
    return tuple(_region(bar_charts(straightened(ordered))))


def _region(items: Items) -> list[Row]:
    """The rows of a region: down its columns, or band by band, or simply line by line."""
    if len(items) < 2:
        return _rows(items)
    columns = _columns(items)
    if len(columns) > 1 and _side_by_side(columns):
        groups = _tables(columns)
        if len(groups) > 1:
            return [row for group in groups for row in _region(list(chain(*group)))]
    bands = _bands(items)
    if len(bands) > 1:
        return [row for band in bands for row in _region(band)]
    return _group(columns) if len(columns) > 1 else _rows(items)


def _group(columns: list[Items]) -> list[Row]:
    """Neighbouring columns whose lines are aligned: a table, unless what they hold reads down."""
    items = [item for column in columns for item in column]
    reading_down = sum(_prose(column) or _bulleted(column) for column in columns) > 1
    if reading_down or _tiled(items):
        return [row for column in columns for row in _region(column)]
    return _table(items)


def _columns(items: Items) -> list[Items]:
    """The items between the gutters that run through all of them, from left to right."""
    gutter = GUTTER * unit(items)
    columns: list[Items] = []
    reach = float("-inf")
    for item in sorted(items, key=lambda item: (item.left, item.top)):
        if item.left - reach >= gutter or not columns:
            columns.append([])
        columns[-1].append(item)
        reach = max(reach, item.right)
    return [sorted(column, key=lambda item: (item.middle, item.left)) for column in columns]


def _strips(items: Items) -> list[Items]:
    """The items between the empty rows of pixels that run through all of them, downwards."""
    strips: list[Items] = []
    reach = float("-inf")
    for item in sorted(items, key=lambda item: (item.top, item.left)):
        # Boxes have a margin of two pixels, so those of lines that touch may overlap by both.
        if item.top >= reach - min(4, item.height / 6) or not strips:
            strips.append([])
        strips[-1].append(item)
        reach = max(reach, item.bottom)
    return strips


def _bands(items: Items) -> list[Items]:
    """Strips put together as long as a gutter runs through, or as long as there is none."""
    usual = unit(items)
    bands: list[Items] = []
    for strip in _strips(items):
        if bands and _goes_on(bands[-1], strip, usual):
            bands[-1] = bands[-1] + strip
        else:
            bands.append(strip)
    return bands


def _goes_on(band: Items, strip: Items, usual: float) -> bool:
    """Whether a strip has the columns of the band above it."""
    before, here, both = (len(_columns(part)) for part in (band, strip, band + strip))
    if before == 1:
        return here == 1 and both == 1
    gap = min(item.top for item in strip) - max(item.bottom for item in band)
    if both == 1 or gap > FAR * usual:
        return False
    # Fewer gutters, or a lone line below columns: only if it follows closely.
    return gap <= NEAR * usual or (here > 1 and both >= max(before, here))


def _side_by_side(columns: list[Items]) -> bool:
    """Whether every column shares most of its height with a neighbour."""
    spans = [(min(i.top for i in column), max(i.bottom for i in column)) for column in columns]
    for (top, bottom), (other_top, other_bottom) in pairwise(spans):
        shared = min(bottom, other_bottom) - max(top, other_top)
        if shared < 0.5 * min(bottom - top, other_bottom - other_top):
            return False
    return True


def _tables(columns: list[Items]) -> list[list[Items]]:
    """Columns put together with the neighbours they are aligned with."""
    groups = [[columns[0]]]
    for before, after in pairwise(columns):
        shares = []
        if len(after) <= len(before):
            # The neighbour's cell may be empty where one further to the left is not.
            shares.append(_aligned(after, list(chain(*groups[-1]))))
        if len(before) <= len(after):
            shares.append(_aligned(before, after))
        if max(shares) >= ALIGNED:
            groups[-1].append(after)
        else:
            groups.append([after])
    return groups


def _aligned(sparse: Items, dense: Items) -> float:
    """The share of items with one at the same height in the other column, or in its cells."""
    return max(
        sum(any(level(item, other) for other in cells) for item in sparse) / len(sparse)
        for cells in (dense, _wrapped(dense))
    )


def _wrapped(column: Items) -> Items:
    """Lines close below one another as one item: a table's other cells may be centred on them."""
    runs: list[Items] = []
    for item in column:
        if runs and item.top - runs[-1][-1].bottom < 0.9 * item.height:
            runs[-1].append(item)
        else:
            runs.append([item])
    return [replace(run[0], bottom=run[-1].bottom) for run in runs]


def _prose(column: Items) -> bool:
    """Whether sentences go on from line to line in this column."""
    pairs = list(pairwise(column))
    left, right = min(item.left for item in column), max(item.right for item in column)
    wrapped = 0
    for above, below in pairs:
        close = below.top - above.bottom < 1.1 * above.height
        full = above.right > right - 0.15 * (right - left) and len(above.line.text) >= 25
        ended = above.line.text.endswith((".", ":", "!", "?"))
        wrapped += close and ((below.line.text[0].islower() and not ended) or full)
    return bool(pairs) and wrapped >= 0.3 * len(pairs)


def _bulleted(column: Items) -> bool:
    """Whether the column is a list with bullets."""
    texts = [item.line.text for item in column]
    marked = [text for text in texts if text[0] in _BULLETS and any(c.isalpha() for c in text)]
    return len(marked) > 1 and 3 * len(marked) >= len(texts)


def _tiled(items: Items) -> bool:
    """Whether rows alternate between large and small text, as in tiles with a figure."""
    rows = visual_rows(items)
    if len(rows) < 2:
        return False
    heights = [median(item.height for item in row) for row in rows]
    # A table's header may be larger than its rows; one row more decides.
    considered = heights[1:] if len(heights) > 3 else heights
    return max(considered) > TALLER * min(considered) and len(rows) <= 6


def _rows(items: Items) -> list[Row]:
    return [row for items_ in visual_rows(items) for row in _written(items_)]


def _written(items: Items) -> list[Row]:
    """The row that items make; figures read already give their own rows after it."""
    row = tuple(item.line for item in items if not item.rows)
    return [*([row] if row else []), *(row for item in items for row in item.rows)]


def _table(items: Items) -> list[Row]:
    """The rows of a table; lines that a cell wraps into join the row that they belong to."""
    rows = visual_rows(items)
    order = {id(item): index for index, row in enumerate(rows) for item in row}
    anchors = _anchors(items, rows)
    levels = [median(item.middle for item in row) for row in anchors]
    pitch = min((below - above for above, below in pairwise(levels)), default=0.0)
    held = {id(item) for row in anchors for item in row}
    joined: dict[int, Items] = {}
    whole: list[tuple[float, Items]] = []
    for item in (item for row in rows for item in row if id(item) not in held):
        distance, nearest = min((abs(item.middle - place), n) for n, place in enumerate(levels))
        if distance < 0.7 * pitch and distance < 2 * item.height:
            joined.setdefault(nearest, []).append(item)
        else:
            whole.append((item.middle, [item]))
    for index, anchor in enumerate(anchors):
        cells = [[cell] for cell in anchor]
        for item in joined.get(index, []):
            over = [cell for cell in cells if overlap(item, cell[0])]
            if over:
                over[0].append(item)
            else:
                cells.append([item])
        cells.sort(key=lambda cell: cell[0].left)
        row = [item for cell in cells for item in sorted(cell, key=lambda i: order[id(i)])]
        whole.append((levels[index], row))
    whole.sort(key=lambda pair: pair[0])
    return [row for _, items_ in whole for row in _written(items_)]


def _anchors(items: Items, rows: list[Items]) -> list[Items]:
    """What tells a table's rows: items at one height, or else the column with the fewest."""
    sparsest = min(_columns(items), key=len)
    level_ones = sum(any(level(i, o) and not overlap(i, o) for o in items) for i in sparsest)
    if 2 * level_ones < len(sparsest):
        # The other cells are centred on these, so few of their lines are at the same height.
        return [[item] for item in sparsest]
    several = [row for row in rows if len(row) > 1]
    return several or rows


__all__ = ["arrange"]
