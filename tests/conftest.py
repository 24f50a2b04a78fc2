"""Fixtures that several folders share; what is slow to start lives as long as the session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from torch import nn
from transformers import LlamaForCausalLM, PreTrainedModel

from leopard_tools import Leopard
from leopard_tools.engine.borrowed import BorrowedDecoder
from leopard_tools.engine.language_model import LanguageModel
from leopard_tools.images.limits import Limits
from leopard_tools.training.network import stock_network
from leopard_tools.variants.embedded import prepare
from leopard_tools.variants.nano import ADAPTER
from leopard_tools.weights.adapter import read_updates
from leopard_tools.weights.slots import find_slots

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"


def uncached(leopard: Leopard) -> Leopard:
    """Another Leopard with the same weights and reader that keeps nothing between requests."""
    return Leopard(leopard._variant, leopard._reader, Limits(), cache_bytes=0)


def borrowed(model: LanguageModel) -> PreTrainedModel:
    """transformers' own module inside a model."""
    assert isinstance(model.decoder, BorrowedDecoder)
    return model.decoder.module


def merge_adapter(module: nn.Module, folder: Path) -> None:
    """Adds what an adapter has for them to a loaded module's weights, all at once."""
    for name, update in read_updates(folder, find_slots(module), rename=str).items():
        with torch.no_grad():
            update.add_to(module.get_parameter(name))


@contextmanager
def stock_attention(module: PreTrainedModel) -> Iterator[None]:
    """A decoder with the attention that transformers itself gives it."""
    before = module.config._attn_implementation
    module.config._attn_implementation = "sdpa"
    try:
        yield
    finally:
        module.config._attn_implementation = before


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Gives up root's right to read and write everything, where the tests run as root."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


@pytest.fixture(scope="session")
def stock_nano() -> LlamaForCausalLM:
    """nano's weights in transformers' own network."""
    return stock_network(prepare(), ADAPTER)


@pytest.fixture(scope="session")
def idefics2() -> Iterator[Leopard]:
    """A tiny random checkpoint in the layout of Leopard-Idefics2."""
    with Leopard.load(GOLDEN / "leopard-idefics2-tiny", device="cpu") as leopard:
        yield leopard


@pytest.fixture(scope="session")
def llava() -> Iterator[Leopard]:
    """A tiny random checkpoint in the layout of Leopard-LLaVA."""
    with Leopard.load(GOLDEN / "leopard-llava-tiny", device="cpu") as leopard:
        yield leopard
