"""Attention of packed sequences on a GPU: many of them in one row, without padding or masks.

Each has a context and strands (questions, branches) behind it. The context looks at itself, the
strands at their context, and each at itself: three calls of FlashAttention with the lengths of all.
The last two are joined by their normalisers (logsumexp), and their gradients come out right if each
is told the joined result, as in ring attention. Equal to the masked path (a test).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches of a row: where each begins, with the end of the last, and the longest's length."""

    begins: Tensor
    longest: int

    @classmethod
    def of(cls, lengths: Tensor) -> Stretches:
        begins = torch.cat([torch.zeros(1, dtype=torch.long), lengths.cumsum(0)])
        return cls(begins.int(), int(lengths.max()))

    def to(self, device: torch.device) -> Stretches:
        return Stretches(self.begins.to(device, non_blocking=True), self.longest)


@dataclass(frozen=True, slots=True)
class Varlen:
    """Where the contexts' positions lie in a row of sequences, where what is behind them, and how
    these are divided: contexts by sequence, tails by sequence and by strand.
    """

    context: Tensor
    tail: Tensor
    contexts: Stretches
    tails: Stretches
    strands: Stretches

    @classmethod
    def of(cls, segments: Sequence[Tensor], device: torch.device) -> Varlen:
        """segments: those of each sequence (positions,): 0 in the context, then 1, 2, ..."""
        shared = torch.tensor([int((one == 0).sum()) for one in segments])
        lengths = torch.tensor([len(one) for one in segments])
        counts = torch.cat([torch.bincount(one)[1:] for one in segments])
        inside = torch.cat([one == 0 for one in segments])
        return cls(
            inside.nonzero()[:, 0].to(device),
            (~inside).nonzero()[:, 0].to(device),
            Stretches.of(shared).to(device),
            Stretches.of(lengths - shared).to(device),
            Stretches.of(counts).to(device),
        )


@dataclass(frozen=True, slots=True)
class _Call:
    """One call of FlashAttention: which stretches ask, which are looked at."""

    asking: Stretches
    seen: Stretches
    causal: bool
    scale: float

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
        """(positions, heads, size) each -> what is seen, its normaliser (heads, positions), and
        what `backward` wants to have back.
        """
        out, total, *rest = torch.ops.aten._flash_attention_forward(
            q, k, v, self.asking.begins, self.seen.begins, self.asking.longest, self.seen.longest,
            0.0, self.causal, return_debug_mask=False, scale=self.scale,
        )  # fmt: skip
        return out, total, (rest[0], rest[1])

    def backward(
        self, gradient: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, total: Tensor,
        state: tuple[Tensor, ...],
    ) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
        """Gradients of q, k and v; `out` and `total` are of all that q looks at."""
        found: tuple[Tensor, Tensor, Tensor] = torch.ops.aten._flash_attention_backward(
            gradient, q, k, v, out, total, self.asking.begins, self.seen.begins,
            self.asking.longest, self.seen.longest, 0.0, self.causal, *state, scale=self.scale,
        )  # fmt: skip
        return found


class _Attention(torch.autograd.Function):
    """q (positions, heads, size), k and v with fewer heads or as many -> the shape of q."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, where: Varlen, scale: float) -> Tensor:
        calls = (
            _Call(where.contexts, where.contexts, True, scale),
            _Call(where.tails, where.contexts, False, scale),
            _Call(where.strands, where.strands, True, scale),
        )
        context = [x[where.context] for x in (q, k, v)]
        tail = [x[where.tail] for x in (q, k, v)]
        first, first_total, first_state = calls[0].forward(*context)
        before, before_total, before_state = calls[1].forward(tail[0], context[1], context[2])
        own, own_total, own_state = calls[2].forward(*tail)
        both = torch.logaddexp(before_total, own_total)
        shares = [(total - both).exp().T[..., None] for total in (before_total, own_total)]
        joined = (before * shares[0] + own * shares[1]).to(q.dtype)
        out = torch.empty_like(q)
        out[where.context] = first
        out[where.tail] = joined
        ctx.save_for_backward(*context, *tail, first, first_total, joined, both)
        ctx.where, ctx.calls = where, calls
        ctx.states = (first_state, before_state, own_state)
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        *saved, first, first_total, joined, both = ctx.saved_tensors
        context, tail = saved[:3], saved[3:]
        where: Varlen = ctx.where
        calls, states = ctx.calls, ctx.states
        gradient = gradients[0]
        inside, behind = gradient[where.context], gradient[where.tail]
        at_first = calls[0].backward(inside, *context, first, first_total, states[0])
        at_before = calls[1].backward(
            behind, tail[0], context[1], context[2], joined, both, states[1]
        )
        at_own = calls[2].backward(behind, *tail, joined, both, states[2])
        found = []
        for n, (of_context, of_tail) in enumerate(
            (
                (at_first[0], at_before[0] + at_own[0]),
                (at_first[1] + at_before[1], at_own[1]),
                (at_first[2] + at_before[2], at_own[2]),
            )
        ):
            whole = gradient.new_empty(len(gradient), *saved[n].shape[1:])
            whole[where.context] = of_context
            whole[where.tail] = of_tail
            found.append(whole)
        return *found, None, None


def attend(query: Tensor, key: Tensor, value: Tensor, where: Varlen, scale: float) -> Tensor:
    """(1, heads, positions, size) -> (1, positions, heads, size), as transformers wants it."""
    rows = (x[0].transpose(0, 1).contiguous() for x in (query, key, value))
    seen: Tensor = _Attention.apply(*rows, where, scale)  # type: ignore[no-untyped-call]
    return seen[None]


__all__ = ["Varlen", "attend"]
