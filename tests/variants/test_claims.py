"""Whether a figure is what a question claims of it, and which figure is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leopard_tools.variants.claims import claims
from leopard_tools.variants.heads import write_rows

SITES = (
    "Site | Beds | Cost | Weight kg | Opens\n"
    "Eastfield | Beds: 183 | Cost: £4.1M | Weight kg: 12 | Opens: 9:00\n"
    "Westwood | Beds: 96 | Cost: £950k | Weight kg: 7.5 | Opens: 10:30"
)
BILL = "Your bill\nPremium | €67.10\nDownload: 147 Mb/s\nUsed | 52 %\nWaiting time | 1 h 52 min\n"


def verdict(question: str, *texts: str) -> str:
    found = claims(texts, question)
    return found[0].answers[0] if found else ""


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Has Eastfield more than 150 beds?", "yes"),
        ("Does Eastfield have over 183 beds?", "no"),
        ("Does Eastfield have at least 183 beds?", "yes"),
        ("Westwood: fewer than 100 beds", "yes"),
        ("Are there under two hundred beds in Eastfield?", "yes"),
        ("Did Eastfield cost more than £4 million?", "yes"),
        ("Is the cost of Westwood above £1M?", "no"),
        ("Is the cost of Westwood above £900k?", "yes"),
        ("Is the cost of Westwood above a million?", "no"),
        ("Is the weight of Eastfield over 10 kg?", "yes"),
        ("Is the weight of Eastfield over 12,500 g?", "no"),
        ("Is the weight of Westwood at most 8 kilos?", "yes"),
        ("Does Westwood open before 10:00?", "no"),
        ("Eastfield opens after 8:30", "yes"),
    ],
)
def test_a_figure_in_a_table_is_compared(question: str, answer: str) -> None:
    assert verdict(question, SITES) == answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is the premium above 60 euros?", "yes"),
        ("Is the premium above € 70?", "no"),
        ("Is the premium over $60?", ""),
        ("premium below 100", "yes"),
        ("Is the download over 140 Mb/s?", "yes"),
        ("Is more than 50 per cent used?", "yes"),
        ("Was the waiting time under two hours?", "yes"),
        ("Was the waiting time over 110 minutes?", "yes"),
        ("Was the waiting time within 112 minutes?", "yes"),
        ("Was the waiting time under 112 minutes?", "no"),
    ],
)
def test_a_pair_is_compared_in_its_unit(question: str, answer: str) -> None:
    assert verdict(question, BILL) == answer


@pytest.mark.parametrize(
    "question",
    [
        # Both are meant, and differ; or one in words that are not there.
        "Are there more than 150 beds?",
        "Has the new Northgate hospital more than 150 beds?",
        "Has Eastfield more than 150 nurses on duty?",
        # It would have to be worked out of several.
        "Are there more than 50 beds together?",
        "Is the smallest cost above £900k?",
        # Several figures are asked about, or none is claimed anything of.
        "Which sites have more than 150 beds?",
        "Does every site have more than 50 beds?",
        "Has Eastfield more beds than Westwood?",
        "Has Eastfield more than 150 beds or less?",
        "Hasn't Eastfield more than 150 beds?",
        "Has Eastfield more than 150 and fewer than 190 beds?",
        # No figure is of the sort.
        "Did Eastfield cost more than 2 km?",
        "Has Eastfield more than 150,000 beds?",
        "Does Eastfield open before 1990?",
        "Has Eastfield over 0 beds?",
    ],
)
def test_nothing_is_worked_out_where_it_is_not_clear(question: str) -> None:
    assert claims([SITES], question) == []


def test_what_all_figures_of_a_column_are_is_so_of_them_together() -> None:
    assert verdict("Are there more than 50 beds?", SITES) == "yes"


def test_a_total_that_the_page_has_is_compared() -> None:
    text = f"{SITES}\nTotal | Beds: 279 | Cost: £5.05M"
    assert verdict("Are there more than 250 beds in total?", text) == "yes"


def test_a_number_that_names_a_row_is_no_limit() -> None:
    lines = "Line | Fare\n26 | Fare: 31\n22 | Fare: 28"
    assert verdict("Is the fare of 26 above 22?", lines) == ""
    assert verdict("Is the fare of 26 above 30?", lines) == "yes"
    years = "Town | 2019 | 2023\nTrent | 2019: 1 700 | 2023: 1 610\nMoss | 2019: 980 | 2023: 990"
    assert verdict("Trent: 2023 above 2019?", years) == ""
    assert verdict("Trent: 2023 above 1600?", years) == "yes"


def test_a_lone_letter_tells_rows_apart() -> None:
    rows = "Seat | Price €\nRow M | Price €: 370\nRow S | Price €: 260"
    assert verdict("Is Row M dearer than €300?", rows) == "yes"
    assert verdict("Is Row S dearer than €300?", rows) == "no"


def test_the_row_says_what_was_compared_and_where() -> None:
    (found,) = claims([BILL, SITES], "Has Eastfield more than 150 beds?")
    assert found.row == "more Beds | Eastfield | 183 | image 2"
    assert (found.answers, found.rivals) == (("yes",), ("no",))


@given(
    st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=4), max_size=6),
    st.sampled_from(["more than", "under", "before", "at least"]),
    st.text(max_size=20),
)
def test_no_page_and_no_question_breaks_it(rows: list[list[str]], word: str, rest: str) -> None:
    for found in claims([write_rows(rows)], f"{rest} {word} {rest}"):
        assert set(found.answers) | set(found.rivals) == {"yes", "no"}
