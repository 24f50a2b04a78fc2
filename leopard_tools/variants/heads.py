"""Tables as nano reads them: every cell says which column it stands in.

    Site | Beds | Staff              Site | Beds | Staff
    Eastfield | 183 | 410     ->     Eastfield | Beds: 183 | Staff: 410
    Millbrook | 96 | 221             Millbrook | Beds: 96 | Staff: 221

A small model does not count columns; what it is asked for then stands beside the answer. Only
tables whose first row can be told from the others are written so: names over figures, times, marks.
Text only, no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..types import CELL_SEPARATOR, EMPTY_CELL, Reading

LEAST_COLUMNS = 3
LEAST_ROWS = 2
"""Rows below the head."""
LONGEST = 40
"""Letters of a head; a longer text is a cell."""
SHARE = 0.6
"""So many cells of a column are figures or marks where its head is told by them."""
SUM = re.compile(
    r"(?:sub-?|grand )?totals?\b|sum\b|all\b|overall\b|average\b|mean\b", re.IGNORECASE
)
"""How the first cell of a row begins that says what all others come to."""
_MARKS = frozenset({"✓", "✔", "✗", "✘", "x", "•", "●", "-", "–", "—", "yes", "no", EMPTY_CELL})
# What is dated or counted is a head too: 2023, Mar 2024, 2021/22, FY24, Week 12, Train 3 (a).
_PERIOD = re.compile(
    r"(?:\D*(?:19|20)\d\d\b\D*|(?:19|20)\d\d ?[/–-] ?\d\d|[^\W\d]+\.? ?\d{1,2})(?: ?\(.{1,12}\))?"
)


def text_with_heads(reading: Reading) -> str:
    """A reading's rows, one a line, as `Reading.text` has them, with the heads of its tables."""
    return write_rows(reading.cell_texts)


def write_rows(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells, one a line.

    >>> print(write_rows([["Site", "Beds", "Staff"], ["East", "183", "9"], ["West", "96", "8"]]))
    Site | Beds | Staff
    East | Beds: 183 | Staff: 9
    West | Beds: 96 | Staff: 8
    """
    return "\n".join(map(CELL_SEPARATOR.join, _headed(rows)))


def find_tables(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, int]]:
    """Where rows of as many cells begin, where their head is, and where they end.

    Of rows without a head, the last is called so: nothing stands below it.
    """
    start = 0
    while start < len(rows):
        stop = _end(rows, start)
        yield start, start + _find_head(rows[start:stop]), stop
        start = stop


def _headed(rows: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    for start, head, stop in find_tables(rows):
        yield from rows[start : head + 1]
        for row in rows[head + 1 : stop]:
            yield _labelled(rows[head], row) if len(row) > 1 else row


def _end(rows: Sequence[Sequence[str]], start: int) -> int:
    """Where the rows end that have as many cells as this one; those of one cell may be between."""
    count = len(rows[start])
    stop = start + 1
    if count >= LEAST_COLUMNS:
        for number in range(start + 1, len(rows)):
            if len(rows[number]) == count:
                stop = number + 1
            elif len(rows[number]) > 1:
                break
    return stop


def _find_head(block: Sequence[Sequence[str]]) -> int:
    """The first row that names the columns of those below it; the last row where none does."""
    found = len(block) - 1
    below = 0
    values, periods = ([0] * len(block[0]) for _ in range(2))
    # Upwards, so that what stands below a row is counted once and not anew for every row.
    for number in reversed(range(len(block))):
        row = block[number]
        if len(row) == 1:
            continue
        if below >= LEAST_ROWS and _is_head(row, values, periods, SHARE * below):
            found = number
        below += 1
        for column, cell in enumerate(row):
            values[column] += _is_value(cell)
            periods[column] += _is_period(cell)
    return found


def _is_head(
    row: Sequence[str], values: Sequence[int], periods: Sequence[int], most: float
) -> bool:
    """Whether a row names its columns, below which so many cells are values and periods.

    most: from so many on, a column is one of them.
    """
    if any(len(cell) > LONGEST for cell in row) or any(map(_is_value, row[1:])):
        return False
    # A list of dates has no head: its first row is as dated as the others.
    if any(count >= most and _is_period(name) for name, count in zip(row, periods, strict=True)):
        return False
    return any(count >= most and not _is_value(n) for n, count in zip(row, values, strict=True))


def _is_value(cell: str) -> bool:
    """Whether a cell holds a figure or a mark: it could not be the name of a column."""
    if cell.casefold() in _MARKS:
        return True
    return any(map(str.isdigit, cell)) and not _is_period(cell)


def _is_period(cell: str) -> bool:
    return _PERIOD.fullmatch(cell) is not None


def _labelled(head: Sequence[str], row: Sequence[str]) -> list[str]:
    named = zip(head[1:], row[1:], strict=True)
    return [row[0], *(f"{name}: {cell}" for name, cell in named)]


__all__ = ["SUM", "find_tables", "text_with_heads", "write_rows"]
