"""Written contexts without some of what they say: what is asked for is not there any more.

It is what tempts most: the same page, the same question, and no answer. A question is left out
where it cannot be told whether its answer is still right. Text only, no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ...types import EMPTY_CELL
from ...variants.heads import find_tables
from ..samples import ABSENT, Pen, Rows
from .guises import RANKS, whole_text
from .texts import WrittenContext, WrittenQuestion, as_words

PROSE = 40
"""Letters of a row of one cell above which it may be a part of running text."""
LOST = 4
"""At most so many answers are taken out of a context."""
_LACKING = re.compile(
    r"(?:n['’]t|\b(?:no|not|none|nobody|nothing|nowhere|never|neither|without|missing|lack\w*|"
    r"empty|blank|free|vacant|except|only|alone|others?|another|else|besides|same))\b",
    re.IGNORECASE,
)
"""Words of questions whose answers hang on what is not there, or on what stands elsewhere."""
_NAME = re.compile(r"[A-ZÀ-Þ]\w{2,}")


def silenced(pen: Pen, written: WrittenContext) -> WrittenContext:
    """Without some rows, or cells, that an answer stands in."""
    pages = [[*page] for page in written.pages]
    text = whole_text(pages)
    lost: dict[str, int] = {}
    asked = [q for q in written.questions if _copied(q) and "{" not in q.answer]
    for question in pen.rng.sample(asked, min(len(asked), pen.rng.randint(1, LOST))):
        places = list(_places(pages, question.answer))
        once = len(places) == _count(question.answer, text) == 1
        if not once or _hinted(question.answer, text):
            continue
        if _take_out(pen, pages[places[0][0]], *places[0][1:]):
            lost[question.answer] = places[0][0]
    if not lost:
        return written
    touched = {f"{{{page + 1}}}" for page in lost.values()}
    left = whole_text(pages)
    gone = _words(text) - _words(left)
    questions = []
    for q in written.questions:
        if q.answer == ABSENT:
            questions.append(q)
        elif not _copied(q):
            continue
        elif q.answer in lost:
            questions.append(replace(q, answer=ABSENT))
        # What it is about may have gone too.
        elif not gone & _words("\n".join(q.phrasings)) and (
            not any(page in said for page in touched for said in q.texts)
            if "{" in q.answer
            else 0 < _count(q.answer, text) == _count(q.answer, left)
        ):
            questions.append(q)
    return WrittenContext(written.name, pages, questions)


def _copied(question: WrittenQuestion) -> bool:
    """Whether the answer is copied from one place, or is a page, and hangs on nothing else."""
    if not question.copied or ", " in question.answer:
        return False
    return not any(RANKS.search(text) or _LACKING.search(text) for text in question.phrasings)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{2,}", text.casefold()))


def _count(answer: str, text: str) -> int:
    return len(re.findall(as_words(answer.casefold()), text))


def _hinted(answer: str, text: str) -> bool:
    """Whether a name of the answer stands without the others: Ms Chand for Priya Chand."""
    rest = text.replace(answer.casefold(), "")
    return any(name.casefold() in rest for name in _NAME.findall(answer))


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
    # A head must stay: the answer may have been in it.
    if len(page) < 3 or any(head == index < stop - 1 for _, head, stop in find_tables(page)):
        return False
    if _by_itself(page, index) and (not column or pen.chance(0.5)):
        del page[index]
    elif column:
        # A label with nothing beside it is read as a row of one cell.
        rest = [EMPTY_CELL, *row[column + 1 :]] if len(row) > 2 else []
        page[index] = [*row[:column], *rest]
    else:
        return False
    return True


def _by_itself(page: Rows, index: int) -> bool:
    """Whether no other row says something of this one, which the row above would be taken for."""
    row, below = page[index], page[index + 1 : index + 2]
    if len(row) == 1:
        return len(row[0]) <= PROSE and all(len(other) == 1 for other in below)
    if any(len(other) != len(row) or other[0] == EMPTY_CELL for other in below):
        return False
    # Cards of a board are of several rows, and it has no head.
    return len(row) == 2 or any(head < index < stop for _, head, stop in find_tables(page))


__all__ = ["silenced"]
