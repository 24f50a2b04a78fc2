"""A person's way through the program, on the example deck, page and scan, with the real model."""

from __future__ import annotations

import asyncio
import io
import json
import math
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from leopard_tools import Frame, Leopard, LeopardError
from leopard_tools.errors import Cancelled, DocumentInvalid, ImageInvalid, SchemaUnsupported
from leopard_tools.images.sources import Limits, load_frames
from leopard_tools.types import Deferred


@pytest.fixture(scope="module")
def deck(data: Path) -> list[Frame]:
    return load_frames(data / "deck.pdf")


def test_a_question_about_one_slide_is_answered_with_its_evidence(
    nano: Leopard, deck: list[Frame]
) -> None:
    answer = nano.ask("What was the gross margin?", [deck[1]], cite=True)
    assert answer.text == "58.4%"
    assert answer.finish_reason == "stop"
    (citation,) = answer.citations
    assert (citation.image, citation.text) == (0, "58.4%")
    # The tile in the middle of the upper row.
    x, y = citation.box.center
    assert 700 < x < 960 and 360 < y < 460


def test_a_question_about_six_slides_names_the_page(nano: Leopard, deck: list[Frame]) -> None:
    answer = nano.ask("Who is the Chief Executive?", deck, verbatim=True)
    assert answer.text == "Ingrid Solheim"
    assert {answer.images[citation.image].page for citation in answer.citations} == {1, 6}


def test_evidence_is_outlined_in_a_copy(nano: Leopard, deck: list[Frame]) -> None:
    before = deck[1].image.copy()
    answer = nano.ask("What was the gross margin?", [deck[1]], verbatim=True)
    shown = answer.show(0)
    assert shown.size == before.size
    assert ImageChops.difference(deck[1].image, before).getbbox() is None
    changed = ImageChops.difference(shown, before).getbbox()
    assert changed is not None
    box = answer.citations[0].box
    assert changed[0] <= box.left and changed[2] >= box.right


def test_what_is_not_there_is_said_to_be_absent(nano: Leopard, data: Path) -> None:
    answer = nano.ask("What is the weight of the parcel?", [data / "scan.jpg"], cite=True)
    assert answer.text == "not in the images"
    assert answer.citations == ()


def test_absence_is_claimed_only_where_it_is_likely_enough(
    nano: Leopard, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "What is the weight of the parcel?"
    monkeypatch.setattr(nano._variant, "absent_from", 1.1)
    free = nano.ask(question, [data / "scan.jpg"])
    quoted = nano.ask(question, [data / "scan.jpg"], verbatim=True)
    assert "not in the images" not in (free.text, quoted.text)
    assert free.probability < 0.5 and quoted.citations


def test_tokens_are_told_as_text_and_what_is_no_token_is_refused(nano: Leopard) -> None:
    ids = nano.encode("58.4% of 12")
    assert nano.decode(ids) == nano.decode(np.array(ids)) == "58.4% of 12"
    wrong: list[Any] = [-1, 49_152, 10**12, 1.5, "a"]
    for each in wrong:
        with pytest.raises(LeopardError, match=f"{each!r} is no token's id: .* 0 to 49151"):
            nano.decode([*ids, each])


def test_an_answer_turns_into_json(nano: Leopard, deck: list[Frame]) -> None:
    answer = nano.ask("What was the gross margin?", [deck[1]], cite=True)
    content = json.loads(json.dumps(answer.to_dict()))
    assert content["text"] == answer.text
    assert content["images"] == [{"source": deck[1].source, "page": 2, "size": list(deck[1].size)}]
    assert content["citations"][0]["box"].keys() == {"left", "top", "width", "height"}


def test_the_same_images_in_any_form_give_the_same_answer(
    nano: Leopard, data: Path, deck: list[Frame]
) -> None:
    page = data / "page.png"
    picture = Image.open(page).convert("RGB")
    content = page.read_bytes()
    forms = [page, str(page), content, bytearray(content), picture, np.asarray(picture)]
    # One alone need not be put into a list.
    counts = {nano.count_tokens("Who?", source) for form in forms for source in (form, [form])}
    assert counts == {nano.count_tokens("Who?", load_frames(page))}


def test_one_broken_image_among_good_ones_is_an_error_that_names_it(
    nano: Leopard, data: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes((data / "page.png").read_bytes()[:5000])
    with pytest.raises(ImageInvalid, match=r"broken\.png"):
        nano.ask("Who?", [data / "page.png", broken])


def test_reading_a_document_of_several_pages_asks_for_one(nano: Leopard, data: Path) -> None:
    with pytest.raises(DocumentInvalid, match="6 pages"):
        nano.read(data / "deck.pdf")


@pytest.mark.parametrize("alone", [True, False])
def test_a_picture_of_pils_that_cannot_be_decoded_is_refused(nano: Leopard, alone: bool) -> None:
    noise = Image.effect_noise((300, 300), 90)
    content = io.BytesIO()
    noise.save(content, "PNG")
    damaged = Image.open(io.BytesIO(content.getvalue()[:30_000]))
    with pytest.raises(ImageInvalid):
        nano.ask("Who?", damaged if alone else [damaged])


def test_images_given_before_the_question_are_refused(nano: Leopard, data: Path) -> None:
    with pytest.raises(LeopardError, match=r"not a list.*ask\(question, images\)"):
        nano.ask([data / "scan.jpg"], "Who?")  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("images", [None, 3])
def test_what_is_no_image_is_refused(nano: Leopard, images: Any) -> None:
    with pytest.raises(ImageInvalid, match="no kind of image"):
        nano.ask("Who?", images)


@pytest.mark.parametrize(
    "option",
    [
        *({"seed": 2**64}, {"seed": 1.5}, {"seed": True}, {"seed": "a"}),
        *({"max_tokens": "5"}, {"max_tokens": None}, {"max_tokens": math.nan}),
        *({"temperature": "1"}, {"temperature": None}, {"top_p": None}, {"timeout": "5"}),
        *({"stop": None}, {"stop": [None]}, {"stop": b"."}, {"cancel": True}),
    ],
    ids=str,
)
def test_an_option_that_is_none_of_its_kind_is_refused(
    nano: Leopard, option: dict[str, Any]
) -> None:
    ((name, value),) = option.items()
    with pytest.raises(LeopardError, match=rf"^{name} must be .*, not {re.escape(repr(value))}"):
        nano.stream("Who?", **option)


def test_numbers_of_numpy_are_numbers(nano: Leopard) -> None:
    numbers = {"temperature": 1.5, "max_tokens": 8, "seed": 3, "top_p": 0.5}
    plain = nano.ask("Who?", **numbers)
    drawn = {name: np.array([value])[0] for name, value in numbers.items()}
    assert nano.ask("Who?", **drawn).token_ids == plain.token_ids


@pytest.mark.parametrize("options", [{}, {"schema": {"enum": ["caf\udce9", "tea"]}}])
def test_half_of_a_character_is_refused(nano: Leopard, options: dict[str, Any]) -> None:
    question = "Which?" if options else "caf\udce9"
    with pytest.raises(LeopardError, match="surrogates"):
        nano.ask(question, **options)
    with pytest.raises(SchemaUnsupported):
        nano.ask("Which?", schema={"type": "object", "properties": {"\udce9": {}}})


def test_limits_are_the_callers(data: Path) -> None:
    from leopard_tools.errors import ImageTooLarge

    with (
        Leopard.load(device="cpu", limits=Limits(pages=2)) as leopard,
        pytest.raises(ImageTooLarge, match="2 pages"),
    ):
        leopard.ask("Who?", [data / "deck.pdf"])


def test_an_image_is_opened_when_its_request_starts_and_within_its_timeout(
    nano: Leopard, data: Path
) -> None:
    looks = 0

    def slowly(check: Callable[[], None]) -> list[Frame]:
        nonlocal looks
        while True:
            check()
            looks += 1
            time.sleep(0.01)

    with pytest.raises(Cancelled, match=r"0\.2 s"):
        nano.ask("When is it due?", [Deferred(slowly)], timeout=0.2)
    assert looks
    scan = Deferred(lambda check: load_frames(data / "scan.jpg", check=check))
    assert "2 October 2025" in nano.ask("What is the due date of the invoice?", [scan]).text


def test_the_clocks_of_a_stream_stand_still_until_it_is_read(llava: Leopard) -> None:
    stream = llava.stream("When is it due?", max_tokens=1, timeout=1.0)
    time.sleep(1.0)
    timings = stream.answer.timings
    assert timings.first_token <= timings.total < 1

    async def read_later() -> float:
        stream = llava.astream("When is it due?", max_tokens=1, timeout=1.0)
        await asyncio.sleep(1.0)
        return (await stream.result()).timings.total

    assert asyncio.run(read_later()) < 1


def test_all_places_are_found_or_the_best_of_them(nano: Leopard) -> None:
    page = Image.new("RGB", (600, 700), "white")
    font = ImageFont.load_default(24)
    for number in range(15):
        ImageDraw.Draw(page).text((30, 20 + 44 * number), f"Overdue since week {number}", 0, font)
    found = nano.find("Overdue", page)
    assert len(found) == 15 and nano.find("Overdue", page, limit=3) == found[:3]
    with pytest.raises(LeopardError, match=r"limit must be at least 1.* not 0"):
        nano.find("Overdue", page, limit=0)


def test_words_are_found_where_they_stand(nano: Leopard, deck: list[Frame]) -> None:
    found = nano.find("on-time delivery", deck[1])
    assert found[0].text.lower() == "on-time delivery"
    assert nano.find("no such words here", deck[1]) == []


def test_a_reading_keeps_the_rows_of_a_table(nano: Leopard, deck: list[Frame]) -> None:
    reading = nano.read(deck[2])
    assert "North America | 3.0 | 3.6 | 4.5 | 5.7 | +27%" in reading.text.split("\n")
    assert (reading.width, reading.height) == deck[2].size
