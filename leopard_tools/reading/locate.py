"""Finds where a text stands in a reading, and what an answer rests on.

A text may go on in the next cell of its row or in the next line of its column. Pure; must not
know what the answer means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from ..types import Box, Citation, Line, Reading
from .matching import Folded, figures, places

MOST_CITATIONS = 5

_STOPWORDS = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "by", "did", "do", "does", "for", "from", "had"}
    | {"has", "have", "how", "i", "in", "is", "it", "its", "many", "me", "much", "of", "on", "or"}
    | {"that", "the", "their", "there", "these", "they", "this", "to", "was", "we", "were"}
    | {"what", "when", "where", "which", "who", "whom", "whose", "why", "will", "with", "you"}
)

Part = tuple[Line, int, int]


@dataclass(frozen=True, slots=True)
class _Match:
    """Where a text stands: characters start:end of lines, and how well it fits."""

    parts: tuple[Part, ...]
    quality: float
    row: int


def find(text: str, reading: Reading, *, limit: int = 10) -> list[Line]:
    """Where `text` stands in a reading, best first, at most `limit` places.

    Each is a Line: the words found as they stand in the image, the box tight around them (the
    union where they go on in the next cell or line), and the quality of the match as its
    confidence: 1.0 as written, 0.95 but for case, 0.9 but for spaces and punctuation, 0.7 but
    for look-alike characters, 0.6 and 0.5 with one (from 4 letters) and two (from 8) wrong
    ones; times 0.8 for a match inside a longer word. Without a match the list is empty.
    """
    matches = sorted(_matches(text, reading), key=lambda match: -match.quality)
    return [_line(match) for match in matches[:limit]]


def cite(answer: str, question: str, readings: Sequence[Reading]) -> tuple[Citation, ...]:
    """Where an answer stands in the readings of a question's images, most plausible first.

    Only whole words count, compared but for case, spaces and punctuation. Among several places
    those win that have the question's words in their row, above them in their column, in a
    neighbouring row, or at least on their page; those with another minus, decimal point or colon
    than the answer's count only where no place has the same. At most five; () where it stands
    nowhere.
    """
    words = _content(question) - _content(answer)
    numbers = figures(answer)
    found = []
    for image, reading in enumerate(readings):
        near = _Surroundings(reading, words)
        for match in _matches(answer, reading, loose=False):
            stand = "".join(figures(line.text, start, end) for line, start, end in match.parts)
            found.append(
                (stand == numbers, near.support(match) + 0.1 * match.quality, image, match)
            )
    found.sort(key=lambda entry: entry[:2], reverse=True)
    same = [entry for entry in found if entry[0]] or found
    return tuple(citation(image, match.parts) for *_, image, match in same[:MOST_CITATIONS])


def citation(image: int, parts: Sequence[Part]) -> Citation:
    """The citation of characters start:end of lines (at least one) of the image with that index.

    >>> line = Line("Total due 12", Box(0, 0, 120, 10), 1.0, tuple(range(0, 130, 10)))
    >>> citation(0, [(line, 10, 12)])
    Citation(image=0, box=Box(left=100, top=0, width=20, height=10), text='12')
    """
    box = Box.around(line.box_of(start, end) for line, start, end in parts)
    return Citation(
        image, box, " ".join(line.text[start:end].strip() for line, start, end in parts)
    )


def _line(match: _Match) -> Line:
    cited = citation(0, match.parts)
    line, start, end = match.parts[0]
    single = len(match.parts) == 1 and line.edges
    edges = line.edges[start : end + 1] if single else ()
    return Line(cited.text, cited.box, match.quality, edges, line.turn)


def _matches(text: str, reading: Reading, *, loose: bool = True) -> list[_Match]:
    """The places of a text in reading order; of overlapping ones only the best."""
    # A reader gives letters with their accents composed.
    wanted = Folded(normalize("NFC", text.strip()))
    if not wanted.characters:
        return []
    found = [
        _Match(tuple(chain.parts(start, end)), quality, row)
        for row, lines in enumerate(reading.rows)
        for place in range(len(lines))
        for chain in _chains(reading, row, place, 2 * len(text) + 8)
        for start, end, quality in places(wanted, chain.text, chain.first, loose)
    ]
    order = {id(match): index for index, match in enumerate(found)}
    taken: dict[int, list[tuple[int, int]]] = {}
    kept = []
    for match in sorted(found, key=lambda match: (-match.quality, len(match.parts))):
        if not any(
            start < last and first < end
            for line, start, end in match.parts
            for first, last in taken.get(id(line), ())
        ):
            kept.append(match)
            for line, start, end in match.parts:
                taken.setdefault(id(line), []).append((start, end))
    return sorted(kept, key=lambda match: order[id(match)])


class _Chain:
    """Lines read after one another, as one text."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.text = " ".join(line.text for line in lines)
        self.first = len(lines[0].text)

    def parts(self, start: int, end: int) -> Iterator[Part]:
        """The lines' own ranges that start:end of the whole text covers."""
        begin = 0
        for line in self.lines:
            first, last = max(start - begin, 0), min(end - begin, len(line.text))
            if first < last:
                yield line, first, last
            begin += len(line.text) + 1


def _chains(reading: Reading, row: int, place: int, length: int) -> Iterator[_Chain]:
    """What can be read from a cell on: its row to the right, and its column downwards."""
    line = reading.rows[row][place]
    across = list(reading.rows[row][place:])
    yield _Chain(across)
    down, size = [line], 0
    for following in reading.rows[row + 1 :]:
        below = [cell for cell in following if _under(down[-1], cell)]
        if size > length or not below:
            break
        down.append(below[0])
        size += len(below[0].text)
    if len(down) > 1:
        yield _Chain(down)


def _under(above: Line, below: Line) -> bool:
    """Whether a line goes on in another: close below it and in the same column."""
    a, b = _upright(above), _upright(below)
    beside = min(a.right, b.right) - max(a.left, b.left)
    return 0 <= b.center[1] - a.center[1] < 3 * max(a.height, b.height) and beside > 0


def _upright(line: Line) -> Box:
    """Its box as it lies to those of the same page once that is upright."""
    return line.box.turned(line.turn)


def _content(text: str) -> set[str]:
    """The words of a text that say something, without their plural s."""
    words = "".join(c if c.isalnum() else " " for c in normalize("NFC", text).casefold()).split()
    return {_stem(word) for word in words if word not in _STOPWORDS}


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


class _Surroundings:
    """How much of a question stands around a place of a reading."""

    def __init__(self, reading: Reading, words: set[str]) -> None:
        self._rows = reading.rows
        self._words = [[_content(line.text) & words for line in row] for row in reading.rows]
        self._page = set().union(*(found for row in self._words for found in row))

    def support(self, match: _Match) -> float:
        """The sum over the question's words: 1 in the row, 0.8 above, 0.6 beside, 0.2 else."""
        same = self._in_row(match.row)
        above = self._above(match)
        beside = self._in_row(match.row - 1) | self._in_row(match.row + 1)
        levels = ((same, 1.0), (above, 0.8), (beside, 0.6), (self._page, 0.2))
        total, seen = 0.0, set[str]()
        for words, weight in levels:
            total += weight * len(words - seen)
            seen |= words
        return total

    def _in_row(self, row: int) -> set[str]:
        return set().union(*self._words[row]) if 0 <= row < len(self._words) else set()

    def _above(self, match: _Match) -> set[str]:
        """What stands higher in the same column, as a table's header does."""
        box = _upright(match.parts[0][0])
        found: set[str] = set()
        for row, words in zip(self._rows[: match.row], self._words, strict=False):
            for line, here in zip(row, words, strict=True):
                other = _upright(line)
                if len(row) > 1 and other.left < box.right and box.left < other.right:
                    found |= here
        return found


__all__ = ["citation", "cite", "find"]
