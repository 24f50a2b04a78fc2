"""Tokens to text, piece by piece, without ever taking a piece back.

Three things are held back until they are certain: half of a UTF-8 character, what may be the
beginning of a stop string, and white space at the end (an answer does not end with any).
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Sequence

from ..errors import CheckpointInvalid
from .tokenizer import Tokenizer

_INCOMPLETE = "\N{REPLACEMENT CHARACTER}"
# A character has at most four bytes, and a token of SentencePiece's at least one of them.
_LONGEST_INCOMPLETE = 4


class TextStream:
    """Turns token ids into pieces of text that join to exactly `text`.

    The first of the `stop` strings that is complete ends the text before it, wherever token
    borders lie; of several that end with the same letter, the longest.
    """

    def __init__(self, tokenizer: Tokenizer, stop: Sequence[str] = ()) -> None:
        self._letters = _letters_of(tokenizer)
        self._stop = tuple(s for s in stop if s)
        self._pending = ""
        self.text = ""
        self.stopped = False

    def feed(self, token: int) -> str:
        """Adds a token and returns the text that is now certain, often a word, maybe nothing.

        Behind a stop string no text follows.
        """
        if self.stopped:
            return ""
        self._pending += self._letters.feed(token)
        self._cut_at_stop()
        return self._emit(len(self._pending) if self.stopped else self._certain())

    def finish(self) -> str:
        """Ends the stream and returns what was held back and belongs to the text."""
        if not self.stopped:
            self._pending += self._letters.finish()
            self._cut_at_stop()
        return self._emit(len(self._pending))

    def _cut_at_stop(self) -> None:
        # Which begins first does not count: it may be complete only with the next token.
        found = [(at + len(s), at) for s in self._stop if (at := self._pending.find(s)) >= 0]
        if found:
            self._pending = self._pending[: min(found)[1]]
            self.stopped = True

    def _certain(self) -> int:
        """How much of the pending text cannot become part of a stop string."""
        length = len(self._pending)
        for stop in self._stop:
            for size in range(min(len(stop) - 1, len(self._pending)), 0, -1):
                if self._pending.endswith(stop[:size]):
                    length = min(length, len(self._pending) - size)
                    break
        return length

    def _emit(self, length: int) -> str:
        piece = self._pending[:length]
        if not self.text:
            piece = piece.lstrip()
        kept = piece.rstrip()
        self._pending = piece[len(kept) :] + self._pending[length:]
        self.text += kept
        return kept


class _ByteLetters:
    """Letters of tokens that stand for bytes: all that are complete."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._utf8 = getincrementaldecoder("utf-8")("replace")

    def feed(self, token: int) -> str:
        text = self._tokenizer.decode([token])
        # Half a character, or the letter that stands for one: its bytes tell.
        content = self._tokenizer.token_bytes[token] if _INCOMPLETE in text else None
        return self._utf8.decode(text.encode() if content is None else content)

    def finish(self) -> str:
        """Nothing: what is still half a character never becomes one."""
        return ""


class _ContextLetters:
    """Letters of tokens whose text depends on what stands before, as a word's leading space."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        # ids before _context are decoded for good; those up to _decoded give the context that
        # the next ids are decoded in.
        self._context = self._decoded = 0

    def feed(self, token: int) -> str:
        self._ids.append(token)
        before, after = self._decode()
        held = len(self._ids) - self._decoded
        if after.endswith(_INCOMPLETE) and held < _LONGEST_INCOMPLETE:
            return ""
        self._context, self._decoded = self._decoded, len(self._ids)
        return after[len(before) :]

    def finish(self) -> str:
        """What was held back, without half a character, which never becomes one."""
        before, after = self._decode()
        return after[len(before) :].rstrip(_INCOMPLETE)

    def _decode(self) -> tuple[str, str]:
        """The text of the context, and of the context with what is new."""
        decode = self._tokenizer.decode
        return decode(self._ids[self._context : self._decoded]), decode(self._ids[self._context :])


def _letters_of(tokenizer: Tokenizer) -> _ByteLetters | _ContextLetters:
    try:
        byte_level = not tokenizer.leading_space
    except CheckpointInvalid:
        # A vocabulary of another kind, which answers can be written in all the same.
        byte_level = False
    return _ByteLetters(tokenizer) if byte_level else _ContextLetters(tokenizer)
