"""Text to ids and back, exactly as the checkpoint's own tokenizer.json says.

The `tokenizers` library reads that file as it was saved, so that the result does not depend on
how a later transformers release would rebuild the tokenizer.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from tokenizers import Tokenizer as FastTokenizer

from ..errors import CheckpointInvalid


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
        ids: list[int] = self._fast.encode(text, add_special_tokens=False).ids
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
                ids += self.encode(pending) if pending else []
                pending = ""
                ids.append(self.marker(part))
            else:
                pending += part
        return ids + (self.encode(pending) if pending else [])

    def decode(self, ids: Iterable[int]) -> str:
        """Text of ids, markers left out; an incomplete UTF-8 sequence becomes U+FFFD."""
        text: str = self._fast.decode(list(ids), skip_special_tokens=True)
        return text

    @cached_property
    def vocabulary(self) -> dict[bytes, int]:
        """The bytes that each ordinary token stands for, in a byte-level vocabulary."""
        markers = set(self._fast.get_added_tokens_decoder())
        letters = _byte_letters()
        return {
            bytes(letters[letter] for letter in token): index
            for token, index in self._fast.get_vocab(with_added_tokens=False).items()
            if index not in markers and all(letter in letters for letter in token)
        }


def _byte_letters() -> dict[str, int]:
    """The letter that stands for each byte in a byte-level vocabulary (that of GPT-2).

    Printable bytes stand for themselves; the others, in order, for the letters from 256 on.
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = {chr(byte): byte for byte in printable}
    return letters | {chr(256 + i): byte for i, byte in enumerate(others)}
