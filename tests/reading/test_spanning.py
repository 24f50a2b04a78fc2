"""Cells that span rows of other cells, by boxes."""

from __future__ import annotations

import pytest

from .test_layout import grid, line, texts


@pytest.mark.parametrize("spans", [[("Ground", 2), ("First", 3)], [("Ground", 3), ("First", 3)]])
def test_a_cell_in_the_middle_of_its_rows_is_read_in_the_first(
    spans: list[tuple[str, int]],
) -> None:
    rows = [[f"R{n}", "Office", "12"] for n in range(sum(count for _, count in spans))]
    page = [line("Rooms of the house", 40, 20, height=34)]
    page += [line("Floor", 40, 100), *grid([["Room", "Use", "Seats"], *rows], left=200)]
    expected = ["Floor | Room | Use | Seats"]
    for name, count in spans:
        at = len(expected) - 1
        page.append(line(name, 40, 140 + 40 * at + 20 * (count - 1)))
        mine = rows[at : at + count]
        expected += [" | ".join([name if row is mine[0] else "(empty)", *row]) for row in mine]
    assert texts(*page)[1:] == expected


def test_cells_beside_empty_ones_stay_where_they_are() -> None:
    rows = [["Floor", "Room", "Use"], ["Ground", "R1", "Shop"], ["", "R2", "Shop"]]
    rows += [["First", "R3", "Office"], ["", "R4", "Office"], ["", "R5", "Store"]]
    assert texts(*grid(rows)) == [" | ".join(cell or "(empty)" for cell in row) for row in rows]


def test_names_beside_two_rows_of_heads_are_heads() -> None:
    page = [line("2022", 240, 100, height=16), line("2023", 560, 100, height=16)]
    page += [line("Region", 40, 112, height=16), line("Change", 840, 112, height=16)]
    names = ["Online", "Shops", "Online", "Shops"]
    page += [line(name, 200 + 160 * n, 124, height=16) for n, name in enumerate(names)]
    rows = [["North", "5", "12", "7", "11", "+1"], ["South", "3", "9", "4", "8", "0"]]
    page += grid(rows, top=150, pitch=26)
    assert texts(*page) == [
        "2022 | 2023",
        "Region | Online | Shops | Online | Shops | Change",
        *map(" | ".join, rows),
    ]
