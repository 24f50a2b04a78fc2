"""The mask as arithmetic: a thousand random desktops, compared pixel by pixel with a painter."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leopard_tools.capture.mask import Sheet, masked_boxes, subtract
from leopard_tools.types import Box

DESKTOP = Box(-40, -20, 160, 90)
boxes = st.builds(
    Box, st.integers(-60, 130), st.integers(-40, 80), st.integers(1, 90), st.integers(1, 60)
)


def painted(layers: list[Box]) -> np.ndarray:
    """The desktop with boxes painted over each other; the last that was painted is seen."""
    canvas = np.zeros((DESKTOP.height, DESKTOP.width), int)
    for number, box in enumerate(layers, start=1):
        inside = box.intersection(DESKTOP)
        if inside is not None:
            left, top = inside.left - DESKTOP.left, inside.top - DESKTOP.top
            canvas[top : top + inside.height, left : left + inside.width] = number
    return canvas


def random_sheets(source: random.Random) -> list[Sheet]:
    return [
        Sheet(
            Box(
                source.randint(-80, 130),
                source.randint(-50, 80),
                source.randint(1, 120),
                source.randint(1, 70),
            ),
            opaque=source.random() < 0.8,
            denied=source.random() < 0.4,
        )
        for _ in range(source.randint(1, 9))
    ]


def mask_of(sheets: list[Sheet]) -> np.ndarray:
    found = masked_boxes(sheets, DESKTOP)
    inside = Box(0, 0, DESKTOP.width, DESKTOP.height)
    assert all(box.intersection(inside) == box for box in found)
    mask = np.zeros((DESKTOP.height, DESKTOP.width), bool)
    for box in found:
        mask[box.top : box.bottom, box.left : box.right] = True
    return mask


@pytest.mark.parametrize("seed", range(10))
def test_on_random_desktops_every_visible_pixel_of_a_denied_window_is_black(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(100):
        sheets = random_sheets(source)
        mask = mask_of(sheets)
        solid = [sheet for sheet in sheets if sheet.opaque]
        for number, sheet in enumerate(sheets):
            if not sheet.denied:
                continue
            # What can be seen of it: through everything above that is not opaque.
            above = [other for other in sheets[number + 1 :] if other.opaque]
            seen = painted([sheet.box, *(other.box for other in above)]) == 1
            assert mask[seen].all()
        if len(solid) == len(sheets):
            # And no pixel of another window is: the topmost at each pixel decides.
            owner = painted([sheet.box for sheet in sheets])
            denied = np.array([False, *(sheet.denied for sheet in sheets)])
            assert (mask == denied[owner]).all()


@settings(deadline=None)
@given(boxes, boxes)
def test_what_is_left_of_a_box_is_exactly_what_was_not_cut(box: Box, cut: Box) -> None:
    parts = subtract(box, cut)
    count = sum(painted([part]) for part in parts) if parts else painted([])
    assert (count == (painted([box, cut]) == 1)).all()


def test_a_window_that_may_shine_through_covers_nothing() -> None:
    box = Box(0, 0, 10, 10)
    covered = [Sheet(box, True, True), Sheet(box, True, False)]
    assert masked_boxes(covered, DESKTOP) == ()
    glass = [Sheet(box, True, True), Sheet(box, False, False)]
    assert masked_boxes(glass, DESKTOP) == (Box(40, 20, 10, 10),)
