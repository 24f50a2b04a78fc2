"""Which way up a page lies, told from what was read of it, and its lines brought back.

A page that lies upside down reads as rubbish of which the recogniser is sure to about 0.7, and as
text to 0.99 where its lines are shown upside down; on a page that lies on its side nearly all that
can be read runs upwards or downwards. An upright page is known by its own reading: most of what it
says was read surely and from left to right, and nothing more is asked. Digits such as 96 and 69 are
text both ways, and a sheet with texts both ways up has no right side: what is not clear stays.
Turns are quarter turns anticlockwise, as numpy's. Must not know how strips are recognised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..types import Line, Reading
from .writing import TALL, Writing

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]

SURE = 0.9
"""A line is read well from this confidence on."""
DOUBT = 0.5
"""A page is upright if so much of its text is read well across. Upright pages have 0.96 of it."""
SAMPLE = 12
"""So many lines are shown upside down, the longest."""
BETTER = 0.1
"""A line is read better one way where the reader is surer of it by this; words are by 0.3."""
AGAINST = 3
"""For each line read better as it lies, so many must be read better upside down."""
TEXT = 0.85
"""And all of them so surely: what is rubbish both ways stays. A script that the recogniser does not
know can be rubbish to 0.84 upside down, and a letter that is just legible is text to 0.88."""
MOST = 0.9
"""A page lies on its side if so much of what is read well runs upwards, or so much downwards.

On pages that do it is 0.92 and more: their short words look as if they lay. The names below
the bars of an upright chart can be 0.87 of its text.
"""
LEAST = 4
"""Letters that must be read well: a rule or a lone digit tells nothing."""


def doubtful(writings: Sequence[Writing]) -> bool:
    """Whether the strips of a picture may have been read the wrong way up."""
    every = sum(len(writing.text) for writing in writings)
    return _letters(writings, 0) < DOUBT * every


def sample(strips: Sequence[Pixels], writings: Sequence[Writing]) -> list[int]:
    """The places of the strips that tell most about whether the page lies upside down."""
    lengths = [strip.shape[1] / strip.shape[0] for strip in strips]
    lying = [n for n, writing in enumerate(writings) if not writing.turn and TALL * lengths[n] > 1]
    return sorted(lying, key=lambda n: -lengths[n])[:SAMPLE]


def is_upside_down(writings: Sequence[Writing], turned: Sequence[Writing]) -> bool:
    """Whether the strips of a sample are text where they are shown upside down: `turned`."""
    gains = [
        there.confidence - here.confidence for here, there in zip(writings, turned, strict=True)
    ]
    better, worse = sum(gain > BETTER for gain in gains), sum(gain < -BETTER for gain in gains)
    letters = sum(len(writing.text) for writing in turned)
    sure = sum(len(writing.text) * writing.confidence for writing in turned)
    return better > 0 and better >= AGAINST * worse and letters >= LEAST and sure >= TEXT * letters


def turn_of(writings: Sequence[Writing], upside_down: bool) -> int:
    """The turn that brings a doubtful page upright; 0 where none is clearly right.

    upside_down: whether its lines that lie are.
    """
    # Lines that lie upside down were not read well, and are text all the same.
    lying = _letters(writings, 0, 0.0 if upside_down else SURE)
    standing = {turn: _letters(writings, turn) for turn in (1, 3)}
    most = MOST * (lying + sum(standing.values()))
    for turn, letters in standing.items():
        if letters >= max(LEAST, most):
            return turn
    return 2 if upside_down and lying > sum(standing.values()) else 0


def turned_back(reading: Reading, turn: int) -> Reading:
    """The reading of a page that was turned, with its lines where they are in the picture."""
    if not turn:
        return reading
    width, height = reading.width, reading.height
    rows = tuple(tuple(_back(line, turn, width, height) for line in row) for row in reading.rows)
    if turn % 2:
        width, height = height, width
    return replace(reading, rows=rows, width=width, height=height)


def _back(line: Line, turn: int, width: int, height: int) -> Line:
    box = line.box.turned(-turn, width, height)
    # Turned once, the page's columns are the picture's rows; else they are counted from its end.
    edges = line.edges if turn == 1 else tuple(width - edge for edge in line.edges)
    return replace(line, box=box, edges=edges, turn=turn)


def _letters(writings: Sequence[Writing], turn: int, sure: float = SURE) -> int:
    return sum(len(w.text) for w in writings if w.turn == turn and w.confidence >= sure)


__all__ = ["doubtful", "is_upside_down", "sample", "turn_of", "turned_back"]
