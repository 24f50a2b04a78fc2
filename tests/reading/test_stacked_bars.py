"""Stacked bars: the numbers of a bar are a row under the legend; by boxes."""

from __future__ import annotations

from leopard_tools.types import Line

from .test_layout import grid, line, texts

SITES = {"Leeds": (42, 30, 12), "York": (21, 28, 19), "Hull": (38, 15, 25), "Bath": (20, 22, 31)}
ROWS = [" | ".join([name, *map(str, parts)]) for name, parts in SITES.items()]


def upright(*, sums: bool = False) -> list[Line]:
    page = []
    for place, (name, parts) in enumerate(SITES.items()):
        middle, bottom = 120 + 160 * place, 560.0
        page.append(line(name, middle - 5 * len(name), 580))
        for part in parts:
            page.append(line(str(part), middle - 10, bottom - 2 * part - 10))
            bottom -= 4 * part
        if sums:
            page.append(line(str(sum(parts)), middle - 10, bottom - 26))
    return page


def lying() -> list[Line]:
    page = []
    for place, (name, parts) in enumerate(SITES.items()):
        top, left = 100 + 60 * place, 150.0
        page.append(line(name, 130 - 10 * len(name), top))
        for part in parts:
            page.append(line(str(part), left + 4 * part - 10, top))
            left += 8 * part
    return page


def legend(top: int) -> list[Line]:
    return [line(name, 150 + 140 * n, top) for n, name in enumerate(("Wind", "Sun", "Water"))]


def test_numbers_one_over_another_are_a_row_from_the_axis_on() -> None:
    assert texts(*upright(), *legend(630)) == ["(empty) | Wind | Sun | Water", *ROWS]


def test_numbers_beside_one_another_are_told_from_a_table_by_how_far_they_are() -> None:
    assert texts(*lying(), *legend(50)) == ["(empty) | Wind | Sun | Water", *ROWS]


def test_what_a_bar_comes_to_is_its_last_number() -> None:
    with_sums = [f"{row} | {sum(parts)}" for row, parts in zip(ROWS, SITES.values(), strict=True)]
    assert texts(*upright(sums=True)) == with_sums


def test_a_list_beside_stacked_bars_names_none_of_them() -> None:
    # Some programs list the lowest series first and some the highest: either would be a guess.
    names = [line(name, 760, 100 + 30 * n) for n, name in enumerate(("Wind", "Sun", "Water"))]
    assert texts(*upright(), *names)[-4:] == ROWS


def test_numbers_at_even_distances_over_names_are_a_table() -> None:
    rows = [["12", "15", "19"], ["31", "28", "40"], ["22", "44", "13"], ["East", "West", "South"]]
    assert texts(*grid(rows)) == [" | ".join(row) for row in rows]
