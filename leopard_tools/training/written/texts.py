"""The files of written contexts: what they say, checked line by line.

    === order-of-tents           a context with a name of its own
    --- page                     one to eight pages: rows, cells divided by " | "
    Order 4471 | 3 May 2024
    --- questions
    ? Who ordered the tents? || who's the customer of order 4471
    = Lena Ruud
    ~ What is it worth in all?
    = €1,204.00 || 1,204.00
    ? Which page lists the tents?
    = {1}

`?` begins a question that says by itself what it is about, `~` one that is clear only where there
are no other pages. Phrasings are divided by " || ", and so are answers, of which the first is
learnt. `{2}` is the second page of the context, in questions and as an answer. `-` is the answer to
what stands nowhere. Text only, no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from ...types import EMPTY_CELL
from ..samples import ABSENT, Rows

FOLDER = Path(__file__).parent / "pages"
NOWHERE = "-"
_PLACE = re.compile(r"\{(\d+)\}")


class WrittenInvalid(ValueError):
    """A file of written contexts says something that it may not; the message has the line."""


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question in several phrasings, with its answer; `named` if it says what it is about."""

    phrasings: tuple[str, ...]
    answer: str
    named: bool

    @property
    def kind(self) -> str:
        """What sort of question it is, as far as the answer tells."""
        if self.answer == ABSENT:
            return "absent"
        if _PLACE.fullmatch(self.answer):
            return "which image"
        return "yes/no" if self.answer in ("yes", "no") else "written"

    @property
    def texts(self) -> tuple[str, ...]:
        """The phrasings and the answer."""
        return (*self.phrasings, self.answer)

    @property
    def copied(self) -> bool:
        """Whether the answer is copied from the pages and tells where: it is no judgement, and no
        figure of one or two digits, which stands in many a place where it means something else.
        """
        judged = self.answer in (ABSENT, "yes", "no")
        return not judged and not (self.answer.isdigit() and len(self.answer) < 3)


@dataclass(slots=True)
class WrittenContext:
    """Pages that belong together, and what is asked about them."""

    name: str
    pages: list[Rows] = field(default_factory=list)
    questions: list[WrittenQuestion] = field(default_factory=list)


def read_written(file: Path) -> list[WrittenContext]:
    """The contexts of a file. Raises WrittenInvalid where it is not of the form above."""
    found: list[WrittenContext] = []
    part = ""
    pending: tuple[str, tuple[str, ...]] | None = None
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{file.name}:{number}"
        if line.startswith("=== "):
            found.append(WrittenContext(line[4:].strip()))
            part = ""
        elif line.startswith("--- "):
            part = line[4:].strip()
            _require(bool(found) and part in ("page", "questions"), where, "an unknown part")
            if part == "page":
                found[-1].pages.append([])
        elif not line.strip():
            continue
        elif part == "page":
            found[-1].pages[-1].append(cells(line))
        elif part == "questions" and line[:2] in ("? ", "~ "):
            _require(pending is None, where, "a question before the last one's answer")
            pending = line[0], alternatives(line[2:])
        elif part == "questions" and line.startswith("= "):
            if pending is None:
                raise WrittenInvalid(f"{where}: an answer without a question")
            answer = alternatives(line[2:])[0]
            answer = ABSENT if answer == NOWHERE else answer
            found[-1].questions.append(WrittenQuestion(pending[1], answer, pending[0] == "?"))
            pending = None
        else:
            raise WrittenInvalid(f"{where}: neither a page's row nor a question nor an answer")
    return found


def every_written() -> Iterator[WrittenContext]:
    """All contexts that were written, file by file."""
    return chain.from_iterable(map(read_written, sorted(FOLDER.glob("*.txt"))))


def placed(text: str, names: list[str]) -> str:
    """A text with every `{2}` written as the second of the names."""
    return _PLACE.sub(lambda match: names[int(match[1]) - 1], text)


def as_words(text: str) -> str:
    """A pattern that finds a text where it stands as words of its own."""
    return rf"(?<!\w){re.escape(text)}(?!\w)"


def cells(line: str) -> list[str]:
    """The cells of a page's row."""
    return [cell.strip() or EMPTY_CELL for cell in line.split("|")]


def alternatives(text: str) -> tuple[str, ...]:
    """The phrasings in a line."""
    return tuple(part.strip() for part in text.split("||") if part.strip())


def _require(holds: bool, where: str, what: str) -> None:
    if not holds:
        raise WrittenInvalid(f"{where}: {what}")
