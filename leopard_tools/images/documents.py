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
from .limits import check_page_count, check_pages
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
_AGAIN = "Save or download it again, or print it to a new PDF."

# pdfium keeps global state: two threads must not be inside it at once, not even with documents of
# their own. The lock is taken page by page, so a long document does not shut out a short one.
_PDFIUM = threading.Lock()


def pdf_frames(stream: BinaryIO, name: str, limits: Limits, wanted: Wanted = ALL) -> list[Frame]:
    """A frame for each wanted page, its longer side `limits.page_side` pixels.

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
        scales = [
            _page_scale(size, f"{title}, page {index + 1}", limits.page_side)
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


def _page_scale(points: tuple[float, float], title: str, side: int) -> float:
    """Pixels per point that make the longer side of a page exactly `side` pixels."""
    longer = max(points)
    if not (min(points) > 0 and math.isfinite(longer)):
        raise DocumentInvalid(
            f"{title}: the page is {points[0]:g} x {points[1]:g} points. {_AGAIN}"
        )
    # A hair less, since sides are rounded up and a product just over `side` would add a pixel.
    return side / longer * (1 - 1e-9)


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
