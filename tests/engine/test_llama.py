"""The engine's own Llama against that of transformers, to the last bit."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from leopard_tools.engine.borrowed import BorrowedDecoder
from leopard_tools.engine.language_model import LanguageModel
from leopard_tools.engine.llama import Llama
from leopard_tools.engine.packing import PackedBatch
from leopard_tools.variants.embedded import prepare
from leopard_tools.variants.nano import ADAPTER, build_network, place
from leopard_tools.weights.stream import load_tensors, skeleton

Pair = tuple[LanguageModel, LanguageModel]


def of_stock(network: LlamaForCausalLM) -> LanguageModel:
    return LanguageModel(BorrowedDecoder(network.model), network.lm_head, 8192)


@pytest.fixture
def nanos(stock_nano: LlamaForCausalLM) -> Pair:
    """Without the other order of few rows (few_rows.py), which rounds otherwise."""
    network = build_network(prepare(), ADAPTER)
    return LanguageModel(network.model, network.lm_head, 8192), of_stock(stock_nano)


def untied(dtype: torch.dtype) -> Pair:
    """Small models at random, with an output projection of their own."""
    torch.manual_seed(11)
    config = {
        "vocab_size": 300, "hidden_size": 96, "intermediate_size": 160, "num_hidden_layers": 3,
        "num_attention_heads": 6, "num_key_value_heads": 2, "max_position_embeddings": 512,
        "rope_theta": 500.0, "rms_norm_eps": 1e-6, "tie_word_embeddings": False,
    }  # fmt: skip
    stock = LlamaForCausalLM(LlamaConfig.from_dict(config)).eval()
    with skeleton():
        own = Llama(config)
    weights = [(name, weight.detach().clone()) for name, weight in stock.named_parameters()]
    load_tensors(own, weights, source=Path(__file__))
    for network in (own, stock):
        place(network, torch.device("cpu"), dtype)
    return LanguageModel(own.model, own.lm_head, 512), of_stock(stock)


def passes(model: LanguageModel) -> Tensor:
    """Logits of prompts computed alone and side by side, and of single steps after them."""
    random, caches, found = Random(4), [model.new_cache() for _ in range(3)], []

    def step(*counts: int) -> None:
        ids = [
            random.randrange(5, model.decoder.embedding.num_embeddings) for _ in range(sum(counts))
        ]
        batch = PackedBatch(caches[: len(counts)], counts)
        found.append(model.logits(model.forward(model.embed(ids), batch)))

    with torch.inference_mode():
        step(90)
        step(1, 40, 7)
        for _ in range(4):
            step(1, 1, 1)
        step(33, 2)
    return torch.cat(found)


def test_logits_of_nano_are_those_of_transformers(nanos: Pair) -> None:
    own, stock = map(passes, nanos)
    assert torch.equal(own, stock)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_head_of_its_own_and_half_precision_are_too(dtype: torch.dtype) -> None:
    own, stock = map(passes, untied(dtype))
    assert torch.equal(own, stock)
