"""Cells whose content was found and could not be read are not said to be empty."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from leopard_tools.reading.layout import compose
from leopard_tools.reading.ocr import Reader
from leopard_tools.types import UNREAD, Box, Reading

from .test_layout import grid

ROWS = [["Plan", "Free", "Team"], ["Backups", "", "daily"], ["Support", "", "mail"]]
TICK, ICON = Box(200, 141, 18, 18), Box(10, 142, 18, 18)


def read(*unread: Box) -> Reading:
    return compose(grid(ROWS), 600, 300, unread)


def test_a_cell_is_empty_only_where_nothing_was_found() -> None:
    assert read().text.splitlines()[1:] == ["Backups | (empty) | daily", "Support | (empty) | mail"]
    assert read(TICK).text.splitlines()[1:] == [
        "Backups | (not read) | daily",
        "Support | (empty) | mail",
    ]
    assert read(TICK).cells[1] == (1, UNREAD, 1)


def test_what_was_not_read_is_no_line_and_changes_no_row() -> None:
    assert read(TICK).rows == read().rows
    assert read(TICK).celled == read().celled


def test_icons_beside_cells_and_between_rows_say_nothing_of_them() -> None:
    assert read(ICON, Box(200, 164, 18, 12), Box(380, 142, 18, 18)) == read()


def test_a_sign_that_the_recogniser_does_not_know_leaves_its_cell_not_read() -> None:
    picture = Image.new("RGB", (700, 220), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(22)
    for row, cells in enumerate(ROWS):
        for column, text in enumerate(cells):
            pen.text((40 + 220 * column, 30 + 55 * row), text, "black", font)
    # A face: eyes and a mouth.
    pen.ellipse((262, 84, 286, 108), outline="black", width=2)
    pen.ellipse((268, 91, 271, 94), fill="black")
    pen.ellipse((277, 91, 280, 94), fill="black")
    pen.arc((267, 90, 281, 104), 20, 160, fill="black", width=2)
    assert Reader(1).read(picture).text.splitlines()[1:] == [
        "Backups | (not read) | daily",
        "Support | (empty) | mail",
    ]
