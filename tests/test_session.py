"""Sessions and what is kept between requests: the same answers, for less work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from leopard_tools import Leopard, LeopardError, Message
from leopard_tools.errors import DocumentInvalid, ImageInvalid
from leopard_tools.images.limits import Limits
from leopard_tools.reading.ocr import Reader
from leopard_tools.session import Session
from leopard_tools.types import Deferred, Frame

from .conftest import uncached

QUESTIONS = ["What is it?", "Which image is larger, and why?", "Count them."]


def picture(seed: int, width: int = 90, height: int = 60) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


PICTURES = [picture(seed, 60 + 30 * seed, 90) for seed in range(5)]


@pytest.fixture(params=["idefics2", "llava"])
def seeing(request: pytest.FixtureRequest) -> Iterator[Leopard]:
    """A Leopard of its own caches on the tiny checkpoint of each published layout."""
    shared: Leopard = request.getfixturevalue(request.param)
    with Leopard(shared._variant, shared._reader, Limits(), cache_bytes=2**28) as leopard:
        yield leopard


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 4), st.integers(0, 0)),
        st.tuples(st.just("update"), st.integers(0, 4), st.integers(0, 3)),
        st.tuples(st.just("ask"), st.integers(0, 2), st.integers(0, 0)),
        st.tuples(st.just("chat"), st.integers(0, 2), st.integers(0, 4)),
    ),
    min_size=2,
    max_size=9,
)


@pytest.mark.parametrize("name", ["idefics2", "llava"])
@settings(max_examples=15, deadline=None)
@given(steps=STEPS)
def test_any_course_of_a_session_gives_the_answers_that_nothing_kept_gives(
    name: str, steps: list[tuple[str, int, int]], request: pytest.FixtureRequest
) -> None:
    shared: Leopard = request.getfixturevalue(name)
    plain = uncached(shared)
    images: list[Image.Image] = []
    history: list[Message] = []
    with plain, Leopard(shared._variant, shared._reader, Limits()) as kept:
        session = kept.session()
        for what, one, other in steps:
            if what == "add":
                assert session.add(PICTURES[one]) == len(images)
                images.append(PICTURES[one])
            elif what == "update" and other < len(images):
                session.update(other, PICTURES[one])
                images[other] = PICTURES[one]
            elif what == "ask":
                answer = session.ask(QUESTIONS[one], max_tokens=6)
                expected = plain.ask(QUESTIONS[one], images, max_tokens=6)
                assert answer.token_ids == expected.token_ids
                assert answer.confidence == pytest.approx(expected.confidence, rel=1e-3)
            elif what == "chat":
                turn = Message("user", [PICTURES[other], QUESTIONS[one]])
                answer = kept.chat([*history, turn], max_tokens=6)
                expected = plain.chat([*history, turn], max_tokens=6)
                assert answer.token_ids == expected.token_ids
                history += [turn, Message("assistant", [answer.text])]


def test_the_next_question_computes_only_what_is_new(seeing: Leopard) -> None:
    with seeing.session(PICTURES[:3]) as session:
        first = session.ask("What is it?", max_tokens=3)
        second = session.ask("And what is that?", max_tokens=3)
    assert first.usage.cached_tokens == 0
    ids = [prompt_ids(seeing, q, PICTURES[:3]) for q in ("What is it?", "And what is that?")]
    same = next(i for i, (a, b) in enumerate(zip(*ids, strict=False)) if a != b)
    assert second.usage.cached_tokens == same >= second.usage.image_tokens
    assert second.usage.encoder_computed == 0 < second.usage.encoder_reused
    assert first.usage.encoder_computed == second.usage.encoder_reused


def prompt_ids(leopard: Leopard, question: str, images: list[Image.Image]) -> tuple[int, ...]:
    return leopard._inquire(question, images, None, {}).prompt().ids


def test_questions_of_independent_calls_share_their_beginning_too(seeing: Leopard) -> None:
    seeing.ask("What is it?", PICTURES[:2], max_tokens=3)
    again = seeing.ask("Where is it?", PICTURES[:2], max_tokens=3)
    other = seeing.ask("Where is it?", PICTURES[2:4], max_tokens=3)
    assert again.usage.cached_tokens >= again.usage.image_tokens
    assert other.usage.cached_tokens < other.usage.image_tokens


def test_a_conversation_sent_again_continues_where_it_was(seeing: Leopard) -> None:
    turns = [Message("user", [PICTURES[0], "What is it?"])]
    first = seeing.chat(turns, max_tokens=4)
    turns += [Message("assistant", [first.text]), Message("user", ["Are you sure?"])]
    second = seeing.chat(turns, max_tokens=4)
    assert second.usage.cached_tokens >= first.usage.prompt_tokens - 3


def test_a_changed_picture_keeps_what_stands_before_it(seeing: Leopard) -> None:
    with seeing.session(PICTURES[:3]) as session:
        session.ask("What is it?", max_tokens=2)
        session.update(2, PICTURES[4])
        changed = session.ask("What is it?", max_tokens=2)
    third = changed.usage.image_tokens // 3
    assert 2 * third <= changed.usage.cached_tokens < changed.usage.image_tokens


def test_one_changed_tile_is_encoded_again_with_the_global_view(llava: Leopard) -> None:
    screen = picture(1, 4 * 364, 2 * 364)
    pixels = np.array(screen)
    pixels[400:500, 900:1000] = 255
    with Leopard(llava._variant, llava._reader, Limits()) as leopard:
        first = leopard.ask("What?", screen, max_tokens=2).usage
        second = leopard.ask("What?", pixels, max_tokens=2).usage
    assert (first.encoder_computed, first.encoder_reused) == (9, 0)
    assert (second.encoder_computed, second.encoder_reused) == (2, 7)


def test_caches_stay_within_their_limit_under_concurrent_use(llava: Leopard) -> None:
    limit = 2**21
    random = Random(2)
    expected = {
        (q, n): uncached(llava).ask(q, PICTURES[: n + 1], max_tokens=4).token_ids
        for q in QUESTIONS
        for n in range(3)
    }
    wanted = [random.choice(list(expected)) for _ in range(40)]
    with Leopard(llava._variant, llava._reader, Limits(), cache_bytes=limit) as leopard:
        with ThreadPoolExecutor(8) as pool:
            found = list(
                pool.map(
                    lambda w: leopard.ask(w[0], PICTURES[: w[1] + 1], max_tokens=4).token_ids,
                    wanted,
                )
            )
        figures = leopard.caches
    assert found == [expected[key] for key in wanted]
    assert sum(f.bytes for f in figures.values()) <= limit
    assert all(f.bytes <= f.limit for f in figures.values())
    assert figures["prefix"].hits and figures["encoder"].hits


def test_a_large_models_caches_hold_a_request_about_eight_pictures(
    llava: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The shape of Leopard-LLaVA: 32 layers, 8 heads of 128 numbers.
    large = replace(llava._variant.language_model.cache_shape, layers=32, heads=8, size=128)
    assert (large.dtype, large.position_bytes) == (torch.float32, 262_144)
    monkeypatch.setattr(type(llava._variant.language_model), "cache_shape", large)
    with Leopard(llava._variant, llava._reader, Limits()) as leopard:
        assert leopard.caches["prefix"].limit >= 10_240 * large.position_bytes
    with Leopard(llava._variant, llava._reader, Limits(), cache_bytes=2**20) as leopard:
        assert leopard.caches["prefix"].limit + leopard.caches["encoder"].limit <= 2**20


def test_no_cache_keeps_nothing(llava: Leopard) -> None:
    with uncached(llava) as leopard:
        for _ in range(2):
            usage = leopard.ask("What is it?", PICTURES[:2], max_tokens=2).usage
            assert (usage.cached_tokens, usage.encoder_reused) == (0, 0)
        # The reader, and what it keeps, is the one that other tests use too.
        assert leopard.caches["prefix"].entries == leopard.caches["encoder"].entries == 0
    with pytest.raises(LeopardError, match="cache_bytes"):
        Leopard.load("nowhere", cache_bytes=-1)


def test_a_session_refuses_what_it_cannot_take_and_stays_as_it_was(
    llava: Leopard, data: object
) -> None:
    session = llava.session(PICTURES[0])
    with pytest.raises(ImageInvalid):
        session.add(b"\x89PNG no more")
    with pytest.raises(DocumentInvalid, match="pages"):
        session.update(0, f"{data}/deck.pdf")
    with pytest.raises(LeopardError, match="no image 3"):
        session.update(3, PICTURES[1])
    assert [frame.size for frame in session.images] == [PICTURES[0].size]
    session.close()
    with pytest.raises(LeopardError, match="closed"):
        session.ask("What?")


@pytest.mark.parametrize("change", [Session.add, lambda session, late: session.update(0, late)])
def test_a_session_that_is_closed_meanwhile_takes_no_more_images(
    llava: Leopard, change: Callable[[Session, Deferred], object]
) -> None:
    def closing(check: Callable[[], None]) -> list[Frame]:
        session.close()
        return [Frame(PICTURES[1], "made")]

    session = llava.session(PICTURES[0])
    with pytest.raises(LeopardError, match="session was closed"):
        change(session, Deferred(closing))
    assert session.images == ()


def test_no_question_is_about_the_images_of_a_session_that_is_closed_meanwhile(
    llava: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = llava.session(PICTURES[0])
    closing = threading.Thread(target=session.close)
    real = Session._check_open

    def check(self: Session) -> None:
        real(self)
        closing.start()
        closing.join(0.2)

    monkeypatch.setattr(Session, "_check_open", check)
    stream = session.stream("What?", max_tokens=2)
    closing.join()
    assert len(stream.answer.images) == 1


def test_a_broken_picture_among_good_ones_fails_that_request_only(llava: Leopard) -> None:
    broken = b"\x89PNG\r\n\x1a\n" + b"0" * 40
    with pytest.raises(ImageInvalid):
        llava.ask("What?", [PICTURES[0], broken, PICTURES[1]])
    assert llava.ask("What?", PICTURES[:2], max_tokens=2).text is not None


def test_what_a_document_adds_is_counted(llava: Leopard, data: object) -> None:
    session = llava.session(PICTURES[0])
    assert session.add(f"{data}/deck.pdf") == 1
    assert session.add(PICTURES[1]) == len(session.images) - 1 > 2


def test_a_changed_line_of_a_screenshot_is_all_that_is_read_again(nano: Leopard) -> None:
    def screen(changed: str) -> Image.Image:
        picture = Image.new("RGB", (900, 400), "white")
        lines = ["Build 42 of the billing service", "Compiled 318 files", changed, "Elapsed 4 min"]
        for number, line in enumerate(lines):
            font = ImageFont.load_default(28)
            ImageDraw.Draw(picture).text((40, 40 + 80 * number), line, "black", font)
        return picture

    with Leopard(nano._variant, Reader(), Limits()) as leopard, leopard.session() as session:
        session.add(screen("Running the tests"))
        first = session.ask("How many files were compiled?").usage
        session.update(0, screen("All tests have passed"))
        second = session.ask("How many files were compiled?").usage
    assert (first.encoder_computed, first.encoder_reused) == (4, 0)
    # The changed line, and at most a neighbour whose crop it touches.
    assert second.encoder_computed <= 2 <= second.encoder_reused
