"""A causal language model as the engine uses it: embeddings in, hidden states and logits out.

The modules are transformers' own; this file only says how they are called. One image-less
decoder is all it knows, whichever checkpoint the decoder came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from .cache import CacheShape, KVCache
from .packing import ATTENTION, Batch, attention

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class LanguageModel:
    """`decoder` is a transformers model without head (LlamaModel, MistralModel), `head` its output
    projection, `context_length` the number of positions that it was made for.
    """

    def __init__(self, decoder: PreTrainedModel, head: nn.Module, context_length: int) -> None:
        self.decoder = decoder
        self.head = head
        self.context_length = context_length

    @property
    def device(self) -> torch.device:
        return next(self.decoder.parameters()).device

    @property
    def hidden_size(self) -> int:
        return cast(int, self.decoder.config.hidden_size)

    @property
    def dtype(self) -> torch.dtype:
        """What hidden states are computed in."""
        return cast(Tensor, self.decoder.get_input_embeddings().weight).dtype

    def serve(self) -> None:
        """Makes the decoder attend through packing.py, from now on.

        Not done when it is loaded: training calls the same decoder with masks of its own.
        """
        # Imported here: it takes seconds, which reading and finding should not wait for.
        from transformers import AttentionInterface

        AttentionInterface.register(ATTENTION, attention)
        self.decoder.config._attn_implementation = ATTENTION

    @property
    def cache_shape(self) -> CacheShape:
        config = self.decoder.config
        heads = config.num_attention_heads
        size = getattr(config, "head_dim", None) or config.hidden_size // heads
        layers, shared = config.num_hidden_layers, config.num_key_value_heads
        return CacheShape(layers, shared, size, self.dtype, self.device)

    def new_cache(self) -> KVCache:
        return KVCache(self.cache_shape)

    def embed(self, ids: Sequence[int]) -> Tensor:
        """(len(ids), hidden): the embeddings of tokens."""
        table = self.decoder.get_input_embeddings()
        return cast(Tensor, table(torch.tensor(ids, dtype=torch.long, device=self.device)))

    def forward(self, embeddings: Tensor, batch: Batch) -> Tensor:
        """Last hidden states (positions, hidden) of a batch's new positions, which become valid.

        embeddings: (positions, hidden), one segment after the other.
        """
        # Called by position: the cache's keyword changed its name in transformers 5.24.
        output = self.decoder(
            None,
            None,
            batch.positions(embeddings.device),
            batch,
            embeddings[None],
            use_cache=True,
            packed=batch,
        )
        batch.commit()
        return cast(Tensor, output.last_hidden_state[0])

    def logits(self, hidden: Tensor) -> Tensor:
        """Next-token logits (n, vocabulary) float32 after hidden states (n, hidden)."""
        return cast(Tensor, self.head(hidden)).float()


__all__ = ["LanguageModel"]
