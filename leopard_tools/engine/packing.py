"""Several sequences in one pass through a decoder, side by side and without padding.

The new positions of all of them stand in one row. Everything but attention treats positions one
by one, so a decoder's modules compute them as they are; for attention the decoder asks the batch,
which looks at each sequence's own keys and values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from .cache import KVCache

# Up to this many queries those of a key-value head are computed together (`attend_together`).
FEW = 32


@dataclass(frozen=True, slots=True)
class Segment:
    """Positions start..stop of the packed row continue the sequence of `cache`."""

    cache: KVCache
    start: int
    stop: int


class Batch(Protocol):
    """What a pass through the decoder needs of the sequences: their caches, and attention."""

    def positions(self, device: torch.device) -> Tensor:
        """(1, all positions): where each new position stands in its own sequence."""

    def update(
        self, keys: Tensor, values: Tensor, layer_idx: int, *_: object, **__: object
    ) -> tuple[Tensor, Tensor]:
        """transformers' Cache.update: keeps keys and values (1, heads, all positions, size)."""

    def attend(self, layer: int, queries: Tensor, scaling: float, window: int | None) -> Tensor:
        """(1, heads, all positions, size) of queries -> (1, all positions, heads, size)."""

    def commit(self) -> None:
        """Makes the new positions valid."""


class PackedBatch:
    """The segments of one pass; `commit` makes what it wrote valid."""

    def __init__(self, caches: Sequence[KVCache], counts: Sequence[int]) -> None:
        self.segments: list[Segment] = []
        start = 0
        for cache, count in zip(caches, counts, strict=True):
            cache.reserve(cache.length + count)
            self.segments.append(Segment(cache, start, start + count))
            start += count

    def positions(self, device: torch.device) -> Tensor:
        """(1, all positions): where each stands in its own sequence."""
        ranges = [
            torch.arange(s.cache.length, s.cache.length + s.stop - s.start) for s in self.segments
        ]
        return torch.cat(ranges)[None].to(device)

    def update(
        self, keys: Tensor, values: Tensor, layer_idx: int, *_: object, **__: object
    ) -> tuple[Tensor, Tensor]:
        """transformers' Cache.update: keeps keys and values (1, heads, all positions, size)."""
        for segment in self.segments:
            new = slice(segment.start, segment.stop)
            segment.cache.write(layer_idx, keys[0, :, new], values[0, :, new])
        return keys, values

    def attend(self, layer: int, queries: Tensor, scaling: float, window: int | None) -> Tensor:
        """(1, heads, all positions, size) of queries -> (1, all positions, heads, size)."""
        found = [
            _attend(segment, layer, queries[:, :, segment.start : segment.stop], scaling, window)
            for segment in self.segments
        ]
        return torch.cat(found, 2).transpose(1, 2)

    def commit(self) -> None:
        """Makes the new positions valid. A pass that failed before leaves all as it was."""
        for segment in self.segments:
            segment.cache.length += segment.stop - segment.start


def _attend(
    segment: Segment, layer: int, queries: Tensor, scaling: float, window: int | None
) -> Tensor:
    """(1, heads, n, size) of one sequence's queries -> the same shape."""
    count, before = queries.shape[2], segment.cache.length
    # What the first query may no longer see, none of the later ones sees.
    first = 0 if window is None else max(0, before - window + 1)
    keys, values = segment.cache.read(layer, first, before + count)
    heads, length, _ = keys.shape
    mask = _mask(count, length, window, queries.device)
    if count <= FEW:
        if mask is not None:
            mask = mask.repeat(queries.shape[1] // heads, 1)
        return attend_together(queries, keys[None], values[None], mask, scaling)
    causal = mask is None and count == length
    return scaled_dot_product_attention(
        queries,
        keys[None],
        values[None],
        attn_mask=mask,
        is_causal=causal,
        scale=scaling,
        enable_gqa=True,
    )


def attend_together(
    queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None, scaling: float
) -> Tensor:
    """(rows, heads, n, size) of queries -> the same shape; keys and values (rows, fewer heads, m,
    size). A key-value head's queries are computed together, which spares a copy of its keys for
    each of them; `mask` is that of such a group: its last sizes are (heads / fewer heads * n, m).
    """
    rows, shared, _, size = keys.shape
    together = queries.reshape(rows, shared, -1, size)
    seen = scaled_dot_product_attention(together, keys, values, attn_mask=mask, scale=scaling)
    return seen.reshape(queries.shape)


def _mask(count: int, length: int, window: int | None, device: torch.device) -> Tensor | None:
    """(count, length) booleans: which keys the last `count` positions see; None is plain.

    Plain is all of them for a single query, and causal for many without anything before.
    """
    narrow = window is not None and length > window
    if not narrow and (count == 1 or (count == length and count > FEW)):
        return None
    places = torch.arange(length, device=device)
    distance = places[length - count :, None] - places
    seen = distance >= 0
    return seen & (distance < window) if narrow and window is not None else seen
