"""Parts lines that the detector glued: what stands far apart on one height is several texts.

The entries of a legend, with their coloured squares between them, and the words of neighbouring
columns come as one line. Pure arithmetic on the borders between characters.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..types import Line

WIDE = 1.6
"""A gap between two words, in heights of the line, that no sentence has."""
SQUARE = 1.1
"""A capital letter after a small one is this wide, in heights, where a square stands before it."""
_WIDE_LETTERS = frozenset("MWmw@%")


_GUTTER = 0.7
"""The narrowest gutter of a page in columns, in heights of its lines."""
_WIDER = 1.6
"""How many times as wide as all other gaps of its line a gutter is."""
_LONG = 15
"""The least width, in heights, of a line that may run over two columns of text."""
_LEAST_SPACES = 4
_SAME = 6.0
"""Pixels by which the edge of a column may vary."""


class _Gap(NamedTuple):
    """A gap between two words: where it begins and ends on the page, and its place in the text."""

    left: float
    right: float
    place: int


def parted(lines: Sequence[Line]) -> list[Line]:
    """The lines, those with wide gaps as several, and those that run over a gutter of the page."""
    whole = [part for line in lines for part in _parts(line, _gaps(line))]
    widest = [_widest(line) for line in whole]
    gutters = _Gutters(whole, [gap for gap in widest if gap is not None])
    found: list[Line] = []
    for line, gap in zip(whole, widest, strict=True):
        found += _parts(line, [gap.place]) if gap is not None and gap in gutters else [line]
    return found


class _Gutters:
    """Which gaps are between columns: others, or edges of columns, are at the same place."""

    def __init__(self, lines: Sequence[Line], gaps: Sequence[_Gap]) -> None:
        self._ends = sorted(gap.right for gap in gaps)
        self._lefts = sorted(line.box.left for line in lines)
        self._rights = sorted(line.box.right for line in lines)

    def __contains__(self, gap: _Gap) -> bool:
        # Columns begin at one place; where their lines end may vary. It is one of the gaps itself.
        gaps, begun = _near(self._ends, gap.right), _near(self._lefts, gap.right)
        if gaps > 1 and gaps + begun > 2:
            return True
        return min(begun, _near(self._rights, gap.left)) > 1


def _near(places: Sequence[float], place: float) -> int:
    return bisect_right(places, place + _SAME) - bisect_left(places, place - _SAME)


def _widest(line: Line) -> _Gap | None:
    """The one gap of a long line that is far wider than its others."""
    edges, height = line.edges, line.box.height
    spaces = [index for index, letter in enumerate(line.text) if letter == " "]
    known = len(edges) == len(line.text) + 1
    if not known or line.box.width < _LONG * height or len(spaces) < _LEAST_SPACES:
        return None
    second, first = sorted((edges[index + 1] - edges[index], index) for index in spaces)[-2:]
    if first[0] < max(_GUTTER * height, _WIDER * second[0]):
        return None
    return _Gap(edges[first[1]], edges[first[1] + 1], first[1])


def _parts(line: Line, gaps: Sequence[int]) -> Iterator[Line]:
    """The texts of a line between these places of its text."""
    borders = [0, *gaps, len(line.text)]
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
