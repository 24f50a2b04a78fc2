"""Holds an answer to runs of words that stand in given texts, so that it cannot be invented.

It works on bytes: a token may come next if its bytes continue one of the places that the answer
so far may stand at. That needs no tokenisation of the texts and no table of their spans.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

_OPENING = "([{<\"'“‘«¿¡"
_CLOSING = ")]}>\"'”’».,;:!?…"


@dataclass(frozen=True, slots=True)
class Match:
    """Where an answer stands: characters start..end of a text (its index from 0)."""

    text: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Passage:
    """Part of a text, from its character `first` on; starts and ends count bytes of `content`."""

    text: int
    first: int
    content: bytes
    starts: tuple[int, ...]
    ends: frozenset[int]

    def character(self, position: int) -> int:
        """A position in bytes as one in characters of the text."""
        return self.first + len(self.content[:position].decode("utf-8", "replace"))


class SpanConstraint:
    """Allows exactly the runs of whole words of `texts`, the sentence `otherwise`, and ending then.

    A run starts at a word, or after the brackets and quotes that open it; it ends after a word, or
    before the punctuation that closes it. `vocabulary` maps a token's bytes to its id.
    """

    def __init__(
        self,
        texts: Sequence[str],
        otherwise: str,
        vocabulary: Mapping[bytes, int],
        end_ids: Collection[int],
    ) -> None:
        self._vocabulary = vocabulary
        self._end_ids = tuple(end_ids)
        self._longest = max(map(len, vocabulary), default=0)
        self._passages = [p for i, text in enumerate(texts) for p in _cut(text, i, vocabulary)]
        whole = otherwise.encode()
        self._passages.append(_Passage(len(texts), 0, whole, (0,), frozenset({len(whole)})))
        # Each place: passage, where the run started in it, where it stands now (in bytes).
        self._places = [(i, s, s) for i, p in enumerate(self._passages) for s in p.starts]

    def allowed(self) -> list[int]:
        ids = {token for place in self._places for token, _ in self._next(place)}
        if any(self._complete(place) for place in self._places):
            ids.update(self._end_ids)
        return list(ids)

    def advance(self, token: int) -> None:
        if token in self._end_ids:
            self._places = [place for place in self._places if self._complete(place)]
            return
        self._places = [
            (passage, start, after)
            for passage, start, now in self._places
            for found, after in self._next((passage, start, now))
            if found == token
        ]

    def matches(self) -> list[Match]:
        """Where the answer so far stands, in the order of the texts; `otherwise` stands nowhere.

        Each is drawn out to the end of its last word, which an answer that was cut short may lack.
        """
        found = []
        for index, start, now in self._places:
            passage = self._passages[index]
            if passage is self._passages[-1]:
                continue
            end = min(e for e in passage.ends if e >= now)
            found.append(Match(passage.text, passage.character(start), passage.character(end)))
        return found

    def _complete(self, place: tuple[int, int, int]) -> bool:
        passage, start, now = place
        return now > start and now in self._passages[passage].ends

    def _next(self, place: tuple[int, int, int]) -> Iterator[tuple[int, int]]:
        """Tokens that continue a place, each with the position after it."""
        passage, _, now = place
        content = self._passages[passage].content
        for end in range(now + 1, min(now + self._longest, len(content)) + 1):
            token = self._vocabulary.get(content[now:end])
            if token is not None:
                yield token, end


def _cut(text: str, index: int, vocabulary: Mapping[bytes, int]) -> Iterator[_Passage]:
    """The passages of a text whose words are separated by single spaces.

    A byte that no token stands for (some control bytes) cannot be written, so a word with one
    belongs to no run: the text is cut there.
    """
    words: list[str] = []
    first = at = 0
    for word in [*text.split(" "), None]:
        if word is not None and all(bytes([byte]) in vocabulary for byte in word.encode()):
            words.append(word)
        else:
            if any(words):
                yield _passage(words, index, first)
            words, first = [], at + len(word or "") + 1
        at += len(word or "") + 1


def _passage(words: Sequence[str], index: int, first: int) -> _Passage:
    """Where runs may start and end: at words, inside what opens them, before what closes them."""
    starts: set[int] = set()
    ends: set[int] = set()
    at = 0
    for word in words:
        size = len(word.encode())
        if word:
            opened = len(word) - len(word.lstrip(_OPENING))
            bare = len(word.rstrip(_CLOSING).encode())
            starts |= {at, at + len(word[:opened].encode())} if opened < len(word) else {at}
            ends |= {at + size, at + bare} if bare else {at + size}
        at += size + 1
    return _Passage(index, first, " ".join(words).encode(), tuple(sorted(starts)), frozenset(ends))
