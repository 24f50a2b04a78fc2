"""Anything that holds pictures becomes frames: paths, URLs, bytes, PIL images, arrays, frames.

A PDF, a slide deck or a multi-page TIFF stands for its pages, everything else for one picture.
What a source is gets decided by its bytes, never by its name. This module knows nothing of models.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from os import PathLike, fspath
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
from PIL import Image

from ..errors import ImageInvalid, SourceForbidden
from ..types import Deferred, Frame, ImageSource
from .colour import upright_rgb
from .decks import deck_kind
from .documents import HEADER, HEADER_WITHIN, pdf_frames
from .faults import decoding, reason
from .files import ACCEPTED, open_file
from .limits import DEFAULT_LIMITS, Limits, check_pixels
from .naming import shown, without_password
from .office import office_frames
from .pictures import picture_format, picture_frames
from .signatures import guess
from .wanted import Check, Wanted, nothing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    import numpy.typing as npt

Images: TypeAlias = ImageSource | Iterable[ImageSource]

# One letter before the colon is a drive, and a file may well be called "a:b.png".
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]+://|(?:https?|file|ftp|data):)", re.IGNORECASE)

# PIL loads a lazily opened picture in place, from wherever its file stands. Two threads that were
# given the same one would disturb each other.
_LOADING = threading.Lock()


def is_url(source: str) -> bool:
    """Whether a str is taken as an address and not as a path."""
    return _URL.match(source) is not None


def sources_of(images: Images) -> list[ImageSource]:
    """Several sources, also where a single one was given, of whatever kind; uses up an iterator."""
    single = (str, bytes, bytearray, memoryview, PathLike, Frame, Deferred)
    # PIL images and arrays. Asked of the type: PIL would decode the whole picture for its own.
    array = hasattr(type(images), "__array_interface__")
    # A file that is open gives its lines, which would be taken for the bytes of so many images.
    opened = hasattr(images, "read")
    if isinstance(images, single) or array or opened or not isinstance(images, Iterable):
        return [cast("ImageSource", images)]
    return list(images)


def load_all(sources: Iterable[ImageSource], limits: Limits = DEFAULT_LIMITS) -> list[Frame]:
    """The frames of all sources, in their order; see `load_frames`."""
    return [frame for source in sources for frame in load_frames(source, limits)]


def load_frames(
    source: ImageSource,
    limits: Limits = DEFAULT_LIMITS,
    *,
    pages: Sequence[int] | None = None,
    check: Check = nothing,
) -> list[Frame]:
    """The frames of one source: its picture, or one a page of a PDF, deck or multi-page TIFF.

    All images are RGB and upright (EXIF), transparency lies on white; of an animation the first
    picture is taken. A str is an http(s) or data URL or else a path. An array is (height, width),
    (height, width, 3) or (height, width, 4), uint8. A Frame whose picture is RGB is kept as it
    is and not turned, since boxes and origins are known of the picture as it lies. A Deferred is
    asked for its frames, all of them, each of which is taken as a Frame is.

    pages: only these of a document, numbers from 1, in this order; the others are not drawn.
    check: raises where nobody waits any more. It is called between pages, while a deck is being
    drawn and while a download goes on, and what it raises ends the work.

    Raises ImageInvalid, ImageTooLarge, DocumentInvalid or SourceForbidden; the message names the
    source. Nothing over `limits` is decoded. A deck (PPTX, PPT, ODP, KEY) without LibreOffice
    raises MissingDependency.

    >>> [frame.size for frame in load_frames(np.zeros((2, 3, 3), np.uint8))]
    [(3, 2)]
    """
    given: object = source  # Callers without a type checker pass anything.
    wanted = Wanted(pages, check)
    match given:
        case Deferred():
            return _load_deferred(given, limits, check)
        case Frame():
            return [_load_frame(given, limits)]
        case Image.Image():
            return [_load_image(given, "PIL image", limits)]
        case np.ndarray():
            return [_load_array(given, limits)]
        case bytes() | bytearray() | memoryview():
            return _decode(BytesIO(bytes(given)), "bytes", limits, wanted)
        case str() if is_url(given):
            return _load_url(given, limits, wanted)
        case str() | PathLike():
            return _load_path(fspath(given), limits, wanted)
    raise ImageInvalid(f"{type(given).__name__} is no kind of image known here. {ACCEPTED}")


def load_stream(
    stream: BinaryIO,
    name: str,
    limits: Limits = DEFAULT_LIMITS,
    *,
    pages: Sequence[int] | None = None,
    check: Check = nothing,
) -> list[Frame]:
    """The frames in a file that is open, as `load_frames` gives those at a path, called `name`."""
    return _decode(stream, name, limits, Wanted(pages, check))


def _load_deferred(deferred: Deferred, limits: Limits, check: Check) -> list[Frame]:
    frames = [_load_frame(frame, limits) for frame in deferred.open(check)]
    if not frames:
        # Without an error the question would be answered as if the image had never been given.
        raise ImageInvalid("Deferred: it opened to no frame, so there is nothing to see. Give one.")
    return frames


def _load_frame(frame: Frame, limits: Limits) -> Frame:
    if frame.image.mode != "RGB":
        return replace(frame, image=_load_image(frame.image, frame.label, limits).image)
    title = shown(frame.label)
    check_pixels(frame.size, title, limits)
    with _LOADING, decoding(title, "a picture of mode RGB", "Open it again."):
        frame.image.load()
    return frame


def _load_image(image: Image.Image, name: str, limits: Limits) -> Frame:
    check_pixels(image.size, shown(name), limits)
    with _LOADING, decoding(shown(name), f"a picture of mode {image.mode}", "Open it again."):
        return Frame(upright_rgb(image), name)


def _load_array(array: npt.NDArray[np.uint8], limits: Limits) -> Frame:
    if array.dtype != np.uint8 or not (
        array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    ):
        raise ImageInvalid(
            f"array: shape {array.shape}, dtype {array.dtype}. Give (height, width, 3) of uint8, "
            "values 0 to 255; (height, width) and (height, width, 4) are taken too."
        )
    check_pixels((array.shape[1], array.shape[0]), "array", limits)
    return _load_image(Image.fromarray(np.ascontiguousarray(array)), "array", limits)


def _load_url(url: str, limits: Limits, wanted: Wanted) -> list[Frame]:
    # What fetches takes a tenth of a second to import, which files alone need not wait for.
    from .fetch import fetch, read_data_url

    scheme = url.partition(":")[0].lower()
    if scheme == "data":
        return _decode(BytesIO(read_data_url(url)), "data URL", limits, wanted)
    if scheme not in ("http", "https"):
        raise SourceForbidden(
            f"{shown(url)}: {scheme} URLs are not opened, only http, https and data. "
            "Give a file as its path."
        )
    return _decode(BytesIO(fetch(url, limits, wanted.check)), without_password(url), limits, wanted)


def _load_path(path: str | bytes, limits: Limits, wanted: Wanted) -> list[Frame]:
    if isinstance(path, bytes):
        raise ImageInvalid(f"{shown(repr(path))}: a path of bytes. Give it as a str.")
    with open_file(path) as stream:
        return _decode(stream, path, limits, wanted)


def _decode(stream: BinaryIO, name: str, limits: Limits, wanted: Wanted) -> list[Frame]:
    """The frames in a seekable stream, told by their first bytes."""
    try:
        head = stream.read(HEADER_WITHIN)
        form = picture_format(head)
        if form is not None:
            return picture_frames(stream, name, form, limits, wanted)
        if HEADER in head:
            return pdf_frames(stream, name, limits, wanted)
        kind = deck_kind(stream)
        if kind is not None:
            return office_frames(stream, name, kind, limits, wanted)
        if not head:
            raise ImageInvalid(f"{shown(name)}: empty, 0 bytes. Save or download it again.")
        found = guess(stream)
    except OSError as fault:
        raise ImageInvalid(
            f"{shown(name)}: cannot be read ({reason(fault)}). Try again."
        ) from fault
    raise ImageInvalid(f"{shown(name)}: {found.what}, which is not read here. {found.advice}")


__all__ = [
    "DEFAULT_LIMITS",
    "Images",
    "Limits",
    "is_url",
    "load_all",
    "load_frames",
    "load_stream",
    "sources_of",
]
