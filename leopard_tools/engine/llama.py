"""A Llama as the engine calls it: what transformers' LlamaForCausalLM computes, to the last bit
(but where few rows are multiplied in another order, which rounds otherwise; see few_rows.py).

Importing that takes more than twice as long as loading the embedded model. Parameters have the
names that they have there, so that weights and LoRAs fit both; training, which needs gradients and
masks of its own, uses theirs. Rotary embeddings are the plain ones, without scaling. Must not know
of checkpoints.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from .few_rows import Linear
from .packing import Batch

Config = Mapping[str, int | float | bool]


class Llama(nn.Module):
    """The decoder and its output projection, to be built inside weights.stream.skeleton().

    `config` names things as LlamaConfig does.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.model = LlamaDecoder(config)
        self.lm_head = Linear(int(config["hidden_size"]), int(config["vocab_size"]))
        if config["tie_word_embeddings"]:
            self.lm_head.weight = self.model.embed_tokens.weight


class LlamaDecoder(nn.Module):
    """Embeddings in, hidden states out."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width, depth = int(config["hidden_size"]), int(config["num_hidden_layers"])
        # Not nn.Embedding(…): to fill a table on meta with random numbers imports torch's compiler.
        table = torch.empty(int(config["vocab_size"]), width, device="meta")
        self.embed_tokens = nn.Embedding.from_pretrained(table)
        self.layers = nn.ModuleList(_Layer(config, number) for number in range(depth))
        self.norm = _Norm(width, config)
        size = width // int(config["num_attention_heads"])
        self.cache_sizes = depth, int(config["num_key_value_heads"]), size
        steps = torch.arange(0, size, 2, dtype=torch.float) / size
        self.register_buffer("frequencies", 1.0 / config["rope_theta"] ** steps, persistent=False)

    @property
    def embedding(self) -> nn.Embedding:
        table = self.embed_tokens
        assert isinstance(table, nn.Embedding)
        return table

    def forward(self, embeddings: Tensor, batch: Batch) -> Tensor:
        """(positions, hidden) of a batch's new positions -> their last hidden states."""
        rotation = self._rotation(batch.positions(embeddings.device), embeddings.dtype)
        hidden = embeddings[None]
        for layer in self.layers:
            hidden = layer(hidden, rotation, batch)
        found: Tensor = self.norm(hidden)
        return found[0]

    def _rotation(self, positions: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Cosines and sines (1, 1, positions, size) of what each position is turned by."""
        angles = positions[..., None].float() * self.get_buffer("frequencies")
        angles = torch.cat((angles, angles), dim=-1)[:, None]
        return angles.cos().to(dtype), angles.sin().to(dtype)


class _Layer(nn.Module):
    def __init__(self, config: Config, number: int) -> None:
        super().__init__()
        width = int(config["hidden_size"])
        self.self_attn = _Attention(config, number)
        self.mlp = _Mlp(width, int(config["intermediate_size"]))
        self.input_layernorm = _Norm(width, config)
        self.post_attention_layernorm = _Norm(width, config)

    def forward(self, hidden: Tensor, rotation: tuple[Tensor, Tensor], batch: Batch) -> Tensor:
        hidden = hidden + self.self_attn(self.input_layernorm(hidden), rotation, batch)
        found: Tensor = hidden + self.mlp(self.post_attention_layernorm(hidden))
        return found


class _Attention(nn.Module):
    """Looks at the keys and values of each sequence through the batch, which keeps them."""

    def __init__(self, config: Config, number: int) -> None:
        super().__init__()
        width, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
        self.number = number
        self.size = width // heads
        self.scaling = self.size**-0.5
        shared = int(config["num_key_value_heads"]) * self.size
        self.q_proj = Linear(width, width)
        self.k_proj = Linear(width, shared)
        self.v_proj = Linear(width, shared)
        self.o_proj = Linear(width, width)

    def forward(self, hidden: Tensor, rotation: tuple[Tensor, Tensor], batch: Batch) -> Tensor:
        queries, keys, values = (
            project(hidden).view(*hidden.shape[:2], -1, self.size).transpose(1, 2)
            for project in (self.q_proj, self.k_proj, self.v_proj)
        )
        batch.update(_turned(keys, *rotation), values, self.number)
        seen = batch.attend(self.number, _turned(queries, *rotation), self.scaling, None)
        found: Tensor = self.o_proj(seen.reshape(hidden.shape))
        return found


def _turned(vectors: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Each half of a vector is the other's partner in a plane that turns with the position."""
    first, second = vectors.chunk(2, dim=-1)
    return vectors * cos + torch.cat((-second, first), dim=-1) * sin


class _Mlp(nn.Module):
    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.gate_proj = Linear(width, inner)
        self.up_proj = Linear(width, inner)
        self.down_proj = Linear(inner, width)

    def forward(self, hidden: Tensor) -> Tensor:
        found: Tensor = self.down_proj(silu(self.gate_proj(hidden)) * self.up_proj(hidden))
        return found


class _Norm(nn.Module):
    """Root mean square, taken in float32 whatever the numbers are."""

    def __init__(self, width: int, config: Config) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = float(config["rms_norm_eps"])

    def forward(self, hidden: Tensor) -> Tensor:
        wide = hidden.float()
        scale = torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return self.weight * (wide * scale).to(hidden.dtype)


__all__ = ["Config", "Llama", "LlamaDecoder"]
