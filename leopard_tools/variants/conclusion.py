"""What is worked out of pages before nano is asked: a row, and what may be answered by it."""

from __future__ import annotations

import re
from dataclasses import dataclass

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


__all__ = ["LONGEST_QUESTION", "UNCLEAR", "Conclusion"]
