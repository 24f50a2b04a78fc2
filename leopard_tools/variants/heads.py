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
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ..types import CELL_SEPARATOR, EMPTY_CELL, Reading

LEAST_COLUMNS = 3
LEAST_ROWS = 2
"""Rows below the head."""
LONGEST = 40
"""Letters of a head; a longer text is a cell."""
MOST_WORDS = 3
"""Words of a value; a text of more that mentions a figure is a sentence."""
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

# In names of lists: To do (3).
_COUNT = re.compile(r"(?<=[^\W\d]) \(\d\d?\)$")
_WORD = re.compile(r"[^\W\d]{3,}")
_RUN = re.compile(r"(\d)[\W\d]*|[^\W\d][^\d]*")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # over the columns of a spreadsheet


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
    return found if _is_even(block[found + 1 :]) else len(block) - 1


def _is_head(
    row: Sequence[str], values: Sequence[int], periods: Sequence[int], most: float
) -> bool:
    """Whether a row names its columns, below which so many cells are values and periods.

    most: from so many on, a column is one of them.
    """
    if any(len(cell) > LONGEST for cell in row) or any(map(_is_figured, row[1:])):
        return False
    if "".join(cell for cell in row if cell != EMPTY_CELL) in _LETTERS:
        return False
    # A list of dates has no head: its first row is as dated as the others.
    if any(count >= most and _is_period(name) for name, count in zip(row, periods, strict=True)):
        return False
    return any(count >= most and not _is_value(n) for n, count in zip(row, values, strict=True))


def _is_even(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the values of these rows are of one kind in most columns, or in most rows.

    Cards, forms and agendas hold as many cells a row as tables do, but names, dates and amounts in
    turn: what is above them does not name them.
    """
    kinds = [[_kind(cell) for cell in row] for row in rows if len(row) > 1]
    valued = [any(kind is not None for kind in row[1:]) for row in kinds]
    if len(valued) > 2 and valued[0] and all(one != other for one, other in pairwise(valued)):
        # Labels over values, once more and again.
        return False
    return _is_mostly_alike(zip(*kinds, strict=True)) or _is_mostly_alike(row[1:] for row in kinds)


def _is_mostly_alike(lines: Iterable[Sequence[str | None]]) -> bool:
    """Whether of the lines with several values at least half have one kind for most of them."""
    counts = [Counter(kind for kind in line if kind is not None) for line in lines]
    several = [count for count in counts if count.total() > 1]
    alike = sum(2 * max(count.values()) > count.total() for count in several)
    return bool(several) and 2 * alike >= len(several)


def _kind(cell: str) -> str | None:
    """How a value is made of figures and letters; None for what is no value.

    >>> _kind("29 August 2025"), _kind("412 KB"), _kind("€ 1,240.50"), _kind("Room B 12")
    ('0a0', '0a', '0', 'a0')
    """
    if not _is_value(cell):
        return None
    if cell.casefold() in _MARKS:
        return "mark"
    return "".join("0" if run[1] else "a" for run in _RUN.finditer(cell))


def _is_value(cell: str) -> bool:
    """Whether a cell holds a figure or a mark, and is no sentence that mentions one."""
    return _is_figured(cell) and len(_WORD.findall(cell)) <= MOST_WORDS


def _is_figured(cell: str) -> bool:
    """Whether a cell has a figure or a mark, so that it could not be the name of a column."""
    if cell.casefold() in _MARKS:
        return True
    return any(map(str.isdigit, _COUNT.sub("", cell))) and not _is_period(cell)


def _is_period(cell: str) -> bool:
    return _PERIOD.fullmatch(cell) is not None


def _labelled(head: Sequence[str], row: Sequence[str]) -> list[str]:
    named = zip(head[1:], row[1:], strict=True)
    return [row[0], *(f"{name}: {cell}" for name, cell in named)]


__all__ = ["SUM", "find_tables", "text_with_heads", "write_rows"]
