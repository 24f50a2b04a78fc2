"""Reading pictures drawn here, with the real networks."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont

from leopard_tools.errors import Cancelled
from leopard_tools.reading.memory import Effort
from leopard_tools.reading.ocr import Reader, marked
from leopard_tools.reading.pieces import STRIDE, pieces
from leopard_tools.types import Box, Line, Reading

pytest.importorskip("rapidocr")

SENTENCES = [
    "Revenue grew 12% to $4.8M in the third quarter",
    "Illinois shipped 1,117 units; William paid (in full)",
    "Two new regions opened: Nordics and Iberia",
]


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader(threads=2)


def drawn(*texts: tuple[str, int, int, int], size: tuple[int, int] = (900, 400)) -> Image.Image:
    """A white picture with texts at (left, top) in a font size."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for text, left, top, points in texts:
        draw.text((left, top), text, fill="black", font=ImageFont.load_default(points))
    return image


def squeezed(text: str) -> str:
    return text.replace(" ", "")


def sole(reading: Reading) -> Line:
    (line,) = reading.lines
    return line


@pytest.fixture(scope="module")
def page() -> Image.Image:
    return drawn(*[(text, 30, 40 + 60 * n, 26) for n, text in enumerate(SENTENCES)])


def test_lines_are_read_in_order(reader: Reader, page: Image.Image) -> None:
    reading = reader.read(page)
    assert (reading.width, reading.height) == page.size
    assert [line.text for line in reading.lines] == SENTENCES
    assert all(line.confidence > 0.9 for line in reading.lines)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1"])
def test_every_mode_of_picture_is_read(reader: Reader, page: Image.Image, mode: str) -> None:
    assert squeezed(reader.read(page.convert(mode)).text) == "\n".join(SENTENCES).replace(" ", "")


def test_white_on_dark_is_read(reader: Reader, page: Image.Image) -> None:
    assert squeezed(reader.read(ImageChops.invert(page)).text) == "\n".join(SENTENCES).replace(
        " ", ""
    )


def test_boxes_hug_the_ink(reader: Reader, page: Image.Image) -> None:
    for line in reader.read(page).lines:
        box = line.box
        around = (box.left - 8, box.top - 8, box.right + 8, box.bottom + 8)
        left, top, right, bottom = ImageChops.invert(page.convert("L").crop(around)).getbbox()
        assert 0 <= left - 8 <= 4
        assert 0 <= top - 8 <= 4
        assert 0 <= box.width + 8 - right <= 4
        assert 0 <= box.height + 8 - bottom <= 4


def test_the_box_of_a_word_is_tight_around_it(reader: Reader, page: Image.Image) -> None:
    font = ImageFont.load_default(26)
    for line in reader.read(page).lines:
        assert len(line.edges) == len(line.text) + 1
        assert all(a <= b for a, b in pairwise(line.edges))
        start = 0
        for word in line.text.split():
            start = line.text.index(word, start)
            box = line.box_of(start, start + len(word))
            left = 30 + font.getlength(line.text[:start])
            right = 30 + font.getlength(line.text[: start + len(word)])
            third = font.getlength(word) / len(word) / 3 + 1
            assert box.left == pytest.approx(left, abs=third)
            assert box.right == pytest.approx(right, abs=third)
            start += len(word)


def test_lone_digits_are_read(reader: Reader) -> None:
    image = drawn(("Copies", 40, 40, 24), ("7", 300, 40, 24), ("1", 500, 40, 24))
    assert reader.read(image).text == "Copies | 7 | 1"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Dental", "一"], ["Dental", "–"]),
        (["二月", "一"], ["二月", "一"]),
        (["Seats", "√"], ["Seats", "✓"]),
    ],
)
def test_marks_that_stand_alone_get_their_names(texts: list[str], expected: list[str]) -> None:
    found = marked([Line(text, Box(0, 0, 9, 9), 1.0) for text in texts])
    assert [line.text for line in found] == expected


@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270])
def test_text_that_runs_upwards_or_downwards_is_read(reader: Reader, turn: Image.Transpose) -> None:
    image = drawn(("Units shipped per year", 100, 100, 28), size=(500, 240)).transpose(turn)
    line = sole(reader.read(image))
    assert line.text == "Units shipped per year"
    assert line.box.height > 5 * line.box.width


@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270])
def test_a_page_that_was_turned_keeps_its_lines_whole(
    reader: Reader, turn: Image.Transpose
) -> None:
    texts = ["Quarterly report 2024 for investors", "Revenue grew to 45 million dollars"]
    # As on a typewriter, whose wide gaps between letters a cut could take for those of words.
    letters = [
        (letter, 40 + 18 * place, 60 + 120 * n, 28)
        for n, text in enumerate(texts)
        for place, letter in enumerate(text)
    ]
    read = reader.read(drawn(*letters, size=(1100, 300)).transpose(turn)).lines
    assert sorted(squeezed(line.text) for line in read) == [squeezed(text) for text in texts]


def test_a_skewed_page_is_read(reader: Reader, page: Image.Image) -> None:
    skewed = page.rotate(3, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    assert squeezed(reader.read(skewed).text) == "\n".join(SENTENCES).replace(" ", "")


def test_a_long_page_loses_and_doubles_no_line(reader: Reader) -> None:
    texts = [f"Entry number {n} costs {n * 37} euros" for n in range(100, 190)]
    image = drawn(*[(t, 30, 20 + 50 * n, 20) for n, t in enumerate(texts)], size=(700, 4600))
    assert reader.read(image).text.replace(" ", "").split() == [t.replace(" ", "") for t in texts]


def test_a_tall_page_with_a_text_up_all_of_its_side_is_read(reader: Reader) -> None:
    label = "Requests answered within one second by the four servers of the northern site"
    strip = Image.new("RGB", (2120, 80), "white")
    ImageDraw.Draw(strip).text((10, 4), label, fill="black", font=ImageFont.load_default(56))
    page = drawn(*[(text, 130, 100 + 300 * n, 26) for n, text in enumerate(SENTENCES * 2)])
    tall = Image.new("RGB", (900, 2176), "white")
    tall.paste(page, (0, 0))
    tall.paste(drawn(*[(text, 130, 0, 26) for text in SENTENCES[:1]], size=(900, 60)), (0, 2000))
    tall.paste(strip.rotate(90, expand=True), (10, 20))
    text = squeezed(reader.read(tall).text)
    assert squeezed(label) in text
    assert text.count(squeezed(SENTENCES[0])) == 2


@given(
    cells=st.tuples(st.integers(1, 150), st.integers(1, 150)),
    rows=st.lists(st.integers(1, 4800), max_size=20),
    piece=st.integers(6, 60),
)
def test_pieces_are_whole_cells_and_each_row_belongs_to_one(
    cells: tuple[int, int], rows: list[int], piece: int
) -> None:
    height, width = (STRIDE * count for count in cells)
    cut = sorted({row for row in rows if row < height})
    owned = np.zeros((height, width), int)
    for part in pieces((0, cells[0], 0, cells[1]), cut, piece * STRIDE, 4 * STRIDE):
        assert (part.bottom - part.top) % STRIDE == (part.right - part.left) % STRIDE == 0
        assert 0 <= part.top <= part.rows[0] <= part.rows[1] <= part.bottom <= height
        assert 0 <= part.left <= part.columns[0] <= part.columns[1] <= part.right <= width
        assert max(part.bottom - part.top, part.right - part.left) <= piece * STRIDE
        owned[slice(*part.rows), slice(*part.columns)] += 1
    assert (owned == 1).all()


def test_small_text_on_a_very_large_screen_is_read(reader: Reader) -> None:
    image = drawn(
        ("Save changes before closing", 60, 40, 14),
        ("Memory in use: 512 MB", 1900, 1050, 14),
        ("Battery at 84%", 3600, 2100, 14),
        size=(3840, 2160),
    )
    read = squeezed(reader.read(image).text)
    assert read.split() == ["Savechangesbeforeclosing", "Memoryinuse:512MB", "Batteryat84%"]


@pytest.mark.parametrize(
    "size", [(1, 1), (31, 7), (2000, 8), (8, 2000), (1, 3000), (5000, 1), (640, 480)]
)
@pytest.mark.parametrize("color", ["white", "black"])
def test_a_picture_without_text_gives_no_lines(
    reader: Reader, size: tuple[int, int], color: str
) -> None:
    reading = reader.read(Image.new("RGB", size, color))
    assert reading == Reading((), *size)


@pytest.mark.parametrize("size", [(2000, 8), (8, 2000), (3, 3), (33, 1000)])
def test_thin_pictures_of_noise_are_no_error(reader: Reader, size: tuple[int, int]) -> None:
    noise = Image.effect_noise(size, 120).convert("RGB")
    for line in reader.read(noise).lines:
        assert 0 <= line.box.left < line.box.right <= size[0]
        assert 0 <= line.box.top < line.box.bottom <= size[1]


def test_the_same_pixels_are_read_once(reader: Reader, page: Image.Image) -> None:
    assert reader.read(page.copy()) is reader.read(page)


def test_the_cache_forgets_the_oldest() -> None:
    reader = Reader(threads=1, cache_bytes=3 * 2000)
    images = [drawn((text, 10, 10, 20), size=(160, 48)) for text in ("first", "second", "third")]
    first = reader.read(images[0])
    assert reader.read(images[0]) is first
    for image in images[1:]:
        reader.read(image)
    assert reader.read(images[0]) is not first
    assert reader.read(images[0]) == first


def test_without_bytes_nothing_is_kept(page: Image.Image) -> None:
    reader = Reader(threads=1, cache_bytes=0)
    first, second = reader.read_counted(page), reader.read_counted(page)
    assert first == second
    assert first[1] == Effort(lines_read=3, pieces_read=first[1].pieces_read)
    assert reader.figures.pictures.entries == reader.figures.lines.entries == 0


def test_many_threads_may_read_at_once(reader: Reader) -> None:
    images = [drawn((f"ticket {n}", 20, 20, 24), size=(240, 70)) for n in (31, 47)] * 4
    with ThreadPoolExecutor(8) as pool:
        readings = list(pool.map(reader.read, images))
    assert [reading.text for reading in readings] == ["ticket 31", "ticket 47"] * 4
    assert len({id(reading) for reading in readings}) == 2


def test_who_reads_one_picture_does_not_wait_for_all_of_another_one(reader: Reader) -> None:
    many = [drawn((f"sheet {n}", 20, 20, 24), size=(240, 70)) for n in range(51, 56)]
    read: list[str] = []
    begun = threading.Event()

    def join() -> None:
        """Lets the other one come while the second sheet is being read."""
        if len(read) == 1 and not begun.is_set():
            begun.set()
            end = time.monotonic() + 60
            while not reader._turns._door.locked():
                assert time.monotonic() < end
                time.sleep(0.002)

    def read_many() -> None:
        for image in many:
            read.append(reader.read(image, check=join).text)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_many)
        assert begun.wait(60)
        read.append(reader.read(drawn(("letter", 20, 20, 24), size=(240, 70))).text)
        reading.result(60)
    assert read.index("letter") == 2


def test_a_check_that_raises_ends_the_reading_and_spoils_nothing(page: Image.Image) -> None:
    expected = Reader(threads=2).read(page)
    reader = Reader(threads=2)
    for most in (0, 1, 2, 3):
        looks = count()

        def check(looks: Iterator[int] = looks, most: int = most) -> None:
            if next(looks) >= most:
                raise Cancelled("Nobody waits.")

        with pytest.raises(Cancelled):
            reader.read(page, check=check)
    assert reader.read(page) == expected


def test_one_thread_and_two_read_the_same(reader: Reader, page: Image.Image) -> None:
    assert Reader(threads=1).read(page) == reader.read(page)


def test_importing_loads_no_network_library() -> None:
    code = (
        "import sys, leopard_tools.reading.ocr as ocr; ocr.Reader();"
        "sys.exit(any(name in sys.modules for name in ('onnxruntime', 'cv2', 'rapidocr', 'torch')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_reading_reports_to_nobody(tmp_path: Path) -> None:
    """What onnxruntime would send it first keeps in the home and temporary folders."""
    code = (
        "from PIL import Image; from leopard_tools.reading.ocr import Reader;"
        "Reader(threads=1).read(Image.new('RGB', (64, 64))); print('read')"
    )
    places = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    told = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name}
    done = subprocess.run(
        [sys.executable, "-c", code], env=told | places, capture_output=True, check=True, text=True
    )
    assert done.stdout == "read\n"
    assert not list(tmp_path.iterdir())


def test_numbers_over_the_bars_of_a_small_chart_are_read(reader: Reader) -> None:
    image = Image.new("RGB", (640, 361), "white")
    draw, small, font = ImageDraw.Draw(image), *map(ImageFont.load_default, (13, 14))
    draw.text((8, 8), "Sales by country", "black", font)
    bars = (("UK", 62, 169), ("US", 95, 103), ("DE", 41, 211), ("FR", 57, 179), ("IT", 30, 233))
    for place, (name, value, top) in enumerate(bars):
        left = 68 + 88 * place
        draw.rectangle((left, top, left + 57, 293), fill="#4472c4")
        draw.text((left + 29, top - 4), str(value), "black", small, anchor="mb")
        draw.text((left + 29, 304), name, "black", font, anchor="mt")
    rows = [" | ".join(row).upper() for row in reader.read(image).cell_texts]
    assert rows[1:] == [f"{name} | {value}" for name, value, _ in bars]
