"""One worker, many callers: company, cancelling, faults and the end change no one else's answer."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from random import Random

import pytest
import torch
from PIL import Image
from torch.multiprocessing.reductions import StorageWeakRef

from leopard_tools import Frame, Leopard, LeopardError, Message, turns
from leopard_tools.engine import worker
from leopard_tools.engine.cache import KVCache
from leopard_tools.engine.prompt import Features
from leopard_tools.engine.task import Task
from leopard_tools.errors import Cancelled, EngineClosed
from leopard_tools.images.sources import load_frames
from leopard_tools.leopard import ASYNC_THREADS
from leopard_tools.variants.base import Encoding

from ..conftest import GOLDEN, uncached

CONTEXT = "\n".join(
    f"Room {n} | {name} | {n * 7} seats"
    for n, name in enumerate(
        ["Aspen", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel"], 1
    )
)
QUESTIONS = [
    f"{CONTEXT}\n\nHow many seats does {name} have?"
    for name in ("Aspen", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel")
]


@pytest.fixture
def tiny() -> Leopard:
    """A Leopard of one's own to break; closed again afterwards."""
    return Leopard.load(GOLDEN / "leopard-llava-tiny", device="cpu")


def answers(leopard: Leopard, questions: list[str], **options: object) -> list[tuple[int, ...]]:
    return [leopard.ask(q, max_tokens=12, **options).token_ids for q in questions]


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.mark.parametrize("cached", [True, False])
def test_32_threads_get_the_answers_that_one_gets(nano: Leopard, cached: bool) -> None:
    questions = QUESTIONS * 4
    expected = answers(uncached(nano), QUESTIONS) * 4
    leopard = nano if cached else uncached(nano)
    with ThreadPoolExecutor(32) as pool:
        found = list(pool.map(lambda q: leopard.ask(q, max_tokens=12).token_ids, questions))
    assert found == expected


def test_requests_run_side_by_side(nano: Leopard) -> None:
    leopard = uncached(nano)
    rows: list[int] = []
    forward = worker.Engine._forward

    def count(engine: worker.Engine, parts: list[worker._Part]) -> list[torch.Tensor]:
        rows.append(len(parts))
        return forward(engine, parts)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(8) as pool:
        patch.setattr(worker.Engine, "_forward", count)
        list(pool.map(lambda q: leopard.ask(q, max_tokens=12), QUESTIONS))
    assert max(rows) >= 4


def test_asyncio_tasks_get_the_answers_that_threads_get(nano: Leopard) -> None:
    expected = answers(nano, QUESTIONS)

    async def ask_all() -> list[tuple[int, ...]]:
        found = await asyncio.gather(*(nano.aask(q, max_tokens=12) for q in QUESTIONS))
        return [answer.token_ids for answer in found]

    assert asyncio.run(ask_all()) == expected


def test_an_async_stream_gives_the_pieces_of_the_answer(nano: Leopard) -> None:
    async def collect() -> tuple[str, str]:
        stream = nano.astream(QUESTIONS[0], max_tokens=12)
        pieces = [piece async for piece in stream]
        return "".join(pieces), stream.answer.text

    joined, text = asyncio.run(collect())
    assert joined == text != ""


def test_a_long_prompt_delays_a_running_answer_by_one_chunk_at_a_time(
    tiny: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PREFILL_CHUNK", 16)
    steps: list[list[int]] = []
    forward = worker.Engine._forward

    def note(engine: worker.Engine, parts: list[worker._Part]) -> list[torch.Tensor]:
        steps.append([len(part.embeddings) for part in parts])
        return forward(engine, parts)

    monkeypatch.setattr(worker.Engine, "_forward", note)
    with tiny:
        running = tiny.stream("What?", max_tokens=400, temperature=1.5, seed=3)
        next(running)
        before = len(steps)
        tiny.ask("word " * 200, max_tokens=1)
        during = [step for step in steps[before:] if len(step) > 1]
        running.close()
    assert len(during) > 10
    # Every step that computed a piece of the long prompt also went on with the running answer.
    assert all(sum(step) <= 16 + 16 for step in during)


def test_a_short_prompt_does_not_wait_for_a_long_one(
    tiny: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PREFILL_CHUNK", 16)
    done: list[str] = []
    with tiny, ThreadPoolExecutor(2) as pool:
        long = pool.submit(lambda: (tiny.ask("word " * 900, max_tokens=1), done.append("long")))
        wait_for(lambda: bool(tiny._engine._running))
        short = pool.submit(lambda: (tiny.ask("Hi?", max_tokens=1), done.append("short")))
        long.result(), short.result()
    assert done == ["short", "long"]


def test_after_100_random_cancellations_the_answers_are_the_same(tiny: Leopard) -> None:
    random = Random(5)
    expected = answers(tiny, QUESTIONS)

    def give_up(number: int) -> None:
        way = number % 4
        question = f"{random.choice(QUESTIONS)} {number}"
        delay = random.random() * 0.03
        try:
            if way == 0:
                stream = tiny.stream(question, max_tokens=200, temperature=1.5, seed=number)
                for _ in range(random.randrange(1, 6)):
                    next(stream, None)
                stream.close()
            elif way == 1:
                event = threading.Event()
                threading.Timer(delay, event.set).start()
                tiny.ask(question, max_tokens=400, temperature=1.5, cancel=event)
            elif way == 2:
                tiny.ask(question, max_tokens=400, temperature=1.5, timeout=delay + 0.001)
            else:
                asyncio.run(cancelled_task(question, delay))
        except Cancelled:
            pass

    async def cancelled_task(question: str, delay: float) -> None:
        task = asyncio.create_task(tiny.aask(question, max_tokens=400, temperature=1.5))
        await asyncio.sleep(delay)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with tiny:
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(give_up, range(100)))
        assert answers(tiny, QUESTIONS) == expected
        wait_for(lambda: not tiny._engine._running)


def test_a_timeout_and_an_event_raise_cancelled(tiny: Leopard) -> None:
    with tiny:
        with pytest.raises(Cancelled, match=r"timeout of 0\.05 s"):
            tiny.ask("What?", max_tokens=2000, temperature=1.5, seed=3, timeout=0.05)
        event = threading.Event()
        event.set()
        with pytest.raises(Cancelled):
            tiny.ask("What?", cancel=event)
        with pytest.raises(LeopardError, match="timeout"):
            tiny.ask("What?", timeout=0)


def test_a_stream_that_nobody_reads_ends_by_itself(tiny: Leopard) -> None:
    with tiny:
        stream = tiny.stream("What?", max_tokens=20, temperature=1.5, seed=3)
        first = next(stream)
        wait_for(lambda: not tiny._engine._running)
        assert first + "".join(stream) == stream.answer.text


def test_a_stream_that_is_dropped_frees_its_row(tiny: Leopard) -> None:
    with tiny:
        stream = tiny.stream("What?", max_tokens=3000, temperature=1.5, seed=3)
        next(stream)
        del stream
        gc.collect()
        wait_for(lambda: not tiny._engine._running)


def test_a_stream_gives_its_answer_also_where_its_leopard_was_dropped(tiny: Leopard) -> None:
    options = {"max_tokens": 40, "temperature": 1.5, "seed": 3}
    with tiny:
        text = tiny.ask("What?", **options).text
    leopard = Leopard(tiny._variant, tiny._reader, tiny._limits)
    later, running = leopard.stream("What?", **options), leopard.stream("What?", **options)
    later_too = leopard.astream("What?", **options)
    next(running)
    thread = leopard._engine._thread
    assert thread is not None
    del leopard
    assert running.answer.text == later.answer.text == text
    assert asyncio.run(later_too.result()).text == text
    assert thread.is_alive()
    # Then nothing of it stays, and that without the garbage collector.
    gc.disable()
    try:
        del later, running, later_too
        wait_for(lambda: not thread.is_alive())
    finally:
        gc.enable()


def test_a_stream_that_has_ended_keeps_neither_cache_nor_features(
    tiny: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    features: list[StorageWeakRef] = []
    caches: list[weakref.ref[KVCache]] = []
    encode, begin = tiny._variant.encode, Task.begin

    def note_features(frames: Sequence[Frame], encoding: Encoding) -> list[Features | None]:
        found = encode(frames, encoding)
        features.extend(StorageWeakRef(f.rows.untyped_storage()) for f in found if f)
        return found

    def note_cache(task: Task, cache: KVCache) -> None:
        caches.append(weakref.ref(cache))
        begin(task, cache)

    monkeypatch.setattr(tiny._variant, "encode", note_features)
    monkeypatch.setattr(Task, "begin", note_cache)
    with uncached(tiny) as leopard:
        stream = leopard.stream("What?", [Image.new("RGB", (60, 60))], max_tokens=4)
        assert stream.answer.usage.image_tokens
        wait_for(lambda: caches[0]() is None)
        assert len(features) == 1 and features[0].expired()


def test_a_stream_may_be_closed_while_another_thread_waits_for_it(tiny: Leopard) -> None:
    with tiny, ThreadPoolExecutor(1) as pool:
        picture = Image.new("RGB", (60, 60))
        stream = tiny.stream("What?", [picture], max_tokens=3000, temperature=1.5, seed=3)
        with tiny._services.turns.turn():
            waiting = pool.submit(list, stream)
            wait_for(lambda: stream._pieces.gi_running)
            stream.close()
        assert isinstance(waiting.exception(60), Cancelled)
        wait_for(lambda: not tiny._engine._running)


@pytest.mark.parametrize("started", [False, True])
def test_a_stream_may_be_closed_while_another_task_waits_for_it(
    tiny: Leopard, started: bool
) -> None:
    async def close_while_waiting() -> BaseException | None:
        stream = tiny.astream("What?", max_tokens=3000, temperature=1.5, seed=3)
        if started:
            await anext(stream)
        waiting = asyncio.create_task(stream.result())
        await asyncio.sleep(0)
        await stream.aclose()
        await asyncio.wait([waiting])
        return waiting.exception()

    with tiny:
        assert isinstance(asyncio.run(close_while_waiting()), Cancelled)
        wait_for(lambda: not tiny._engine._running)


def test_a_stream_that_two_threads_read_loses_nothing_to_the_second(tiny: Leopard) -> None:
    options = {"max_tokens": 20, "temperature": 1.5, "seed": 3}
    picture = Image.new("RGB", (60, 60))
    with tiny, ThreadPoolExecutor(1) as pool:
        text = tiny.ask("What?", [picture], **options).text
        stream = tiny.stream("What?", [picture], **options)
        with tiny._services.turns.turn():
            reading = pool.submit(list, stream)
            wait_for(lambda: stream._pieces.gi_running)
            for ask in (lambda: next(stream), lambda: stream.answer):
                with pytest.raises(LeopardError, match="already waited for, by another thread"):
                    ask()
        assert "".join(reading.result(60)) == stream.answer.text == text


def test_a_stream_that_two_tasks_read_loses_nothing_to_the_second(tiny: Leopard) -> None:
    async def read_twice() -> str:
        stream = tiny.astream("What?", max_tokens=20, temperature=1.5, seed=3)
        reading = asyncio.create_task(stream.result())
        await asyncio.sleep(0)
        for other in (stream.result(), stream.__anext__()):
            with pytest.raises(LeopardError, match="already waited for, by another thread or task"):
                await other
        return (await reading).text

    with tiny:
        text = tiny.ask("What?", max_tokens=20, temperature=1.5, seed=3).text
        assert asyncio.run(read_twice()) == text


def test_who_waits_for_another_one_to_encode_is_cancelled_in_time_too(tiny: Leopard) -> None:
    event = threading.Event()
    pictures = [Image.new("RGB", (60, 60))]
    with tiny, ThreadPoolExecutor(2) as pool, tiny._services.turns.turn():
        timed_out = pool.submit(tiny.ask, "What?", pictures, max_tokens=2, timeout=0.2)
        cancelled = pool.submit(tiny.ask, "What?", pictures, max_tokens=2, cancel=event)
        assert isinstance(error := timed_out.exception(10), Cancelled) and "0.2 s" in str(error)
        event.set()
        assert isinstance(cancelled.exception(10), Cancelled)


def test_only_who_has_something_new_to_encode_waits_for_another_one(tiny: Leopard) -> None:
    known, new = Image.new("RGB", (60, 60), "red"), Image.new("RGB", (60, 60), "blue")
    with tiny, ThreadPoolExecutor(1) as pool:
        tiny.ask("What?", [known], max_tokens=2)
        with tiny._services.turns.turn():
            tiny.ask("And in words alone?", max_tokens=2, timeout=60)
            tiny.ask("And now?", [known], max_tokens=2, timeout=60)
            waiting = pool.submit(tiny.ask, "What?", [new], max_tokens=2)
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
        assert waiting.result(60).usage.encoder_computed == 1


def test_between_two_pictures_of_one_request_another_one_has_its_turn(
    tiny: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (
        [Image.new("RGB", (60, 60), (shade, n, 0)) for n in range(4)] for shade in (9, 99)
    )
    order: list[float] = []
    first, go_on = threading.Event(), threading.Event()
    encode = tiny._variant.encode_tiles

    def note(tiles: torch.Tensor) -> torch.Tensor:
        order.append(float(tiles[0, 0].max()))
        first.set()
        assert go_on.wait(60)
        return encode(tiles)

    monkeypatch.setattr(tiny._variant, "encode_tiles", note)
    with tiny, ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(tiny.ask, "What?", one, max_tokens=2)]
        assert first.wait(60)
        asked.append(pool.submit(tiny.ask, "What?", other, max_tokens=2))
        wait_for(tiny._services.turns._door.locked)
        go_on.set()
        assert [each.result(60).usage.encoder_computed for each in asked] == [4, 4]
    # From the second on they take turns, until the one that came first has no more.
    assert [shade == order[0] for shade in order] == [True, False] * 4


def test_a_picture_that_two_wait_for_is_encoded_once(tiny: Leopard) -> None:
    picture = Image.new("RGB", (60, 60), "green")
    with tiny, ThreadPoolExecutor(2) as pool:
        with tiny._services.turns.turn():
            asked = [pool.submit(tiny.ask, q, [picture], max_tokens=2) for q in ("What?", "Who?")]
            wait_for(tiny._services.turns._door.locked)
        usages = [each.result(60).usage for each in asked]
    assert sorted(usage.encoder_computed for usage in usages) == [0, 1]


def test_who_waits_for_another_ones_picture_to_be_read_is_cancelled_in_time_too() -> None:
    event = threading.Event()
    with Leopard.load() as leopard, ThreadPoolExecutor(2) as pool, leopard._reader._turns.turn():
        picture = Image.new("RGB", (40, 20), "white")
        timed_out = pool.submit(leopard.ask, "What?", [picture], max_tokens=2, timeout=0.2)
        cancelled = pool.submit(leopard.ask, "What?", [picture], max_tokens=2, cancel=event)
        assert isinstance(error := timed_out.exception(10), Cancelled) and "0.2 s" in str(error)
        event.set()
        assert isinstance(cancelled.exception(10), Cancelled)


def test_nothing_more_is_opened_for_whoever_has_given_up(
    tiny: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, opened = threading.Event(), 0

    def open_and_give_up(*source: object, **options: object) -> list[Frame]:
        nonlocal opened
        opened += 1
        event.set()
        return load_frames(*source, **options)

    monkeypatch.setattr(turns, "load_frames", open_and_give_up)
    pictures = [Image.new("RGB", (20, 20))] * 3
    with tiny:
        with pytest.raises(Cancelled):
            tiny.ask("What?", pictures, cancel=event)
        assert opened == 1
        with pytest.raises(Cancelled):
            tiny.chat([Message("user", [*pictures, "What?"])], cancel=event)
        assert opened == 1


@contextmanager
def busy_pool(leopard: Leopard) -> Iterator[None]:
    """All threads that open images for asyncio have something else to do."""
    free = threading.Event()
    for _ in range(ASYNC_THREADS):
        leopard._pool.submit(free.wait, 60)
    try:
        yield
    finally:
        free.set()


def test_who_waits_for_a_thread_is_cancelled_in_time_too(tiny: Leopard) -> None:
    async def give_up() -> list[object]:
        event = threading.Event()
        asking = asyncio.gather(
            tiny.aask("What?", timeout=0.2),
            tiny.aask("What?", cancel=event),
            return_exceptions=True,
        )
        await asyncio.sleep(0)
        event.set()
        return await asyncio.wait_for(asking, 30)

    with tiny, busy_pool(tiny):
        timed_out, cancelled = asyncio.run(give_up())
    assert isinstance(timed_out, Cancelled) and "0.2 s" in str(timed_out)
    assert isinstance(cancelled, Cancelled)


def test_a_fault_ends_one_request_and_the_others_go_on(tiny: Leopard) -> None:
    expected = answers(tiny, QUESTIONS)
    embed = tiny._engine._model.forward

    def fail(embeddings: torch.Tensor, batch: object) -> torch.Tensor:
        # The long prompt is the one that does not fit into memory.
        if len(embeddings) > 200:
            raise MemoryError("no memory left")
        return embed(embeddings, batch)

    def ask(question: str) -> tuple[int, ...] | str:
        try:
            return tiny.ask(question, max_tokens=12).token_ids
        except LeopardError as error:
            return str(error)

    with tiny, pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(9) as pool:
        patch.setattr(tiny._engine._model, "forward", fail)
        found = list(pool.map(ask, [*QUESTIONS, "bad " * 1000]))
    assert found[:-1] == expected
    assert "no memory left" in str(found[-1])


def test_damaged_weights_give_no_answer(tiny: Leopard) -> None:
    with tiny, torch.inference_mode():
        tiny._variant.language_model.head.get_parameter("weight")[7, 3] = torch.nan
        for options in ({}, {"temperature": 1.0}, {"schema": {"enum": ["yes", "no"]}}):
            with pytest.raises(LeopardError, match="no numbers"):
                tiny.ask("What?", max_tokens=4, **options)


def test_a_fault_keeps_nothing_of_what_was_computed(tiny: Leopard) -> None:
    held: list[weakref.ref[torch.Tensor]] = []

    def fail(embeddings: torch.Tensor, batch: object) -> torch.Tensor:
        computed = embeddings.clone()
        held.append(weakref.ref(computed))
        raise MemoryError("no memory left")

    with tiny, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiny._engine._model, "forward", fail)
        with pytest.raises(LeopardError, match="no memory left") as caught:
            tiny.ask("What?")
    assert isinstance(caught.value.__cause__, MemoryError)
    assert [reference() for reference in held] == [None]


def test_an_answer_comes_also_where_its_cache_cannot_be_put_aside(
    tiny: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise torch.OutOfMemoryError("no memory left")

    with tiny:
        expected = answers(tiny, QUESTIONS)
        assert tiny.caches["prefix"].entries
        with monkeypatch.context() as patch:
            patch.setattr(KVCache, "shrink", fail)
            assert tiny.ask(f"{QUESTIONS[0]} Not Birch?", max_tokens=12, timeout=30).text
            assert not tiny.caches["prefix"].entries
        assert answers(tiny, QUESTIONS) == expected


def test_a_worker_that_fails_ends_every_request_and_those_to_come(
    tiny: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = worker.Engine._plan

    class PanicError(BaseException):
        """What a panic in Rust is in Python: no Exception."""

    def fail(engine: worker.Engine) -> list[worker._Part]:
        if len(engine._running) + len(engine._waiting) == 3:
            raise PanicError("all is lost")
        return plan(engine)

    monkeypatch.setattr(worker, "MOST_ROWS", 1)
    monkeypatch.setattr(worker.Engine, "_plan", fail)
    tiny._variant.end_ids = frozenset()
    with ThreadPoolExecutor(3) as pool, tiny:
        asking = [pool.submit(tiny.ask, "What?", max_tokens=3000) for _ in range(3)]
        errors = [asked.exception(60) for asked in asking]
        assert all(isinstance(error, EngineClosed) for error in errors)
        assert len({id(error) for error in errors}) == 3
        with pytest.raises(EngineClosed, match=r"all is lost.*Load it again") as caught:
            tiny.ask("What?")
        assert isinstance(caught.value.__cause__, PanicError)


def test_a_leopard_says_that_it_is_closed(tiny: Leopard, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not tiny.closed

    def fail(engine: worker.Engine) -> list[worker._Part]:
        raise RuntimeError("all is lost")

    with monkeypatch.context() as patch, tiny:
        patch.setattr(worker.Engine, "_plan", fail)
        with pytest.raises(EngineClosed):
            tiny.ask("What?")
        assert tiny.closed
    assert tiny.closed


def test_requests_wait_where_their_caches_would_take_too_much_memory(
    tiny: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = [f"{'word ' * 80} {number}" for number in range(6)]
    expected = answers(tiny, prompts)
    monkeypatch.setattr(worker, "MOST_BYTES", 2 * 256 * tiny._engine._position_bytes)
    rows: list[int] = []
    forward = worker.Engine._forward

    def count(engine: worker.Engine, parts: list[worker._Part]) -> list[torch.Tensor]:
        rows.append(len(engine._running))
        return forward(engine, parts)

    monkeypatch.setattr(worker.Engine, "_forward", count)
    with tiny, ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda p: tiny.ask(p, max_tokens=12).token_ids, prompts))
    assert found == expected
    assert 1 <= max(rows) <= 2


def test_closing_ends_what_waits_and_what_runs(tiny: Leopard) -> None:
    ends: list[BaseException] = []

    def ask(number: int) -> None:
        try:
            tiny.ask(f"What? {number}", max_tokens=3000, temperature=1.5, seed=number)
        except EngineClosed as error:
            ends.append(error)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(40)]
    tiny._variant.end_ids = frozenset()
    for thread in threads:
        thread.start()
    wait_for(lambda: len(tiny._engine._running) == worker.MOST_ROWS)
    tiny.close()
    for thread in threads:
        thread.join(30)
    assert len(ends) == 40
    with pytest.raises(EngineClosed):
        asyncio.run(tiny.aask("What?"))


@pytest.mark.parametrize("busy", [True, False])
def test_closing_ends_what_asyncio_waits_for(tiny: Leopard, busy: bool) -> None:
    async def close() -> list[object]:
        asking = [asyncio.create_task(tiny.aask("What?", max_tokens=3000)) for _ in range(6)]
        later = tiny.astream("What?")
        await asyncio.sleep(0)
        tiny.close()
        return await asyncio.gather(*asking, later.result(), return_exceptions=True)

    tiny._variant.end_ids = frozenset()
    with busy_pool(tiny) if busy else nullcontext():
        ends = asyncio.run(close())
    assert [type(end) for end in ends] == [EngineClosed] * 7


def test_a_leopard_that_is_dropped_ends_its_worker() -> None:
    leopard = Leopard.load(GOLDEN / "leopard-llava-tiny", device="cpu")
    leopard.ask("What?", max_tokens=2)
    thread = leopard._engine._thread
    assert thread is not None and thread.is_alive()
    del leopard
    wait_for(lambda: not thread.is_alive())


def run_program(code: str) -> subprocess.CompletedProcess[str]:
    setup = (
        "import os, sys, threading, time\n"
        "from leopard_tools import Leopard\n"
        f"leopard = Leopard.load({str(GOLDEN / 'leopard-llava-tiny')!r}, device='cpu')\n"
    )
    return subprocess.run(
        [sys.executable, "-c", setup + code],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )


def test_a_program_that_ends_with_requests_pending_neither_hangs_nor_complains() -> None:
    done = run_program(
        "ask = lambda: leopard.ask('What?', max_tokens=3000, temperature=1.5)\n"
        "for _ in range(4): threading.Thread(target=ask, daemon=True).start()\n"
        "stream = leopard.stream('What?', max_tokens=3000, temperature=1.5)\n"
        "next(stream)\n"
        "print('ended')\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended\n", "")


@pytest.mark.parametrize("ended", ["del leopard", "leopard.close()"])
def test_a_fork_in_which_a_leopard_is_dropped_or_closed_goes_on(ended: str) -> None:
    done = run_program(
        "held, over = threading.Event(), threading.Event()\n"
        "def hold():\n"
        "    with leopard._engine._wake:\n"
        "        held.set()\n"
        "        over.wait()\n"
        "threading.Thread(target=hold).start()\n"
        "held.wait()\n"
        "child = os.fork()\n"
        "if not child:\n"
        f"    {ended}\n"
        "    os._exit(7)\n"
        "end = time.monotonic() + 20\n"
        "while not (gone := os.waitpid(child, os.WNOHANG)[1]) and time.monotonic() < end:\n"
        "    time.sleep(0.01)\n"
        "os.kill(child, 9) if not gone else None\n"
        "over.set()\n"
        "print(os.waitstatus_to_exitcode(gone))\n"
    )
    assert (done.stdout, done.returncode) == ("7\n", 0), done.stderr


def test_a_fork_after_loading_gets_a_clear_error() -> None:
    done = run_program(
        "leopard.ask('What?', max_tokens=2)\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    try:\n"
        "        leopard.ask('What?')\n"
        "    except Exception as error:\n"
        "        os.write(1, f'{type(error).__name__}: {error} {leopard.closed}'.encode())\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
        "assert not leopard.closed\n"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("EngineClosed: This Leopard was loaded in process")
    assert "spawn" in done.stdout and done.stdout.endswith(" True")
