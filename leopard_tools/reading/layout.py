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

from ..types import Line, Reading
from .cards import CLOSE, cards
from .charts import bar_charts, shares
from .parting import parted
from .placed import (
    BULLETS,
    FULL,
    Items,
    Levels,
    Row,
    level,
    runs,
    straightened,
    unit,
    visual_rows,
)
from .placed import columns as columns_of
from .tables import table, written

NEAR = 1.5
"""A band goes on over a change of its columns where the gap is below so many line heights."""
FAR = 2.5
"""A band never goes on over a larger gap, in line heights."""
ALIGNED = 0.7
"""Columns belong to one table if so many lines of the sparser have a neighbour in the other."""
WIDER = 1.8
"""The gap between two rows of cards is so much wider than those between their lines."""
TALLER = 1.5
"""Rows of a table do not differ in height by more than this; those of a tile do."""


def compose(lines: Sequence[Line], width: int, height: int) -> Reading:
    """The reading that the lines of an image of this size make.

    Lines that the detector glued together are parted first.
    """
    rows = arrange(parted(lines))
    return Reading(
        tuple(tuple(chain(*row)) for row in rows),
        width,
        height,
        tuple(tuple(map(len, row)) for row in rows),
    )


def arrange(lines: Sequence[Line]) -> tuple[Row, ...]:
    """The lines of an image as rows of cells in reading order.

    The rows of tables, key-value lists, charts, cards and label rows have several cells, from
    left to right; a cell that wraps has several lines, an empty one none. Columns of running
    text are read down. The same lines in any order give the same rows.

    >>> from leopard_tools.types import Box
    >>> lines = [Line("41%", Box(90, 10, 30, 12), 1.0), Line("Churn", Box(0, 10, 40, 12), 1.0)]
    >>> [[line.text for cell in row for line in cell] for row in arrange(lines)]
    [['Churn', '41%']]
    """
    ordered = sorted(
        lines, key=lambda line: (line.box.top, line.box.left, line.text, line.box.height)
    )
    return tuple(_region(shares(bar_charts(straightened(ordered)))))


def _region(items: Items) -> list[Row]:
    """The rows of a region: down its columns, or band by band, or simply line by line."""
    if not items:
        return []
    if len(items) == 1:
        return _rows(items)
    columns = columns_of(items)
    if len(columns) > 1:
        parts = _cut_at_cards(items)
        if parts:
            above, tiles, below = parts
            return [*_region(above), *written(tiles), *_region(below)]
        if _side_by_side(columns) and not _table_across(items):
            if _in_turn(columns):
                return _rows(items)
            groups = _tables(columns)
            if len(groups) > 1:
                return [row for group in groups for row in _region(list(chain(*group)))]
    bands = _bands(items)
    if len(bands) > 1:
        return [row for band in bands for row in _region(band)]
    return _group(columns) if len(columns) > 1 else _rows(items)


def _cut_at_cards(items: Items) -> tuple[Items, list[list[Items]], Items] | None:
    """The first row of cards that runs across a region, with what stands above and below it."""
    flat = _close(items)
    found = [cards(columns_of(group)) for group in flat]
    for number, group in enumerate(flat):
        beside = [n for n in (number - 1, number + 1) if 0 <= n < len(flat) and not found[n]]
        # Where the columns go on above or below, these are a part of something taller.
        if found[number] and not any(_goes_further(group, flat[n]) for n in beside):
            return list(chain(*flat[:number])), found[number], list(chain(*flat[number + 1 :]))
    return None


def _close(items: Items) -> list[Items]:
    """Strips that stand closely below one another together, but for a title over columns."""
    groups: list[list[Items]] = []
    for strip in _strips(items):
        close = bool(groups) and not _apart(groups[-1], strip)
        if close and _same_kind(list(chain(*groups[-1])), strip):
            groups[-1].append(strip)
        else:
            groups.append([strip])
    return [list(chain(*part)) for group in groups for part in _halves(group)]


def _halves(strips: list[Items]) -> list[list[Items]]:
    """Strips cut at their one wide gap where that leaves two rows of cards, or as they are."""
    gaps = [
        min(item.top for item in below) - max(item.bottom for item in above)
        for above, below in pairwise(strips)
    ]
    if len(gaps) < 3 or max(gaps) < max(1.0, WIDER * sorted(gaps)[-2]):
        return [strips]
    at = gaps.index(max(gaps)) + 1
    halves = [strips[:at], strips[at:]]
    return halves if all(cards(columns_of(list(chain(*half)))) for half in halves) else [strips]


def _same_kind(group: Items, strip: Items) -> bool:
    """Whether a strip may go on with a group: both of one column, or gutters run through both."""
    before, both = len(columns_of(group)), len(columns_of(group + strip))
    return both >= before if before > 1 else len(columns_of(strip)) == 1


def _goes_further(group: Items, other: Items) -> bool:
    """Whether the columns of a group go on in another, which is no row of cards like it."""
    count = len(columns_of(group))
    if len(visual_rows(group)) == len(visual_rows(other)):
        return False
    return len(columns_of(other)) == count == len(columns_of(group + other))


def _apart(strips: list[Items], strip: Items) -> bool:
    """Whether a strip stands further below others than the lines of a card do."""
    gap = min(item.top for item in strip) - max(item.bottom for item in chain(*strips))
    return gap > CLOSE * max(unit(strips[-1]), unit(strip))


def _in_turn(columns: list[Items]) -> bool:
    """Whether of two columns no line is beside one of the other, as in what two people write."""
    if len(columns) != 2 or min(map(len, columns)) < 2:
        return False
    levels = Levels(columns[0])
    return not any(
        line.top < other.bottom and other.top < line.bottom
        for line in columns[1]
        for other in levels.near(line)
    )


def _table_across(items: Items) -> bool:
    """Whether one of several bands is a table, so that its gutters are not those of the page."""
    bands = _bands(items)
    return len(bands) > 1 and any(_is_table(columns_of(band)) for band in bands)


def _is_table(columns: list[Items]) -> bool:
    if len(columns) < 3 or min(map(len, columns)) < 3:
        return False
    if any(_prose(column) or _bulleted(column) for column in columns):
        return False
    return len(_tables(columns)) == 1


def _group(columns: list[Items]) -> list[Row]:
    """Neighbouring columns whose lines are aligned: a table, unless what they hold reads down."""
    items = [item for column in columns for item in column]
    if _remarked(columns):
        return _rows(items)
    if _reads_down(columns) or any(item.rows for item in items) or _tiled(items):
        return [row for column in columns for row in _region(column)]
    return table(items)


def _remarked(columns: list[Items]) -> bool:
    """Whether the last of two columns has a short remark to some lines of the first: its dates."""
    if len(columns) != 2 or 2 * len(columns[1]) >= len(columns[0]) or _bulleted(columns[1]):
        return False
    levels = Levels(columns[0])
    return all(
        len(item.line.text) <= FULL and any(level(item, other) for other in levels.near(item))
        for item in columns[1]
    )


def _reads_down(columns: list[Items]) -> bool:
    """Whether columns are running text or lists; of two, one list is enough to tell.

    Of many, most: words that begin small may be the cells of a table.
    """
    lists = sum(map(_bulleted, columns))
    several = sum(len(column) > 1 for column in columns)
    down = lists + sum(map(_prose, columns))
    return (down > 1 and 2 * down > several) or (lists == 1 and several == 2)


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
    before, here, both = (len(columns_of(part)) for part in (band, strip, band + strip))
    if before == 1:
        return here == 1 and both == 1
    gap = min(item.top for item in strip) - max(item.bottom for item in band)
    if both == 1 or gap > FAR * usual or (gap > 0.8 * usual and _heads(strip, band)):
        return False
    # A table below a block of fewer columns, which is as close only where it goes on.
    if here > before and gap > NEAR * usual and len(visual_rows(band)) > 2:
        return False
    # Fewer gutters, or a lone line below columns: only if it follows closely.
    return gap <= NEAR * usual or (here > 1 and both >= max(before, here))


def _heads(strip: Items, band: Items) -> bool:
    """Whether a strip is a heading of what follows: a lone line in larger type."""
    return len(strip) == 1 and strip[0].size > 1.2 * median(item.size for item in band)


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
        if len(after) <= max(map(len, groups[-1])):
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
        sum(any(level(item, other, most) for other in cells.near(item)) for item in sparse)
        / len(sparse)
        for cells, most in ((Levels(dense), 0.15), (Levels(_wrapped(dense)), 0.25))
    )


def _wrapped(column: Items) -> Items:
    """Lines close below one another as one item: a table's other cells may be centred on them."""
    return [replace(run[0], bottom=run[-1].bottom) for run in runs(column)]


def _prose(column: Items) -> bool:
    """Whether sentences go on from line to line in this column."""
    pairs = list(pairwise(column))
    left, right = min(item.left for item in column), max(item.right for item in column)
    wrapped = 0
    for above, below in pairs:
        close = below.top - above.bottom < 1.1 * above.height
        full = above.right > right - 0.15 * (right - left) and len(above.line.text) >= 25
        ended = above.line.text.endswith((".", ":", "!", "?"))
        # Of short cells, many begin small and go on nowhere.
        long = len(above.line.text) >= FULL and above.right > right - 0.4 * (right - left)
        wrapped += close and ((below.line.text[0].islower() and long and not ended) or full)
    return bool(pairs) and wrapped >= 0.3 * len(pairs)


def _bulleted(column: Items) -> bool:
    """Whether the column is a list with bullets."""
    texts = [item.line.text for item in column]
    marked = [text for text in texts if text[0] in BULLETS and any(c.isalpha() for c in text)]
    return len(marked) > 1 and 3 * len(marked) >= len(texts)


def _tiled(items: Items) -> bool:
    """Whether rows alternate between large and small text, as in tiles with a figure."""
    rows = visual_rows(items)
    if len(rows) < 2:
        return False
    heights = [median(item.height for item in row) for row in rows]
    # A table's header may be larger than its rows, and so may its total.
    considered = heights[1:-1] if len(heights) > 3 else heights
    return max(considered) > TALLER * min(considered) and len(rows) <= 6


def _rows(items: Items) -> list[Row]:
    return written([[[item] for item in row] for row in visual_rows(items)])


__all__ = ["arrange", "compose"]
