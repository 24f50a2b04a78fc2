"""Lines in their places on a page whose skew is taken out: what layout reckons with.

Pure arithmetic on boxes; must not know of reading order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from ..types import Line

Row = tuple[Line, ...]

_HANGING = frozenset("gjpqy,;()[]{}Q/|")


@dataclass(frozen=True, slots=True)
class Item:
    """A line with its place after the page's skew is taken out."""

    line: Line
    left: float
    right: float
    top: float
    bottom: float
    rows: tuple[Row, ...] = ()
    """Set where the item stands for a whole figure, read already: its rows."""

    @property
    def center(self) -> float:
        return (self.left + self.right) / 2

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def baseline(self) -> float:
        """Where the letters stand: boxes are tight, so what hangs below it is known by name."""
        hanging = not _HANGING.isdisjoint(self.line.text)
        rising = any(c.isupper() or c.isdigit() or c in "bdfhklt" for c in self.line.text)
        return self.bottom - (0.22 if rising else 0.3) * self.height * hanging


Items = list[Item]


def straightened(lines: Sequence[Line]) -> Items:
    """The lines with the slope of the page taken out, as far as neighbours in a row show it."""
    slopes = []
    for line in lines:
        beside = [
            other
            for other in lines
            if other.box.left >= line.box.right
            and abs(_rise(line, other)) < 0.6 * min(line.box.height, other.box.height)
        ]
        if beside:
            nearest = min(beside, key=lambda other: (other.box.left, other.box.top))
            slopes.append(_rise(line, nearest) / _run(line, nearest))
    slope = median(slopes) if len(slopes) >= 4 else 0.0
    items = []
    for line in lines:
        box = line.box
        shift = slope * (box.left + box.width / 2)
        # The hull of a sloping line is taller than the line by what it climbs.
        spare = min(abs(slope) * box.width, 0.6 * box.height) / 2
        items.append(
            Item(line, box.left, box.right, box.top + spare - shift, box.bottom - spare - shift)
        )
    return items


def _rise(line: Line, other: Line) -> float:
    return other.box.top + other.box.height / 2 - line.box.top - line.box.height / 2


def _run(line: Line, other: Line) -> float:
    return other.box.left + other.box.width / 2 - line.box.left - line.box.width / 2


def unit(items: Iterable[Item]) -> float:
    """The usual height of a line here."""
    return max(1.0, median(item.height for item in items))


def level(item: Item, other: Item) -> bool:
    """Whether two items stand at the same height, by their middles or by their baselines."""
    if item.rows or other.rows:
        return False
    allowed = 0.15 * min(item.height, other.height)
    return min(abs(item.middle - other.middle), abs(item.baseline - other.baseline)) <= allowed


def visual_rows(items: Items) -> list[Items]:
    """Items at the same height, from top to bottom, each row from left to right."""
    rows: list[Items] = []
    for item in sorted(items, key=lambda item: (item.middle, item.left)):
        same = bool(rows) and abs(item.middle - rows[-1][-1].middle) < 0.5 * min(
            item.height, rows[-1][-1].height
        )
        if same and not any(overlap(item, other) for other in rows[-1]):
            rows[-1].append(item)
        else:
            rows.append([item])
    return [sorted(row, key=lambda item: item.left) for row in rows]


def overlap(item: Item, other: Item) -> bool:
    """Whether two items stand over one another, so that they cannot share a row."""
    shared = min(item.right, other.right) - max(item.left, other.left)
    return shared > 0.3 * min(item.right - item.left, other.right - other.left)


__all__ = ["Item", "Items", "Row", "level", "overlap", "straightened", "unit", "visual_rows"]
