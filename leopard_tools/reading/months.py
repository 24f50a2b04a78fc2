"""Calendars of a month: what stands in a day's cell belongs to that day.

Weeks are rows of seven days that follow one another. Read by rows, what is written below the days
would be rows of its own. Must not know how the rest of the page is ordered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from .charts import figure, without
from .placed import Cell, Item, Items, Row, is_number, visual_rows

DAYS = 7
_DAY = re.compile(r"(?:[^\W\d]{3,9}\.? )?(\d{1,2})\.?(?: [^\W\d]{3,9})?")
_LENGTHS = range(28, 32)
_NEAR = 0.6
"""Days of a column begin, end or have their middle at one place, but for so many heights."""

Week = dict[int, Item]
"""The days of a week that were read, by their columns."""


def months(items: Items) -> Items:
    """The items with those of each month replaced by one that stands for it, read already."""
    dated = [item for item in items if not item.rows and _day(item)]
    rows = visual_rows(dated) if len(dated) > 2 * DAYS else []
    full = [row for row in rows if len(row) == DAYS and _goes_on(dict(enumerate(row[:1])), row)]
    for first in full:
        alike = [row for row in full if abs(row[0].center - first[0].center) < first[0].height]
        found = _month(alike, rows, items) if len(alike) > 1 else None
        if found:
            parts, written = found
            return months([*without(items, parts), figure(parts, written)])
    return items


def _day(item: Item) -> int:
    """The day of a month that an item is, or 0."""
    found = _DAY.fullmatch(item.line.text)
    return int(found[1]) if found and int(found[1]) <= _LENGTHS[-1] else 0


def _goes_on(known: Week, week: Week | Items, after: int = 0) -> bool:
    """Whether days are so many weeks after known ones, in this month or the ones beside it."""
    column, item = next(iter(known.items()))
    for n, day in week.items() if isinstance(week, dict) else enumerate(week):
        due = _day(item) + DAYS * after + n - column
        beyond = [due - length for length in _LENGTHS] if due > _LENGTHS[0] else []
        before = [due + length for length in _LENGTHS] if due < 1 else []
        if _day(day) not in (due, *beyond, *before):
            return False
    return True


def _month(
    full: list[Items], rows: list[Items], items: Items
) -> tuple[Items, tuple[Row, ...]] | None:
    """What stands in the month with these full weeks, and its rows; None where it is no month."""
    height = median(item.height for item in full[0])
    way, places = _places(full)
    pitch = (places[-1] - places[0]) / (DAYS - 1)
    uneven = any(abs(b - a - pitch) > height for a, b in pairwise(places))
    # Days stand at the left of their cells, in the middle, or at the right.
    left = places[0] - (0.5 * height, pitch / 2, pitch - 0.5 * height)[way]
    weeks = _weeks(full[0], rows, [(way, place) for place in places])
    if uneven or pitch < 2 * height or len(weeks) < 2:
        return None
    tops = [min(day.top for day in week.values()) - 0.3 * height for week in weeks]
    tops.append(tops[-1] + median(below - above for above, below in pairwise(tops)))
    cells: list[list[Items]] = [[[] for _ in range(DAYS)] for _ in weeks]
    names: list[Items] = [[] for _ in range(DAYS)]
    for item in sorted(items, key=lambda item: (item.top, item.left)):
        # What runs over several days belongs to the first of them.
        column = int((min(item.center, item.left + 0.4 * pitch) - left) // pitch)
        week = sum(item.middle > top for top in tops) - 1
        if not 0 <= column < DAYS or week == len(weeks):
            continue
        if week >= 0:
            cells[week][column].append(item)
        elif tops[0] - item.bottom < 2 * height and not is_number(item.line.text):
            names[column].append(item)
    if any(item.rows for row in cells for cell in row for item in cell):
        return None
    # The names of weekdays, each over its column.
    head = [names] if all(len(name) == 1 for name in names) else []
    parts = [item for row in [*head, *cells] for cell in row for item in cell]
    return parts, tuple(tuple(map(_cell, row)) for row in [*head, *cells])


def _places(full: list[Items]) -> tuple[int, list[float]]:
    """By which edge days are flush (left, middle, right: 0, 1, 2), and where the columns are."""
    found = []
    for way in range(3):
        columns = [[_place(row[n], way) for row in full] for n in range(DAYS)]
        spread = sum(max(column) - min(column) for column in columns)
        found.append((spread, way, [median(column) for column in columns]))
    _, way, places = min(found)
    return way, places


def _place(item: Item, way: int) -> float:
    return (item.left, item.center, item.right)[way]


def _weeks(full: Items, rows: list[Items], places: Sequence[tuple[int, float]]) -> list[Week]:
    """The weeks of a month from a full one on, upwards and downwards."""
    known = dict(enumerate(full))
    at = rows.index(full)
    weeks = [known]
    for after, others in ((1, rows[at + 1 :]), (-1, rows[:at][::-1])):
        last = known
        for row in others:
            week = {
                n: item
                for item in row
                for n, (way, place) in enumerate(places)
                if abs(_place(item, way) - place) < _NEAR * item.height
            }
            if week and _goes_on(last, week, after):
                weeks.append(week)
                last = week
    return sorted(weeks, key=lambda week: min(day.top for day in week.values()))


def _cell(cell: Items) -> Cell:
    return tuple(item.line for item in cell)


__all__ = ["months"]
