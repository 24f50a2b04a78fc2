"""A decoder of transformers as the engine calls it.

Its modules compute positions one by one; attention goes through transformers' own interfaces: to
the decoder a Batch is its cache, and `ATTENTION` the name of its attention, which looks at each
sequence's own keys and values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from torch import Tensor, nn
from transformers import AttentionInterface

from .packing import Batch

if TYPE_CHECKING:
    from transformers import PreTrainedModel

ATTENTION = "leopard_packed"


class BorrowedDecoder:
    """`module` is a transformers model without head (LlamaModel, MistralModel)."""

    def __init__(self, module: PreTrainedModel) -> None:
        self.module = module
        AttentionInterface.register(ATTENTION, attention)
        module.config._attn_implementation = ATTENTION

    @property
    def embedding(self) -> nn.Embedding:
        return cast(nn.Embedding, self.module.get_input_embeddings())

    @property
    def cache_sizes(self) -> tuple[int, int, int]:
        config = self.module.config
        heads = config.num_attention_heads
        size = getattr(config, "head_dim", None) or config.hidden_size // heads
        return config.num_hidden_layers, config.num_key_value_heads, size

    def __call__(self, embeddings: Tensor, batch: Batch) -> Tensor:
        """(positions, hidden) of a batch's new positions -> their last hidden states."""
        # Called by position: the cache's keyword changed its name in transformers 5.24.
        output = self.module(
            None,
            None,
            batch.positions(embeddings.device),
            batch,
            embeddings[None],
            use_cache=True,
            packed=batch,
        )
        return cast(Tensor, output.last_hidden_state[0])


def attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    packed: Batch,
    sliding_window: int | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """transformers' attention function; key and value are in the batch's caches already."""
    layer = module.layer_idx
    assert isinstance(layer, int)
    return packed.attend(layer, query, scaling, sliding_window), None


__all__ = ["ATTENTION", "BorrowedDecoder"]
