"""Strips and bands: what of a region stands above what, and how far its columns go on.

A strip lies between two empty rows of pixels; strips with the same gutters are a band. Pure
arithmetic on boxes; must not know what bands are read as.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from statistics import median

from .cards import CLOSE
from .placed import GUTTER, LARGER, Items, cuts_at_steps, is_number, unit, visual_rows

NEAR = 1.5
"""A band goes on over a change of its columns where the gap is below so many line heights."""
FAR = 2.5
"""A band never goes on over a larger gap, in line heights."""
WIDER = 1.8
"""The gap between two rows of cards is so much wider than those between their lines."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How items spread over the page: enough to count their columns, and to go on counting.

    A band is asked for its columns with every strip that comes to it; to find them anew in all of
    its items would take as long as the band is high each time.
    """

    heights: tuple[float, ...]
    """Of all items, sorted."""
    spans: tuple[tuple[float, float], ...]
    """What they cover from left to right, where they touch as one."""
    bottom: float

    @staticmethod
    def of(items: Items) -> Spread:
        heights = tuple(sorted(item.height for item in items))
        spans = _covered([(item.left, item.right) for item in items])
        return Spread(heights, spans, max(item.bottom for item in items))

    def __add__(self, other: Spread) -> Spread:
        heights = tuple(sorted(self.heights + other.heights))
        spans = _covered([*self.spans, *other.spans])
        return Spread(heights, spans, max(self.bottom, other.bottom))

    @property
    def columns(self) -> int:
        """As many as `placed.columns` finds in the items."""
        count = len(self.heights)
        middle = (self.heights[(count - 1) // 2] + self.heights[count // 2]) / 2
        gutter = GUTTER * max(1.0, middle)
        return 1 + sum(after[0] - before[1] >= gutter for before, after in pairwise(self.spans))


def _covered(spans: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    found: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if found and left <= found[-1][1]:
            found[-1] = (found[-1][0], max(right, found[-1][1]))
        else:
            found.append((left, right))
    return tuple(found)


def strips(items: Items) -> list[Items]:
    """The items between the empty rows of pixels that run through all of them, downwards."""
    found: list[Items] = []
    reach = float("-inf")
    for item in sorted(items, key=lambda item: (item.top, item.left)):
        # Boxes have a margin of two pixels, so those of lines that touch may overlap by both.
        if item.top >= reach - min(4, item.height / 6) or not found:
            found.append([])
        found[-1].append(item)
        reach = max(reach, item.bottom)
    return found


def bands(items: Items) -> list[Items]:
    """Strips put together as long as a gutter runs through, or as long as there is none."""
    usual = unit(items)
    found: list[Items] = []
    spread = None
    for strip in strips(items):
        here = Spread.of(strip)
        if spread and _goes_on(found[-1], spread, strip, here, usual):
            found[-1] += strip
            spread += here
        else:
            found.append(list(strip))
            spread = here
    return found


def _goes_on(band: Items, above: Spread, strip: Items, below: Spread, usual: float) -> bool:
    """Whether a strip has the columns of the band above it."""
    before, here, both = above.columns, below.columns, (above + below).columns
    if before == 1:
        return here == 1 and both == 1
    gap = min(item.top for item in strip) - above.bottom
    if both == 1 or gap > FAR * usual or (gap > 0.8 * usual and _heads(strip, band)):
        return False
    # A table below a block of fewer columns, which is as close only where it goes on.
    if here > before and gap > NEAR * usual and len(visual_rows(band)) > 2:
        return False
    # Fewer gutters, or a lone line below columns: only if it follows closely.
    return gap <= NEAR * usual or (here > 1 and both >= max(before, here))


def _heads(strip: Items, band: Items) -> bool:
    """Whether a strip is a heading of what follows: a lone line in larger type."""
    return len(strip) == 1 and strip[0].size > 1.2 * median(item.size for item in band)


def close(items: Items, whole: Callable[[Items], bool]) -> list[Items]:
    """Strips that stand closely below one another together, but for a title over columns.

    whole: tells a row of cards, of which several stand as closely as their own lines.
    """
    groups: list[list[Items]] = []
    spread = None
    for strip in strips(items):
        here = Spread.of(strip)
        if spread and _near(groups[-1][-1], strip, spread.bottom) and _same_kind(spread, here):
            groups[-1].append(strip)
            spread += here
        else:
            groups.append([strip])
            spread = here
    return [list(chain(*part)) for group in groups for part in _cut(group, whole)]


def _cut(group: list[Items], whole: Callable[[Items], bool]) -> list[list[Items]]:
    """Strips cut into rows of cards, at their wide gaps or where type is small again; or not."""
    for parts in _cuttings(group):
        found = sum(whole(list(chain(*part))) for part in parts)
        # Rows of a table may stand in pairs; those of a form change their type.
        if found == len(parts) == 2 or (found > 1 and 2 * found >= len(parts) and _steps(parts)):
            return parts
    return [group]


def _cuttings(group: list[Items]) -> Iterator[list[list[Items]]]:
    """The ways to cut strips into rows of cards, the fewest parts first."""
    gaps = [
        min(item.top for item in below) - max(item.bottom for item in above)
        for above, below in pairwise(group)
    ]
    if len(gaps) > 2:
        yield from cuts_at_steps(group, gaps, WIDER)
    # A form whose rules take no room: each label, in small type, is over what was filled in.
    pairs = [group[start : start + 2] for start in range(0, len(group), 2)]
    labels = [item.line.text for strip in group[::2] for item in strip]
    if len(pairs) > 1 and _steps(pairs) > 0 and not any(map(is_number, labels)):
        yield pairs


def _steps(parts: list[list[Items]]) -> int:
    """1 where the second strips of the parts are larger than the first, -1 smaller, 0 neither."""
    if any(len(part) < 2 for part in parts):
        return 0
    first, second = (median(i.size for part in parts for i in part[n]) for n in (0, 1))
    return (second >= LARGER * first) - (first >= LARGER * second)


def _same_kind(above: Spread, below: Spread) -> bool:
    """Whether a strip may go on with a group: both of one column, or gutters run through both."""
    before, both = above.columns, (above + below).columns
    return both >= before if before > 1 else below.columns == 1


def _near(above: Items, strip: Items, bottom: float) -> bool:
    """Whether a strip stands as closely below another as the lines of a card do."""
    gap = min(item.top for item in strip) - bottom
    return gap <= CLOSE * max(unit(above), unit(strip))


__all__ = ["bands", "close", "strips"]
