"""Written contexts in other guises, so that their words cannot be learnt by heart.

There are a thousand contexts, and a GPU sees each of them a hundred times: as it was written, with
its pages in another order, with other figures, or as it is read from a picture. In every guise only
those questions are left whose answers are still right. Text only, no model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from zlib import crc32

from ...types import CELL_SEPARATOR
from ..samples import ABSENT, Pen, Rows
from .texts import WrittenContext, WrittenQuestion, placed

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
    said = [*map(_text, written.pages)]
    said += [text for q in written.questions for text in (*q.phrasings, q.answer)]
    figures = sorted({match[0] for text in said for match in _FIGURE.finditer(text)})
    new: dict[str, str] = {}
    for figure in figures:
        first = pen.rng.choice("123456789") if figure[0] != "0" else "0"
        rest = "".join(pen.rng.choice("0123456789") for _ in figure[1:])
        new[figure] = f"{first}{rest}"
    if len(set(new.values())) < len(new):
        return written

    def changed(text: str) -> str:
        return _FIGURE.sub(lambda match: new[match[0]], text)

    questions = [
        _changed(q, changed)
        for q in written.questions
        if q.answer not in ("yes", "no") and not any(map(_RANKS.search, q.phrasings))
    ]
    pages = [[[changed(cell) for cell in row] for row in page] for page in written.pages]
    return WrittenContext(written.name, pages, questions)


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
    before = "\n".join(map(_text, written.pages))
    after = "\n".join(map(_text, pages))
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
    return "\n".join(CELL_SEPARATOR.join(row) for row in rows).casefold()


__all__ = ["as_read", "mark", "readings", "renumbered", "reordered"]
