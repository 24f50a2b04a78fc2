"""Tables without rules between rows, drawn and read: what wraps, is empty, or is no table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from leopard_tools.reading.ocr import Reader
from leopard_tools.reading.rules import grids

FONT = ImageFont.load_default(18)
LINE = 26
"""Pixels from a line of a cell to its next."""

BERTHS = (
    ("Boat", "Battery", "Range nm", "State"),
    ("Sardina", "88", "14.1", "charging until\nthe evening"),
    ("Luzzu", "24", "3.2", "out with Youssef"),
    ("Barracuda the\nsecond", "61", "", "free"),
    ("Octopus", "97", "16.0", "paint, till nine\nOctober"),
    ("Tuna", "12", "1.4", "out"),
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(threads=1)


def picture(
    table: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    gap: int = 0,
    head: bool = True,
    rules: str = "columns",
) -> Image.Image:
    """A table in a frame, with rules between its columns and one below its first row.

    rules: "across" has none between columns, "none" none at all.
    """
    heights = [LINE * max(cell.count("\n") + 1 for cell in row) + gap for row in table]
    left, top = 60, 50
    right, bottom = left + sum(widths), top + sum(heights) + 8
    image = Image.new("RGB", (right + 60, bottom + 50), "white")
    draw = ImageDraw.Draw(image)
    ys = [top, *([top + heights[0]] if head else []), bottom]
    for y in ys if rules != "none" else []:
        draw.line((left, y, right, y), "black")
    for number in range(len(widths) + 1) if rules == "columns" else []:
        x = left + sum(widths[:number])
        draw.line((x, top, x, bottom), "black")
    y = top + 4 + gap // 2
    for row, height in zip(table, heights, strict=True):
        for number, cell in enumerate(row):
            x = left + sum(widths[:number]) + 8
            for line, text in enumerate(cell.split("\n")):
                draw.text((x, y + LINE * line), text, "black", FONT)
        y += height
    return image


def told(table: Sequence[Sequence[str]]) -> list[str]:
    return [" | ".join(c.replace("\n", " ") or "(empty)" for c in row) for row in table]


@pytest.mark.parametrize("head", [True, False])
@pytest.mark.parametrize("gap", [0, 14])
def test_what_wraps_is_one_cell_and_what_is_empty_stays_so(
    reader: Reader, gap: int, head: bool
) -> None:
    found = reader.read(picture(BERTHS, (140, 90, 110, 160), gap=gap, head=head))
    assert found.text.split("\n") == told(BERTHS)


@pytest.mark.parametrize("gap", [0, 14])
@pytest.mark.parametrize("rules", ["across", "none"])
def test_gutters_tell_columns_where_no_rules_do(reader: Reader, gap: int, rules: str) -> None:
    found = reader.read(picture(BERTHS, (150, 100, 120, 170), gap=gap, rules=rules))
    assert found.text.split("\n") == told(BERTHS)


def test_columns_of_text_between_three_rules_are_read_down(reader: Reader) -> None:
    lines = (
        "The harbour opened again on", "Monday after nine weeks, and", "the first boats came in at",
        "dawn with herring for the", "market. The pilots had to be", "paid twice, since nobody had",
    )  # fmt: skip
    table = [("Harbour", "Weather", "Market"), *((line, line, line) for line in lines)]
    found = reader.read(picture(table, (290, 290, 290), rules="across"))
    assert found.text.replace("\n", " ").replace("| ", "").count(" ".join(lines)) == 3


def test_columns_close_to_their_rules_are_not_read_as_panes(reader: Reader) -> None:
    table = [("Bib", "Name", "Born", "Time")]
    table += [(str(100 + 7 * n), f"Runner {chr(65 + n)}", str(1950 + 3 * n), f"{40 + n}:1{n}")
              for n in range(10)]  # fmt: skip
    found = reader.read(picture(table, (60, 110, 60, 70)))
    assert found.text.split("\n") == told(table)


def test_three_panes_are_no_table(reader: Reader) -> None:
    image = Image.new("RGB", (900, 420), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, 860, 380), outline="black")
    for x in (220, 640):
        draw.line((x, 40, x, 380), "black")
    folders = ("Home", "Desktop", "Music", "Pictures")
    notes = ("Meet Jo at the station", "Bring the grey folder", "Ask about the lease",
             "Call Ines before noon", "Pay the gardener", "Water both figs", "A form")  # fmt: skip
    facts = ("Author: Quill", "Pages: 62", "Words: 940", "Tags: draft", "Size: 12 kB")
    for x, y, step, lines in ((60, 60, 52, folders), (240, 68, 37, notes), (660, 55, 44, facts)):
        for number, line in enumerate(lines):
            draw.text((x, y + step * number), line, "black", FONT)
    assert reader.read(image).text.split("\n") == [*folders, *notes, *facts]


def test_rules_of_letters_and_of_two_columns_are_none() -> None:
    pixels = np.asarray(picture([("Name", "Value")] * 4, (200, 200)))
    assert not [grid for grid in grids(pixels) if grid.is_columns]
    image = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(image).text((20, 20), "HILLTOP IN", "black", ImageFont.load_default(150))
    assert not grids(np.asarray(image))
