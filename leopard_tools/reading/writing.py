"""What stands on a strip and where on it: the recogniser's text, fitted to the ink.

All of it follows from the strip's pixels alone, so it may be kept and used wherever the same
pixels turn up again. Must not know where in a picture the strip was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..types import Box, Line
from .ink import MARGIN, band, borders, extent, ink_of
from .recognition import Recogniser, normalised

if TYPE_CHECKING:
    import numpy.typing as npt

    from .strips import Strip

    Pixels = npt.NDArray[np.uint8]


TALL = 1.5
"""A region so much higher than wide may hold text that runs upwards or downwards."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A strip's text with the box (left, top, right, bottom) of its ink, in pixels of the strip.

    `columns` are the borders between its characters; () where it runs upwards or downwards, and
    `turn` quarter turns anticlockwise bring it upright.
    """

    text: str
    confidence: float
    box: tuple[float, float, float, float]
    columns: tuple[float, ...] = ()
    turn: int = 0

    @property
    def size(self) -> int:
        """About so many bytes of memory."""
        return 400 + len(self.text) + 32 * len(self.columns)

    def on(self, strip: Strip, picture: Box) -> Line:
        """The line in the picture that the strip was cut from."""
        middle = strip.pixels.shape[0] / 2
        edges = tuple(strip.place(column, middle)[0] for column in self.columns)
        return Line(self.text, strip.hull(*self.box, picture), self.confidence, edges)


NOTHING = Writing("", 0.0, (0.0, 0.0, 0.0, 0.0))


def read_strip(pixels: Pixels, recogniser: Recogniser) -> Writing:
    """The writing on a strip (height, width, 3); NOTHING where it is empty."""
    height, width = pixels.shape[:2]
    # A tall region is a lone digit, or text that runs upwards or downwards: the surest counts.
    turns = (0,) if height < TALL * width else (0, 1, 3) if height < 4 * width else (1, 3)
    texts = [(recogniser(np.rot90(pixels, turn)), turn) for turn in turns]
    text, turn = max(texts, key=lambda pair: pair[0].confidence)
    text = text.stripped()
    if not text.characters:
        return NOTHING
    words = normalised(text.characters)
    if turn:
        return Writing(words, text.confidence, (0, 0, width, height), turn=turn)
    ink = ink_of(pixels)
    top, bottom = band(ink)
    middles = [middle * width for middle in text.middles]
    left, right = extent(ink[top:bottom], middles[0], middles[-1])
    columns = borders(words, middles, ink[top:bottom].sum(0), (left, right))
    box = (left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN)
    return Writing(words, text.confidence, box, tuple(columns))


__all__ = ["NOTHING", "TALL", "Writing", "read_strip"]
