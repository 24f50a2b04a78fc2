"""Merges a LoRA in the PEFT layout into a model's weights, so that it costs nothing afterwards."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ..errors import CheckpointInvalid, CheckpointNotFound
from .slots import Slot, find_slots

_PREFIX = "base_model.model."
# What would change the result if it were ignored: refused unless it has this value.
_UNSUPPORTED = {
    "peft_type": "LORA",
    "bias": "none",
    "use_dora": False,
    "fan_in_fan_out": False,
    "modules_to_save": None,
    "rank_pattern": {},
    "alpha_pattern": {},
    "layer_replication": None,
    "alora_invocation_tokens": None,
}
# How peft begins a LoRA without changing the weights that it is put on.
_BEGINNINGS = (None, True, False, "gaussian", "orthogonal", "eva", "mica")


@dataclass(frozen=True, slots=True)
class _Pair:
    down: Tensor  # (rank, in), PEFT's lora_A
    up: Tensor  # (out, rank), PEFT's lora_B


@dataclass(frozen=True, slots=True)
class Update:
    """What an adapter adds to one weight (out, in): scale x up x down."""

    scale: float
    pair: _Pair

    def rows(self, start: int, stop: int) -> Tensor:
        """(stop - start, in) float32: what is added to these rows of the weight."""
        return self.scale * (self.pair.up[start:stop].float() @ self.pair.down.float())


def read_updates(
    folder: Path,
    slots: Mapping[str, Slot],
    *,
    rename: Callable[[str], str | None],
) -> dict[str, Update]:
    """What the adapter in `folder` adds to each weight of a model, by the weight's name there.

    `slots` has all weights of the model (see find_slots). `rename` maps the name of a weight in the
    checkpoint that the adapter was trained on to its name in the model, as it does when weights are
    loaded. Raises CheckpointNotFound, or CheckpointInvalid where the adapter is none that can be
    merged here or does not fit the model.
    """
    scale = _read_scale(folder)
    pairs = _read_pairs(folder)
    targets = {name: rename(f"{name}.weight") for name in pairs}
    unknown = sorted(name for name, target in targets.items() if target not in slots)
    if unknown:
        raise CheckpointInvalid(
            f"The adapter in {folder} changes {len(unknown)} weights that this checkpoint does not "
            f"have, such as {unknown[0]}. It was made for another model."
        )
    for name, pair in pairs.items():
        slot = slots[str(targets[name])]
        shape = slot.shape
        rank = pair.down.shape[:1]
        if len(shape) != 2 or (pair.up.shape, pair.down.shape) != (
            (shape[0], *rank),
            (*rank, shape[1]),
        ):
            raise CheckpointInvalid(
                f"The adapter in {folder} has {tuple(pair.up.shape)} x {tuple(pair.down.shape)} "
                f"for {name}, whose weight is {shape}."
            )
        if len(slot.places) > 1:
            tied = " and ".join(place for _, _, place in slot.places)
            raise CheckpointInvalid(
                f"The adapter in {folder} changes {name}, but {tied} are one weight in this model "
                "(tie_word_embeddings), and all of them would change. Train it without that layer "
                "in target_modules."
            )
    return {str(targets[name]): Update(scale, pair) for name, pair in pairs.items()}


def merge_adapter(module: nn.Module, folder: Path, *, rename: Callable[[str], str | None]) -> None:
    """Adds to each weight of a loaded `module` what the adapter in `folder` has for it.

    `rename` and errors are those of `read_updates`. load_weights and load_tensors take an adapter
    too, and must where weights become int8: what was rounded to 8 bits cannot be added to.
    """
    for name, update in read_updates(folder, find_slots(module), rename=rename).items():
        weight = module.get_parameter(name)
        with torch.no_grad():
            weight.add_(update.rows(0, len(weight)).to(weight))


def _read_scale(folder: Path) -> float:
    file = folder / "adapter_config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointNotFound(
            f"{folder} holds no adapter_config.json. Give the folder of a PEFT adapter."
        ) from None
    except (OSError, ValueError) as error:
        raise CheckpointInvalid(f"{file} cannot be read: {error}") from None
    if not isinstance(config, dict):
        raise CheckpointInvalid(f"{file} holds no object.")
    for key, expected in _UNSUPPORTED.items():
        if config.get(key, expected) != expected:
            raise CheckpointInvalid(
                f"{file} has {key} = {config[key]!r}, which cannot be merged here. Train it with "
                f"{key} = {expected!r}."
            )
    if (beginning := config.get("init_lora_weights")) not in _BEGINNINGS:
        raise CheckpointInvalid(
            f"{file} has init_lora_weights = {beginning!r}, which changed the model's own weights "
            "before training. Have peft convert it: save_pretrained(…, "
            "path_initial_model_for_weight_conversion=…), where that is possible."
        )
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not isinstance(rank, int) or rank < 1 or not isinstance(alpha, int | float):
        raise CheckpointInvalid(f"{file} needs r and lora_alpha; it has {rank!r} and {alpha!r}.")
    return alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)


def _read_pairs(folder: Path) -> dict[str, _Pair]:
    """Both matrices of each weight, under the weight's name in the checkpoint."""
    file = folder / "adapter_model.safetensors"
    if not file.exists():
        raise CheckpointInvalid(f"{folder} holds no adapter_model.safetensors.")
    try:
        with safe_open(file, framework="pt") as stored:
            # An open file has keys but is no mapping: iterating over it itself fails.
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointInvalid(f"{file} cannot be read: {error}") from None
    down_end, up_end = ".lora_A.weight", ".lora_B.weight"
    names = {name.removesuffix(down_end).removesuffix(up_end) for name in tensors}
    wrong = [n for n in names if n + down_end not in tensors or n + up_end not in tensors]
    if wrong or not names:
        raise CheckpointInvalid(
            f"{file} is not made of pairs of LoRA matrices: {sorted(wrong)[:3] or 'it is empty'}."
        )
    return {
        name.removeprefix(_PREFIX): _Pair(tensors[name + down_end], tensors[name + up_end])
        for name in names
    }
