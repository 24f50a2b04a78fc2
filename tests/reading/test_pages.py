"""How pages that people have are read: sheets, statements, invoices, chats, papers; by boxes."""

from __future__ import annotations

import math

import pytest

from leopard_tools.reading.layout import compose
from leopard_tools.reading.placed import is_number
from leopard_tools.types import Box, Line

from .test_layout import ARTICLE, OUTLOOK, column, grid, line, texts


def right(text: str, edge: float, top: float) -> Line:
    """A line that ends at `edge`."""
    return line(text, edge - 10 * len(text), top)


def turned(lines: list[Line], degrees: float) -> list[Line]:
    """The lines of a page that lies a little askew: upright hulls of their turned boxes."""
    sin, cos = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    found = []
    for each in lines:
        box = each.box
        x, y = box.left + box.width / 2, box.top + box.height / 2
        width = box.width * cos + box.height * abs(sin)
        height = box.width * abs(sin) + box.height * cos
        left, top = x * cos - y * sin - width / 2, x * sin + y * cos - height / 2
        hull = Box(*map(round, (left, top, width, height)))
        found.append(Line(each.text, hull, each.confidence))
    return found


def test_numbers_beside_their_names_keep_their_columns() -> None:
    names = [line(name, left, 100) for name, left in (("Site", 40), ("Beds", 300), ("Staff", 600))]
    rows = [("Eastfield", "183", "41"), ("Millbrook", "96", "22"), ("Newtown", "", "7")]
    for place, (site, beds, staff) in enumerate(rows):
        top = 140 + 40 * place
        names.append(line(site, 40, top))
        names += [right(text, edge, top) for text, edge in ((beds, 560), (staff, 900)) if text]
    assert texts(*names) == [
        "Site | Beds | Staff",
        "Eastfield | 183 | 41",
        "Millbrook | 96 | 22",
        "Newtown | (empty) | 7",
    ]


def test_a_sheet_whose_letters_have_no_corner_keeps_its_empty_cells() -> None:
    letters = [line(name, left, 60) for name, left in (("A", 215), ("B", 375), ("C", 535))]
    sheet = [
        ["1", "Plot", "Planted", "Checked"],
        ["2", "Acorn", "1997", "3/2/23"],
        ["3", "Birch", "", "1/5/23"],
        ["4", "Cedar", "1998", ""],
    ]
    assert texts(*letters, *grid(sheet))[1:] == [
        "1 | Plot | Planted | Checked",
        "2 | Acorn | 1997 | 3/2/23",
        "3 | Birch | (empty) | 1/5/23",
        "4 | Cedar | 1998 | (empty)",
    ]


def test_a_smaller_table_below_a_remark_gets_no_empty_cells() -> None:
    sailings = [
        ["Stop", "Mon", "Wed", "Fri"],
        ["Kirk", "07:10", "08:05", "09:25"],
        ["Stroma", "07:40", "08:35", "09:55"],
        ["Papay", "", "08:50", "10:10"],
    ]
    fares = [["Adult", "8.40"], ["Child", "4.20"], ["Bicycle", "1.50"]]
    # Names that lean to the left of their times, so that they are no column with them.
    head = [
        line(name, 40 + 160 * place - 30 * bool(place), 100)
        for place, name in enumerate(sailings[0])
    ]
    remark = line("Check in early", 40, 260)
    page = [*head, *grid(sailings[1:], top=140), remark, *grid(fares, top=300)]
    assert texts(*page)[3:] == [
        "Papay | (empty) | 08:50 | 10:10",
        "Check in early",
        *map(" | ".join, fares),
    ]


@pytest.mark.parametrize("degrees", [-2.5, 2.5])
def test_columns_of_a_page_that_lies_askew_stay_apart(degrees: float) -> None:
    head = [("Date", 40), ("Details", 160), ("Paid out", 420), ("Paid in", 520)]
    page = [line(name, left, 100) for name, left in head]
    for place in range(12):
        top = 140 + 36 * place
        page += [line(f"{place:02} Mar", 40, top), line(f"Card payment {place}", 160, top)]
        page.append(right("54.20", *((590, top) if place % 3 else (500, top))))
    rows = texts(*turned(page, degrees))
    assert rows[1] == "00 Mar | Card payment 0 | 54.20 | (empty)"
    assert rows[2] == "01 Mar | Card payment 1 | (empty) | 54.20"
    assert rows == texts(*page)


@pytest.mark.parametrize("degrees", [-4.5, 4.5])
def test_rows_of_a_wide_table_on_a_page_that_is_known_to_lie_askew_are_found(
    degrees: float,
) -> None:
    rows = [["Date", "Details", "Paid out", "Paid in"]]
    rows += [
        [f"{n:02} Mar", f"Payment {n}", *(("9.20", "") if n % 3 else ("", "4.10"))]
        for n in range(9)
    ]
    page = grid(rows, step=280)
    lines = turned(page, degrees)
    assert compose(lines, 1280, 720).text != compose(page, 1280, 720).text
    lean = math.tan(math.radians(degrees - 0.5))
    assert compose(lines, 1280, 720, lean=lean).text == compose(page, 1280, 720).text


def test_a_table_below_a_block_of_two_columns_is_not_cut_by_its_gutter() -> None:
    addresses = [["Bill to", "Ship to"], ["Osprey Foods", "Osprey Warehouse"]]
    addresses += [["8 Dock Road", "Unit 5, Gate 2"], ["Hull HU3 1AA", "Hull HU9 5PP"]]
    items = [["Item", "Qty", "Price", "Amount"], ["Design", "2", "450.00", "900.00"]]
    items += [["Hosting", "1", "240.00", "240.00"], ["Support", "6", "85.00", "510.00"]]
    page = [*grid(addresses, step=330, pitch=26), *grid(items, top=230, step=170, pitch=30)]
    assert texts(*page) == [" | ".join(row) for row in (*addresses, *items)]


def test_what_two_people_write_is_read_in_turn() -> None:
    said = ["Are we still on?", "Yes, at the office", "Great, bring the plans", "Both are printed"]
    page = [line(text, 320 * (place % 2), 60 * place) for place, text in enumerate(said)]
    assert texts(*page) == said


def test_dates_at_the_edge_stay_with_their_lines() -> None:
    jobs = [
        "Senior analyst, Fjord Energy",
        "• Built the forecast of demand used in fourteen regions",
        "• Led a team of five analysts",
        "Analyst, Nordbank",
        "• Cut the time of monthly reports from six days to one",
        "• Trained forty colleagues in SQL",
    ]
    page = column(jobs, left=40)
    page += [right("2019-now", 900, 200), right("2014-2019", 900, 290)]
    rows = texts(*page)
    assert rows[0] == f"{jobs[0]} | 2019-now" and rows[3] == f"{jobs[3]} | 2014-2019"
    assert [rows[place] for place in (1, 2, 4, 5)] == [jobs[place] for place in (1, 2, 4, 5)]


def test_columns_with_a_narrow_gutter_are_not_read_across() -> None:
    start = 490.0
    page = []
    for place, (text, other) in enumerate(zip(ARTICLE, OUTLOOK, strict=True)):
        # As the detector gives them: glued, with one gap wider than spaces, though no cell's.
        edges = [10.0 * n for n in range(len(text) + 1)]
        edges += [start + 10 * n for n in range(len(other) + 1)]
        box = Box(0, 30 * place, round(edges[-1]), 20)
        page.append(Line(f"{text} {other}", box, 1.0, tuple(edges)))
    assert texts(*page) == [*ARTICLE, *OUTLOOK]


def test_cells_that_wrap_are_whole_where_rows_are_apart() -> None:
    page = [line(name, left, 100) for name, left in (("Risk", 40), ("Owner", 380), ("Plan", 500))]
    risks = [
        (
            ["Supplier fails to deliver the", "new pumps before the winter"],
            "Ines",
            ["Second supplier under contract", "since May; weekly calls"],
        ),
        (["Budget overrun"], "Paul", ["Monthly review by the board", "and a reserve of 5%, kept"]),
        (["Key staff leave"], "Mia", ["Pairing"]),
    ]
    top = 140
    for risk, owner, plan in risks:
        rows = max(len(risk), len(plan))
        # Owners stand in the middle of their rows, as tables in browsers have them.
        page.append(line(owner, 380, top + 12 * (rows - 1)))
        for left, lines in ((40, risk), (500, plan)):
            start = top + 12 * (rows - len(lines))
            page += [line(text, left, start + 24 * place) for place, text in enumerate(lines)]
        top += 24 * rows + 16
    assert texts(*page)[1:] == [
        f"{' '.join(risk)} | {owner} | {' '.join(plan)}" for risk, owner, plan in risks
    ]


def test_a_name_and_a_dateline_over_columns_of_text_belong_to_all_of_them() -> None:
    lefts = (40, 580, 1120)
    name = line("The Harbour Gazette", 780 - 95, 20, height=30)
    dateline = [line("Tuesday, 4 March", 40, 80), line("No. 12", 760, 80), right("1.20", 1590, 80)]
    page = [each for left in lefts for each in column(ARTICLE, left=left, top=140)]
    assert texts(name, *dateline, *page) == [
        "The Harbour Gazette",
        "Tuesday, 4 March | No. 12 | 1.20",
        *ARTICLE * 3,
    ]


def test_headlines_over_columns_of_text_stay_with_them() -> None:
    heads = [line("A line to the school", 40, 80), line("What it will cost", 640, 80)]
    page = [*column(ARTICLE, left=40, top=120), *column(OUTLOOK, left=640, top=120)]
    assert texts(*heads, *page) == [heads[0].text, *ARTICLE, heads[1].text, *OUTLOOK]


def test_lines_that_begin_with_the_mode_of_a_file_are_no_list() -> None:
    files = ["drwxr-xr-x 2 ida ida 4096 Mar", "-rw-r--r-- 1 ida ida  120 Mar"]
    files += ["-rw-r--r-- 1 ida ida 7703 Mar"]
    rest = ["3 09:12 docs", "3 09:13 a.py", "3 09:14 guide.md"]
    page = [line("$ ls -l", 20, 170), *column(files, left=20), *column(rest, left=330)]
    assert texts(*page) == ["$ ls -l", *map(" | ".join, zip(files, rest, strict=True))]


@pytest.mark.parametrize(("text", "number"), [("km", False), ("UK", False), ("5", True)])
def test_letters_alone_are_no_number(text: str, number: bool) -> None:
    assert is_number(text) is number


def glued(words: tuple[str, ...], lefts: tuple[float, ...], top: int) -> Line:
    """Words that the detector took for one line, each letter 10 pixels wide."""
    edges: list[float] = []
    for word, left in zip(words, lefts, strict=True):
        edges += [left + 10 * n for n in range(len(word) + 1)]
    right = round(edges[-1])
    box = Box(round(lefts[0]), top, right - round(lefts[0]), 20)
    return Line(" ".join(words), box, 1.0, tuple(edges))


def machines(heads: Line) -> list[Line]:
    figures = [("Yaba", "8", "88", "6,120"), ("Epe", "2", "90", "1,334"), ("Ikeja", "6", "9", "5")]
    rows = [
        line(text, left, 140 + 40 * place)
        for place, row in enumerate(figures)
        for text, left in zip(row, (40, 205, 310, 420), strict=True)
    ]
    return [line("Branch", 40, 100), heads, *rows]


def test_names_that_came_as_one_line_are_parted_over_their_columns() -> None:
    heads = glued(("Machines", "Working", "Cash"), (150, 250, 340 + 60), 100)
    assert texts(*machines(heads)) == [
        "Branch | Machines | Working | Cash",
        "Yaba | 8 | 88 | 6,120",
        "Epe | 2 | 90 | 1,334",
        "Ikeja | 6 | 9 | 5",
    ]


@pytest.mark.parametrize(
    ("words", "lefts"),
    [(("Number", "of", "cash machines"), (150, 225, 260)), (("Cashier:", "Nora Berg"), (150, 250))],
)
def test_what_is_no_row_of_names_stays_one(
    words: tuple[str, ...], lefts: tuple[float, ...]
) -> None:
    heads = glued(words, lefts, 100)
    assert " ".join(words) in texts(*machines(heads))[0]


def test_cells_that_begin_small_are_no_text_that_goes_on() -> None:
    team = [
        ["Solveig Amthor", "owner of the place", "surgery, cats"],
        ["Nikolai Brandl", "veterinarian, weekdays", "small pets and birds"],
        ["Yasmin Celik", "veterinarian, from March", "skin and allergies"],
        ["Ute Pfannschmidt", "nurse at the operations", "anaesthesia, teeth"],
        ["Frau Holle", "practice cat, retired", "sleeps in the scales"],
    ]
    assert texts(*grid(team, step=300, pitch=32)) == [" | ".join(row) for row in team]
