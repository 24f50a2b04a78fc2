"""A picture that fits: cut, scaled and packed so that a client takes it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from math import sqrt
from typing import TYPE_CHECKING, Literal

from leopard_tools.errors import ImageInvalid
from leopard_tools.types import Box

if TYPE_CHECKING:
    from PIL.Image import Image as PILImage

Format = Literal["png", "jpeg"]

MOST_SIDE = 1568
"""Pixels: what vision models look at without scaling it down themselves."""
MOST_BYTES = 900_000
"""As sent, in base64: Claude Desktop refuses results of 1 MB."""
_QUALITIES = (90, 75, 60)
_SMALLER = 0.9


@dataclass(frozen=True, slots=True)
class Picture:
    """A packed picture of `region`, a part of a capture.

    `scale` is the number of its pixels for one of the capture.
    """

    data: bytes
    format: Format
    size: tuple[int, int]
    region: Box
    scale: float

    @property
    def sent_bytes(self) -> int:
        return _in_base64(len(self.data))


def fit(
    image: PILImage,
    region: Box | None = None,
    *,
    most_side: int = MOST_SIDE,
    most_bytes: int = MOST_BYTES,
    lossless: bool = False,
) -> Picture:
    """The region of an image, no larger than allowed: PNG, or JPEG where PNG is too heavy.

    A `lossless` one becomes smaller instead. Raises ImageInvalid for a region outside.
    """
    part = Box(0, 0, *image.size) if region is None else part_of(image.size, region)
    cut = image.crop((part.left, part.top, part.right, part.bottom))
    scale = min(1.0, most_side / max(cut.size))
    while True:
        size = (max(1, round(cut.width * scale)), max(1, round(cut.height * scale)))
        scaled = cut if size == cut.size else cut.resize(size, reducing_gap=3.0)
        for form, quality in [("png", 0), *(() if lossless else (("jpeg", q) for q in _QUALITIES))]:
            data = _packed(scaled, quality)
            # One pixel is as small as a picture gets.
            if _in_base64(len(data)) <= most_bytes or size == (1, 1):
                kind: Format = "jpeg" if form == "jpeg" else "png"
                return Picture(data, kind, size, part, size[0] / part.width)
        # The weight goes with the area; a bit less, so that the next one fits.
        scale *= _SMALLER * min(1.0, sqrt(most_bytes / _in_base64(len(data))))


def part_of(size: tuple[int, int], region: Box) -> Box:
    """What of a region lies in a capture of this size. Raises ImageInvalid where nothing does."""
    part = region.intersection(Box(0, 0, *size))
    if part is None:
        raise ImageInvalid(
            f"The region {region.to_list()} lies outside of the capture, which is {size[0]} x "
            f"{size[1]} pixels. Give left, top, width and height of a part of it."
        )
    return part


def _packed(image: PILImage, quality: int) -> bytes:
    """A JPEG of that quality, or a PNG for 0."""
    stream = BytesIO()
    if quality:
        image.save(stream, "JPEG", quality=quality)
    else:
        image.save(stream, "PNG", compress_level=6)
    return stream.getvalue()


def _in_base64(count: int) -> int:
    return 4 * -(-count // 3)


__all__ = ["MOST_BYTES", "MOST_SIDE", "Picture", "fit", "part_of"]
