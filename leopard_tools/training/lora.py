"""The LoRA on the embedded model's network: put on with peft, computed in one step, exported.

peft keeps the matrices and their names. Its forward pass casts and adds in many small steps that
cost a CPU a third of its time, so the layers compute with `_LowRank` instead; a test holds the
two equal.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from peft.tuners.lora import Linear as PeftLinear
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from ..errors import CheckpointInvalid
from ..weights.adapter import Update, read_updates
from ..weights.slots import find_slots

LINEARS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
RANK = 40
"""As much as 25 MB in half precision hold."""
SCALE = 2
"""What peft calls alpha, over the rank."""
BASE = "HuggingFaceTB/SmolLM2-135M-Instruct"


class _LowRank(torch.autograd.Function):
    """x @ (W + scale B A)^T for a frozen W, in the precision of x; A and B are float32."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, down: Tensor, up: Tensor, scale: float
    ) -> Tensor:
        """x (..., in), weight (out, in), down (rank, in), up (out, rank) -> (..., out)."""
        rows = x.reshape(-1, x.shape[-1])
        small, large = down.to(x.dtype), (up * scale).to(x.dtype)
        middle = rows @ small.T
        ctx.save_for_backward(rows, weight, small, large, middle)
        ctx.scale = scale
        return torch.addmm(rows @ weight.T, middle, large.T).view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Gradients for x, down and up; W is frozen."""
        rows, weight, small, large, middle = ctx.saved_tensors
        gradient = gradients[0].reshape(-1, weight.shape[0])
        inner = gradient @ large
        back = None
        if ctx.needs_input_grad[0]:
            back = torch.addmm(gradient @ weight, inner, small).view(*gradients[0].shape[:-1], -1)
        to_down = (inner.T @ rows).float()
        to_up = (gradient.T @ middle).float() * ctx.scale
        return back, None, to_down, to_up, None


def _forward(layer: PeftLinear, x: Tensor) -> Tensor:
    down, up = layer.lora_A["default"].weight, layer.lora_B["default"].weight
    weight = layer.get_base_layer().weight
    scale = layer.scaling["default"]
    return cast(Tensor, _LowRank.apply(x, weight, down, up, scale))  # type: ignore[no-untyped-call]


def put_on(network: LlamaForCausalLM, adapter: Path | None = None, rank: int = RANK) -> PeftModel:
    """Puts a LoRA into the network, in place: that in `adapter`, or one that changes nothing.

    One of a lower rank, or for fewer weights, is widened by what changes nothing; another scale
    (alpha over rank) goes into the matrices. The network keeps its precision; the LoRA is float32.
    Raises CheckpointNotFound, or CheckpointInvalid where `adapter` cannot be merged into the
    network, has a higher rank, or changes what is not trained.
    """
    updates = {} if adapter is None else _read(adapter, network, rank)
    network.requires_grad_(False)
    config = LoraConfig(
        r=rank, lora_alpha=SCALE * rank, target_modules=list(LINEARS), task_type="CAUSAL_LM"
    )
    with warnings.catch_warnings():
        # peft asks transformers for a property under the name that it had before 5.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        model = cast(PeftModel, get_peft_model(network, config))
    for name, layer in model.named_modules():
        if isinstance(layer, PeftLinear):
            update = updates.get(f"{name.removeprefix('base_model.model.')}.weight")
            if update is not None:
                _take(layer, update)
            forward: Callable[[Tensor], Tensor] = partial(_forward, layer)
            layer.forward = forward  # type: ignore[method-assign,assignment]
    return model


def _read(adapter: Path, network: LlamaForCausalLM, rank: int) -> dict[str, Update]:
    """What the adapter adds to each weight, by its name."""
    updates = read_updates(adapter, find_slots(network), rename=str)
    for name, update in updates.items():
        if name.split(".")[-2] not in LINEARS:
            raise CheckpointInvalid(
                f"The LoRA in {adapter} changes {name}, which is not trained here. Give one that "
                f"changes only {', '.join(LINEARS)}."
            )
        if (its := len(update.pair.down)) > rank:
            raise CheckpointInvalid(
                f"The LoRA in {adapter} has a rank of {its}, not {rank}. Give --rank {its}."
            )
    return updates


@torch.no_grad()
def _take(layer: PeftLinear, update: Update) -> None:
    """Gives a new LoRA's layer, which changes nothing yet, the matrices of one of at most its rank.

    What the rank has more stays as it is new: rows of `down` as drawn, columns of `up` zero.
    """
    its = len(update.pair.down)
    layer.lora_A["default"].get_parameter("weight")[:its] = update.pair.down
    layer.lora_B["default"].get_parameter("weight")[:, :its] = update.pair.up.float() * (
        update.scale / SCALE
    )


def trained(model: PeftModel) -> list[nn.Parameter]:
    """The LoRA's matrices, in a fixed order."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def export(model: PeftModel, folder: Path) -> None:
    """Writes the LoRA in half precision in PEFT's layout, all of it or nothing."""
    state = get_peft_model_state_dict(model, save_embedding_layers=False)
    tensors = {name: tensor.detach().cpu().half().contiguous() for name, tensor in state.items()}
    rank = cast(LoraConfig, model.peft_config["default"]).r
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": BASE,
        "r": rank,
        "lora_alpha": SCALE * rank,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "target_modules": list(LINEARS),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as draft:
        weights = Path(draft) / "adapter_model.safetensors"
        save_file(tensors, weights, metadata={"format": "pt"})
        description = Path(draft) / "adapter_config.json"
        description.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
        # A folder is an adapter once it has its description, which is the same in a run's later
        # exports: each shows either the old weights or the new.
        for file in (weights, description):
            file.replace(folder / file.name)
