"""What cells measure, as pages write it."""

from __future__ import annotations

import pytest

from leopard_tools.variants.measures import measure


@pytest.mark.parametrize(
    "texts",
    [
        ["12", "98", "1,020", "1 234", "1.234.567"],
        ["£9.50", "£12", "£1,200.00", "£1.2M", "£3 bn"],
        ["9,50 €", "12 €", "1.200,00 €", "2 Mio €"],
        ["-3 %", "−0.5 %", "+4 %", "12%"],
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
    ["", "north", "5–7", "3 of 4", "2 x 12", "v1.2.3", "192.168.1.10", "44.2.2024", "A" * 40 + "1"],
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
