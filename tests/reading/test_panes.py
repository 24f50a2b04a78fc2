"""Panes beside one another, drawn and read: lines down the page tell them, not accidents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from leopard_tools.reading.dividers import dividers
from leopard_tools.reading.ocr import Reader
from leopard_tools.reading.overlays import overlays

FONT = ImageFont.load_default(16)
SIZE = (900, 600)
NAMES = ("Overview", "Install", "Quick start", "Settings", "Themes", "Plugins", "Search")
NAMES_BELOW = ("Export", "Backups", "Security", "Upgrades", "Questions", "Licence")
ARTICLE = (
    "The archive keeps every letter of the parish since it was founded, and all maps",
    "that were drawn for the mill. Visitors may see them on weekdays; they ask at the",
    "desk, and somebody brings what they wish to see within the hour.",
    "Copies are made by the staff alone. A page costs forty pence, and a large map",
    "costs two pounds, since it has to be laid out on the long table first.",
    "Bring a pencil, as ink is not allowed near the papers.",
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(threads=1)


def page(beside: str = "#fafafa", top: int = 0, bottom: int = SIZE[1]) -> Image.Image:
    """A page whose pane of navigation goes down to x = 200, between two heights."""
    image = Image.new("RGB", SIZE, "white")
    ImageDraw.Draw(image).rectangle((0, top, 199, bottom - 1), fill=beside)
    return image


def write(image: Image.Image, lines: Sequence[str], x: int, y: int, pitch: int) -> None:
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((x, y + pitch * number), line, "black", FONT)


def lines_down(image: Image.Image) -> list[tuple[int, int, int]]:
    return [(line.x, line.top, line.bottom) for line in dividers(np.asarray(image))]


def test_navigation_is_read_before_the_article_beside_it(reader: Reader) -> None:
    image = page()
    # As on a page that was scrolled: a bar of signs over the article, none of which is a column.
    write(image, ["A"], 215, 12, 30)
    write(image, ["Q"], 860, 12, 30)
    write(image, ["The parish archive"], 440, 12, 30)
    write(image, NAMES + NAMES_BELOW, 20, 14, 40)
    write(image, ARTICLE, 240, 60, 37)
    read = [row for row in reader.read(image).text.split("\n") if len(row) > 2]
    assert read[:13] == [*NAMES, *NAMES_BELOW]
    assert read[-6:] == list(ARTICLE)


def test_panes_of_a_window_end_at_its_bars(reader: Reader) -> None:
    image = page(top=60, bottom=540)
    draw = ImageDraw.Draw(image)
    draw.line((0, 60, SIZE[0], 60), "#888888")
    draw.line((0, 540, SIZE[0], 540), "#888888")
    write(image, ["Letters of 1904"], 330, 22, 0)
    write(image, NAMES, 20, 75, 26)
    write(image, ARTICLE[:4], 240, 75, 33)
    write(image, ["7 folders, 4 letters"], 20, 560, 0)
    assert reader.read(image).text.split("\n") == [
        "Letters of 1904",
        *NAMES,
        *ARTICLE[:4],
        "7 folders, 4 letters",
    ]


def test_a_table_with_a_line_between_its_columns_is_read_across(reader: Reader) -> None:
    image = page()
    write(image, NAMES, 20, 20, 40)
    write(image, [f"page {number}" for number in range(3, 10)], 240, 20, 40)
    assert lines_down(image) == [(200, 0, 600)]
    assert reader.read(image).text.split("\n") == [
        f"{name} | page {number}" for number, name in enumerate(NAMES, start=3)
    ]


def test_numbers_of_lines_stay_beside_their_lines(reader: Reader) -> None:
    image = page("#f0f0f0")
    write(image, [str(number) for number in range(41, 47)], 160, 15, 40)
    write(image, ARTICLE, 240, 15, 40)
    assert lines_down(image)
    assert reader.read(image).text.split("\n") == [
        f"{number} | {line}" for number, line in enumerate(ARTICLE, start=41)
    ]


def test_lines_that_end_nowhere_that_cross_or_that_are_short_part_nothing() -> None:
    assert lines_down(page()) == [(200, 0, 600)]
    assert lines_down(page(top=150)) == [(200, 150, 600)], "a box that goes on beyond the edge"
    assert lines_down(page(top=150, bottom=500)) == [], "a box in the middle"
    assert lines_down(page(top=400)) == [], "too short"
    crossed = page()
    draw = ImageDraw.Draw(crossed)
    for y in range(100, SIZE[1], 100):
        draw.line((0, y, SIZE[0], y), "#cccccc")
    draw.line((200, 0, 200, SIZE[1]), "#888888")
    assert lines_down(crossed) == [], "a ruled table"
    noise = np.random.default_rng(3).normal(0, 4, (SIZE[1], SIZE[0], 3))
    scanned = np.clip(np.asarray(page("white")) + noise, 0, 255).astype(np.uint8)
    assert lines_down(Image.fromarray(scanned)) == [], "grain of paper"


FILES = ("Letters", "Maps", "accounts.ods", "deed.pdf", "minutes.odt", "photo.jpg", "tithes.txt")
HEAD = ("Name", "Size", "Changed")


def write_table(image: Image.Image, rows: Sequence[Sequence[str]], xs: Sequence[int]) -> None:
    for row, cells in enumerate(rows):
        for x, text in zip(xs, cells, strict=True):
            write(image, [text], x, 90 + 40 * row, 0)


def folders() -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """What stands in two folders: names, sizes, days."""
    days = enumerate(FILES, start=1)
    return (
        [(name, f"{17 + 9 * n} KB", f"{n} March") for n, name in days],
        [(name, f"{31 + 7 * n} KB", f"{n + 11} May") for n, name in enumerate(FILES[2:])],
    )


def rows_read(reader: Reader, image: Image.Image) -> list[str]:
    return reader.read(image).text.split("\n")


@pytest.mark.parametrize("heads", [True, False])
def test_lists_with_borders_of_their_own_are_read_one_after_the_other(
    reader: Reader, heads: bool
) -> None:
    image = Image.new("RGB", SIZE, "#d4d0c8")
    draw = ImageDraw.Draw(image)
    # As around a window: a table has lines above and below its head, too.
    draw.rectangle((0, 0, SIZE[0] - 1, SIZE[1] - 10), None, "#777777")
    draw.line((0, 30, SIZE[0], 30), "#777777")
    write(image, ["Transfers"], 10, 6, 0)
    one, other = folders()
    if heads:
        one, other = [HEAD, *one], [("Part", "Size", "Made"), *other]
    for left, title, rows in ((6, "archive/", one), (456, "server/", other)):
        draw.rectangle((left, 60, left + 438, 560), "white", "#777777")
        write(image, [title], left + 4, 36, 0)
        write_table(image, rows, (left + 18, left + 214, left + 324))
    assert rows_read(reader, image) == [
        "Transfers",
        "archive/",
        *map(" | ".join, one),
        "server/",
        *map(" | ".join, other),
    ]


def test_lists_with_one_head_are_read_one_after_the_other(reader: Reader) -> None:
    image = page("white")
    draw = ImageDraw.Draw(image)
    draw.line((450, 60, 450, 560), "#777777")
    for y in (60, 560):
        draw.line((0, y, SIZE[0], y), "#777777")
    one, other = folders()
    write_table(image, [HEAD, *one], (24, 220, 330))
    write_table(image, [HEAD, *other], (474, 670, 780))
    assert rows_read(reader, image) == [*map(" | ".join, [HEAD, *one, HEAD, *other])]


def test_columns_of_one_table_stay_together_over_a_line_and_over_a_gap(reader: Reader) -> None:
    image = Image.new("RGB", SIZE, "#e4e4e4")
    draw = ImageDraw.Draw(image)
    for left, right in ((0, 395), (405, 640), (650, 900)):
        draw.rectangle((left, 0, right, SIZE[1]), "white")
    one, _ = folders()
    rows = [("Feature", "Basic", "Full"), *one]
    write_table(image, rows, (24, 440, 690))
    assert rows_read(reader, image) == [*map(" | ".join, rows)], "plans beside one another"

    image = page("white")
    ImageDraw.Draw(image).line((540, 0, 540, SIZE[1]), "#777777")
    years = [(name, f"{n}.2", f"{n}.7", f"{n}.4", f"{n}.9") for n, name in enumerate(FILES, 1)]
    write_table(image, years, (24, 240, 400, 580, 740))
    # Both years have the same heads, and the names of the rows have none.
    for x, head in zip((240, 400, 580, 740), ("Plan", "Spent") * 2, strict=True):
        write(image, [head], x, 50, 0)
    assert lines_down(image) == [(540, 0, 600)]
    found = rows_read(reader, image)
    assert [row for row in found if " | ".join(years[0][3:]) in row] == [" | ".join(years[0])]
    assert all(" | ".join(row) in found for row in years)


LEFT = (
    "total 96",
    "drwxr-xr-x 2 root root  4096 archive",
    "drwxr-xr-x 4 root root  8192 letters",
    "drwxrwxr-x 3 mill users 4096 accounts",
    "drwxr-xr-x 2 mill users 4096 harvest",
    "drwxr-xr-x 9 root root  4096 minutes",
    "drwxr-xr-x 5 root users 4096 pictures",
    "drwxr-xr-x 2 root root  4096 sketches",
    "drwxr-xr-x 7 mill root  4096 tithes",
)
RIGHT = (
    "waiting for the printer in the hall",
    "printing page one of the accounts",
    "printing page two of the accounts",
    "paper is low, forty sheets are left",
    "printing page three of the accounts",
    "all pages of the accounts are done",
    "printing the minutes of last May",
    "the door of the printer is open now",
    "waiting for somebody to close it",
)


def test_panes_of_a_terminal_are_read_one_after_the_other_row_by_row(reader: Reader) -> None:
    image = Image.new("RGB", SIZE, "#1e1e1e")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype("DejaVuSansMono.ttf", 16)
    for x, lines in ((4, LEFT), (464, RIGHT)):
        for number, line in enumerate(lines):
            draw.text((x, 4 + 19 * number), line, "#dddddd", font)
    draw.line((455, 0, 455, 574), "#dddddd")
    draw.rectangle((0, 575, SIZE[0], SIZE[1]), "#00b000")
    found = rows_read(reader, image)
    names = [row.split()[-1] for row in found]
    assert names[: len(LEFT)] == [line.split()[-1] for line in LEFT]
    assert found[len(LEFT) :] == list(RIGHT)


SITES = (
    ("Site", "State", "Since", "Tonnes"),
    ("Ostrava plant", "Active", "12 March", "4,200"),
    ("Lyon depot", "Closed", "3 April", "1,150"),
    ("Porto yard", "Active", "19 April", "860"),
    ("Gdansk quay", "Active", "2 May", "7,310"),
    ("Bergen slip", "Paused", "11 May", "540"),
    ("Turin hall", "Active", "30 May", "2,275"),
    ("Cork pier", "Active", "14 June", "3,300"),
)


def table_of_sites() -> Image.Image:
    image = Image.new("RGB", SIZE, "white")
    for row, cells in enumerate(SITES):
        for column, text in enumerate(cells):
            write(image, [text], 40 + 220 * column, 40 + 44 * row, 0)
        ImageDraw.Draw(image).line((30, 74 + 44 * row, 870, 74 + 44 * row), "#dddddd")
    return image


def test_a_menu_is_read_before_the_table_that_it_lies_over(reader: Reader) -> None:
    image = table_of_sites()
    entries = ("Open in a tab", "Rename", "Move to folder", "Copy link", "Archive")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((430, 122, 660, 258), 8, "white", "#888888")
    write(image, entries, 450, 128, 26)
    assert reader.read(image).text.split("\n") == [
        *entries,
        *(" | ".join(row) for row in SITES[:2]),
        *(f"{site} | {state} | (empty) | {tonnes}" for site, state, _, tonnes in SITES[2:5]),
        *(" | ".join(row) for row in SITES[5:]),
    ]


def test_cards_cells_and_panes_lie_over_nothing(reader: Reader) -> None:
    table = table_of_sites()
    draw = ImageDraw.Draw(table)
    # A column and a cell that are framed to be noticed.
    for box in ((246, 28, 440, 390), (466, 76, 660, 116)):
        draw.rectangle(box, outline="#cc4444")
        read = reader.read(table).text.replace(" ", "").split("\n")
        assert read == ["|".join(row).replace(" ", "") for row in SITES]
    cards = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(cards)
    for number, lines in enumerate((ARTICLE[:1], ARTICLE[3:4], ARTICLE[5:])):
        draw.rectangle((20 + 290 * number, 60, 290 + 290 * number, 300), outline="#888888")
        words = lines[0].split()
        parts = [" ".join(words[at : at + 3]) for at in range(0, 9, 3)]
        write(cards, parts, 40 + 290 * number, 80, 50)
    assert not any(box.width < 300 for box in overlays(np.asarray(cards)))
    assert reader.read(cards).text.startswith("The archive keeps")
