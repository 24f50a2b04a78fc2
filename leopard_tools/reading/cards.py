"""Cards and tiles: groups of a few short lines, several such groups side by side.

A figure with its label above or below, a person with a role, a milestone with its date, a
label over what was filled in: the lines of each belong together and become a row. From a table
they are told by their type: what stands at one height has the same size in all cards, and sizes
change from line to line. Must not know of the rest of the page.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from .placed import BULLETS, LARGER, SPREAD, Item, Items, extent, goes_on, is_number, overlap, unit

MOST = 5
"""Lines of a card."""
LONGEST = 45
"""Characters of such a line."""
CLOSE = 1.3
"""Its lines are no further apart than this, in heights of the taller."""
HEADING = 1.3
"""A card's title is larger than its text by this, a table's header is not."""
_LISTED = BULLETS - {"-", "–", "—"}
"""What begins the lines of a list; a dash may be a minus."""


def cards(columns: list[Items], *, like: bool = False) -> list[list[Items]]:
    """The cards that columns are, each as cells of lines; [] where they are something else.

    like: others of their outline are cards, so that their type need not tell them from a table.
    """
    groups = _with_badges(columns)
    if len(groups) < 2 or not all(_compact(group) for group in groups):
        return []
    tops = [group[0].middle for group in groups]
    if max(tops) - min(tops) > 0.5 * unit([group[0] for group in groups]):
        return []
    cells = [_cells(group) for group in groups]
    counts = [len(card) for card in cells]
    if min(counts) < 2 or max(counts) > min(MOST, min(counts) + 1) or not (like or _alike(cells)):
        return []
    badges = _badges(columns, groups)
    return [
        [*([[badge]] if badge else []), *card] for badge, card in zip(badges, cells, strict=True)
    ]


def rows_of_cards(rows: list[list[Items]]) -> list[list[list[Items]]]:
    """The cards that each of several rows of columns are, or [] in its place.

    The fields of a form have one outline from row to row; that the type of a label differs from
    what was filled in may not be seen in each, since the sizes of short words are rough.
    """
    found = [cards(columns) for columns in rows]
    known = [columns for columns, tiles in zip(rows, found, strict=True) if tiles]
    return [
        tiles or (cards(columns, like=True) if any(_same(columns, o) for o in known) else [])
        for columns, tiles in zip(rows, found, strict=True)
    ]


def _same(columns: list[Items], others: list[Items]) -> bool:
    """Whether columns have the outline of others: as many lines, and where those begin."""
    if [len(column) for column in columns] != [len(column) for column in others]:
        return False
    pairs = [pair for both in zip(columns, others, strict=True) for pair in zip(*both, strict=True)]
    return all(abs(item.left - other.left) < 0.4 * item.height for item, other in pairs)


def _with_badges(columns: list[Items]) -> list[Items]:
    """The columns without those of a single mark (initials, an icon) beside the next one."""
    return [
        column
        for n, column in enumerate(columns)
        if not (n + 1 < len(columns) and _badge(column, columns[n + 1]))
    ]


def _badge(column: Items, beside: Items) -> bool:
    if len(column) != 1 or len(column[0].line.text) > 4 or len(beside) < 2:
        return False
    first, last, middle = beside[0], beside[-1], column[0].middle
    return first.middle + 0.3 * first.height < middle < last.middle - 0.3 * last.height


def _badges(columns: list[Items], groups: list[Items]) -> list[Item | None]:
    kept = {id(group) for group in groups}
    found: list[Item | None] = []
    for before, column in pairwise([[], *columns]):
        if id(column) in kept:
            found.append(before[0] if before and id(before) not in kept else None)
    return found


def _compact(group: Items) -> bool:
    """Whether lines stand closely below one another, all of them short."""
    if len(group) < 2 or any(i.rows or len(i.line.text) > LONGEST for i in group):
        return False
    if any(item.line.text[0] in _LISTED for item in group):
        return False
    return all(
        overlap(above, below) and below.top - above.bottom < CLOSE * max(above.height, below.height)
        for above, below in pairwise(group)
    )


def _cells(group: Items) -> list[Items]:
    """The lines of a card below its first, those of a text that wraps together."""
    span = extent(group)
    found = [group[:1]]
    for item in group[1:]:
        if len(found) > 1 and goes_on(found[-1][-1], item, *span):
            found[-1].append(item)
        else:
            found.append([item])
    return found


def _alike(cells: list[list[Items]]) -> bool:
    """Whether lines at one height have one size, and sizes change as they do not in a table."""
    count = min(len(card) for card in cells)
    sizes = [[median(item.size for item in card[n]) for card in cells] for n in range(count)]
    if any(max(row) > SPREAD * min(row) for row in map(_usual, sizes)):
        return False
    steps = [_steps(*pair) for pair in pairwise(sizes)] if _tight(cells) else []
    if count == 2:
        return any(steps) or len(cells) > 2
    # A column of numbers alone is a table's, whatever the size of its total.
    if any(all(is_number(cell[0].line.text) for cell in card) for card in cells):
        return False
    # A table's header may differ a little from its rows; they do not differ from each other.
    titled = bool(steps) and all(a > HEADING * b for a, b in zip(*sizes[:2], strict=True))
    return titled or any(steps[1:])


def _usual(sizes: list[float]) -> list[float]:
    """The sizes, of four or more without the one that is furthest from the others."""
    middle = median(sizes)
    ordered = sorted(sizes, key=lambda size: max(size, middle) / min(size, middle))
    return ordered[:-1] if len(sizes) > 3 else ordered


def _steps(upper: list[float], lower: list[float]) -> bool:
    """Whether type changes from one line to the next, in every card the same way."""
    larger, smaller = (upper, lower) if median(upper) > median(lower) else (lower, upper)
    return median(larger) >= LARGER * median(smaller) and all(
        a > 1.04 * b for a, b in zip(larger, smaller, strict=True)
    )


def _tight(cells: list[list[Items]]) -> bool:
    """Whether boxes follow the ink: their heights alone would tell sizes otherwise."""
    heights = [item.height for card in cells for cell in card for item in cell]
    return max(heights) > 1.1 * min(heights)


__all__ = ["CLOSE", "cards", "rows_of_cards"]
