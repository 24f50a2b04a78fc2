"""What cells measure, as pages write it."""

from __future__ import annotations

import pytest

from leopard_tools.variants.measures import Writing, measure, writing_of


@pytest.mark.parametrize(
    "texts",
    [
        ["12", "98", "1,020", "1 234", "1.234.567"],
        ["£9.50", "£12", "£1,200.00", "£1.2M", "£3 bn"],
        ["9,50 €", "12 €", "1.200,00 €", "2 Mio €"],
        ["-3 %", "−0.5 %", "+4 %", "12%"],
        ["▼ 5 %", "(4.2%)", "▲ 1 %", "7 %"],
        ["(1,450)", "-80", "7"],
        ["($450)", "$(80)", "-$7", "$12"],
        ["-CHF 450", "CHF -80", "CHF 12"],
        ["-¥450", "¥80"],
        ["250 µs", "95 ms", "1.2 s", "7.75 h", "8.00 h"],
        ["900 KiB", "3 MiB", "4 MB", "2 GiB"],
        ["100 Mbit/s", "250 Mbit/s", "10 Gbit/s"],
        ["340 MB", "1.2 GB", "3 TB"],
        ["511M", "7.8G", "98G", "3.6T"],
        ["40 s", "45 min", "1 h 20 min", "2 hours", "3 days", "2 weeks"],
        ["58.31", "59.4"],
        ["1:58.31", "2:11.07"],
        ["7:05", "10:30", "23:00"],
        ["11:00 am", "12:30 pm", "1:00 pm"],
        ["800 m", "3.4 km"],
        ["90 g", "4 kg", "3 t"],
        ["30 Dec 2023", "Jan 2, 2024", "2024-02-01", "Fri 1.3.2024", "5 Mar 2024, 10:20"],
        ["4 March", "Mar 12", "3.4.", "Sun 5.4."],
        ["1998", "2019"],
        ["2 beds", "12 beds"],
    ],
)
def test_figures_of_one_kind_have_one_unit_and_their_order(texts: list[str]) -> None:
    found = [found for text in texts if (found := measure(text))]
    assert len(found) == len(texts)
    assert len({one.unit for one in found}) == 1
    values = [one.value for one in found]
    assert values == sorted(set(values))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "north",
        "12:75",
        "5–7",
        "3 of 4",
        "2 x 12",
        "v1.2.3",
        "192.168.1.10",
        "44.2.2024",
        "A" * 40 + "1",
    ],
)
def test_what_is_no_single_figure_measures_nothing(text: str) -> None:
    assert measure(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("5 easy", "6 hills"), ("3 m", "3 min"), ("£3", "3 €"), ("12 %", "12"), ("7:30", "7.30")],
)
def test_figures_of_different_kinds_cannot_be_compared(one: str, other: str) -> None:
    first, second = measure(one), measure(other)
    assert first is not None
    assert second is not None
    assert first.unit != second.unit


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (["2.345", "1.234.567", "987"], [2345, 1234567, 987]),
        (["1,500 kg", "2 kg", "1,5 kg"], [1500, 2000, 1500]),
        (["0,750 kg", "2 kg"], [750, 2000]),
        (["1,234", "2.5"], [1234, 2.5]),
        (["2.345", "987"], [2.345, 987]),
        (["1 234,50", "2.345"], [1234.5, 2345]),
    ],
)
def test_a_column_tells_what_points_and_commas_mean(column: list[str], values: list[float]) -> None:
    writing = writing_of(column)
    assert writing is not None
    found = [measure(text, writing) for text in column]
    assert [one.value for one in found if one] == pytest.approx(values)


def test_a_column_tells_whether_the_month_comes_first() -> None:
    american = ["01/15/2024", "12/01/2024", "02/28/2024"]
    assert writing_of(american) == Writing(month_first=True)
    found = [measure(text, Writing(month_first=True)) for text in american]
    assert found.index(max(found, key=lambda one: one.value if one else 0)) == 1
    assert writing_of(["15/01/2024", "01/12/2024"]) == Writing()
    assert writing_of(["01/15/2024", "15/01/2024"]) is None
