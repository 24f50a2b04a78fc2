"""Parts of a reading: the lines in a strip of a page or a region, some of its rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from itertools import chain, groupby
from typing import TypeAlias

from ..types import Box, Frame, Line, Reading

Cells: TypeAlias = Sequence[Sequence[Line]]
"""The cells of a row, each with its lines."""


def within(reading: Reading, frame: Frame, share: tuple[int, int]) -> Reading:
    """The lines whose middle lies in a strip of the page, (from, until) in the origin's units.

    Neighbours may put the same lines into other rows, so each line is taken by itself: it is in
    one strip, whatever stands beside it.
    """

    def belongs(line: Line) -> bool:
        return share[0] <= frame.to_screen(line.box).center[1] < share[1]

    return _holding(reading, belongs, lambda table: range(len(table[0])))


def inside(reading: Reading, region: Box) -> Reading:
    """The lines whose middle lies in a region, in the rows and cells that they stand in."""

    def columns(table: Sequence[Cells]) -> range:
        there = map(chain.from_iterable, zip(*table, strict=True))
        return _columns([[_spans(region, line.box) for line in lines] for lines in there])

    return _holding(reading, lambda line: _holds(region, line.box), columns)


def part(reading: Reading, start: int, end: int) -> Reading:
    """The rows from `start` up to `end`."""
    return Reading(reading.rows[start:end], reading.width, reading.height, reading.cells[start:end])


class Excerpt:
    """Some rows of several readings, counted through all of them as if they were one.

    `seen` is how many rows the readings taken so far have.
    """

    def __init__(self, start: int, rows: int) -> None:
        self._start = start
        self.end = start + rows
        self.seen = 0

    @property
    def full(self) -> bool:
        """Whether no row of a further reading belongs to it."""
        return self.seen >= self.end

    @property
    def cut(self) -> bool:
        """Whether rows of the readings taken so far are left for another excerpt."""
        return self.seen > self.end

    def take(self, reading: Reading) -> Reading | None:
        """What of the next reading belongs to it; None where nothing does."""
        first, self.seen = self.seen, self.seen + len(reading.rows)
        if first >= self.end or max(self.seen, first + 1) <= self._start:
            return None
        return part(reading, max(0, self._start - first), self.end - first)


def _holding(
    reading: Reading,
    belongs: Callable[[Line], bool],
    columns: Callable[[Sequence[Cells]], Container[int]],
) -> Reading:
    """The lines that belong to a part, and of their rows the empty cells in its `columns`.

    A cell that has its lines elsewhere is not empty, and must not be told to be. Rows that follow
    one another with as many cells are a table's.
    """
    rows, counts = [], []
    told = zip(reading.celled, reading.counts, strict=True)
    for _, run in groupby(told, key=lambda row: len(row[1])):
        table = list(run)
        wanted = columns([row for row, _ in table])
        for row, before in table:
            kept = [tuple(filter(belongs, cell)) for cell in row]
            cells = [n for n, cell in enumerate(row) if kept[n] or (not cell and n in wanted)]
            if any(kept):
                rows.append(tuple(chain(*kept)))
                counts.append(tuple(len(kept[n]) or before[n] for n in cells))
    return Reading(tuple(rows), reading.width, reading.height, tuple(counts))


def _columns(lines_in: Sequence[Sequence[bool]]) -> range:
    """The columns that lie in a region, by which of each one's lines do.

    One without lines lies where its neighbours do; at the region's edge that is not known, and it
    counts as outside.
    """
    there = [n for n, lines in enumerate(lines_in) if any(lines)]
    out = [n for n, lines in enumerate(lines_in) if lines and not any(lines)]
    if not there:
        return range(0)
    start = there[0] if out and out[0] < there[0] else 0
    end = there[-1] + 1 if out and out[-1] > there[-1] else len(lines_in)
    return range(start, end)


def _holds(region: Box, box: Box) -> bool:
    return _spans(region, box) and region.top <= box.center[1] < region.bottom


def _spans(region: Box, box: Box) -> bool:
    """Whether the middle of a box is neither left nor right of a region."""
    return region.left <= box.center[0] < region.right


__all__ = ["Excerpt", "inside", "part", "within"]
