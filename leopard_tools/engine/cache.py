"""Keys and values of one sequence: preallocated, growing in blocks, croppable.

Every request owns one. Requests are computed side by side without padding them to one length, so
a cache has no rows: see packing.py for how several become one pass through the decoder.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

BLOCK = 256
"""Positions by which a cache grows at least."""


@dataclass(frozen=True, slots=True)
class CacheShape:
    """What one position of a decoder's cache holds."""

    layers: int
    heads: int
    size: int
    dtype: torch.dtype
    device: torch.device

    @property
    def position_bytes(self) -> int:
        return 2 * self.layers * self.heads * self.size * self.dtype.itemsize


class KVCache:
    """The first `length` positions are valid; writing beyond them does not change `length`.

    While it is lent (static.py), what comes new is written to a row of other memory; whatever else
    is done with it settles that first.
    """

    def __init__(self, shape: CacheShape) -> None:
        self.shape = shape
        self.length = 0
        self._row: Tensor | None = None
        # While it is lent: how many positions are here too.
        self._here = 0
        self._layers = [self._allocate(0) for _ in range(shape.layers)]

    @property
    def capacity(self) -> int:
        """Positions that every layer has room for: one that could not grow counts for all."""
        return min(layer.shape[2] for layer in self._layers)

    @property
    def nbytes(self) -> int:
        return self.capacity * self.shape.position_bytes

    def reserve(self, positions: int) -> None:
        """Makes room for `positions` in all.

        A cache that grows step by step grows by a quarter, so that copying stays cheap; layer by
        layer, so that no more than one layer is held twice.
        """
        self.settle()
        if positions <= self.capacity:
            return
        grown = positions if not self.length else max(positions, self.capacity * 5 // 4)
        self._resize(_in_blocks(grown), self.length)

    def write(self, layer: int, keys: Tensor, values: Tensor) -> None:
        """Puts keys and values (heads, n, size) of one layer behind the valid positions."""
        stop = self.length + keys.shape[1]
        self._layers[layer][0, :, self.length : stop] = keys
        self._layers[layer][1, :, self.length : stop] = values

    def read(self, layer: int, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Keys and values (heads, stop - start, size), as views; written ones may be read."""
        keys, values = self._layers[layer][:, :, start:stop]
        return keys, values

    def crop(self, length: int) -> None:
        """Forgets the positions from `length` on; memory stays for what comes next."""
        assert 0 <= length <= self.length
        self.length = length
        self._here = min(self._here, length)

    @property
    def row(self) -> Tensor | None:
        """The row that it is lent to."""
        return self._row

    def lend(self, row: Tensor) -> None:
        """From now on new positions are written to `row` (layers, 2, heads, room, size), which
        gets those that there are.
        """
        self.settle()
        for mine, its in zip(self._layers, row, strict=True):
            its[:, :, : self.length] = mine[:, :, : self.length]
        self._row, self._here = row, self.length

    def settle(self) -> None:
        """Ends the loan, if there is one: what was written to the row is here again."""
        row, self._row = self._row, None
        if row is None or self._here >= self.length:
            return
        if self.length > self.capacity:
            self._resize(_in_blocks(self.length), self._here)
        new = slice(self._here, self.length)
        for mine, its in zip(self._layers, row, strict=True):
            mine[:, :, new] = its[:, :, new]

    def shrink(self, most_bytes: int) -> None:
        """Gives back memory that holds nothing, for a cache put aside: where that is much, or it
        takes more than `most_bytes`.
        """
        self.settle()
        needed = _in_blocks(self.length)
        if needed < self.capacity * 3 // 4 or self.nbytes > most_bytes:
            self._resize(needed, self.length)

    def copy(self, length: int, room: int = 0) -> KVCache:
        """A cache of its own with the first `length` positions and room for `room` in all.

        They never change while this one is in use, so it may be at work meanwhile.
        """
        self.settle()
        twin = KVCache(self.shape)
        twin.reserve(max(length, room))
        for mine, its in zip(self._layers, twin._layers, strict=True):
            its[:, :, :length] = mine[:, :, :length]
        twin.length = length
        return twin

    def _allocate(self, capacity: int) -> Tensor:
        heads, size = self.shape.heads, self.shape.size
        return torch.empty(
            2, heads, capacity, size, dtype=self.shape.dtype, device=self.shape.device
        )

    def _resize(self, capacity: int, kept: int) -> None:
        for index, layer in enumerate(self._layers):
            grown = self._allocate(capacity)
            grown[:, :, :kept] = layer[:, :, :kept]
            self._layers[index] = grown


def _in_blocks(positions: int) -> int:
    """As many positions in whole blocks."""
    return -(-positions // BLOCK) * BLOCK
