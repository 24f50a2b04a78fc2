"""The attention of packed questions against the same with a mask over everything."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from leopard_tools.training.attention import Strands, attention
from leopard_tools.training.dialogues import make_dialogue
from leopard_tools.training.packing import pack, visible

from .conftest import Build


@pytest.mark.parametrize(("shared", "counts"), [(50, (7, 1, 12)), (1, (3,)), (200, (40,) * 9)])
def test_it_is_the_masked_attention_with_its_gradients(
    shared: int, counts: tuple[int, ...]
) -> None:
    segments = torch.tensor(
        [0] * shared + [n for n, count in enumerate(counts, start=1) for _ in range(count)]
    )
    generator = torch.Generator().manual_seed(3)
    length = len(segments)
    query = torch.randn(1, 6, length, 16, generator=generator).requires_grad_()
    key, value = (
        torch.randn(1, 2, length, 16, generator=generator).requires_grad_() for _ in range(2)
    )
    towards = torch.randn(1, length, 6, 16, generator=generator)
    fast, _ = attention(
        torch.nn.Module(), query, key, value, None, 0.25, strands=Strands.of(segments)
    )
    slow = scaled_dot_product_attention(
        query, key, value, attn_mask=visible(segments[None]), scale=0.25, enable_gqa=True
    ).transpose(1, 2)
    torch.testing.assert_close(fast, slow, rtol=1e-5, atol=1e-5)
    wanted = torch.autograd.grad(slow, (query, key, value), towards)
    given = torch.autograd.grad(fast, (query, key, value), towards)
    for one, other in zip(given, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_a_learner_predicts_the_same_with_and_without_it(build: Build) -> None:
    nano, learner = build()
    packed = pack(nano, make_dialogue(5, 4))
    with torch.no_grad():
        fast, targets = learner.predict(packed)
        # Two of them are computed together, with a mask.
        slow, twice = learner.predict(packed, packed)
    assert twice.tolist() == targets.tolist() * 2
    torch.testing.assert_close(slow, torch.cat((fast, fast)), rtol=1e-4, atol=1e-5)
