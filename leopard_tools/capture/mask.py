"""Which parts of a picture show a window that must not be shown: pure arithmetic on boxes.

The rule errs on the dark side: everything inside a denied window's box is blacked out, except
what a window above it is known to cover. A window that may let things shine through, or may have
painted nothing, covers nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..types import Box

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a window is to the mask: its box, whether it hides what lies below, whether denied."""

    box: Box
    opaque: bool
    denied: bool


def masked_boxes(sheets: Sequence[Sheet], area: Box) -> tuple[Box, ...]:
    """The parts of `area` to black out, in its coordinates; no two of one window overlap.

    `sheets` are the windows on the screen from the lowest to the topmost, in the coordinates of
    `area`.

    >>> below, above = Box(0, 0, 10, 10), Box(4, 0, 10, 10)
    >>> masked_boxes([Sheet(below, True, True), Sheet(above, True, False)], Box(0, 0, 20, 20))
    (Box(left=0, top=0, width=4, height=10),)
    """
    found: list[Box] = []
    for index, sheet in enumerate(sheets):
        inside = sheet.box.intersection(area) if sheet.denied else None
        if inside is None:
            continue
        parts = [inside]
        for above in sheets[index + 1 :]:
            # A denied window above blacks its own part out; what it covers is the same pixels.
            if above.opaque:
                parts = [rest for part in parts for rest in subtract(part, above.box)]
        found += parts
    return tuple(
        Box(box.left - area.left, box.top - area.top, box.width, box.height) for box in found
    )


def subtract(box: Box, cut: Box) -> list[Box]:
    """What is left of `box` without `cut`: none to four boxes that do not overlap.

    >>> subtract(Box(0, 0, 3, 3), Box(1, 1, 1, 1))[0]
    Box(left=0, top=0, width=3, height=1)
    """
    shared = box.intersection(cut)
    if shared is None:
        return [box]
    bands = (
        Box(box.left, box.top, box.width, shared.top - box.top),
        Box(box.left, shared.bottom, box.width, box.bottom - shared.bottom),
        Box(box.left, shared.top, shared.left - box.left, shared.height),
        Box(shared.right, shared.top, box.right - shared.right, shared.height),
    )
    return [band for band in bands if band.width > 0 and band.height > 0]


__all__ = ["Sheet", "masked_boxes", "subtract"]
