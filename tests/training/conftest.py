"""The embedded model's tokenizer over a network small enough to train in a test."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from leopard_tools.engine.tokenizer import Tokenizer
from leopard_tools.training.learner import Learner
from leopard_tools.training.lora import put_on
from leopard_tools.variants.embedded import prepare
from leopard_tools.variants.nano import NanoPrompts

Build = Callable[[], tuple[NanoPrompts, Learner]]


def small_network() -> LlamaForCausalLM:
    """A network of the embedded model's kind, the same at every call."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=49152,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=8192,
        tie_word_embeddings=True,
    )
    network = LlamaForCausalLM(config)
    network.eval().requires_grad_(False)
    return network


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer(prepare().tokenizer)


@pytest.fixture
def build(tokenizer: Tokenizer) -> Build:
    """Makes the same small model, with a new LoRA that is not zero, at every call."""

    def make() -> tuple[NanoPrompts, Learner]:
        network = small_network()
        model = put_on(network)
        torch.manual_seed(1)
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(parameter, std=0.1)
        return NanoPrompts(tokenizer), Learner(network, model, rate=1e-3)

    return make
