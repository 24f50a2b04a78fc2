"""What the generator gives: a page's rows, questions about it, and whole contexts."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Literal

from ..variants.heads import write_rows

ABSENT = "not in the images"
"""The answer to what stands in none of the images; variants.nano.NanoPrompts.absent is the same."""

Rows = list[list[str]]
Speaker = Literal["user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question about one page, not yet tied to the image that the page becomes.

    `key` names what is asked for: where two pages of a context have the same key, the question
    must say which image it means, as it must where one of the `rivals` stands on another page.
    `lacks` are texts that may stand nowhere where the question looks; only questions without an
    answer have them. A `vague` question names no subject: it must always say which image it means.
    """

    kind: str
    key: str
    question: str
    answer: str
    lacks: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """What a page says, as JSON has it: its schema and its value, None where it is not there."""

    schema: dict[str, object]
    value: object


@dataclass(slots=True)
class Page:
    """One image as it will be read: rows of cells, and what may be asked about them.

    `title` is a text by which people would name the page, `figures` numbers by which pages of the
    same layout can be compared (what they are -> value), `names` what stands on this page and
    could be looked for in a stack of pages, `about` says what only a page of its kind does ("is a
    letter"). `marks` are further texts, such as the heads of columns, by which questions say what
    they mean: where one of them or of the names stands on two pages, the image must be named.
    `summary` says in a sentence what stands there, `record` are its facts by key.
    """

    layout: str
    title: str
    rows: Rows
    asks: list[Ask] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    about: tuple[str, ...] = ()
    marks: list[str] = field(default_factory=list)
    summary: str = ""
    record: dict[str, Fact] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The rows as nano reads them."""
        return write_rows(self.rows)


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
class Said:
    """One turn of a conversation; `kind` is that of an assistant's turn, which is learnt."""

    role: Speaker
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Conversations with one beginning: a system turn, and the images of the first user turn.

    Each branch goes on from there: a user's turn, an assistant's, and so on, an assistant's last.
    """

    system: str
    images: tuple[str, ...]
    branches: tuple[tuple[Said, ...], ...]


Sample = Context | Dialogue


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
        return self.phrase_of(phrasings).format(**fields)

    def phrase_of(self, phrasings: tuple[str, ...]) -> str:
        """One of the phrasings, as it is."""
        if len(phrasings) >= 4:
            phrasings = phrasings[-1:] if self.held else phrasings[:-1]
        return self.rng.choice(phrasings)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability


def alternatives(text: str) -> tuple[str, ...]:
    """The phrasings in a text, divided by slashes."""
    return tuple(" ".join(text.split()).split(" / "))
