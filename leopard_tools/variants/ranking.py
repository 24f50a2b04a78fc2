"""What comes first, for questions that ask for the most, the least, or which is more.

    Which site has the fewest beds?     ->     fewest Beds | Millbrook | 96

A small model copies well and compares badly: what is asked for then stands in a row like those of
the page, in the question's own words. It is worked out from the text that the model reads, and
every figure and name in it stands there. Which figures are meant is guessed from the question's
words, English ones. What stands in the row, or "yes" or "no" of what the question may claim, are
candidates for the answer; the model leaves them where it is sure of another. Text only, no model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from .conclusion import LONGEST_QUESTION, UNCLEAR, Conclusion, place_of, row_of
from .series import Entry, Series, every_series, marks_of, stems_of, words_of

MOST_RANKINGS = 2
"""Rows, where a question may mean several columns."""
SHORTEST = 3
"""Letters that stand for a longer word."""


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
    "above over beat beats exceed exceeds ahead"
)
_LOWER = _set(
    "less fewer lower smaller shorter lighter cheaper earlier colder cooler nearer closer "
    "narrower thinner weaker poorer quieter below under behind before"
)
_RISE = _set("up rise rose grow grew increase increased")
_FALL = _set("down fall fell drop dropped decrease decreased")
_TREND = _RISE | _FALL
# The oldest house has the lowest year, the oldest person the highest age; the fastest run takes
# the shortest time at the highest speed.
_BY_AGE = {"oldest": True, "older": True, "youngest": False, "younger": False}
_BY_PACE = {
    "fastest": True, "quickest": True, "slowest": False,
    "faster": True, "quicker": True, "slower": False,
}  # fmt: skip
"""Whether what has the lowest year, or takes the shortest time, stands first."""
SUPERLATIVES = _HIGH | _LOW | {word for word in (*_BY_AGE, *_BY_PACE) if word.endswith("est")}
_COMPARING = SUPERLATIVES | _HIGHER | _LOWER | _TREND | {*_BY_AGE, *_BY_PACE}


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_COMPARING_STEMS = stems_of(" ".join(_COMPARING))

_TIMES = frozenset({"year", "date", "time"})
_TIMELY = _set("latest newest earliest oldest youngest later newer earlier older younger before")
"""Words that compare days and years where nothing else says so."""
_COUNTED = _set(
    "most least fewest more less fewer biggest largest greatest smallest bigger larger smaller"
)
"""Words that never do."""
_GOOD = _set("best better beat beats ahead top")
_LESS_IS_BETTER = _any(
    "rank|ranking|place|position|pos|errors?|faults?|delay|latency|time|pace|lap"
)
_DEAR = _any("prices?|costs?|fees?|fares?|(?<!win )(?<!success )rates?|rent")
"""The best of which is the lowest, and the top the highest."""
_BOUND = _any("at (?:the )?(?:least|most|best|latest|earliest)")
"""At least 100 beds: nothing comes first."""
_PLACES = {"second": 1, "2nd": 1, "third": 2, "3rd": 2}
_ORDINALS = ("", "second ", "third ")
_PLACED = re.compile(rf"\b({'|'.join(_PLACES)})[ -]?({'|'.join(SUPERLATIVES)})\b", re.IGNORECASE)
_NEXT = _any(
    rf"(?:next|fourth|4th|fifth|5th|(?:second|third)[ -]to)[ -]?(?:to )?"
    rf"(?:{'|'.join(SUPERLATIVES)})"
)
"""What comes after what is told elsewhere, or further down than a row would help."""
_OTHERS = _any("apart from|except|except for|other than|besides|excluding|not counting")
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
        _any("length|distance|duration|mins?|hrs|runtime|time|days|hours|minutes|stage|term"),
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


@dataclass(frozen=True, slots=True)
class _Compared:
    """A series, the word that compares its figures, and those of its entries that are compared
    with one another, in the question's order. `score`: how much points to it. `place`: 0 for what
    comes first, 1 for what comes second.
    """

    series: Series
    word: str
    named: Sequence[Entry]
    score: int
    place: int


def rankings(texts: Sequence[str], question: str) -> list[Conclusion]:
    """What comes first of the figures that a question compares; none where none are compared.

    texts: of each image, its rows as heads.write_rows has them.

    >>> rankings(["Site | Beds\\nEast | 183\\nWest | 96"], "Which site has the fewest beds?")
    [Conclusion(row='fewest Beds | West | 96', answers=('West', '96'), rivals=('East',))]
    """
    if len(question) > LONGEST_QUESTION:
        return []
    comparing = [word for word in words_of(_BOUND.sub(" ", question)) if word in _COMPARING]
    if not comparing or _NEXT.search(question):
        return []
    asked = stems_of(question)
    placed = _PLACED.search(question)
    place = _PLACES[placed[1].casefold()] if placed else 0
    found: list[_Compared] = []
    meant = [names for about, _, names in _ABOUT if about.search(question)]
    every = list(every_series(texts, asked, meant))
    # In "the roof's peak kW" it is the column that is called so.
    columns = {word for series in every for word in words_of(series.name)}
    for series in every:
        named = _named(series, question)
        own = [word for word in comparing if word not in columns | series.words]
        if not own or (len(named) < 2 and SUPERLATIVES.isdisjoint(own)):
            continue
        if placed and (own[0] != placed[2].casefold() or len(named) > 1):
            continue
        if own[0] in _GOOD and _may_be_low(own[0], series, question):
            series = replace(series, clear=False)
        score = _relevance(series, question, asked)
        if series.about in ("year", "date") and own[0] in _COUNTED:
            continue
        if series.about in _TIMES and own[0] not in _TIMELY and (not score or _sized(own[0])):
            continue
        if _OTHERS.search(question):
            series = replace(series, entries=tuple(e for e in series.entries if e not in named))
            named = []
        elif len(named) >= 2:
            series, score = replace(series, entries=tuple(named)), score + 4
        # The first one says what is asked for: "lowest maximum", "most for the least".
        if series.entries:
            found.append(_Compared(series, own[0], named, score, place))
    most = max((each.score for each in found), default=0)
    best = [each for each in found if each.score == most]
    # Where no word says which figures are meant, only those of one column can be.
    if not most and len(best) > 1:
        return []
    ranked = [(each, _first(each)) for each in best if each.series.clear]
    told = [(each, first) for each, first in ranked if first is not None]
    verdicts = {_verdict(each, first, question) for each, first in told}
    verdict = verdicts.pop() if len(verdicts) == 1 else ""
    return [_ranking(each, first, verdict, len(texts) > 1) for each, first in told[:MOST_RANKINGS]]


def _may_be_low(word: str, series: Series, question: str) -> bool:
    """Whether the best of these figures may be the lowest: of ranks, prices, times."""
    told = f"{series.name} {question}"
    if series.about in ("duration", *_TIMES) or _LESS_IS_BETTER.search(told):
        return True
    return word != "top" and _DEAR.search(told) is not None


def _sized(word: str) -> bool:
    """Whether a word compares what no day or year is: the tallest, the cheapest."""
    return any(about.search(word) and "time" not in kinds for about, kinds, _ in _ABOUT)


def _relevance(series: Series, question: str, asked: set[str]) -> int:
    """How much of what the question says points to a series."""
    own, said = stems_of(series.name), asked - _COMPARING_STEMS
    score = 4 * len(own & asked)
    score += any(_is_short_for(stem, word) for stem in own - asked for word in said - own)
    score += _spoken_of(series, question)
    page = series.page
    if page is not None and re.search(rf"\b(?:image|slide|page) {page + 1}\b", question, re.I):
        score += 2
    return score


def _spoken_of(series: Series, question: str) -> int:
    """How well a series fits what words of the question speak of: 0, 1 or 2."""
    fits = 0
    for about, kinds, names in _ABOUT:
        if not about.search(question):
            continue
        if names.search(series.name):
            return 2
        if series.about in kinds:
            # Of what took longest 16:15 is when it ended, more often than how long it took.
            fits = max(fits, 1 if series.about == "time" and "length" in kinds else 2)
    return fits


def _is_short_for(stem: str, other: str) -> bool:
    """Whether one of two stems begins as the other does: temp and temperature."""
    short, long = sorted((stem, other), key=len)
    return len(short) >= SHORTEST and long.startswith(short)


def _named(series: Series, question: str) -> list[Entry]:
    """The entries that the question names, by words that no other entry has, in its order."""
    stems = [[set(marks_of(name)) for name in entry.names] for entry in series.entries]
    count = Counter(stem for names in stems for stem in set().union(*names))
    places: dict[str, int] = {}
    for place, stem in enumerate(marks_of(question)):
        places.setdefault(stem, place)
    found: list[tuple[int, Entry]] = []
    for entry, names in zip(series.entries, stems, strict=True):
        own = [{stem for stem in name if count[stem] == 1} for name in names]
        # Lone letters and digits tell Row M from Row S, and are left out of T. Yogan.
        own = [{stem for stem in each if len(stem) > 1} or each for each in own]
        at = [min(map(places.__getitem__, o)) for o in own if o and o <= places.keys()]
        if at:
            found.append((min(at), entry))
    return [entry for _, entry in sorted(found, key=itemgetter(0))]


def _first(compared: _Compared) -> Entry | None:
    """What comes first of a series, or in the place asked for; None where figures up to it, or
    the next one, are alike.
    """
    high = not _lowest_first(compared.word, compared.series.about)
    entries = sorted(compared.series.entries, key=lambda e: e.measure.value, reverse=high)
    begin = entries[: compared.place + 2]
    if len({entry.measure.value for entry in begin}) < len(begin) or len(begin) <= compared.place:
        return None
    return begin[compared.place]


def _verdict(compared: _Compared, first: Entry, question: str) -> str:
    """Whether what may be claimed is so: "yes" or "no", or "" where nothing can be.

    Of two that are named the claim is about the one named first, but what rose from May to June
    is highest in June.
    """
    named = compared.named
    alone = len(named) == 1 and compared.word in SUPERLATIVES
    if not (alone or len(named) > 1) or UNCLEAR.search(question):
        return ""
    claimed = named[-1] if compared.word in _TREND else named[0]
    return "yes" if claimed is first else "no"


def _ranking(compared: _Compared, first: Entry, verdict: str, several: bool) -> Conclusion:
    series = compared.series
    place = place_of(series.page, several)
    word = _ORDINALS[compared.place] + compared.word
    answers = (*first.names, first.text, *place, *([verdict] if verdict else []))
    names = [name for entry in series.entries for name in entry.names]
    others = dict.fromkeys([*names, *(["yes", "no"] if verdict else [])])
    for answer in answers:
        others.pop(answer, None)
    return Conclusion(row_of(word, series.name, first, place), answers, tuple(others))


def _lowest_first(word: str, about: str) -> bool:
    """Which end of the order a word means, of figures about this."""
    if word in _BY_AGE:
        return _BY_AGE[word] == (about in _TIMES)
    if word in _BY_PACE:
        return _BY_PACE[word] == (about in ("duration", "time"))
    return word in _LOW | _LOWER | _FALL


__all__ = ["SUPERLATIVES", "rankings"]
