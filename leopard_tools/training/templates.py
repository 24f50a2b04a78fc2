"""Pages written as templates: rows with slots, and what may be asked about each row.

A template is a text of lines, told apart by how they begin:

    # title                    begins a template; it is the page's first row
    @ layout | is about … / …  its name; verb phrases that tell it from other pages
    = The page …               what it says in one sentence
    & key = value: type; …     facts as JSON has them, strings where no type is given
    $ kind: one; two; three    words for the slots {kind1}, {kind2} …
    > running text             joined with its neighbours and wrapped
    * row | of | cells         left out at times; its questions then have no answer
    row | of | cells           always there
    ? question / question => answer :: kind    about the row above; ?? where the question names
                               no subject, so that among several images it must say which is meant
    ! word, word               what the row above, left out, leaves nowhere on the page
    % question ! word, word    what the page never says

Kinds are `prose` where none is given, `yes/no` for those two answers.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

from . import records
from .samples import ABSENT, Ask, Page, Pen, Rows
from .slots import Slots

NAMING = ("person", "company", "brand", "course", "good", "project")
"""Slots by whose values people look for a page."""
OMITTED = 0.3
"""How often an optional row is left out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Phrasings with one answer, slots still open."""

    questions: tuple[str, ...]
    answer: str
    kind: str
    vague: bool


@dataclass(slots=True)
class Piece:
    """One row, or a part of running text."""

    text: str
    optional: bool
    flowing: bool
    asked: list[Asked] = field(default_factory=list)
    lacks: tuple[str, ...] = ()


@dataclass(slots=True)
class Template:
    """One page to be filled in."""

    title: str
    layout: str = ""
    about: tuple[str, ...] = ()
    summary: str = ""
    facts: tuple[tuple[str, str, str], ...] = ()
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    missing: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)


def parse(text: str) -> tuple[Template, ...]:
    """The templates of a text."""
    found: list[Template] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        mark, rest = line[0], line[1:].strip()
        if mark == "#":
            found.append(Template(rest))
            continue
        template = found[-1]
        if mark == "@":
            template.layout, about = (part.strip() for part in rest.split("|"))
            template.about = tuple(about.split(" / "))
        elif mark == "=":
            template.summary = rest
        elif mark == "&":
            template.facts = tuple(map(_fact, rest.split("; ")))
        elif mark == "$":
            kind, values = rest.split(": ", 1)
            template.choices[kind] = tuple(values.split("; "))
        elif mark == "?":
            template.pieces[-1].asked.append(_asked(rest))
        elif mark == "!":
            template.pieces[-1].lacks = tuple(rest.split(", "))
        elif mark == "%":
            questions, lacks = rest.split(" ! ")
            template.missing.append((tuple(questions.split(" / ")), tuple(lacks.split(", "))))
        else:
            text = rest if mark in "*>" else line
            flowing = mark == ">" or text.startswith(">")
            template.pieces.append(Piece(text.lstrip("> "), mark == "*", flowing))
    return tuple(found)


def _fact(text: str) -> tuple[str, str, str]:
    """Key, text and type of a fact."""
    key, rest = text.split(" = ")
    value, _, kind = rest.partition(": ")
    return key, value, kind or "string"


def _asked(text: str) -> Asked:
    """What a line of questions says."""
    vague = text.startswith("?")
    questions, answer = text.lstrip("? ").split(" => ")
    answer, _, kind = answer.partition(" :: ")
    simple = "yes/no" if answer in ("yes", "no") or "{more" in answer else "prose"
    return Asked(tuple(questions.split(" / ")), answer, kind or simple, vague)


def write(pen: Pen, template: Template) -> Page:
    """The template filled in, with its questions."""
    slots = Slots(pen, template.choices)
    shown: list[Piece] = []
    asks: list[Ask] = []
    for piece in template.pieces:
        left_out = piece.optional and pen.chance(OMITTED)
        if not left_out:
            shown.append(piece)
        if left_out and not piece.lacks:
            continue
        for number, asked in enumerate(piece.asked):
            phrasing = pen.phrase_of(asked.questions)
            text, vague = fill(phrasing, slots), asked.vague or _short(pen, phrasing)
            key = f"{template.layout} {piece.text} {number}"
            if left_out:
                lacks = tuple(fill(text, slots) for text in piece.lacks)
                asks.append(Ask("absent", key, text, ABSENT, lacks, vague=vague))
            else:
                answer = fill(asked.answer, slots)
                asks.append(Ask(asked.kind, key, text, answer, vague=vague))
    for questions, lacks in template.missing:
        text = fill(pen.phrase_of(questions), slots)
        signs = tuple(fill(sign, slots) for sign in lacks)
        asks.append(Ask("absent", f"{template.layout} {questions[0]}", text, ABSENT, signs))
    title = fill(template.title, slots)
    rows = _rows(pen, title, [(fill(piece.text, slots), piece.flowing) for piece in shown])
    text = "\n".join(" | ".join(row) for row in rows)
    names = [value for name, value in slots.items()
             if name.rstrip("0123456789") in NAMING and value in text]  # fmt: skip
    page = Page(template.layout, rows[0][0], rows, asks, names=names, about=template.about)
    page.summary = fill(template.summary, slots)
    told = _slots_of(template.title, *(piece.text for piece in shown))
    page.record = records.gather(
        (key, fill(value, slots) if _slots_of(value) <= told else None, kind)
        for key, value, kind in template.facts
    )
    return page


def _slots_of(*texts: str) -> set[str]:
    return {name.lower() for text in texts for name in re.findall(r"\{(\w+)\}", text)}


def _short(pen: Pen, phrasing: str) -> bool:
    """Whether a question is one of the few words that fit many pages, and is taken as such."""
    return "{" not in phrasing and len(phrasing.split()) <= 5 and pen.chance(0.8)


def fill(text: str, slots: Slots) -> str:
    """A text with its slots filled in."""
    return re.sub(r"\{(\w+)\}", lambda match: slots[match[1]], text)


def _rows(pen: Pen, title: str, pieces: list[tuple[str, bool]]) -> Rows:
    """Rows of cells; running text wrapped as wide as the page is."""
    rows: Rows = [_cells(title)]
    width = pen.rng.choice((44, 60, 72, 88, 100))
    running: list[str] = []
    for text, flowing in [*pieces, ("", False)]:
        if flowing:
            running.append(text)
            continue
        rows += [[line] for line in textwrap.wrap(" ".join(running), width)]
        running = []
        if text:
            rows.append(_cells(text))
    return rows


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in text.split(" | ")]
