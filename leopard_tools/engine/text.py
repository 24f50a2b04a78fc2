"""Tokens to text, piece by piece, without ever taking a piece back.

Three things are held back until they are certain: half of a UTF-8 character, what may be the
beginning of a stop string, and white space at the end (an answer does not end with any).
"""

from __future__ import annotations

from collections.abc import Sequence

from .tokenizer import Tokenizer

_INCOMPLETE = "\N{REPLACEMENT CHARACTER}"
# A character has at most four bytes, and a token at least one of them.
_LONGEST_INCOMPLETE = 4


class TextStream:
    """Turns token ids into pieces of text that join to exactly `text`.

    The first of the `stop` strings that is complete ends the text before it, wherever token
    borders lie.
    """

    def __init__(self, tokenizer: Tokenizer, stop: Sequence[str] = ()) -> None:
        self._tokenizer = tokenizer
        self._stop = tuple(s for s in stop if s)
        self._ids: list[int] = []
        # ids before _context are decoded for good; those up to _decoded give the context that
        # the next ids are decoded in (a word's leading space depends on it).
        self._context = 0
        self._decoded = 0
        self._pending = ""
        self.text = ""
        self.stopped = False

    def feed(self, token: int) -> str:
        """Adds a token and returns the text that is now certain, often a word, maybe nothing.

        Behind a stop string no text follows.
        """
        if self.stopped:
            return ""
        self._ids.append(token)
        self._pending += self._decode_new()
        self._cut_at_stop()
        return self._emit(len(self._pending) if self.stopped else self._certain())

    def finish(self) -> str:
        """Ends the stream and returns what was held back and belongs to the text."""
        if not self.stopped:
            self._pending += self._decode_new(last=True)
            self._cut_at_stop()
        return self._emit(len(self._pending))

    def _decode_new(self, *, last: bool = False) -> str:
        before = self._tokenizer.decode(self._ids[self._context : self._decoded])
        after = self._tokenizer.decode(self._ids[self._context :])
        incomplete = after.endswith(_INCOMPLETE)
        if incomplete and not last and len(self._ids) - self._decoded < _LONGEST_INCOMPLETE:
            return ""
        self._context, self._decoded = self._decoded, len(self._ids)
        # What is still half a character when the answer was cut short never becomes one.
        return after[len(before) :].rstrip(_INCOMPLETE if incomplete and last else "")

    def _cut_at_stop(self) -> None:
        found = [at for s in self._stop if (at := self._pending.find(s)) >= 0]
        if found:
            self._pending = self._pending[: min(found)]
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
