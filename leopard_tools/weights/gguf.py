"""Reads the one GGUF layout that the embedded model comes in: llama weights in F32, Q4_1, Q8_0.

The `gguf` package parses the file once (seconds, mostly its vocabulary); what it finds, positions
of tensors and the tokenizer, is small and kept by the caller. Weights are then read straight from
the file. Source of the block layouts: the GGUF specification.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..errors import CheckpointInvalid, MissingDependency

BLOCK = 32
"""Weights that share one scale in both quantised layouts."""


@dataclass(frozen=True, slots=True)
class GgufTensor:
    """Where a tensor lies in the file: its layout's name, shape (rows first), offset and bytes."""

    name: str
    layout: str
    shape: tuple[int, ...]
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class GgufIndex:
    """What is needed besides the weights' bytes; `config` names things as LlamaConfig does."""

    config: dict[str, int | float | bool]
    tensors: tuple[GgufTensor, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> GgufIndex:
        content = json.loads(text)
        tensors = (GgufTensor(**{**t, "shape": tuple(t["shape"])}) for t in content["tensors"])
        return GgufIndex(content["config"], tuple(tensors))


def parse(file: Path) -> tuple[GgufIndex, str]:
    """The index of a GGUF file and its tokenizer as the text of a tokenizer.json; seconds."""
    try:
        from gguf import GGUFReader
    except ImportError:
        raise MissingDependency("gguf", "pip install 'leopard-tools[nano]'") from None
    try:
        reader = GGUFReader(file)
        fields = {name: field.contents() for name, field in reader.fields.items()}
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise CheckpointInvalid(f"{file} cannot be read as GGUF: {error}") from None
    if fields.get("general.architecture") != "llama":
        raise CheckpointInvalid(
            f"{file} holds a {fields.get('general.architecture')!r} model; only llama is supported."
        )
    tensors = tuple(
        GgufTensor(
            t.name,
            t.tensor_type.name,
            tuple(int(n) for n in reversed(t.shape)),
            int(t.data_offset),
            int(t.n_bytes),
        )
        for t in reader.tensors
    )
    return GgufIndex(_config(fields), tensors), _tokenizer_json(fields)


def _config(fields: dict[str, object]) -> dict[str, int | float | bool]:
    def number(key: str) -> float:
        value = fields[key]
        assert isinstance(value, int | float)
        return value

    return {
        "vocab_size": int(number("llama.vocab_size")),
        "hidden_size": int(number("llama.embedding_length")),
        "intermediate_size": int(number("llama.feed_forward_length")),
        "num_hidden_layers": int(number("llama.block_count")),
        "num_attention_heads": int(number("llama.attention.head_count")),
        "num_key_value_heads": int(number("llama.attention.head_count_kv")),
        "max_position_embeddings": int(number("llama.context_length")),
        "rope_theta": number("llama.rope.freq_base"),
        # Stored as float32, whose nearest neighbour of 1e-5 prints as 9.99…e-06.
        "rms_norm_eps": float(f"{number('llama.attention.layer_norm_rms_epsilon'):.6g}"),
        "tie_word_embeddings": True,
    }


def _tokenizer_json(fields: dict[str, object]) -> str:
    """Byte-level BPE with digits one by one, which is what GGUF calls "smollm"."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokens, kinds, merges = (
        fields[f"tokenizer.ggml.{key}"] for key in ("tokens", "token_type", "merges")
    )
    if fields.get("tokenizer.ggml.pre") != "smollm":
        raise CheckpointInvalid(
            f"The GGUF file's tokenizer is {fields.get('tokenizer.ggml.pre')!r}; "
            "only 'smollm' is supported."
        )
    assert isinstance(tokens, list) and isinstance(kinds, list) and isinstance(merges, list)
    pairs = [(left, right) for left, right in (merge.split(" ") for merge in merges)]
    fast = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, pairs))
    fast.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(False)]
    )
    fast.decoder = decoders.ByteLevel()
    control = 3  # GGUF's number for markers
    fast.add_special_tokens(
        [
            AddedToken(token, special=True, normalized=False)
            for token, kind in zip(tokens, kinds, strict=True)
            if kind == control
        ]
    )
    text: str = fast.to_str()
    return text


def read_tensors(file: Path, index: GgufIndex) -> Iterator[tuple[str, Tensor]]:
    """All tensors in float32 under their names in transformers' LlamaForCausalLM."""
    content = np.memmap(file, dtype=np.uint8, mode="r")
    heads = {
        "attn_q": int(index.config["num_attention_heads"]),
        "attn_k": int(index.config["num_key_value_heads"]),
    }
    for tensor in index.tensors:
        raw = content[tensor.offset : tensor.offset + tensor.size]
        # Copied, since torch warns of memory that it must not write to.
        values = dequantize(torch.from_numpy(np.array(raw)), tensor.layout, tensor.shape)
        part = tensor.name.split(".")[-2]
        if part in heads:
            values = _separate_rotary_halves(values, heads[part])
        yield transformers_name(tensor.name), values


def dequantize(raw: Tensor, layout: str, shape: tuple[int, ...]) -> Tensor:
    """float32 tensor of `shape` from a tensor's bytes (uint8)."""
    if layout == "F32":
        return raw.view(torch.float32).view(shape)
    if layout == "Q8_0":  # scale, 32 signed bytes
        blocks = raw.view(-1, 2 + BLOCK)
        scale = blocks[:, :2].contiguous().view(torch.float16).float()
        return (blocks[:, 2:].view(torch.int8).float() * scale).view(shape)
    if layout == "Q4_1":  # scale, minimum, 16 bytes: low halves are weights 0..15, high 16..31
        blocks = raw.view(-1, 4 + BLOCK // 2)
        scale, minimum = blocks[:, :4].contiguous().view(torch.float16).float().split(1, 1)
        values = torch.empty(len(blocks), BLOCK)
        values[:, : BLOCK // 2] = blocks[:, 4:] & 15
        values[:, BLOCK // 2 :] = blocks[:, 4:] >> 4
        return values.mul_(scale).add_(minimum).view(shape)
    raise CheckpointInvalid(f"GGUF layout {layout} is not supported; F32, Q4_1 and Q8_0 are.")


def _separate_rotary_halves(weight: Tensor, heads: int) -> Tensor:
    """llama.cpp stores a head's rotary pairs side by side, transformers in two halves."""
    rows, columns = weight.shape
    pairs = weight.view(heads, rows // heads // 2, 2, columns)
    return pairs.transpose(1, 2).reshape(rows, columns)


_PARTS = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def transformers_name(name: str) -> str:
    """A tensor's GGUF name to that of transformers' LlamaForCausalLM."""
    if name == "token_embd.weight":
        return "model.embed_tokens.weight"
    if name == "output_norm.weight":
        return "model.norm.weight"
    try:
        _, layer, part, kind = name.split(".")
        return f"model.layers.{int(layer)}.{_PARTS[part]}.{kind}"
    except (ValueError, KeyError):
        raise CheckpointInvalid(f"The GGUF file has an unknown tensor {name!r}.") from None
