"""Tables that stand side by side at the same heights, as on a dashboard or in a league's groups.

Their rows would read across as well as those of one table do. Told from one by the gutter between
them, wider than those that they have themselves, and by what stands behind it: names with figures
to them, as at the beginning of a table. Must not know how their columns were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .placed import Items, cut, cuts_at_steps, is_number, visual_rows

WIDER = 1.6
"""So many times as wide as all gutters of the tables is the one between them."""
REPEATED = 1.25
"""And so many times where the same names stand over their columns."""


def abreast(columns: list[Items]) -> list[list[Items]]:
    """The columns of aligned lines in parts, each of them a table; in one part where it is one."""
    gutters = [
        min(item.left for item in after) - max(item.right for item in before)
        for before, after in pairwise(columns)
    ]
    for parts in cuts_at_steps(columns, gutters, WIDER):
        if all(map(_is_one, parts)):
            return parts
    for count in range(len(columns) // 2, 1, -1):
        size = len(columns) // count
        parts = cut(columns, range(size, len(columns), size))
        if len(columns) == size * count and _repeat(parts) and _stand_apart(gutters, size):
            return parts
    return _titled(columns) or [columns]


def _titled(columns: list[Items]) -> list[list[Items]]:
    """The parts over which titles stand, each where a table with heads of its own begins; or []."""
    rows = visual_rows([item for column in columns for item in column])
    titles, heads = (*rows, [], [])[:2]
    if len(titles) < 2 or len(heads) != len(columns) or any(is_number(i.line.text) for i in heads):
        return []
    place = {id(item): n for n, column in enumerate(columns) for item in column}
    begun = [place[id(title)] for title in titles]
    over = [heads[n].left for n in begun]
    if begun[0] or len(set(begun)) < len(begun):
        return []
    at = all(
        abs(title.left - left) < title.height for title, left in zip(titles, over, strict=True)
    )
    parts = cut(columns, begun[1:])
    return parts if at and all(map(_is_one, parts)) else []


def _is_one(part: list[Items]) -> bool:
    """Whether columns are names, some of them below one another, and figures to them."""
    several = len(part) > 1 and len(part[0]) > 2
    return several and _named(part[0]) and any(map(_counted, part[1:]))


def _repeat(parts: list[list[Items]]) -> bool:
    """Whether the parts begin with names, and have the same words over all other columns."""
    words = [[{i.line.text for i in c if not is_number(i.line.text)} for c in p] for p in parts]
    same = all(set.intersection(*alike) for alike in list(zip(*words, strict=True))[1:])
    return same and all(_named(part[0]) for part in parts)


def _stand_apart(gutters: Sequence[float], size: int) -> bool:
    """Whether the gutters between parts are wider than those in them.

    Behind the names of a part, which are of all lengths, stands as much as is left.
    """
    between = [gutter for n, gutter in enumerate(gutters, start=1) if n % size == 0]
    inside = [gutter for n, gutter in enumerate(gutters, start=1) if n % size > 1]
    return min(between) >= REPEATED * max(inside, default=float("inf"))


def _named(column: Items) -> bool:
    """Whether a column holds names: few of its cells are numbers."""
    return 3 * sum(is_number(item.line.text) for item in column) < len(column)


def _counted(column: Items) -> bool:
    return 2 * sum(is_number(item.line.text) for item in column) > len(column)


__all__ = ["abreast"]
