"""Compares a wanted text with a text that was read, from exact to nearly equal.

Recognised text glues words together, loses their case and confuses look-alikes. Each step away
from what is written costs quality. Must not know of lines, boxes or pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

EXACT, CASE, SPACING, LOOKALIKE, WRONG = 1.0, 0.95, 0.9, 0.7, 0.6
"""Confidence of a match: as written; but for case; but for spaces and punctuation; but for
characters that look alike (0 and O, 1 and l and I); with one wrong one (0.1 less with two)."""
INSIDE = 0.8
"""What a match is worth, times its step, that begins or ends inside a longer word or number."""

_SIGNS = re.compile(r"[\W_]+")
_MINUS = r"(?<!\w)[-\u2212\u2013][^\w\s]?"
"""A minus, perhaps before a currency; after a letter or digit it is a hyphen."""
_GROUPS = r"[1-9]\d{0,2}(?:[.,'\u2019]\d{3})+(?!\d)"
_NUMBER = re.compile(rf"({_MINUS})?(?:({_GROUPS})|\d+)(?:[.,:]\d+)*")
_BEFORE = re.compile(f"{_MINUS}$")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Chinese and Japanese letters: no space tells their words apart."""
_LOOKALIKES = str.maketrans({"o": "0", "i": "1", "l": "1"})


class Folded:
    """A text's letters and digits alone, in lower case, with their places in the text.

    A text of signs alone keeps its signs; `signs` says so for the text it is compared with.
    """

    def __init__(self, text: str, signs: bool | None = None) -> None:
        self.text = text
        self.signs = not any(map(str.isalnum, text)) if signs is None else signs
        keep = _visible if self.signs else str.isalnum
        kept = [(c, i) for i, whole in enumerate(text) if keep(whole) for c in whole.casefold()]
        self.characters = "".join(character for character, _ in kept)
        self.places = [place for _, place in kept]


def _visible(character: str) -> bool:
    return not character.isspace()


def places(wanted: Folded, text: str, begin: int, loose: bool) -> Iterator[tuple[int, int, float]]:
    """Where the wanted text stands, starting before `begin`: (start, end, quality).

    `loose` also takes parts of words and nearly equal words.
    """
    if not loose and not wanted.signs and wanted.characters not in _SIGNS.sub("", text.casefold()):
        return  # Folding keeps places and takes its time; most texts need no such care.
    stands = Folded(text, wanted.signs)
    for first, last in _occurrences(wanted.characters, stands.characters):
        start, end = _span(wanted, text, stands.places[first], stands.places[last] + 1)
        if start < begin:
            inside = not _whole(text, start, end)
            if loose or not inside:
                yield (
                    start,
                    end,
                    _step(wanted.text, text[start:end]) * (INSIDE if inside else 1),
                )
    if loose:
        yield from _nearly(wanted.characters, stands, begin)


def figures(text: str, start: int = 0, end: int | None = None) -> str:
    """The digits of text[start:end] with what tells numbers apart: decimal points and minuses.

    Spaces do not count, and 1,234 is 1234; a decimal comma is a point, and so is a time's colon.

    >>> figures("-1.2%"), figures("12%"), figures("1,234.5"), figures("1 234,5")
    ('-1.2', '12', '1234.5', '1234.5')
    """
    before = _BEFORE.search(text, 0, start)
    start = before.start() if before else start
    end = len(text) if end is None else end
    return "".join(_figure(found) for found in _NUMBER.finditer(text, start, end))


def _figure(match: re.Match[str]) -> str:
    number = match[0][len(match[1] or "") :]
    groups = match[2] or ""
    plain = "".join(filter(str.isdigit, groups)) + number[len(groups) :]
    return "-" * bool(match[1]) + plain.replace(",", ".").replace(":", ".")


def _occurrences(wanted: str, text: str) -> Iterator[tuple[int, int]]:
    at = text.find(wanted)
    while at >= 0:
        yield at, at + len(wanted) - 1
        at = text.find(wanted, at + 1)


def _span(wanted: Folded, text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the signs that the wanted text begins and ends with, where they stand too."""
    before = wanted.text[: wanted.places[0]]
    after = wanted.text[wanted.places[-1] + 1 :]
    if before and text[:start].endswith(before):
        start -= len(before)
    if after and text[end:].startswith(after):
        end += len(after)
    return start, end


def _step(wanted: str, found: str) -> float:
    wanted, found = " ".join(wanted.split()), " ".join(found.split())
    if wanted == found:
        return EXACT
    return CASE if wanted.casefold() == found.casefold() else SPACING


def _whole(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] ends where words and numbers do."""
    return not (_joined(text, start) or _joined(text, end))


def _joined(text: str, border: int) -> bool:
    """Whether the characters on both sides of a border belong to one word or number."""
    before, after = text[max(0, border - 2) : border], text[border : border + 2]
    if not before or not after:
        return False
    sides = before[-1] + after[0]
    if sides.isalnum():
        return sides.isnumeric() or not _UNSPACED.search(sides)
    point_after = before[-1].isdigit() and after[0] in ".," and after[1:].isdigit()
    point_before = after[0].isdigit() and before[-1] in ".," and before[:-1].isdigit()
    return point_after or point_before


def _nearly(wanted: str, stands: Folded, begin: int) -> Iterator[tuple[int, int, float]]:
    """Whole words that look like the wanted text, or differ in one or two characters."""
    letters = sum(map(str.isalpha, wanted))
    allowed = 0 if letters < 4 else 1 if letters < 8 else 2
    alike = wanted.translate(_LOOKALIKES)
    text, at = stands.text, stands.places
    starts = [i for i, p in enumerate(at) if p < begin and not _joined(text, p)]
    ends = {i + 1 for i, p in enumerate(at) if not _joined(text, p + 1)}
    for first in starts:
        usual = first + len(wanted)
        for last in ends.intersection(range(max(first + 1, usual - allowed), usual + allowed + 1)):
            found = stands.characters[first:last]
            span = at[first], at[last - 1] + 1
            if found.translate(_LOOKALIKES) == alike:
                yield *span, LOOKALIKE
            elif allowed and _digits(found) == _digits(wanted):
                errors = Levenshtein.distance(wanted, found, score_cutoff=allowed)
                if errors <= allowed:
                    yield *span, WRONG - 0.1 * (errors - 1)


def _digits(text: str) -> str:
    """The digits of a text: a number with a wrong digit is another number."""
    return "".join(filter(str.isdigit, text))


__all__ = ["Folded", "figures", "places"]
