"""The packed cache against transformers' own: same numbers, whatever the order and the company."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from transformers import DynamicCache, LlamaForCausalLM, MistralConfig, MistralModel

from leopard_tools import Leopard
from leopard_tools.engine.borrowed import BorrowedDecoder
from leopard_tools.engine.cache import BLOCK, CacheShape, KVCache
from leopard_tools.engine.language_model import LanguageModel
from leopard_tools.engine.packing import PackedBatch
from leopard_tools.engine.prefix import PrefixCache

from ..conftest import borrowed, stock_attention


def stock_of(name: str, request: pytest.FixtureRequest) -> LanguageModel:
    """The model of a fixture, in transformers' own modules."""
    if name != "nano":
        leopard: Leopard = request.getfixturevalue(name)
        return leopard._variant.language_model
    network: LlamaForCausalLM = request.getfixturevalue("stock_nano")
    return LanguageModel(BorrowedDecoder(network.model), network.lm_head, 8192)


def stock_logits(model: LanguageModel, embeddings: Tensor, pieces: list[int]) -> Tensor:
    """(positions, vocabulary), fed in pieces to transformers' DynamicCache."""
    cache, found, start = DynamicCache(), [], 0
    module = borrowed(model)
    with stock_attention(module):
        for count in pieces:
            positions = torch.arange(start, start + count)[None]
            piece = embeddings[None, start : start + count]
            output = module(None, None, positions, cache, piece, use_cache=True)
            found.append(model.logits(output.last_hidden_state[0]))
            start += count
    return torch.cat(found)


def cut(total: int, random: Random) -> list[int]:
    """Random pieces, single positions and long ones among them, that add up to `total`."""
    pieces: list[int] = []
    while total:
        pieces.append(min(total, random.choice([1, 1, 2, 5, 31, 33, 60])))
        total -= pieces[-1]
    return pieces


def ids_for(model: LanguageModel, count: int, seed: int) -> list[int]:
    random = Random(seed)
    size = model.decoder.embedding.num_embeddings
    return [random.randrange(5, size) for _ in range(count)]


@contextmanager
def in_double(model: LanguageModel) -> Iterator[None]:
    """The model in float64; back in float32 its weights are what they were."""
    decoder = model.decoder.module if isinstance(model.decoder, BorrowedDecoder) else model.decoder
    assert isinstance(decoder, nn.Module)
    for part in (decoder, model.head):
        part.double()
    try:
        yield
    finally:
        for part in (decoder, model.head):
            part.float()


def assert_same(found: Tensor, expected: Tensor) -> None:
    """Within 1e-5 of the largest logit."""
    difference = (found - expected).abs().max() / expected.abs().max()
    assert difference < 1e-5
    assert torch.equal(found.argmax(-1), expected.argmax(-1))


@pytest.mark.parametrize("name", ["nano", "idefics2", "llava"])
def test_logits_equal_those_of_the_stock_cache(name: str, request: pytest.FixtureRequest) -> None:
    leopard: Leopard = request.getfixturevalue(name)
    model = leopard._variant.language_model
    # Before the inference mode: what is loaded within it computes nowhere else.
    stock = stock_of(name, request)
    embeddings = model.embed(ids_for(model, 150, 1))
    with torch.inference_mode():
        expected = stock_logits(stock, embeddings, [100, *[1] * 50])
        cache, found = model.new_cache(), []
        for piece in embeddings.split(cut(150, Random(2))):
            found.append(model.logits(model.forward(piece, PackedBatch([cache], [len(piece)]))))
    assert_same(torch.cat(found), expected)


@pytest.mark.parametrize("name", ["nano", "idefics2"])
def test_rows_of_different_lengths_compute_what_each_computes_alone(
    name: str, request: pytest.FixtureRequest
) -> None:
    leopard: Leopard = request.getfixturevalue(name)
    model = leopard._variant.language_model
    stock, random = stock_of(name, request), Random(7)
    # After a few random tokens nano's numbers are huge, and in float32 transformers itself gives
    # logits 9e-5 apart for three positions at once and one by one.
    with in_double(model), in_double(stock), torch.inference_mode():
        rows = [model.embed(ids_for(model, count, count)) for count in (3, 70, 41)]
        expected = [stock_logits(stock, row, [len(row)]) for row in rows]
        caches = [model.new_cache() for _ in rows]
        found: list[list[Tensor]] = [[] for _ in rows]
        while active := [i for i, row in enumerate(rows) if caches[i].length < len(row)]:
            counts = [
                min(len(rows[i]) - caches[i].length, random.choice([1, 2, 40])) for i in active
            ]
            pieces = [
                rows[i][caches[i].length : caches[i].length + count]
                for i, count in zip(active, counts, strict=True)
            ]
            batch = PackedBatch([caches[i] for i in active], counts)
            logits = model.logits(model.forward(torch.cat(pieces), batch))
            for i, part in zip(active, logits.split(counts), strict=True):
                found[i].append(part)
    for parts, reference in zip(found, expected, strict=True):
        assert_same(torch.cat(parts), reference)


def test_past_a_sliding_window_it_equals_the_stock_cache_and_crops() -> None:
    torch.manual_seed(3)
    config = MistralConfig(
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        vocab_size=300,
        sliding_window=24,
        attn_implementation="sdpa",
    )
    decoder = BorrowedDecoder(MistralModel(config).eval())
    model = LanguageModel(decoder, torch.nn.Linear(64, 300, bias=False), 4096)
    embeddings = model.embed(ids_for(model, 130, 5))
    with torch.inference_mode():
        expected = stock_logits(model, embeddings, [130])
        for seed in range(4):
            cache, found = model.new_cache(), []
            for piece in embeddings.split(cut(130, Random(seed))):
                # Wrong positions computed and forgotten again must leave no trace.
                length = cache.length
                model.forward(embeddings[:9], PackedBatch([cache], [9]))
                cache.crop(length)
                hidden = model.forward(piece, PackedBatch([cache], [len(piece)]))
                found.append(model.logits(hidden))
            assert_same(torch.cat(found), expected)


def test_a_cache_grows_in_blocks_and_a_copy_is_its_own(llava: Leopard) -> None:
    model = llava._variant.language_model
    embeddings = model.embed(ids_for(model, BLOCK + 10, 9))
    with torch.inference_mode():
        cache = model.new_cache()
        model.forward(embeddings[:BLOCK], PackedBatch([cache], [BLOCK]))
        assert cache.capacity == BLOCK
        assert cache.nbytes == BLOCK * cache.shape.position_bytes
        twin = cache.copy(BLOCK - 5)
        first = model.forward(embeddings[BLOCK:], PackedBatch([cache], [10]))
        assert BLOCK < cache.capacity <= 2 * BLOCK
        model.forward(embeddings[:20], PackedBatch([twin], [20]))
        cache.crop(BLOCK)
        again = model.forward(embeddings[BLOCK:], PackedBatch([cache], [10]))
    torch.testing.assert_close(again, first)


def test_a_cache_that_could_not_grow_holds_what_it_held(
    llava: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = llava._variant.language_model
    embeddings = model.embed(ids_for(model, 2 * BLOCK, 6))
    allocate, calls = KVCache._allocate, []

    def fail_late(cache: KVCache, capacity: int) -> Tensor:
        calls.append(capacity)
        if len(calls) == 2:
            raise MemoryError
        return allocate(cache, capacity)

    with torch.inference_mode():
        cache = model.new_cache()
        model.forward(embeddings[:BLOCK], PackedBatch([cache], [BLOCK]))
        with monkeypatch.context() as patch:
            patch.setattr(KVCache, "_allocate", fail_late)
            with pytest.raises(MemoryError):
                cache.reserve(2 * BLOCK)
        after = model.forward(embeddings[BLOCK:], PackedBatch([cache], [BLOCK]))
        fresh = model.new_cache()
        expected = model.forward(embeddings, PackedBatch([fresh], [2 * BLOCK]))[BLOCK:]
    torch.testing.assert_close(after, expected, rtol=1e-4, atol=1e-5)


def test_a_pass_that_fails_leaves_every_cache_as_it_was(llava: Leopard) -> None:
    model = llava._variant.language_model
    embeddings = model.embed(ids_for(model, 30, 4))
    with torch.inference_mode():
        caches = [model.new_cache(), model.new_cache()]
        model.forward(embeddings[:20], PackedBatch(caches, [10, 10]))
        layer = borrowed(model).layers[-1]
        hook = layer.register_forward_pre_hook(lambda *_: (_ for _ in ()).throw(MemoryError()))
        try:
            with pytest.raises(MemoryError):
                model.forward(embeddings[20:], PackedBatch(caches, [4, 6]))
        finally:
            hook.remove()
        assert [cache.length for cache in caches] == [10, 10]
        after = model.forward(embeddings[20:], PackedBatch(caches[:1], [10]))
        fresh = model.new_cache()
        whole = torch.cat([embeddings[:10], embeddings[20:]])
        expected = model.forward(whole, PackedBatch([fresh], [20]))[10:]
    torch.testing.assert_close(after, expected, rtol=1e-4, atol=1e-5)


# One that is too long; one that fits without the memory that it has grown by.
@pytest.mark.parametrize("length", [5 * BLOCK - 9, 4 * BLOCK])
def test_of_a_cache_larger_than_the_limit_what_fits_is_put_aside(length: int) -> None:
    shape = CacheShape(2, 2, 4, torch.float32, torch.device("cpu"))
    prefixes = PrefixCache(4 * BLOCK * shape.position_bytes, lambda: KVCache(shape))
    cache, keys = KVCache(shape), np.arange(5 * BLOCK)
    cache.reserve(5 * BLOCK)
    written = torch.randn(shape.layers, 2, shape.heads, length, shape.size)
    for layer, (first, second) in enumerate(written):
        cache.write(layer, first, second)
    cache.length = length
    prefixes.give(keys, cache)
    assert prefixes.figures.entries == 1
    assert prefixes.nbytes == 4 * BLOCK * shape.position_bytes
    found = prefixes.take(keys)
    assert found.length == 4 * BLOCK
    for layer in range(shape.layers):
        held = torch.stack(found.read(layer, 0, found.length))
        assert torch.equal(held, written[layer, :, :, : found.length])


def test_a_cache_of_which_nothing_fits_leaves_nothing_behind() -> None:
    shape = CacheShape(1, 1, 4, torch.float32, torch.device("cpu"))
    prefixes = PrefixCache((BLOCK - 1) * shape.position_bytes, lambda: KVCache(shape))
    cache = KVCache(shape)
    cache.reserve(BLOCK)
    cache.length = BLOCK
    prefixes.give(np.arange(BLOCK), cache)
    assert prefixes.figures.entries == prefixes.nbytes == 0
