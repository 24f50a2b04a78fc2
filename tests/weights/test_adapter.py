"""A LoRA folder is merged exactly, or refused with what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from leopard_tools import Leopard
from leopard_tools.errors import CheckpointInvalid, CheckpointNotFound

from ..conftest import GOLDEN

CONFIG = {"peft_type": "LORA", "r": 2, "lora_alpha": 6, "bias": "none"}
# Names as PEFT writes them for each published class, and the parameter meant.
TARGETS = {
    "leopard-llava-tiny": (
        "language_model.model.layers.1.mlp.up_proj",
        "language_model.layers.1.mlp.up_proj.weight",
    ),
    "leopard-idefics2-tiny": (
        "model.text_model.layers.1.mlp.up_proj",
        "model.text_model.layers.1.mlp.up_proj.weight",
    ),
}


def write_adapter(
    folder: Path, name: str, out: int = 160, inner: int = 64, **config: object
) -> Path:
    folder.mkdir(exist_ok=True)
    torch.manual_seed(0)
    save_file(
        {
            f"base_model.model.{name}.lora_A.weight": torch.randn(2, inner),
            f"base_model.model.{name}.lora_B.weight": torch.randn(out, 2),
        },
        folder / "adapter_model.safetensors",
    )
    (folder / "adapter_config.json").write_text(json.dumps({**CONFIG, **config}))
    return folder


def weight(leopard: Leopard, name: str) -> torch.Tensor:
    return dict(leopard._variant.network.named_parameters())[name]


@pytest.mark.parametrize("checkpoint", TARGETS)
@pytest.mark.parametrize(("rslora", "scale"), [(False, 3.0), (True, 6 / 2**0.5)])
def test_a_lora_is_added_to_its_weight_and_to_no_other(
    tmp_path: Path, checkpoint: str, rslora: bool, scale: float
) -> None:
    stored, name = TARGETS[checkpoint]
    folder = write_adapter(tmp_path / "lora", stored, use_rslora=rslora)
    plain = Leopard.load(GOLDEN / checkpoint, device="cpu")
    tuned = Leopard.load(GOLDEN / checkpoint, device="cpu", adapter=folder)
    torch.manual_seed(0)
    down, up = torch.randn(2, 64), torch.randn(160, 2)
    torch.testing.assert_close(weight(tuned, name) - weight(plain, name), scale * (up @ down))
    others = dict(plain._variant.network.named_parameters())
    others.pop(name)
    assert all(torch.equal(weight(tuned, other), value) for other, value in others.items())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"peft_type": "IA3"}, "peft_type"),
        ({"use_dora": True}, "use_dora"),
        ({"bias": "all"}, "bias"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
        ({"rank_pattern": {"q_proj": 4}}, "rank_pattern"),
        ({"alora_invocation_tokens": [40, 41]}, "alora_invocation_tokens = None"),
        ({"init_lora_weights": "pissa"}, "path_initial_model_for_weight_conversion"),
        ({"init_lora_weights": "pissa_niter_4"}, "init_lora_weights = 'pissa_niter_4'"),
        ({"init_lora_weights": "olora"}, "init_lora_weights = 'olora'"),
        ({"init_lora_weights": "corda"}, "init_lora_weights = 'corda'"),
        ({"init_lora_weights": "loftq"}, "init_lora_weights = 'loftq'"),
        ({"r": 0}, "r and lora_alpha"),
        ({"lora_alpha": None}, "r and lora_alpha"),
    ],
)
def test_what_cannot_be_merged_is_refused(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    stored, _ = TARGETS["leopard-llava-tiny"]
    folder = write_adapter(tmp_path / "lora", stored, **changes)
    with pytest.raises(CheckpointInvalid, match=message):
        Leopard.load(GOLDEN / "leopard-llava-tiny", adapter=folder)


@pytest.mark.parametrize("beginning", [None, True, False, "gaussian", "orthogonal", "eva", "mica"])
def test_how_a_lora_began_does_not_matter_where_the_model_stayed_as_it_was(
    tmp_path: Path, beginning: object
) -> None:
    stored, name = TARGETS["leopard-llava-tiny"]
    written = {"alora_invocation_tokens": None, "init_lora_weights": beginning}
    folder = write_adapter(tmp_path / "lora", stored, **written)
    tuned = Leopard.load(GOLDEN / "leopard-llava-tiny", device="cpu", adapter=folder)
    plain = write_adapter(tmp_path / "plain", stored)
    expected = Leopard.load(GOLDEN / "leopard-llava-tiny", device="cpu", adapter=plain)
    assert torch.equal(weight(tuned, name), weight(expected, name))


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    folder = write_adapter(tmp_path / "lora", "model.layers.99.mlp.up_proj")
    with pytest.raises(CheckpointInvalid, match=r"layers\.99.*another model"):
        Leopard.load(GOLDEN / "leopard-llava-tiny", adapter=folder)


def test_an_adapter_of_another_width_is_refused(tmp_path: Path) -> None:
    stored, _ = TARGETS["leopard-llava-tiny"]
    folder = write_adapter(tmp_path / "lora", stored, inner=32)
    with pytest.raises(CheckpointInvalid, match=r"\(160, 64\)"):
        Leopard.load(GOLDEN / "leopard-llava-tiny", adapter=folder)


@pytest.mark.parametrize(
    ("down", "up"), [((3, 64), (160, 2)), ((64,), (160, 2)), ((2, 64), (160,)), ((), ())]
)
def test_matrices_that_do_not_belong_together_are_refused(
    tmp_path: Path, down: tuple[int, ...], up: tuple[int, ...]
) -> None:
    stored, _ = TARGETS["leopard-llava-tiny"]
    folder = write_adapter(tmp_path / "lora", stored)
    save_file(
        {
            f"base_model.model.{stored}.lora_A.weight": torch.zeros(down),
            f"base_model.model.{stored}.lora_B.weight": torch.zeros(up),
        },
        folder / "adapter_model.safetensors",
    )
    with pytest.raises(CheckpointInvalid, match=r"\(160, 64\)"):
        Leopard.load(GOLDEN / "leopard-llava-tiny", adapter=folder)


def test_a_description_that_is_no_object_is_refused(tmp_path: Path) -> None:
    stored, _ = TARGETS["leopard-llava-tiny"]
    folder = write_adapter(tmp_path / "lora", stored)
    (folder / "adapter_config.json").write_text("[]")
    with pytest.raises(CheckpointInvalid, match="no object"):
        Leopard.load(GOLDEN / "leopard-llava-tiny", adapter=folder)


def test_a_folder_without_adapter_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointNotFound, match=r"adapter_config\.json"):
        Leopard.load(GOLDEN / "leopard-llava-tiny", adapter=tmp_path)


def test_half_of_a_pair_is_refused(tmp_path: Path) -> None:
    stored, _ = TARGETS["leopard-llava-tiny"]
    folder = write_adapter(tmp_path / "lora", stored)
    save_file(
        {f"base_model.model.{stored}.lora_A.weight": torch.randn(2, 64)},
        folder / "adapter_model.safetensors",
    )
    with pytest.raises(CheckpointInvalid, match="pairs"):
        Leopard.load(GOLDEN / "leopard-llava-tiny", adapter=folder)


def test_a_damaged_adapter_is_refused(tmp_path: Path) -> None:
    stored, _ = TARGETS["leopard-llava-tiny"]
    folder = write_adapter(tmp_path / "lora", stored)
    file = folder / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(CheckpointInvalid, match="cannot be read"):
        Leopard.load(GOLDEN / "leopard-llava-tiny", adapter=folder)
