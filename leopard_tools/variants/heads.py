"""Tables as nano reads them: every cell says which column it stands in.

    Site | Beds | Staff              Site | Beds | Staff
    Eastfield | 183 | 410     ->     Eastfield | Beds: 183 | Staff: 410
    Millbrook | 96 | 221             Millbrook | Beds: 96 | Staff: 221

A small model does not count columns; what it is asked for then stands beside the answer. Only
tables whose first row can be told from the others are written so: names over figures, times, marks.
Where names repeat, those of the row above them, over several columns each, tell them apart.
Text only, no model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ..types import CELL_SEPARATOR, EMPTY_CELL, SPANNED_CELL, UNREAD_CELL, Reading

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
_BLANK = frozenset({EMPTY_CELL, UNREAD_CELL})
_MARKS = _BLANK | {"✓", "✔", "✗", "✘", "x", "•", "●", "-", "–", "—", "yes", "no"}
# What is dated or counted is a head too: 2023, Mar 2024, 2021/22, FY24, Week 12, Train 3 (a).
_PERIOD = re.compile(
    r"(?:\D*(?:19|20)\d\d\b\D*|(?:19|20)\d\d ?[/–-] ?\d\d|[^\W\d]+\.? ?\d{1,2})(?: ?\(.{1,12}\))?"
)

# In names of lists: To do (3).
_COUNT = re.compile(r"(?<=[^\W\d]) \(\d\d?\)$")
_WORD = re.compile(r"[^\W\d]{3,}")
_RUN = re.compile(r"(\d)[\W\d]*|[^\W\d][^\d]*")
_BRACKETED = re.compile(r"\(.*\)")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # over the columns of a spreadsheet


def text_with_heads(reading: Reading) -> str:
    """A reading's rows, one a line, as `Reading.text` has them, with the heads of its tables."""
    return write_rows(reading.cell_texts)


def write_rows(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells, one a line; what spans rows stands in each of them.

    >>> print(write_rows([["Site", "Beds", "Staff"], ["East", "183", "9"], ["West", "96", "8"]]))
    Site | Beds | Staff
    East | Beds: 183 | Staff: 9
    West | Beds: 96 | Staff: 8
    """
    return "\n".join(map(CELL_SEPARATOR.join, _headed(list(_repeated(rows)))))


def _repeated(rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The rows with the text of the cell above in the cells that it spans."""
    above: Sequence[str] = ()
    for row in rows:
        if SPANNED_CELL in row and len(row) == len(above):
            row = [
                up if text == SPANNED_CELL else text for up, text in zip(above, row, strict=True)
            ]
        yield row
        above = row


def find_tables(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, int]]:
    """Where rows of as many cells begin, where their head is, and where they end.

    Of rows without a head, the last is called so: nothing stands below it.
    """
    start = 0
    while start < len(rows):
        stop = _end(rows, start)
        head = start + _find_head(rows[start:stop])
        stop = _next_head(rows, head, stop)
        yield start, head, stop
        start = stop


def _headed(rows: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    for start, head, stop in find_tables(rows):
        yield from rows[start : head + 1]
        names = _told_apart(rows[head], rows[head - 1] if head else ())
        for row in rows[head + 1 : stop]:
            yield _labelled(names, row) if len(row) > 1 else row


def _told_apart(names: Sequence[str], over: Sequence[str]) -> Sequence[str]:
    """Names that repeat, with those over several columns before them; others as they are.

    >>> _told_apart(["Site", "Beds", "Staff", "Beds", "Staff", "Sum"], ["2023", "2024"])
    ['Site', '2023 Beds', '2023 Staff', '2024 Beds', '2024 Staff', 'Sum']
    """
    groups = [name for name in over if name != EMPTY_CELL]
    if len(groups) < 2 or any(map(_is_figured, groups)):
        return names
    for size in range((len(names) - 1) // len(groups), 1, -1):
        wide = size * len(groups)
        for start in range(1, len(names) - wide + 1):
            once = list(names[start : start + size])
            if list(names[start : start + wide]) == once * len(groups) and len(set(once)) == size:
                full = [f"{group} {name}" for group in groups for name in once]
                return [*names[:start], *full, *names[start + wide :]]
    return names


def _next_head(rows: Sequence[Sequence[str]], head: int, stop: int) -> int:
    """Where below a head another table of as many columns begins, with names over its own."""
    below = [0] * len(rows[head])
    ends: list[tuple[int, list[int], int]] = []
    count = 0
    for number in reversed(range(head + 1, stop)):
        row = rows[number]
        if len(row) < 2:
            continue
        if count >= LEAST_ROWS and len(set(row)) == len(row) and not any(map(_is_figured, row[1:])):
            ends.append((number, below.copy(), count))
        count += 1
        below = [sum(pair) for pair in zip(below, map(_is_value, row), strict=True)]
    for number, values, after in reversed(ends):
        before = count - after - 1
        counted = sum(
            value >= SHARE * after and total - value >= SHARE * before
            for value, total in zip(values, below, strict=True)
        )
        # A row of words in one column of figures is a remark there; in all of several it is names.
        if before >= LEAST_ROWS and (counted > 1 or list(rows[number]) == list(rows[head])):
            return number
    return stop


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
    if _is_cornered(block):
        return 0
    found = len(block) - 1
    below = 0
    values, periods, worded = ([0] * len(block[0]) for _ in range(3))
    # Upwards, so that what stands below a row is counted once and not anew for every row.
    for number in reversed(range(len(block))):
        row = block[number]
        if len(row) == 1:
            continue
        bare = [
            0 if with_words else count for count, with_words in zip(values, worded, strict=True)
        ]
        if below >= LEAST_ROWS and _is_head(row, values, bare, periods, SHARE * below):
            found = number
        below += 1
        for column, cell in enumerate(row):
            values[column] += _is_value(cell)
            periods[column] += _is_period(cell)
            worded[column] += _WORD.search(cell) is not None
    rows = [row for row in block[found + 1 :] if len(row) > 1]
    return len(block) - 1 if _is_torn(block[found], rows) or not _is_even(rows) else found


def _is_cornered(block: Sequence[Sequence[str]]) -> bool:
    """Whether names stand beside an empty corner, and names of rows below it: of whatever is told.

    >>> _is_cornered([["(empty)", "Mon", "Tue"], ["Early", "Ana", "Mei"], ["Late", "Jo", "Ana"]])
    True
    """
    head, *below = block
    rows = [row for row in below if len(row) > 1]
    named = all(
        name not in _BLANK and len(name) <= LONGEST and not _is_figured(name) for name in head[1:]
    )
    several = len(set(head)) == len(head) and len(rows) >= LEAST_ROWS
    told = all(row[0] not in _BLANK and len(row[0]) <= LONGEST for row in rows)
    # The letters over a spreadsheet's columns are no names.
    return head[0] == EMPTY_CELL and named and several and told and not _is_lettered(head)


def _is_head(
    row: Sequence[str],
    values: Sequence[int],
    bare: Sequence[int],
    periods: Sequence[int],
    most: float,
) -> bool:
    """Whether a row names its columns, below which so many cells are values and periods.

    most: from so many on, a column is one of them. bare: the values of columns without a word.
    """
    if any(len(cell) > LONGEST for cell in row):
        return False
    # "Litres per 100 km" is a name over figures, and one more value over "5 per week". Beside an
    # empty corner names of things may have figures: Pixel 9.
    cornered = row[0] == EMPTY_CELL
    named = [
        not _is_figured(cell)
        or ((count >= most or (cornered and cell[0].isalpha())) and _WORD.search(cell) is not None)
        for cell, count in zip(row, bare, strict=True)
    ]
    if not all(named[1:]):
        return False
    if _is_lettered(row):
        return False
    # A list of dates has no head: its first row is as dated as the others.
    if any(count >= most and _is_period(name) for name, count in zip(row, periods, strict=True)):
        return False
    return any(
        count >= most and (name or not _is_value(cell))
        for cell, count, name in zip(row, values, named, strict=True)
    )


def _is_lettered(row: Sequence[str]) -> bool:
    return "".join(cell for cell in row if cell != EMPTY_CELL) in _LETTERS


def _is_torn(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a name stands in two cells, "Waste | (t)": then those after it are a column off.

    Where nothing stands below the second, it has a column to itself, and they are not. In the
    corner, "(in millions)" is about the whole table.
    """
    torn = [
        column
        for column, name in enumerate(names[1:], start=1)
        if _BRACKETED.fullmatch(name) and name not in _BLANK
    ]
    if len(torn) == len(names) - 1:
        return False  # (a), (b), (c) are names.
    return any(row[column] not in _BLANK for column in torn for row in rows)


def _is_even(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the values of these rows are of one kind in most columns, or in most rows.

    Cards, forms and agendas hold as many cells a row as tables do, but names, dates and amounts in
    turn: what is above them does not name them.
    """
    kinds = [[_kind(cell) for cell in row] for row in rows]
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
