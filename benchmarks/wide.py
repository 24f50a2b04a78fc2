"""The `wide` checkpoint of the benchmarks: Leopard-LLaVA's layout and real widths, random weights.

    with checkpoint() as folder:                      # 1.9 GB of bfloat16 in a temporary folder
        leopard = Leopard.load(folder, dtype="int8")
        peer = stock_language_model(folder, torch.float32)

Widths are those of wyu1/Leopard-LLaVA: hidden 4096, MLP 14336, 32 heads, 8 of keys and values;
vision 1152, MLP 4304, 16 heads, tiles of 364 px. Depth is not: 4 language layers instead of 32, 3
vision layers instead of 27, so times are for one eighth of the decoder. Nor is the vocabulary: 629
tokens, those of the committed tiny checkpoint's tokenizer, instead of 128,320. The real output
projection would be 525 million weights more at every token (7 % of the whole model, and more than
half of these four layers), so it is left out rather than overstated.

    python benchmarks/wide.py FOLDER                  # writes it there, to keep
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

TINY = Path(__file__).parents[1] / "tests" / "golden" / "leopard-llava-tiny"
TEXT = {
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "num_hidden_layers": 4,
}
VISION = {
    "hidden_size": 1152,
    "intermediate_size": 4304,
    "num_attention_heads": 16,
    "num_hidden_layers": 3,
}
DEVIATION = 0.02
"""Standard deviation of the weights, as transformers initialises them."""
LANGUAGE = "language_model."
TOWER = "vision_tower.vision_model."

Shapes = dict[str, tuple[int, ...]]


@contextmanager
def checkpoint() -> Iterator[Path]:
    """The checkpoint in a temporary folder, which is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="leopard-wide-") as name:
        write_checkpoint(Path(name))
        yield Path(name)


def write_checkpoint(folder: Path, seed: int = 0) -> None:
    """Writes all files; one shard a layer, so that this process needs half a gigabyte at most."""
    for file in TINY.glob("*.json"):
        if file.name != "cases.json":
            shutil.copy(file, folder)
    config = json.loads((TINY / "config.json").read_text())
    config["text_config"] |= TEXT
    config["vision_config"] |= VISION
    config["torch_dtype"] = "bfloat16"
    (folder / "config.json").write_text(json.dumps(config, indent=2))
    generator = torch.Generator().manual_seed(seed)
    shards, shard_of = list(_shards(config)), {}
    for number, shapes in enumerate(shards, 1):
        file = f"model-{number:05}-of-{len(shards):05}.safetensors"
        tensors = {name: _random(name, shape, generator) for name, shape in shapes.items()}
        save_file(tensors, folder / file, metadata={"format": "pt"})
        shard_of |= dict.fromkeys(shapes, file)
    index = {"metadata": {}, "weight_map": shard_of}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def _random(name: str, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Weights as at the start of training: norms are ones, biases zeros, the rest normal."""
    if name.endswith(".bias"):
        return torch.zeros(shape, dtype=torch.bfloat16)
    if "norm" in name:
        return torch.ones(shape, dtype=torch.bfloat16)
    return torch.empty(shape, dtype=torch.bfloat16).normal_(0, DEVIATION, generator=generator)


def _shards(config: dict[str, dict[str, int]]) -> Iterator[Shapes]:
    text, vision = config["text_config"], config["vision_config"]
    for layer in range(text["num_hidden_layers"]):
        yield _language_layer(f"{LANGUAGE}model.layers.{layer}.", text)
    hidden, seen = text["hidden_size"], vision["hidden_size"]
    rest: Shapes = {
        f"{LANGUAGE}model.embed_tokens.weight": (text["vocab_size"], hidden),
        f"{LANGUAGE}model.norm.weight": (hidden,),
        f"{LANGUAGE}lm_head.weight": (text["vocab_size"], hidden),
        f"{TOWER}embeddings.position_embedding.weight": (
            (vision["image_size"] // vision["patch_size"]) ** 2,
            seen,
        ),
        f"{TOWER}embeddings.patch_embedding.weight": (seen, 3, *[vision["patch_size"]] * 2),
        f"{TOWER}embeddings.patch_embedding.bias": (seen,),
    }
    rest |= _with_bias("multi_modal_projector.linear_1", hidden, 4 * seen)
    rest |= _with_bias("multi_modal_projector.linear_2", hidden, hidden)
    rest |= _norm(f"{TOWER}post_layernorm", seen)
    for layer in range(vision["num_hidden_layers"]):
        rest |= _vision_layer(f"{TOWER}encoder.layers.{layer}.", vision)
    yield rest


def _language_layer(prefix: str, text: dict[str, int]) -> Shapes:
    hidden, inner = text["hidden_size"], text["intermediate_size"]
    shared = hidden // text["num_attention_heads"] * text["num_key_value_heads"]
    matrices = {
        "self_attn.q_proj": (hidden, hidden),
        "self_attn.k_proj": (shared, hidden),
        "self_attn.v_proj": (shared, hidden),
        "self_attn.o_proj": (hidden, hidden),
        "mlp.gate_proj": (inner, hidden),
        "mlp.up_proj": (inner, hidden),
        "mlp.down_proj": (hidden, inner),
    }
    norms = ("input_layernorm", "post_attention_layernorm")
    return {f"{prefix}{name}.weight": shape for name, shape in matrices.items()} | {
        f"{prefix}{name}.weight": (hidden,) for name in norms
    }


def _vision_layer(prefix: str, vision: dict[str, int]) -> Shapes:
    hidden, inner = vision["hidden_size"], vision["intermediate_size"]
    shapes = _norm(f"{prefix}layer_norm1", hidden) | _norm(f"{prefix}layer_norm2", hidden)
    for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
        shapes |= _with_bias(f"{prefix}self_attn.{name}", hidden, hidden)
    return (
        shapes
        | _with_bias(f"{prefix}mlp.fc1", inner, hidden)
        | _with_bias(f"{prefix}mlp.fc2", hidden, inner)
    )


def _with_bias(name: str, out: int, inner: int) -> Shapes:
    return {f"{name}.weight": (out, inner), f"{name}.bias": (out,)}


def _norm(name: str, size: int) -> Shapes:
    return {f"{name}.weight": (size,), f"{name}.bias": (size,)}


def stock_language_model(folder: Path, dtype: torch.dtype) -> LlamaForCausalLM:
    """The checkpoint's language model as transformers itself loads it: the benchmarks' peer."""
    disable_progress_bar()
    set_verbosity_error()  # it lists the vision tower's weights, which are not wanted
    config = LlamaConfig.from_dict(json.loads((folder / "config.json").read_text())["text_config"])
    names = {rf"^{LANGUAGE}model\.": "model.", rf"^{LANGUAGE}lm_head\.": "lm_head."}
    model, report = LlamaForCausalLM.from_pretrained(
        folder, config=config, dtype=dtype, key_mapping=names, output_loading_info=True
    )
    if report["missing_keys"]:
        raise SystemExit(f"transformers left weights at random: {sorted(report['missing_keys'])}")
    model.eval().requires_grad_(False)
    return model


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where it is written, to keep")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    write_checkpoint(folder)
