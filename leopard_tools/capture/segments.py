"""How a long page is cut into pictures that lose no line: pure arithmetic."""

from __future__ import annotations

from itertools import pairwise

OVERLAP = 160
"""CSS pixels that two neighbours share: higher than any line of text on a usual page."""


def segment_tops(height: int, view: int, overlap: int = OVERLAP) -> list[int]:
    """Where the segments of a page begin, each `view` high, from the top of the page.

    Every strip of at most `overlap` lies whole in one of them. The last one ends where the page
    ends, so a page that is at least `view` high gives segments of one size.

    >>> segment_tops(2000, 800, 100)
    [0, 700, 1200]
    >>> segment_tops(500, 800)
    [0]
    """
    # A view that is hardly higher than the overlap must still get on.
    step = max(view - overlap, (view + 1) // 2)
    last = max(0, height - view)
    return [*range(0, last, step), last]


def shares(tops: list[int], view: int) -> list[tuple[int, int]]:
    """The strips of the page, (from, until), that each segment is to be asked about.

    They meet in the middle of what two segments share, so a line whose middle lies in a strip
    stands whole in its segment.

    >>> shares([0, 700, 1200], 800)
    [(0, 750), (750, 1350), (1350, 2000)]
    """
    borders = [(upper + view + lower) // 2 for upper, lower in pairwise(tops)]
    return list(pairwise([tops[0], *borders, tops[-1] + view]))


__all__ = ["OVERLAP", "segment_tops", "shares"]
