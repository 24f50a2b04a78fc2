"""Figures that a question may compare, found in the text of pages: columns, rows and lists, and
each for itself.

A series belongs together and has one unit. Text only, no model; of a question it
knows only the stems of its words, which tell what rows to look at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isclose

from ..types import CELL_SEPARATOR, EMPTY_CELL, UNREAD_CELL
from .heads import SUM
from .measures import Measure, Writing, are_at_odds, measure, writing_of

LONGEST_LABEL = 40
LONGEST_NAME, MOST_NAMES = 24, 2
"""Letters and number of the other cells that tell what a row is about."""
_SAME_UNIT = 0.6
"""So many of a column's cells must be figures of one unit."""
_LEAST_OF_SUM = 4
"""Figures, one of which may be the sum of the others where it is as large as they are together."""
_PERHAPS_SUM = re.compile(r"(?i:all|average|mean) [A-Z]")
"""All Sites is a sum, and All Saints a place: the figures tell."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_WORD = re.compile(r"[^\W_]{2,}")
_MARK = re.compile(
    rf"{_WORD.pattern}|(?<!\bthan )(?<!\btop )(?<!\bover )(?<!\bleast )(?<!\bmost )(?<![\w.,’'])"
    r"(?!a\b|I\b|\AA \w)[^\W_](?![.,]\w)(?!\w)"
)
"""A word, or a letter or digit that stands alone and names something: Row M, not more than 5."""
_STEM = 5
"""Letters by which words are taken for the same."""
_COMMON = frozenset((
    "the", "which", "what", "who", "has", "have", "had", "was", "were", "are", "is", "of", "and",
    "for", "with", "from", "than",
))  # fmt: skip

_Cell = tuple[tuple[str, ...], str]
"""The names of a figure, and the figure."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure, and what it belongs to, which may have several names."""

    names: tuple[str, ...]
    text: str
    measure: Measure

    @property
    def label(self) -> str:
        return f"{self.names[0]} ({', '.join(self.names[1:])})" if self.names[1:] else self.names[0]


@dataclass(frozen=True, slots=True)
class Series:
    """A column, a row or a list of figures; `page` from 0.

    `clear`: whether what comes first of them can be known. It cannot of several units, nor where
    one figure may be the sum of the others.
    """

    page: int | None
    name: str
    entries: tuple[Entry, ...]
    clear: bool = True

    @property
    def about(self) -> str:
        return self.entries[0].measure.about

    @property
    def words(self) -> set[str]:
        """Those of what its figures belong to."""
        return {word for entry in self.entries for name in entry.names for word in words_of(name)}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a page (from 0), the name of its column, and the line above its table."""

    page: int
    title: str
    name: str
    entry: Entry


def every_figure(texts: Sequence[str]) -> Iterator[Figure]:
    """All figures in the texts of images that have a label, of tables, lists and pairs."""
    for page, text in enumerate(texts):
        rows = [_as_pair(line.split(CELL_SEPARATOR)) for line in text.split("\n")]
        writing = writing_of(_part(cell)[1] for row in rows for cell in row) or Writing()
        title = ""
        for row in rows:
            if len(row) == 1:
                title = row[0]
            naming = _naming(row)
            for column in range(1, len(row)):
                name, value = _part(row[column])
                names = [text for place, text in naming.items() if place != column]
                yield from _figure(page, title, name, [*_told(row[0]), *names], value, writing)
            if len(row) == 2 and measure(row[1]) is None:
                yield from _figure(page, title, "", [row[1]], row[0], writing)


def _figure(
    page: int, title: str, name: str, names: Sequence[str], value: str, writing: Writing
) -> Iterator[Figure]:
    found = measure(value, writing)
    if found is not None and names and len(names[0]) <= LONGEST_LABEL:
        yield Figure(page, title, name, Entry(tuple(names[: 1 + MOST_NAMES]), value, found))


def every_series(
    texts: Sequence[str], asked: set[str], meant: Sequence[re.Pattern[str]] = ()
) -> Iterator[Series]:
    """All series in the texts of images, but of rows and labels only those that are asked for.

    Where no column of a table has one unit, all its rows may be: things stand side by side there.
    texts: as heads.write_rows has them. asked: the stems of a question's words. meant: what rows
    may be called that it means.
    """
    totals: dict[str, list[tuple[int, str]]] = {}
    for page, text in enumerate(texts):
        rows = [line.split(CELL_SEPARATOR) for line in text.split("\n")]
        for block in _blocks(rows):
            yield from _of_block(page, block, asked, meant)
        for row in rows:
            if len(row) == 2 and stems_of(row[0]) & asked:
                totals.setdefault(row[0].casefold(), []).append((page, row[1]))
    for label, cells in totals.items():
        if len({page for page, _ in cells}) == len(cells) > 1:
            yield from _series(
                None, label, [((f"image {page + 1}",), cell) for page, cell in cells]
            )


def _blocks(rows: Sequence[list[str]]) -> Iterator[list[list[str]]]:
    """Runs of rows with as many cells, and the row of one cell above them, if there is one.

    A row of one cell among those of a table belongs to them.
    """
    block: list[list[str]] = []
    width = 0
    for row in rows:
        row = _as_pair(row)
        if len(row) > 1 and len(row) != width:
            if width:
                yield block
            width = len(row)
            block = [*(above for above in block[-1:] if len(above) == 1), row]
        else:
            block.append(row)
    if width:
        yield block


def _as_pair(row: list[str]) -> list[str]:
    """`Beds: 183` in one cell as the two that it means."""
    if len(row) == 1 and row[0].count(": ") == 1:
        label, value = row[0].split(": ")
        if measure(value) is not None:
            return [label, value]
    return row


def _of_block(
    page: int, block: Sequence[list[str]], asked: set[str], meant: Sequence[re.Pattern[str]]
) -> Iterator[Series]:
    title = block[0][0] if len(block[0]) == 1 else ""
    rows = [row for row in block if len(row) > 1]
    named = [_naming(row) for row in rows]
    found = False
    for column in range(1, len(rows[0])):
        name, cells = _column(rows, named, column)
        if not name and len(rows[0]) == 2:
            name = title
        for series in _series(page, name, cells):
            found = True
            yield series
    if len(rows[0]) == 2:
        # A figure may stand before what it is about.
        yield from _series(
            page, title, [((row[1],), row[0]) for row in rows if not measure(row[1])]
        )
        return
    things = _names_things(rows[0])
    for row in rows:
        words = stems_of(row[0])
        is_asked = bool(words) and words <= asked
        # Where no column has one unit, the rows have.
        if is_asked or (things and (not found or _is_meant(row[0], meant))):
            parts = [_part(cell) for cell in row[1:]]
            yield from _series(page, row[0], [((head,), value) for head, value in parts if head])


def _names_things(head: Sequence[str]) -> bool:
    """Whether a first row has things side by side: names beside an empty corner, no years."""
    return head[0] == EMPTY_CELL and not any(map(_YEAR.search, head))


def _is_meant(label: str, meant: Sequence[re.Pattern[str]]) -> bool:
    return not SUM.match(label) and any(names.search(label) for names in meant)


def _column(
    rows: Sequence[list[str]], named: Sequence[dict[int, str]], column: int
) -> tuple[str, list[_Cell]]:
    """A column's name, where it has one, and its cells with the names of their rows.

    named: of each row, what `_naming` gives.
    """
    name = ""
    cells: list[_Cell] = []
    for number, row in enumerate(rows):
        head, value = _part(row[column])
        if not number and not head and measure(value) is None:
            name = value
            continue
        name = head or name
        names = [text for place, text in named[number].items() if place != column]
        cells.append(((*_told(row[0]), *names[:MOST_NAMES]), value))
    return name, cells


def _naming(row: Sequence[str]) -> dict[int, str]:
    """The cells behind a row's first that are short and no figures, by their columns."""
    texts = ((column, _part(cell)[1]) for column, cell in enumerate(row) if column)
    return {
        column: text
        for column, text in texts
        if 2 < len(text) <= LONGEST_NAME and text[0].isalpha() and measure(text) is None
    }


def _told(cell: str) -> list[str]:
    return [] if cell in (EMPTY_CELL, UNREAD_CELL) else [cell]


def _part(cell: str) -> tuple[str, str]:
    """`Beds: 183` as its column's name and its value; "" where it has none."""
    head, colon, value = cell.partition(": ")
    return (head, value) if colon else ("", cell)


def _series(page: int | None, name: str, cells: Iterable[_Cell]) -> Iterator[Series]:
    """The figures of the unit that most of a column's cells have, if enough do."""
    cells = [(names, text) for names, text in cells if names]
    writing = writing_of(text for _, text in cells)
    entries: list[Entry] = []
    total = 0
    for names, text in cells:
        if SUM.match(names[0]) and not _PERHAPS_SUM.match(names[0]):
            continue
        total += 1
        found = measure(text, writing or Writing())
        if found is not None and names[0]:
            entries.append(Entry(names, text, found))
    if not entries:
        return
    unit, count = Counter(entry.measure.unit for entry in entries).most_common(1)[0]
    if count < max(2, _SAME_UNIT * total):
        return
    same = [entry for entry in entries if entry.measure.unit == unit]
    ranked = _without_sum(same)
    clear = (
        writing is not None
        and not any(are_at_odds(same[0].measure, entry.measure) for entry in entries)
        and max(len(entry.names[0]) for entry in same) <= LONGEST_LABEL
        # In brackets are losses among gains, but where all are so, they are counts.
        and not all(entry.text.startswith("(") for entry in same)
        # Of figures that are all alike, as of nothing but zeros, none comes first.
        and len({entry.measure.value for entry in ranked}) > 1
        and len({entry.label for entry in ranked}) == len(ranked)
    )
    name = name if len(name) <= LONGEST_LABEL else ""
    yield Series(page, name, tuple(ranked if clear else same), clear)


def _without_sum(entries: Sequence[Entry]) -> list[Entry]:
    """The figures but for one that is the sum of the others, as its place or its name tells.

    None of them where it cannot be known whether one is.
    """
    values = [entry.measure.value for entry in entries]
    whole, others = sum(values), len(values) - 1
    kept: list[Entry] = []
    for entry in entries:
        value = entry.measure.value
        rest = whole - value
        adds_up = isclose(value, rest, rel_tol=1e-4)
        if _PERHAPS_SUM.match(entry.names[0]):
            if not adds_up and not isclose(value, rest / others, rel_tol=1e-2):
                return []
            continue
        share = entry.measure.unit == "%" and not isclose(value, 100, rel_tol=1e-2)
        if others + 1 < _LEAST_OF_SUM or not adds_up or share:
            kept.append(entry)
        elif entry is not entries[-1] or values == sorted(values):
            return []
    return kept


def words_of(text: str) -> list[str]:
    """Its words in small letters."""
    return [word.casefold() for word in _WORD.findall(text)]


def stems_of(text: str) -> set[str]:
    """How its words begin, those that say something."""
    return {word[:_STEM].removesuffix("s") for word in words_of(text) if word not in _COMMON}


def marks_of(text: str) -> list[str]:
    """How its words begin, as `stems_of` has them, and its lone letters and digits, in order."""
    marks = [word.casefold() for word in _MARK.findall(text)]
    return [mark[:_STEM].removesuffix("s") or mark for mark in marks if mark not in _COMMON]


__all__ = [
    "Entry",
    "Figure",
    "Series",
    "every_figure",
    "every_series",
    "marks_of",
    "stems_of",
    "words_of",
]
