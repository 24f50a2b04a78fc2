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
from peft import set_peft_model_state_dict as load_state
from peft.tuners.lora import Linear as PeftLinear
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from ..errors import CheckpointInvalid

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

    One of a lower rank is widened by what changes nothing. The network keeps its precision; the
    LoRA is float32. Raises CheckpointInvalid where `adapter` has a higher rank.
    """
    network.requires_grad_(False)
    config = LoraConfig(
        r=rank, lora_alpha=SCALE * rank, target_modules=list(LINEARS), task_type="CAUSAL_LM"
    )
    with warnings.catch_warnings():
        # peft asks transformers for a property under the name that it had before 5.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        model = cast(PeftModel, get_peft_model(network, config))
    if adapter is not None:
        its = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))["r"]
        if its > rank:
            raise CheckpointInvalid(f"The LoRA in {adapter} has a rank of {its}, not {rank}.")
        stored = load_file(adapter / "adapter_model.safetensors")
        own = get_peft_model_state_dict(model, save_embedding_layers=False)
        load_state(model, {name: _widened(stored[name], own[name]) for name in own})
    for layer in model.modules():
        if isinstance(layer, PeftLinear):
            forward: Callable[[Tensor], Tensor] = partial(_forward, layer)
            layer.forward = forward  # type: ignore[method-assign,assignment]
    return model


def _widened(stored: Tensor, own: Tensor) -> Tensor:
    """A matrix that was stored, in the shape of `own`: more rows as it has them, or more columns
    of zeros, whichever of the two matrices of a layer it is.
    """
    rows, columns = stored.shape
    wide = own.detach().clone().float()
    wide[:, columns:] = 0.0
    wide[:rows, :columns] = stored.float()
    return wide


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
        for file in (weights, description):
            file.replace(folder / file.name)
