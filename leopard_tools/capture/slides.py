"""The slides of a deck, each with its number, title, notes and whether a show skips it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DocumentInvalid, ImageInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

    from ..images.limits import Limits
    from ..types import Frame


def pages(
    path: str | PathLike[str],
    *,
    limits: Limits | None = None,
    numbers: Sequence[int] | None = None,
    check: Callable[[], None] | None = None,
) -> list[Frame]:
    """A frame for each slide of a PPTX, PPT, ODP, KEY or PDF file, in the deck's order.

    numbers: only these slides, from 1, in this order. check: raises where nobody waits any more,
    which ends the work.

    Frame.page is the number of the slide, hidden slides counted and included (Frame.hidden);
    Frame.title and Frame.notes are the deck's own, None where it has none and for a PDF;
    they end in "…" where they were cut, after 300 and 20,000 characters. Frame.scale is pixels
    per point.

    Office files are drawn by LibreOffice: macros off, no network, and what a PPTX or ODP links to
    outside of itself (a picture, a film) left out. On Linux with Landlock it can open no files of
    the user's besides; elsewhere a PPT or KEY, whose links are not looked at, could show some.

    Raises DocumentInvalid for a file that is no document, damaged or locked, ImageTooLarge over
    the limits, ImageInvalid where there is no such file or it is an address, MissingDependency
    without LibreOffice.
    """
    from ..images.naming import shown
    from ..images.sources import DEFAULT_LIMITS, is_url, load_frames
    from ..images.wanted import nothing

    if isinstance(path, str) and is_url(path):
        raise ImageInvalid(
            f"{shown(path)}: an address, and the slides of files are taken. Download it and give "
            "its path; `leopard ask` takes addresses."
        )
    frames = load_frames(
        Path(path), limits or DEFAULT_LIMITS, pages=numbers, check=check or nothing
    )
    if len(frames) == 1 and frames[0].page is None:
        raise DocumentInvalid(f"{path}: a single picture, not a deck. Give a PPTX, ODP or PDF.")
    return frames


__all__ = ["pages"]
