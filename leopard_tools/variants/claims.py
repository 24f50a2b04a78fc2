"""Whether a figure is what a question claims of it: over 150, at most 5 kg, before 9:30.

    Has Eastfield more than 150 beds?     ->     more Beds | Eastfield | 183     yes

A small model guesses there. Which figure is meant is told by the question's words, which stand in
its row, in its column's name or above its table; where two of them stand nowhere there, nothing is
worked out. English words. Text only, no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .conclusion import LONGEST_QUESTION, UNCLEAR, Conclusion, place_of, row_of
from .measures import Measure, is_known, measure
from .ranking import SUPERLATIVES
from .series import Figure, every_figure, marks_of, stems_of

MOST_LEFT = 1
"""Words of a question that may stand nowhere near the figure."""
FAR = 12
"""A figure so many times as large or as small as what it is compared with is another one."""

_ABOVE = (
    "more|over|above|beyond|exceeds?|exceeded|longer|higher|bigger|larger|greater|taller|heavier|"
    "dearer|older|hotter|warmer|wider|deeper|at least"
)
_BELOW = (
    "less|fewer|under|below|shorter|lower|smaller|lighter|cheaper|younger|colder|cooler|narrower|"
    "within|at most"
)
_LATER, _EARLIER = "later|after|past", "earlier|before"
"""These speak of times and years, and the others never do."""
_TIMES = ("time", "year")
_SCALES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9}
_NUMBERS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "thirty": "30",
    "forty": "40", "fifty": "50", "sixty": "60",
}  # fmt: skip
_UNITS = {
    "euro": "€", "dollar": "$", "pound": "£", "percent": "%", "kilometre": "km", "kilometer": "km",
    "kilo": "kg", "kilogram": "kg", "gram": "g", "degree": "°",
}  # fmt: skip
_CLAIM = re.compile(
    rf"\b(?P<word>{_ABOVE}|{_BELOW}|{_LATER}|{_EARLIER})(?: than)?(?: an?)? "
    rf"(?P<sign>(?-i:[A-Z]{{0,3}}[$€£¥₹₺₽₩] ?|[A-Z]{{2,3}} |R))?"
    rf"(?:(?P<number>\d{{1,3}}(?:[ ’'.,]\d{{3}})+(?:[.,]\d+)?|\d+(?:[.,:]\d+)*(?-i:[kKM]|bn|mn)?|"
    rf"{'|'.join(_NUMBERS)})\b)?"
    rf"(?: ?(?P<scale>{'|'.join(_SCALES)})\b)?(?: ?(?P<unit>[%€$£°][CF]?|[^\W\d]+(?:/[^\W\d]+)?))?",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:which|who|whose|whom|what|how|where|when|why|list|name|names|count|any|every|each|all|"
    r"both|some|everyone|everything|anyone|anything)\b",
    re.IGNORECASE,
)
"""No claim is asked about, or one about several figures."""
_PLAIN = frozenset((
    "a", "an", "the", "this", "that", "these", "those", "it", "its", "there", "is", "are", "was",
    "were", "be", "been", "being", "am", "do", "does", "did", "has", "have", "had", "will", "would",
    "can", "could", "should", "may", "might", "must", "get", "gets", "got", "to", "of", "in", "on",
    "at", "by", "for", "from", "with", "and", "than", "only", "still", "already", "you", "your",
    "my", "me", "his", "her", "their", "we", "our", "they", "he", "she",
))  # fmt: skip
"""Words that name no figure."""
_PLAIN_STEMS = frozenset(marks_of(" ".join(_PLAIN)))
_OF_SEVERAL = stems_of(
    "total sum together altogether combined average mean median difference "
    + " ".join(SUPERLATIVES)
)
"""What a figure must be called itself; else it is worked out of several."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is claimed of a figure that has words with these `stems`: to be above or below a limit.

    `number` and `unit` are the limit's as the question has them.
    """

    word: str
    number: str
    above: bool
    inclusive: bool
    limit: Measure
    stems: set[str]
    unit: str


@dataclass(frozen=True, slots=True)
class _Meant:
    """A figure that may be meant, and what is so of it.

    `fit`: how much of the question points to it. `spare`: its own words that the question does not
    have. `left`: the question's that it does not have. `named`: whether its row is told.
    """

    figure: Figure
    fit: int
    spare: int
    left: int
    named: bool
    is_so: bool


def claims(texts: Sequence[str], question: str) -> list[Conclusion]:
    """Whether it is so, for a question that claims something of a figure; else none.

    texts: of each image, its rows as heads.write_rows has them.

    >>> claims(["Site | Beds | Cost\\nEast | Beds: 183 | Cost: £4M"], "Over 150 beds in the East?")
    [Conclusion(row='over Beds | East | 183', answers=('yes',), rivals=('no',))]
    """
    claim = _claim_of(question)
    if claim is None:
        return []
    figures = list(every_figure(texts))
    meant = [found for figure in figures if (found := _meant(figure, claim))]
    # Line 26 above 22, 2023 above 2019: those are names, too.
    if not meant or any(claim.number in (each.name, *each.entry.names) for each in figures):
        return []
    best = max(meant, key=lambda found: (found.fit, -found.spare))
    # A column's name alone is said of all its figures.
    rivals = [found for found in meant if found.fit == best.fit]
    if best.named:
        rivals = [found for found in rivals if found.spare == best.spare]
    if best.left > MOST_LEFT or len({found.is_so for found in rivals}) > 1:
        return []
    figure = best.figure
    place = place_of(figure.page, several=len(texts) > 1)
    row = row_of(claim.word, figure.name, figure.entry, place)
    verdicts = ("yes", "no") if best.is_so else ("no", "yes")
    return [Conclusion(row, verdicts[:1], verdicts[1:])]


def _claim_of(question: str) -> _Claim | None:
    question = question.replace("per cent", "%")
    if len(question) > LONGEST_QUESTION or _ASKS.search(question) or UNCLEAR.search(question):
        return None
    told = [each for each in _CLAIM.finditer(question) if each["number"] or each["scale"]]
    if len(told) != 1:
        return None
    found = told[0]
    word, unit = found["word"].casefold(), (found["unit"] or "").casefold()
    is_timely = re.fullmatch(f"{_LATER}|{_EARLIER}", word) is not None
    limit = _limit(found, is_timely)
    if limit is None or is_timely != (limit.about in _TIMES):
        return None
    about = f"{question[: found.start()]} {question[found.end() :]}"
    stems = set(marks_of(about)) - _PLAIN_STEMS
    if not is_known(limit):
        # More than 150 beds: beds are no unit, and say which figure is meant.
        stems |= stems_of(unit) - _PLAIN_STEMS
    above = re.fullmatch(f"{_ABOVE}|{_LATER}", word) is not None
    inclusive = word in ("at least", "at most", "within")
    return _Claim(
        word, found["number"] or "", above, inclusive, limit, stems, f"{found['sign'] or ''} {unit}"
    )


def _limit(found: re.Match[str], is_timely: bool) -> Measure | None:
    number = (found["number"] or "1").casefold()
    number = _NUMBERS.get(number, number)
    unit = found["unit"] or ""
    unit = _UNITS.get(unit.casefold().removesuffix("s"), unit)
    factor = _SCALES[found["scale"].casefold()] if found["scale"] else 1.0
    limit = measure(f"{found['sign'] or ''}{number} {unit}".strip())
    if limit is None or not is_known(limit):
        limit = measure(number)
    if limit is None or limit.about in ("date", "day"):
        return None
    if limit.about == "year" and not is_timely:
        limit = replace(limit, about="")
    return replace(limit, value=limit.value * factor)


def _meant(figure: Figure, claim: _Claim) -> _Meant | None:
    """How a figure stands to a claim; None where it can be no figure for it."""
    value = _comparable(figure, claim)
    limit = claim.limit.value
    if value is None or (
        claim.limit.about != "time" and not limit / FAR <= abs(value) <= limit * FAR
    ):
        return None
    row = {mark for name in figure.entry.names for mark in marks_of(name)}
    own, above = row | set(marks_of(figure.name)), set(marks_of(figure.title))
    left = claim.stems - own - above
    if not own & claim.stems or left & _OF_SEVERAL:
        return None
    fit = 10 * len(own & claim.stems) + 3 * len(above & claim.stems - own)
    fit += figure.entry.measure.about == claim.limit.about != ""
    is_so = (value > limit if claim.above else value < limit) or (
        claim.inclusive and value == limit
    )
    return _Meant(
        figure,
        fit,
        spare=len(own - claim.stems),
        left=len(left),
        named=bool(row & claim.stems),
        is_so=is_so,
    )


def _comparable(figure: Figure, claim: _Claim) -> float | None:
    """A figure's value in the unit of the limit; None where it is about something else."""
    found, limit = figure.entry.measure, claim.limit
    if found.unit == limit.unit and found.about == limit.about:
        return found.value
    if limit.about in _TIMES:
        return None
    if not is_known(limit):
        # 150 may be a number of beds or a price, and is no share and no length.
        is_plain = found.about in ("", "money", "year") and found.unit != "%"
        named = stems_of(found.unit) <= claim.stems | stems_of(claim.unit)
        return found.value if is_plain and (found.about == "money" or named) else None
    if found.unit:
        same = found.about == limit.about == "money" and found.unit.endswith(limit.unit)
        return found.value if same else None
    if limit.about == "money":
        return found.value
    # The column says the unit: Weight kg.
    for told in (figure.name, figure.title, *figure.entry.names):
        for word in re.findall(r"[%°]|[^\W\d]+(?:/[^\W\d]+)?", told):
            unit = measure(f"1 {_UNITS.get(word.casefold().removesuffix('s'), word)}")
            if unit is not None and (unit.unit, unit.about) == (limit.unit, limit.about):
                return found.value * unit.value
    return None


__all__ = ["claims"]
