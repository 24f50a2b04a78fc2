"""Rules on a picture: the grids of cells that they enclose, and the lanes between them.

A rule is where colour changes along a straight line: drawn, or the border of a filled cell. Rules
that touch are a grid if all cells between them are closed; rules of one width below one another
have lanes between them, those of one height side by side columns. Pure arithmetic on pixels; must
not know what stands in the cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]
    Mask = npt.NDArray[np.bool_]

STEP, FAINT = 10, 3
"""The least change of a colour (of 255) that is seen as a border, and that on a clean picture."""
CLEAN = 0.05
"""On a clean picture no larger part of the pixels changes by less than a border does."""
LONG, HIGH = 24, 16
"""Pixels of the shortest rule, across and down: more than the strokes of letters are."""
TOUCH = 5
"""Rules within so many pixels of one another touch; borders of one cell and the next are one."""
COVERED, OPEN = 0.75, 0.25
"""A cell's side is ruled in so much of it, and open where no more is; between, it is unclear."""
LEAST, FEW = 3, 6
"""Rows of a grid at least, and its single cells where below the first row some span others."""
PLAIN = 0.6
"""So many places of a grid are cells of one row and one column; those of forms are of all sizes."""
LONGEST = 0.9
"""The rules between columns are so much of the longest, and one across of the widest."""
MOST = 150
"""Rows or columns above which it is a pattern, as is a picture with eight times as many rules."""
WIDE = 240
"""Pixels of the shortest rule that may be one of a table without rules down."""


@dataclass(frozen=True, slots=True)
class Span:
    """A cell of a grid: its rows and columns from the first up to, not including, the last."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the rules of a grid lie in the picture, and its cells row by row.

    Lanes are a grid of one column, whose xs are where its rules begin and end. Columns without
    rules between their rows are a grid of one row, or of two if a rule is below their names.
    """

    xs: tuple[int, ...]
    ys: tuple[int, ...]
    cells: tuple[Span, ...]

    @property
    def is_lanes(self) -> bool:
        return len(self.xs) == 2

    @property
    def is_columns(self) -> bool:
        return len(self.ys) <= LEAST and not self.is_lanes


def grids(pixels: Pixels) -> tuple[Grid, ...]:
    """The grids on a picture (height, width, 3), and lanes as grids of one column."""
    import cv2

    if min(pixels.shape[:2]) <= LONG:
        return ()
    downwards = differences(pixels[:-2], pixels[2:])
    step = FAINT if np.mean((downwards > 0) & (downwards < STEP)) < CLEAN else STEP
    across = np.pad(opened(downwards >= step, (1, LONG)), ((1, 1), (0, 0)))
    sideways = differences(pixels[:, :-2], pixels[:, 2:])
    down = np.pad(opened(sideways >= step, (HIGH, 1)), ((0, 0), (1, 1)))
    near = cv2.dilate((across | down).astype(np.uint8), np.ones((TOUCH, TOUCH), np.uint8))
    count, labels, places, _ = cv2.connectedComponentsWithStats(near)
    found = []
    for number in range(1, count):
        x, y, width, height, _ = map(int, places[number])
        if width < 2 * LONG or height < LEAST * HIGH:
            continue
        part = (slice(y, y + height), slice(x, x + width))
        own = labels[part] == number
        rules = _closed(across[part] & own, down[part] & own, x, y, near.shape)
        grid = _grid(*rules, x, y)
        if grid:
            found.append(grid)
            across[part] = False
        elif columns := _columns(*rules, x, y):
            found.append(columns)
    return (*found, *_lanes(across))


def _closed(across: Mask, down: Mask, x: int, y: int, shape: tuple[int, ...]) -> tuple[Mask, Mask]:
    """The rules, where the picture cuts them off with its edges, too."""
    height, width = across.shape
    for place, is_cut in ((0, y <= TOUCH), (-1, y + height >= shape[0] - TOUCH)):
        across[place] |= is_cut
    for place, is_cut in ((0, x <= TOUCH), (-1, x + width >= shape[1] - TOUCH)):
        down[:, place] |= is_cut
    return across, down


def _lanes(across: Mask) -> Iterator[Grid]:
    """The lanes between rules of one width that stand below one another."""
    rules: list[tuple[int, int, int]] = []
    for first, last in _levels(across, WIDE):
        if last - first <= 2 * TOUCH:
            ruled = np.pad(np.logical_or.reduce(across[first : last + 1]), 1)
            ends = np.flatnonzero(ruled[1:] != ruled[:-1]).tolist()
            found = zip(ends[::2], ends[1::2], strict=True)
            rules += [(x, end, (first + last) // 2) for x, end in found if end - x >= WIDE]
    while 2 < len(rules) <= 8 * MOST:
        left, right, _ = rules[0]
        same = [r for r in rules if abs(r[0] - left) <= TOUCH and abs(r[1] - right) <= TOUCH]
        rules = [rule for rule in rules if rule not in same]
        ys = tuple(sorted(y for _, _, y in same))
        if 2 < len(ys) <= MOST:
            cells = tuple(Span(row, row + 1, 0, 1) for row in range(len(ys) - 1))
            yield Grid((left, right), ys, cells)


def differences(before: Pixels, behind: Pixels) -> npt.NDArray[np.uint8]:
    """By how much colours differ, for the pixels between two shifts of a picture."""
    import cv2

    red, green, blue = cv2.split(cv2.absdiff(before, behind))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def opened(mask: Mask, shape: tuple[int, int]) -> Mask:
    """What is left of a mask where only runs of this shape are kept."""
    import cv2

    kernel = np.ones(shape, np.uint8)
    return cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_OPEN, kernel).view(bool)


def _grid(across: Mask, down: Mask, x: int, y: int) -> Grid | None:
    """The grid that rules which touch one another enclose; None where they do not."""
    down = np.ascontiguousarray(down.T)
    height, width = across.shape
    rows, columns = _measured(across), _measured(down)
    wide, tall = _of_length(rows, width / 2), _of_length(columns, height / 2)
    # Strokes of letters that touch a rule are shorter than the sides of all cells.
    ys = _of_length(rows, COVERED * _least_gap(tall))
    xs = _of_length(columns, COVERED * _least_gap(wide))
    # Boxes around single words are not, where these fill a row.
    for found in ((xs, ys), (tall, wide)):
        cells = _closed_cells(across, down, *found)
        if cells:
            return Grid(
                tuple(x + each for each in found[0]), tuple(y + each for each in found[1]), cells
            )
    return None


def _columns(across: Mask, down: Mask, x: int, y: int) -> Grid | None:
    """The columns between rules as high as all of them, which one across touches at least."""
    height, width = across.shape
    wide = [0, *_of_length(_measured(across), LONGEST * width), height - 1]
    tall = _of_length(_measured(np.ascontiguousarray(down.T)), LONGEST * height)
    inner = [level for level in tall if 2 * TOUCH < level < width - 2 * TOUCH]
    between = [level for level in wide if HIGH < level < height - HIGH]
    if not 1 < len(inner) < MOST or len(between) > 1 or len(wide) == 2:
        return None
    xs, ys = [0, *inner, width - 1], [0, *between, height - 1]
    cells = tuple(
        Span(row, row + 1, column, column + 1)
        for row, column in product(range(len(ys) - 1), range(len(xs) - 1))
    )
    return Grid(tuple(x + each for each in xs), tuple(y + each for each in ys), cells)


def _closed_cells(across: Mask, down: Mask, xs: list[int], ys: list[int]) -> tuple[Span, ...]:
    """The cells of a grid with these rules, where walls close them all; down is (x, y)."""
    if not 2 < len(xs) <= MOST or not LEAST < len(ys) <= MOST:
        return ()
    covered = _covered(down, xs, ys), _covered(across, ys, xs)
    if any(((part > OPEN) & (part < COVERED)).any() for part in covered):
        return ()
    beside, below = (part >= COVERED for part in covered)
    if not all(wall.all() for wall in (beside[0], beside[-1], below[0], below[-1])):
        return ()
    cells = tuple(_cells(beside[1:-1], below[1:-1]))
    places = beside[0].size * below[0].size
    plain = sum(map(_is_plain, cells))
    taken = sum((c.bottom - c.top) * (c.right - c.left) for c in cells)
    if taken != places or plain < PLAIN * places:
        return ()
    # The names of columns may be on one ground.
    return cells if plain >= FEW or all(_is_plain(c) for c in cells if c.top) else ()


def _is_plain(cell: Span) -> bool:
    return cell.bottom - cell.top == cell.right - cell.left == 1


def _measured(rules: Mask) -> list[tuple[int, int]]:
    """Where rules lie, and of how many pixels they are."""
    return [
        ((first + last) // 2, int(np.count_nonzero(rules[first : last + 1].any(axis=0))))
        for first, last in _levels(rules)
    ]


def _of_length(rules: list[tuple[int, int]], least: float) -> list[int]:
    """Where those lie that are long enough."""
    return [level for level, length in rules if length >= least]


def _least_gap(levels: list[int]) -> int:
    return min((after - before for before, after in pairwise(levels)), default=0)


def _levels(rules: Mask, least: int = 1) -> list[tuple[int, int]]:
    """The rows of a mask, first and last, in which rules lie, so many pixels of them.

    The edges of one rule are one.
    """
    found: list[tuple[int, int]] = []
    for row in np.flatnonzero(np.count_nonzero(rules, axis=1) >= least).tolist():
        if found and row - found[-1][1] <= TOUCH:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


def _covered(rules: Mask, levels: list[int], across: list[int]) -> npt.NDArray[np.float64]:
    """(levels, cells along each): how much of a cell's side is ruled."""
    found = np.zeros((len(levels), len(across) - 1))
    for number, level in enumerate(levels):
        near = rules[max(0, level - TOUCH) : level + TOUCH + 1]
        ruled = np.logical_or.reduce(near, axis=0)
        for place, (start, end) in enumerate(pairwise(across)):
            inner = ruled[start + TOUCH : max(start + TOUCH + 1, end - TOUCH)]
            found[number, place] = inner.mean()
    return found


def _cells(beside: Mask, below: Mask) -> Iterator[Span]:
    """The rectangles between walls; beside (columns - 1, rows), below (rows - 1, columns).

    Where what is not parted is no rectangle, they overlap.
    """
    rows, columns = beside.shape[1], below.shape[1]
    taken = np.zeros((rows, columns), bool)
    for row, column in product(range(rows), range(columns)):
        if taken[row, column]:
            continue
        right = column + 1
        while right < columns and not beside[right - 1, row]:
            right += 1
        bottom = row + 1
        while bottom < rows and not (
            below[bottom - 1, column:right].any() or beside[column : right - 1, bottom].any()
        ):
            bottom += 1
        taken[row:bottom, column:right] = True
        yield Span(row, bottom, column, right)


__all__ = ["Grid", "Span", "grids"]
