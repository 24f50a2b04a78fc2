"""Decoding in a few fixed shapes, which a GPU replays as one CUDA graph.

A step of decoding is a thousand small kernels: a GPU waits for each to be launched, longer than it
computes. A graph is launched once, but it may read and write only the memory that it was recorded
with. So a request that decodes has its cache lent to a row of memory set aside for this, until it
ends or a prompt is computed beside it; rows have room for 512, 2,048, ... positions, and what is
beyond a cache's length is masked. Where there is no GPU the same steps run without being recorded,
which is slower than packing.py; the tests do so.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .cache import KVCache
from .language_model import LanguageModel
from .packing import attend_together

ROWS = (1, 2, 4, 8, 16, 32)
ROOMS = (512, 2048, 8192)
COUNTS = (1, 4, 16)
"""Requests, positions of a cache, and new positions of each request that a shape has room for."""
MOST_BYTES = 2 * 2**30
MOST_OF_MEMORY = 16
"""Memory set aside: so many bytes, or this part of the device's where that is less."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`rows` requests whose caches have `room` positions, each with `count` new ones."""

    rows: int
    room: int
    count: int

    @classmethod
    def for_(cls, rows: int, longest: int, count: int) -> Shape | None:
        """The smallest shape for caches of `longest` positions, or None where none is enough."""
        if rows > ROWS[-1] or count > COUNTS[-1]:
            return None
        filled = _first(COUNTS, count)
        if longest + filled > ROOMS[-1]:
            return None
        return cls(_first(ROWS, rows), _first(ROOMS, longest + filled), filled)

    @property
    def positions(self) -> int:
        return self.rows * self.room


def _first(sizes: Sequence[int], needed: int) -> int:
    return next(size for size in sizes if size >= needed)


class StaticBatch:
    """One pass in a shape, in place of packing.PackedBatch.

    `memory` is (layers, 2, rows, heads, room, size), `lengths` (rows,): how many positions of
    each row are valid. Nothing here depends on values that only the device knows.
    """

    def __init__(self, memory: Tensor, lengths: Tensor, count: int) -> None:
        self.memory = memory
        self.count = count
        steps = torch.arange(count, device=lengths.device)
        self._places = lengths[:, None] + steps
        self._rows = torch.arange(len(lengths), device=lengths.device)[:, None]
        self._masks: dict[int | None, Tensor] = {}

    def positions(self, device: torch.device) -> Tensor:
        """(1, rows * count): where each new position stands in its own sequence."""
        return self._places.reshape(1, -1)

    def update(
        self, keys: Tensor, values: Tensor, layer_idx: int, *_: object, **__: object
    ) -> tuple[Tensor, Tensor]:
        """transformers' Cache.update: keeps keys and values (1, heads, rows * count, size)."""
        for kept, new in zip(self.memory[layer_idx], (keys, values), strict=True):
            heads, size = new.shape[1], new.shape[3]
            by_row = new[0].view(heads, -1, self.count, size).permute(1, 2, 0, 3)
            kept[self._rows, :, self._places] = by_row
        return keys, values

    def attend(self, layer: int, queries: Tensor, scaling: float, window: int | None) -> Tensor:
        """(1, heads, rows * count, size) of queries -> (1, rows * count, heads, size)."""
        keys, values = self.memory[layer]
        rows, shared, room, size = keys.shape
        heads = queries.shape[1]
        by_row = queries[0].view(heads, rows, self.count, size).transpose(0, 1)
        mask = self._mask(heads // shared, room, window)
        seen = attend_together(by_row, keys, values, mask, scaling)
        return seen.transpose(1, 2).reshape(1, rows * self.count, heads, size)

    def _mask(self, groups: int, room: int, window: int | None) -> Tensor:
        """(rows, 1, groups * count, room) booleans: which keys the new positions see."""
        if window not in self._masks:
            keys = torch.arange(room, device=self._places.device)
            distance = self._places[..., None] - keys
            seen = distance >= 0
            if window is not None:
                seen &= distance < window
            self._masks[window] = seen.repeat(1, groups, 1)[:, None]
        return self._masks[window]

    def commit(self) -> None:
        """Nothing: lengths are counted outside, where the pass is replayed."""


class _Pass:
    """The decoder and its output layer in one shape, over memory of its own."""

    def __init__(self, model: LanguageModel, memory: Tensor, shape: Shape, pool: Any) -> None:
        self._model = model
        self._memory = memory
        self.lengths = torch.zeros(shape.rows, dtype=torch.long, device=model.device)
        self.embeddings = torch.zeros(
            shape.rows, shape.count, model.hidden_size, dtype=model.dtype, device=model.device
        )
        self._pool = pool
        self._replay: Callable[[], Tensor] | None = None

    def __call__(self) -> Tensor:
        """(rows, count, vocabulary) float32, valid until the next call."""
        if self._model.device.type != "cuda":
            return self._compute()
        if self._replay is None:
            self._replay = self._record()
        return self._replay()

    def _compute(self) -> Tensor:
        rows, count = self.embeddings.shape[:2]
        batch = StaticBatch(self._memory, self.lengths, count)
        hidden = self._model.forward(self.embeddings.flatten(0, 1), batch)
        return self._model.logits(hidden).view(rows, count, -1)

    def _record(self) -> Callable[[], Tensor]:
        # Once beforehand on a stream beside: libraries prepare themselves in a first pass. That
        # writes what the replay will write, so what is computed must be in its place by now.
        beside, current = torch.cuda.Stream(), torch.cuda.current_stream()
        beside.wait_stream(current)
        with torch.cuda.stream(beside):
            self._compute()
        current.wait_stream(beside)
        graph = torch.cuda.CUDAGraph()
        # Other threads, which encode pictures, go on meanwhile.
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            logits = self._compute()

        def replay() -> Tensor:
            graph.replay()
            return logits

        return replay


class StaticDecoder:
    """Computes steps in which every request decodes; only the worker's thread uses it.

    most_bytes: memory set aside for caches; a step that needs more is not computed here.
    """

    def __init__(self, model: LanguageModel, most_bytes: int) -> None:
        self._model = model
        cache = model.cache_shape
        self._positions = most_bytes // cache.position_bytes
        # Zeros: what is masked counts nothing, but not where it is no number.
        self._memory = torch.zeros(
            self._positions * cache.position_bytes // cache.dtype.itemsize,
            dtype=cache.dtype,
            device=cache.device,
        )
        self._pool = torch.cuda.graph_pool_handle() if cache.device.type == "cuda" else None
        self._passes: dict[Shape, _Pass] = {}
        self._layout: tuple[int, int] | None = None
        self._rows: list[Tensor] = []
        self._lent: list[weakref.ref[KVCache] | None] = []

    @classmethod
    def where_it_pays(cls, model: LanguageModel) -> StaticDecoder | None:
        """One on a CUDA device, None elsewhere."""
        if model.device.type != "cuda":
            return None
        memory = torch.cuda.get_device_properties(model.device).total_memory
        return cls(model, min(MOST_BYTES, memory // MOST_OF_MEMORY))

    def forward(
        self, caches: Sequence[KVCache], embeddings: Sequence[Tensor]
    ) -> list[Tensor] | None:
        """Logits (count, vocabulary) after the new positions of each request, which become valid.

        embeddings: (count, hidden) of each. None, with nothing changed, where the step has no
        shape or the shape too little memory. What is given is valid until the next call.
        """
        counts = [len(rows) for rows in embeddings]
        shape = Shape.for_(len(caches), max(c.length for c in caches), max(counts))
        if shape is None or shape.positions > self._positions:
            return None
        rows = self._place(caches, shape)
        if shape not in self._passes:
            self._passes[shape] = _Pass(self._model, self._view(shape), shape, self._pool)
        run = self._passes[shape]
        lengths = [0] * shape.rows
        for row, cache, given in zip(rows, caches, embeddings, strict=True):
            lengths[row] = cache.length
            run.embeddings[row, : len(given)] = given
        run.lengths.copy_(torch.tensor(lengths))
        logits = run()
        for cache, count in zip(caches, counts, strict=True):
            cache.length += count
        return [logits[row, :count] for row, count in zip(rows, counts, strict=True)]

    def _view(self, shape: Shape) -> Tensor:
        """(layers, 2, rows, heads, room, size): the memory as this shape has it."""
        cache = self._model.cache_shape
        sizes = (cache.layers, 2, shape.rows, cache.heads, shape.room, cache.size)
        return self._memory[: math.prod(sizes)].view(sizes)

    def _place(self, caches: Sequence[KVCache], shape: Shape) -> list[int]:
        """Which row each cache is lent to, after those that were not yet have been.

        Rows that are left over are computed too, from nothing: nobody's cache stays in them.
        """
        if self._layout != (shape.rows, shape.room):
            for row in range(len(self._rows)):
                self._call_back(row)
            self._layout = shape.rows, shape.room
            self._rows = list(self._view(shape).unbind(2))
            self._lent = [None] * shape.rows
        rows = {id(memory): row for row, memory in enumerate(self._rows)}
        found = [rows.get(id(cache.row)) for cache in caches]
        free = iter(sorted(set(range(shape.rows)) - {row for row in found if row is not None}))
        placed = []
        for cache, known in zip(caches, found, strict=True):
            row = next(free) if known is None else known
            if known is None:
                self._call_back(row)
                cache.lend(self._rows[row])
                self._lent[row] = weakref.ref(cache)
            placed.append(row)
        for row in free:
            self._call_back(row)
        return placed

    def _call_back(self, row: int) -> None:
        holder = self._lent[row]
        cache = holder() if holder is not None else None
        # It may have settled by itself, and stand in another row by now.
        if cache is not None and cache.row is self._rows[row]:
            cache.settle()
        self._lent[row] = None


__all__ = ["StaticBatch", "StaticDecoder"]
