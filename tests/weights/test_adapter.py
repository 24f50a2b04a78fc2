"""A LoRA folder is merged exactly, or refused with what is wrong with it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from leopard_tools import Leopard
from leopard_tools.errors import CheckpointInvalid, CheckpointNotFound
from leopard_tools.weights.adapter import Update, _Pair
from leopard_tools.weights.int8 import PIECE_NUMBERS
from leopard_tools.weights.slots import find_slots

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


def assert_scale(folder: Path, name: str, scale: float) -> None:
    """That what `write_adapter` wrote is merged into this weight of LLaVA at this scale."""
    checkpoint = GOLDEN / "leopard-llava-tiny"
    with Leopard.load(checkpoint, device="cpu") as plain:
        before = weight(plain, name)
    with Leopard.load(checkpoint, device="cpu", adapter=folder) as tuned:
        after = weight(tuned, name)
    torch.manual_seed(0)
    down, up = torch.randn(2, 64), torch.randn(160, 2)
    torch.testing.assert_close(after - before, scale * (up @ down))


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
        ({"rank_pattern": {"q_proj": "4"}}, "rank_pattern .* a number above 0"),
        ({"rank_pattern": {"q_proj": 0}}, "rank_pattern .* a number above 0"),
        ({"alpha_pattern": {"(": 4}}, "alpha_pattern = "),
        ({"alpha_pattern": {"up_proj)": 4}}, "alpha_pattern = .* unbalanced parenthesis"),
        ({"rank_pattern": {"([a-z_.0-9]+)+X": 2}}, "nor a simple pattern"),
        ({"rank_pattern": {"(?i:up_proj)": 2}}, "nor a simple pattern"),
        ({"rank_pattern": {"(?P<a>u)p_proj": 2}}, "nor a simple pattern"),
        ({"rank_pattern": {"u" * 5000: 2}}, "nor a simple pattern"),
        ({"rank_pattern": {".*" * 20 + "X": 2}}, "takes too long to match"),
        ({"rank_pattern": {"(u|up|upp)" * 20: 2}}, "takes too long to match"),
        ({"rank_pattern": {f"{n}.up_proj": 2 for n in range(10_000)}}, "takes too long to match"),
        ({"r": 16}, r"rank of 2 for language_model.*config\.json says 16"),
        ({"rank_pattern": {"up_proj": 4}}, r"rank of 2 for language_model.*config\.json says 4"),
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


def test_what_cannot_be_merged_here_can_be_with_peft(tmp_path: Path) -> None:
    stored, _ = TARGETS["leopard-llava-tiny"]
    folder = write_adapter(tmp_path / "lora", stored, use_dora=True)
    with pytest.raises(CheckpointInvalid, match=r"merge_and_unload, save_pretrained"):
        Leopard.load(GOLDEN / "leopard-llava-tiny", adapter=folder)


@pytest.mark.parametrize(
    "empty",
    [
        {"modules_to_save": [], "layer_replication": []},
        {"rank_pattern": None, "alpha_pattern": None, "use_dora": None},
    ],
)
def test_what_is_empty_changes_nothing(tmp_path: Path, empty: dict[str, object]) -> None:
    stored, name = TARGETS["leopard-llava-tiny"]
    assert_scale(write_adapter(tmp_path / "lora", stored, **empty), name, 3.0)


@pytest.mark.parametrize(
    ("changes", "scale"),
    [
        ({"r": 9, "rank_pattern": {"down_proj": 7, r"layers\.\d.*up_proj": 2}}, 3.0),
        ({"alpha_pattern": {"up": 9, "layers.1.mlp.up_proj": 5, "up_proj": 7}}, 2.5),
        ({"r": 9, "rank_pattern": {"up_proj": 2}, "use_rslora": True}, 6 / 2**0.5),
        ({"alpha_pattern": {r"^language.*\.layers\.(0|1|2)\..*(up|down)_proj": 5}}, 2.5),
        ({"alpha_pattern": {r"(?!.*vision)[^.]+\.model\.layers\.\d{1,2}?\.mlp\.up_proj": 5}}, 2.5),
        ({"alpha_pattern": {r"vision.*": 9, r"[a-z]+(\.up)?_proj": 5}}, 2.5),
        ({"alpha_pattern": {"layers.1.mlp.u": 5, "lay.rs.1.mlp.up_proj": 7}}, 3.5),
    ],
)
def test_layers_may_have_ranks_and_alphas_of_their_own(
    tmp_path: Path, changes: dict[str, object], scale: float
) -> None:
    stored, name = TARGETS["leopard-llava-tiny"]
    assert_scale(write_adapter(tmp_path / "lora", stored, **changes), name, scale)


@pytest.mark.parametrize(
    "stored",
    [
        "model.language_model.layers.1.mlp.up_proj",
        "model.language_model.model.layers.1.mlp.up_proj",
    ],
)
def test_a_lora_of_leopard_llava_may_have_the_names_of_later_releases(
    tmp_path: Path, stored: str
) -> None:
    _, name = TARGETS["leopard-llava-tiny"]
    assert_scale(write_adapter(tmp_path / "lora", stored), name, 3.0)


class Sizes(TorchDispatchMode):
    """Notes how many numbers the largest float32 tensor has that torch makes."""

    largest = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        made = func(*args, **(kwargs or {}))
        if isinstance(made, torch.Tensor) and made.dtype == torch.float32:
            self.largest = max(self.largest, made.numel())
        return made


def test_an_update_is_added_piece_by_piece() -> None:
    rows = 2 * PIECE_NUMBERS // 64 + 5
    layer = nn.Linear(64, rows, bias=False)
    update = Update(0.5, _Pair(torch.randn(2, 64), torch.randn(rows, 2)))
    slot = find_slots(layer)["weight"]
    slot.update = update
    weight = torch.randn(rows, 64, dtype=torch.bfloat16)
    expected = nn.Parameter(weight + update.rows(0, rows).bfloat16())
    with Sizes() as sizes:
        slot.set(weight)
    torch.testing.assert_close(layer.weight, expected)
    assert sizes.largest == PIECE_NUMBERS


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


@pytest.mark.parametrize("name", ["adapter_config.json", "adapter_model.safetensors"])
def test_pipes_are_not_waited_for(tmp_path: Path, name: str) -> None:
    stored, _ = TARGETS["leopard-llava-tiny"]
    folder = write_adapter(tmp_path / "lora", stored)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(CheckpointInvalid, match=name):
        Leopard.load(GOLDEN / "leopard-llava-tiny", adapter=folder)


def test_an_id_of_the_hub_is_no_folder_and_how_to_fetch_it_is_said() -> None:
    with pytest.raises(CheckpointNotFound, match=r"someone/lora holds no .* `hf download ID`"):
        Leopard.load(GOLDEN / "leopard-llava-tiny", adapter="someone/lora")


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
