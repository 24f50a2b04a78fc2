"""What comes first, before a question that compares figures, and only there."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leopard_tools.variants.heads import write_rows
from leopard_tools.variants.measures import measure
from leopard_tools.variants.ranking import MOST_RANKINGS, rankings

SITES = (
    "Site | Beds | Cost\nEast | Beds: 183 | Cost: £4.1M\nWest | Beds: 96 | Cost: £950k\n"
    "North | Beds: 240 | Cost: £5M\nTotal | Beds: 519 | Cost: £10.1M"
)
TEAM = (
    "No. | Name | Goals | Price\n1 | Name: Nwosu | Goals: 22 | Price: 9.9\n"
    "4 | Name: Obi | Goals: 2 | Price: 5.0\n7 | Name: Yildirim | Goals: 4 | Price: 4.0"
)


def told(texts: list[str], question: str) -> str:
    return "\n".join(ranking.row for ranking in rankings(texts, question))


@pytest.mark.parametrize(
    ("text", "question", "row"),
    [
        (SITES, "Which site has the most beds?", "most Beds | North | 240"),
        (SITES, "fewest beds", "fewest Beds | West | 96"),
        (SITES.replace("Total", "Trust"), "Which has the most beds?", "most Beds | North | 240"),
        (SITES, "Which site apart from North has the most beds?", "most Beds | East | 183"),
        (SITES, "What's the cheapest site?", "cheapest Cost | West | £950k"),
        (SITES, "Has East more beds than West?", "more Beds | East | 183"),
        (TEAM, "Who is the dearest player?", "dearest Price | 1 (Nwosu) | 9.9"),
        (TEAM, "Which has fewer goals, Obi or Yildirim?", "fewer Goals | 4 (Obi) | 2"),
        ("Sales by channel\nOnline | 410\nShops | 1,020", "largest channel",
         "largest Sales by channel | Shops | 1,020"),
        (f"{SITES}\nLoans\nEast | 7\nWest | 9", "most loans?", "most Loans | West | 9"),
        ("Mon | 7 kWh\nTue | 12 kWh", "best day?", "best | Tue | 12 kWh"),
        ("Chess: 12\nJudo: 40", "Which has the most?", "most | Judo | 40"),
        ("Now in stock\n183 | beds\n96 | chairs", "What is there least of?",
         "least Now in stock | chairs | 96"),
        ("Site | 2022 | 2023\nEast | 2022: 5 | 2023: 7\nWest | 2022: 6 | 2023: 1",
         "In which year did West sell the most?", "most West | 2022 | 6"),
        ("Built\nMill | 1790\nTower | 1402", "oldest building", "oldest Built | Tower | 1402"),
        ("Age\nJo | 71\nAl | 34", "the oldest?", "oldest Age | Jo | 71"),
        ("Run | Time\nAnn | 1:58.31\nBea | 2:11.07", "Who was fastest?",
         "fastest Time | Ann | 1:58.31"),
        # A clock tells when something begins, and seldom how long it is.
        ("Film | Sat | Min.\nGoats | Sat: 23:00 | Min.: 27\nSea | Sat: 11:00 | Min.: 71",
         "Which is the longest film?", "longest Min. | Sea | 71"),
        ("Run | Oslo | Bergen\nAnn | Oslo: 3:55 | Bergen: 4:10\nBea | Oslo: 3:30 | Bergen: 4:40",
         "Who took the longest in Bergen?", "longest Bergen | Bea | 4:40"),
        ("Unit | Win rate\nRam | 54%\nArcher | 48%", "best win rate?", "best Win rate | Ram | 54%"),
        # A name may be short for a word, and one in full is surer.
        ("Ward | Age | Temp\nNia | 41 | 38.1\nOlu | 7 | 39.4", "highest temperature",
         "highest Temp | Olu | 39.4"),
        ("City | Cost | Costume\nOslo | 9 | 4\nRome | 7 | 8", "highest costume",
         "highest Costume | Rome | 8"),
        ("Shop | Max | Staff\nEast | 12 | 3\nWest | 9 | 5", "Who has the maximum?", ""),
        ("File | Modified\na.txt | 4 Mar 2024\nb.txt | 30 Dec 2023", "latest file",
         "latest Modified | a.txt | 4 Mar 2024"),
    ],
)  # fmt: skip
def test_what_comes_first_is_told(text: str, question: str, row: str) -> None:
    assert told([text], question).split("\n")[0] == row


@pytest.mark.parametrize(
    "question",
    [
        "How many beds has East?",
        "What does the slide say about West?",
        "Is there more?",
        "What is the peak kW of the roof?",
        "Which site has the most beds? " + "It matters to us. " * 30,
    ],
)
def test_other_questions_get_none(question: str) -> None:
    roofs = "Roof | Peak kW | Panels\nBarn | Peak kW: 9 | Panels: 3\nRoof | Peak kW: 4 | Panels: 1"
    assert told([SITES, roofs], question) == ""


def test_what_figures_are_meant_is_not_guessed_without_a_word_for_them() -> None:
    assert told([SITES], "Which is best?") == ""
    planted = "Planted\nRubber | 1930\nVanilla | 2004"
    assert told([planted], "Which is the tallest plant of the museum?") == ""
    opened = SITES.replace("Cost", "Opened").replace("£4.1M", "1988").replace("£950k", "1975")
    opened = opened.replace("£5M", "2004").replace("\nTotal | Beds: 519 | Opened: £10.1M", "")
    question = "When was the site with the fewest beds opened?"
    assert told([opened], question) == "fewest Beds | West | 96"


@pytest.mark.parametrize(
    ("text", "question", "answers"),
    [
        (SITES, "Which site has the most beds?", ("North", "240")),
        (TEAM, "Who is the dearest player?", ("1", "Nwosu", "9.9")),
        # What is claimed of the one that is named first.
        (SITES, "Has East more beds than West?", ("East", "183", "yes")),
        (SITES, "Are there fewer beds in East than in West?", ("West", "96", "no")),
        (SITES, "East has fewer beds than North.", ("East", "183", "yes")),
        (SITES, "Is North the site with the most beds?", ("North", "240", "yes")),
        (SITES, "Is West the most expensive, by cost?", ("North", "£5M", "no")),
        # But where something moves, of where it moved to.
        ("Site | 2022 | 2023\nEast | 2022: 5 | 2023: 7\nWest | 2022: 6 | 2023: 1",
         "Did East rise from 2022 to 2023?", ("2023", "7", "yes")),
        ("Site | 2022 | 2023\nEast | 2022: 5 | 2023: 7\nWest | 2022: 6 | 2023: 1",
         "Did East fall from 2022 to 2023?", ("2022", "5", "no")),
        # One of the two is asked for, or it is not clear what is claimed.
        (SITES, "Has East or West more beds?", ("East", "183")),
        (SITES, "Hasn't East more beds than West?", ("East", "183")),
    ],
)  # fmt: skip
def test_what_may_be_asked_of_a_ranking_is_told(
    text: str, question: str, answers: tuple[str, ...]
) -> None:
    assert rankings([text], question)[0].answers == answers


@pytest.mark.parametrize(
    ("question", "rivals"),
    [
        ("Which site has the most beds?", {"East", "West"}),
        ("Which site apart from East has the most beds?", {"West"}),
        ("Has East or West more beds?", {"West"}),
        ("Has East more beds than West?", {"West", "no"}),
    ],
)
def test_the_names_that_an_answer_was_chosen_from_are_told(question: str, rivals: set[str]) -> None:
    (found,) = rankings([SITES], question)
    assert set(found.rivals) == rivals


FLATS = "Flat | Used | Rent\nFlat 1 | Used: 47 | Rent: 510\nFlat 4 | Used: 52 | Rent: 490"
NUMBERED = FLATS.replace("Flat 1", "1").replace("Flat 4", "4")


@pytest.mark.parametrize(
    ("text", "question", "answers"),
    [
        (FLATS, "Did flat 4 use more than flat 1, by used?", ("Flat 4", "52", "yes")),
        (NUMBERED, "Used: is 1 above 4?", ("4", "52", "no")),
        ("Row | Price\nRow M | Price: 370\nRow S | Price: 260", "Is Row M cheaper than Row S?",
         ("Row S", "260", "no")),
        # Other words tell these.
        ("Name | Balls\nT. Yogan | Balls: 11\nT. Balan | Balls: 9", "Balls: Yogan more than Balan?",
         ("T. Yogan", "11", "yes")),
    ],
)  # fmt: skip
def test_lone_letters_and_digits_name_things(
    text: str, question: str, answers: tuple[str, ...]
) -> None:
    assert rankings([text], question)[0].answers == answers


def test_a_digit_that_counts_names_nothing() -> None:
    assert not rankings([NUMBERED], "Has flat 1 more used than 4?")


def test_no_claim_is_judged_where_columns_disagree() -> None:
    found = rankings([SITES.replace("£950k", "£9M")], "Is East above West?")
    assert [ranking.answers for ranking in found] == [("East", "183"), ("West", "£9M")]


@pytest.mark.parametrize("figure", ["0", "7"])
def test_of_figures_that_are_all_alike_none_comes_first(figure: str) -> None:
    rows = "\n".join(f"{site} | {figure}" for site in ("East", "West", "North", "South"))
    assert told([f"Loans\n{rows}"], "Who has most loans?") == ""


SALES = ["Sales", "Jan | 12", "Feb | 9", "Mar | 30", "Apr | 12"]


@pytest.mark.parametrize(
    ("rows", "question", "row"),
    [
        (SALES[:4], "second highest sales", "second highest Sales | Jan | 12"),
        (SALES[:4], "What was the third-highest sales figure?", "third highest Sales | Feb | 9"),
        (SALES[:4], "2nd lowest sales", "second lowest Sales | Jan | 12"),
        # Of two that are alike neither is second, nor what is behind them.
        (SALES, "second highest sales", ""),
        (SALES, "third highest sales", ""),
        (SALES[:3], "third highest sales", ""),
        # What is second highest is not what is lowest.
        (SALES[:4], "Was the month of the lowest sales the second highest in costs?", ""),
        (SALES[:4], "Which is second highest, Jan or Feb?", ""),
    ],
)
def test_what_comes_second_or_third_is_told(rows: list[str], question: str, row: str) -> None:
    assert told(["\n".join(rows)], question) == row


def test_a_claim_about_the_second_place_is_judged() -> None:
    sales = "\n".join(SALES[:4])
    assert rankings([sales], "Is Jan the month with the second highest sales?")[0].answers == (
        "Jan", "12", "yes",
    )  # fmt: skip
    assert "no" in rankings([sales], "Is Mar the month with the second highest sales?")[0].answers


BIKES = (
    "(empty) | Donau 3 | Inn Tour | Enns Fold\nPrice | € 2,199 | € 3,049 | € 1,749\n"
    "Weight | 24.8 kg | 25.6 kg | 19.2 kg\nRange up to | 95 km | 150 km | 60 km\nGears | 8 | 11 | 7"
)


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Which bike has the longest range?", "longest Range up to | Inn Tour | 150 km"),
        ("Which is the cheapest?", "cheapest Price | Enns Fold | € 1,749"),
        ("the lightest bike", "lightest Weight | Enns Fold | 19.2 kg"),
        ("Has Inn Tour more gears than Donau 3?", "more Gears | Inn Tour | 11"),
    ],
)
def test_things_that_stand_side_by_side_are_compared(question: str, row: str) -> None:
    rows = [line.split(" | ") for line in BIKES.split("\n")]
    assert told([write_rows(rows)], question) == row
    # Where their columns happen to be of one unit, too.
    counts = [*rows[:2], *(["Seats", "1", "2", "1"], ["Lamps", "2", "4", "3"], rows[-1])]
    if "range" not in question and "lightest" not in question:
        assert told([write_rows(counts)], question) == row


def test_years_that_stand_side_by_side_are_no_things() -> None:
    years = "(empty) | 2022 | 2023\nSales | 2022: £5 | 2023: £7\nRent | 2022: 20% | 2023: 10%"
    assert told([years], "What is the cheapest?") == ""


def test_figures_that_cannot_be_compared_are_not() -> None:
    assert told(["Tue | 5 easy\nThu | 6 hills\nSun | 12 long"], "hardest and longest day") == ""


def test_among_several_images_a_row_says_which_and_the_same_label_is_compared() -> None:
    bills = ["Shop A\nTotal | £31.20\nVAT | £5.20", "Shop B\nTotal | £9.99\nVAT | £1.66"]
    assert told(bills, "Which bill has the highest total?") == "highest total | image 1 | £31.20"
    assert told([SITES, TEAM], "Who has most goals?") == "most Goals | 1 (Nwosu) | 22 | image 2"


TEAMS = "Team | Staff | Floor"


@pytest.mark.parametrize(
    ("rows", "question", "row"),
    [
        # Half of all is no total, and a percentage is one where it is the whole.
        (["Share", "A | 50%", "B | 25%", "C | 15%", "D | 10%"], "largest share",
         "largest Share | A | 50%"),
        ([TEAMS, "Sales | Staff: 50 | Floor: 2", "IT | Staff: 30 | Floor: 3",
          "HR | Staff: 15 | Floor: 4", "Legal | Staff: 5 | Floor: 5"], "Who has most staff?", ""),
        # Nothing is said where it would be the other column's.
        (["Price", "A | $90", "B | $80", "C | $70", "D | €12"], "Which is the cheapest?", ""),
        (["Time", "a.js | 120 ms", "b.js | 95 ms", "api | 1.2 s"], "longest time",
         "longest Time | api | 1.2 s"),
        (["Sold", "Pies | 176", "Cakes | 22", "Rolls | 71", "Raffle | 310 tickets"], "most sold",
         "most Sold | Pies | 176"),
        (["Profit", "Q1 | (450)", "Q2 | 120", "Q3 | 80"], "highest profit",
         "highest Profit | Q2 | 120"),
        (["Letters", "Inbox | (3)", "Sent | (12)"], "most letters", ""),
        (["Date", "A-1 | 01/15/2024", "A-2 | 12/01/2024", "A-3 | 02/28/2024"], "latest date",
         "latest Date | A-2 | 12/01/2024"),
        (["Date", "A-1 | 01/15/2024", "A-2 | 15/01/2024", "A-3 | 02/02/2024"], "latest date", ""),
        (["Time", "Ana | 3:12.45", "Bo | 3:09.10"], "Who has the best time?", ""),
        (["Rank", "Ana | 1", "Bo | 2"], "best rank", ""),
        (["Price", "Ana | 1", "Bo | 2"], "top price", "top Price | Bo | 2"),
        (["Beds", "East | 183", "West | 96"], "Which sites have at least 100 beds?", ""),
        (["Sales", "Jan | 12", "Feb | 9", "Mar | 30"], "next highest sales", ""),
        (["Sales", "Jan | 12", "Feb | 9", "Mar | 30"], "fourth highest sales", ""),
        (["Beds", "All Saints | 583", "West | 96", "North | 140"], "most beds", ""),
        (["Beds", "East | 96", "North | 140", "All Sites | 236"], "most beds",
         "most Beds | North | 140"),
        (["Beds", "East | 96", "North | 140", "All sites | 999"], "most beds",
         "most Beds | North | 140"),
        (["Beds", "East | 96", "North | 96", "West | 140"], "Has East more beds than North?", ""),
        (["Beds", "East | 96", "North | 96", "West | 140"], "fewest beds", ""),
        (["Beds", "East | 96", f"{'North ' * 9}| 140"], "most beds", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_known_to_come_first_is_not_told(
    rows: list[str], question: str, row: str
) -> None:
    assert told(["\n".join(rows)], question) == row


CELLS = st.from_regex(r"[A-Za-z]{1,8}( [a-z]{1,8})?|\$?\d{1,6}(\.\d)?( km| %)?", fullmatch=True)
PAGES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=12)


@given(
    st.lists(PAGES, min_size=1, max_size=3),
    st.sampled_from(["most", "lowest price", "longest", "second largest"]),
)
def test_nothing_is_said_that_does_not_stand_there(pages: list[list[list[str]]], ask: str) -> None:
    texts = [write_rows(page) for page in pages]
    found = told(texts, f"Which has the {ask}?")
    rows = found.split("\n") if found else []
    assert len(rows) <= MOST_RANKINGS
    for row in rows:
        first, label, value, *image = row.split(" | ")
        assert first.split(" ")[0] in ask
        assert not image or re.fullmatch(r"image \d", image[0])
        assert measure(value)
        assert any(value in text for text in texts)
        for name in re.split(r" \(|, |\)", label):
            assert name in "\n".join(texts) or re.fullmatch(r"image \d", name)
