"""Tables side by side, and tables that only look as if they were."""

from __future__ import annotations

import pytest

from leopard_tools.types import Line

from .test_layout import grid, line, texts

STAFF = [["Branch", "Staff", "Sales"], ["Leeds", "14", "310"], ["Hull", "9", "185"]]
STOCK = [["Product", "Stock", "Price"], ["Kettle", "120", "29.90"], ["Juicer", "64", "34.50"]]
TEAMS = [["Team", "Won", "Points"], ["Lions", "4", "13"], ["Bears", "3", "10"]]
OTHERS = [["Team", "Won", "Points"], ["Foxes", "2", "8"], ["Crows", "1", "3"], ["Owls", "0", "1"]]


def written(*tables: list[list[str]]) -> list[str]:
    return [" | ".join(row) for table in tables for row in table]


def beside(*tables: list[list[str]], lefts: tuple[int, ...], top: int = 100) -> list[Line]:
    return [
        each
        for table, left in zip(tables, lefts, strict=True)
        for each in grid(table, left=left, top=top, step=100)
    ]


def test_tables_with_names_and_figures_each_are_read_one_after_the_other() -> None:
    title = line("Branches and what they have", 40, 20, height=34)
    assert texts(title, *beside(STAFF, STOCK, lefts=(40, 480)))[1:] == written(STAFF, STOCK)
    three = beside(STAFF, STOCK, STAFF, lefts=(40, 480, 920))
    assert texts(*three) == written(STAFF, STOCK, STAFF)


def test_a_longer_table_beside_another_with_the_same_names_is_whole() -> None:
    page = beside(TEAMS, OTHERS, lefts=(40, 430))
    assert texts(*page) == written(TEAMS, OTHERS)


def test_the_titles_of_tables_over_full_widths_stay_with_them() -> None:
    page = [line("Top pages", 30, 60, height=26), line("Top sources", 630, 60, height=26)]
    pages = [["Page", "Views"], ["Home", "8,120"], ["Docs", "2,904"]]
    sources = [["Source", "Visits"], ["Search", "6,001"], ["Letters", "1,208"]]
    for table, left in ((pages, 40), (sources, 640)):
        page += grid(table, left=left, step=400)
    assert texts(*page) == ["Top pages", *written(pages), "Top sources", *written(sources)]


@pytest.mark.parametrize("lefts", [(40, 300, 480, 840, 1080), (40, 240, 440, 640, 840)])
def test_a_column_of_names_behind_figures_is_one_of_its_table(lefts: tuple[int, ...]) -> None:
    rows = [
        ["Order", "Qty", "Customer", "City", "Total"],
        ["A-2041", "3", "Osprey Foods", "Hull", "310.00"],
        ["A-2042", "12", "Tidewell", "Leeds", "85.50"],
        ["A-2043", "1", "Marlow and Sons", "York", "1,204.00"],
    ]
    page = [
        line(text, left, 100 + 40 * place)
        for place, row in enumerate(rows)
        for text, left in zip(row, lefts, strict=True)
    ]
    assert texts(*page) == written(rows)


def test_what_an_invoice_comes_to_is_no_table_of_its_own() -> None:
    rows = [["No.", "Text", "Unit", "Qty", "Sum"], ["1", "Design", "hour", "8", "640.00"]]
    rows += [["2", "Hosting", "month", "12", "240.00"], ["", "", "Net", "", "880.00"]]
    rows += [["", "", "VAT", "", "167.20"], ["", "", "Total", "", "1,047.20"]]
    lefts = (40, 120, 760, 860, 940)
    page = [
        line(text, left, 100 + 40 * place)
        for place, row in enumerate(rows)
        for text, left in zip(row, lefts, strict=True)
        if text
    ]
    assert texts(*page)[3] == "(empty) | (empty) | Net | (empty) | 880.00"
