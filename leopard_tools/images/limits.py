"""How much a source may cost, and the checks that hold it to that before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ImageInvalid, ImageTooLarge

if TYPE_CHECKING:
    from collections.abc import Sequence

MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source may cost; the defaults suit pages, slides and screens of untrusted origin."""

    megapixels: float = 100.0
    """The largest picture, in millions of pixels."""
    document_megapixels: float = 1000.0
    """The largest document, all its pages together: 1000 take about 4 GB of memory."""
    pages: int = 200
    """The most pages of one document."""
    page_side: int = 1920
    """The longer side, in pixels, at which a PDF page is rendered; of a page over twice as long as
    wide the most for its shorter side, which has two pixels a point up to there."""
    page_seconds: float = 60.0
    """The longest that opening a PDF, or drawing one of its pages, may take."""
    convert_seconds: float = 90.0
    """The longest that LibreOffice may take to draw a deck."""
    unpacked_bytes: int = 1024 * 2**20
    """The largest deck, counted as it unfolds."""
    download_bytes: int = 20 * 2**20
    """The largest download, counted as sent and again as decompressed."""
    download_seconds: float = 10.0
    """The longest download, redirects included."""
    redirects: int = 3
    """The most redirects that one download follows."""
    private_addresses: bool = False
    """Whether a URL may lead into this machine or the network around it."""


DEFAULT_LIMITS = Limits()


def check_pixels(size: tuple[int, int], shown: str, limits: Limits) -> None:
    """Raises ImageTooLarge for a picture over the limit, ImageInvalid for one without pixels."""
    width, height = size
    if min(size) < 1:
        raise ImageInvalid(
            f"{shown}: the picture is {width} x {height} pixels, so there is nothing to see. "
            "Give a picture of at least one pixel."
        )
    if width * height > limits.megapixels * MEGA:
        raise ImageTooLarge(
            f"{shown}: the picture is {width:,} x {height:,} pixels, "
            f"{width * height / MEGA:,.1f} megapixels, and the limit is {limits.megapixels:g}. "
            "Give a smaller one or raise Limits.megapixels."
        )


def check_page_count(count: int, shown: str, limits: Limits) -> None:
    """Raises ImageTooLarge for a document of more pages than allowed."""
    if count > limits.pages:
        raise ImageTooLarge(
            f"{shown}: the document has more than {limits.pages} pages, which is the limit. "
            "Give only the pages that matter or raise Limits.pages."
        )


def check_pages(sizes: Sequence[tuple[int, int]], shown: str, limits: Limits) -> None:
    """Raises what `check_pixels` raises for any page, and ImageTooLarge for all together."""
    for page, size in enumerate(sizes, start=1):
        check_pixels(size, f"{shown}, page {page}", limits)
    total = sum(width * height for width, height in sizes) / MEGA
    if total > limits.document_megapixels:
        raise ImageTooLarge(
            f"{shown}: the {len(sizes)} pages have {total:,.0f} megapixels together, and the limit "
            f"is {limits.document_megapixels:g}. Give fewer pages or raise "
            "Limits.document_megapixels."
        )


__all__ = ["DEFAULT_LIMITS", "Limits", "check_page_count", "check_pages", "check_pixels"]
