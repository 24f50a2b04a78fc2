"""Text in which all letters are equally wide, as terminals, editors and typewriters set it.

Its lines stand at the same heights, and its letters in the same columns, whatever they belong to.
Pure arithmetic on boxes; must not know what follows from it.
"""

from __future__ import annotations

from itertools import chain
from statistics import median

from .placed import Items

LONG = 10
"""Letters of a line that tells how wide they are."""
ENOUGH = 5
"""So many such lines at least."""
EVEN = 0.008
"""The widths of most lines' letters differ by less, of one; in other types they do by 0.03."""


def is_typed(*parts: Items) -> bool:
    """Whether the letters of all these parts are equally wide."""
    widths = [_letter_widths(part) for part in parts]
    if min(map(len, widths)) < ENOUGH:
        return False
    usual = median(chain(*widths))
    return all(median(abs(width / usual - 1) for width in part) < EVEN for part in widths)


def _letter_widths(items: Items) -> list[float]:
    lines = [item.line for item in items if len(item.line.text) >= LONG]
    return [line.box.width / len(line.text) for line in lines]


__all__ = ["is_typed"]
