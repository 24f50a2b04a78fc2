"""Lines in their places on a page whose skew is taken out: what layout reckons with.

Pure arithmetic on boxes; must not know of reading order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from ..types import Line

Cell = tuple[Line, ...]
"""The lines of a cell from top to bottom; () is an empty cell of a table."""
Row = tuple[Cell, ...]

BULLETS = frozenset("•·●○▪■◦‣-–—*✓")
_HANGING = frozenset("gjpqy,;()[]{}Q/|")
_MARGIN = 4
"""What a box is higher than its ink."""


GUTTER = 0.4
"""The least width of a gutter, in line heights."""
LARGER = 1.12
"""Sizes of type that differ by so much are two."""
SPREAD = 1.4
"""Sizes that differ by no more may be one: they are estimated from tight boxes."""
FULL = 16
"""A line of so many characters may be one that wraps, whatever follows."""


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
        hanging, rising = self._parts
        return self.bottom - (0.22 if rising else 0.3) * self.height * hanging

    @property
    def size(self) -> float:
        """About the size of its type: the height but for what its letters lack above or below."""
        hanging, rising = self._parts
        return max(1.0, self.height - _MARGIN) / (0.5 + 0.23 * hanging + 0.23 * rising)

    @property
    def _parts(self) -> tuple[bool, bool]:
        """Whether some letters hang below the others, whether some rise above."""
        text = self.line.text
        rising = any(c.isupper() or c.isdigit() or c in "bdfhklt" for c in text)
        return not _HANGING.isdisjoint(text), rising


Items = list[Item]


def straightened(lines: Sequence[Line]) -> Items:
    """The lines with the slope of the page taken out, as far as neighbours in a row show it."""
    slopes = []
    # A neighbour's middle is less than a height away: sorted by middles, few come into question.
    ordered = sorted(lines, key=_middle)
    middles = [_middle(line) for line in ordered]
    for line in lines:
        low = bisect_left(middles, _middle(line) - line.box.height)
        high = bisect_right(middles, _middle(line) + line.box.height)
        beside = [
            other
            for other in ordered[low:high]
            if other.box.left >= line.box.right
            and abs(_rise(line, other)) < 0.6 * min(line.box.height, other.box.height)
        ]
        if beside:
            nearest = min(beside, key=lambda other: (other.box.left, other.box.top, other.text))
            slopes.append(_rise(line, nearest) / _run(line, nearest))
    slope = median(slopes) if len(slopes) >= 4 else 0.0
    items = []
    for line in lines:
        box = line.box
        shift = slope * (box.left + box.width / 2)
        # The hull of a sloping line is taller than the line by what it climbs.
        spare = min(abs(slope) * box.width, 0.6 * box.height) / 2
        # On a page that is turned, columns lean by as much as rows climb.
        lean = slope * _middle(line)
        top, bottom = box.top + spare - shift, box.bottom - spare - shift
        items.append(Item(line, box.left + lean, box.right + lean, top, bottom))
    return items


def _middle(line: Line) -> float:
    return line.box.top + line.box.height / 2


def _rise(line: Line, other: Line) -> float:
    return _middle(other) - _middle(line)


def _run(line: Line, other: Line) -> float:
    return other.box.left + other.box.width / 2 - line.box.left - line.box.width / 2


def unit(items: Iterable[Item]) -> float:
    """The usual height of a line here."""
    return max(1.0, median(item.height for item in items))


def level(item: Item, other: Item, tolerance: float = 0.15) -> bool:
    """Whether two items stand at the same height, by their middles or by their baselines.

    tolerance: what they may differ by, in heights of the lower one.
    """
    if item.rows or other.rows:
        return False
    allowed = tolerance * min(item.height, other.height)
    if not all(any(map(str.isalnum, i.line.text)) for i in (item, other)):
        # A dash or a tick is small, and stands somewhere in the middle of the line.
        allowed = 2 * tolerance * max(item.height, other.height)
    return abs(item.middle - other.middle) <= allowed or (
        abs(item.baseline - other.baseline) <= allowed
    )


class Levels:
    """Items by the heights they stand at, so that each need not be held against all others."""

    def __init__(self, items: Items) -> None:
        lines = [item for item in items if not item.rows]
        self._items = sorted(lines, key=lambda item: item.middle)
        self._middles = [item.middle for item in self._items]
        self._tallest = max((item.height for item in lines), default=0.0)

    def near(self, item: Item) -> Items:
        """All that could be level with an item, at a tolerance of 0.25 at most, and some more."""
        # By baselines two may be level whose middles differ by half a height more than allowed.
        reach = 1.1 * max(self._tallest, item.height)
        low = bisect_left(self._middles, item.middle - reach)
        return self._items[low : bisect_right(self._middles, item.middle + reach)]


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


def columns(items: Items) -> list[Items]:
    """The items between the gutters that run through all of them, from left to right."""
    gutter = GUTTER * unit(items)
    found: list[Items] = []
    reach = float("-inf")
    for item in sorted(items, key=lambda item: (item.left, item.top)):
        if item.left - reach >= gutter or not found:
            found.append([])
        found[-1].append(item)
        reach = max(reach, item.right)
    return [sorted(column, key=lambda item: (item.middle, item.left)) for column in found]


def runs(column: Items) -> list[Items]:
    """A column's lines, those close below one another together."""
    found: list[Items] = []
    for item in column:
        if found and item.top - found[-1][-1].bottom < 0.9 * item.height:
            found[-1].append(item)
        else:
            found.append([item])
    return found


def is_number(text: str) -> bool:
    """Whether a text is a number with its unit at most."""
    digits = sum(map(str.isdigit, text))
    return digits > 0 and len(text) <= 12 and 2 * digits >= len(text.replace(" ", "")) - 2


def goes_on(above: Item, below: Item, left: float, right: float) -> bool:
    """Whether a text that wraps between `left` and `right` goes on from one line to the next."""
    sizes, heights = sorted((above.size, below.size)), sorted((above.height, below.height))
    if sizes[1] > 1.25 * sizes[0] and heights[1] > 1.02 * heights[0]:
        return False
    if not overlap(above, below) or below.top - above.bottom > 0.7 * above.height:
        return False
    free = (right - above.right) / max(1.0, right - left)
    unfinished = below.line.text[0].islower() or above.line.text.endswith((",", "-", "&"))
    return free < 0.4 if unfinished else free < 0.2 and len(above.line.text) >= FULL


def stacks(items: Items, gap: float = 0.5) -> list[Items]:
    """The items, those that stand under one another within `gap` line heights together."""
    found: list[Items] = []
    reach = gap * max((item.height for item in items), default=0.0)
    near: list[Items] = []
    for item in sorted(items, key=lambda item: (item.top, item.left)):
        # Items come from top to bottom: what ends too far above this one is out of reach for all.
        near = [stack for stack in near if item.top - stack[-1].bottom < reach]
        for stack in near:
            if overlap(stack[-1], item) and abs(item.top - stack[-1].bottom) < gap * item.height:
                stack.append(item)
                break
        else:
            found.append([item])
            near.append(found[-1])
    return found


def overlap(item: Item, other: Item) -> bool:
    """Whether two items stand over one another, so that they cannot share a row."""
    shared = min(item.right, other.right) - max(item.left, other.left)
    return shared > 0.3 * min(item.right - item.left, other.right - other.left)


__all__ = [
    "BULLETS",
    "Cell",
    "Item",
    "Items",
    "Levels",
    "Row",
    "columns",
    "goes_on",
    "is_number",
    "level",
    "overlap",
    "runs",
    "stacks",
    "straightened",
    "unit",
    "visual_rows",
]
