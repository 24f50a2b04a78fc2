"""Finding texts and citing answers, on readings made by hand."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from leopard_tools.reading.locate import citation, cite, find
from leopard_tools.types import Box, Line, Reading


def line(text: str, left: int = 0, top: int = 0) -> Line:
    edges = tuple(float(left + 10 * index) for index in range(len(text) + 1))
    return Line(text, Box(left, top, 10 * len(text), 20), 0.99, edges)


def reading(*rows: str) -> Reading:
    """Rows one below the other; cells, 400 pixels apart, are divided by a bar."""
    placed = tuple(
        tuple(
            line(text.strip(), 400 * place, 30 * top) for place, text in enumerate(row.split("|"))
        )
        for top, row in enumerate(rows)
    )
    return Reading(placed, 1280, 720)


TABLE = reading("Region | Q1 | Q2", "North | 12 | 15", "South | 15 | 20", "Total | 27 | 35")


def test_a_word_has_a_box_around_itself() -> None:
    (found,) = find("Save", reading("File Save Close"))
    assert found.text == "Save"
    assert found.box == Box(50, 0, 40, 20)
    assert found.confidence == 1.0
    assert found.edges == (50.0, 60.0, 70.0, 80.0, 90.0)


def test_what_does_not_stand_there_is_not_found() -> None:
    assert find("Print", reading("File Save Close")) == []
    assert find("  ", reading("File Save Close")) == []
    assert find("Save", reading()) == []


def test_closer_matches_come_first() -> None:
    page = reading("Save ax", "SaveAs", "save as", "Save As", "Saved assets")
    found = find("Save As", page)
    assert [match.text for match in found[:3]] == ["Save As", "save as", "SaveAs"]
    assert [match.confidence for match in found[:3]] == [1.0, 0.95, 0.9]
    confidences = [match.confidence for match in found]
    assert confidences == sorted(confidences, reverse=True)


def test_a_whole_word_comes_before_a_part_of_a_word() -> None:
    found = find("Sales", reading("Salesforce login", "sales", "Sales"))
    assert [match.text for match in found] == ["Sales", "sales", "Sales"]
    assert found[2].box.top == 0
    assert found[2].confidence < found[1].confidence


def test_a_part_of_a_number_is_no_whole_number() -> None:
    found = find("204", reading("1,204", "204"))
    assert [match.confidence for match in found] == [1.0, 0.8]


@pytest.mark.parametrize(
    ("wanted", "stands", "confidence"),
    [
        ("Revenue", "Revenuc", 0.6),
        ("Quarterly report", "Quarterlv repord", 0.5),
        ("I7", "17", 0.7),
        ("Total Revenue", "TotalRevenue", 0.9),
    ],
)
def test_wrongly_read_characters_are_forgiven(wanted: str, stands: str, confidence: float) -> None:
    (found,) = find(wanted, reading(f"x {stands} y"))
    assert found.text == stands
    assert found.confidence == pytest.approx(confidence)


@pytest.mark.parametrize(("wanted", "stands"), [("cat", "car"), ("Q3 revenue", "Q4 revenue")])
def test_short_words_and_numbers_must_be_right(wanted: str, stands: str) -> None:
    assert find(wanted, reading(stands)) == []


def test_signs_belong_to_what_is_found() -> None:
    (found,) = find("$4.8M", reading("Revenue $4.8M (up)"))
    assert found.text == "$4.8M"
    assert found.confidence == 1.0
    (sign,) = find("→", reading("next → page"))
    assert sign.box == Box(50, 0, 10, 20)


def test_a_phrase_goes_on_in_the_next_line_of_its_column() -> None:
    page = reading("left column | the new tram", "goes on here | line is open")
    (found,) = find("new tram line", page)
    assert found.text == "new tram line"
    assert found.box == Box(400, 0, 120, 50)


def test_a_phrase_goes_on_in_the_next_cell() -> None:
    (found,) = find("Total 27", TABLE)
    assert found.box == Box(0, 90, 420, 20)


def test_the_limit_is_kept() -> None:
    assert len(find("x", reading("x x x x"), limit=3)) == 3


def test_an_answer_is_cited_where_the_question_points() -> None:
    by_row = cite("15", "What is the value of South in Q1?", [TABLE])
    assert [place.box for place in by_row] == [Box(400, 60, 20, 20), Box(800, 30, 20, 20)]
    by_column = cite("15", "What was North in Q2?", [TABLE])
    assert by_column[0].box == Box(800, 30, 20, 20)


def test_the_page_with_the_words_of_the_question_comes_first() -> None:
    pages = [reading("Costs", "", "", "", "12 May"), reading("Revenue", "", "", "", "12 May")]
    places = cite("12 May", "When was the revenue published?", pages)
    assert [place.image for place in places] == [1, 0]


def test_case_spaces_and_final_signs_do_not_matter_for_a_citation() -> None:
    (place,) = cite("north star inc.", "Who?", [reading("NorthStar Inc")])
    assert place.text == "NorthStar Inc"


def test_only_whole_words_are_cited() -> None:
    assert cite("Sale", "What?", [reading("Sales")]) == ()
    assert cite("Salex", "What?", [reading("Sales")]) == ()
    assert cite("", "What?", [reading("Sales")]) == ()


@pytest.mark.parametrize(
    ("answer", "other"),
    [("4.5", "45"), ("45", "4.5"), ("-1.2%", "12%"), ("-5", "5"), ("5", "-5"), ("-$5", "$5"),
     ("20:25", "2025")],
)  # fmt: skip
def test_another_decimal_point_colon_or_minus_counts_only_where_nothing_else_stands(
    answer: str, other: str
) -> None:
    page = reading(f"Average rating | from {other} votes", "Score", "Last", f"Sum | {answer}")
    (place,) = cite(answer, "What is the average rating?", [page])
    assert place.box.top == 90
    (place,) = cite(answer, "What is the average rating?", [reading(f"Average rating {other}")])
    assert place.box.top == 0
    pages = [reading(f"Average rating {other}"), reading(answer)]
    assert cite(answer, "What is the average rating?", pages)[0].image == 1


@pytest.mark.parametrize("stands", ["1,234", "1 234", "1.234", "1 2 3 4", "-1,234"])
def test_digits_may_be_grouped_in_any_way(stands: str) -> None:
    answer = "-1234" if stands.startswith("-") else "1234"
    page = reading(f"Units | {stands}", "", "", "", f"Other | {answer}")
    assert cite(answer, "How many units?", [page])[0].box.top == 0


def test_a_hyphen_is_no_minus() -> None:
    page = reading("Opened 2019-2024", "", "", "", "Closed 2024")
    assert cite("2024", "Opened until when?", [page])[0].box.top == 0


def test_no_space_is_needed_around_words_of_chinese() -> None:
    page = reading("我公司总部于2015年迁至上海市浦东新区")
    (city,) = cite("上海市", "总部在哪里?", [page])
    assert (city.text, city.box) == ("上海市", Box(130, 0, 30, 20))
    assert [place.text for place in cite("2015", "何时?", [page])] == ["2015"]
    assert cite("15", "何时?", [page]) == ()
    assert cite("二十", "多少?", [reading("共二十五件")]) == ()
    (found,) = find("上海市", page)
    assert found.confidence == 1.0


def test_accents_may_be_composed_or_not() -> None:
    page = reading("Café Zürich | 12", "", "", "", "Bern | 12")
    (found,) = find(normalize("NFD", "Café"), page)
    assert (found.text, found.confidence) == ("Café", 1.0)
    (place,) = cite(normalize("NFD", "Zürich"), "Where?", [page])
    assert place.text == "Zürich"
    assert cite("12", normalize("NFD", "What is it in Zürich?"), [page])[0].box.top == 0


def test_at_most_five_places_are_cited() -> None:
    assert len(cite("7", "Which?", [reading(*["7"] * 9)])) == 5


def test_ranges_of_lines_become_a_citation() -> None:
    first, second = TABLE.rows[1][0], TABLE.rows[1][2]
    place = citation(3, [(first, 0, 5), (second, 0, 1)])
    assert (place.image, place.text) == (3, "North 1")
    assert place.box == Box(0, 30, 810, 20)
