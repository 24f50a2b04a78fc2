"""Tables with rules around their cells, drawn and read: what wraps, spans or is empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from leopard_tools.reading.ocr import Reader
from leopard_tools.reading.rules import Span, grids
from leopard_tools.variants.heads import text_with_heads

FONT = ImageFont.load_default(18)
WIDTH, HEIGHT, LEFT, TOP = 150, 60, 40, 40
"""Pixels of a place of the tables drawn here, and where the first is."""


@dataclass(frozen=True)
class Drawn:
    """A cell of a table: its text, in lines, and how many rows and columns it spans."""

    text: str
    rows: int = 1
    columns: int = 1


Table = Sequence[Sequence[str | Drawn]]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(threads=1)


def picture(table: Table, *, dark: bool = False, gap: int = 0) -> Image.Image:
    """A table in HTML's order of cells. gap: pixels between the borders of neighbours."""
    paper, ink, rule = ("#1e1e24", "#dddddd", "#555560") if dark else ("white", "black", "#aaaaaa")
    image = Image.new("RGB", (1000, 100 + HEIGHT * len(table)), paper)
    draw = ImageDraw.Draw(image)
    taken: set[tuple[int, int]] = set()
    for row, cells in enumerate(table):
        column = 0
        for cell in cells:
            cell = cell if isinstance(cell, Drawn) else Drawn(cell)
            while (row, column) in taken:
                column += 1
            taken |= {
                (row + down, column + along)
                for down in range(cell.rows)
                for along in range(cell.columns)
            }
            x, y = LEFT + WIDTH * column, TOP + HEIGHT * row
            right, bottom = x + WIDTH * cell.columns, y + HEIGHT * cell.rows
            draw.rectangle((x, y, right - gap, bottom - gap), outline=rule)
            draw.text((x + 10, y + 8), cell.text, ink, FONT, spacing=4)
    return image


def pixels(image: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(image.convert("RGB"))


PLAN = (
    ("", "Monday", "Tuesday", "Friday"),
    ("08:00", "Maths\nRoom 204", "German\nRoom 110", Drawn("Sports\nHall 3", rows=2)),
    ("08:50", "English\nRoom 118", ""),
    ("09:40", Drawn("Break", columns=3)),
    ("10:00", "Art\nRoom 12", "Music\nRoom 15", "Maths\nRoom 204"),
)


def test_cells_that_wrap_span_and_are_empty_stay_in_their_rows_and_columns(reader: Reader) -> None:
    found = reader.read(picture(PLAN))
    assert found.text.split("\n") == [
        "(empty) | Monday | Tuesday | Friday",
        "08:00 | Maths Room 204 | German Room 110 | Sports Hall 3",
        "08:50 | English Room 118 | (empty) | (as above)",
        "09:40 Break",
        "10:00 | Art Room 12 | Music Room 15 | Maths Room 204",
    ]
    # Read once: what spans rows is no second line.
    assert [line.text for line in found.lines].count("Sports") == 1
    assert text_with_heads(found).split("\n")[2].endswith("Friday: Sports Hall 3")


def test_a_name_over_rows_is_said_of_each_of_them(reader: Reader) -> None:
    table = (
        ("Region", "Size", "Summer", "Winter"),
        (Drawn("North", rows=3), "Small", "12.50", "8.00"),
        ("Medium", "19.00", "13.40"),
        ("Large", "31.20", "22.10"),
        (Drawn("South", rows=2), "Small", "15.10", "11.70"),
        ("Large", "36.00", "27.30"),
    )
    assert text_with_heads(reader.read(picture(table))).split("\n")[2:] == [
        "North | Size: Medium | Summer: 19.00 | Winter: 13.40",
        "North | Size: Large | Summer: 31.20 | Winter: 22.10",
        "South | Size: Small | Summer: 15.10 | Winter: 11.70",
        "South | Size: Large | Summer: 36.00 | Winter: 27.30",
    ]


def test_names_over_several_columns_are_told_with_those_below_them(reader: Reader) -> None:
    table = (
        (Drawn("Museum", rows=2), Drawn("Men", columns=2), Drawn("Women", columns=2)),
        ("2023", "2024", "2023", "2024"),
        ("Glass", "990", "1240", "210", "260"),
        ("Harbour", "4120", "4510", "980", "1105"),
        ("Railway", "2230", "2015", "1410", "1388"),
    )
    assert text_with_heads(reader.read(picture(table))).split("\n") == [
        "Men | Women",
        "Museum | 2023 | 2024 | 2023 | 2024",
        "Glass | Men 2023: 990 | Men 2024: 1240 | Women 2023: 210 | Women 2024: 260",
        "Harbour | Men 2023: 4120 | Men 2024: 4510 | Women 2023: 980 | Women 2024: 1105",
        "Railway | Men 2023: 2230 | Men 2024: 2015 | Women 2023: 1410 | Women 2024: 1388",
    ]


def test_a_price_below_each_name_is_a_row_and_the_end_of_a_name_is_none(reader: Reader) -> None:
    rows = (("Users", "1", "up to 10"), ("Storage", "20 GB", "200 GB"))
    priced = reader.read(picture((("", "Solo\n9 EUR", "Team\n29 EUR"), *rows)))
    assert priced.text.split("\n")[:2] == ["(empty) | Solo | Team", "(empty) | 9 EUR | 29 EUR"]
    named = reader.read(picture((("", "Solo\nperson", "Small\nteam"), *rows)))
    assert named.text.split("\n")[0] == "(empty) | Solo person | Small team"


def columns(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> list[int]:
    """How many columns each grid has; lanes, which have one, are left out."""
    return [len(found.xs) - 1 for found in grids(picture) if not found.is_lanes]


def test_an_open_table_a_form_and_a_torn_rule_are_no_grids() -> None:
    assert not grids(np.full((400, 600, 3), 255, np.uint8))
    form = (("Name", Drawn("", columns=2)), ("Street", Drawn("", columns=2)), (Drawn("", 1, 3),))
    assert not columns(pixels(picture(form)))
    torn = pixels(picture((("a", "b", "c"),) * 3)).copy()
    assert columns(torn) == [3]
    torn[TOP + 5 : TOP + 35, LEFT + WIDTH - 3 : LEFT + WIDTH + 4] = 255
    assert not columns(torn)


@pytest.mark.parametrize(("dark", "gap"), [(False, 0), (True, 0), (False, 3), (True, 4)])
def test_a_grid_has_its_rules_and_what_spans_them(dark: bool, gap: int) -> None:
    (found,) = grids(pixels(picture(PLAN, dark=dark, gap=gap)))
    assert np.allclose(found.xs, [LEFT + WIDTH * n for n in range(5)], atol=4)
    assert np.allclose(found.ys, [TOP + HEIGHT * n for n in range(6)], atol=4)
    assert len(found.cells) == 17
    assert {Span(1, 3, 3, 4), Span(3, 4, 1, 4)} <= set(found.cells)


def test_cells_filled_with_colour_need_no_rules() -> None:
    squares = np.full((300, 500, 3), 255, np.uint8)
    for row, column in np.ndindex(4, 5):
        shade = (200, 225)[(row + column) % 2]
        squares[40 + 50 * row : 90 + 50 * row, 30 + 80 * column : 110 + 80 * column] = shade
    (found,) = grids(squares)
    assert len(found.cells) == 20


def test_a_sheet_of_hardly_filled_cells_is_left_to_what_stands_in_it(reader: Reader) -> None:
    """The rules of an empty sheet would tell of nothing but empty cells."""
    sheet = [["", "", "", "", ""] for _ in range(6)]
    sheet[1][1], sheet[1][2] = "Total", "418"
    assert reader.read(picture(sheet)).text == "Total | 418"


RISKS = (
    ("ID", "Risk", "Owner", "Due"),
    ("R1", "The supplier stops\nbefore delivery", "Hanne\nLund", "30 April"),
    ("R2", "Frost", "", "1 May"),
    ("R3", "Night work is not\nallowed", "Omar\nSaid", "15 March"),
    ("R4", "The crane breaks", "Eva\nBrandt", "none"),
)


def striped(rows: Sequence[Sequence[str]], *, filled: bool, spacing: int = 4) -> Image.Image:
    """A table with rules below its rows, but for the last, or with every other row filled."""
    image = Image.new("RGB", (900, 120 + HEIGHT * len(rows)), "white")
    draw = ImageDraw.Draw(image)
    for number, row in enumerate(rows):
        y = TOP + HEIGHT * number
        if filled and number % 2:
            draw.rectangle((30, y, 800, y + HEIGHT), "#eeeeff")
        elif not filled and number + 1 < len(rows):
            draw.line((30, y + HEIGHT, 800, y + HEIGHT), "#cccccc")
        for place, text in enumerate(row):
            # Short cells stand in the middle of their rows.
            middle = 0 if "\n" in text else HEIGHT // 6
            x = (LEFT, 110, 400, 640)[place]
            draw.text((x, y + 8 + middle), text, "black", FONT, spacing=spacing)
    return image


@pytest.mark.parametrize("filled", [False, True])
def test_rules_between_rows_alone_tell_what_wraps(reader: Reader, filled: bool) -> None:
    assert reader.read(striped(RISKS, filled=filled)).text.split("\n") == [
        "ID | Risk | Owner | Due",
        "R1 | The supplier stops before delivery | Hanne Lund | 30 April",
        "R2 | Frost | (empty) | 1 May",
        "R3 | Night work is not allowed | Omar Said | 15 March",
        "R4 | The crane breaks | Eva Brandt | none",
    ]


def test_three_rules_between_rows_are_enough(reader: Reader) -> None:
    """As few as rules of columns have across, and yet none down."""
    assert reader.read(striped(RISKS[:4], filled=False)).text.split("\n")[1:] == [
        "R1 | The supplier stops before delivery | Hanne Lund | 30 April",
        "R2 | Frost | (empty) | 1 May",
        "R3 | Night work is not allowed | Omar Said | 15 March",
    ]


def test_what_stands_below_a_name_between_rules_is_no_part_of_it(reader: Reader) -> None:
    order = (
        ("1", "Merino yarn, blue\n50 g balls", "6", "57.00"),
        ("2", "Linen, oatmeal\n2.5 m", "1", "62.50"),
        ("3", "Bamboo needles\n80 cm", "2", "23.80"),
    )
    found = reader.read(striped(order, filled=False, spacing=14))
    cells = [cell for row in found.cell_texts for cell in row]
    assert {"Merino yarn, blue", "50 g balls", "Bamboo needles", "80 cm"} <= set(cells)


def test_paragraphs_between_rules_are_no_table(reader: Reader) -> None:
    posts = tuple(
        (f"{n}.", "A first line of a post\nand a second one", "", "") for n in range(1, 5)
    )
    assert "post and a second" not in reader.read(striped(posts, filled=False)).text


def test_stripes_tell_empty_cells_and_the_empty_corner(reader: Reader) -> None:
    rows = (
        ("", "", "Silk Tint", "Dew Drops"),
        ("SPF", "index", "20", "none"),
        ("Vegan", "label", "yes", ""),
        ("Price", "30 ml", "34.00", "28.50"),
        ("From", "", "Italy", "France"),
    )
    image = striped(rows, filled=True)
    # The first row is filled, too, and a sum stands below the table.
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, TOP, 800, TOP + HEIGHT), "#e0e0ff")
    for place, text in ((400, "Silk Tint"), (640, "Dew Drops")):
        draw.text((place, TOP + 18), text, "black", FONT)
    draw.text((LEFT, TOP + 5 * HEIGHT + 12), "Sum", "black", FONT)
    draw.text((150, TOP + 5 * HEIGHT + 12), "62.50", "black", FONT)
    found = reader.read(image).text.split("\n")
    assert found[:5] == [
        "(empty) | (empty) | Silk Tint | Dew Drops",
        "SPF | index | 20 | none",
        "Vegan | label | yes | (empty)",
        "Price | 30 ml | 34.00 | 28.50",
        "From | (empty) | Italy | France",
    ]
    assert found[5:] == ["Sum | 62.50"]


def test_strokes_that_touch_a_rule_are_none() -> None:
    image = picture((("a", "b", "c"),) * 4)
    draw = ImageDraw.Draw(image)
    # As of large letters at the border of a cell: from a rule down, and from one across.
    draw.line((LEFT + WIDTH, TOP + 30, LEFT + WIDTH + 28, TOP + 30), "black")
    draw.line((LEFT + 60, TOP + HEIGHT, LEFT + 60, TOP + HEIGHT + 22), "black")
    (found,) = grids(pixels(image))
    assert len(found.cells) == 12


OPTIONS = (
    ("Option", "What it does"),
    ("--quiet", "Says nothing unless\nsomething goes wrong"),
    ("--level", "How much is packed,\nfrom one to nine"),
    ("--keep", "Leaves what is old"),
    ("--into", "Names the folder\nthat takes the parts"),
)


def documented(options: Sequence[tuple[str, str]] = OPTIONS) -> Image.Image:
    """A table as documentation has them: faint rules, names on one ground, words in boxes."""
    image = Image.new("RGB", (640, 60 + HEIGHT * len(options)), "white")
    draw = ImageDraw.Draw(image)
    for row, (name, text) in enumerate(options):
        y = 40 + HEIGHT * row
        ground = "#cccccc" if not row else ("#ffffff", "#f6f6f6")[row % 2]
        draw.rectangle((40, y, 600, y + HEIGHT), ground, "#f0f0f0")
        if row:
            draw.line((220, y, 220, y + HEIGHT), "#f0f0f0")
            draw.rectangle((56, y + 3, 74 + 9 * len(name), y + 30), "#e8e8e8")
        draw.text((62, y + 8), name, "black", FONT)
        draw.text((236, y + 8), text, "black", FONT, spacing=4)
    return image


def test_faint_rules_names_on_one_ground_and_words_in_boxes_are_a_table(reader: Reader) -> None:
    assert reader.read(documented()).text.split("\n") == [
        f"{name} | {text}".replace("\n", " ") for name, text in OPTIONS
    ]


def test_a_table_goes_on_beyond_the_picture_s_edge(reader: Reader) -> None:
    whole = documented()
    cut = whole.crop((0, 0, whole.width, whole.height - 30))
    assert reader.read(cut).text.split("\n")[:4] == [
        f"{name} | {text}".replace("\n", " ") for name, text in OPTIONS[:4]
    ]
    (scrolled,) = grids(pixels(whole.crop((60, 60, whole.width, whole.height))))
    assert (len(scrolled.xs) - 1, len(scrolled.ys) - 1) == (2, 5)


def test_a_remark_to_all_columns_is_in_none_of_them(reader: Reader) -> None:
    table = (
        ("Name", "Mon", "Tue", "Wed"),
        ("Ida", "early", "late", "free"),
        (Drawn("          The office is closed on Thursday and on Friday", columns=4),),
        ("Jon", "late", "early", "late"),
    )
    assert reader.read(picture(table)).text.split("\n") == [
        "Name | Mon | Tue | Wed",
        "Ida | early | late | free",
        "The office is closed on Thursday and on Friday",
        "Jon | late | early | late",
    ]


def test_figures_in_boxes_that_touch_are_told_with_their_names(reader: Reader) -> None:
    tiles = (("Revenue", "41.2 M"), ("Orders", "18,204"), ("Refunds", "212"), ("Visitors", "1.2 M"))
    image = Image.new("RGB", (640, 340), "white")
    draw = ImageDraw.Draw(image)
    for number, (name, figure) in enumerate((*tiles, ("Staff", "84"), ("Sites", "12"))):
        y, x = (40 + size * place for size, place in zip((90, 260), divmod(number, 2), strict=True))
        draw.rectangle((x, y, x + 260, y + 90), outline="#cccccc")
        draw.text((x + 16, y + 10), name, "#555555", ImageFont.load_default(15))
        draw.text((x + 16, y + 36), figure, "black", ImageFont.load_default(34))
    assert len(grids(pixels(image))) == 1
    assert reader.read(image).text.split("\n")[:4] == [" | ".join(tile) for tile in tiles]
