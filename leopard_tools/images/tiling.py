"""Which tiles Leopard-LLaVA cuts each image into: integers in, integers out.

Adaptive encoding (Leopard paper, section 3.2; the published evaluation code): large images are
cut into square tiles, each as the vision tower takes it, and all images of a request share one
budget of tiles. It knows nothing of pixels or tensors; the pixel code follows its plan.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TILE = 364
BUDGET = 50


class Fit(NamedTuple):
    """How a picture lies on the canvas of its tiles."""

    size: tuple[int, int]
    """(width, height) that it is resized to."""
    offset: tuple[int, int]
    """(left, top) of where it is pasted."""


def plan_tiles(
    sizes: Sequence[tuple[int, int]], tile: int = TILE, budget: int = BUDGET
) -> list[tuple[int, int] | None]:
    """The grid of tiles for each image of one request, in the order given.

    `sizes` are (width, height) in pixels, the grids are (rows, columns); None stands for an image
    that has only its global view. `budget` counts the global views too, one for each image.

    >>> plan_tiles([(1280, 720), (200, 150)])
    [(2, 4), None]
    """
    shares = _share_tiles([_wanted_tiles(size, tile) for size in sizes], budget - len(sizes))
    return [_best_grid(size, share, tile) for size, share in zip(sizes, shares, strict=True)]


def fit_tiles(size: tuple[int, int], grid: tuple[int, int], tile: int = TILE) -> Fit:
    """How an image of `size` (width, height) fills the canvas of `grid` (rows, columns) tiles.

    The image keeps its aspect ratio and touches the canvas on two sides; what it leaves free is
    black, shared evenly (LLaVA-1.6's resize_and_pad_image, roundings included).

    >>> fit_tiles((1280, 720), (2, 4))
    Fit(size=(1295, 728), offset=(80, 0))
    """
    width, height = _positive(size)
    across, down = grid[1] * tile, grid[0] * tile
    by_width, by_height = across / width, down / height
    if by_width < by_height:
        fitted = across, min(math.ceil(height * by_width), down)
    else:
        fitted = min(math.ceil(width * by_height), across), down
    return Fit(fitted, ((across - fitted[0]) // 2, (down - fitted[1]) // 2))


def _wanted_tiles(size: tuple[int, int], tile: int) -> int:
    """How many tiles cover an image at its own resolution; one would repeat the global view."""
    width, height = _positive(size)
    count = round(width / tile) * round(height / tile)
    return 0 if count == 1 else count


def _share_tiles(wanted: list[int], budget: int) -> list[int]:
    """The tiles that each image may have: all it wants, or its part of the budget."""
    total, budget = sum(wanted), max(budget, 0)
    if total <= budget:
        return wanted
    # The quotient comes first, as published: in floats 90 * (49 / 90) is 48 and a bit, and so
    # is int() of it, where 90 * 49 / 90 would be 49. The published code then takes one from each
    # in turn while the sum is over; rounding down never leaves it over, so that loop is left out.
    part = budget / total
    return [int(count * part) for count in wanted]


def _best_grid(size: tuple[int, int], share: int, tile: int) -> tuple[int, int] | None:
    """The grid of at most `share` tiles that keeps most of the image's pixels, then wastes least.

    LLaVA-1.6's select_best_resolution; of equal grids the first wins, fewest rows first.
    """
    width, height = size

    def merit(grid: tuple[int, int]) -> tuple[int, int]:
        down, across = grid[0] * tile, grid[1] * tile
        scale = min(across / width, down / height)
        kept = min(int(width * scale) * int(height * scale), width * height)
        return kept, kept - across * down

    return max(_grids(share), key=merit, default=None)


def _grids(share: int) -> Iterator[tuple[int, int]]:
    """All (rows, columns) of two to `share` tiles, fewest rows first."""
    for rows in range(1, share + 1):
        for columns in range(1, share // rows + 1):
            if rows * columns > 1:
                yield rows, columns


def _positive(size: tuple[int, int]) -> tuple[int, int]:
    if min(size) < 1:
        raise ValueError(f"an image has at least one pixel, this size is {size}")
    return size


__all__ = ["BUDGET", "TILE", "Fit", "fit_tiles", "plan_tiles"]
