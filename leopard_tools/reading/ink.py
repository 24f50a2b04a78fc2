"""Where the ink of a line stands: tight boxes and the borders between its characters.

The detector's boxes are loose and the recogniser knows only the middles of characters, to about
a sixth of the line's height. The pixels know the rest: the ink ends where the box should, and
between two middles there is nearly always a column with little ink. Pure arithmetic on arrays;
must not know how the text was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]
    Mask = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float32]

MARGIN = 2
"""Pixels left around the ink."""

_NARROW = frozenset("iIjl1.,:;`|!()[]{}ftr-/\"'")
_WIDE = frozenset("mwMW@%&")


def ink_of(strip: Pixels) -> Floats:
    """How far each pixel (height, width) is from the background, from 0 to 1."""
    background = np.median(strip.reshape(-1, 3), 0)
    distance = np.abs(strip - background.astype(np.float32)).max(2)
    # The strongest hundredth is ink for certain; what is far weaker is shadow or compression.
    strongest = max(float(np.quantile(distance, 0.99)), 1.0)
    return np.asarray(np.minimum(distance / strongest, 1.0), np.float32)


def band(ink: Floats) -> tuple[int, int]:
    """The rows (first, last + 1) of the line's own ink, without rules and neighbouring lines."""
    height = len(ink)
    marked = ink > 0.5
    share = marked.mean(1)
    share[share > 0.9] = 0.0
    if not share.any():
        return 0, height
    middle = slice(height // 4, max(height // 4 + 1, height - height // 4))
    core = int(np.argmax(share[middle])) + middle.start
    # A dot over an i stands about a tenth of the height apart, the next line further.
    reach = max(1, round(height * 0.14))
    (rows,) = np.nonzero(share > 0)
    first = last = core
    for row in rows[rows < core][::-1]:
        if first - row > reach:
            break
        first = int(row)
    for row in rows[rows > core]:
        if row - last > reach:
            break
        last = int(row)
    return first, last + 1


def extent(ink: Floats, first: float, last: float) -> tuple[int, int]:
    """The columns (first, last + 1) of ink around the middles of the first and last character."""
    (columns,) = np.nonzero((ink > 0.35).any(0))
    if not len(columns):
        return 0, ink.shape[1]
    return min(int(columns[0]), int(first)), max(int(columns[-1]) + 1, int(last) + 1)


def _weight(character: str) -> float:
    """A character's usual width, as a share of a lower-case letter's."""
    if character in _NARROW:
        return 0.6
    if character in _WIDE or ord(character) > 0x2E80:
        return 1.6
    return 1.3 if character.isupper() else 1.0


def borders(
    text: str, middles: Sequence[float], columns: Floats, extent: tuple[int, int]
) -> list[float]:
    """The borders between characters: len(text) + 1 columns, rising.

    `columns` is the ink of each column (any unit), `middles` are columns too. A border between
    two letters is the emptiest column near where their usual widths put it; a word ends where
    its ink ends, and the space takes what is left.
    """
    found = [float(extent[0])]
    for index in range(1, len(text)):
        before, after = text[index - 1], text[index]
        if after == " " and index + 1 < len(text):
            found.append(_gap(columns, middles[index - 1], middles[index + 1])[0])
        elif before == " " and index > 1:
            found.append(_gap(columns, middles[index - 2], middles[index])[1])
        else:
            left, right = middles[index - 1], middles[index]
            share = _weight(before) / (_weight(before) + _weight(after))
            found.append(_emptiest(columns, left, right, left + (right - left) * share))
    found.append(float(extent[1]))
    return [float(edge) for edge in np.maximum.accumulate(np.clip(found, *extent))]


def _emptiest(columns: Floats, left: float, right: float, expected: float) -> float:
    """The emptiest column within a third of the way from `expected` to either middle."""
    reach = (right - left) / 3
    start, end = int(expected - reach), int(expected + reach) + 1
    window = columns[max(0, start) : end]
    if not len(window):
        return expected
    # Distance counts a little, so that among equals the nearest wins.
    places = np.arange(len(window)) + max(0, start)
    cost = window + 0.15 * np.abs(places + 0.5 - expected) / max(reach, 1.0)
    return float(places[np.argmin(cost)]) + 0.5


def _gap(columns: Floats, left: float, right: float) -> tuple[float, float]:
    """The widest run of empty columns between two middles; without one, the middle third."""
    start, end = max(0, int(left)), min(len(columns), int(right) + 1)
    empty = np.concatenate(([0], columns[start:end] < 0.25, [0])).astype(np.int8)
    (changes,) = np.nonzero(np.diff(empty))
    if not len(changes):
        return left + (right - left) / 3, right - (right - left) / 3
    runs = changes.reshape(-1, 2)
    run = runs[np.argmax(runs[:, 1] - runs[:, 0])] + start
    return float(run[0]), float(run[1])


__all__ = ["MARGIN", "band", "borders", "extent", "ink_of"]
