"""Text in which all letters are equally wide, as terminals, editors and typewriters set it.

Its lines stand at the same heights, and its letters in the same columns, whatever they belong to.
Pure arithmetic on boxes; must not know what follows from it.
"""

from __future__ import annotations

from itertools import chain
from statistics import mean, median

from ..types import Line
from .placed import Items

LONG, SHORT = 10, 6
"""Letters of a line that tells how wide they are, and of one that can be held to it."""
ENOUGH = 12
"""Lines that can be held to it, at least."""
SLIP = 0.4
"""Letters by which such a line is at most longer or shorter than it should be."""
MOST, MANY = 0.75, 0.6
"""So many lines are as long as they should be, of all and of each part. Of lines in other types
a third is."""


def is_typed(*parts: Items) -> bool:
    """Whether the letters of all these parts are equally wide."""
    lines = [[i.line for i in part if len(i.line.text) >= SHORT] for part in parts]
    every = list(chain(*lines))
    wide = [line.box.width / len(line.text) for line in every if len(line.text) >= LONG]
    if len(every) < ENOUGH or not wide:
        return False
    width = median(wide)
    shares = (_share(part, width) for part in lines if part)
    return _share(every, width) >= MOST and all(share >= MANY for share in shares)


def _share(lines: list[Line], width: float) -> float:
    """How many of the lines are as long as their letters are, at this width of one."""
    return mean(abs(line.box.width / width - len(line.text)) < SLIP for line in lines)


__all__ = ["is_typed"]
