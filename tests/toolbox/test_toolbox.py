"""An agent's tools over real files: ids, reading, finding, answers with places, and refusals."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import NoReturn

import pytest
from PIL import Image, ImageDraw, ImageFont

from leopard_tools import LazyLeopard, Leopard
from leopard_tools.capture import web
from leopard_tools.capture.segments import segment_tops
from leopard_tools.errors import (
    Cancelled,
    CaptureDenied,
    DocumentInvalid,
    ImageTooLarge,
    LeopardError,
    SourceForbidden,
)
from leopard_tools.images.limits import Limits
from leopard_tools.images.wanted import Check
from leopard_tools.reading.kept import VARIABLE
from leopard_tools.reading.layout import compose
from leopard_tools.testing import ScriptedLeopard
from leopard_tools.toolbox import Access, Opened, Toolbox
from leopard_tools.toolbox import toolbox as toolbox_module
from leopard_tools.toolbox.captures import CaptureStore
from leopard_tools.toolbox.desktop import Target
from leopard_tools.toolbox.excerpts import within
from leopard_tools.toolbox.toolbox import page_after, page_shares, page_start
from leopard_tools.types import UNREAD, Box, Frame, Line, Reading

from ..conftest import GOLDEN
from ..images.local_site import served

TINY = GOLDEN / "leopard-llava-tiny"


def never() -> LazyLeopard:
    """What reads, and fails where it is asked."""
    return LazyLeopard("no/checkpoint/of/this/name")


@pytest.fixture
def toolbox(nano: Leopard, data: Path) -> Toolbox:
    return Toolbox(nano, Access(roots=[data]))


def test_a_deck_is_opened_read_and_searched_without_the_model(data: Path) -> None:
    toolbox = Toolbox(never(), Access(roots=[data]))
    deck = toolbox.slides("deck.pdf")
    assert len(deck.captures) == 6 and deck.name in deck.text
    assert [capture.frame.page for capture in deck.captures] == [1, 2, 3, 4, 5, 6]
    found = toolbox.find("Gross margin", [deck.name])
    capture, line = found.places[0]
    assert "Gross margin" in line.text
    assert found.to_dict()["matches"][0]["capture"] == capture.id  # type: ignore[index]
    assert str(capture.frame.page) in found.text
    # The words stand where the box says.
    page = toolbox.read([capture.id]).readings[0][1]
    assert any(line.box.left >= each.box.left and "Gross" in each.text for each in page.lines)
    assert "in none of these" in toolbox.find("zebra crossing", [deck.name]).text
    with pytest.raises(LeopardError, match="text to find is empty"):
        toolbox.find(" ", [deck.name])


def test_an_answer_cites_its_page_and_box(toolbox: Toolbox) -> None:
    deck = toolbox.slides("deck.pdf")
    answered = toolbox.ask("What was the gross margin?", [deck.name])
    assert answered.answer.text == "58.4%"
    told = answered.to_dict()
    assert json.loads(json.dumps(told)) == told
    citation = told["citations"][0]  # type: ignore[index]
    assert citation["capture"] in {capture.id for capture in deck.captures}
    assert citation["text"] in toolbox.read([citation["capture"]]).text
    assert f"{citation['capture']} (page" in answered.text and "untrusted" in answered.text


def test_asking_in_asyncio_gives_the_same_answer(toolbox: Toolbox) -> None:
    question = "What was the gross margin?"
    answered = asyncio.run(toolbox.aask(question, ["deck.pdf"]))
    assert answered.answer.text == toolbox.ask(question, ["deck.pdf"]).answer.text


def test_an_answer_that_is_cut_says_so(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolbox_module, "_TOKENS", 4)
    toolbox = Toolbox(ScriptedLeopard(["58.4 percent", "58"]), Access(roots=[data]))
    cut, whole = (toolbox.ask("What was the gross margin?", ["page.png"]) for _ in range(2))
    assert cut.to_dict()["finish_reason"] == "length" and "(cut at 4 tokens):" in cut.text
    assert whole.to_dict()["finish_reason"] == "stop" and "(cut" not in whole.text


def test_a_leopard_that_was_closed_is_loaded_again() -> None:
    toolbox = Toolbox(LazyLeopard(TINY, device="cpu"))
    first = toolbox.leopard
    assert toolbox.leopard is first
    first.close()
    second = toolbox.leopard
    assert second is not first and not second.closed
    second.close()
    # One that was given is its giver's to load.
    assert Toolbox(first).leopard is first


def drawn(folder: Path) -> Path:
    picture = Image.new("RGB", (300, 60), "white")
    ImageDraw.Draw(picture).text((20, 15), "Harbour fee", "black", ImageFont.load_default(24))
    picture.save(folder / "drawn.png")
    return folder / "drawn.png"


def test_what_was_read_is_not_read_again_for_the_first_question(tmp_path: Path) -> None:
    drawn(tmp_path)
    toolbox = Toolbox(LazyLeopard(TINY, device="cpu"), Access(roots=[tmp_path]))
    assert "Harbour fee" in toolbox.read(["drawn.png"]).text
    with toolbox.leopard as leopard:
        toolbox.ask("What?", ["drawn.png"])
        assert leopard.caches["pictures"].entries == 1
    # Where it is closed, there is somebody who reads.
    assert "Harbour fee" in toolbox.read(["drawn.png"]).text


def test_the_limits_are_those_given_or_the_leopards(data: Path) -> None:
    access = Access(roots=[data])
    with ScriptedLeopard([], limits=Limits(pages=2)) as leopard:
        for strict in (
            Toolbox(leopard, access),
            Toolbox(LazyLeopard(limits=Limits(pages=2)), access),
            Toolbox(never(), access, limits=Limits(pages=2)),
        ):
            for source in ("deck.pdf", data_url(data / "deck.pdf")):
                with pytest.raises(ImageTooLarge, match="2 pages"):
                    strict.slides(source)
        assert len(Toolbox(leopard, access, limits=Limits()).slides("deck.pdf").captures) == 6


def test_a_check_ends_opening_reading_and_finding(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is known is given without a check.
    monkeypatch.delenv(VARIABLE)
    toolbox = Toolbox(never(), Access(roots=[data], screen=True))

    def check() -> None:
        raise Cancelled("Nobody waits.")

    page = toolbox.slides("page.png")
    steps: list[Callable[[], object]] = [
        lambda: toolbox.slides("deck.pdf", check=check),
        lambda: toolbox.read(["deck.pdf"], check=check),
        lambda: toolbox.read([page.name], check=check),
        lambda: toolbox.find("margin", [page.name], check=check),
    ]
    for step in steps:
        with pytest.raises(Cancelled):
            step()
    assert len(toolbox.captures) == 1
    monkeypatch.setattr(Target, "grab", lambda *_: replace(page.captures[0].frame, page=None))
    with pytest.raises(Cancelled):
        toolbox.screen(check=check)


def test_a_question_that_is_cancelled_opens_no_more_pages(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toolbox = Toolbox(never(), Access(roots=[data]))
    begun, ended, left = threading.Event(), threading.Event(), threading.Event()

    def load_slowly(*_: object, check: Check, **__: object) -> NoReturn:
        begun.set()
        left.wait(10)
        try:
            check()
        finally:
            ended.set()
        raise AssertionError("nobody said that it is over")

    monkeypatch.setattr(toolbox_module, "load_stream", load_slowly)

    async def leave() -> None:
        asking = asyncio.create_task(toolbox.aask("Who?", ["deck.pdf"]))
        await asyncio.to_thread(begun.wait, 10)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        left.set()

    asyncio.run(leave())
    assert ended.wait(10)


def test_a_very_high_page_says_where_it_goes_on() -> None:
    frames = [Frame(Image.new("RGB", (9, 900)), "page", origin=(0, top)) for top in (0, 29_100)]
    assert page_after(frames, 0) == 29_840
    assert page_after(frames, 60) is None and page_after(frames[:1], 0) is None
    assert (page_start(True, 0), page_start(False, 0), page_start(False, 5)) == (0, None, 5)
    captures = CaptureStore(2**20).add("me", frames, "page", ("page", "x"))
    opened = Opened("x", "x", tuple(captures), next=29_840)
    assert "from pixel 29840 on" in opened.text and opened.to_dict()["next"] == 29_840
    whole = Opened("x", "x", tuple(captures))
    assert "goes on" not in whole.text and "next" not in whole.to_dict()


def test_a_page_that_is_cancelled_is_not_captured() -> None:
    with served() as site:
        site.answers["/"] = lambda handler: handler.reply(
            200, b"<title>quick</title>", Content_Type="text/html"
        )
        site.answers["/slow"] = lambda _: site.over.wait(20) and None
        toolbox = Toolbox(never(), Access(allow_private=True))

        async def work() -> None:
            opened = await toolbox.apage(site.url(), full_page=False, width=640)
            assert opened.captures[0].frame.title == "quick"
            assert opened.captures[0].frame.size == (640, 900)
            start = time.monotonic()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(toolbox.apage(site.url("/slow")), 0.5)
            assert time.monotonic() - start < 10

        asyncio.run(work())
        with pytest.raises(SourceForbidden, match="no web addresses"):
            asyncio.run(Toolbox(never(), Access(web=False)).apage(site.url()))
    web.close()


def test_an_answer_is_held_to_a_schema(toolbox: Toolbox) -> None:
    schema = {
        "type": "object",
        "properties": {"margin": {"type": "string"}},
        "required": ["margin"],
    }
    told = toolbox.ask("What was the gross margin?", ["deck.pdf"], schema=schema).to_dict()
    assert isinstance(told["parsed"]["margin"], str)  # type: ignore[index]


def data_url(file: Path) -> str:
    return f"data:application/pdf;base64,{base64.b64encode(file.read_bytes()).decode()}"


def test_pages_are_chosen_of_what_is_at_an_address_too(data: Path) -> None:
    toolbox, url = Toolbox(never()), data_url(data / "deck.pdf")
    chosen = toolbox.slides(url, pages=[3, 2])
    assert [capture.frame.page for capture in chosen.captures] == [3, 2]
    with pytest.raises(DocumentInvalid, match="no page 9"):
        toolbox.slides(url, pages=[9])


def test_chosen_pages_are_all_that_their_name_stands_for(toolbox: Toolbox) -> None:
    chosen = toolbox.slides("deck.pdf", pages=[3, 2])
    assert [capture.frame.page for capture in chosen.captures] == [3, 2]
    read = toolbox.read([chosen.name])
    assert [capture.frame.page for capture, _ in read.readings] == [3, 2]
    with pytest.raises(DocumentInvalid, match="no page 9"):
        toolbox.slides("deck.pdf", pages=[9])
    with pytest.raises(LeopardError, match="list of pages is empty"):
        toolbox.slides("deck.pdf", pages=[])


def test_a_deck_keeps_the_order_of_its_pages_whichever_was_looked_at_last(data: Path) -> None:
    toolbox = Toolbox(never(), Access(roots=[data]))
    deck = toolbox.slides("deck.pdf")
    toolbox.read([deck.captures[0].id])
    assert toolbox.resolve([deck.name]) == list(deck.captures)
    # Also where the file is named again.
    assert toolbox.slides("deck.pdf").captures == deck.captures
    assert toolbox.resolve(["deck.pdf"]) == list(deck.captures)


def test_a_file_is_opened_again_only_where_it_changed(tmp_path: Path, data: Path) -> None:
    toolbox = Toolbox(never(), Access(roots=[tmp_path]))
    file = tmp_path / "page.png"
    file.write_bytes((data / "page.png").read_bytes())
    first = toolbox.read(["page.png"]).readings[0][0]
    assert toolbox.read(["page.png"]).readings[0][0] is first
    file.write_bytes((data / "scan.jpg").read_bytes())
    assert toolbox.read(["page.png"]).readings[0][0] is not first


def test_what_was_not_permitted_is_refused_with_a_next_step(data: Path) -> None:
    toolbox = Toolbox(never())
    with pytest.raises(SourceForbidden, match="permit the folder"):
        toolbox.slides("deck.pdf")
    with pytest.raises(CaptureDenied, match="permit it with"):
        toolbox.screen()
    with pytest.raises(SourceForbidden, match="not a public address"):
        toolbox.page("http://127.0.0.1:8080/")
    with pytest.raises(SourceForbidden, match="no web addresses"):
        Toolbox(never(), Access(web=False)).page("https://example.org/")
    with pytest.raises(LeopardError, match="no capture"):
        toolbox.read(["abcdefghjkmnpqrstuvw-1"])


def test_without_images_there_is_nothing_to_look_at(data: Path) -> None:
    # A model that calls a tool can leave its list empty.
    toolbox = Toolbox(ScriptedLeopard(["58.4%"] * 2), Access(roots=[data]))
    calls: list[Callable[[], object]] = [
        lambda: toolbox.read([]),
        lambda: toolbox.find("margin", []),
        lambda: toolbox.ask("What was the gross margin?", []),
        lambda: asyncio.run(toolbox.aask("What was the gross margin?", [])),
    ]
    for call in calls:
        with pytest.raises(LeopardError, match="No images are named"):
            call()
    assert toolbox.resolve([]) == []


def test_a_name_never_stands_for_less_than_it_was_given_for(data: Path) -> None:
    toolbox = Toolbox(never(), Access(roots=[data]))
    deck = toolbox.slides("deck.pdf")
    toolbox.captures.forget("toolbox", [deck.captures[0].id])
    with pytest.raises(LeopardError, match="only 5 are left"):
        toolbox.read([deck.name])
    assert toolbox.read([deck.captures[1].id]).readings
    # Named as a file, it is opened again.
    assert len(toolbox.slides("deck.pdf").captures) == 6
    small = Toolbox(never(), Access(roots=[data]), memory_bytes=2**20)
    with pytest.raises(ImageTooLarge, match="Open fewer"):
        small.slides("deck.pdf")


def test_the_store_drops_the_least_recently_used(data: Path) -> None:
    from leopard_tools.images.sources import load_frames

    page = load_frames(data / "page.png")
    width, height = page[0].size
    store = CaptureStore(2 * 3 * width * height)
    first, second = (store.add("me", page, "document", ("d", n))[0] for n in (1, 2))
    store.get("me", [first.id])
    third = store.add("me", page, "document", ("d", 3))[0]
    assert store.get("me", [first.id, third.id]) == [first, third]
    with pytest.raises(LeopardError, match="dropped"):
        store.get("me", [second.id])


def table(random: Random) -> list[Line]:
    """A table of 1,700 pixels in height whose cells wrap, centred on their rows or at the top."""
    lines, top = [], 20
    while top < 1700:
        counts = [random.choice([1, 1, 1, 2, 3, 6]) for _ in range(3)]
        centred = random.random() < 0.5
        for column, count in enumerate(counts):
            start = top + (13 * (max(counts) - count) if centred else 0)
            for number in range(count):
                box = Box(40 + 400 * column, start + 26 * number, 60, 18)
                lines.append(Line(f"word {len(lines)}", box, 1.0))
        top += 26 * max(counts) + random.choice([8, 20])
    return lines


def test_each_line_is_told_in_one_segment_in_whichever_row_it_stands_there() -> None:
    for seed in range(60):
        lines = table(Random(seed))
        tops = segment_tops(max(line.box.bottom for line in lines), 900)
        frames = [Frame(Image.new("RGB", (1280, 900)), "page", origin=(0, top)) for top in tops]
        told = []
        for frame, strip in zip(frames, page_shares(frames), strict=True):
            shown = [
                replace(line, box=replace(line.box, top=line.box.top - frame.origin[1]))
                for line in lines
                if frame.origin[1] <= line.box.top and line.box.bottom <= frame.origin[1] + 900
            ]
            told += within(compose(shown, 1280, 900), frame, strip).lines
        assert sorted(line.text for line in told) == sorted(line.text for line in lines), seed


def test_a_cell_that_is_told_in_another_segment_is_not_told_to_be_empty() -> None:
    name, first, second, last = (
        Line(text, Box(left, top, 60, 20), 1.0)
        for text, left, top in (("a", 0, 0), ("b", 200, 0), ("c", 200, 40), ("d", 600, 0))
    )
    # The third cell of four is empty.
    reading = Reading(((name, first, second, last),), 700, 60, ((1, 2, 0, 1),))
    frame = Frame(Image.new("RGB", (700, 60)), "page")
    assert within(reading, frame, (0, 60)) == reading
    assert within(reading, frame, (0, 30)).text == "a | b | (empty) | d"
    assert within(reading, frame, (30, 60)).text == "c | (empty)"
    unread = replace(reading, cells=((1, 2, UNREAD, 1),))
    assert within(unread, frame, (0, 30)).text == "a | b | (not read) | d"
