"""The bytes of a picture file become frames: one, or one a page of a multi-page TIFF.

Only the formats listed here are decoded. PIL knows more, but some of them start other programs
(EPS runs Ghostscript) and some take any bytes for theirs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PIL import Image
from PIL.BmpImagePlugin import DibImageFile
from PIL.IcoImagePlugin import IcoFile
from PIL.PngImagePlugin import PngImageFile

from ..errors import DocumentInvalid
from ..types import Frame
from .colour import upright_rgb
from .faults import decoding
from .limits import check_page_count, check_pages, check_pixels
from .naming import shown
from .wanted import ALL, Wanted

if TYPE_CHECKING:
    from typing import BinaryIO

    from PIL.Image import Image as PILImage

    from .limits import Limits

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "JPEG2000", "ICO", "QOI", "PPM")
_AGAIN = "Save or download it again."
_PNG = b"\x89PNG\r\n\x1a\n"
_KIND_TAG, _NO_PAGE = 254, 0b101
"""Of TIFF: the bits say that a directory holds a smaller copy of a page or its mask."""
_DIRECTORIES = 10
"""The most directories of a TIFF for each of the pages allowed, as many as a pyramid has levels."""


def picture_format(head: bytes) -> str | None:
    """The format that a file's first bytes announce, None where it is none of FORMATS."""
    Image.init()
    for name in FORMATS:
        # A build of PIL may lack a format; some then say so in words, which is no acceptance.
        accept = Image.OPEN[name][1] if name in Image.OPEN else None
        if accept is not None and accept(head[:16]) is True:
            return name if name != "AVIF" or _is_avif(head) else None
    return None


def _is_avif(head: bytes) -> bool:
    """Whether it is AVIF, which PIL says of HEIC photos too: some of their brands are the same."""
    length = int.from_bytes(head[:4], "big")
    return re.search(b"avi[fs]", head[8:length]) is not None


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
        image = _icon(stream, title, limits) if form == "ICO" else Image.OPEN[form][0](stream, "")
    with decoding(title, what, _AGAIN):
        pages = _pages(image, title, limits) if form == "TIFF" else {}
        if len(pages) > 1:
            indices = wanted.indices(len(pages), title)
            directories, sizes = list(pages), list(pages.values())
            check_pages([sizes[index] for index in indices], title, limits)
            return [_page(image, directories[index], index, name, wanted) for index in indices]
        check_pixels(image.size, title, limits)
        wanted.indices(1, title)
        return [Frame(upright_rgb(image), name)]


def _icon(stream: BinaryIO, title: str, limits: Limits) -> PILImage:
    """The largest picture of an icon, not decoded where it is over the limits.

    PIL's own way decodes it on opening, and until then the size is only known from a directory
    that names 256 pixels at most.
    """
    icon = IcoFile(stream)
    place = icon.entry[0].offset
    stream.seek(place)
    is_png = stream.read(len(_PNG)) == _PNG
    stream.seek(place)
    if is_png:
        return PngImageFile(stream)
    width, height = DibImageFile(stream).size
    # The height counts the mask as well, which lies behind the picture.
    check_pixels((width, height // 2), title, limits)
    return icon.frame(0)


def _pages(image: PILImage, title: str, limits: Limits) -> dict[int, tuple[int, int]]:
    """The size of each page by the index of its directory, from the directories alone.

    The image is left at the first page. Thumbnails, levels of a pyramid and masks are no pages,
    unless there is nothing else.
    """
    pages: dict[int, tuple[int, int]] = {}
    others: dict[int, tuple[int, int]] = {}
    with decoding(title, "a multi-page TIFF", _AGAIN, DocumentInvalid):
        while True:
            index = len(pages) + len(others)
            try:
                image.seek(index)
            except EOFError:
                break
            kind = getattr(image, "tag_v2", {}).get(_KIND_TAG)
            chosen = others if isinstance(kind, int) and kind & _NO_PAGE else pages
            chosen[index] = image.size
            check_page_count(max(len(pages), index // _DIRECTORIES), title, limits)
        pages = pages or others
        check_page_count(len(pages), title, limits)
        image.seek(min(pages))
    return pages


def _page(image: PILImage, directory: int, index: int, name: str, wanted: Wanted) -> Frame:
    wanted.check()
    title = f"{shown(name)}, page {index + 1}"
    with decoding(title, "a page of a TIFF", _AGAIN, DocumentInvalid):
        image.seek(directory)
        return Frame(upright_rgb(image), name, page=index + 1)


def _article(word: str) -> str:
    return "an" if word[0] in "AI" else "a"


__all__ = ["FORMATS", "picture_format", "picture_frames"]
