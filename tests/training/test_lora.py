"""The LoRA: one-step computation against peft's, and what is exported against what was trained."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from peft.tuners.lora import Linear as PeftLinear
from safetensors.torch import load, save_file
from transformers import LlamaForCausalLM

from leopard_tools.errors import CheckpointInvalid
from leopard_tools.training.lora import export, put_on, trained
from leopard_tools.variants.nano import ADAPTER

from ..conftest import merge_adapter
from .conftest import Build, small_network


def test_one_step_gives_what_peft_gives_with_its_gradients(build: Build) -> None:
    _, learner = build()
    layer = next(part for part in learner.model.modules() if isinstance(part, PeftLinear))
    pair = [part["default"].get_parameter("weight") for part in (layer.lora_A, layer.lora_B)]
    results = []
    for forward in (layer.forward, lambda x: PeftLinear.forward(layer, x)):
        x = torch.linspace(-1, 1, 2 * 5 * 32).view(2, 5, 32).requires_grad_()
        output = forward(x)
        gradients = torch.autograd.grad(output.square().sum(), (x, *pair))
        results.append((output, *gradients))
    for fast, slow in zip(*results, strict=True):
        torch.testing.assert_close(fast, slow, rtol=1e-5, atol=1e-5)


def exported(build: Build, folder: Path) -> LlamaForCausalLM:
    """A network whose LoRA is exported to a folder; it is rounded to what the file can hold."""
    _, learner = build()
    with torch.no_grad():
        for parameter in trained(learner.model):
            parameter.copy_(parameter.half())
    export(learner.model, folder)
    return learner.network


def test_an_exported_adapter_merges_to_the_same_logits(build: Build, tmp_path: Path) -> None:
    network = exported(build, tmp_path)
    merged = small_network()
    merge_adapter(merged, tmp_path)
    ids = torch.arange(40, 80)[None]
    with torch.no_grad():
        logits = merged(input_ids=ids).logits
        torch.testing.assert_close(logits, network(input_ids=ids).logits, rtol=0, atol=1e-5)


def test_an_exported_adapter_can_be_trained_on(build: Build, tmp_path: Path) -> None:
    network = exported(build, tmp_path)
    again = small_network()
    put_on(again, tmp_path)
    ids = torch.arange(40, 80)[None]
    with torch.no_grad():
        logits = again(input_ids=ids).logits
        torch.testing.assert_close(logits, network(input_ids=ids).logits, rtol=0, atol=1e-5)


def test_an_exported_adapter_is_described_like_the_packaged_one(
    build: Build, tmp_path: Path
) -> None:
    export(build()[1].model, tmp_path)
    ours, packaged = (
        json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        for folder in (tmp_path, ADAPTER)
    )
    assert set(ours) == set(packaged)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
    ]


def test_an_adapter_of_a_lower_rank_is_widened_by_what_changes_nothing(
    build: Build, tmp_path: Path
) -> None:
    network = exported(build, tmp_path)
    wide, narrow = small_network(), small_network()
    rank = json.loads((tmp_path / "adapter_config.json").read_text())["r"]
    model = put_on(wide, tmp_path, rank + 8)
    ids = torch.arange(40, 80)[None]
    logits = wide(input_ids=ids).logits
    torch.testing.assert_close(logits, network(input_ids=ids).logits, rtol=0, atol=1e-5)
    # Whatever was added can be learnt.
    logits.square().sum().backward()
    added = [
        weight.grad[:, rank:]
        for name, weight in model.named_parameters()
        if "lora_B" in name and weight.grad is not None
    ]
    assert added and all(gradient.abs().sum() > 0 for gradient in added)
    with pytest.raises(CheckpointInvalid, match=f"rank of {rank}"):
        put_on(narrow, tmp_path, rank - 1)


def change(folder: Path, keep: Callable[[str], bool], **settings: object) -> None:
    """Makes an adapter one with other settings, and with those of its matrices only."""
    weights, file = folder / "adapter_model.safetensors", folder / "adapter_config.json"
    kept = {name: tensor for name, tensor in load(weights.read_bytes()).items() if keep(name)}
    save_file(kept, weights)
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | settings))


@pytest.mark.parametrize(
    ("settings", "keep"),
    [
        ({"lora_alpha": 10}, ""),
        ({"lora_alpha": 8, "use_rslora": True}, ""),
        ({"target_modules": ["q_proj"]}, "q_proj"),
    ],
)
def test_another_adapter_is_trained_on_as_it_answers(
    settings: dict[str, object], keep: str, build: Build, tmp_path: Path
) -> None:
    exported(build, tmp_path)
    change(tmp_path, lambda name: keep in name, **settings)
    merged, trained_on = small_network(), small_network()
    merge_adapter(merged, tmp_path)
    put_on(trained_on, tmp_path)
    ids = torch.arange(40, 80)[None]
    with torch.no_grad():
        logits = trained_on(input_ids=ids).logits
        torch.testing.assert_close(logits, merged(input_ids=ids).logits, rtol=0, atol=1e-5)


def test_an_adapter_that_lacks_a_matrix_is_refused(build: Build, tmp_path: Path) -> None:
    exported(build, tmp_path)
    change(tmp_path, lambda name: "layers.1.mlp.up_proj.lora_B" not in name)
    with pytest.raises(CheckpointInvalid, match=r"not made of pairs .*layers\.1\.mlp\.up_proj"):
        put_on(small_network(), tmp_path)
