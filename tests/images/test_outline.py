"""The outline shows where the box is and leaves the words in it, and the original, as they were."""

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from leopard_tools.images.outline import COLOR, outline
from leopard_tools.types import Box


def page() -> tuple[Image.Image, Box]:
    picture = Image.new("RGB", (800, 400), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=20)
    draw.text((300, 200), "42 million", fill="black", font=font)
    left, top, right, bottom = (int(side) for side in draw.textbbox((300, 200), "42 million", font))
    return picture, Box(left, top, right - left, bottom - top)


def region(picture: Image.Image, box: Box) -> Image.Image:
    return picture.crop((box.left, box.top, box.right, box.bottom))


def same(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is None


def colors(picture: Image.Image) -> set[object]:
    return {color for _, color in picture.getcolors(picture.width * picture.height) or ()}


def test_keeps_every_pixel_inside_the_box_and_the_original() -> None:
    picture, box = page()
    before = picture.copy()
    marked = outline(picture, [box])
    assert marked.size == picture.size
    assert same(region(marked, box), region(picture, box))
    assert same(picture, before)


def test_puts_a_coloured_frame_with_a_white_rim_on_all_four_sides() -> None:
    picture, box = page()
    marked = outline(picture, [box])
    x, y = box.center
    near = 12
    for side in (
        (box.left - near, y, box.left, y + 1),
        (box.right, y, box.right + near, y + 1),
        (x, box.top - near, x + 1, box.top),
        (x, box.bottom, x + 1, box.bottom + near),
    ):
        assert {COLOR, (255, 255, 255)} <= colors(marked.crop(side))


def test_fades_what_lies_outside() -> None:
    picture, box = page()
    corner = outline(picture, [box]).crop((0, 0, 5, 5))
    assert (255, 255, 255) not in colors(corner)


def test_the_frame_grows_with_the_picture_and_takes_any_colour() -> None:
    def painted(side: int) -> int:
        marked = outline(
            Image.new("RGB", (side, side)), [Box(side // 2, side // 2, 1, 1)], (0, 9, 0)
        )
        row = marked.crop((0, side // 2, side, side // 2 + 1))
        return sum(count for count, color in row.getcolors() or () if color == (0, 9, 0))

    assert 0 < painted(400) < painted(2000)


@pytest.mark.parametrize(
    "box", [Box(0, 0, 5, 5), Box(0, 0, 60, 40), Box(55, 35, 50, 50), Box(900, 900, 5, 5)]
)
def test_a_box_at_or_over_the_edge_is_still_marked(box: Box) -> None:
    assert COLOR in colors(outline(Image.new("RGB", (60, 40)), [box]))


def test_takes_the_smallest_picture() -> None:
    assert outline(Image.new("RGB", (1, 1)), [Box(0, 0, 1, 1)]).size == (1, 1)


def test_without_boxes_it_is_a_plain_copy() -> None:
    picture, _ = page()
    marked = outline(picture, [])
    assert marked is not picture
    assert same(marked, picture)


def test_marks_each_of_several_boxes() -> None:
    picture = Image.new("RGB", (800, 400), "white")
    boxes = [Box(100, 100, 80, 20), Box(500, 300, 80, 20)]
    marked = outline(picture, boxes)
    assert all(same(region(marked, box), region(picture, box)) for box in boxes)
