"""Heads beside the cells of tables, and nowhere else."""

from __future__ import annotations

import pytest

from leopard_tools.types import EMPTY_CELL, Box, Line, Reading
from leopard_tools.variants.heads import text_with_heads, write_rows


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() or EMPTY_CELL for cell in line.split("|")]
        for line in text.strip().split("\n")
    ]


@pytest.mark.parametrize(
    ("table", "last"),
    [
        ("Site|Beds|Staff\nEast|183|410\nWest|96|221", "West | Beds: 96 | Staff: 221"),
        ("|2023|2024\nSales|4.1|5.0\nCosts|3.9|4.4", "Costs | 2023: 3.9 | 2024: 4.4"),
        ("Stop|Bus 1|Bus 2 (b)\nA|7:10|8:00\nB|7:20|", "B | Bus 1: 7:20 | Bus 2 (b): (empty)"),
        ("Plan|Free|Team\nBackups|–|✓\nSupport|–|yes", "Support | Free: – | Team: yes"),
        ("|A|B\n1|Site|Beds\n2|East|183\n3|West|96", "3 | Site: West | Beds: 96"),
        (
            "Part|Due|Share\n1st|29 May 2025|40 %\n2nd|9 June 2025|60 %",
            "2nd | Due: 9 June 2025 | Share: 60 %",
        ),
        (
            "To do (3)|Doing (1)|Done (2)\nAB-1 Pay|AB-7 Move|AB-2 Ask\nAB-4 Log|AB-9 Sum|AB-3 Add",
            "AB-4 Log | Doing (1): AB-9 Sum | Done (2): AB-3 Add",
        ),
        (
            "Model|Litres per 100 km|Top 10 rank\nArdo|5.2|3\nBelmo|6.8|7",
            "Belmo | Litres per 100 km: 6.8 | Top 10 rank: 7",
        ),
        (
            "2022|2023\nSite|Web|Shops|Web|Shops|Sum\nEast|5|12|7|11|35\nWest|3|9|4|8|24",
            "West | 2022 Web: 3 | 2022 Shops: 9 | 2023 Web: 4 | 2023 Shops: 8 | Sum: 24",
        ),
        (
            "(in millions)|Revenue|Costs\nNorth|41|25\nSouth|88|91",
            "South | Revenue: 88 | Costs: 91",
        ),
        ("Line|(a)|(b)\nRent|410|425\nHeat|88|91", "Heat | (a): 88 | (b): 91"),
        (
            "Ship|Length|(m)|Cars\nTerna|112|(empty)|180\nHavtern|86|(empty)|96",
            "Havtern | Length: 86 | (m): (empty) | Cars: 96",
        ),
        # Things have figures in their names, which are names beside an empty corner.
        (
            "|Donau City 3|Pixel Bike 9\nPrice|€ 2,199|€ 3,049\nGears|8|11\nBrakes|disc|rim",
            "Brakes | Donau City 3: disc | Pixel Bike 9: rim",
        ),
        ("Time|Mon|Tue\n9:00|Yoga|Judo\n10:30|Chess|Choir", "10:30 | Mon: Chess | Tue: Choir"),
        # Beside an empty corner they are names of whatever stands below them.
        ("|Mon|Tue\nEarly|Ana|Mei\nLate|Jo|Ana", "Late | Mon: Jo | Tue: Ana"),
        ("|North|South\nMenu||soup\nCook|Jo|Ana", "Cook | North: Jo | South: Ana"),
        ("Region|Size|Fee\nNorth|Small|12\n(as above)|Large|19", "North | Size: Large | Fee: 19"),
    ],
)
def test_every_cell_of_a_table_says_its_column(table: str, last: str) -> None:
    assert write_rows(rows(table)).split("\n")[-1] == last


@pytest.mark.parametrize(
    "table",
    [
        "|from 20 units|20 kg\nEast|183|410\nWest|96|221",
        # The letters of a spreadsheet, a row below that has no name, and a lone row.
        "|A|B\n1|Site|Boat\n2|East|Terna",
        "|Mon|Tue\n|Ana|Mei\nLate|Jo|Ana",
        "|Mon|Tue\nEarly|Ana|Mei",
        "Lease 3|Route 7 north|Gate 12 east\nEast 1|Bay 4 south|Dock 9 west\nWest 2|Pit 3|Quay 8",
    ],
)
def test_values_are_no_names(table: str) -> None:
    assert write_rows(rows(table)) == "\n".join(" | ".join(row) for row in rows(table))


def test_a_heading_between_rows_stays_as_it_is_and_the_table_goes_on() -> None:
    table = "Stop|101|103\nStop|Mon|Sat\nNorth\nA|7:10|8:00\nSouth\nB|7:20|8:10\nNotes"
    assert write_rows(rows(table)).split("\n")[1:] == [
        "Stop | Mon | Sat",
        "North",
        "A | Mon: 7:10 | Sat: 8:00",
        "South",
        "B | Mon: 7:20 | Sat: 8:10",
        "Notes",
    ]


@pytest.mark.parametrize("between", ["", "Group B\n"])
def test_heads_below_a_table_begin_another(between: str) -> None:
    first = "Branch|Staff|Sales\nEast|14|310\nWest|9|185\n"
    second = "Product|Stock|Price\nKettle|12|29.90\nJuicer|7|34.50"
    assert write_rows(rows(first + between + second)).split("\n")[-3:] == [
        "Product | Stock | Price",
        "Kettle | Stock: 12 | Price: 29.90",
        "Juicer | Stock: 7 | Price: 34.50",
    ]


def test_a_row_of_words_in_one_column_of_figures_begins_no_table() -> None:
    table = "Stop|Line|Leaves\nA|North|7:10\nB|South|7:20\nC|West|later\nD|East|7:40\nE|West|7:50"
    assert write_rows(rows(table)).split("\n")[-2:] == [
        "D | Line: East | Leaves: 7:40",
        "E | Line: West | Leaves: 7:50",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Home|Shop\nLitres|5 per week|6 a day\nWater|7 per week|8 a day\nMilk|9 per week|4 a day",
        "Revenue|4.2M|+12%\nMargin|31%|+2\nStaff|120|-3",
        "Mar 2026|Tender|Nine bids\nJun 2027|Pipes|11 km\nMay 2030|Opening|Day 1",
        "Ana Ruiz|Head of Sales|Porto\nTom Lee|Driver|Leeds\nIda Holm|Cook|Bergen",
        "Home|Shop|Help\nTea|4.20",
        "Name|Ida Holm|Ward|B 12\nBorn|3 Aug 1956|Doctor|Dr M. Iqbal\n"
        "File|774 201|Admitted|28 Apr 2024\nWeight|81 kg|Diet|Low salt",
        "Language|Used for menus and dates|English\nTime zone|Current time 14:05|Paris\n"
        "Login|A code is sent to your phone|Off\nStorage|12.4 GB of 50 GB used|Manage",
        "NAME|FROM|TO\nANA|Oslo|Porto\nFLIGHT|DATE|GATE\nTP 767|14 JUN|B 12\nSEAT|BOARDS|GROUP\n"
        "21C|10:35|3",
        "Absence (days)|Growth (%)|Waste|(t)\nPeru|67|2,777|353\nChile|595|4,758|89",
        "Item|Price\nTea|4.20\nRice|3.10",
        "A line of text that goes on\nand on",
    ],
)
def test_what_has_no_head_is_written_as_it_is(text: str) -> None:
    plain = rows(text)
    assert write_rows(plain) == "\n".join(" | ".join(row) for row in plain)


def test_a_reading_without_tables_is_its_text_and_one_with_them_loses_nothing() -> None:
    def reading(text: str) -> Reading:
        cells = rows(text)
        filled = [[cell for cell in row if cell != EMPTY_CELL] for row in cells]
        lines = [[Line(cell, Box(0, 0, 9, 9), 1.0) for cell in row] for row in filled]
        counts = tuple(tuple(int(cell != EMPTY_CELL) for cell in row) for row in cells)
        return Reading(tuple(map(tuple, lines)), 100, 100, counts)

    letter = reading("Dear Ida\nthe boat is late|8 May")
    assert text_with_heads(letter) == letter.text
    table = reading("Site|Beds|Staff\nEast|183|\nWest|96|221")
    assert text_with_heads(table).replace("Beds: ", "").replace("Staff: ", "") == table.text
