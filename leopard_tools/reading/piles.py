"""Stacked bars: the numbers of one bar stand over one another, each in its own part of it.

What tells them from the numbers of a table is that they stand as far apart as they say. Must not
know where the labels of the bars are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from .placed import Item, Items

_SAME = 0.1
"""By so much of itself the length of one unit may vary from part to part."""
_VARIED = 1.25
"""Numbers stand at distances that differ by so much, as those in the columns of tables do not."""
_AROUND = 4.0
"""Pixels by which a number may stand off the middle of its part."""


def piles(bars: Sequence[Sequence[tuple[float, Item]]]) -> list[Items]:
    """The numbers of each bar from its axis on; [] where they are no stacked bars' numbers.

    bars: of each bar its numbers with how far along it they stand, in pixels. A number at a bar's
    end that says what its parts come to is its last.
    """
    units: list[tuple[float, float]] = []
    found = []
    for bar in bars:
        ordered = sorted(bar, key=lambda pair: pair[0])
        sizes = [_size(item) for _, item in ordered]
        parts = sizes[:-1] if _is_sum(sizes) else sizes
        for (before, one), (after, other) in pairwise(
            zip([place for place, _ in ordered], parts, strict=False)
        ):
            units.append((after - before, (one + other) / 2))
        found.append([item for _, item in ordered])
    if len(units) < len(bars) or not all(size > 0 for _, size in units):
        return []
    scale = median(gap / size for gap, size in units)
    steady = all(abs(gap - scale * size) <= max(_AROUND, _SAME * gap) for gap, size in units)
    gaps = [gap for gap, _ in units]
    return found if steady and max(gaps) >= _VARIED * min(gaps) else []


def _size(item: Item) -> float:
    """What a number says; 0.0 for a time, which is no length."""
    digits = re.sub(r"[^\d.:]", "", item.line.text.replace(",", "")).strip(".:")
    return float(digits) if digits and digits.count(".") < 2 and ":" not in digits else 0.0


def _is_sum(sizes: Sequence[float]) -> bool:
    return len(sizes) > 2 and abs(sum(sizes[:-1]) - sizes[-1]) < 0.01 * sizes[-1]


__all__ = ["piles"]
