"""Forms: labels over what was filled in, row by row; by boxes."""

from __future__ import annotations

from leopard_tools.types import Line

from .test_layout import line, texts

FIELDS = [
    [("First name", "Ingrid"), ("Last name", "Solheim")],
    [("Email", "ingrid@tidewell.example"), ("Phone", "01632 960 455")],
    [("Street", "8 Dock Road"), ("City", "Hull")],
    [("Country", "United Kingdom"), ("Postcode", "HU3 1AA")],
]


def form(*, between: int, odd: bool = False) -> list[Line]:
    """Fields whose rows are `between` apart; odd: one label's box is as tall as a field's."""
    page = []
    for row, fields in enumerate(FIELDS):
        for column, (label, value) in enumerate(fields):
            top, left = 100 + row * (42 + between), 40 + 400 * column
            tall = 20 if odd and label == "Phone" else 13
            page.append(line(label, left, top, height=tall, char=7))
            page.append(line(value, left, top + 22, height=20))
    return page


def pairs() -> list[str]:
    return [f"{label} | {value}" for fields in FIELDS for label, value in fields]


def test_every_row_of_fields_is_read_by_labels() -> None:
    assert texts(*form(between=40)) == pairs()


def test_a_label_of_uncertain_size_is_one_as_in_the_other_rows() -> None:
    assert texts(*form(between=40, odd=True)) == pairs()


def test_rows_of_fields_without_room_between_them_are_told_by_their_type() -> None:
    assert texts(*form(between=9)) == pairs()
    assert texts(*form(between=9, odd=True)) == pairs()


def test_rows_of_one_type_in_pairs_are_a_table() -> None:
    rows = [["East", "183"], ["West", "96"], ["North", "41"], ["South", "77"]]
    page = [
        line(text, 40 + 400 * column, 100 + 24 * place + 12 * (place // 2))
        for place, row in enumerate(rows)
        for column, text in enumerate(row)
    ]
    assert texts(*page) == [" | ".join(row) for row in rows]
