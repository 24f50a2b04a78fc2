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
from collections.abc import Callable, Iterator, Sequence

from ..types import EMPTY_CELL, Reading

LEAST_COLUMNS = 3
LEAST_ROWS = 2
"""Rows below the head."""
LONGEST = 40
"""Letters of a head; a longer text is a cell."""
SHARE = 0.6
"""So many cells of a column are figures or marks where its head is told by them."""
_MARKS = frozenset({"✓", "✔", "✗", "✘", "x", "•", "●", "-", "–", "—", "yes", "no", EMPTY_CELL})
# What is dated or counted is a head too: 2023, Mar 2024, 2021/22, FY24, Week 12, Train 3 (a).
_PERIOD = re.compile(
    r"(?:\D*(?:19|20)\d\d\b\D*|(?:19|20)\d\d ?[/–-] ?\d\d|[^\W\d]+\.? ?\d{1,2})(?: ?\(.{1,12}\))?"
)


def text_with_heads(reading: Reading) -> str:
    """A reading's rows, one a line, as `Reading.text` has them, with the heads of its tables."""
    rows = [[" ".join(line.text for line in cell) for cell in row] for row in reading.celled]
    return write_rows(rows)


def write_rows(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells, one a line; '' is an empty cell.

    >>> print(write_rows([["Site", "Beds", "Staff"], ["East", "183", "9"], ["West", "96", ""]]))
    Site | Beds | Staff
    East | Beds: 183 | Staff: 9
    West | Beds: 96 | Staff: (empty)
    """
    filled = [[cell or EMPTY_CELL for cell in row] for row in rows]
    return "\n".join(" | ".join(row) for row in _headed(filled))


def _headed(rows: list[list[str]]) -> Iterator[list[str]]:
    start = 0
    while start < len(rows):
        stop = _end(rows, start)
        block = rows[start:stop]
        body = [row for row in block[1:] if len(row) > 1]
        yield block[0]
        if len(body) >= LEAST_ROWS and _is_head(block[0], body):
            for row in block[1:]:
                yield _labelled(block[0], row) if len(row) > 1 else row
            start = stop
        else:
            start += 1


def _end(rows: list[list[str]], start: int) -> int:
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


def _is_head(head: list[str], body: list[list[str]]) -> bool:
    """Whether a row names the columns of those below it."""
    if any(len(cell) > LONGEST for cell in head) or not all(map(_is_name, head[1:])):
        return False
    columns = list(zip(head, zip(*body, strict=True), strict=True))
    # A list of dates has no head: its first row is as dated as the others.
    if any(_is_period(name) and _mostly(_is_period, column) for name, column in columns):
        return False
    return any(not _is_value(name) and _mostly(_is_value, column) for name, column in columns)


def _mostly(holds: Callable[[str], bool], column: Sequence[str]) -> bool:
    return sum(map(holds, column)) >= SHARE * len(column)


def _is_name(cell: str) -> bool:
    return cell.casefold() not in _MARKS and not _is_value(cell)


def _is_value(cell: str) -> bool:
    """Whether a cell holds a figure or a mark: it could not be the name of a column."""
    if cell.casefold() in _MARKS:
        return True
    return any(map(str.isdigit, cell)) and not _is_period(cell)


def _is_period(cell: str) -> bool:
    return _PERIOD.fullmatch(cell) is not None


def _labelled(head: list[str], row: list[str]) -> list[str]:
    named = zip(head[1:], row[1:], strict=True)
    return [row[0], *(f"{name}: {cell}" for name, cell in named)]


__all__ = ["text_with_heads", "write_rows"]
