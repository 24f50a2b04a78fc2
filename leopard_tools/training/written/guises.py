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
from .texts import WrittenContext, WrittenQuestion, as_words, placed

READINGS = Path(__file__).parent / "readings.jsonl"
"""What pictures.py read from pictures of the pages: a line of JSON a context."""

_FIGURE = re.compile(
    r"(?<![\d.,:/-])(?!(?:19|20)\d\d(?!\d))\d{3,}(?![\d:/-])|(?<=\d[.,’' ])\d{3}(?!\d)"
)
"""Three digits and more that are no year, time or date, or thousands' last three."""
_RANKS = re.compile(
    r"\b(?:[a-z]*est|most|least|more|less|fewer|than|first|last|second|third|top|best|worst|max\w*|"
    r"min\w*|total|sum|together|altogether|combined|average|mean|median|difference|differ|gap|"
    r"change\w*|grow\w*|grew|growth|rise|rose|risen|rising|up|fall\w*|fell|drop\w*|down|decline\w*|"
    r"increase\w*|decrease\w*|gain\w*|los[est]\w*|over|under|above|below|between|beat\w*|exceed\w*|"
    r"before|after|next|previous|until|since|order\w*|rank\w*|record|peak|leads?|leading|winner|won|"
    r"how many|count|number of|many|times|half|double\w*|twice|percent\w*|share|left|remain\w*|"
    r"[a-z]+er|enough|within|least|both|all|each|every|compare\w*|vs|or)\b",
    re.IGNORECASE,
)
"""Words of questions whose answers hang on how figures compare or add up."""

_ORDERED = re.compile(
    r"\b(?:first|last|second|third|fourth|fifth|next|previous|preceding|following|above|below|under|"
    r"before|after|top|bottom|upper|lower|order\w*|row|column|line|left|right|begin\w*|start\w*|"
    r"end\w*|between|list\w*|head\w*)\b",
    re.IGNORECASE,
)
"""Words of questions whose answers may hang on where something stands."""
_WHO = re.compile(r"who(?:se|'s|m)?\b", re.IGNORECASE)
_FULL_NAME = re.compile(r"[A-ZÀ-Þ][\w'’.-]*(?: [A-ZÀ-Þ][\w'’.-]+){1,2}")
PROSE = 40
"""Letters of a row of one cell above which it may be a part of running text."""
LOST = 4
"""At most so many answers are taken out of a context."""


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
        if ", " not in q.answer or any(q.answer.casefold() in text for text in texts)
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
    found.questions = [
        q
        for q in found.questions
        if q.answer not in ("yes", "no") and not any(map(_RANKS.search, q.phrasings))
    ]
    return found


def rearranged(pen: Pen, written: WrittenContext) -> WrittenContext:
    """With the rows and the columns of its tables in another order."""
    pages = [[*page] for page in written.pages]
    for page in pages:
        for start, head, stop in find_tables(page):
            body = page[head + 1 : stop]
            # A row of one cell names those below it.
            if body and all(len(row) > 1 for row in body):
                page[start:stop] = _shuffled(pen, page[start : head + 1], body)
    questions = [
        q
        for q in written.questions
        if ", " not in q.answer and not any(map(_ORDERED.search, q.phrasings))
    ]
    return WrittenContext(written.name, pages, questions)


def _shuffled(pen: Pen, above: Rows, body: Rows) -> Rows:
    """A table, its head the last row above, with its rows in another order; sums stay below."""
    sums = [row for row in body if SUM.match(row[0])]
    rows = [row for row in body if row not in sums]
    pen.rng.shuffle(rows)
    table = [*above, *rows, *sums]
    if len(above) > 1:
        return table
    columns = list(range(1, len(body[0])))
    pen.rng.shuffle(columns)
    return [[row[0], *(row[column] for column in columns)] for row in table]


def silenced(pen: Pen, written: WrittenContext) -> WrittenContext:
    """Without some rows, or cells, that an answer stands in: what they said is not there any more.

    It is what tempts most: the same page, the same question, and no answer.
    """
    pages = [[*page] for page in written.pages]
    lost: dict[str, int] = {}
    asked = [q for q in written.questions if _copied(q)]
    for question in pen.rng.sample(asked, min(len(asked), pen.rng.randint(1, LOST))):
        places = list(_places(pages, question.answer))
        if len(places) == 1 and _take_out(pen, pages[places[0][0]], *places[0][1:]):
            lost[question.answer] = places[0][0]
    if not lost:
        return written
    touched = {f"{{{page + 1}}}" for page in lost.values()}
    left = _texts(pages)
    questions = []
    for q in written.questions:
        # An answer may have gone with another one's row.
        there = "{" in q.answer or _stands(q.answer, left)
        if q.answer in lost:
            questions.append(replace(q, answer=ABSENT))
        elif q.answer == ABSENT or (there and q.answer not in touched and _copied(q, places=True)):
            questions.append(q)
    return WrittenContext(written.name, pages, questions)


def _copied(question: WrittenQuestion, *, places: bool = False) -> bool:
    """Whether the answer is copied from one place, and hangs on nothing that stands elsewhere.

    places: so is where a page is asked for.
    """
    if not question.copied or ", " in question.answer:
        return False
    asked = places or "{" not in question.answer
    return asked and not any(map(_RANKS.search, question.phrasings))


def _places(pages: list[Rows], text: str) -> Iterator[tuple[int, int, int]]:
    """The page, the row and the cell of every place where a text stands, as words of their own."""
    words = re.compile(as_words(text), re.IGNORECASE)
    for number, page in enumerate(pages):
        for index, row in enumerate(page):
            for column, cell in enumerate(row):
                if words.search(cell):
                    yield number, index, column


def _take_out(pen: Pen, page: Rows, index: int, column: int) -> bool:
    """Takes a row out of a page, or only empties a cell; False where it should stay as it is."""
    row = page[index]
    if len(page) < 3 or (len(row) == 1 and len(row[0]) > PROSE):
        return False
    # A head must stay: the answer may have been in it.
    if any(head == index and head + 1 < stop for _, head, stop in find_tables(page)):
        return False
    if column and pen.chance(0.5):
        # A label with nothing beside it is read as a row of one cell.
        rest = [EMPTY_CELL, *row[column + 1 :]] if len(row) > 2 else []
        page[index] = [*row[:column], *rest]
    else:
        del page[index]
    return True


def renamed(pen: Pen, written: WrittenContext, names: tuple[str, ...]) -> WrittenContext:
    """With other names for the people who are asked for, where a name is only said in full."""
    text = _everything(written).casefold()
    new: dict[str, str] = {}
    for name in people(written):
        other = pen.rng.choice(names)
        left = text.replace(name.casefold(), "")
        known = (part.casefold() for part in re.findall(r"\w{3,}", name))
        if other.casefold() not in text and not any(part in left for part in known):
            new[name] = other
    if not new or len(set(new.values())) < len(new):
        return written
    return _with_others(written, re.compile("|".join(map(re.escape, new))), new)


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
    before, after = _texts(written.pages), _texts(pages)
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


def _texts(pages: list[Rows]) -> str:
    return "\n".join(map(_text, pages))


def _everything(written: WrittenContext) -> str:
    """What pages, questions and answers say."""
    asked = (text for q in written.questions for text in q.texts)
    return "\n".join([_texts(written.pages), *asked])


__all__ = [
    "as_read",
    "mark",
    "people",
    "readings",
    "rearranged",
    "renamed",
    "renumbered",
    "reordered",
    "silenced",
]
