"""Few rows are multiplied in the other order, and nothing but rounding changes by it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch.nn.functional import linear

from leopard_tools import Leopard
from leopard_tools.engine import few_rows
from leopard_tools.engine.few_rows import Linear, multiply_few, put_weights_first
from leopard_tools.engine.packing import PackedBatch
from leopard_tools.variants.nano import Nano

from ..conftest import uncached

CONTEXT = "Rooms: Ash seats 14. Birch seats 56. Cedar seats 7. Elm seats 21. Fir seats 35."
QUESTIONS = [f"{CONTEXT}\nHow many seats has {room}?" for room in ("Ash", "Birch", "Cedar", "Elm")]


def layer(weights_first: bool, inner: int = 96, out: int = 160) -> Linear:
    torch.manual_seed(5)
    module = Linear(inner, out)
    module.weights_first = weights_first
    return module


@pytest.fixture
def both_orders(nano: Leopard) -> Iterator[list[Linear]]:
    """nano's layers, to be switched; afterwards they are as they were."""
    variant = nano._variant
    assert isinstance(variant, Nano)
    layers = [module for module in variant.network.modules() if isinstance(module, Linear)]
    before = [module.weights_first for module in layers]
    yield layers
    for module, first in zip(layers, before, strict=True):
        module.weights_first = first


def switch(layers: list[Linear], weights_first: bool) -> None:
    for module in layers:
        module.weights_first = weights_first


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 7, 8, 9, 40])
def test_products_are_those_of_the_usual_order(count: int, threads: int) -> None:
    rows = torch.randn(1, count, 96)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.inference_mode():
            found, expected = layer(True)(rows), layer(False)(rows)
    finally:
        torch.set_num_threads(before)
    assert found.shape == (1, count, 160) and found.is_contiguous()
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)


def test_rows_may_lie_apart_in_memory() -> None:
    rows = torch.randn(192, 4).t()[:, ::2]
    weight = torch.randn(160, 96)
    torch.testing.assert_close(multiply_few(rows, weight), linear(rows, weight))


def test_the_logits_of_nano_are_the_same_for_any_number_of_rows(
    nano: Leopard, both_orders: list[Linear]
) -> None:
    model = nano._variant.language_model

    def logits(weights_first: bool) -> list[Tensor]:
        switch(both_orders, weights_first)
        caches = [model.new_cache() for _ in range(3)]
        found = []
        for counts in ((20, 9, 4), (1,), (2, 1), (1, 1, 2), (3, 2, 1)):
            ids = [40 + number for number in range(sum(counts))]
            batch = PackedBatch(caches[: len(counts)], counts)
            found.append(model.logits(model.forward(model.embed(ids), batch)))
        return found

    with torch.inference_mode():
        for one, other in zip(logits(True), logits(False), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-3)
            assert torch.equal(one.argmax(-1), other.argmax(-1))


def test_answers_are_the_same(nano: Leopard, both_orders: list[Linear]) -> None:
    def answers(weights_first: bool) -> list[tuple[tuple[int, ...], float]]:
        switch(both_orders, weights_first)
        leopard = uncached(nano)
        found = [leopard.ask(question, max_tokens=12) for question in QUESTIONS]
        return [(answer.token_ids, answer.probability) for answer in found]

    for (ids, probability), (expected, theirs) in zip(answers(True), answers(False), strict=True):
        assert ids == expected
        assert probability == pytest.approx(theirs, rel=1e-3)


@pytest.mark.parametrize("which", ["ours", "the usual"])
def test_the_order_that_took_longer_is_not_used(
    which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "multiply_few" if which == "ours" else "linear"
    function = getattr(few_rows, name)

    def slowly(rows: Tensor, weight: Tensor) -> Tensor:
        time.sleep(0.02)
        product: Tensor = function(rows, weight)
        return product

    monkeypatch.setattr(few_rows, name, slowly)
    network = torch.nn.Sequential(layer(False), torch.nn.ReLU(), layer(False, 160, 96))
    assert put_weights_first(network) is (which != "ours")
    assert [m.weights_first for m in (network[0], network[2])] == [which != "ours"] * 2
