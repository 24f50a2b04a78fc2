"""Written contexts in other guises ask only what is still right there."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from leopard_tools.reading.ocr import Reader
from leopard_tools.training.samples import ABSENT, Pen, Rows
from leopard_tools.training.typeset import typeset
from leopard_tools.training.written import guises
from leopard_tools.training.written.guises import (
    as_read,
    mark,
    people,
    readings,
    rearranged,
    renamed,
    renumbered,
    reordered,
)
from leopard_tools.training.written.pictures import browser, extend, wear
from leopard_tools.training.written.silence import silenced
from leopard_tools.training.written.stock import written_contexts
from leopard_tools.training.written.texts import WrittenContext, WrittenQuestion
from leopard_tools.types import EMPTY_CELL

PAGES: list[Rows] = [
    [["Ward B", "Tuesday"], ["Bed", "Patient", "Chart"], ["301", "Aino Lind", "8841"]],
    [["Kitchen notice"], ["Soup", "Leek"], ["Order code", "7230"], ["Since", "2019, 12:30"]],
]


def context(*questions: tuple[str, str], pages: list[Rows] = PAGES) -> WrittenContext:
    asked = [WrittenQuestion((text, f"{text} please"), answer, True) for text, answer in questions]
    return WrittenContext("ward and kitchen", pages, asked)


def text_of(pages: list[Rows]) -> str:
    return "\n".join(" | ".join(row) for page in pages for row in page)


def test_in_another_order_a_page_is_still_the_one_that_was_meant() -> None:
    written = context(
        ("Which page is about food?", "{2}"),
        ("What soup does {2} name?", "Leek"),
        ("Name the day and the soup", "Tuesday, Leek"),
    )
    found = reordered(Pen(Random(1)), written)
    assert found.pages == PAGES[::-1]
    # The list went from the first page to the second: its order is no longer that of the pages.
    assert [(q.phrasings[0], q.answer) for q in found.questions] == [
        ("Which page is about food?", "{1}"),
        ("What soup does {1} name?", "Leek"),
    ]


def test_in_another_order_no_page_is_named_by_its_place_in_words() -> None:
    written = context(
        ("What soup does the second page name?", "Leek"),
        ("Who is the patient on page 1?", "Aino Lind"),
        ("Is bed 301 on the next-to-last slide or after {1}?", "no"),
        ("Whose chart is 8841, the first in ward B?", "Aino Lind"),
    )
    # A bed that is the first of its ward is so on any page.
    assert reordered(Pen(Random(1)), written).questions == written.questions[3:]


def test_figures_that_pages_and_questions_write_in_two_ways_are_not_asked_for() -> None:
    pages = [[["Sold", "7,760"], ["Asked", "12k"], ["Part", "HB-520"], ["Since", "1498: rain"]]]
    written = context(
        ("What was 7,760?", "Sold"),
        ("What was 7760?", "Sold"),
        ("What was seven thousand and more?", "Sold"),
        ("How much was asked?", "12,000"),
        ("Which part is 520?", "HB-520"),
        ("When did it rain?", "1498"),
        pages=pages,
    )
    for seed in range(10):
        found = renumbered(Pen(Random(seed)), written)
        sold = found.pages[0][0][1]
        assert sold != "7,760" and found.pages[0][1:] == pages[0][1:]
        assert [(q.phrasings[0], q.answer) for q in found.questions] == [
            (f"What was {sold}?", "Sold")
        ]


def test_other_figures_are_the_same_everywhere_and_years_and_times_stay() -> None:
    written = context(
        ("Whose chart is 8841?", "Aino Lind"),
        ("What is the kitchen code?", "7230"),
        ("Which bed has the higher number?", "301"),
        ("Is the chart 8841?", "yes"),
        ("Who is the cook?", ABSENT),
    )
    found = renumbered(Pen(Random(1)), written)
    text = text_of(found.pages)
    assert not {"301", "8841", "7230"} & set(re.findall(r"\d+", text))
    assert "2019, 12:30" in text
    chart = found.pages[0][2][2]
    assert [(q.phrasings[0], q.answer) for q in found.questions] == [
        (f"Whose chart is {chart}?", "Aino Lind"),
        ("What is the kitchen code?", found.pages[1][2][1]),
        ("Who is the cook?", ABSENT),
    ]


PRICES: list[Rows] = [
    [
        ["Prices of the yard"],
        ["Boat", "Summer", "Winter", "Crane"],
        ["Aallotar", "310", "120", "45"],
        ["Brisa", "290", "135", "60"],
        ["Calypso", "405", "150", "75"],
        ["Total", "1005", "405", "180"],
        ["Office", "Pier 4"],
        ["Opens", "at eight"],
    ]
]


def test_a_rearranged_table_says_the_same_of_every_row_and_column() -> None:
    written = context(
        ("What does Brisa pay in winter?", "135"),
        ("Which boat stands above Calypso?", "Brisa"),
        ("Which boat is the dearest in summer?", "Calypso"),
        ("Name the boats", "Aallotar, Brisa, Calypso"),
        pages=PRICES,
    )

    def facts(page: Rows) -> set[tuple[str, str, str]]:
        head, *body = page[1:6]
        return {(r[0], h, c) for r in body for h, c in zip(head[1:], r[1:], strict=True)}

    orders = set()
    for seed in range(20):
        found = rearranged(Pen(Random(seed)), written)
        page = found.pages[0]
        assert facts(page) == facts(PRICES[0])
        assert page[0] == PRICES[0][0] and page[5][0] == "Total" and page[6:] == PRICES[0][6:]
        orders.add((tuple(page[1]), tuple(row[0] for row in page[2:5])))
        # What hangs on where something stands is not asked.
        assert [q.answer for q in found.questions] == ["135", "Calypso"]
    assert len(orders) > 10
    assert written.pages == PRICES


def test_tables_whose_rows_go_with_those_around_them_stay_as_they_are() -> None:
    head = ["To do", "Doing (2)", "Done"]
    board = [head, ["Mend fence", "Spin honey", "Labels"], ["Ida", "Noé, 9 h", "Pål, 300"]]
    boards = [[*board, [EMPTY_CELL, "Move hives", "Lids"], [EMPTY_CELL, "Ida, 2 h", "Noé, €84"]]]
    visas = [[["Stay", "Tourist", "Transit"], ["Days", "30", "3"], ["Card", "at 14", "same"]]]
    staff = [
        [["Who", "2021", "2022"], ["All staff", "410", "433"], ["of which women", "200", "201"]]
    ]
    for pages in (boards, visas, staff):
        written = context(("How long is the honey spun?", "9 h"), pages=pages)
        assert all(rearranged(Pen(Random(seed)), written) == written for seed in range(10))


def test_columns_stay_where_rows_further_down_go_on_under_the_same_head() -> None:
    head = ["Device", "Signed in since", "Last active"]
    rows = [["Tablet", "2 May", "3 h"], ["Phone", "9 Nov", "4 min"], ["Laptop", "1 June", "2 days"]]
    pages = [
        [head, *rows, ["Linux", "5 May", "9 days", "Was this you?"], ["Tower", "8 Jan", "now"]]
    ]
    written = context(("When was the phone active?", "4 min"), pages=pages)
    tables = [rearranged(Pen(Random(seed)), written).pages[0] for seed in range(10)]
    assert len({table[1][0] for table in tables}) == 3
    assert all(table[0] == head and table[4:] == pages[0][4:] for table in tables)


def test_a_sum_stays_below_the_rows_wherever_its_word_stands() -> None:
    rows = [["1", "Honey", "60"], ["2", "Cakes", "80"], ["3", "Judy", "70"], ["4", "Sum", "210"]]
    pages = [[["No.", "Stall", "Paid £"], *rows]]
    written = context(("What do the cakes pay?", "80"), pages=pages)
    tables = [rearranged(Pen(Random(seed)), written).pages[0] for seed in range(10)]
    assert len({table[1][0] for table in tables}) == 3
    assert all("Sum" in table[-1] for table in tables)


def test_what_was_taken_out_of_a_page_is_not_there_and_the_rest_is() -> None:
    written = context(
        ("What does Brisa pay in winter?", "135"),
        ("Where is the office?", "Pier 4"),
        ("What does the crane cost for Calypso?", "75"),
        ("What does Aallotar pay in winter?", "120"),
        ("Which boat is the dearest in summer?", "Calypso"),
        ("Is the office on a pier?", "yes"),
        ("Who runs the yard?", ABSENT),
        pages=PRICES,
    )
    lost = 0
    for seed in range(20):
        found = silenced(Pen(Random(seed)), written)
        text = text_of(found.pages)
        answers = {q.phrasings[0]: q.answer for q in found.questions}
        assert answers["Who runs the yard?"] == ABSENT
        # What compares or judges might have another answer now.
        assert not {"Which boat is the dearest in summer?", "Is the office on a pier?"} & {*answers}
        for question in written.questions[:4]:
            said = answers.get(question.phrasings[0])
            assert said in (None, ABSENT, question.answer)
            lost += said == ABSENT
            if said is not None:
                assert (question.answer in re.findall(r"Pier 4|\d+", text)) == (said != ABSENT)
    assert lost >= 15
    assert written.pages == PRICES


def test_what_compares_is_not_called_absent_with_the_answer_that_it_shares() -> None:
    written = context(
        ("Which boat pays 290?", "Brisa"), ("Which boat is the cheapest?", "Brisa"), pages=PRICES
    )
    for seed in range(10):
        questions = silenced(Pen(Random(seed)), written).questions
        assert [q.answer for q in questions] in ([ABSENT], ["Brisa", "Brisa"])


def test_beside_what_was_taken_out_only_what_does_not_hang_on_it_is_asked() -> None:
    page = [["Gate, code 4471", "Zeca"], ["Boat", "Zeca"], ["Pay", "4,500"], ["Since", "2019"]]
    written = context(
        ("What is the code?", "4471"),
        ("Who guards the gate?", "Zeca"),
        ("What does he earn whose code is 4471?", "4,500"),
        ("What is paid?", "4,500"),
        ("Which line has no figure?", "Boat"),
        pages=[page],
    )
    seen = 0
    for seed in range(20):
        found = silenced(Pen(Random(seed)), written)
        text = text_of(found.pages)
        if "4471" not in text and "4,500" in text:
            said = [(q.phrasings[0], q.answer) for q in found.questions]
            assert said == [("What is the code?", ABSENT), ("What is paid?", "4,500")]
            seen += 1
    assert seen


def test_nothing_is_taken_out_that_a_name_or_a_row_below_would_still_tell_of() -> None:
    chand = [["Director", "Priya Chand"], ["Ask Ms Chand", "for leave"], ["Room", "on request"]]
    flights = [["CD 402", "06:10", "direct"], ["Bag included"], ["PY 18", "09:45", "Lima"]]
    for page, question in (
        (chand, ("Who directs it?", "Priya Chand")),
        (flights, ("Which flight leaves at 06:10?", "CD 402")),
    ):
        written = context(question, pages=[page])
        assert all(silenced(Pen(Random(seed)), written) == written for seed in range(10))


def test_people_have_other_names_where_they_are_only_named_in_full() -> None:
    written = context(
        ("Who lies in bed 301?", "Aino Lind"),
        ("Is Aino Lind in ward B?", "yes"),
        ("What soup is there?", "Leek"),
    )
    names = ("Dejan Kostić", "Kinga Wrońska", "Aino Lind")
    found = renamed(Pen(Random(1)), written, names)
    name = found.questions[0].answer
    assert people(written) == ["Aino Lind"] and people(found) == [name] and name in names[:2]
    assert found.pages[0][2] == ["301", name, "8841"]
    assert found.questions[1].phrasings[0] == f"Is {name} in ward B?"
    assert found.questions[2] == written.questions[2]
    short = context(("Who lies in bed 301?", "Aino Lind"), ("Is Lind in ward B?", "yes"))
    assert renamed(Pen(Random(1)), short, names) == short
    initials = context(("Who lies in bed 301?", "Aino Lind"), ("Who is A.L.?", "a patient"))
    assert renamed(Pen(Random(1)), initials, names) == initials


def test_a_doctor_is_still_called_one_under_another_name() -> None:
    pages = [[["Visit", "Dr Pemba"], ["Bed", "301"]]]
    written = context(("Who comes?", "Dr Pemba"), pages=pages)
    names = ("Dejan Kostić", "Dr Aino Lind", "Mrs Dvorak")
    assert all(
        renamed(Pen(Random(s)), written, names).questions[0].answer == names[1] for s in range(9)
    )
    assert renamed(Pen(Random(1)), written, names[:1]) == written


def test_where_an_answer_stands_twice_or_in_running_text_nothing_is_taken_out() -> None:
    rows = [["Moved to Pier 4", "Pier 4"], ["All boats leave the yard before the ice comes in May"]]
    pages = [[*rows, ["Yours, the yard"]]]
    written = context(("Where to?", "Pier 4"), ("Which month?", "May"), pages=pages)
    assert all(silenced(Pen(Random(seed)), written) == written for seed in range(10))


def test_in_every_guise_an_answer_that_is_copied_stands_on_the_pages() -> None:
    asked = 0
    for number, written in enumerate(written_contexts(False)[::9]):
        pen = Pen(Random(number))
        for found in (
            renumbered(pen, written),
            reordered(pen, written),
            rearranged(pen, written),
            silenced(pen, written),
            renamed(
                pen, written, ("Dejan Kostić", "Kinga Wrońska", "Hasse Tveit", "Zintle Mabaso")
            ),
            as_read(written),
        ):
            if found is None:
                continue
            text = text_of(found.pages).casefold()
            for question in found.questions:
                answer = question.answer.casefold()
                judged = answer.isdigit() or answer in ("yes", "no", ABSENT) or "{" in answer
                assert judged or all(part in text for part in answer.split(", ")), question
                asked += 1
    assert asked > 5000


def test_most_contexts_have_been_read_from_pictures() -> None:
    every = [*written_contexts(False), *written_contexts(True)]
    assert sum(as_read(written) is not None for written in every) > 0.8 * len(every)
    assert set(readings()) <= {written.name for written in every}


def test_what_was_changed_since_it_was_read_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = context(("What soup is there?", "Leek"), ("Which day?", "Tuesday"))
    lost = [PAGES[0], [["Kitchen notice"], ["Soup", "Lcek"]]]
    row = {"name": written.name, "mark": mark(written), "pages": lost}
    monkeypatch.setattr(guises, "READINGS", tmp_path / "readings.jsonl")
    guises.READINGS.write_text(json.dumps(row), encoding="utf-8")
    readings.cache_clear()
    try:
        found = as_read(written)
        assert found is not None and found.pages == lost
        # What was misread cannot be asked for.
        assert [question.answer for question in found.questions] == ["Tuesday"]
        changed = WrittenContext(written.name, [*PAGES, [["One more"]]], written.questions)
        assert as_read(changed) is None
    finally:
        readings.cache_clear()


def test_a_sheet_says_what_the_rows_say_in_every_style() -> None:
    rows = [["A & B <now>"], ["Name", "Left", "Right"], ["x", EMPTY_CELL, "3 > 2"], ["k", "v"]]
    styles = set()
    for seed in range(30):
        sheet = typeset(Pen(Random(seed)), rows)
        shown = unescape(re.sub(r"<[^>]*>", "\n", sheet.html.partition("</style>")[2]))
        cells = [cell for row in rows for cell in row if cell != EMPTY_CELL]
        assert shown.split("\n") and [part for part in shown.split("\n") if part] == cells
        styles.add(sheet.html)
    assert len(styles) == 30
    assert typeset(Pen(Random(3)), rows) == typeset(Pen(Random(3)), rows)


def test_a_worn_picture_is_another_picture_of_the_same_size() -> None:
    picture = Image.effect_noise((200, 120), 50).convert("RGB")
    worn = wear(Random(2), picture)
    assert worn.size == picture.size
    assert worn.tobytes() != picture.tobytes()


def test_pages_are_shown_by_a_browser_read_once_and_read_again_when_they_change(
    tmp_path: Path,
) -> None:
    file, reader = tmp_path / "readings.jsonl", Reader(1)
    written = context(("What soup is there?", "Leek"))
    assert extend(file, [written], reader, 5) == 1
    first = file.read_text(encoding="utf-8")
    row = json.loads(first)
    assert row["mark"] == mark(written)
    words = set(re.findall(r"\w+", text_of(row["pages"])))
    assert {"Aino", "Lind", "Kitchen", "Leek", "7230", "2019"} <= words
    assert extend(file, [written], reader, 0) == 1
    assert file.read_text(encoding="utf-8") == first
    changed = WrittenContext(written.name, PAGES[:1], written.questions)
    assert extend(file, [changed], reader, 5) == 1
    assert len(json.loads(file.read_text(encoding="utf-8"))["pages"]) == 1
    with browser() as show:
        sheet = typeset(Pen(Random(1)), PAGES[0])
        assert show(sheet).width == sheet.width
