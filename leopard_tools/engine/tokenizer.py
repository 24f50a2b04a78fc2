"""Text to ids and back, exactly as the checkpoint's own tokenizer.json says.

The `tokenizers` library reads that file as it was saved, so that the result does not depend on
how a later transformers release would rebuild the tokenizer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

from tokenizers import Tokenizer as FastTokenizer
from tokenizers.pre_tokenizers import Metaspace

from ..errors import CheckpointInvalid, LeopardError

_SENTINEL = "\x02"
_BEGINNING = "<s>"
"""The marker of SentencePiece's prompts that may stand before their first text."""
_BYTE = re.compile("<0x([0-9A-F]{2})>")
_KEY = 3
"""Bytes that say how long a token which begins with them can be."""


class Special(str):
    """A marker of the prompt format, such as <|im_start|>: one id, never split.

    A plain str is text: markers that a user or an image writes in it stay ordinary letters, so
    that no picture can open a turn of its own.
    """

    __slots__ = ()


class Tokenizer:
    """Encodes pieces of a prompt and decodes answers.

    Raises CheckpointInvalid where the file cannot be read.
    """

    def __init__(self, file: Path) -> None:
        try:
            # A pipe of that name would be waited for without end.
            if not file.is_file():
                raise FileNotFoundError("there is no such file")
            self._fast: FastTokenizer = FastTokenizer.from_file(str(file))
        # tokenizers raises a bare Exception for a missing or malformed file.
        except Exception as error:  # noqa: BLE001
            raise CheckpointInvalid(
                f"{file} cannot be read as a tokenizer ({error}). "
                "A checkpoint needs the tokenizer.json that it was saved with."
            ) from None
        self._fast.no_truncation()
        self._fast.no_padding()
        self._fast.encode_special_tokens = True

    def encode(self, text: str) -> list[int]:
        """Ids of ordinary text, without any marker added or recognised."""
        try:
            ids: list[int] = self._fast.encode(text, add_special_tokens=False).ids
        except TypeError:
            raise LeopardError(
                f"{text[:60]!r} has half a pair of surrogates, which is no text. Decode it with "
                "its own encoding."
            ) from None
        return ids

    def marker(self, name: str) -> int:
        """The id of a marker. Raises CheckpointInvalid where the vocabulary lacks it."""
        found: int | None = self._fast.token_to_id(name)
        if found is None:
            raise CheckpointInvalid(
                f"The tokenizer has no token {name!r}, which this variant's prompt needs."
            )
        return found

    def encode_parts(self, parts: Iterable[str]) -> list[int]:
        """Ids of a prompt made of markers (Special) and texts; adjacent texts are one text."""
        ids: list[int] = []
        pending = ""
        for part in parts:
            if isinstance(part, Special):
                ids += self._encode_next(ids, pending)
                pending = ""
                ids.append(self.marker(part))
            else:
                pending += part
        return ids + self._encode_next(ids, pending)

    def _encode_next(self, before: list[int], text: str) -> list[int]:
        """Ids of a prompt's text between two markers, `before` being those of all before it."""
        if not text:
            return []
        first = not before or before == [self._fast.token_to_id(_BEGINNING)]
        return self.encode(text) if first or not self._only_first else self.encode_on(text)

    @cached_property
    def _only_first(self) -> bool:
        """Whether a space is added to a prompt's first text only, as transformers 5 saves it."""
        step = self._fast.pre_tokenizer
        return isinstance(step, Metaspace) and step.prepend_scheme == "first"

    def decode(self, ids: Iterable[int]) -> str:
        """Text of ids, markers left out; an incomplete UTF-8 sequence becomes U+FFFD."""
        text: str = self._fast.decode(list(ids), skip_special_tokens=True)
        return text

    @cached_property
    def leading_space(self) -> bool:
        """Whether the first word of a text gets a space before it, as SentencePiece has it."""
        return self._kind == "sentencepiece"

    def encode_on(self, text: str) -> list[int]:
        """Ids of text that goes on with other text: none of them stands for a space added to it."""
        if not self.leading_space:
            return self.encode(text)
        # A control character joins nothing, so what stands after it is encoded as it is.
        before = self.encode(_SENTINEL)
        ids = self.encode(_SENTINEL + text)
        return ids[len(before) :] if ids[: len(before)] == before else self.encode(text)

    @cached_property
    def token_bytes(self) -> list[bytes | None]:
        """The bytes that each token stands for, by id; None for markers, which stand for no text.

        Raises CheckpointInvalid where the vocabulary is neither byte-level nor SentencePiece's.
        """
        # With the added tokens: their ids count, though none of them is text.
        found: list[bytes | None] = [None] * self._fast.get_vocab_size()
        markers = set(self._fast.get_added_tokens_decoder())
        spell = _spelled_in_letters if self._kind == "byte-level" else _spelled_in_pieces
        for token, index in self._fast.get_vocab(with_added_tokens=False).items():
            if index not in markers:
                found += [None] * (index + 1 - len(found))
                found[index] = spell(token)
        return found

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The ordinary tokens by their bytes."""
        return Vocabulary(self.token_bytes)

    @cached_property
    def _kind(self) -> str:
        """What the letters of a token stand for, as its decoder says."""
        decoder = self._fast.decoder
        state = json.loads(decoder.__getstate__()) if decoder is not None else {}
        types = {step.get("type") for step in [state, *state.get("decoders", [])]}
        if "ByteLevel" in types:
            return "byte-level"
        if "ByteFallback" in types or "Metaspace" in types:
            return "sentencepiece"
        raise CheckpointInvalid(
            f"The tokenizer decodes with {sorted(map(str, types))}. Answers can be held to texts "
            "or schemas only where its vocabulary is byte-level or SentencePiece's."
        )


class Vocabulary:
    """Tokens by their bytes, and which of them a text can go on with."""

    def __init__(self, tokens: Iterable[bytes | None]) -> None:
        # Of two tokens of the same bytes the later stays: SentencePiece's own pieces come after
        # the tokens of single bytes, which stand for what has no piece.
        self.ids = {content: index for index, content in enumerate(tokens) if content}
        self._longest: dict[bytes, int] = {}
        for content in self.ids:
            key = content[:_KEY]
            self._longest[key] = max(self._longest.get(key, 0), len(content))
        self.longest = max(self._longest.values(), default=0)
        self._bytes = frozenset(content[0] for content in self.ids if len(content) == 1)

    def spells(self, content: bytes) -> bool:
        """Whether tokens of single bytes can spell it, so that any part of it can be said."""
        return self._bytes.issuperset(content)

    def spell(self, content: bytes) -> list[int]:
        """Tokens of bytes that `spells` is true of, each the longest that fits."""
        ids, at = [], 0
        while at < len(content):
            end = at + self.reach(content, at)
            while content[at:end] not in self.ids:
                end -= 1
            ids.append(self.ids[content[at:end]])
            at = end
        return ids

    def reach(self, content: bytes, start: int) -> int:
        """How many bytes of content[start:] a token can stand for at most.

        Most texts go on with few long tokens: the longest that begins alike is short.
        """
        longest = self._longest.get(content[start : start + _KEY], 0)
        return min(max(longest, _KEY - 1), len(content) - start)

    def beginnings(self, content: bytes) -> list[int]:
        """The tokens that bytes begin with, shortest first."""
        ids = self.ids
        found = [ids.get(content[:end]) for end in range(1, self.reach(content, 0) + 1)]
        return [token for token in found if token is not None]


def _spelled_in_letters(token: str) -> bytes | None:
    try:
        return bytes(map(_byte_letters().__getitem__, token))
    except KeyError:
        return None


def _spelled_in_pieces(token: str) -> bytes | None:
    if byte := _BYTE.fullmatch(token):
        return bytes([int(byte[1], 16)])
    return token.replace("\N{LOWER ONE EIGHTH BLOCK}", " ").encode()


@cache
def _byte_letters() -> dict[str, int]:
    """The letter that stands for each byte in a byte-level vocabulary (that of GPT-2).

    Printable bytes stand for themselves; the others, in order, for the letters from 256 on.
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = {chr(byte): byte for byte in printable}
    return letters | {chr(256 + i): byte for i, byte in enumerate(others)}
