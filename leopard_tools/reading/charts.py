"""Charts: the numbers at a label's bars belong to that label.

A vertical chart is a row of labels at even distances with lone numbers over them, at changing
heights; a horizontal one is the same turned. Read by rows its numbers would come out by size and
its labels after all of them; here each label and its numbers become a row, under the legend where
there is one of as many entries as there are bars at a label. Must not know how the rest of the
page is ordered.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from .legends import find_axis, find_legend
from .piles import piles
from .placed import Cell, Item, Items, Row, is_number, level, stacks, unit, visual_rows

LABELS = 3
"""A chart has at least so many labels."""
SERIES = 6
"""And at most so many bars at a label."""
CENTRED = 0.15
"""Lone bars stand at their labels but for so much of the distance between those."""
FILLED = 0.6
"""At least so many of its bars have a number."""

_Seen = tuple[float, float, Item]


@dataclass(frozen=True, slots=True)
class _Label:
    """A category: its lines, and its place and extent along the axis and across it."""

    lines: Items
    place: float
    near: float

    @property
    def cell(self) -> Cell:
        return tuple(item.line for item in self.lines)


@dataclass(frozen=True, slots=True)
class _Chart:
    """Labels, and at each of them the numbers of its bars by series."""

    labels: list[_Label]
    values: list[dict[int, Item]]
    series: int
    stacked: bool = False

    @property
    def items(self) -> Items:
        numbers = [value for found in self.values for value in found.values()]
        return [*(item for label in self.labels for item in label.lines), *numbers]

    def rows(self, legend: Items, axis: Items) -> tuple[Row, ...]:
        """The legend over a row for each label; bars without a number are empty cells.

        The numbers of the axis, where they are written, are the last row.
        """
        header: list[Row] = [((), *((item.line,) for item in legend))] if legend else []
        body = [
            (label.cell, *self._cells(found))
            for label, found in zip(self.labels, self.values, strict=True)
        ]
        return *header, *body, *([tuple((item.line,) for item in axis)] if axis else [])

    def _cells(self, found: dict[int, Item]) -> list[Cell]:
        if self.series == 1:
            return [(value.line,) for value in found.values()]
        return [(found[n].line,) if n in found else () for n in range(self.series)]


def bar_charts(items: Items) -> Items:
    """The items with those of each chart replaced by one that stands for it, read already."""
    ways = {
        horizontal: sorted((_seen(item, horizontal) for item in items), key=lambda seen: seen[0])
        for horizontal in (False, True)
    }
    for labels, horizontal in _candidates(items):
        chart = _chart(labels, ways[horizontal], horizontal)
        if chart:
            others = without(items, chart.items)
            legend = _legend(chart, others, horizontal)
            axis = find_axis(chart.items, without(others, legend), horizontal)
            drawn = figure([*chart.items, *legend, *axis], chart.rows(legend, axis))
            return bar_charts([*without(others, [*legend, *axis]), drawn])
    return items


def _legend(chart: _Chart, others: Items, horizontal: bool) -> Items:
    if chart.series == 1:
        return []
    # Beside stacked bars some programs list the lowest series first and some the highest.
    listed = horizontal or not chart.stacked
    return find_legend(chart.items, others, chart.series, beside=listed)


def shares(items: Items) -> Items:
    """The items with a percentage and the name right above it, as at a pie's slices, as one."""
    pairs = [
        stack
        for stack in stacks([item for item in items if not item.rows])
        if len(stack) == 2
        and stack[1].line.text.endswith("%")
        and is_number(stack[1].line.text)
        and not is_number(stack[0].line.text)
        and abs(stack[0].center - stack[1].center) < 0.5 * stack[1].height
    ]
    if len(pairs) < LABELS:
        return items
    joined = [figure(pair, (((pair[0].line,), (pair[1].line,)),)) for pair in pairs]
    return [*without(items, [item for pair in pairs for item in pair]), *joined]


def without(items: Items, taken: Items) -> Items:
    """The items but for those that are taken."""
    gone = {id(item) for item in taken}
    return [item for item in items if id(item) not in gone]


def _candidates(items: Items) -> list[tuple[list[_Label], bool]]:
    """Rows and columns that could be a chart's labels; whether its bars are horizontal."""
    plain = [item for item in items if not item.rows]
    found = []
    for row in reversed(visual_rows(plain)):
        labels = [_Label([item], item.center, -item.top) for item in row]
        found += [(run, False) for run in _even(labels)]
    for column in _flush_right(stacks(plain)):
        labels = [
            _Label(stack, (stack[0].top + stack[-1].bottom) / 2, _right(stack)) for stack in column
        ]
        found += [(run, True) for run in _even(labels)]
    return found


def _right(stack: Items) -> float:
    return max(item.right for item in stack)


def _flush_right(stacks: list[Items]) -> list[list[Items]]:
    """Columns of labels that end at the same place: an axis."""
    found: list[list[Items]] = []
    allowed = 0.6 * unit([item for stack in stacks for item in stack]) if stacks else 0.0
    for stack in sorted(stacks, key=lambda stack: (_right(stack), stack[0].top)):
        if found and _right(stack) - _right(found[-1][-1]) <= allowed:
            found[-1].append(stack)
        else:
            found.append([stack])
    return [
        sorted(column, key=lambda stack: stack[0].top) for column in found if len(column) >= LABELS
    ]


def _even(labels: Sequence[_Label]) -> list[list[_Label]]:
    """The parts of a row whose labels stand at even distances, as those of an axis do."""
    parts = [list(labels[:1])]
    for before, label in pairwise(labels):
        part = parts[-1]
        distance = label.place - before.place
        usual = median(b.place - a.place for a, b in pairwise(part)) if len(part) > 1 else distance
        if abs(distance - usual) <= 0.2 * usual:
            part.append(label)
        else:
            parts.append([label])
    return [part for part in parts if len(part) >= LABELS]


def _chart(labels: list[_Label], seen: list[_Seen], horizontal: bool) -> _Chart | None:
    """The chart with these labels among what is seen that way, or None where they are none."""
    distance = median(b.place - a.place for a, b in pairwise(labels))
    start, end = labels[0].place - distance / 2, labels[-1].place + distance / 2
    edge = max(label.near for label in labels)
    over: list[tuple[float, Item]] = []
    # From the labels onwards, until something stands there that is no bar's number.
    for _, place, item in seen[bisect_left(seen, edge - 2, key=lambda entry: entry[0]) :]:
        if start < place < end:
            if item.rows or not is_number(item.line.text):
                break
            over.append((place, item))
            if len(over) > SERIES * len(labels):
                return None
    found: list[tuple[int, float, Item]] = []
    for place, item in over:
        index = min(range(len(labels)), key=lambda n: abs(labels[n].place - place))
        found.append((index, (place - labels[index].place) / distance, item))
    slots = _slots([offset for _, offset, _ in found])
    if len(slots) == 1 and len(found) > len(labels) and abs(slots[0]) <= CENTRED:
        return _stacked(labels, found, horizontal)
    values: list[dict[int, Item]] = [{} for _ in labels]
    for index, offset, item in found:
        slot = min(range(len(slots)), key=lambda n: abs(slots[n] - offset))
        if slot in values[index]:
            return None
        values[index][slot] = item
    return _proven(_Chart(labels, values, len(slots)), slots, horizontal)


def _stacked(
    labels: list[_Label], found: list[tuple[int, float, Item]], horizontal: bool
) -> _Chart | None:
    """The chart whose bars, one at a label, hold several numbers, or None where it is none."""
    bars: list[list[tuple[float, Item]]] = [[] for _ in labels]
    for index, _, item in found:
        bars[index].append((item.center if horizontal else -item.middle, item))
    stacked = piles(bars)
    if not stacked:
        return None
    # Of bars with fewer numbers than others, nothing tells which of them are not written.
    series = len(stacked[0]) if len(set(map(len, stacked))) == 1 else 1
    return _Chart(labels, [dict(enumerate(bar)) for bar in stacked], series, stacked=True)


def _seen(item: Item, horizontal: bool) -> _Seen:
    """How far from the labels an item begins, and its place along their axis."""
    return (item.left, item.middle, item) if horizontal else (-item.bottom, item.center, item)


def _slots(offsets: list[float]) -> list[float]:
    """Where the bars stand beside their label, in distances of labels."""
    groups: list[list[float]] = []
    for offset in sorted(offsets):
        if groups and offset - groups[-1][-1] < 0.07:
            groups[-1].append(offset)
        else:
            groups.append([offset])
    return [median(group) for group in groups]


def _proven(chart: _Chart, slots: list[float], horizontal: bool) -> _Chart | None:
    """The chart if its numbers stand as bars' do and not as those of a table."""
    numbers = [value for found in chart.values for value in found.values()]
    if not 1 <= len(slots) <= SERIES or len(numbers) < FILLED * len(chart.labels) * len(slots):
        return None
    if len(slots) == 1 and abs(slots[0]) > CENTRED:
        return None
    if abs(slots[0] + slots[-1]) > 0.3:
        return None
    if horizontal:
        alone = [v for v in numbers if not _flush(v, numbers)]
    else:
        alone = [v for v in numbers if not any(level(v, o) for o in numbers if o is not v)]
    # Numbers at one height are a row of a table.
    needed = 0.5 if len(slots) == 1 else 0.4
    return chart if len(alone) >= needed * len(numbers) else None


def _flush(value: Item, numbers: Items) -> bool:
    """Whether another number begins or ends at the same place."""
    allowed = 0.3 * value.height
    return any(
        min(abs(value.left - other.left), abs(value.right - other.right)) < allowed
        for other in numbers
        if other is not value
    )


def figure(parts: Items, rows: tuple[Row, ...]) -> Item:
    """An item that stands for all parts of a figure, with its rows."""
    left, right = min(part.left for part in parts), max(part.right for part in parts)
    top, bottom = min(part.top for part in parts), max(part.bottom for part in parts)
    return replace(parts[0], left=left, right=right, top=top, bottom=bottom, rows=rows)


__all__ = ["bar_charts", "figure", "shares", "without"]
