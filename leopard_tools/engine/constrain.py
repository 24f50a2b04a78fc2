"""What an answer may be: the protocol, and answers that are runs of words of given texts.

Spans are held on bytes: a token may come next if its bytes continue one of the places that the
answer so far may stand at. That needs no tokenisation of the texts and no table of their spans.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from .tokenizer import Tokenizer, Vocabulary

_OPENING = "([{<\"'“‘«¿¡"
_CLOSING = ")]}>\"'”’».,;:!?…"
_FEW = 8
"""Places that are compared for what comes next in all of them."""


class Constraint(Protocol):
    """Says which tokens may come next; the engine tells it which one came."""

    def allowed(self) -> Tensor:
        """Ids (n,) int64 on the CPU that may come next, ascending, never none of them.

        The end ids are among them where the answer may end.
        """
        ...

    def advance(self, token: int) -> None:
        """Takes note of the token that came, which `allowed` named."""
        ...

    def forced(self) -> Sequence[int]:
        """Tokens that must come next, in order; often none. Changes nothing.

        Each is the only one that `allowed` gives in its turn, so they need no choosing.
        """
        ...

    def close(self) -> Sequence[int]:
        """Tokens that complete an answer which was cut short here. Changes nothing.

        Empty where it is complete, and where completing it would mean to invent it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Match:
    """Where an answer stands: characters start..end of a text (its index from 0)."""

    text: int
    start: int
    end: int


class _Place(NamedTuple):
    """Where an answer may stand: the run of a passage from `start` to `now`, in bytes."""

    passage: int
    start: int
    now: int


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

    def end(self, now: int) -> int:
        """The first place from a position on where a run may end."""
        # A passage ends where a run may end, so there is one.
        return next(i for i in range(now, len(self.content) + 1) if i in self.ends)

    def rest(self, now: int) -> bytes:
        """What is missing from a position to there."""
        return self.content[now : self.end(now)]


class SpanConstraint:
    """Allows exactly the runs of whole words of `texts`, each of `wholes`, and ending then.

    A run starts at a word, or after the brackets and quotes that open it; it ends after a word, or
    before the punctuation that closes it. With a SentencePiece vocabulary the first token may
    bring a space, which is no part of the answer's text.
    """

    def __init__(
        self,
        texts: Sequence[str],
        wholes: Sequence[str],
        tokenizer: Tokenizer,
        end_ids: Collection[int],
    ) -> None:
        self._tokenizer = tokenizer
        self._vocabulary = tokenizer.vocabulary
        self._end_ids = tuple(end_ids)
        passages = [p for i, text in enumerate(texts) for p in _cut(text, i, self._vocabulary)]
        self._quoted = len(passages)
        for whole in map(str.encode, wholes):
            passages.append(_Passage(len(texts), 0, whole, (0,), frozenset({len(whole)})))
        self._passages = passages
        self._places = [
            _Place(i, start, start) for i, p in enumerate(self._passages) for start in p.starts
        ]
        self._leading_space = tokenizer.leading_space
        # Worked out when first asked for, after each token.
        self._forced: list[int] | None = None

    def allowed(self) -> Tensor:
        if forced := self.forced():
            return torch.tensor(forced[:1])
        ids = self._continuations()
        if any(self._complete(place) for place in self._places):
            ids.update(self._end_ids)
        return torch.tensor(sorted(ids))

    def advance(self, token: int) -> None:
        if token in self._end_ids:
            self._places = [place for place in self._places if self._complete(place)]
            return
        forced = self.forced()
        content = self._tokenizer.token_bytes[token] or b""
        if self._leading_space:
            content = content.removeprefix(b" ")
        self._places = [
            _Place(passage, start, now + len(content))
            for passage, start, now in self._places
            if self._passages[passage].content.startswith(content, now)
        ]
        assert self._places, f"token {token} was not allowed"
        self._leading_space = False
        # What was forced stays so, whatever the rest of it would be spelled like by itself.
        self._forced = forced[1:] or None

    def forced(self) -> list[int]:
        """The rest of the word, once it is certain which word it is."""
        if self._forced is None:
            self._forced = self._force()
        return list(self._forced)

    def close(self) -> list[int]:
        """The rest of the word; where it may be several words, of the first of them."""
        complete = any(self._complete(place) for place in self._places)
        if complete or any(place.now == place.start for place in self._places):
            return []
        return self._spell(self._first_rest())

    def admits(self, text: bytes) -> bool:
        """Whether an answer may be this text."""
        return any(
            passage.content.startswith(text, start) and start + len(text) in passage.ends
            for passage in self._passages
            for start in passage.starts
        )

    def matches(self) -> list[Match]:
        """Where the answer so far stands, in the order of the texts; `wholes` stand nowhere.

        One that was cut short is taken as completed by `close`.
        """
        places = [place for place in self._places if self._complete(place)]
        rest = b"" if places else self._first_rest()
        found = []
        for index, start, now in places or self._places:
            passage = self._passages[index]
            if index < self._quoted and passage.rest(now) == rest:
                end = passage.character(now + len(rest))
                found.append(Match(passage.text, passage.character(start), end))
        return found

    def _force(self) -> list[int]:
        if len(self._places) > _FEW or any(place.now == place.start for place in self._places):
            return []
        rests = {self._passages[place.passage].rest(place.now) for place in self._places}
        if len(rests) != 1 or not (rest := rests.pop()):
            return []
        if rest[0] & 0xC0 == 0x80:
            # Within a character; what the tokenizer makes of its rest cannot be asked.
            return []
        ids = self._spell(rest)
        for place in self._places:
            # Not where the word's end is spelled otherwise before what follows it.
            content = self._passages[place.passage].content
            word = content[place.now :].split(b" ", 1)[0]
            if self._spell(word)[: len(ids)] != ids:
                return []
        return ids

    def _complete(self, place: _Place) -> bool:
        return place.now > place.start and place.now in self._passages[place.passage].ends

    def _first_rest(self) -> bytes:
        place = self._places[0]
        return self._passages[place.passage].rest(place.now)

    def _continuations(self) -> set[int]:
        """The tokens that continue a place."""
        vocabulary, ids = self._vocabulary, set[int]()
        seen: set[bytes] = set()
        for passage, _, now in self._places:
            content = self._passages[passage].content
            window = content[now : now + vocabulary.reach(content, now)]
            # Words come again and again in a text, and so do the tokens that they begin with.
            if window in seen:
                continue
            seen.add(window)
            ids.update(vocabulary.beginnings(window))
            if self._leading_space:
                spaced = b" " + content[now : now + vocabulary.longest]
                ids.update(vocabulary.beginnings(spaced))
        return ids

    def _spell(self, content: bytes) -> list[int]:
        """Tokens of bytes that continue an answer, as the tokenizer would have them."""
        try:
            ids = self._tokenizer.encode_on(content.decode())
        except UnicodeDecodeError:
            # The answer stands within a character.
            ids = []
        if ids and b"".join(self._tokenizer.token_bytes[i] or b"" for i in ids) == content:
            return ids
        return self._vocabulary.spell(content)


def _cut(text: str, index: int, vocabulary: Vocabulary) -> Iterator[_Passage]:
    """The passages of a text whose words are separated by single spaces.

    A byte that no token stands for (some control bytes) cannot be written, so a word with one
    belongs to no run: the text is cut there.
    """
    words: list[str] = []
    first = at = 0
    for word in [*text.split(" "), None]:
        if word is not None and vocabulary.spells(word.encode()):
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
    last = max(i for i, word in enumerate(words) if word)
    for word in words[: last + 1]:
        size = len(word.encode())
        if word:
            opened = len(word) - len(word.lstrip(_OPENING))
            bare = len(word.rstrip(_CLOSING).encode())
            starts |= {at, at + len(word[:opened].encode())} if opened < len(word) else {at}
            ends |= {at + size, at + bare} if bare else {at + size}
        at += size + 1
    content = " ".join(words[: last + 1]).encode()
    return _Passage(index, first, content, tuple(sorted(starts)), frozenset(ends))
