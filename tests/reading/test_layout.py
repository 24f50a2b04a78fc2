"""Reading order and rows, on lines placed by hand."""

from __future__ import annotations

import random

import pytest

from leopard_tools.reading.layout import arrange, compose
from leopard_tools.reading.locate import find
from leopard_tools.types import Box, Line


def line(text: str, left: float, top: float, *, height: int = 20, char: float = 10) -> Line:
    return Line(text, Box(round(left), round(top), max(1, round(len(text) * char)), height), 1.0)


def texts(*lines: Line) -> list[str]:
    return compose(lines, 1280, 720).text.splitlines()


def grid(
    rows: list[list[str]], *, left: int = 40, top: int = 100, step: int = 160, pitch: int = 40
):
    return [
        line(text, left + column * step, top + row * pitch)
        for row, cells in enumerate(rows)
        for column, text in enumerate(cells)
        if text
    ]


def column(lines: list[str], *, left: int, top: int = 200, pitch: int = 30) -> list[Line]:
    return [line(text, left, top + index * pitch) for index, text in enumerate(lines)]


TABLE = [["Region", "Q1", "Q2"], ["North", "1,204", "1,310"], ["South", "890", "905"]]
BENEFITS = ["• Lower cost per tenant", "• Faster deployments", "• One place for logs"]
RISKS = ["• Training for operators", "• Reports are rewritten", "• Two vendors at once"]
ARTICLE = [
    "The council voted on Tuesday evening to build",
    "the line between the harbour and the school,",
    "ending a dispute that began ten years ago. Work",
    "is to start next spring and to take four years.",
]
OUTLOOK = [
    "Prices keep falling while demand from transport",
    "grows by nine percent a year, driven by cities",
    "that build new lines. Two competitors lost most",
    "of their share in the north of the continent.",
]


def test_no_lines_give_no_rows() -> None:
    assert arrange([]) == ()


def test_lines_below_one_another_are_rows_of_one_cell() -> None:
    assert texts(line("second", 40, 80), line("first", 40, 40)) == ["first", "second"]


def test_a_table_is_read_across() -> None:
    assert texts(*grid(TABLE)) == ["Region | Q1 | Q2", "North | 1,204 | 1,310", "South | 890 | 905"]


def test_an_empty_cell_keeps_its_place_where_the_header_names_its_column() -> None:
    rows = [["Region", "Q1", "Q2"], ["North", "", "1,310"], ["South", "890", ""]]
    assert texts(*grid(rows)) == [
        "Region | Q1 | Q2",
        "North | (empty) | 1,310",
        "South | 890 | (empty)",
    ]


def test_the_corner_over_row_names_may_be_empty() -> None:
    rows = [["", "Q1", "Q2"], ["North", "1,204", "1,310"], ["South", "890", "905"]]
    assert texts(*grid(rows))[0] == "(empty) | Q1 | Q2"


def test_without_a_header_over_all_columns_no_cell_is_called_empty() -> None:
    rows = [["09:30", "Minutes", ""], ["10:50", "Coffee", ""], ["11:05", "Staff", "Ann"]]
    assert texts(*grid(rows)) == ["09:30 | Minutes", "10:50 | Coffee", "11:05 | Staff | Ann"]


@pytest.mark.parametrize("left", [200, 250, 285])
def test_names_over_several_columns_leave_empty_cells_their_place(left: int) -> None:
    rows = [
        ["Region", "Sales", "Cost", "Sales", "Cost"],
        ["North", "183", "44", "12", "3"],
        ["South", "", "221", "15", ""],
        ["West", "77", "90", "31", "8"],
    ]
    years = [line("2023", left, 60), line("2024", left + 320, 60)]
    assert texts(*years, *grid(rows)) == [
        "2023 | 2024",
        "Region | Sales | Cost | Sales | Cost",
        "North | 183 | 44 | 12 | 3",
        "South | (empty) | 221 | 15 | (empty)",
        "West | 77 | 90 | 31 | 8",
    ]


def test_a_heading_between_the_rows_of_a_table_stays_a_row_of_one_cell() -> None:
    rows = [*TABLE, ["Overseas", "", ""], ["Japan", "12", "15"]]
    assert texts(*grid(rows))[3:] == ["Overseas", "Japan | 12 | 15"]


def test_an_empty_cell_is_no_line() -> None:
    rows = [["Region", "Q1", "Q2"], ["North", "", "1,310"], ["South", "890", "905"]]
    reading = compose(grid(rows), 1280, 720)
    assert "(empty)" not in [found.text for found in reading.lines]
    assert reading.cells[1] == (1, 0, 1)
    assert find("(empty)", reading) == []


def test_title_and_source_stand_around_the_table() -> None:
    title, source = line("Sales by region, in thousand euros", 40, 20), line("Source: us", 40, 300)
    read = texts(source, *grid(TABLE), title)
    assert read[0] == title.text
    assert read[-1] == source.text
    assert read[1:-1] == texts(*grid(TABLE))


def test_labels_and_values_are_rows() -> None:
    pairs = [
        ["Name", "Elena Petrova"],
        ["Date of birth", "3 August 1979"],
        ["Group", "AB negative"],
    ]
    assert texts(*grid(pairs, step=260)) == [" | ".join(pair) for pair in pairs]


def test_bulleted_columns_at_the_same_heights_are_read_down() -> None:
    read = texts(*column(BENEFITS, left=60), *column(RISKS, left=640))
    assert read == BENEFITS + RISKS


def test_columns_of_sentences_at_the_same_heights_are_read_down() -> None:
    read = texts(*column(ARTICLE, left=40), *column(OUTLOOK, left=640))
    assert read == ARTICLE + OUTLOOK


def test_a_headline_over_two_lines_and_columns_is_not_torn() -> None:
    headline = ["Why migrate to the new platform and what it means for", "the teams of every day"]
    lines = column(headline, left=40, top=40, pitch=40)
    read = texts(*column(RISKS, left=640), *lines, *column(BENEFITS, left=60))
    assert read == headline + BENEFITS + RISKS


def test_a_sidebar_is_read_apart_from_the_article() -> None:
    menu = column(["Home", "World", "Business", "Sport"], left=20, top=190, pitch=47)
    read = texts(*menu, *column(ARTICLE, left=300))
    assert read == ["Home", "World", "Business", "Sport", *ARTICLE]


def test_a_tile_is_a_row_number_before_label() -> None:
    tiles = [("$4.8M", "Revenue"), ("1,240", "New customers"), ("2.4%", "Churn")]
    lines = []
    for place, (number, label) in enumerate(tiles):
        lines += [line(number, 60 + place * 400, 140, height=48, char=30)]
        lines += [line(label, 60 + place * 400, 210, height=18)]
    assert texts(*lines) == [f"{number} | {label}" for number, label in tiles]


def test_the_lines_of_a_wrapped_cell_join_their_row() -> None:
    rows = [["A-101", "The export stops when the", "Open"], ["A-102", "Login is slow", "Done"]]
    lines = [*grid(rows, step=300, pitch=80), line("name holds a slash", 340, 125)]
    assert texts(*lines) == [
        "A-101 | The export stops when the name holds a slash | Open",
        "A-102 | Login is slow | Done",
    ]


def test_cells_centred_on_a_wrapped_cell_share_its_row() -> None:
    rows = [["ID", "Title", "Owner"], ["A-101", "", "Maria"], ["A-102", "", "Jan"]]
    wrapped = ["The export stops when the", "name holds a slash"]
    lines = grid(rows, step=300, pitch=80)
    for top in (180, 260):
        lines += column(wrapped, left=340, top=top - 13, pitch=26)
    assert texts(*lines) == [
        "ID | Title | Owner",
        f"A-101 | {wrapped[0]} {wrapped[1]} | Maria",
        f"A-102 | {wrapped[0]} {wrapped[1]} | Jan",
    ]


def test_a_row_of_labels_is_one_row() -> None:
    years = ["2020", "2021", "2022", "2023"]
    assert texts(*grid([years])) == [" | ".join(years)]


@pytest.mark.parametrize("slope", [-0.02, -0.01, 0.01, 0.02])
def test_a_skewed_table_keeps_its_rows(slope: float) -> None:
    straight = grid([[f"r{row}c{place}" for place in range(6)] for row in range(6)], step=200)
    skewed = [line(c.text, c.box.left, c.box.top + slope * c.box.left) for c in straight]
    assert texts(*skewed) == texts(*straight)


def test_the_order_in_which_lines_come_does_not_matter() -> None:
    lines = [*grid(TABLE), *column(BENEFITS, left=60, top=400), *column(RISKS, left=640, top=400)]
    expected = texts(*lines)
    for seed in range(5):
        random.Random(seed).shuffle(lines)
        assert texts(*lines) == expected


def test_every_line_is_kept_once_wherever_it_stands() -> None:
    source = random.Random(7)
    for count in range(1, 60):
        lines = [
            Line(
                f"w{n}",
                Box(source.randrange(900), source.randrange(600), source.randrange(1, 300), 12),
                1.0,
            )
            for n in range(count)
        ]
        read = [read for row in arrange(lines) for cell in row for read in cell]
        assert sorted(read, key=id) == sorted(lines, key=id)


def test_rows_whose_cells_hold_two_lines_stay_together() -> None:
    people = [("Ingrid Solheim", "Chief Executive"), ("Priya Nair", "Software"), ("Jo Li", "Sales")]
    lines = []
    for place, (name, role) in enumerate(people):
        top = 100 + 90 * place
        lines += [line(name, 40, top), line(role, 40, top + 30)]
        lines += [line(f"{name[:2].lower()}@tidewell.example", 500, top + 15)]
    assert texts(*lines) == [
        "Ingrid Solheim | Chief Executive | in@tidewell.example",
        "Priya Nair | Software | pr@tidewell.example",
        "Jo Li | Sales | jo@tidewell.example",
    ]


def test_the_number_over_a_bar_stands_with_its_label() -> None:
    heights = {"2020": (300, "42"), "2021": (260, "51"), "2022": (330, "38"), "2023": (200, "60")}
    lines = [line("Units shipped (thousands)", 40, 40)]
    for place, (label, (top, value)) in enumerate(heights.items()):
        lines += [line(label, 60 + 120 * place, 500), line(value, 70 + 120 * place, top)]
    assert texts(*lines) == [
        "Units shipped (thousands)",
        "2020 | 42",
        "2021 | 51",
        "2022 | 38",
        "2023 | 60",
    ]


def test_grouped_bars_are_rows_under_their_legend() -> None:
    bars = {"North": (300, "91%", 280, "99%"), "South": (330, "84%", 262, "93%")}
    bars |= {"West": (345, "79%", 309, "90%"), "East": (370, "73%", 318, "82%")}
    lines = [line("September", 200, 180), line("January", 420, 180)]
    for place, (label, (top, value, other_top, other)) in enumerate(bars.items()):
        left = 60 + 200 * place
        lines += [
            line(label, left + 15, 500),
            line(value, left, top),
            line(other, left + 60, other_top),
        ]
    assert texts(*lines) == [
        "(empty) | September | January",
        "North | 91% | 99%",
        "South | 84% | 93%",
        "West | 79% | 90%",
        "East | 73% | 82%",
    ]


def test_horizontal_bars_are_rows_with_wrapped_labels_whole() -> None:
    lengths = {"2024": (910, 640, 870), "2023": (700, 655, 790), "2022": (340, 610, 750)}
    lines = [line("Shops", 300, 60), line("Web", 500, 60), line("Post", 700, 60)]
    lines += [line("2025", 60, 128), line("(planned)", 10, 150)]
    for place, ends in enumerate([(1100, 500, 930), *lengths.values()]):
        top = 108 + 120 * place
        lines += [line(f"{end / 100:.1f}", end, top + 32 * n) for n, end in enumerate(ends)]
        if place:
            lines += [line(list(lengths)[place - 1], 60, top + 32)]
    assert texts(*lines) == [
        "(empty) | Shops | Web | Post",
        "2025 (planned) | 11.0 | 5.0 | 9.3",
        "2024 | 9.1 | 6.4 | 8.7",
        "2023 | 7.0 | 6.5 | 7.9",
        "2022 | 3.4 | 6.1 | 7.5",
    ]


def test_a_bar_without_a_number_is_an_empty_cell() -> None:
    lines = [line("Plan", 200, 150), line("Real", 420, 150)]
    tops = [(300, 250), (330, 215), (345, None), (370, 265)]
    for place, (top, other) in enumerate(tops):
        left = 60 + 200 * place
        lines += [line(f"Q{place + 1}", left + 35, 500), line(f"{top}", left, top)]
        lines += [line(f"{other}", left + 60, other)] if other else []
    assert texts(*lines)[3] == "Q3 | 345 | (empty)"


def test_the_numbers_of_a_table_under_a_label_row_are_no_chart() -> None:
    rows = [["12", "15", "19"], ["31", "28", "40"], ["Q1", "Q2", "Q3"]]
    assert texts(*grid(rows)) == ["12 | 15 | 19", "31 | 28 | 40", "Q1 | Q2 | Q3"]


def test_a_card_is_a_row_with_its_badge_and_its_wrapped_text_whole() -> None:
    people = [
        ("LT", "Leilani Tamura", "Founder and owner"),
        ("BO", "Bogdan Olteanu", "Head roaster"),
    ]
    lines = [line("Who runs it", 40, 20, height=40)]
    for place, (badge, name, role) in enumerate(people):
        left = 120 + 560 * place
        lines += [line(badge, left - 70, 138), line(name, left, 110, height=24)]
        lines += [
            line(role, left, 145, height=20),
            line("joined us when the", left, 172, height=15),
        ]
        lines += [line("shop opened", left, 194, height=15)]
    assert texts(*lines) == [
        "Who runs it",
        "LT | Leilani Tamura | Founder and owner | joined us when the shop opened",
        "BO | Bogdan Olteanu | Head roaster | joined us when the shop opened",
    ]


def test_a_label_over_what_was_filled_in_is_a_pair() -> None:
    lines = [line("4 Telephone", 40, 100, height=16), line("5 Email", 600, 100, height=16)]
    lines += [
        line("01632 960 455", 40, 130, height=24),
        line("i@wharf.example", 600, 130, height=24),
    ]
    assert texts(*lines) == ["4 Telephone | 01632 960 455", "5 Email | i@wharf.example"]


def test_the_gutter_of_a_table_does_not_cut_the_page() -> None:
    lines = [line("Aldermoor", 40, 20), line("Week 26", 700, 20)]
    lines += [line("Panels", 40, 60), line("Alarms", 700, 60)]
    lines += grid([[*row, *row] for row in TABLE], top=200, step=170)
    assert texts(*lines)[-3:] == [" | ".join([*row, *row]) for row in TABLE]


def test_a_larger_total_does_not_make_tiles_of_a_table() -> None:
    sums = [("Sum", "3,081.60"), ("Discount", "-154.08"), ("VAT", "585.50")]
    lines = grid([list(pair) for pair in sums], step=300)
    lines += [line("To pay", 40, 225, height=34), line("3,513.02", 340, 225, height=34)]
    assert texts(*lines) == [" | ".join(pair) for pair in [*sums, ("To pay", "3,513.02")]]


def test_entries_of_a_legend_that_were_glued_are_parted() -> None:
    text, square = "SalesCosts", 25
    edges = [0.0, 10, 20, 30, 40, 50, 60 + square, 70 + square, 80 + square, 90 + square, 125]
    glued = Line(text, Box(0, 0, 125, 20), 1.0, tuple(edges))
    assert texts(glued) == ["Sales | Costs"]
    assert texts(Line("iPhone 7S", Box(0, 0, 90, 20), 1.0, tuple(range(0, 100, 10)))) == [
        "iPhone 7S"
    ]


def test_cells_that_begin_small_are_no_running_text() -> None:
    rows = [
        ["Type", "For whom", "Stay", "Fee", "Apply at"],
        ["Tourist", "holiday, visiting friends", "30 days", "45", "online"],
        ["Business", "meetings, trade fairs", "90 days", "110", "embassy"],
        ["Student", "admitted students", "1 year", "60", "embassy"],
        ["Worker", "those with a job contract", "2 years", "240", "labour office"],
    ]
    assert texts(*grid(rows, step=280, pitch=32)) == [" | ".join(row) for row in rows]


def test_a_column_of_yes_and_no_is_read_across() -> None:
    rows = [["Add-on", "3.8", "4.0", "4.1"]] + [
        [name, *cells]
        for name, cells in (
            ("PathSmith", ("yes", "yes", "no")),
            ("GearGen", ("yes", "no", "no")),
            ("RenderBox", ("no", "yes", "untested")),
        )
    ]
    assert texts(*grid(rows, pitch=30)) == [" | ".join(row) for row in rows]


def test_paid_in_and_paid_out_are_columns_of_one_table() -> None:
    rows = [
        ["Date", "Text", "Paid in", "Paid out", "Match"],
        ["01 Mar", "RENT", "", "850.00", "Rent"],
        ["04 Mar", "PATEL", "1,944.00", "", "Invoice"],
        ["05 Mar", "FUEL", "", "212.36", "Motor"],
        ["08 Mar", "CHEQUE", "", "375.00", "?"],
        ["11 Mar", "VAT", "", "568.50", "VAT Q4"],
    ]
    expected = [" | ".join(cell or "(empty)" for cell in row) for row in rows]
    assert texts(*grid(rows)) == expected


def test_a_dash_stands_in_the_row_whose_middle_it_is_near() -> None:
    cells = grid([["Plan", "Basic", "Plus"], ["Dental", "", "all"], ["Abroad", "", "90 days"]])
    dashes = [Line("–", Box(200, top, 12, 6), 1.0) for top in (149, 191)]
    assert texts(*cells, *dashes)[1:] == ["Dental | – | all", "Abroad | – | 90 days"]
