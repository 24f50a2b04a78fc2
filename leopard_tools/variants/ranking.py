"""What comes first, for questions that ask for the most, the least, or which is more.

    Which site has the fewest beds?     ->     fewest Beds | Millbrook | 96

A small model copies well and compares badly: what is asked for then stands in a row like those of
the page, in the question's own words. It is worked out from the text that the model reads, and
every figure and name in it stands there. Which figures are meant is guessed from the question's
words, English ones; the model may take them or leave them. Text only, no model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isclose

from ..types import CELL_SEPARATOR, EMPTY_CELL
from .heads import SUM
from .measures import Measure, Writing, are_at_odds, measure, writing_of

MOST_RANKINGS = 2
"""Rows, where a question may mean several columns."""
LONGEST_LABEL = 40
LONGEST_NAME, MOST_NAMES = 24, 2
"""Letters and number of the other cells that tell what a row is about."""
LONGEST_QUESTION = 400
"""Letters; a longer text is no plain question."""
_SAME_UNIT = 0.6
"""So many of a column's cells must be figures of one unit."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_HIGH = _set(
    "most maximum max highest biggest largest greatest longest tallest heaviest dearest "
    "priciest busiest fullest farthest furthest latest newest warmest hottest widest deepest "
    "thickest strongest best top richest peak steepest loudest brightest"
)
_LOW = _set(
    "least minimum min lowest smallest shortest lightest cheapest fewest earliest coldest "
    "coolest nearest closest narrowest shallowest thinnest weakest poorest quietest emptiest "
    "darkest"
)
_HIGHER = _set(
    "more higher bigger larger greater longer taller heavier dearer pricier busier fuller "
    "farther further later newer warmer hotter wider deeper thicker stronger better richer "
    "above over beat beats exceed exceeds ahead up rise rose grow grew increase increased"
)
_LOWER = _set(
    "less fewer lower smaller shorter lighter cheaper earlier colder cooler nearer closer "
    "narrower thinner weaker poorer quieter below under behind before down fall fell drop "
    "dropped decrease decreased"
)
# The oldest house has the lowest year, the oldest person the highest age; the fastest run takes
# the shortest time at the highest speed.
_BY_AGE = {"oldest": True, "older": True, "youngest": False, "younger": False}
_BY_PACE = {
    "fastest": True, "quickest": True, "slowest": False,
    "faster": True, "quicker": True, "slower": False,
}  # fmt: skip
"""Whether what has the lowest year, or takes the shortest time, stands first."""
_SUPERLATIVES = _HIGH | _LOW | {word for word in (*_BY_AGE, *_BY_PACE) if word.endswith("est")}
_COMPARING = _SUPERLATIVES | _HIGHER | _LOWER | {*_BY_AGE, *_BY_PACE}


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_TIMES = frozenset({"year", "date", "time"})
_TIMELY = _set("latest newest earliest oldest youngest later newer earlier older younger before")
"""Words that compare days and years where nothing else says so."""
_GOOD = _set("best better beat beats ahead top")
_LESS_IS_BETTER = _any(
    "rank|ranking|place|position|pos|errors?|faults?|delay|latency|time|pace|lap"
)
_DEAR = _any("prices?|costs?|fees?|fares?|rates?|rent")
"""The best of which is the lowest, and the top the highest."""
_BOUND = _any("at (?:the )?(?:least|most|best|latest|earliest)")
"""At least 100 beds: nothing comes first."""
_NEXT = _any(rf"(?:second|2nd|third|3rd|fourth|4th|next)[ -]?(?:to )?(?:{'|'.join(_SUPERLATIVES)})")
_OTHERS = _any("apart from|except|except for|other than|besides|excluding|not counting")
_WORD = re.compile(r"[^\W_]{2,}")
_LEAST_OF_SUM = 4
"""Figures, one of which may be the sum of the others where it is as large as they are together."""
_PERHAPS_SUM = re.compile(r"(?i:all|average|mean) [A-Z]")
"""All Sites is a sum, and All Saints a place: the figures tell."""
_STEM = 5
"""Letters by which words are taken for the same."""
_COMMON = _set("the which what who has have had was were are is of and for with from than")
_ABOUT: tuple[tuple[re.Pattern[str], frozenset[str], re.Pattern[str]], ...] = (
    (
        _any(
            "cheap|cheaper|cheapest|dear|dearer|dearest|pricier|priciest|expensive|costs?|prices?|"
            "pays?|paid|spends?|spent|earns?"
        ),
        frozenset({"money"}),
        _any("prices?|costs?|fees?|rates?|rent|amount|total|fare|budget|spend|salary|wage"),
    ),
    (
        _any("heavier|heaviest|lighter|lightest|weighs?"),
        frozenset({"weight"}),
        _any("weight|mass|load"),
    ),
    (
        _any("longer|longest|shorter|shortest|takes?|lasts?"),
        frozenset({"length", "duration", "time"}),
        _any("length|distance|duration|time|days|hours|minutes|stage|term"),
    ),
    (
        _any(
            "taller|tallest|higher|deeper|deepest|wider|widest|farther|further|farthest|furthest|"
            "nearest|nearer|closest|closer"
        ),
        frozenset({"length"}),
        _any("height|depth|width|distance|altitude|elevation|size"),
    ),
    (
        _any(
            "older|oldest|younger|youngest|newer|newest|recent|recently|latest|earliest|later|"
            "earlier"
        ),
        _TIMES,
        _any("age|year|date|born|built|since|founded|modified|changed|time"),
    ),
    (
        _any("faster|fastest|slower|slowest|quicker|quickest"),
        frozenset({"duration", "time"}),
        _any("speed|time|pace|duration|delay|latency"),
    ),
    (
        _any("warmer|warmest|hotter|hottest|colder|coldest|cooler|coolest"),
        frozenset({"warmth"}),
        _any("temperature|temp|air|water|day|night|high|low"),
    ),
)
"""Words of a question, what they speak of, and names of columns that say the same."""


_Cell = tuple[tuple[str, ...], str]
"""The names of a figure, and the figure."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A figure, and what it belongs to, which may have several names."""

    names: tuple[str, ...]
    text: str
    measure: Measure

    @property
    def label(self) -> str:
        return f"{self.names[0]} ({', '.join(self.names[1:])})" if self.names[1:] else self.names[0]


@dataclass(frozen=True, slots=True)
class _Series:
    """Figures that a question may compare: a column, a row or a list; `page` from 0.

    `clear`: whether what comes first of them can be known. It cannot of several units, nor where
    one figure may be the sum of the others.
    """

    page: int | None
    name: str
    entries: tuple[_Entry, ...]
    clear: bool = True

    @property
    def about(self) -> str:
        return self.entries[0].measure.about

    @property
    def words(self) -> set[str]:
        """Those of what its figures belong to."""
        return {word for entry in self.entries for name in entry.names for word in _words(name)}


def rankings(texts: Sequence[str], question: str) -> str:
    """Rows with what comes first of the figures that a question compares; "" where none are.

    texts: of each image, its rows as heads.write_rows has them.

    >>> print(rankings(["Site | Beds\\nEast | 183\\nWest | 96"], "Which site has the fewest beds?"))
    fewest Beds | West | 96
    """
    if len(question) > LONGEST_QUESTION:
        return ""
    comparing = [word for word in _words(_BOUND.sub(" ", question)) if word in _COMPARING]
    if not comparing or _NEXT.search(question):
        return ""
    asked = _stems(question)
    found: list[tuple[int, _Series, str]] = []
    every = list(_every_series(texts, asked))
    # In "the roof's peak kW" it is the column that is called so.
    columns = {word for series in every for word in _words(series.name)}
    for series in every:
        named = _named(series, asked)
        own = [word for word in comparing if word not in columns | series.words]
        if not own or (len(named) < 2 and _SUPERLATIVES.isdisjoint(own)):
            continue
        if own[0] in _GOOD and _may_be_low(own[0], series, question):
            series = replace(series, clear=False)
        score = _relevance(series, question, asked)
        if series.about in _TIMES and own[0] not in _TIMELY and (not score or _sized(own[0])):
            continue
        if _OTHERS.search(question):
            series = replace(series, entries=tuple(e for e in series.entries if e not in named))
        elif len(named) >= 2:
            series, score = replace(series, entries=tuple(named)), score + 2
        # The first one says what is asked for: "lowest maximum", "most for the least".
        found.append((score, series, own[0]))
    found = [each for each in found if each[1].entries]
    most = max((score for score, *_ in found), default=0)
    best = [(series, word) for score, series, word in found if score == most]
    # Where no word says which figures are meant, only those of one column can be.
    if not most and len(best) > 1:
        return ""
    several = len(texts) > 1
    clear = [(series, word) for series, word in best if series.clear]
    return "\n".join(_written(series, word, several) for series, word in clear[:MOST_RANKINGS])


def _may_be_low(word: str, series: _Series, question: str) -> bool:
    """Whether the best of these figures may be the lowest: of ranks, prices, times."""
    told = f"{series.name} {question}"
    if series.about in ("duration", *_TIMES) or _LESS_IS_BETTER.search(told):
        return True
    return word != "top" and _DEAR.search(told) is not None


def _sized(word: str) -> bool:
    """Whether a word compares what no day or year is: the tallest, the cheapest."""
    return any(about.search(word) and "time" not in kinds for about, kinds, _ in _ABOUT)


def _relevance(series: _Series, question: str, asked: set[str]) -> int:
    """How much of what the question says points to a series."""
    score = 2 * len(_stems(series.name) & asked)
    score += any(
        about.search(question) and (series.about in kinds or names.search(series.name))
        for about, kinds, names in _ABOUT
    )
    page = series.page
    if page is not None and re.search(rf"\b(?:image|slide|page) {page + 1}\b", question, re.I):
        score += 1
    return score


def _named(series: _Series, asked: set[str]) -> list[_Entry]:
    """The entries that the question names, by words that no other entry has."""
    stems = [[_stems(name) for name in entry.names] for entry in series.entries]
    count = Counter(stem for names in stems for stem in set().union(*names))
    return [
        entry
        for entry, names in zip(series.entries, stems, strict=True)
        if any(own and own <= asked for own in ({s for s in n if count[s] == 1} for n in names))
    ]


def _written(series: _Series, word: str, several: bool) -> str:
    low = _lowest_first(word, series.about)
    best = (min if low else max)(series.entries, key=lambda entry: entry.measure.value)
    cells = [f"{word} {series.name}".strip(), best.label, best.text]
    if several and series.page is not None:
        cells.append(f"image {series.page + 1}")
    return CELL_SEPARATOR.join(cells)


def _lowest_first(word: str, about: str) -> bool:
    """Which end of the order a word means, of figures about this."""
    if word in _BY_AGE:
        return _BY_AGE[word] == (about in _TIMES)
    if word in _BY_PACE:
        return _BY_PACE[word] == (about in ("duration", "time"))
    return word in _LOW or word in _LOWER


def _every_series(texts: Sequence[str], asked: set[str]) -> Iterator[_Series]:
    totals: dict[str, list[tuple[int, str]]] = {}
    for page, text in enumerate(texts):
        rows = [line.split(CELL_SEPARATOR) for line in text.split("\n")]
        for block in _blocks(rows):
            yield from _of_block(page, block, asked)
        for row in rows:
            if len(row) == 2 and _stems(row[0]) & asked:
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


def _of_block(page: int, block: Sequence[list[str]], asked: set[str]) -> Iterator[_Series]:
    title = block[0][0] if len(block[0]) == 1 else ""
    rows = [row for row in block if len(row) > 1]
    named = [_naming(row) for row in rows]
    for column in range(1, len(rows[0])):
        name, cells = _column(rows, named, column)
        if not name and len(rows[0]) == 2:
            name = title
        yield from _series(page, name, cells)
    if len(rows[0]) == 2:
        # A figure may stand before what it is about.
        yield from _series(
            page, title, [((row[1],), row[0]) for row in rows if not measure(row[1])]
        )
        return
    for row in rows:
        words = _stems(row[0])
        if words and words <= asked:
            parts = [_part(cell) for cell in row[1:]]
            yield from _series(page, row[0], [((head,), value) for head, value in parts if head])


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
    return [] if cell == EMPTY_CELL else [cell]


def _part(cell: str) -> tuple[str, str]:
    """`Beds: 183` as its column's name and its value; "" where it has none."""
    head, colon, value = cell.partition(": ")
    return (head, value) if colon else ("", cell)


def _series(page: int | None, name: str, cells: Iterable[_Cell]) -> Iterator[_Series]:
    """The figures of the unit that most of a column's cells have, if enough do."""
    cells = [(names, text) for names, text in cells if names]
    writing = writing_of(text for _, text in cells)
    entries: list[_Entry] = []
    total = 0
    for names, text in cells:
        if SUM.match(names[0]) and not _PERHAPS_SUM.match(names[0]):
            continue
        total += 1
        found = measure(text, writing or Writing())
        if found is not None and names[0]:
            entries.append(_Entry(names, text, found))
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
    yield _Series(page, name, tuple(ranked if clear else same), clear)


def _without_sum(entries: Sequence[_Entry]) -> list[_Entry]:
    """The figures but for one that is the sum of the others, as its place or its name tells.

    None of them where it cannot be known whether one is.
    """
    values = [entry.measure.value for entry in entries]
    whole, others = sum(values), len(values) - 1
    kept: list[_Entry] = []
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


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _stems(text: str) -> set[str]:
    return {word[:_STEM].removesuffix("s") for word in _words(text) if word not in _COMMON}


__all__ = ["rankings"]
