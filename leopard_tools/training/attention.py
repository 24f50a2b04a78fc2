"""Attention of a packed sequence on a CPU: what its mask would hide is not computed.

All questions see the context and themselves; with a mask over the whole sequence, most of what is
computed are questions looking at each other. Here the context looks at itself, all questions look
at the context, and each looks at itself; the last two are joined by their normalisers (logsumexp),
as sequences that are spread over several machines are. Equal to the masked path (a test).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

ATTENTION = "leopard_strands"
_FAR = 1e4
"""The normaliser of a place that holds nothing: whatever is divided by it is nothing."""
_flash = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
_flash_backward = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward


@dataclass(frozen=True, slots=True)
class Strands:
    """Where a packed sequence's questions lie: behind `shared` positions that all of them see.

    `places` (questions, longest) are their positions counted from there, `inside` tells which of
    the places are filled.
    """

    shared: int
    places: Tensor
    inside: Tensor

    @classmethod
    def of(cls, segments: Tensor) -> Strands:
        """The strands of segments (positions,): 0 in the context, then 1, 2, ... in order."""
        shared = int((segments == 0).sum())
        counts = torch.bincount(segments[shared:])[1:]
        steps = torch.arange(int(counts.max()))[None]
        inside = steps < counts[:, None]
        starts = torch.cumsum(counts, 0) - counts
        return cls(shared, torch.where(inside, starts[:, None] + steps, 0), inside)

    def spread(self, rows: Tensor, empty: float = 0.0) -> Tensor:
        """(1, heads, positions behind the context, ...) -> (questions, heads, longest, ...)."""
        spread = rows[0][:, self.places].transpose(0, 1)
        shape = (self.inside.shape[0], 1, self.inside.shape[1], *(1 for _ in spread.shape[3:]))
        return spread.masked_fill(~self.inside.view(shape), empty)

    def gather(self, spread: Tensor) -> Tensor:
        """The way back from `spread`."""
        return spread.transpose(1, 2)[self.inside].transpose(0, 1)[None]


class _Attention(torch.autograd.Function):
    """q, k, v (1, heads, positions, size) -> the same shape."""

    @staticmethod
    def forward(
        ctx: Any, q: Tensor, k: Tensor, v: Tensor, strands: Strands, scale: float
    ) -> Tensor:
        cut = strands.shared
        first = _flash(q[:, :, :cut], k[:, :, :cut], v[:, :, :cut], is_causal=True, scale=scale)
        before = _flash(q[:, :, cut:], k[:, :, :cut], v[:, :, :cut], scale=scale)
        own = _flash(
            *(strands.spread(x[:, :, cut:]) for x in (q, k, v)), is_causal=True, scale=scale
        )
        of_own, own_total = strands.gather(own[0]), strands.gather(own[1])
        total = torch.logaddexp(before[1], own_total)
        weighed = before[0] * (before[1] - total).exp()[..., None]
        weighed = weighed + of_own * (own_total - total).exp()[..., None]
        rest = weighed.to(q.dtype)
        ctx.save_for_backward(q, k, v, first[0], first[1], rest, total)
        ctx.strands, ctx.scale = strands, scale
        return torch.cat((first[0], rest), 2)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, first, first_total, rest, total = ctx.saved_tensors
        strands: Strands = ctx.strands
        cut, gradient = strands.shared, gradients[0]
        head = tuple(x[:, :, :cut] for x in (q, k, v))
        tail = tuple(x[:, :, cut:] for x in (q, k, v))
        behind = gradient[:, :, cut:]
        by_first = _flash_backward(
            gradient[:, :, :cut], *head, first, first_total, 0.0, True, scale=ctx.scale
        )
        # With the result and the normaliser of both parts together, each part's share of the
        # gradient comes out as if all had been computed at once.
        by_before = _flash_backward(
            behind, tail[0], *head[1:], rest, total, 0.0, False, scale=ctx.scale
        )
        own_gradient, own_rest = strands.spread(behind), strands.spread(rest)
        own_tail = [strands.spread(x) for x in tail]
        by_own = _small_backward(
            own_gradient, own_tail, own_rest, strands.spread(total, _FAR), ctx.scale
        )
        own = [strands.gather(x) for x in by_own]
        return (
            torch.cat((by_first[0], by_before[0] + own[0]), 2),
            torch.cat((by_first[1] + by_before[1], own[1]), 2),
            torch.cat((by_first[2] + by_before[2], own[2]), 2),
            None,
            None,
        )


def _small_backward(
    gradient: Tensor, qkv: Sequence[Tensor], out: Tensor, total: Tensor, scale: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of causal attention over many short sequences, (sequences, heads, n, size) each.

    Written out: the kernel takes five times as long where there is so little in each.
    """
    q, k, v = qkv
    scores = (q @ k.mT).float() * scale - total[..., None]
    shares = scores.exp().tril()
    drawn = (gradient.float() * out.float()).sum(-1, keepdim=True)
    inner = (shares * ((gradient @ v.mT).float() - drawn) * scale).to(q.dtype)
    return inner @ k, inner.mT @ q, shares.to(q.dtype).mT @ gradient


def attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    strands: Strands | None = None,
    **others: Any,
) -> tuple[Tensor, Tensor | None]:
    """transformers' attention function; without strands it is transformers' own, with a mask."""
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    if strands is None:
        found = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **others
        )
        return cast(tuple[Tensor, Tensor | None], found)
    groups = query.shape[1] // key.shape[1]
    key, value = (x.repeat_interleave(groups, 1) for x in (key, value))
    seen = _Attention.apply(query, key, value, strands, scaling)  # type: ignore[no-untyped-call]
    return cast(Tensor, seen).transpose(1, 2), None


__all__ = ["ATTENTION", "Strands", "attention"]
