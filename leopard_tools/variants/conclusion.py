"""What is worked out of pages before nano is asked: a row, and what may be answered by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..types import CELL_SEPARATOR
from .series import Entry

LONGEST_QUESTION = 400
"""Letters; a longer text is no plain question."""
UNCLEAR = re.compile(r"\b(?:or|no|not|never|cannot|neither)\b|n['’]t\b", re.IGNORECASE)
"""In questions for one of two, and in claims that something is not so."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A row that says what was worked out, and what may be asked of it.

    `answers`: names and figures that stand in the row, and "yes" or "no" where the question may be
    whether something is so. `rivals`: what they were chosen from, that is the names of what else
    was compared, and the other one of "yes" and "no".
    """

    row: str
    answers: tuple[str, ...]
    rivals: tuple[str, ...]


def place_of(page: int | None, several: bool) -> list[str]:
    """The image that something stands in (page from 0), where there are several."""
    return [f"image {page + 1}"] if several and page is not None else []


def row_of(word: str, name: str, entry: Entry, place: Sequence[str]) -> str:
    """A figure in a row: the question's word with its column's name, its label, and itself."""
    return CELL_SEPARATOR.join([f"{word} {name}".strip(), entry.label, entry.text, *place])


__all__ = ["LONGEST_QUESTION", "UNCLEAR", "Conclusion", "place_of", "row_of"]
