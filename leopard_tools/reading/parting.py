"""Parts lines that the detector glued: what stands far apart on one height is several texts.

The entries of a legend, with their coloured squares between them, and the words of neighbouring
columns come as one line. Pure arithmetic on the borders between characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..types import Line

WIDE = 1.6
"""A gap between two words, in heights of the line, that no sentence has."""
SQUARE = 1.1
"""A capital letter after a small one is this wide, in heights, where a square stands before it."""
_WIDE_LETTERS = frozenset("MWmw@%")


def parted(lines: Sequence[Line]) -> list[Line]:
    """The lines, those with wide gaps as several."""
    return [part for line in lines for part in _parts(line)]


def _parts(line: Line) -> Iterator[Line]:
    borders = [0, *_gaps(line), len(line.text)]
    if len(borders) == 2:
        yield line
        return
    for start, end in pairwise(borders):
        text = line.text[start:end]
        first, last = start + len(text) - len(text.lstrip()), start + len(text.rstrip())
        if first < last:
            box = line.box_of(first, last)
            edges = line.edges[first : last + 1]
            yield Line(line.text[first:last], box, line.confidence, edges)


def _gaps(line: Line) -> list[int]:
    """The positions in the text at which another text begins."""
    height, edges = line.box.height, line.edges
    if len(edges) != len(line.text) + 1 or line.box.width < 4 * height:
        return []
    found = []
    for index in range(1, len(line.text)):
        before, here = line.text[index - 1], line.text[index]
        width = (edges[index + 1] - edges[index]) / height
        if here == " ":
            wide = width > WIDE
        else:
            allowed = SQUARE + 0.3 * (here in _WIDE_LETTERS)
            wide = here.isupper() and (before.islower() or before.isdigit()) and width > allowed
        if wide:
            found.append(index)
    return found


__all__ = ["parted"]
