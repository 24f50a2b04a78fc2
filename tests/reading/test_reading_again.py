"""Reading changed pictures with what is known of the old ones equals reading them anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from leopard_tools.reading import detection
from leopard_tools.reading.detection import DetectorSettings
from leopard_tools.reading.memory import Effort
from leopard_tools.reading.ocr import Reader

pytest.importorskip("rapidocr")

PAGES = Path(__file__).parents[2] / "examples" / "data"
WORDS = ["Save", "Cancel", "Total 42", "Inbox 7", "Deliver to Oslo", "11:45", "Draft", "€ 9.90"]
Change = Callable[[Image.Image], None]


@pytest.fixture(scope="module")
def slow() -> Reader:
    """Keeps nothing."""
    return Reader(cache_bytes=0)


@pytest.fixture(scope="module")
def screen() -> Image.Image:
    """Twelve lines in two columns, a dialog among them."""
    image = Image.new("RGB", (800, 760), "white")
    for number in range(12):
        for left in (30, 430):
            write(image, left, 20 + 60 * number, f"Entry {number * 37 + left} stays")
    return image


def write(image: Image.Image, left: int, top: int, text: str) -> None:
    pen = ImageDraw.Draw(image)
    pen.rectangle((left - 6, top - 6, left + 260, top + 30), fill="white")
    pen.text((left, top), text, fill="black", font=ImageFont.load_default(20))


def dialog(image: Image.Image, left: int, top: int) -> None:
    pen = ImageDraw.Draw(image)
    pen.rectangle((left, top, left + 300, top + 130), fill=(235, 238, 245), outline="black")
    pen.text((left + 20, top + 20), "Save changes?", fill="black", font=ImageFont.load_default(22))
    pen.text((left + 20, top + 80), "Discard   Keep", fill="navy", font=ImageFont.load_default(18))


def scrolled(image: Image.Image, by: int) -> Image.Image:
    return Image.fromarray(np.roll(np.asarray(image), -by, axis=0))


def mutated(screen: Image.Image) -> Iterator[Image.Image]:
    changed = screen.copy()
    write(changed, 30, 260, "Changed words here")
    yield changed
    for left, top in ((200, 180), (214, 187)):
        moved = screen.copy()
        dialog(moved, left, top)
        yield moved
    yield from (scrolled(screen, by) for by in (1, 60))
    yield screen.crop((0, 0, 800, 701))


def test_changed_moved_and_scrolled_pictures_read_as_without_a_cache(
    slow: Reader, screen: Image.Image
) -> None:
    fast = Reader()
    for picture in (screen, *mutated(screen), screen):
        assert fast.read(picture) == slow.read(picture)
    assert fast.figures.lines.hits > 50


@pytest.mark.parametrize("name", ["page.png", "eval/slide-tram-kpis.jpg"])
def test_real_pictures_with_a_line_gone_read_as_without_a_cache(slow: Reader, name: str) -> None:
    fast = Reader()
    image = Image.open(PAGES / name).convert("RGB")
    lines = fast.read(image).lines
    for line in lines[5 :: len(lines) // 2]:
        changed = image.copy()
        box = line.box
        corners = (box.left, box.top, box.right, box.bottom)
        ImageDraw.Draw(changed).rectangle(corners, fill=image.getpixel((0, 0)))
        assert fast.read(changed) == slow.read(changed)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, 700), st.sampled_from(WORDS)),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_is_written_over_it_reads_as_without_a_cache(
    slow: Reader, screen: Image.Image, changes: list[tuple[int, int, str]]
) -> None:
    fast = Reader(threads=1)
    picture = screen.copy()
    for left, top, text in changes:
        write(picture, left, top, text)
        assert fast.read(picture) == slow.read(picture)


def test_one_changed_line_costs_few_lines_and_some_pieces(screen: Image.Image) -> None:
    reader = Reader()
    _, first = reader.read_counted(screen)
    assert first == Effort(lines_read=24, pieces_read=first.pieces_read)
    assert first.pieces_read >= 3
    changed = screen.copy()
    write(changed, 30, 320, "Another line")
    reading, again = reader.read_counted(changed)
    assert "Another line" in reading.text
    assert 1 <= again.lines_read <= 8
    assert again.lines_read + again.lines_known == 24
    assert 1 <= again.pieces_read <= 2
    assert again.pieces_read + again.pieces_known == first.pieces_read


def test_the_same_picture_again_costs_nothing(screen: Image.Image) -> None:
    reader = Reader()
    reading, first = reader.read_counted(screen)
    again, effort = reader.read_counted(screen.copy())
    assert again is reading
    assert effort == Effort(lines_known=24, pieces_known=first.pieces_read)
    assert reader.figures.pictures.hits == 1


def test_equal_crops_of_one_picture_are_read_once() -> None:
    image = Image.new("RGB", (400, 760), "white")
    for number in range(6):
        write(image, 40, 40 + 120 * number, "the same words")
    reading, effort = Reader(threads=1).read_counted(image)
    assert [line.text for line in reading.lines] == ["the same words"] * 6
    assert effort.lines_read + effort.lines_known == 6
    assert effort.lines_read < 6


def test_a_full_cache_in_concurrent_use_reads_right(slow: Reader, screen: Image.Image) -> None:
    pictures = [screen, *mutated(screen)][:4]
    expected = [slow.read(picture) for picture in pictures]
    tight = Reader(cache_bytes=20_000)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(tight.read, pictures)) == expected
    figures = tight.figures
    for cache in (figures.pictures, figures.pieces, figures.lines):
        assert cache.bytes <= cache.limit == 20_000 // 3


def test_large_text_is_never_cut(screen: Image.Image) -> None:
    for top in (80, 160, 320):
        image = Image.new("RGB", (1280, 736), "white")
        pen = ImageDraw.Draw(image)
        pen.text((100, top), "Total 42%", fill="black", font=ImageFont.load_default(160))
        assert Reader().read(image).text.replace(" ", "") == "Total42%"


def test_small_bands_and_whole_pictures_find_the_same_lines(screen: Image.Image) -> None:
    whole = Reader(settings=DetectorSettings(band=100_000)).read(screen)
    bands = Reader().read(screen)
    assert bands.text == whole.text
    pairs = zip(bands.lines, whole.lines, strict=True)
    assert all(a.box.intersection(b.box) for a, b in pairs)


def test_a_crack_in_a_line_is_mended() -> None:
    first, second = (detection.Region(779, 391, 32, 32, 0), detection.Region(798, 391, 26, 28, 0))
    other = detection.Region(980, 391, 57, 41, 0)
    mended = detection.mended([other, second, first])
    assert [(region.x, region.width) for region in mended] == [(787.0, 48.0), (980, 57)]
