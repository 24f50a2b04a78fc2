"""Loading safetensors into modules built without memory; test_shards.py has the broken files."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from transformers import (
    Idefics2Config,
    Idefics2ForConditionalGeneration,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    SiglipVisionConfig,
    SiglipVisionModel,
)

from leopard_tools.errors import CheckpointInvalid
from leopard_tools.weights import stream
from leopard_tools.weights.stream import load_weights, skeleton

if TYPE_CHECKING:
    from pathlib import Path

CPU = torch.device("cpu")
SMALL = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
LANGUAGE = SMALL | {"num_key_value_heads": 2, "vocab_size": 50}
VISION = SMALL | {"image_size": 28, "patch_size": 14}
IDEFICS2 = Idefics2Config(
    vision_config=VISION,
    text_config=LANGUAGE | {"model_type": "mistral"},
    perceiver_config={
        "hidden_size": 32,
        "resampler_n_heads": 4,
        "num_key_value_heads": 2,
        "resampler_head_dim": 8,
        "resampler_n_latents": 4,
    },
    image_token_id=49,
)


class Pair(nn.Module):
    """Two layers, a stored count and a table that is computed and never stored."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 5)
        self.second = nn.Linear(5, 2, bias=False)
        self.register_buffer("count", torch.tensor(0))
        self.register_buffer("table", torch.arange(4.0), persistent=False)


def stored() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {
        "first.weight": torch.randn(5, 3, generator=generator),
        "first.bias": torch.randn(5, generator=generator),
        "second.weight": torch.randn(2, 5, generator=generator),
        "count": torch.tensor(7),
    }


def load(folder: Path, module: nn.Module | None = None, **options: object) -> nn.Module:
    if module is None:
        with skeleton():
            module = Pair()
    settings = {"rename": str, "device": CPU, "dtype": None, "progress": False}
    load_weights(module, folder, **(settings | options))
    return module


def save_sharded(folder: Path, tensors: dict[str, torch.Tensor]) -> None:
    shard_of = {name: f"model-{index % 2}.safetensors" for index, name in enumerate(tensors)}
    for shard in set(shard_of.values()):
        save_file({n: t for n, t in tensors.items() if shard_of[n] == shard}, folder / shard)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": shard_of}))


def assert_holds(module: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    state = module.state_dict()
    assert state.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert state[name].dtype == tensor.dtype, name
        assert torch.equal(state[name], tensor), name


def test_a_skeleton_has_no_weights_and_real_buffers():
    with skeleton():
        module = Pair()
    assert all(parameter.is_meta for parameter in module.parameters())
    assert torch.equal(module.table, torch.arange(4.0))
    assert not any(parameter.is_meta for parameter in Pair().parameters())


def test_a_single_file_is_loaded_as_it_is_stored(tmp_path: Path):
    save_file(stored(), tmp_path / "model.safetensors")
    module = load(tmp_path)
    assert_holds(module, stored())
    assert not any(parameter.requires_grad for parameter in module.parameters())
    assert torch.equal(module.table, torch.arange(4.0))


def test_shards_are_loaded_through_their_index(tmp_path: Path):
    save_sharded(tmp_path, stored())
    assert_holds(load(tmp_path), stored())


@pytest.mark.parametrize("held", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("wanted", [torch.float32, torch.float16, torch.bfloat16])
def test_floating_tensors_are_cast_and_whole_numbers_are_not(
    tmp_path: Path, held: torch.dtype, wanted: torch.dtype
):
    tensors = {name: t.to(held) if t.is_floating_point() else t for name, t in stored().items()}
    save_file(tensors, tmp_path / "model.safetensors")
    expected = {name: t.to(wanted) if t.is_floating_point() else t for name, t in tensors.items()}
    assert_holds(load(tmp_path, dtype=wanted), expected)


@pytest.mark.parametrize("wanted", [None, torch.bfloat16])
def test_tensors_larger_than_the_buffer_arrive_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: torch.dtype | None
):
    monkeypatch.setattr(stream, "CHUNK_BYTES", 16)
    save_file(stored(), tmp_path / "model.safetensors")
    expected = {
        name: t.to(wanted) if wanted and t.is_floating_point() else t
        for name, t in stored().items()
    }
    assert_holds(load(tmp_path, dtype=wanted), expected)


def test_names_are_mapped_and_what_is_not_wanted_is_left_out(tmp_path: Path):
    tensors = {f"old.{name}": tensor for name, tensor in stored().items()}
    save_file(tensors | {"optimizer": torch.zeros(3)}, tmp_path / "model.safetensors")

    def rename(name: str) -> str | None:
        return None if name == "optimizer" else name.removeprefix("old.")

    assert_holds(load(tmp_path, rename=rename), stored())


def test_a_computed_buffer_that_an_older_release_stored_is_not_taken(tmp_path: Path):
    save_file(stored() | {"table": torch.zeros(4)}, tmp_path / "model.safetensors")
    assert torch.equal(load(tmp_path).table, torch.arange(4.0))


def test_tied_parameters_stay_tied_and_are_stored_once_or_twice(tmp_path: Path):
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(4, 3)
            self.head = nn.Linear(3, 4, bias=False)
            self.head.weight = self.embed.weight

    first, second = torch.randn(4, 3), torch.randn(4, 3)
    for tensors, expected in [
        ({"embed.weight": first}, first),
        ({"head.weight": second}, second),
        ({"embed.weight": first, "head.weight": second}, first),
    ]:
        save_file(tensors, tmp_path / "model.safetensors")
        with skeleton():
            module = Tied()
        load(tmp_path, module)
        assert module.head.weight is module.embed.weight
        assert torch.equal(module.head.weight, expected)


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (LlamaForCausalLM, LlamaConfig(**LANGUAGE)),
        (LlamaForCausalLM, LlamaConfig(**LANGUAGE, tie_word_embeddings=True)),
        (SiglipVisionModel, SiglipVisionConfig(**VISION)),
        (Idefics2ForConditionalGeneration, IDEFICS2),
    ],
    ids=["llama", "llama-tied", "siglip", "idefics2"],
)
def test_real_models_come_out_equal(tmp_path: Path, kind: type[PreTrainedModel], config: object):
    torch.manual_seed(0)
    original = kind(config)
    unique = {
        name: parameter.detach()
        for name, parameter in (*original.named_parameters(), *original.named_buffers())
        if name in original.state_dict()
    }
    save_file(unique, tmp_path / "model.safetensors")
    with skeleton():
        loaded = kind(config)
    load(tmp_path, loaded)
    assert_holds(loaded, dict(original.state_dict()))
    for name, buffer in original.named_buffers():
        assert torch.equal(loaded.get_buffer(name), buffer), name
    assert len(list(loaded.parameters())) == len(list(original.parameters()))


def test_a_loaded_llama_computes_what_the_saved_one_does(tmp_path: Path):
    torch.manual_seed(0)
    original = LlamaForCausalLM(LlamaConfig(**LANGUAGE)).eval()
    save_file(dict(original.state_dict()), tmp_path / "model.safetensors")
    with skeleton():
        loaded = LlamaForCausalLM(LlamaConfig(**LANGUAGE)).eval()
    load(tmp_path, loaded)
    tokens = torch.arange(10)[None]
    with torch.inference_mode():
        assert torch.equal(loaded(tokens).logits, original(tokens).logits)


def test_all_that_does_not_fit_is_listed_before_anything_is_loaded(tmp_path: Path):
    tensors = stored() | {"third.weight": torch.zeros(1), "first.bias": torch.zeros(6)}
    del tensors["second.weight"]
    save_file(tensors, tmp_path / "model.safetensors")
    with skeleton():
        module = Pair()
    with pytest.raises(CheckpointInvalid) as caught:
        load(tmp_path, module)
    said = str(caught.value)
    assert "missing: second.weight" in said
    assert "unexpected: third.weight" in said
    assert "misshapen: first.bias is [6] F32 for [5] floating" in said
    assert all(parameter.is_meta for parameter in module.parameters())


def test_long_lists_are_cut(tmp_path: Path):
    extra = {f"extra.{index:02}": torch.zeros(1) for index in range(25)}
    save_file(stored() | extra, tmp_path / "model.safetensors")
    with pytest.raises(CheckpointInvalid, match=r"extra\.09 and 15 more"):
        load(tmp_path)


def test_whole_numbers_are_no_weights(tmp_path: Path):
    quantized = stored()["first.weight"].to(torch.int8)
    save_file(stored() | {"first.weight": quantized}, tmp_path / "model.safetensors")
    with pytest.raises(CheckpointInvalid, match=r"first\.weight is \[5, 3\] I8"):
        load(tmp_path)


def test_two_names_for_one_parameter_are_refused(tmp_path: Path):
    save_file(stored() | {"old.count": torch.tensor(1)}, tmp_path / "model.safetensors")
    with pytest.raises(CheckpointInvalid, match=r"stored twice: count \(count, old\.count\)"):
        load(tmp_path, rename=lambda name: name.removeprefix("old."))


def test_a_module_built_on_the_meta_device_is_refused(tmp_path: Path):
    save_file(stored(), tmp_path / "model.safetensors")
    with torch.device("meta"):
        module = Pair()
    with pytest.raises(CheckpointInvalid, match=r"no value: table\. Build .* skeleton"):
        load(tmp_path, module)


def test_progress_is_drawn_on_a_terminal_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    save_file(stored(), tmp_path / "model.safetensors")
    load(tmp_path, progress=True)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    load(tmp_path, progress=True)
    drawn = capsys.readouterr()
    assert drawn.out == ""
    assert "Loading weights" in drawn.err
