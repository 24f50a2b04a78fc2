"""The attention of packed questions against the same with a mask over everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from leopard_tools.training import varlen
from leopard_tools.training.attention import Strands, attention
from leopard_tools.training.dialogues import make_dialogue
from leopard_tools.training.packing import pack, visible
from leopard_tools.training.varlen import Varlen

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


def row_of_sequences() -> tuple[list[Tensor], Tensor]:
    """Segments of sequences, and the mask of all of them in one row."""
    segments = [
        torch.tensor([0] * shared + [n for n, c in enumerate(counts, 1) for _ in range(c)])
        for shared, counts in ((50, (7, 1, 12)), (1, (3,)), (90, (30,) * 4))
    ]
    return segments, torch.block_diag(*(visible(one[None])[0, 0] for one in segments)).bool()


class Spelled(varlen._Call):
    """What FlashAttention computes, spelled out, for machines that have none."""

    def _pieces(self) -> Iterator[tuple[slice, slice]]:
        asking, seen = self.asking.begins.tolist(), self.seen.begins.tolist()
        for n in range(len(asking) - 1):
            yield slice(asking[n], asking[n + 1]), slice(seen[n], seen[n + 1])

    def _scores(self, q: Tensor, k: Tensor) -> Tensor:
        scores = torch.einsum("qhd,khd->hqk", q, k) * self.scale
        later = torch.ones(scores.shape[1:]).triu(1).bool() & self.causal
        return scores.masked_fill(later, -torch.inf)

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        groups = q.shape[1] // k.shape[1]
        k, v = (x.repeat_interleave(groups, 1) for x in (k, v))
        out, total = torch.empty_like(q), q.new_empty(q.shape[1], len(q))
        for rows, seen in self._pieces():
            scores = self._scores(q[rows], k[seen])
            total[:, rows] = scores.logsumexp(-1)
            out[rows] = torch.einsum("hqk,khd->qhd", scores.softmax(-1), v[seen])
        return out, total, ()

    def backward(
        self, gradient: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, total: Tensor,
        state: tuple[Tensor, ...],
    ) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
        groups = q.shape[1] // k.shape[1]
        wide_k, wide_v = (x.repeat_interleave(groups, 1) for x in (k, v))
        found = torch.zeros_like(q), torch.zeros_like(wide_k), torch.zeros_like(wide_v)
        drawn = (gradient * out).sum(-1).T
        for rows, seen in self._pieces():
            shares = (self._scores(q[rows], wide_k[seen]) - total[:, rows, None]).exp()
            inner = torch.einsum("qhd,khd->hqk", gradient[rows], wide_v[seen])
            inner = shares * (inner - drawn[:, rows, None]) * self.scale
            found[0][rows] += torch.einsum("hqk,khd->qhd", inner, wide_k[seen])
            found[1][seen] += torch.einsum("hqk,qhd->khd", inner, q[rows])
            found[2][seen] += torch.einsum("hqk,qhd->khd", shares, gradient[rows])
        narrow = [x.unflatten(1, (-1, groups)).sum(2) for x in found[1:]]
        return found[0], narrow[0], narrow[1]


def compare_in_one_row(device: str, dtype: torch.dtype, tolerance: float) -> None:
    segments, mask = row_of_sequences()
    generator = torch.Generator().manual_seed(4)
    length = sum(map(len, segments))
    query, key, value = (
        torch.randn(1, heads, length, 16, generator=generator).to(device, dtype).requires_grad_()
        for heads in (6, 2, 2)
    )
    towards = torch.randn(1, length, 6, 16, generator=generator).to(device, dtype)
    where = Varlen.of(segments, torch.device(device))
    fast, _ = attention(torch.nn.Module(), query, key, value, None, 0.25, strands=where)
    slow = scaled_dot_product_attention(
        query, key, value, attn_mask=mask.to(device), scale=0.25, enable_gqa=True
    ).transpose(1, 2)
    torch.testing.assert_close(fast, slow, rtol=tolerance, atol=tolerance)
    wanted = torch.autograd.grad(slow, (query, key, value), towards)
    given = torch.autograd.grad(fast, (query, key, value), towards)
    for one, other in zip(given, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance)


def test_sequences_in_one_row_are_the_masked_attention_with_its_gradients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(varlen, "_Call", Spelled)
    compare_in_one_row("cpu", torch.float64, 1e-9)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
def test_on_a_gpu_flash_attention_gives_the_same() -> None:
    compare_in_one_row("cuda", torch.float16, 2e-2)
