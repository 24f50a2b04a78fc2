"""Calendars of a month, by boxes."""

from __future__ import annotations

import pytest

from leopard_tools.reading.months import months
from leopard_tools.reading.placed import straightened
from leopard_tools.types import Line

from .test_layout import line, texts

NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def month(
    events: dict[int, list[str]], *, at: float = 0.0, pitch: int = 160, lost: int = 0
) -> list[Line]:
    """March 2026; at: where in their cells days stand, from 0.0 at the left to 1.0 at the right."""
    page = [line(name, 40 + pitch * n + 8, 60) for n, name in enumerate(NAMES)]
    for day in range(1, 32):
        week, column = divmod(day + 5, 7)  # the first is a Sunday
        left, top = 40 + pitch * column, 100 + 90 * week
        width = 10 * len(str(day))
        if day != lost:
            page.append(line(str(day), left + 8 + at * (pitch - 16 - width), top))
        page += [
            line(event, left + 8, top + 26 + 20 * n, height=16, char=8)
            for n, event in enumerate(events.get(day, []))
        ]
    return page


EVENTS = {
    1: ["Brunch"],
    3: ["Team sync"],
    10: ["Budget review", "Lunch with Mia"],
    31: ["Invoices"],
}
READ = [
    " | ".join(NAMES),
    " | ".join(["(empty)"] * 6 + ["1 Brunch"]),
    "2 | 3 Team sync | 4 | 5 | 6 | 7 | 8",
    "9 | 10 Budget review Lunch with Mia | 11 | 12 | 13 | 14 | 15",
    "16 | 17 | 18 | 19 | 20 | 21 | 22",
    "23 | 24 | 25 | 26 | 27 | 28 | 29",
    " | ".join(["30", "31 Invoices", *["(empty)"] * 5]),
]


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0])
def test_what_a_day_holds_stands_in_its_cell_wherever_its_number_does(at: float) -> None:
    title = line("March 2026", 40, 10, height=34)
    assert texts(title, *month(EVENTS, at=at)) == ["March 2026", *READ]


def test_a_day_that_was_not_read_does_not_end_the_month() -> None:
    expected = [row.replace("| 25 |", "| (empty) |") for row in READ]
    assert texts(*month(EVENTS, lost=25)) == expected


def test_what_runs_over_several_days_belongs_to_the_first() -> None:
    trip = "Trip to the coast, by train and bus"
    assert texts(*month({5: [trip]}))[2] == f"2 | 3 | 4 | 5 {trip} | 6 | 7 | 8"


def test_rows_of_figures_that_do_not_go_on_are_no_month() -> None:
    page = [
        line(str(10 * row + column), 40 + 160 * column, 100 + 90 * row)
        for row in range(3)
        for column in range(1, 8)
    ]
    assert months(straightened(page)) == straightened(page)
