"""Empty cells of tables in which something stands that could not be read: they are not empty.

A cross, a tick or a word in letters that the recogniser does not know is found by the detector
and dropped for want of confidence. Pure arithmetic on boxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..types import SPANNED, UNREAD, Box
from .placed import CONTINUED, Cell, Row

Span = tuple[float, float]


def counted(rows: Sequence[Row], unread: Sequence[Box]) -> tuple[tuple[int, ...], ...]:
    """The number of lines in each cell; UNREAD where it has none and one of `unread` is in it,
    SPANNED where it is a part of the one above it.
    """
    counts = [[SPANNED if cell is CONTINUED else len(cell) for cell in row] for row in rows]
    for start, stop in _tables(rows) if unread else ():
        spans = [_span(row[n] for row in rows[start:stop]) for n in range(len(rows[start]))]
        for row, count in zip(rows[start:stop], counts[start:stop], strict=True):
            for box in unread:
                place = _column(box, spans) if _beside(box, row) else None
                if place is not None and not count[place]:
                    count[place] = UNREAD
    return tuple(map(tuple, counts))


def _tables(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Where rows of as many cells begin and end, of which some cell is empty."""
    start = 0
    for number in range(1, len(rows) + 1):
        if number == len(rows) or len(rows[number]) != len(rows[start]):
            if not all(cell for row in rows[start:number] for cell in row):
                yield start, number
            start = number


def _span(cells: Iterable[Cell]) -> Span | None:
    boxes = [line.box for cell in cells for line in cell]
    return (min(b.left for b in boxes), max(b.right for b in boxes)) if boxes else None


def _beside(box: Box, row: Row) -> bool:
    """Whether a box stands at the height of what is nearest to it in a row."""
    near = min(
        (line.box for cell in row for line in cell),
        key=lambda other: max(other.left - box.right, box.left - other.right),
    )
    return abs(box.center[1] - near.center[1]) < 0.5 * max(box.height, near.height)


def _column(box: Box, spans: Sequence[Span | None]) -> int | None:
    """The column that a box stands in, if only in one."""
    found = [
        n for n, span in enumerate(spans) if span and span[0] < box.right and box.left < span[1]
    ]
    return found[0] if len(found) == 1 else None


__all__ = ["counted"]
