"""The pages of a PDF become frames, drawn one at a time in a process of their own."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import DocumentInvalid
from ..types import Frame
from .drawer import AGAIN, Drawer, Locked, Undrawable
from .faults import decoding, reason
from .limits import DEFAULT_LIMITS, MEGA, check_page_count, check_pages
from .naming import shown
from .wanted import ALL, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from .limits import Limits

HEADER = b"%PDF-"
HEADER_WITHIN = 1024
"""Viewers accept a PDF whose header stands anywhere in its first 1024 bytes."""

_LONG = 2.0
"""How many times as long as wide a page is longer than sheets and slides are."""
_READABLE = 2.0
"""Pixels per point at which small print can be read."""


def pdf_frames(stream: BinaryIO, name: str, limits: Limits, wanted: Wanted = ALL) -> list[Frame]:
    """A frame for each wanted page, its longer side `limits.page_side` pixels.

    A page over twice as long as wide (a receipt, a web page in one piece) would be unreadable
    like that. It has two pixels a point as far as its shorter side stays within
    `limits.page_side` and the picture within the limits; it is never smaller than other pages.

    Frame.scale is pixels per PDF point, Frame.page counts from 1; filled form fields and
    annotations are drawn. Raises DocumentInvalid for a PDF that is damaged, empty or locked with
    a password, or takes more time or memory than allowed, ImageTooLarge where it is over the
    limits.
    """
    title = shown(name)
    with _opened(stream, title, limits, wanted) as drawer:
        with decoding(title, "a PDF", AGAIN, DocumentInvalid):
            check_page_count(drawer.count, title, limits)
            _check_all_counted(drawer, title)
            indices = wanted.indices(drawer.count, title)
            points = drawer.sizes(indices)
        # Each has its share of the document's, so that long pages make no document too large.
        most = min(limits.megapixels, limits.document_megapixels / max(1, len(points))) * MEGA
        scales = [
            _page_scale(size, f"{title}, page {index + 1}", limits.page_side, most)
            for index, size in zip(indices, points, strict=True)
        ]
        sizes = [
            (math.ceil(width * scale), math.ceil(height * scale))
            for (width, height), scale in zip(points, scales, strict=True)
        ]
        check_pages(sizes, title, limits)
        frames = []
        for index, scale, size in zip(indices, scales, sizes, strict=True):
            wanted.check()
            shown_page = f"{title}, page {index + 1}"
            with decoding(shown_page, "a page of a PDF", AGAIN, DocumentInvalid):
                picture = drawer.picture(index, scale, size)
            frames.append(Frame(picture, name, page=index + 1, scale=scale))
        return frames


def page_count(
    stream: BinaryIO, name: str, limits: Limits = DEFAULT_LIMITS, wanted: Wanted = ALL
) -> int:
    """How many pages a PDF has. Raises DocumentInvalid as `pdf_frames` does."""
    with _opened(stream, shown(name), limits, wanted) as drawer:
        return drawer.count


@contextmanager
def _opened(stream: BinaryIO, title: str, limits: Limits, wanted: Wanted) -> Iterator[Drawer]:
    try:
        drawer = Drawer(stream, title, limits, wanted.check)
    except Locked as fault:
        raise DocumentInvalid(
            f"{title}: a PDF locked with a password. Save a copy without the password."
        ) from fault
    except Undrawable as fault:
        raise DocumentInvalid(
            f"{title}: a PDF, but damaged, incomplete or without pages ({reason(fault)}). {AGAIN}"
        ) from fault
    with drawer:
        yield drawer


def _check_all_counted(drawer: Drawer, title: str) -> None:
    """Raises DocumentInvalid where pages would be lost in silence."""
    if lost := drawer.beyond():
        counted = f"{drawer.count} page{'' if drawer.count == 1 else 's'}"
        raise DocumentInvalid(
            f"{title}: a PDF that says it has {counted} and holds {lost} more, which would be "
            "lost. Save it again with the program that made it."
        )


def _page_scale(points: tuple[float, float], title: str, side: int, most: float) -> float:
    """Pixels per point that make the longer side of a page exactly `side` pixels.

    They are more for a long page, where it has no more than `most` pixels with them.
    """
    shorter, longer = min(points), max(points)
    if not (shorter > 0 and math.isfinite(longer)):
        raise DocumentInvalid(f"{title}: the page is {points[0]:g} x {points[1]:g} points. {AGAIN}")
    scale = side / longer
    if longer > _LONG * shorter:
        # Less a pixel of the shorter side, since both sides are rounded up.
        fitting = math.sqrt(most / (longer * shorter)) - 1 / shorter
        scale = max(scale, min(_READABLE, side / shorter, fitting))
    # A hair less, since sides are rounded up and a product just over `side` would add a pixel.
    return scale * (1 - 1e-9)


__all__ = ["HEADER", "HEADER_WITHIN", "page_count", "pdf_frames"]
