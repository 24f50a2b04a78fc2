"""Decoding in fixed shapes gives what packed decoding gives, whoever joins, leaves or is forgotten.

On a CPU the same steps run without being recorded; with a GPU they are recorded and replayed.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
import torch
from torch import Tensor
from transformers import MistralConfig, MistralModel

from leopard_tools import Leopard
from leopard_tools.engine import static
from leopard_tools.engine.borrowed import BorrowedDecoder
from leopard_tools.engine.cache import KVCache
from leopard_tools.engine.language_model import LanguageModel
from leopard_tools.engine.packing import PackedBatch
from leopard_tools.engine.static import Shape, StaticDecoder

from ..conftest import GOLDEN, uncached
from .test_cache import assert_same, ids_for, in_double
from .test_worker import CONTEXT, QUESTIONS, answers

MEMORY = 200 * 2**20


@pytest.fixture
def everywhere(monkeypatch: pytest.MonkeyPatch) -> list[StaticDecoder]:
    """Leopards made from now on decode in fixed shapes on a CPU too; the decoders they got."""
    made: list[StaticDecoder] = []

    def make(model: LanguageModel) -> StaticDecoder:
        made.append(StaticDecoder(model, MEMORY))
        return made[-1]

    monkeypatch.setattr(StaticDecoder, "where_it_pays", make)
    return made


@pytest.fixture
def small_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shapes that a short test outgrows."""
    monkeypatch.setattr(static, "ROWS", (1, 2, 4))
    monkeypatch.setattr(static, "ROOMS", (16, 48, 160))
    monkeypatch.setattr(static, "COUNTS", (1, 3, 6))


def packed(model: LanguageModel, cache: KVCache, rows: Tensor) -> Tensor:
    return model.logits(model.forward(rows, PackedBatch([cache], [len(rows)])))


def mistral() -> LanguageModel:
    torch.manual_seed(3)
    config = MistralConfig(
        hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, vocab_size=300, sliding_window=24,
    )  # fmt: skip
    decoder = BorrowedDecoder(MistralModel(config).eval())
    return LanguageModel(decoder, torch.nn.Linear(64, 300, bias=False), 4096)


@pytest.fixture(params=["nano", "idefics2", "window"])
def model(request: pytest.FixtureRequest) -> Iterator[LanguageModel]:
    if request.param == "window":
        yield mistral()
        return
    leopard: Leopard = request.getfixturevalue(request.param)
    with in_double(leopard._variant.language_model):
        yield leopard._variant.language_model


@pytest.mark.usefixtures("small_shapes")
def test_logits_equal_those_of_packed_passes(model: LanguageModel) -> None:
    """Random steps: some of the caches, some new positions, some of them forgotten again."""
    random = Random(11)
    # The embedded model is slow in double precision.
    steps = 12 if model.hidden_size > 500 else 30
    decoder = StaticDecoder(model, MEMORY)
    computed = 0
    with torch.inference_mode():
        rows = [model.embed(ids_for(model, 150, seed)) for seed in range(5)]
        ours = [model.new_cache() for _ in rows]
        theirs = [model.new_cache() for _ in rows]
        for _ in range(steps):
            active = random.sample(range(5), random.randrange(1, 6))
            counts = [random.choice([1, 1, 2, 3, 5, 9]) for _ in active]
            pieces = [
                rows[i][ours[i].length : ours[i].length + n]
                for i, n in zip(active, counts, strict=True)
            ]
            if any(len(piece) == 0 for piece in pieces):
                break
            expected = [packed(model, theirs[i], p) for i, p in zip(active, pieces, strict=True)]
            found = decoder.forward([ours[i] for i in active], pieces)
            if found is None:
                found = [packed(model, ours[i], p) for i, p in zip(active, pieces, strict=True)]
            else:
                computed += 1
            for one, other in zip(found, expected, strict=True):
                assert_same(one, other)
            if random.random() < 0.4:
                i = random.choice(active)
                length = ours[i].length - random.randrange(min(4, ours[i].length))
                ours[i].crop(length), theirs[i].crop(length)
            if random.random() < 0.2:
                i = random.choice(active)
                ours[i] = ours[i].copy(ours[i].length)
        assert computed > steps // 3
        for mine, its in zip(ours, theirs, strict=True):
            assert mine.length == its.length
            mine.settle()
            for layer in range(mine.shape.layers):
                for one, other in zip(
                    mine.read(layer, 0, mine.length), its.read(layer, 0, its.length), strict=True
                ):
                    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_shapes_are_the_smallest_that_hold_a_step() -> None:
    assert Shape.for_(3, 511, 1) == Shape(4, 512, 1)
    assert Shape.for_(1, 511, 2) == Shape(1, 2048, 4)
    assert Shape.for_(33, 1, 1) is None
    assert Shape.for_(1, 1, 17) is None
    assert Shape.for_(1, 8190, 2) is None


def test_a_step_without_memory_for_its_shape_changes_nothing(llava: Leopard) -> None:
    model = llava._variant.language_model
    decoder = StaticDecoder(model, 600 * model.cache_shape.position_bytes)
    with torch.inference_mode():
        caches = [model.new_cache(), model.new_cache()]
        row = model.embed([5])
        assert decoder.forward(caches[:1], [row]) is not None
        assert decoder.forward(caches, [row, row]) is None
    assert [cache.length for cache in caches] == [1, 0]


def test_a_cache_that_is_dropped_leaves_its_row(llava: Leopard) -> None:
    model = llava._variant.language_model
    decoder = StaticDecoder(model, MEMORY)
    with torch.inference_mode():
        row = model.embed([5])
        for _ in range(3):
            cache = model.new_cache()
            assert decoder.forward([cache], [row]) is not None
            del cache
            gc.collect()
    assert [holder() for holder in decoder._lent if holder is not None] == [None]


def test_32_threads_get_the_answers_that_one_gets(
    nano: Leopard, everywhere: list[StaticDecoder]
) -> None:
    expected = answers(uncached_without(nano), QUESTIONS) * 4
    leopard = uncached(nano)
    with ThreadPoolExecutor(32) as pool:
        found = list(pool.map(lambda q: leopard.ask(q, max_tokens=12).token_ids, QUESTIONS * 4))
    assert found == expected
    assert everywhere[-1]._passes


def uncached_without(leopard: Leopard) -> Leopard:
    """A Leopard with the same weights that decodes in packed passes."""
    other = uncached(leopard)
    other._engine._static = None
    return other


def test_sessions_schemas_choices_and_samples_give_the_same(
    nano: Leopard, everywhere: list[StaticDecoder]
) -> None:
    plain = Leopard(nano._variant, nano._reader, nano._limits)
    plain._engine._static = None
    fixed = Leopard(nano._variant, nano._reader, nano._limits)
    schema = {
        "type": "object",
        "properties": {"room": {"type": "string"}, "seats": {"type": "integer"}},
        "required": ["room", "seats"],
    }
    for question in QUESTIONS[:3]:
        for options in (
            {}, {"schema": schema}, {"schema": {"enum": ["7", "14", "21"]}},
            {"temperature": 0.9, "seed": 4}, {"verbatim": True},
        ):  # fmt: skip
            expected = plain.ask(question, max_tokens=24, **options)
            found = fixed.ask(question, max_tokens=24, **options)
            assert found.token_ids == expected.token_ids
            assert found.probability == pytest.approx(expected.probability, rel=1e-3)
    with plain.session() as one, fixed.session() as other:
        for question in (QUESTIONS[0], f"{CONTEXT}\nWhich room has 56 seats?", QUESTIONS[5]):
            assert other.ask(question).token_ids == one.ask(question).token_ids
    assert everywhere[-1]._passes


def test_a_request_that_sits_out_a_step_goes_on_where_it_was(llava: Leopard) -> None:
    model = llava._variant.language_model
    decoder = StaticDecoder(model, MEMORY)
    with torch.inference_mode():
        ours, theirs = ([model.new_cache() for _ in range(4)] for _ in range(2))
        for step, active in enumerate(([0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2], [0, 1, 2, 3])):
            rows = [model.embed(ids_for(model, 3, 10 * step + i)) for i in active]
            expected = [packed(model, theirs[i], r) for i, r in zip(active, rows, strict=True)]
            found = decoder.forward([ours[i] for i in active], rows)
            assert found is not None
            for one, other in zip(found, expected, strict=True):
                assert_same(one, other)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize("name", ["leopard-llava-tiny", "leopard-idefics2-tiny"])
def test_on_a_gpu_replayed_steps_give_the_tokens_of_packed_ones(name: str) -> None:
    found: list[list[tuple[int, ...]]] = []
    for replayed in (True, False):
        with Leopard.load(GOLDEN / name, device="cuda", dtype="float32") as leopard:
            assert leopard._engine._static is not None
            decoder = leopard._engine._static
            if not replayed:
                leopard._engine._static = None
            with ThreadPoolExecutor(8) as pool:
                found.append(
                    list(pool.map(lambda q: leopard.ask(q, max_tokens=40).token_ids, QUESTIONS))
                )
            assert bool(decoder._passes) == replayed
    assert found[0] == found[1]
