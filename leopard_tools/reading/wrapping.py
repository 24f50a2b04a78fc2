"""Rows of a table whose cells wrap and between whose rows nothing is drawn.

Rows are where lines are further apart, or else where a line begins what would have had room on the
one above it. Must not know how the table was found, nor what its columns are told by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from .placed import Item, Items, extent, goes_on, is_number, level, visual_rows

_APART, _STEP = 1.2, 1.06
"""So many times as far apart as the lines of a cell are, from middle to middle, its row and the
next; and so many times as far as any of them."""
_NO_ROOM, _SURE = 0.75, 6
"""So many lines of cells go on below for want of room; and all of at least so many where every
cell of a row has as many lines."""
_EVEN = 0.07
"""By so much may a step over empty cells differ from so many steps."""
_LEVEL = 0.25
"""By so much of a height may the first lines of a row's cells differ."""
_ALIGNED = 0.8
"""So many cells of a table stand at the height of their row."""
_FILLED, _ALONE = 0.4, 0.25
"""So many cells of a table have something in them, and so many rows at most one cell alone."""
_MOST_LINES = 8
"""Lines of a cell."""
_PROSE = 0.3
"""So many lines of a text go on in the next."""
_UNFINISHED = "-–/,+"
"""What figures go on after: 9:00–9:30."""
_SPACE = 0.25
"""How wide a space is, in line heights."""


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in a column at one height."""

    items: tuple[Item, ...]

    @property
    def first(self) -> Item:
        return self.items[0]

    @property
    def middle(self) -> float:
        return sum(item.middle for item in self.items) / len(self.items)

    @property
    def right(self) -> float:
        return self.items[-1].right

    @property
    def text(self) -> str:
        return " ".join(item.line.text for item in self.items)


Texts = list[Text]
Cells = list[Texts]
"""The cells of a row, one for each column."""


def texts_of(column: Items) -> Texts:
    """What stands in a column, from top to bottom."""
    return [Text(tuple(row)) for row in visual_rows(column)]


def wrapped_rows(body: Cells) -> list[Cells]:
    """The rows of a table from what stands in its columns; [] where these are none."""
    rows = _by_distance(body) or _by_room(body)
    return rows if _is_plausible(rows) and not _read_down(rows) else []


def _by_distance(body: Cells) -> list[Cells]:
    """The rows of a table whose rows are further apart than the lines of its cells; else []."""
    steps = sorted(
        below.middle - above.middle for column in body for above, below in pairwise(column)
    )
    rights = _rights(body)
    for number, (narrow, wide) in enumerate(pairwise(steps), start=1):
        usual = max(1.0, steps[(number - 1) // 2])
        # Over an empty cell a step is as two: so are those of rows that are all as far apart.
        is_even = abs(wide / usual - round(wide / usual)) < _EVEN
        if wide >= _APART * usual and wide >= _STEP * narrow and not is_even:
            rows = _merged(body, (narrow + wide) / 2)
            if rows and _wrap_for_room(rows, rights):
                return rows
    return []


def _merged(body: Cells, most: float) -> list[Cells]:
    """Rows of the texts that are no further apart than that in a column, and of what is beside
    them; [] where one column has two in a row.
    """
    found: list[tuple[float, int, Texts]] = []
    for number, column in enumerate(body):
        cells: list[Texts] = []
        for text in column:
            if cells and text.middle - cells[-1][-1].middle <= most:
                cells[-1].append(text)
            else:
                cells.append([text])
        found += [(cell[0].first.top, number, cell) for cell in cells]
    rows: list[Cells] = []
    reach = float("-inf")
    for top, number, cell in sorted(found, key=lambda each: each[:2]):
        # Boxes are higher than their letters: rows that are close share some of it.
        if top >= reach - _LEVEL * cell[0].first.height:
            rows.append([[] for _ in body])
        if rows[-1][number]:
            return []
        rows[-1][number] = cell
        reach = max(reach, cell[-1].first.bottom)
    return rows


def _wrap_for_room(rows: Sequence[Cells], rights: Sequence[float]) -> bool:
    """Whether cells wrap, and their lines because what follows had no room, but for a few.

    Else they might be rows in groups. Where all cells of a row have as many lines it might be
    several rows, so that more must say that it is one.
    """
    pairs = [(n, *pair) for row in rows for n, cell in enumerate(row) for pair in pairwise(cell)]
    if not pairs or any(_are_two(above, below) for _, above, below in pairs):
        return False
    share = sum(_had_no_room(a, b, rights[n]) for n, a, b in pairs) / len(pairs)
    if not all(map(_might_be_several, filter(_wraps, rows))):
        return share >= _NO_ROOM
    return share == 1 and len(pairs) >= _SURE


def _wraps(row: Cells) -> bool:
    return any(len(cell) > 1 for cell in row)


def _might_be_several(row: Cells) -> bool:
    """Whether all cells of a row that are filled have as many lines."""
    return len({len(cell) for cell in row if cell}) == 1


def _are_two(above: Text, below: Text) -> bool:
    """Whether lines are two cells for what they are: figures, or one of them a dash or a tick."""
    if not all(any(map(str.isalnum, text.text)) for text in (above, below)):
        return True
    figures = is_number(above.text) and is_number(below.text)
    return figures and above.text[-1] not in _UNFINISHED


def _by_room(body: Cells) -> list[Cells]:
    """The rows of a table whose lines are all as far apart.

    A line goes on in fewer columns than it began in, and only where the next word had no room.
    """
    rights = _rights(body)
    owner = {id(text.first): n for n, column in enumerate(body) for text in column}
    texts = {id(text.first): text for column in body for text in column}
    firsts = [text.first for column in body for text in column]
    rows: list[Cells] = []
    last: dict[int, Text] = {}
    for band in visual_rows(firsts):
        now = {owner[id(item)]: texts[id(item)] for item in band}
        begun = sum(map(bool, rows[-1])) if rows else 0
        if len(now) < begun and all(
            number in last and _had_no_room(last[number], text, rights[number])
            for number, text in now.items()
        ):
            for number, text in now.items():
                rows[-1][number].append(text)
        else:
            rows.append([[now[n]] if n in now else [] for n in range(len(body))])
        last = now
    return rows


def _rights(body: Cells) -> list[float]:
    """How far the texts of each column reach."""
    return [max((text.right for text in column), default=0.0) for column in body]


def _had_no_room(above: Text, below: Text, right: float) -> bool:
    """Whether the first word of a line would have stood out of the column on the one above."""
    if _are_two(above, below):
        return False
    text, item = below.first.line.text, below.first
    word = (item.right - item.left) * len(text.split(maxsplit=1)[0]) / len(text)
    return above.right + _SPACE * item.height + word > right


def _is_plausible(rows: Sequence[Cells]) -> bool:
    """Whether enough cells are filled, none too long, and most at the height of their row."""
    cells = [cell for row in rows for cell in row]
    filled = [cell for cell in cells if cell]
    alone = sum(sum(map(bool, row)) == 1 for row in rows)
    if alone > _ALONE * len(rows):
        return False
    if len(filled) < _FILLED * len(cells) or any(len(cell) > _MOST_LINES for cell in filled):
        return False
    beside = list(chain.from_iterable(map(_levels, rows)))
    return bool(beside) and sum(beside) >= _ALIGNED * len(beside)


def _read_down(rows: Sequence[Cells]) -> bool:
    """Whether in most columns texts go on from row to row, as those of a page in columns do."""
    prose = 0
    for column in zip(*rows, strict=True):
        cells = [cell for cell in column if cell]
        span = extent(item for cell in cells for text in cell for item in text.items)
        ends = [goes_on(a[-1].items[-1], b[0].first, *span) for a, b in pairwise(cells)]
        prose += bool(ends) and sum(ends) >= _PROSE * len(ends)
    return 2 * prose > len(rows[0])


def _levels(row: Cells) -> Iterator[bool]:
    """For each cell but a row's first, whether it begins, or has its middle, where another has."""
    filled = [cell for cell in row if cell]
    for number, cell in enumerate(filled[1:], start=1):
        yield any(
            level(cell[0].first, other[0].first, _LEVEL)
            or abs(_middle(cell) - _middle(other)) <= _LEVEL * cell[0].first.height
            for other in filled[:number]
        )


def _middle(cell: Texts) -> float:
    return (cell[0].middle + cell[-1].middle) / 2


__all__ = ["Cells", "Text", "Texts", "texts_of", "wrapped_rows"]
