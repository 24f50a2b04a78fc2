"""Marks boxes on a copy of a picture, so that a person sees at once where an answer rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types import Box

COLOR = (225, 29, 72)
_VEIL = 0.25
"""How far everything outside the boxes is faded towards grey."""
_GREY = (128, 128, 128)


def outline(
    image: Image.Image, boxes: Sequence[Box], color: tuple[int, int, int] = COLOR
) -> Image.Image:
    """A copy with each box in a frame of `color`, and what lies outside all boxes faded.

    The frame keeps a few pixels off the box, so that the words in it stay readable, and has a
    white rim, so that it stands out on any background. Its width goes with the picture's size.
    The box of a picture's edge is drawn inside the picture.
    """
    picture = image.convert("RGB")
    if not boxes:
        return picture
    line = max(2, round(max(picture.size) / 350))
    frames = [_around(box, 2 * line, picture.size) for box in boxes]
    clear = Image.new("L", picture.size)
    for frame in frames:
        ImageDraw.Draw(clear).rounded_rectangle(frame, 2 * line, fill=255)
    veiled = Image.blend(picture, Image.new("RGB", picture.size, _GREY), _VEIL)
    picture = Image.composite(picture, veiled, clear)
    draw = ImageDraw.Draw(picture)
    rim = max(1, line // 2)
    for left, top, right, bottom in frames:
        outer = (left - rim, top - rim, right + rim, bottom + rim)
        draw.rounded_rectangle(outer, 2 * line + rim, outline="white", width=line + 2 * rim)
        draw.rounded_rectangle((left, top, right, bottom), 2 * line, outline=color, width=line)
    return picture


def _around(box: Box, gap: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The corners of the frame around a box: `gap` off it where the picture has room for that."""
    left, top = max(0, box.left - gap), max(0, box.top - gap)
    right, bottom = min(size[0], box.right + gap) - 1, min(size[1], box.bottom + gap) - 1
    # A box outside the picture has no place in it; it is marked at the edge nearest to it.
    left, top = min(left, size[0] - 1), min(top, size[1] - 1)
    return left, top, max(left, right), max(top, bottom)


__all__ = ["COLOR", "outline"]
