"""The pages of a PDF become frames, one rendered at a time."""

from __future__ import annotations

import math
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pypdfium2

from ..errors import DocumentInvalid
from ..types import Frame
from .faults import decoding, reason
from .limits import MEGA, check_page_count, check_pages
from .naming import shown
from .wanted import ALL, Wanted

if TYPE_CHECKING:
    from typing import BinaryIO

    from PIL.Image import Image as PILImage

    from .limits import Limits

HEADER = b"%PDF-"
HEADER_WITHIN = 1024
"""Viewers accept a PDF whose header stands anywhere in its first 1024 bytes."""

_PASSWORD_NEEDED = 4
_LONG = 2.0
"""How many times as long as wide a page is longer than sheets and slides are."""
_READABLE = 2.0
"""Pixels per point at which small print can be read."""
_AGAIN = "Save or download it again, or print it to a new PDF."

# pdfium keeps global state: two threads must not be inside it at once, not even with documents of
# their own. The lock is taken page by page, so a long document does not shut out a short one.
_PDFIUM = threading.Lock()


def pdf_frames(stream: BinaryIO, name: str, limits: Limits, wanted: Wanted = ALL) -> list[Frame]:
    """A frame for each wanted page, its longer side `limits.page_side` pixels.

    A page over twice as long as wide (a receipt, a web page in one piece) would be unreadable
    like that. It has two pixels a point as far as its shorter side stays within
    `limits.page_side` and the picture within the limits; it is never smaller than other pages.

    Frame.scale is pixels per PDF point, Frame.page counts from 1; filled form fields and
    annotations are drawn. Raises DocumentInvalid for a PDF that is damaged, empty or locked with
    a password, ImageTooLarge where it is over the limits.
    """
    title = shown(name)
    with _PDFIUM:
        document = _open(stream, title)
    try:
        with _PDFIUM, decoding(title, "a PDF", _AGAIN, DocumentInvalid):
            check_page_count(len(document), title, limits)
            indices = wanted.indices(len(document), title)
            points = [document.get_page_size(index) for index in indices]
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
        for index, scale in zip(indices, scales, strict=True):
            wanted.check()
            picture = _render(document, index, scale, title)
            frames.append(Frame(picture, name, page=index + 1, scale=scale))
        return frames
    finally:
        with _PDFIUM:
            document.close()


def page_count(stream: BinaryIO, name: str) -> int:
    """How many pages a PDF has. Raises DocumentInvalid as `pdf_frames` does."""
    with _PDFIUM:
        document = _open(stream, shown(name))
        try:
            return len(document)
        finally:
            document.close()


def _open(stream: BinaryIO, title: str) -> pypdfium2.PdfDocument:
    try:
        stream.seek(0)
        document = pypdfium2.PdfDocument(stream)
    except pypdfium2.PdfiumError as fault:
        if fault.err_code == _PASSWORD_NEEDED:
            raise DocumentInvalid(
                f"{title}: a PDF locked with a password. Save a copy without the password."
            ) from fault
        raise DocumentInvalid(
            f"{title}: a PDF, but damaged, incomplete or without pages ({reason(fault)}). {_AGAIN}"
        ) from fault
    # Before any page is touched, or filled fields are drawn empty. Where it fails, the rest of the
    # pages can still be drawn.
    with suppress(pypdfium2.PdfiumError):
        document.init_forms()
    return document


def _page_scale(points: tuple[float, float], title: str, side: int, most: float) -> float:
    """Pixels per point that make the longer side of a page exactly `side` pixels.

    They are more for a long page, where it has no more than `most` pixels with them.
    """
    shorter, longer = min(points), max(points)
    if not (shorter > 0 and math.isfinite(longer)):
        raise DocumentInvalid(
            f"{title}: the page is {points[0]:g} x {points[1]:g} points. {_AGAIN}"
        )
    scale = side / longer
    if longer > _LONG * shorter:
        # Less a pixel of the shorter side, since both sides are rounded up.
        fitting = math.sqrt(most / (longer * shorter)) - 1 / shorter
        scale = max(scale, min(_READABLE, side / shorter, fitting))
    # A hair less, since sides are rounded up and a product just over `side` would add a pixel.
    return scale * (1 - 1e-9)


def _render(document: pypdfium2.PdfDocument, index: int, scale: float, title: str) -> PILImage:
    title = f"{title}, page {index + 1}"
    with _PDFIUM, decoding(title, "a page of a PDF", _AGAIN, DocumentInvalid):
        page = document[index]
        try:
            bitmap = page.render(scale=scale, rev_byteorder=True)
            try:
                # Three bytes a pixel, so PIL copies them and the bitmap can go.
                picture: PILImage = bitmap.to_pil()
                return picture
            finally:
                bitmap.close()
        finally:
            page.close()


__all__ = ["HEADER", "HEADER_WITHIN", "page_count", "pdf_frames"]
