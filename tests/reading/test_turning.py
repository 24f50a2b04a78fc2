"""Pages that lie on their side or upside down, read by the real networks."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from leopard_tools import Leopard
from leopard_tools.reading import ocr
from leopard_tools.reading.detection import DetectorSettings, detect
from leopard_tools.reading.layout import compose
from leopard_tools.reading.locate import cite, find
from leopard_tools.reading.memory import Effort
from leopard_tools.reading.ocr import Reader, marked
from leopard_tools.reading.recognition import Text
from leopard_tools.reading.strips import cut
from leopard_tools.reading.turning import turn_of, turned_back
from leopard_tools.reading.writing import Writing, read_strip
from leopard_tools.types import Box, Line, Reading

pytest.importorskip("rapidocr")

PAGES = Path(__file__).parents[2] / "examples" / "data"
TABLE = "eval/slide-winter-staffing.jpg"
LETTER = "eval/scan-letter.jpg"
LYING = [(TABLE, 1), (TABLE, 2), (TABLE, 3), (LETTER, 2)]


@cache
def page(name: str) -> Image.Image:
    return Image.open(PAGES / name).convert("RGB")


def turned(image: Image.Image, turns: int) -> Image.Image:
    """Anticlockwise by quarter turns."""
    return Image.fromarray(np.rot90(np.asarray(image), turns).copy())


@cache
def read(name: str, turns: int = 0) -> Reading:
    return Reader(threads=1).read(turned(page(name), turns))


def written(*texts: tuple[str, int, int, int], size: tuple[int, int] = (900, 500)) -> Image.Image:
    """A white picture with texts at (left, top) in a font size."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for text, left, top, points in texts:
        pen.text((left, top), text, fill="black", font=ImageFont.load_default(points))
    return image


def by_hand(image: Image.Image) -> tuple[Reading, int]:
    """The picture as it lies, read without anything that turns it, and its number of strips."""
    detector, recogniser = ocr._load(1)
    pixels = np.asarray(image)[:, :, ::-1].copy()
    strips = [cut(pixels, region) for region in detect(pixels, detector, DetectorSettings())]
    writings = [(strip, read_strip(strip.pixels, recogniser)) for strip in strips]
    whole = Box(0, 0, *image.size)
    lines = marked([w.on(strip, whole) for strip, w in writings if ocr._is_text(w)])
    return compose(lines, *image.size), len(strips)


def overlap(one: Box, other: Box) -> float:
    """What two boxes share of what they cover."""
    shared = one.intersection(other)
    both = shared.width * shared.height if shared else 0
    return both / (one.width * one.height + other.width * other.height - both)


def words(reading: Reading) -> Counter[str]:
    return Counter(reading.text.replace("|", " ").split())


@pytest.mark.parametrize(("name", "turns"), LYING)
def test_a_page_that_lies_otherwise_has_the_words_of_the_upright_one(name: str, turns: int) -> None:
    upright, reading = read(name), read(name, turns)
    assert (reading.width, reading.height) == turned(page(name), turns).size
    same = words(upright) & words(reading)
    assert same.total() >= 0.98 * max(words(upright).total(), words(reading).total())
    # The rows are those of the page, whatever its side lies up.
    rows, expected = (list(dict.fromkeys(each.text.split("\n"))) for each in (reading, upright))
    kept = [row for row in rows if row in expected]
    assert len(kept) >= 0.9 * len(expected)
    assert kept == sorted(kept, key=expected.index)


@pytest.mark.parametrize(("name", "turns"), LYING)
def test_its_boxes_lie_where_the_words_are(name: str, turns: int) -> None:
    upright, reading = read(name), read(name, turns)
    lines = [line for line in upright.lines if [o.text for o in upright.lines].count(line.text) < 2]
    found = {line.text: line for line in reading.lines}
    matched = [(line, found[line.text]) for line in lines if line.text in found]
    assert len(matched) >= 0.9 * len(lines)
    for line, other in matched:
        assert overlap(line.box.turned(turns, upright.width, upright.height), other.box) > 0.7
        start = 0
        for word in line.text.split():
            start = line.text.index(word, start)
            end = start + len(word)
            box = line.box_of(start, end).turned(turns, upright.width, upright.height)
            assert overlap(box, other.box_of(start, end)) > 0.5
            start = end


@pytest.mark.parametrize("name", [TABLE, LETTER])
def test_an_upright_page_is_read_as_ever_and_each_strip_once(name: str) -> None:
    reading, effort = Reader(threads=1).read_counted(page(name))
    expected, strips = by_hand(page(name))
    assert reading == expected
    assert effort.lines_read + effort.lines_known == strips


def scribbles() -> Image.Image:
    """What looks like handwriting."""
    rng = random.Random(3)
    image = Image.new("RGB", (900, 600), "white")
    pen = ImageDraw.Draw(image)
    for row in range(7):
        left = 50
        while left < 800:
            points = []
            for _ in range(rng.randrange(8, 26)):
                points.append((left, 60 + 80 * row + rng.randrange(-22, 22)))
                left += rng.randrange(3, 9)
            pen.line(points, fill=(30, 30, 90), width=3, joint="curve")
            left += 26
    return image


def bad_photo() -> Image.Image:
    """A letter in the dark, out of focus."""
    pixels = np.asarray(page(LETTER).filter(ImageFilter.GaussianBlur(2.2)), np.float32)
    noise = np.random.default_rng(5).normal(0, 40, pixels.shape)
    return Image.fromarray(np.clip(pixels * 0.55 + 20 + noise, 0, 255).astype(np.uint8))


def folded_card() -> Image.Image:
    """Texts on both sides of a fold, one of them upside down."""
    below = [("Happy birthday", 200, 80, 60), ("from all of us", 280, 180, 40)]
    above = [("Printed in Sweden", 200, 80, 50), ("Recycled card 300 g", 260, 180, 40)]
    card = Image.new("RGB", (900, 600), "white")
    card.paste(written(*below, size=(900, 300)), (0, 300))
    card.paste(written(*above, size=(900, 300)).rotate(180), (0, 0))
    return card


def both_ways_up() -> Image.Image:
    texts = ("SOS", "NOON", "96", "69", "8088", "906")
    return written(*[(text, 200 + 300 * (n % 2), 40 + 120 * (n // 2), 70)
                     for n, text in enumerate(texts)])  # fmt: skip


def chart() -> Image.Image:
    """A title, and under bars names that run upwards: four fifths of all letters."""
    image = written(("Visitors in May by museum", 60, 20, 36), size=(900, 700))
    names = ["Natural History", "Modern Art", "Maritime House", "Old Observatory", "Railway Museum"]
    for number, name in enumerate(names):
        bar = (80 + 140 * number, 180 + 40 * number, 150 + 140 * number, 420)
        ImageDraw.Draw(image).rectangle(bar, fill="darkorange")
        label = written((name, 3, 3, 26), size=(230, 38)).transpose(Image.Transpose.ROTATE_90)
        image.paste(label, (96 + 140 * number, 440))
    return image


def logo_upside_down() -> Image.Image:
    texts = ["Invoice 2041", "Bill to: Marta Okonkwo", "Amount due: 1,204.50", "Pay by 14 March"]
    image = written(*[(text, 80, 180 + 70 * n, 30) for n, text in enumerate(texts)])
    image.paste(written(("WATERWORKS", 10, 10, 60), size=(460, 90)).rotate(180), (80, 40))
    return image


@pytest.mark.parametrize(
    "draw",
    [scribbles, bad_photo, folded_card, both_ways_up, chart, logo_upside_down],
    ids=lambda draw: draw.__name__,
)
def test_what_has_no_other_clear_side_stays_as_it_is(draw: object) -> None:
    assert callable(draw)
    image = draw()
    assert Reader(threads=1).read(image) == by_hand(image)[0]


def test_a_lone_line_upside_down_is_read() -> None:
    image = written(("Thank you for coming", 200, 200, 50)).rotate(180)
    (line,) = Reader(threads=1).read(image).lines
    assert (line.text, line.turn) == ("Thank you for coming", 2)


def test_a_turned_picture_read_again_costs_nothing() -> None:
    reader = Reader(threads=1)
    image = turned(page(TABLE), 2)
    reading, effort = reader.read_counted(image)
    again, repeated = reader.read_counted(image.copy())
    assert again is reading
    lines, pieces = effort.lines_read + effort.lines_known, effort.pieces_read + effort.pieces_known
    assert repeated == Effort(lines_known=lines, pieces_known=pieces)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_number_of_a_turned_table_is_cited_by_the_words_of_its_row_and_head(turns: int) -> None:
    reading = read(TABLE, turns)
    expected = Box(993, 212, 21, 19).turned(turns, *page(TABLE).size)
    (best, *_) = cite("41", "How many vacant nursing posts does Northgate have?", [reading])
    assert best.text == "41"
    assert best.box.intersection(expected)
    assert max(best.box.width, best.box.height) < 40
    (name, *_) = find("Declan Foy", reading)
    assert overlap(name.box, Box(261, 371, 111, 26).turned(turns, *page(TABLE).size)) > 0.5


def test_the_evidence_of_an_answer_about_an_upside_down_page_lies_on_it(nano: Leopard) -> None:
    question = "How many vacant nursing posts does Northgate have?"
    upright, answer = (
        nano.ask(question, images=[turned(page(TABLE), turns)], cite=True) for turns in (0, 2)
    )
    assert answer.text == upright.text == "41"
    box = upright.citations[0].box.turned(2, *page(TABLE).size)
    assert overlap(answer.citations[0].box, box) > 0.5


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_boxes_of_words_are_turned_with_their_line(turns: int) -> None:
    line = Line("Total due 12", Box(0, 30, 120, 10), 1.0, tuple(range(0, 130, 10)))
    # The page as it would be upright is 200 x 50; the picture of it was turned the other way.
    (back,) = turned_back(Reading(((line,),), 200, 50), turns).lines
    picture = (50, 200) if turns % 2 else (200, 50)
    for start, end in ((0, 5), (6, 9), (10, 12)):
        assert back.box_of(start, end).turned(turns, *picture) == line.box_of(start, end)
    assert back.box.turned(turns, *picture) == line.box
    assert back.turn == turns


def standing(turn: int, letters: int, confidence: float = 0.99) -> Writing:
    return Writing("x" * letters, confidence, (0, 0, 1, 1), turn=turn)


@pytest.mark.parametrize(
    ("writings", "upside_down", "turn"),
    [
        ([standing(3, 90), standing(0, 9)], False, 3),
        ([standing(1, 90), standing(0, 9)], False, 1),
        ([standing(1, 80), standing(0, 20)], False, 0),
        ([standing(1, 50), standing(3, 50)], False, 0),
        ([standing(1, 90, 0.7)], False, 0),
        ([standing(3, 1)], False, 0),
        ([standing(0, 90, 0.7)], True, 2),
        # The title lies upside down above names that then run downwards.
        ([standing(1, 80), standing(0, 90, 0.7)], True, 2),
        ([], False, 0),
    ],
)
def test_a_page_is_turned_to_where_nearly_all_of_it_is_read(
    writings: list[Writing], upside_down: bool, turn: int
) -> None:
    assert turn_of(writings, upside_down) == turn


def test_a_text_read_at_a_turn_says_so() -> None:
    def recogniser(strip: np.ndarray) -> Text:
        # Sure where the dark half is on the left, as it is after one turn.
        return Text("ab", 0.9 if strip[:, 0].mean() < strip[:, -1].mean() else 0.4, (0.2, 0.8))

    strip = np.zeros((90, 10, 3), np.uint8)
    strip[45:] = 255
    assert read_strip(strip, recogniser).turn == 1  # type: ignore[arg-type]
