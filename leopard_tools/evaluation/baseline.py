"""The embedded model without its LoRA, to compare with: what training has added.

`Leopard.load` always merges an adapter into the embedded model, so the bare one is loaded with an
adapter that adds zero to one weight.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

WIDTH = 576
_WEIGHT = "base_model.model.model.layers.0.self_attn.q_proj"


def write_empty_adapter(folder: Path) -> Path:
    """Makes `folder` a LoRA in the PEFT layout that changes nothing; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": ["q_proj"]}
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    pair = {
        f"{_WEIGHT}.lora_A.weight": np.zeros((1, WIDTH), np.float32),
        f"{_WEIGHT}.lora_B.weight": np.zeros((WIDTH, 1), np.float32),
    }
    save_file(pair, folder / "adapter_model.safetensors")
    return folder


__all__ = ["write_empty_adapter"]
