"""Questions about a stack of images: which one, its title, how many, which has more."""

from __future__ import annotations

from dataclasses import dataclass

from . import vocabulary as words
from .references import (
    ABOUT,
    HIGHER,
    HOW_MANY,
    LOWER,
    MENTIONS,
    NUMBER_ONLY,
    ORDINALS,
    REFERENCES,
    SORT,
    SORTS,
    TITLE,
    TITLED,
)
from .samples import ABSENT, Page, Pen
from .values import company, person

Said = tuple[str, str, str]
"""A question, its answer, its kind."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Pages with their texts, as read; `lower` are those without capitals."""

    pages: list[Page]
    texts: list[str]

    @property
    def lower(self) -> list[str]:
        return [text.casefold() for text in self.texts]

    def only(self, name: str, index: int) -> bool:
        """Whether a text stands on this page and on no other."""
        return [i for i, text in enumerate(self.lower) if name.casefold() in text] == [index]


def place(pen: Pen, index: int) -> str:
    """An image as people say which they mean."""
    return pen.rng.choice(REFERENCES).format(n=index + 1, nth=ORDINALS[index])


def stack_questions(pen: Pen, stack: Stack) -> list[Said]:
    """All that may be asked of several images; nothing of one alone."""
    if len(stack.pages) == 1:
        return []
    asked: list[Said] = []
    for index, page in enumerate(stack.pages):
        asked += _which(pen, stack, index)
        if [page.title] in page.rows and stack.only(page.title, index) and pen.chance(0.6):
            asked.append((pen.phrase(TITLE, place=place(pen, index)), page.title, "title"))
    if pen.chance(0.15):
        asked.append((pen.phrase(HOW_MANY), str(len(stack.pages)), "count"))
    return asked + _nowhere(pen, stack) + _comparisons(pen, stack)


def _which(pen: Pen, stack: Stack, index: int) -> list[Said]:
    """Questions whose answer is this image: by a name on it, its title, what it is."""
    page, rng = stack.pages[index], pen.rng
    texts = []
    unique = [name for name in page.names if _telling(name) and stack.only(name, index)]
    if unique:
        texts.append(pen.phrase(MENTIONS, name=rng.choice(unique)))
    if [page.title] in page.rows and stack.only(page.title, index) and pen.chance(0.7):
        texts.append(pen.phrase(TITLED, name=page.title))
    if sum(other.layout == page.layout for other in stack.pages) == 1:
        if page.layout in SORTS:
            texts.append(pen.phrase(SORT, sort=SORTS[page.layout]))
        if page.about:
            phrases = rng.sample(page.about, min(2, len(page.about)))
            texts += [pen.phrase(ABOUT, about=about) for about in phrases]
    return [_numbered(pen, text, index) for text in texts]


def _numbered(pen: Pen, text: str, index: int, kind: str = "which image") -> Said:
    """A question answered by an image's number; where only that is wanted, that is given."""
    if pen.chance(0.08):
        return text + " " + pen.phrase(NUMBER_ONLY), str(index + 1), kind
    return text, f"image {index + 1}", kind


def _nowhere(pen: Pen, stack: Stack) -> list[Said]:
    """A name that stands on none of the images."""
    rng = pen.rng
    pools = (
        [person(rng)],
        [company(rng)],
        words.COURSES,
        words.PROJECTS,
        words.GOODS,
        words.CITIES,
    )
    name = rng.choice(rng.choice(pools))
    # Parts of it must not be there either: a first name alone would tempt rightly.
    if any(part in text for part in name.casefold().split() for text in stack.lower):
        return []
    return [(pen.phrase(MENTIONS, name=name), ABSENT, "absent")]


def _comparisons(pen: Pen, stack: Stack) -> list[Said]:
    """Which of several pages of one layout has the highest or lowest figure."""
    asked = []
    for figure in sorted({name for page in stack.pages for name in page.figures}):
        found = {
            i: page.figures[figure] for i, page in enumerate(stack.pages) if figure in page.figures
        }
        if len(found) < 2 or len(set(found.values())) < len(found):
            continue
        for phrasings, pick in ((HIGHER, max), (LOWER, min)):
            best = pick(found, key=lambda index: found[index])
            text = pen.phrase(phrasings, figure=figure)
            asked.append(_numbered(pen, text, best, "compare images"))
    return asked


def _telling(name: str) -> bool:
    """Whether people would look for it: a name or a code, no mere number."""
    return len(name) > 4 and sum(letter.isalpha() for letter in name) > 2
