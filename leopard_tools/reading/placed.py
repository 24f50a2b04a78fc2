"""Lines in their places on a page whose skew is taken out: what layout reckons with.

Pure arithmetic on boxes; must not know of reading order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TypeVar

from ..types import Line

Cell = tuple[Line, ...]
"""The lines of a cell from top to bottom; () is an empty cell of a table."""
Row = tuple[Cell, ...]
_Part = TypeVar("_Part")


class _Continued(tuple[Line, ...]):
    """Told from other cells without lines by what it is."""

    __slots__ = ()


CONTINUED: Cell = _Continued()
"""A cell that is a part of the one above it."""

BULLETS = frozenset("•·●○▪■◦‣-–—*✓")
_HANGING = frozenset("gjpqy,;()[]{}Q/|")
_MARGIN = 4
"""What a box is higher than its ink."""


GUTTER = 0.4
"""The usual least width of a gutter, in line heights."""
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
    moved: bool = False
    """Whether it spans rows and was put at the height of the one that it is read in."""

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


def straightened(lines: Sequence[Line], lean: float = 0.0) -> Items:
    """The lines with the slope of the page taken out, as far as neighbours in a row show it.

    lean: about that slope where it is known: far neighbours are not found without.
    """
    beside = _Beside(lines, lean)
    pairs = [(line, nearest) for line in lines if (nearest := beside.nearest(line))]
    slopes = [(_middle(other) - _middle(line)) / _run(line, other) for line, other in pairs]
    slope = median(slopes) if len(slopes) >= 4 else 0.0
    items = []
    for line in lines:
        box = line.box
        shift = slope * (box.left + box.width / 2)
        # The hull of a sloping line is taller than the line by what it climbs.
        spare = min(abs(slope) * box.width, 0.6 * box.height) / 2
        # On a page that is turned, columns lean by as much as rows climb.
        aside = slope * _middle(line)
        top, bottom = box.top + spare - shift, box.bottom - spare - shift
        items.append(Item(line, box.left + aside, box.right + aside, top, bottom))
    return items


class _Beside:
    """Lines by their height and by where they begin: what stands next to one is soon found."""

    def __init__(self, lines: Sequence[Line], lean: float) -> None:
        self._lean = lean
        self._step = max(1.0, median(line.box.height for line in lines)) if lines else 1.0
        self._levels: dict[int, list[tuple[int, int, str, int]]] = {}
        self._lines = lines
        for number, line in enumerate(lines):
            entry = (line.box.left, line.box.top, line.text, number)
            self._levels.setdefault(self._level(self._place(line)), []).append(entry)
        for level in self._levels.values():
            level.sort()

    def nearest(self, line: Line) -> Line | None:
        """The first to the right of a line at about its height."""
        place = self._place(line)
        low, high = (self._level(place + way * line.box.height) for way in (-1, 1))
        found = []
        for level in map(self._levels.get, range(low, high + 1)):
            # From where the line ends: the first at its height is the nearest of this level.
            for entry in level[bisect_left(level, (line.box.right,)) :] if level else []:
                other = self._lines[entry[3]]
                rise = self._place(other) - place
                if abs(rise) < 0.6 * min(line.box.height, other.box.height):
                    found.append(entry)
                    break
        return self._lines[min(found)[3]] if found else None

    def _place(self, line: Line) -> float:
        """How high a line stands once the known slope is taken out."""
        return _middle(line) - self._lean * (line.box.left + line.box.width / 2)

    def _level(self, place: float) -> int:
        return int(place // self._step)


def _middle(line: Line) -> float:
    return line.box.top + line.box.height / 2


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


class Across:
    """Groups of items by where their last one stands, so that not all are held against each."""

    def __init__(self) -> None:
        self.groups: list[Items] = []
        self._entries: list[tuple[float, int]] = []
        self._widest = 0.0
        self._most = 64

    def add(self, item: Item, number: int | None = None) -> None:
        """Puts an item at the end of a group, or in a new one."""
        if number is None:
            number = len(self.groups)
            self.groups.append([])
        self.groups[number].append(item)
        insort(self._entries, (item.left, number))
        self._widest = max(self._widest, item.right - item.left)

    def over(self, item: Item) -> list[int]:
        """The groups whose last item could overlap with this one, and some more, in their order."""
        first = bisect_left(self._entries, (item.left - self._widest, -1))
        last = bisect_right(self._entries, (item.right, len(self.groups)))
        return sorted({number for _, number in self._entries[first:last]})

    def leave(self, edge: float) -> None:
        """Forgets, once they are many, the groups that end above an edge: none comes to them."""
        if len(self._entries) > self._most:
            kept = {number for _, number in self._entries if self.groups[number][-1].bottom > edge}
            ends = [(self.groups[number][-1], number) for number in kept]
            self._entries = sorted((item.left, number) for item, number in ends)
            self._widest = max((item.right - item.left for item, _ in ends), default=0.0)
            self._most = 2 * len(ends) + 64


def visual_rows(items: Items) -> list[Items]:
    """Items at the same height, from top to bottom, each row from left to right."""
    rows: list[Items] = []
    places = Across()
    for item in sorted(items, key=lambda item: (item.middle, item.left)):
        same = bool(rows) and abs(item.middle - rows[-1][-1].middle) < 0.5 * min(
            item.height, rows[-1][-1].height
        )
        if same and not any(overlap(item, places.groups[n][0]) for n in places.over(item)):
            rows[-1].append(item)
        else:
            rows.append([item])
            places = Across()
        places.add(item)
    return [sorted(row, key=lambda item: item.left) for row in rows]


def extent(items: Iterable[Item]) -> tuple[float, float]:
    """Where items begin and end on the page, from left to right."""
    found = list(items)
    return min(item.left for item in found), max(item.right for item in found)


def columns(items: Items, least: float = GUTTER) -> list[Items]:
    """The items between the gutters that run through all of them, from left to right.

    least: the least width of a gutter, in line heights.
    """
    gutter = least * unit(items)
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


def cut(parts: Sequence[_Part], borders: Iterable[int]) -> list[list[_Part]]:
    """The parts in groups, of which all but the first begin at the borders."""
    return [list(parts[start:end]) for start, end in pairwise([0, *borders, len(parts)])]


def cuts_at_steps(
    parts: Sequence[_Part], gaps: Sequence[float], wider: float
) -> Iterator[list[list[_Part]]]:
    """The ways to cut parts at the gaps between them that are wide, the fewest groups first.

    The gaps inside groups are alike and so are those between groups: somewhere is a step, from
    one gap to the next by size that is `wider` times as wide.
    """
    for narrow, wide in reversed(list(pairwise(sorted(gaps)))):
        if wide >= max(1.0, wider * narrow):
            yield cut(parts, [n for n, gap in enumerate(gaps, start=1) if gap >= wide])


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
    found = Across()
    reach = gap * max((item.height for item in items), default=0.0)
    for item in sorted(items, key=lambda item: (item.top, item.left)):
        # Items come from top to bottom: what ends too far above this one is out of reach for all.
        found.leave(item.top - reach)
        for number in found.over(item):
            last = found.groups[number][-1]
            if overlap(last, item) and abs(item.top - last.bottom) < gap * item.height:
                found.add(item, number)
                break
        else:
            found.add(item)
    return found.groups


def overlap(item: Item, other: Item) -> bool:
    """Whether two items stand over one another, so that they cannot share a row."""
    shared = min(item.right, other.right) - max(item.left, other.left)
    return shared > 0.3 * min(item.right - item.left, other.right - other.left)


__all__ = [
    "BULLETS",
    "CONTINUED",
    "Cell",
    "Item",
    "Items",
    "Levels",
    "Row",
    "columns",
    "cut",
    "cuts_at_steps",
    "extent",
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
