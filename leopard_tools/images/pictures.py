"""The bytes of a picture file become frames: one, or one a page of a multi-page TIFF.

Only the formats listed here are decoded. PIL knows more, but some of them start other programs
(EPS runs Ghostscript) and some take any bytes for theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from ..errors import DocumentInvalid
from ..types import Frame
from .colour import upright_rgb
from .faults import decoding
from .limits import check_page_count, check_pages, check_pixels
from .naming import shown
from .wanted import ALL, Wanted

if TYPE_CHECKING:
    from typing import BinaryIO

    from PIL.ImageFile import ImageFile

    from .limits import Limits

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "JPEG2000", "ICO", "QOI", "PPM")
_AGAIN = "Save or download it again."


def picture_format(head: bytes) -> str | None:
    """The format that the first 16 bytes announce, None where it is none of FORMATS."""
    Image.init()
    for name in FORMATS:
        # A build of PIL may lack a format; some then say so in words, which is no acceptance.
        accept = Image.OPEN[name][1] if name in Image.OPEN else None
        if accept is not None and accept(head) is True:
            return name
    return None


def picture_frames(
    stream: BinaryIO, name: str, form: str, limits: Limits, wanted: Wanted = ALL
) -> list[Frame]:
    """The frames of a picture file of format `form`, as `picture_format` told it.

    Of an animation it is the first picture. Raises ImageInvalid where the file is damaged
    (DocumentInvalid where it has pages), ImageTooLarge where it is over the limits; sizes and
    page count are checked before anything is decoded.
    """
    title, what = shown(name), f"{_article(form)} {form} picture"
    with decoding(title, what, _AGAIN):
        stream.seek(0)
        # Not Image.open: that warns of sizes which the limits here allow, and the only way to
        # tell it otherwise is a setting which the whole process shares.
        image = Image.OPEN[form][0](stream, "")
    with decoding(title, what, _AGAIN):
        check_pixels(image.size, title, limits)
        sizes = _page_sizes(image, title, limits) if form == "TIFF" else []
        if len(sizes) > 1:
            indices = wanted.indices(len(sizes), title)
            check_pages([sizes[index] for index in indices], title, limits)
            return [_page(image, index, name, wanted) for index in indices]
        wanted.indices(1, title)
        return [Frame(upright_rgb(image), name)]


def _page_sizes(image: ImageFile, title: str, limits: Limits) -> list[tuple[int, int]]:
    """The size of each page, from its directory alone."""
    sizes: list[tuple[int, int]] = []
    with decoding(title, "a multi-page TIFF", _AGAIN, DocumentInvalid):
        while True:
            try:
                image.seek(len(sizes))
            except EOFError:
                break
            sizes.append(image.size)
            check_page_count(len(sizes), title, limits)
        image.seek(0)
    return sizes


def _page(image: ImageFile, index: int, name: str, wanted: Wanted) -> Frame:
    wanted.check()
    title = f"{shown(name)}, page {index + 1}"
    with decoding(title, "a page of a TIFF", _AGAIN, DocumentInvalid):
        image.seek(index)
        return Frame(upright_rgb(image), name, page=index + 1)


def _article(word: str) -> str:
    return "an" if word[0] in "AI" else "a"


__all__ = ["FORMATS", "picture_format", "picture_frames"]
