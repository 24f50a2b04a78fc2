"""What the generator gives: a page's rows, questions about it, and whole contexts."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

ABSENT = "not in the images"
"""The answer to what stands in none of the images; variants.nano.Nano.absent is the same."""

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question about one page, not yet tied to the image that the page becomes.

    `key` names what is asked for: where two pages of a context have the same key, the question
    must say which image it means, as it must where one of the `rivals` stands on another page.
    `lacks` are texts that may stand nowhere where the question looks; only questions without an
    answer have them.
    """

    kind: str
    key: str
    question: str
    answer: str
    lacks: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()


@dataclass(slots=True)
class Page:
    """One image as it will be read: rows of cells, and what may be asked about them.

    `title` is a text by which people would name the page, `figures` numbers by which pages of the
    same layout can be compared (what they are -> value), `names` what stands on this page and
    could be looked for in a stack of pages.
    """

    layout: str
    title: str
    rows: Rows
    asks: list[Ask] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The rows as Reading.text writes them."""
        return "\n".join(" | ".join(row) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is put, instruction included, with the answer to learn."""

    text: str
    answer: str
    kind: str


@dataclass(frozen=True, slots=True)
class Context:
    """The texts of one to eight images and questions about them."""

    images: tuple[str, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Pen:
    """What writes a page: the source of chance, and which phrasings it may use.

    The last phrasing of every list of four or more is kept out of training; a held pen uses only
    those.
    """

    rng: Random
    held: bool = False

    def phrase(self, phrasings: tuple[str, ...], **fields: str) -> str:
        """One of the phrasings, filled in."""
        if len(phrasings) >= 4:
            phrasings = phrasings[-1:] if self.held else phrasings[:-1]
        return self.rng.choice(phrasings).format(**fields)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability


def alternatives(text: str) -> tuple[str, ...]:
    """The phrasings in a text, divided by slashes."""
    return tuple(" ".join(text.split()).split(" / "))
