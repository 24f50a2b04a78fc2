"""What stands around a chart: the legend with its series, and the numbers along an axis.

Must not know how the chart itself was found.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from .placed import Items, is_number, stacks, unit, visual_rows

REACH = 6
"""A legend is no further from its chart, in line heights."""
TICKS = 3
"""An axis has at least so many numbers."""


def find_legend(chart: Items, others: Items, series: int, *, beside: bool = True) -> Items:
    """The entries of the legend, one for each series, or nothing.

    A row above or below the chart, or (`beside`) a column to its right; the nearest one.
    """
    left, right, top, bottom = _extent(chart)
    reach = REACH * unit(chart)
    plain = [item for item in others if not item.rows]
    rows = [
        row
        for row in visual_rows(plain)
        if len(row) == series
        and all(left <= item.center <= right for item in row)
        and top - reach < row[0].middle < bottom + reach
        # Numbers along all of the chart are an axis.
        and (row[-1].right - row[0].left < 0.6 * (right - left) or not _numbers(row))
    ]
    if rows:
        return min(rows, key=lambda row: min(abs(row[0].middle - edge) for edge in (top, bottom)))
    if not beside:
        return []
    listed = [item for item in plain if item.left > right and top - reach < item.middle < bottom]
    columns = [column for column in stacks(listed, 1.2) if len(column) == series]
    return columns[0] if columns and not _numbers(columns[0]) else []


def find_axis(chart: Items, others: Items, horizontal: bool) -> Items:
    """The numbers along the chart's axis, from the lowest on, or nothing."""
    left, right, top, bottom = _extent(chart)
    reach = 2.5 * unit(chart)
    numbers = [item for item in others if not item.rows and is_number(item.line.text)]
    if horizontal:
        rows = [
            [item for item in row if left - reach < item.center < right + 4 * reach]
            for row in visual_rows(numbers)
            if bottom - reach < row[0].middle < bottom + 2 * reach
        ]
        found = max(rows, key=len, default=[])
    else:
        beside = [i for i in numbers if i.right < left + reach and top - 3 * reach < i.middle]
        beside = [item for item in beside if item.middle < bottom]
        edge = median(item.right for item in beside) if beside else 0.0
        flush = [item for item in beside if abs(item.right - edge) < 0.6 * item.height]
        found = sorted(flush, key=lambda item: -item.middle)
    places = [item.center if horizontal else -item.middle for item in found]
    gaps = [after - before for before, after in pairwise(places)]
    even = bool(gaps) and max(gaps) < 1.5 * min(gaps)
    return found if len(found) >= TICKS and even else []


def _extent(items: Items) -> tuple[float, float, float, float]:
    return (
        min(item.left for item in items),
        max(item.right for item in items),
        min(item.top for item in items),
        max(item.bottom for item in items),
    )


def _numbers(items: Items) -> bool:
    return all(is_number(item.line.text) for item in items)


__all__ = ["find_axis", "find_legend"]
