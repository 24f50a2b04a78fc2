"""Attention of a packed sequence on a CPU: what its mask would hide is not computed.

All questions see the context and themselves; with a mask over the whole sequence, most of what is
computed are questions looking at each other. Here the context looks at itself, all questions look
at the context, and each looks at itself; the last two are joined by their normalisers (logsumexp),
as sequences that are spread over several machines are. Equal to the masked path (a test).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

ATTENTION = "leopard_strands"
BLOCK = 256
"""Rows of the context that are computed together; what none of them sees is not computed."""


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

    def spread(self, rows: Tensor) -> Tensor:
        """(heads, positions behind the context, ...) -> (questions, heads, longest, ...)."""
        spread = rows[:, self.places].transpose(0, 1)
        shape = (self.inside.shape[0], 1, self.inside.shape[1], *(1 for _ in spread.shape[3:]))
        return spread.masked_fill(~self.inside.view(shape), 0.0)

    def gather(self, spread: Tensor) -> Tensor:
        """The way back from `spread`."""
        return spread.transpose(1, 2)[self.inside].transpose(0, 1)


class _Attention(torch.autograd.Function):
    """q (1, heads, positions, size), k and v with fewer heads or as many -> the shape of q.

    Products of whole matrices, and what is between them is kept: the gradients of PyTorch's fused
    kernel, made for long sequences and little memory, take one and a half times as long here.
    """

    @staticmethod
    def forward(
        ctx: Any, q: Tensor, k: Tensor, v: Tensor, strands: Strands, scale: float
    ) -> Tensor:
        cut, groups = strands.shared, q.shape[1] // k.shape[1]
        asking, keys, values = q[0] * scale, k[0], v[0]
        out = torch.empty_like(asking)
        shares = []
        for rows in _blocks(cut):
            seen, share, _ = _look(
                _grouped(asking[:, rows], groups), keys[:, : rows.stop], values[:, : rows.stop],
                groups, causal=True,
            )  # fmt: skip
            out[:, rows] = seen.view_as(out[:, rows])
            shares.append(share)
        tail = asking[:, cut:]
        seen, share, total = _look(_grouped(tail, groups), keys[:, :cut], values[:, :cut], groups)
        shares.append(share)
        before, before_total = seen.view_as(tail), total.view(tail.shape[:2])
        spread = strands.spread(tail)
        own_keys, own_values = (_grouped(strands.spread(x[:, cut:])) for x in (keys, values))
        seen, share, total = _look(
            _grouped(spread, groups), own_keys, own_values, groups, causal=True
        )
        shares.append(share)
        own = strands.gather(seen.view_as(spread))
        own_total = strands.gather(total.view(spread.shape[:3]))
        both = torch.logaddexp(before_total, own_total)
        before_weight, own_weight = ((x - both).exp()[..., None] for x in (before_total, own_total))
        out[:, cut:] = before * before_weight + own * own_weight
        ctx.save_for_backward(asking, keys, values, out, before_weight, own_weight, *shares)
        ctx.strands, ctx.scale = strands, scale
        return out[None]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        asking, keys, values, out, before_weight, own_weight, *shares = ctx.saved_tensors
        strands: Strands = ctx.strands
        cut, groups, gradient = strands.shared, asking.shape[0] // keys.shape[0], gradients[0][0]
        drawn = (gradient.float() * out.float()).sum(-1, keepdim=True)
        to_asking = torch.empty_like(asking)
        to_keys, to_values = torch.zeros_like(keys), torch.zeros_like(values)
        tail, own_shares = slice(cut, None), shares.pop()
        # Of what looks at two parts, each gets its part of the gradient.
        towards, drawn_there = gradient.clone(), drawn.clone()
        towards[:, tail] = gradient[:, tail] * before_weight
        drawn_there[:, tail] *= before_weight
        for rows, share in zip((*_blocks(cut), tail), shares, strict=True):
            seen = slice(0, share.shape[-1])
            given = _look_back(
                _grouped(towards[:, rows], groups), _grouped(drawn_there[:, rows], groups),
                _grouped(asking[:, rows], groups), keys[:, seen], values[:, seen], share,
            )  # fmt: skip
            to_asking[:, rows] = given[0].view_as(to_asking[:, rows])
            to_keys[:, seen] += given[1]
            to_values[:, seen] += given[2]
        own_towards = (gradient[:, tail] * own_weight).to(gradient.dtype)
        towards, drawn_there, own_asking, own_keys, own_values = (
            strands.spread(x)
            for x in (
                own_towards, drawn[:, tail] * own_weight,
                asking[:, tail], keys[:, tail], values[:, tail],
            )
        )  # fmt: skip
        given = _look_back(
            _grouped(towards, groups), _grouped(drawn_there, groups),
            _grouped(own_asking, groups), _grouped(own_keys), _grouped(own_values), own_shares,
        )  # fmt: skip
        to_asking[:, tail] += strands.gather(given[0].view_as(own_asking))
        to_keys[:, tail] = strands.gather(given[1].view_as(own_keys))
        to_values[:, tail] = strands.gather(given[2].view_as(own_values))
        return (to_asking * ctx.scale)[None], to_keys[None], to_values[None], None, None


def _blocks(length: int) -> list[slice]:
    return [slice(start, min(start + BLOCK, length)) for start in range(0, length, BLOCK)]


def _grouped(x: Tensor, groups: int = 1) -> Tensor:
    """(..., heads, n, size) -> (the others and the heads of keys, groups * n, size)."""
    return x.reshape(-1, groups * x.shape[-2], x.shape[-1])


def _look(
    asking: Tensor, keys: Tensor, values: Tensor, groups: int, *, causal: bool = False
) -> tuple[Tensor, Tensor, Tensor]:
    """asking (b, groups * n, size), keys and values (b, m, size) -> what is seen, the shares that
    keys have in it, and their normaliser. `causal`: the rows stand where the last n keys do.
    """
    scores = (asking @ keys.mT).float()
    if causal:
        n, m = asking.shape[1] // groups, keys.shape[1]
        later = torch.ones(n, n, dtype=torch.bool).triu(1)
        scores.view(-1, groups, n, m)[..., m - n :].masked_fill_(later, -torch.inf)
    shares = torch.softmax(scores, -1)
    # The largest share is exp(largest score - normaliser).
    total = scores.amax(-1) - shares.amax(-1).log()
    shares = shares.to(asking.dtype)
    return shares @ values, shares, total


def _look_back(
    gradient: Tensor, drawn: Tensor, asking: Tensor, keys: Tensor, values: Tensor, shares: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of asking, keys and values; `drawn` (b, groups * n, 1) is a row's result times its
    gradient.
    """
    inner = (gradient @ values.mT).float().sub_(drawn).mul_(shares).to(asking.dtype)
    return inner @ keys, inner.mT @ asking, shares.mT @ gradient


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
    seen = _Attention.apply(query, key, value, strands, scaling)  # type: ignore[no-untyped-call]
    return cast(Tensor, seen).transpose(1, 2), None


__all__ = ["ATTENTION", "Strands", "attention"]
