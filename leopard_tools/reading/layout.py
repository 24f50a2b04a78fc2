"""Puts lines into reading order and into rows: pure arithmetic on boxes.

A page is cut where it is empty. Horizontal bands come first, each as tall as its empty gutters
run through; inside a band, neighbouring columns whose lines stand at the same heights are a
table and read across, all others read down. Columns that are aligned by accident are told from
tables by what they hold: wrapped sentences, bullets, or tiles with a large number over a label.
Must not know where the lines came from or what they are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, pairwise
from statistics import median

from ..types import Box, Line, Reading
from .abreast import abreast
from .bands import bands, close, strips
from .cards import cards, rows_of_cards
from .charts import bar_charts, shares
from .columned import columned
from .drawn import Drawn
from .months import months
from .panes import panes
from .parting import parted
from .placed import (
    BULLETS,
    FULL,
    Items,
    Levels,
    Row,
    extent,
    level,
    runs,
    straightened,
    visual_rows,
)
from .placed import columns as columns_of
from .ruled import ruled
from .rules import Grid
from .spanning import settled
from .tables import table, written
from .typed import is_typed
from .unread import counted

ALIGNED = 0.7
"""Columns belong to one table if so many lines of the sparser have a neighbour in the other."""
TALLER = 1.5
"""Rows of a table do not differ in height by more than this; those of a tile do."""
NOTHING = Drawn()
"""Of lines whose picture is not at hand."""
MODE = re.compile(r"[-bcdlps][-rwxst]{5}")
"""How a line of `ls -l` begins: with no bullet."""


def compose(
    lines: Sequence[Line],
    width: int,
    height: int,
    unread: Sequence[Box] = (),
    lean: float = 0.0,
    drawn: Drawn = NOTHING,
) -> Reading:
    """The reading that the lines of an image of this size make.

    Lines that the detector glued together are parted first. unread: where more was found that
    could not be read; a table's cell that holds nothing else is not told to be empty. lean: about
    the slope of the page's lines, in pixels down for each to the right. drawn: what is on the
    picture beside them.
    """
    rows = arrange(parted(lines), lean, drawn)
    flat = tuple(tuple(chain(*row)) for row in rows)
    return Reading(flat, width, height, counted(rows, unread))


def arrange(lines: Sequence[Line], lean: float = 0.0, drawn: Drawn = NOTHING) -> tuple[Row, ...]:
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
    parts = panes(columned(straightened(ordered, lean), drawn.grids, drawn.dividers), drawn)
    return tuple(chain.from_iterable(_pane(items, drawn.grids) for items in parts))


def _pane(items: Items, grids: Sequence[Grid]) -> list[Row]:
    return _region(shares(bar_charts(ruled(months(items), grids))))


def _region(items: Items) -> list[Row]:
    """The rows of a region: down its columns, or band by band, or simply line by line."""
    if not items:
        return []
    if len(items) == 1:
        return _rows(items)
    items = settled(items)
    columns = columns_of(items)
    if len(columns) > 1:
        rows = _with_cards(items)
        if rows:
            return rows
        if _side_by_side(columns) and not _table_across(items):
            if _in_turn(columns):
                return _rows(items)
            above, below = _masthead(items, columns)
            if above:
                return [*_rows(above), *_region(below)]
            groups = _tables(columns)
            if len(groups) > 1:
                return [row for group in groups for row in _region(list(chain(*group)))]
    found = bands(items)
    if len(found) > 1:
        return [row for band in found for row in _region(band)]
    return _group(columns) if len(columns) > 1 else _rows(items)


def _with_cards(items: Items) -> list[Row]:
    """The rows of a region across which rows of cards run; [] where none does.

    In what is typed, lines stand as closely as those of cards do: it is read across.
    """
    flat = close(items, lambda group: bool(cards(columns_of(group))))
    found = rows_of_cards([columns_of(group) for group in flat])
    rows: list[Row] = []
    between: Items = []
    for number, group in enumerate(flat):
        beside = [n for n in (number - 1, number + 1) if 0 <= n < len(flat) and not found[n]]
        # Where the columns go on above or below, these are a part of something taller.
        if found[number] and not any(_goes_further(group, flat[n]) for n in beside):
            rows += [
                *_region(between),
                *(_rows(group) if is_typed(items) else written(found[number])),
            ]
            between = []
        else:
            between = between + group
    return [*rows, *_region(between)] if rows else []


def _goes_further(group: Items, other: Items) -> bool:
    """Whether the columns of a group go on in another, which is no row of cards like it."""
    count = len(columns_of(group))
    if len(visual_rows(group)) == len(visual_rows(other)):
        return False
    return len(columns_of(other)) == count == len(columns_of(group + other))


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
    found = bands(items)
    return len(found) > 1 and any(_is_table(columns_of(band)) for band in found)


def _masthead(items: Items, columns: list[Items]) -> tuple[Items, Items]:
    """The lines above columns of text that belong to all of them, and the rest: name, dateline."""
    if sum(map(_prose, columns)) < 2:
        return [], items
    lefts, right = [_left(column) for column in columns], max(item.right for item in items)
    above: Items = []
    for strip in strips(items):
        ordered = sorted(strip, key=lambda item: item.left)
        first, last = ordered[0], ordered[-1]
        slack = last.height
        # What is over one column begins where that does.
        inset = min(abs(last.left - left) for left in lefts) > slack
        alone = first is last and abs(first.center - (lefts[0] + right) / 2) < 2 * slack
        ends = first is not last and first.left - lefts[0] < slack and right - last.right < slack
        if not inset or not (alone or ends) or len(visual_rows(strip)) > 1:
            break
        above += ordered
    kept = {id(item) for item in above}
    return above, [item for item in items if id(item) not in kept]


def _left(column: Items) -> float:
    """Where most lines of a column begin, but for those that are centred or indented."""
    return median(item.left for item in column)


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
    lists, texts = sum(map(_bulleted, columns)), [_prose(column) for column in columns]
    # Words that begin small may be cells, and go on nowhere.
    if not lists and not texts[0] and _row_by_row(columns):
        return False
    several = sum(len(column) > 1 for column in columns)
    down = lists + sum(texts)
    return (down > 1 and 2 * down > several) or (lists == 1 and several == 2)


def _row_by_row(columns: list[Items]) -> bool:
    """Whether all of several columns have a line beside nearly each line of the first."""
    first, *others = columns
    return len(others) > 1 and all(
        len(first) - 1 <= len(column) <= len(first) and _level_share(column, first) == 1
        for column in others
    )


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
        if _goes_with(groups[-1], before, after):
            groups[-1].append(after)
        else:
            groups.append([after])
    return [part for group in groups for part in abreast(group)]


def _goes_with(group: list[Items], before: Items, after: Items) -> bool:
    """Whether a column is aligned with the one before it, or with others of its group."""
    wider = len(after) <= max(map(len, group))
    # What the neighbour alone tells need not be asked of the whole group.
    if wider and _level_share(after, before) >= ALIGNED:
        return True
    if len(before) <= len(after) and _aligned(before, after) >= ALIGNED:
        return True
    # The neighbour's cell may be empty where one further to the left is not.
    return wider and _aligned(after, list(chain(*group))) >= ALIGNED


def _aligned(sparse: Items, dense: Items) -> float:
    """The share of items with one at the same height in the other column, or in its cells."""
    return max(_level_share(sparse, dense), _level_share(sparse, _wrapped(dense), 0.25))


def _level_share(sparse: Items, dense: Items, most: float = 0.15) -> float:
    levels = Levels(dense)
    found = sum(any(level(item, other, most) for other in levels.near(item)) for item in sparse)
    return found / len(sparse)


def _wrapped(column: Items) -> Items:
    """Lines close below one another as one item: a table's other cells may be centred on them."""
    return [replace(run[0], bottom=run[-1].bottom) for run in runs(column)]


def _prose(column: Items) -> bool:
    """Whether sentences go on from line to line in this column."""
    pairs = list(pairwise(column))
    left, right = extent(column)
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
    marked = [
        text
        for text in texts
        if text[0] in BULLETS and any(c.isalpha() for c in text) and not MODE.match(text)
    ]
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
