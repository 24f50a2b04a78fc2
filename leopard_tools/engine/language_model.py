"""A causal language model as the engine uses it: embeddings in, hidden states and logits out.

One image-less decoder is all it knows, whichever checkpoint the decoder came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

import torch
from torch import Tensor, nn

from .cache import CacheShape, KVCache
from .packing import Batch


class Decoder(Protocol):
    """The engine's own (llama.py), or one of transformers (borrowed.py)."""

    @property
    def embedding(self) -> nn.Embedding:
        """The table of its tokens; hidden states are as wide, and computed in its type."""

    @property
    def cache_sizes(self) -> tuple[int, int, int]:
        """Layers, key-value heads, and the size of each head."""

    def __call__(self, embeddings: Tensor, batch: Batch) -> Tensor:
        """(positions, hidden) of a batch's new positions -> their last hidden states."""


class LanguageModel:
    """A decoder, its output projection `head`, and for how many positions it was made."""

    def __init__(self, decoder: Decoder, head: nn.Module, context_length: int) -> None:
        self.decoder = decoder
        self.head = head
        self.context_length = context_length

    @property
    def device(self) -> torch.device:
        return self.decoder.embedding.weight.device

    @property
    def hidden_size(self) -> int:
        return self.decoder.embedding.embedding_dim

    @property
    def dtype(self) -> torch.dtype:
        """What hidden states are computed in."""
        return self.decoder.embedding.weight.dtype

    @property
    def cache_shape(self) -> CacheShape:
        return CacheShape(*self.decoder.cache_sizes, self.dtype, self.device)

    def new_cache(self) -> KVCache:
        return KVCache(self.cache_shape)

    def embed(self, ids: Sequence[int]) -> Tensor:
        """(len(ids), hidden): the embeddings of tokens."""
        tokens = torch.tensor(ids, dtype=torch.long, device=self.device)
        return cast(Tensor, self.decoder.embedding(tokens))

    def forward(self, embeddings: Tensor, batch: Batch) -> Tensor:
        """Last hidden states (positions, hidden) of a batch's new positions, which become valid.

        embeddings: (positions, hidden), one segment after the other.
        """
        hidden = self.decoder(embeddings, batch)
        batch.commit()
        return hidden

    def logits(self, hidden: Tensor) -> Tensor:
        """Next-token logits (n, vocabulary) float32 after hidden states (n, hidden)."""
        return cast(Tensor, self.head(hidden)).float()


__all__ = ["Decoder", "LanguageModel"]
