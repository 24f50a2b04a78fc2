"""Parts lines that the detector glued: what stands far apart on one height is several texts.

The entries of a legend, with their coloured squares between them, the words of neighbouring
columns and the names over those of a table come as one line. Pure arithmetic on the borders
between characters.
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
_BETWEEN, _LETTERS = 0.5, 1.2
"""The narrowest gap between two names of columns, in heights of their line and in its letters."""
_BELOW, _LEAST_ROWS, _ROWS = 8, 2, 3
"""The heights below names in which figures of their columns stand, the least rows of them, and as
many as are looked at."""


class _Gap(NamedTuple):
    """A gap between two words: where it begins and ends on the page, and its place in the text."""

    left: float
    right: float
    place: int

    @property
    def width(self) -> float:
        return self.right - self.left


def parted(lines: Sequence[Line]) -> list[Line]:
    """The lines, as several those with wide gaps, over a gutter of the page, or over columns."""
    whole = [part for line in lines for part in _parts(line, _gaps(line))]
    widest = [_widest(line) for line in whole]
    gutters = _Gutters(whole, [gap for gap in widest if gap is not None])
    found: list[Line] = []
    for line, gap in zip(whole, widest, strict=True):
        found += _parts(line, [gap.place]) if gap is not None and gap in gutters else [line]
    below = _Below(found)
    return [part for line in found for part in _parts(line, _between_names(line, below))]


class _Below:
    """Lines by their height, to tell what stands closely below one."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = sorted(lines, key=lambda line: line.box.top)
        self._tops = [line.box.top for line in self._lines]

    def rows(self, line: Line) -> list[list[Line]]:
        """The rows below a line, of what stands under it."""
        box = line.box
        first = bisect_left(self._tops, box.bottom - box.height // 3)
        last = bisect_right(self._tops, box.bottom + _BELOW * box.height)
        rows: list[list[Line]] = []
        for other in self._lines[first:last]:
            if other.box.right <= box.left or box.right <= other.box.left:
                continue
            if rows and other.box.center[1] < rows[-1][0].box.bottom:
                rows[-1].append(other)
            else:
                rows.append([other])
        return rows


def _between_names(line: Line, below: _Below) -> list[int]:
    """The wide spaces of a line, where it is the names over some columns of figures."""
    # In type of one width a space is as wide as a letter.
    least = max(_BETWEEN * line.box.height, _LETTERS * line.box.width / len(line.text))
    wide = [gap for gap in _spaces(line) if gap.width > least]
    if not wide or ":" in line.text or any(map(str.isdigit, line.text)):
        return []
    rows = below.rows(line)
    several = [row for row in rows[:_ROWS] if len(row) > 1]
    figures = [any(map(str.isdigit, other.text)) for row in several for other in row]
    fits = max(map(len, several), default=0) == len(wide) + 1
    if not fits or 2 * sum(figures) <= len(figures) or not all(_is_gutter(g, rows) for g in wide):
        return []
    return [gap.place for gap in wide]


def _spaces(line: Line) -> list[_Gap]:
    """The spaces of a line; none where it is not known where its characters stand."""
    edges = line.edges
    if len(edges) != len(line.text) + 1:
        return []
    spaces = (index for index, letter in enumerate(line.text) if letter == " ")
    return [_Gap(edges[index], edges[index + 1], index) for index in spaces]


def _is_gutter(gap: _Gap, rows: Sequence[Sequence[Line]]) -> bool:
    """Whether rows have something on both sides of a gap, and none across it."""
    middle = (gap.left + gap.right) / 2
    beside = 0
    for row in rows:
        if any(line.box.left < middle < line.box.right for line in row):
            # Below the table other texts may begin.
            break
        beside += {line.box.left > middle for line in row} == {False, True}
    return beside >= _LEAST_ROWS


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
    height, spaces = line.box.height, _spaces(line)
    if line.box.width < _LONG * height or len(spaces) < _LEAST_SPACES:
        return None
    second, first = sorted(spaces, key=lambda gap: (gap.width, gap.place))[-2:]
    return first if first.width >= max(_GUTTER * height, _WIDER * second.width) else None


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
