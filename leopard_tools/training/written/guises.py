"""Written contexts in other guises, so that their words cannot be learnt by heart.

There are two thousand contexts, and a GPU sees each of them a hundred times: as it was written or
as it is read from a picture, with other figures and people, its pages and the rows and columns of
its tables in another order, without some of what it says. In every guise only those questions are
left whose answers are still right. Text only, no model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from zlib import crc32

from ...types import CELL_SEPARATOR, EMPTY_CELL
from ...variants.heads import SUM, find_tables
from ..samples import ABSENT, Pen, Rows
from .texts import WrittenContext, WrittenQuestion, placed

READINGS = Path(__file__).parent / "readings.jsonl"
"""What pictures.py read from pictures of the pages: a line of JSON a context."""

_FIGURE = re.compile(
    r"(?<![\d.,:/-])(?!(?:19|20)\d\d(?!\d))\d{3,}(?![\d:/-])|(?<=\d[.,’' ])\d{3}(?!\d)"
)
"""Three digits and more that are no year, time or date, or thousands' last three."""
_NUMBER = re.compile(r"\d+(?:[.,’' ]\d{3}(?!\d))*")
_IN_WORDS = re.compile(r"\b(?:hundred|thousand|million|dozen)s?\b|\d ?k\b", re.IGNORECASE)
"""Figures of questions that stand on the pages in another way."""
_NTH = r"first|second|third|(?:four|fif|six|seven|eigh|nin|ten)th|last|next|previous"
_PAGE = r"page|image|picture|photo|scan|slide|screen|window|sheet|document|paper|letter|mail|card"
_NTH_PAGE = re.compile(
    rf"\b(?:{_NTH}|preceding|following|opening|final)[ -](?:(?:or|and) \w+ )?(?:{_PAGE}|one)|"
    rf"\b(?:{_PAGE})s? (?:\d|one|two|three|four|five)\b|\b(?:before|after) \{{",
    re.IGNORECASE,
)
"""What names a page by where it stands among the others, and not as `{2}`."""
RANKS = re.compile(
    rf"\b(?:[a-z]*est|most|least|more|less|fewer|than|{_NTH}|top|best|worst|max\w*|"
    r"min\w*|total|sum|together|altogether|combined|average|mean|median|difference|differ|gap|"
    r"change\w*|grow\w*|grew|growth|rise|rose|risen|rising|up|fall\w*|fell|drop\w*|down|decline\w*|"
    r"increase\w*|decrease\w*|gain\w*|los[est]\w*|over|under|above|below|between|beat\w*|exceed\w*|"
    r"before|after|until|since|order\w*|rank\w*|record|peak|leads?|leading|winner|won|"
    r"how many|count|number of|many|times|half|double\w*|twice|percent\w*|share|left|remain\w*|"
    r"[a-z]+er|enough|within|least|both|all|each|every|compare\w*|vs|or)\b",
    re.IGNORECASE,
)
"""Words of questions whose answers hang on how figures compare or add up."""

_ORDERED = re.compile(
    rf"\b(?:{_NTH}|preceding|following|above|below|under|before|after|top|bottom|upper|lower|"
    r"order\w*|sorted|row|column|line|left|right|begin\w*|start\w*|end\w*|between|list\w*|"
    r"head\w*)\b",
    re.IGNORECASE,
)
"""Words of questions whose answers may hang on where something stands."""
_LEANING = re.compile(
    r"same|ditto|idem|as above|[\"″〃]|(?:of which|of these|thereof)\b.*", re.IGNORECASE
)
"""Cells that say what the cells above or to the left say."""
_WHO = re.compile(r"who(?:se|'s|m)?\b", re.IGNORECASE)
_TITLE = re.compile(
    r"(Dr|Prof|Mr|Mrs|Ms|Miss|Mme|Frau|Herr|Sr|Br|Uncle|Aunt|Captain|Councillor)\b", re.IGNORECASE
)
_FULL_NAME = re.compile(r"[A-ZÀ-Þ][\w'’.-]*(?: [A-ZÀ-Þ][\w'’.-]+){1,2}")


def reordered(pen: Pen, written: WrittenContext) -> WrittenContext:
    """With its pages in another order."""
    order = list(range(len(written.pages)))
    pen.rng.shuffle(order)
    names = [f"{{{order.index(old) + 1}}}" for old in range(len(order))]
    texts = [_text(page) for page in written.pages]
    questions = [
        _changed(q, lambda text: placed(text, names))
        for q in written.questions
        # Lists are in the order of the pages.
        if (", " not in q.answer or any(q.answer.casefold() in text for text in texts))
        and not any(map(_NTH_PAGE.search, q.phrasings))
    ]
    return WrittenContext(written.name, [written.pages[index] for index in order], questions)


def renumbered(pen: Pen, written: WrittenContext) -> WrittenContext:
    """With other figures of as many digits, the same for the same, in pages and questions."""
    figures = sorted({match[0] for match in _FIGURE.finditer(_everything(written))})
    new: dict[str, str] = {}
    for figure in figures:
        first = pen.rng.choice("123456789") if figure[0] != "0" else "0"
        rest = "".join(pen.rng.choice("0123456789") for _ in figure[1:])
        new[figure] = f"{first}{rest}"
    if len(set(new.values())) < len(new):
        return written

    found = _with_others(written, _FIGURE, new)
    said: dict[str, set[str]] = {}
    for old, now in _numbers(whole_text(written.pages), whole_text(found.pages)):
        said.setdefault(old, set()).add(now)
    found.questions = [
        q
        for asked, q in zip(written.questions, found.questions, strict=True)
        if q.answer not in ("yes", "no")
        and not any(RANKS.search(text) for text in q.phrasings)
        and not any(_IN_WORDS.search(text) for text in q.texts)
        and all(
            said.get(old, {old}) == {now}
            for texts in zip(asked.texts, q.texts, strict=True)
            for old, now in _numbers(*texts)
        )
    ]
    return found


def _numbers(text: str, other: str) -> Iterator[tuple[str, str]]:
    """The digits of every number of a text, and of the same one with other figures."""
    for old, now in zip(_NUMBER.findall(text), _NUMBER.findall(other), strict=True):
        yield re.sub(r"\D", "", old), re.sub(r"\D", "", now)


def rearranged(pen: Pen, written: WrittenContext) -> WrittenContext:
    """With the rows and the columns of its tables in another order."""
    pages = [[*page] for page in written.pages]
    for page in pages:
        tables = list(find_tables(page))
        for number, (start, head, stop) in enumerate(tables):
            body = page[head + 1 : stop]
            if not body or any(map(_leans, body)):
                continue
            page[head + 1 : stop] = _shuffled_rows(pen, body)
            # Rows without a head further down may go on under this one.
            rest = [
                len(page[first]) for first, last, end in tables[number + 1 :] if last + 1 == end
            ]
            more = any(count > 2 and abs(count - len(page[start])) < 2 for count in rest)
            if head == start and not more:
                page[start:stop] = _shuffled_columns(pen, page[start:stop])
    questions = [
        q
        for q in written.questions
        if ", " not in q.answer and not any(map(_ORDERED.search, q.phrasings))
    ]
    return WrittenContext(written.name, pages, questions)


def _leans(row: list[str]) -> bool:
    """Whether a row says something of those around it: one of one cell names those below it."""
    return len(row) == 1 or row[0] == EMPTY_CELL or any(map(_LEANING.fullmatch, row))


def _shuffled_rows(pen: Pen, body: Rows) -> Rows:
    """Rows below a head in another order; sums stay below."""
    sums = [row for row in body if any(map(SUM.match, row))]
    rows = [row for row in body if row not in sums]
    pen.rng.shuffle(rows)
    return [*rows, *sums]


def _shuffled_columns(pen: Pen, table: Rows) -> Rows:
    columns = list(range(1, len(table[0])))
    pen.rng.shuffle(columns)
    return [[row[0], *(row[column] for column in columns)] for row in table]


def renamed(pen: Pen, written: WrittenContext, names: tuple[str, ...]) -> WrittenContext:
    """With other names for the people who are asked for, where a name is only said in full."""
    text = _everything(written).casefold()
    new: dict[str, str] = {}
    for name in people(written):
        title = _title(name)
        # Nothing else may tell that somebody is a doctor.
        other = pen.rng.choice([one for one in names if _title(one) == title] or [name])
        left = text.replace(name.casefold(), "")
        known = [part.casefold() for part in re.findall(r"\w{3,}", name)]
        initials = r"\W{0,2}".join(part[0].casefold() for part in name.split())
        short = re.search(rf"\b{initials}\b", left)
        if other.casefold() not in text and not short and not any(part in left for part in known):
            new[name] = other
    if not new or len(set(new.values())) < len(new):
        return written
    return _with_others(written, re.compile("|".join(map(re.escape, new))), new)


@cache
def _title(name: str) -> str:
    """What stands before a name, as Dr."""
    found = _TITLE.match(name)
    return found[1].casefold() if found else ""


def people(written: WrittenContext) -> list[str]:
    """The people who are asked for, by name and surname, in the order of the questions."""
    asked = (
        q.answer
        for q in written.questions
        if _FULL_NAME.fullmatch(q.answer) and any(map(_WHO.match, q.phrasings))
    )
    return list(dict.fromkeys(asked))


def _with_others(
    written: WrittenContext, every: re.Pattern[str], new: dict[str, str]
) -> WrittenContext:
    """With what a pattern finds replaced in pages, questions and answers."""

    def changed(text: str) -> str:
        return every.sub(lambda match: new[match[0]], text)

    pages = [[[changed(cell) for cell in row] for row in page] for page in written.pages]
    return WrittenContext(written.name, pages, [_changed(q, changed) for q in written.questions])


def _changed(question: WrittenQuestion, change: Callable[[str], str]) -> WrittenQuestion:
    """A question whose every text was changed."""
    phrasings = tuple(map(change, question.phrasings))
    return replace(question, phrasings=phrasings, answer=change(question.answer))


def mark(written: WrittenContext) -> str:
    """What tells whether a context's pages are those that were read."""
    return f"{crc32(repr(written.pages).encode()):08x}"


@cache
def readings() -> dict[str, tuple[str, list[Rows]]]:
    """By a context's name its mark and its pages' rows as they were read from pictures."""
    if not READINGS.exists():
        return {}
    rows = map(json.loads, READINGS.read_text(encoding="utf-8").splitlines())
    return {row["name"]: (row["mark"], row["pages"]) for row in rows}


def as_read(written: WrittenContext) -> WrittenContext | None:
    """As it is read from pictures of its pages; None where that is not known."""
    known, pages = readings().get(written.name, ("", []))
    if known != mark(written) or not all(pages):
        return None
    before, after = whole_text(written.pages), whole_text(pages)
    questions = [
        q for q in written.questions if _stands(q.answer, before) <= _stands(q.answer, after)
    ]
    return WrittenContext(written.name, pages, questions)


def _stands(answer: str, text: str) -> bool:
    """Whether an answer can be copied: whole, or every part of a list."""
    if answer == ABSENT:
        return False
    return all(part.casefold() in text for part in answer.split(", "))


def _text(rows: Rows) -> str:
    return "\n".join(map(CELL_SEPARATOR.join, rows)).casefold()


def whole_text(pages: list[Rows]) -> str:
    """What pages say, in small letters: a line for each row."""
    return "\n".join(map(_text, pages))


def _everything(written: WrittenContext) -> str:
    """What pages, questions and answers say."""
    asked = (text for q in written.questions for text in q.texts)
    return "\n".join([whole_text(written.pages), *asked])


__all__ = [
    "RANKS",
    "as_read",
    "mark",
    "people",
    "readings",
    "rearranged",
    "renamed",
    "renumbered",
    "reordered",
    "whole_text",
]
