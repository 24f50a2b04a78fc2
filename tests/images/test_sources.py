"""Everything that can be given as an image, and the frames that it becomes."""

from __future__ import annotations

import base64
import io
import struct
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from leopard_tools.errors import DocumentInvalid, ImageInvalid
from leopard_tools.images.sources import Limits, load_all, load_frames, sources_of
from leopard_tools.types import Deferred, Frame

from .sample_images import (
    encoded,
    handmade_pdf,
    icon,
    only,
    pdf,
    pixel,
    sketch,
    tiff,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from leopard_tools.types import ImageSource


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "PPM"])
def test_takes_every_common_format_under_any_name(form: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(encoded(sketch(), form))
    frame = only(load_frames(path))
    assert frame.size == (40, 20)
    assert (frame.source, frame.page, frame.scale) == (str(path), None, 1.0)
    assert pixel(frame, 30, 15)[0] > 200 > 60 > pixel(frame, 30, 15)[2]


@pytest.mark.parametrize(
    ("give", "source"),
    [
        (lambda: encoded(sketch(), "PNG"), "bytes"),
        (lambda: bytearray(encoded(sketch(), "PNG")), "bytes"),
        (lambda: memoryview(encoded(sketch(), "PNG")), "bytes"),
        (lambda: sketch(), "PIL image"),
        (lambda: np.asarray(sketch()), "array"),
        (
            lambda: "data:image/png;base64," + base64.b64encode(encoded(sketch(), "PNG")).decode(),
            "data URL",
        ),
        (lambda: Frame(sketch(), "screen", monitor=1), "screen"),
    ],
)
def test_takes_every_kind_of_source(give: Callable[[], ImageSource], source: str) -> None:
    frame = only(load_frames(give()))
    assert frame.source == source
    assert pixel(frame, 0, 0) == (0, 0, 255)


def test_a_single_deferred_need_not_be_put_into_a_list() -> None:
    given = Deferred(lambda _: [Frame(sketch(), "screen")])
    assert sources_of(given) == [given]


def test_an_open_file_is_no_list_of_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(encoded(sketch(), "PNG"))
    with path.open("rb") as opened:
        assert sources_of(opened) == [opened]
        with pytest.raises(ImageInvalid, match="BufferedReader is no kind of image"):
            load_all(sources_of(opened))


def test_what_a_deferred_opens_to_is_taken_as_a_frame_is() -> None:
    clear = Frame(Image.new("RGBA", (2, 2), (0, 0, 0, 0)), "screen", scale=2.0)
    frame = only(load_frames(Deferred(lambda _: [clear])))
    assert (pixel(frame, 0, 0), frame.scale) == ((255, 255, 255), 2.0)
    with pytest.raises(ImageInvalid, match="Deferred: it opened to no frame"):
        load_all([sketch(), Deferred(lambda _: [])])


def test_the_order_of_sources_and_pages_is_kept() -> None:
    frames = load_all([sketch(), pdf((30, 40), (40, 30)), np.zeros((2, 3), np.uint8)])
    assert [frame.label for frame in frames] == [
        "PIL image",
        "bytes, page 1",
        "bytes, page 2",
        "array",
    ]


def test_a_frame_is_kept_as_it_is_and_made_rgb_where_it_is_not() -> None:
    frame = Frame(sketch(), "screen", scale=2.0)
    assert load_frames(frame) == [frame]
    grey = Frame(sketch("L"), "screen", scale=2.0, origin=(5, 6))
    made = only(load_frames(grey))
    assert (made.scale, made.origin) == (2.0, (5, 6))


def test_a_frame_is_not_turned_by_exif_data() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lazy = Image.open(io.BytesIO(encoded(sketch(), "JPEG", exif=exif)))
    frame = Frame(lazy, "photo")
    assert only(load_frames(frame)) is frame
    assert frame.size == (40, 20)


@pytest.mark.parametrize("framed", [False, True])
def test_a_lazily_opened_picture_may_be_given_to_many_threads(framed: bool) -> None:
    noise = Image.frombytes("RGB", (600, 600), np.random.default_rng(1).bytes(600 * 600 * 3))
    content = encoded(noise, "PNG", compress_level=1)
    same: list[bool] = []

    def load(picture: Image.Image, all_ready: threading.Barrier) -> None:
        all_ready.wait()
        frame = only(load_frames(Frame(picture, "lazy") if framed else picture))
        same.append(frame.image.tobytes() == noise.tobytes())

    for _ in range(10):
        given = Image.open(io.BytesIO(content)), threading.Barrier(4)
        threads = [threading.Thread(target=load, args=given) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert same == [True] * 40


def test_changing_a_picture_afterwards_does_not_change_its_frame() -> None:
    picture = sketch()
    frame = only(load_frames(picture))
    picture.paste("green", (0, 0, 40, 20))
    array = np.zeros((2, 2, 3), np.uint8)
    other = only(load_frames(array))
    array[:] = 255
    assert pixel(frame, 0, 0) == (0, 0, 255)
    assert pixel(other, 0, 0) == (0, 0, 0)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3), (2, 3, 4)])
def test_arrays_are_height_by_width(shape: tuple[int, ...]) -> None:
    assert only(load_frames(np.full(shape, 255, np.uint8))).size == (3, 2)


def test_an_array_may_be_a_view_of_another() -> None:
    array = np.asarray(sketch())[:, ::-1]
    assert pixel(only(load_frames(array)), 39, 0) == (0, 0, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_upright_once(orientation: int) -> None:
    # How a camera stores an upright picture whose orientation tag says how to turn it back.
    stored = {
        1: [],
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }[orientation]
    picture = sketch()
    for turn in stored:
        picture = picture.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    for form in ("PNG", "TIFF"):
        frame = only(load_frames(encoded(picture, form, exif=exif)))
        again = only(load_frames(frame.image))
        for upright in (frame, again):
            assert upright.size == (40, 20)
            assert pixel(upright, 2, 2) == (0, 0, 255)
            assert pixel(upright, 38, 18) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P", "La", "RGBa"])
def test_transparency_is_flattened_on_white(mode: str) -> None:
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    if mode in ("P", "PA"):
        picture = clear.quantize(4) if mode == "P" else clear.quantize(4).convert("PA")
    elif mode in ("LA", "La"):
        picture = clear.convert("LA").convert(mode)
    else:
        picture = clear.convert(mode)
    assert pixel(only(load_frames(picture)), 1, 1) == (255, 255, 255)


def test_a_transparent_colour_is_flattened_on_white() -> None:
    picture = encoded(Image.new("RGB", (4, 4), (1, 2, 3)), "PNG", transparency=(1, 2, 3))
    assert pixel(only(load_frames(picture)), 1, 1) == (255, 255, 255)


@pytest.mark.parametrize(("fourth", "expected"), [((0, 0), 10), ((0, 255), 255)])
def test_a_bmp_whose_fourth_byte_is_always_zero_is_opaque(
    fourth: tuple[int, int], expected: int
) -> None:
    row = b"".join(bytes([30, 20, 10, alpha]) for alpha in fourth)
    masks = struct.pack("<IIII4s48x", 0xFF0000, 0xFF00, 0xFF, 0xFF000000, b"BGRs")
    head = struct.pack("<IiiHHIIiiII", 108, 2, 1, 1, 32, 3, len(row), 0, 0, 0, 0) + masks
    content = b"BM" + struct.pack("<IHHI", 14 + 108 + len(row), 0, 0, 14 + 108) + head + row
    frame = only(load_frames(content))
    assert pixel(frame, 0, 0)[0] == expected
    assert pixel(frame, 1, 0) == (10, 20, 30)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "HSV", "LAB", "RGBX"])
def test_every_colour_mode_becomes_rgb(mode: str) -> None:
    white = Image.new("RGB", (4, 4), "white")
    if mode == "LAB":
        white = Image.new("LAB", (4, 4), (255, 128, 128))
    frame = only(load_frames(white.convert(mode) if white.mode != mode else white))
    assert min(pixel(frame, 1, 1)) > 250


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 0x8000, 0xFFFF]], np.uint16), [0, 128, 255]),
        (np.array([[0, 0x8000, 0xFFFF]], np.int32), [0, 128, 255]),
        (np.array([[0, 128, 255]], np.int32), [0, 128, 255]),
        (np.array([[-100, 0, 100]], np.int32), [0, 128, 255]),
        (np.array([[0, 0.5, 1]], np.float32), [0, 128, 255]),
        (np.array([[0, 128, 255]], np.float32), [0, 128, 255]),
        (np.array([[np.nan, -1e38, 1e38]], np.float32), [128, 0, 255]),
        (np.array([[7, 7, 7]], np.int32), [7, 7, 7]),
    ],
)
def test_deep_grey_is_scaled_by_the_range_it_is_in(
    values: np.ndarray[tuple[int, int], np.dtype[np.generic]], expected: list[int]
) -> None:
    picture = Image.fromarray(values)
    for source in (picture, encoded(picture, "TIFF")):
        frame = only(load_frames(source))
        assert [pixel(frame, x, 0)[0] for x in range(3)] == expected


@pytest.mark.parametrize(
    ("bits", "zero_is_white", "content", "expected"),
    [
        (12, False, "000800fff0", [0, 128, 255]),
        (16, False, "00000080ffff", [0, 128, 255]),
        (16, True, "00000080ffff", [255, 127, 0]),
    ],
)
def test_a_deep_tiff_keeps_its_shades(
    bits: int, zero_is_white: bool, content: str, expected: list[int]
) -> None:
    row = bytes.fromhex(content)
    tags = [
        (256, 4, 3), (257, 4, 1), (258, 3, bits), (259, 3, 1), (262, 3, int(not zero_is_white)),
        (273, 4, 8), (277, 3, 1), (278, 4, 1), (279, 4, len(row)),
    ]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    head = struct.pack("<2sHI", b"II", 42, 8 + len(row)) + row
    frame = only(load_frames(head + struct.pack("<H", len(tags)) + entries + bytes(4)))
    assert [pixel(frame, x, 0)[0] for x in range(3)] == expected


def test_the_transparent_shade_of_a_16_bit_png_is_flattened_on_white() -> None:
    picture = Image.fromarray(np.array([[0, 0x1234, 0xFFFF]], np.uint16))
    content = io.BytesIO()
    picture.save(content, "PNG", transparency=0x1234)
    frame = only(load_frames(content.getvalue()))
    assert [pixel(frame, x, 0)[1] for x in range(3)] == [0, 255, 255]


def test_16_bit_png_keeps_its_shades() -> None:
    picture = Image.fromarray(np.array([[0, 0x1234, 0xFFFF]], np.uint16))
    frame = only(load_frames(encoded(picture, "PNG")))
    assert [pixel(frame, x, 0)[1] for x in range(3)] == [0, 0x12, 255]


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_picture_is_taken(form: str) -> None:
    pages = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    data = encoded(pages[0], form, save_all=True, append_images=pages[1:])
    assert pixel(only(load_frames(data)), 4, 4)[0] > 200


def test_an_icon_may_be_larger_than_its_directory_can_say() -> None:
    assert only(load_frames(icon(encoded(sketch().resize((400, 300)), "PNG")))).size == (400, 300)
    frame = only(load_frames(encoded(sketch(), "ICO", sizes=[(32, 16)], bitmap_format="bmp")))
    assert frame.size == (32, 16)
    assert pixel(frame, 2, 2)[2] > 200


# Documents


def test_a_pdf_stands_for_its_pages_with_numbers_and_scale(tmp_path: Path) -> None:
    path = tmp_path / "scan.png"
    path.write_bytes(b"junk before the header\n" + pdf((612, 792), (960, 540)))
    portrait, landscape = load_frames(str(path))
    assert portrait.size == (1484, 1920)
    assert landscape.size == (1920, 1080)
    assert [frame.page for frame in (portrait, landscape)] == [1, 2]
    assert landscape.source == str(path)
    assert landscape.scale == pytest.approx(2.0)


def test_a_pdf_page_shows_what_was_drawn_on_it() -> None:
    frame = only(load_frames(encoded(sketch(), "PDF"), Limits(page_side=400)))
    assert frame.size == (400, 200)
    assert pixel(frame, 300, 150)[0] > 240 and pixel(frame, 50, 50)[2] > 240


@pytest.mark.parametrize("box", ["0 0 1e9 1", "0 0 0.001 0.001", "0 0 20000 14400", "5 5 5 5"])
def test_a_page_of_any_size_stays_within_its_longer_side(box: str) -> None:
    try:
        frame = only(load_frames(handmade_pdf(box), Limits(page_side=300)))
    except DocumentInvalid:
        return
    assert max(frame.size) == 300


@pytest.mark.parametrize(
    ("crop", "expected"),
    [
        ("0 0 100 100", (100, 100)),
        ("150 0 999 999", (50, 100)),  # what it has of the page
        ("999 999 1200 1200", (100, 50)),
        ("200 0 400 100", (100, 50)),
    ],
)
def test_a_page_cropped_to_nothing_is_shown_whole(crop: str, expected: tuple[int, int]) -> None:
    content = handmade_pdf(f"0 0 200 100]/CropBox[{crop}")
    assert only(load_frames(content, Limits(page_side=100))).size == expected


@pytest.mark.parametrize(
    ("points", "limits", "expected"),
    [
        ((100, 1200), {}, (200, 2400)),
        ((1200, 100), {}, (2400, 200)),
        ((100, 800), {}, (240, 1920)),  # as large as other pages are, which is larger
        ((100, 200), {}, (960, 1920)),
        ((612, 1200), {}, (980, 1920)),  # not long
        ((1000, 4000), {"page_side": 500}, (500, 2000)),
    ],
)
def test_a_long_page_stays_readable(
    points: tuple[int, int], limits: dict[str, int], expected: tuple[int, int]
) -> None:
    frame = only(load_frames(pdf(points), Limits(**limits)))
    assert frame.size == expected
    assert frame.scale == pytest.approx(max(expected) / max(points))


@pytest.mark.parametrize("limits", [{"megapixels": 2.0}, {"document_megapixels": 4.0}])
def test_a_long_page_is_as_large_as_the_limits_allow(limits: dict[str, float]) -> None:
    frames = load_frames(pdf((300, 6000), (300, 6000)), Limits(**limits))
    assert all(1.9e6 < frame.size[0] * frame.size[1] <= 2e6 for frame in frames)


def test_a_long_page_is_never_smaller_than_others_or_refused_for_its_length() -> None:
    frame = only(load_frames(pdf((1, 14_000)), Limits(megapixels=0.002)))
    assert frame.size == (1, 1920)


def test_a_multi_page_tiff_stands_for_its_pages() -> None:
    frames = load_frames(tiff(sketch(), sketch("1"), sketch("L"), compression="tiff_lzw"))
    assert [(frame.page, frame.image.mode) for frame in frames] == [(n, "RGB") for n in (1, 2, 3)]
    assert pixel(frames[0], 0, 0) == (0, 0, 255)


def tiff_of_kinds(*kinds: int) -> bytes:
    """A page for each NewSubfileType, each a pixel wider than the one before."""
    pages = []
    for number, kind in enumerate(kinds, start=1):
        page = Image.new("RGB", (number, 4))
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[254] = kind
        page.encoderinfo = {"tiffinfo": tags}
        pages.append(page)
    return tiff(*pages, tiffinfo=pages[0].encoderinfo["tiffinfo"])


@pytest.mark.parametrize(
    ("kinds", "pages", "widths"),
    [
        ((0, 1), [None], [1]),
        ((1, 0, 4), [None], [2]),
        ((2, 1, 2, 1), [1, 2], [1, 3]),
        ((1, 1), [1, 2], [1, 2]),
    ],
)
def test_thumbnails_and_masks_in_a_tiff_are_no_pages_unless_there_is_nothing_else(
    kinds: tuple[int, ...], pages: list[int | None], widths: list[int]
) -> None:
    frames = load_frames(tiff_of_kinds(*kinds), Limits(pages=2))
    assert [frame.page for frame in frames] == pages
    assert [frame.size[0] for frame in frames] == widths


def test_pdfs_load_in_many_threads_at_once() -> None:
    document = pdf((100, 100), (100, 50), (50, 100))
    sizes: list[list[tuple[int, int]]] = []

    def load() -> None:
        for _ in range(3):
            frames = load_frames(document, Limits(page_side=100))
            sizes.append([frame.size for frame in frames])

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [[(100, 100), (100, 50), (50, 100)]] * 12
