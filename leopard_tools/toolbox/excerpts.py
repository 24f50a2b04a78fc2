"""Parts of a reading: the lines in a strip of a page or a region, some of its rows. Pure."""

from __future__ import annotations

from itertools import chain

from ..types import Box, Frame, Line, Reading


def within(reading: Reading, frame: Frame, share: tuple[int, int]) -> Reading:
    """The lines whose middle lies in a strip of the page, (from, until) in the origin's units.

    Neighbours may put the same lines into other rows, so each line is taken by itself: it is in
    one strip, whatever stands beside it.
    """

    def belongs(line: Line) -> bool:
        return share[0] <= frame.to_screen(line.box).center[1] < share[1]

    rows, counts = [], []
    for row, before in zip(reading.celled, reading.counts, strict=True):
        kept = [tuple(filter(belongs, cell)) for cell in row]
        # A cell that is told in another strip is not empty, and must not be told to be.
        cells = [n for n, cell in enumerate(row) if kept[n] or not cell]
        if any(kept):
            rows.append(tuple(chain(*kept)))
            counts.append(tuple(len(kept[n]) or before[n] for n in cells))
    return Reading(tuple(rows), reading.width, reading.height, tuple(counts))


def inside(reading: Reading, region: Box) -> Reading:
    """The lines whose middle lies in a region, in the rows that they stand in."""
    rows = tuple(
        kept
        for row in reading.rows
        if (kept := tuple(each for each in row if _holds(region, each.box)))
    )
    # Where a cell lost lines its row has no cells any more: each line left is one.
    return Reading(rows, reading.width, reading.height)


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


def _holds(region: Box, box: Box) -> bool:
    x, y = box.center
    return region.left <= x < region.right and region.top <= y < region.bottom


__all__ = ["Excerpt", "inside", "part", "within"]
