"""What is new in a picture: the places whose pixels changed, and the lines that say otherwise.

Pure: pictures and readings in, boxes and lines out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leopard_tools.types import Box, Line, Reading

if TYPE_CHECKING:
    import numpy.typing as npt
    from PIL.Image import Image as PILImage

    Bits = npt.NDArray[np.bool_]

TILE = 32
"""Pixels: places nearer to one another than this are told as one."""
_SAME_PLACE = 0.3


@dataclass(frozen=True, slots=True)
class LineChanges:
    """Lines that came, went, or say something else in their place (before, after)."""

    added: tuple[Line, ...] = ()
    removed: tuple[Line, ...] = ()
    edited: tuple[tuple[Line, Line], ...] = ()


def count_changed(before: PILImage, after: PILImage) -> int:
    """How many pixels differ; all of them where the sizes do."""
    if before.size != after.size:
        return after.width * after.height
    return int(np.count_nonzero(_differing(before, after)))


def changed_regions(before: PILImage, after: PILImage) -> list[Box]:
    """Boxes around the pixels that differ, the largest first; the whole where the sizes differ.

    Each is as tight as its pixels are; they are told apart by tiles of TILE pixels.
    """
    if before.size != after.size:
        return [Box(0, 0, *after.size)]
    differing = _differing(before, after)
    if not differing.any():
        return []
    height, width = differing.shape
    rows = np.logical_or.reduceat(differing, np.arange(0, height, TILE), axis=0)
    tiles = np.logical_or.reduceat(rows, np.arange(0, width, TILE), axis=1)
    boxes = [_tight(differing, group) for group in _groups(tiles)]
    return sorted(boxes, key=lambda box: -box.width * box.height)


def changed_lines(before: Reading, after: Reading, regions: Sequence[Box]) -> LineChanges:
    """What changed in the text, looked for only where the pixels did.

    A line that only moved, as text that is scrolled, is no change.
    """
    old = list(_touched(before.lines, regions))
    new = list(_touched(after.lines, regions))
    # First those that stay where they are, so that of two equal lines the right one is left.
    for near in (True, False):
        for line in tuple(old):
            if same := _best(line, (other for other in new if other.text == line.text), near=near):
                _take(old, line)
                _take(new, same)
    edited = []
    for line in tuple(old):
        if (other := _best(line, new, near=True)) is not None:
            edited.append((line, other))
            _take(old, line)
            _take(new, other)
    return LineChanges(tuple(new), tuple(old), tuple(edited))


def _differing(before: PILImage, after: PILImage) -> Bits:
    first, second = (np.asarray(image.convert("RGB")) for image in (before, after))
    # Three comparisons of one channel are twice as fast as one over the last axis.
    found: Bits = first[:, :, 0] != second[:, :, 0]
    for channel in (1, 2):
        found |= first[:, :, channel] != second[:, :, channel]
    return found


def _groups(tiles: Bits) -> Iterator[list[tuple[int, int]]]:
    """The set tiles, those together that touch, at a corner too."""
    left = {(int(row), int(column)) for row, column in np.argwhere(tiles)}
    while left:
        group, frontier = [], [left.pop()]
        while frontier:
            row, column = frontier.pop()
            group.append((row, column))
            near = {(row + y, column + x) for y in (-1, 0, 1) for x in (-1, 0, 1)} & left
            left -= near
            frontier += near
        yield group


def _tight(differing: Bits, group: Sequence[tuple[int, int]]) -> Box:
    top, left = (TILE * min(tile[axis] for tile in group) for axis in (0, 1))
    bottom, right = (TILE * (1 + max(tile[axis] for tile in group)) for axis in (0, 1))
    part = differing[top:bottom, left:right]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    return Box(
        left + int(columns[0]),
        top + int(rows[0]),
        int(columns[-1] - columns[0]) + 1,
        int(rows[-1] - rows[0]) + 1,
    )


def _touched(lines: Iterable[Line], regions: Sequence[Box]) -> Iterator[Line]:
    for line in lines:
        if any(line.box.intersection(region) for region in regions):
            yield line


def _best(line: Line, others: Iterable[Line], *, near: bool) -> Line | None:
    """The line that shares most with this one's place; with `near` it must share some of it."""
    shared = [(_overlap(line.box, other.box), other) for other in others]
    found = max(shared, key=lambda pair: pair[0], default=None)
    return None if found is None or (near and found[0] < _SAME_PLACE) else found[1]


def _overlap(a: Box, b: Box) -> float:
    """What two boxes share, as a part of the smaller one."""
    shared = a.intersection(b)
    if shared is None:
        return 0.0
    return shared.width * shared.height / max(1, min(a.width * a.height, b.width * b.height))


def _take(lines: list[Line], line: Line) -> None:
    """Removes the very line, and not another one that is equal to it."""
    del lines[next(index for index, each in enumerate(lines) if each is line)]


__all__ = ["TILE", "LineChanges", "changed_lines", "changed_regions", "count_changed"]
