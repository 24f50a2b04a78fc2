"""Which folders load, and what every other one is told."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from leopard_tools import Leopard, LeopardError
from leopard_tools.errors import CheckpointInvalid, CheckpointNotFound
from leopard_tools.variants.registry import load_variant

from ..conftest import GOLDEN, borrowed


def copy_of(name: str, tmp_path: Path) -> Path:
    folder = tmp_path / name
    shutil.copytree(GOLDEN / name, folder, ignore=shutil.ignore_patterns("case*"))
    return folder


def edit(file: Path, **changes: object) -> None:
    content = {**json.loads(file.read_text()), **changes}
    file.write_text(json.dumps({k: v for k, v in content.items() if v is not None}))


@pytest.mark.parametrize("model_type", ["llava_next", "qwen2_vl", "llama", None])
def test_another_model_is_refused_with_what_it_is_and_what_is_supported(
    tmp_path: Path, model_type: str | None
) -> None:
    folder = copy_of("leopard-llava-tiny", tmp_path)
    edit(folder / "config.json", model_type=model_type)
    with pytest.raises(CheckpointInvalid, match=f"{model_type!r}.*Leopard-Idefics2") as raised:
        Leopard.load(folder)
    assert str(folder) in str(raised.value)


def test_a_stock_llava_is_refused(tmp_path: Path) -> None:
    folder = copy_of("leopard-llava-tiny", tmp_path)
    edit(folder / "config.json", vision_config={"model_type": "clip_vision_model"})
    with pytest.raises(CheckpointInvalid, match="clip_vision_model"):
        Leopard.load(folder)


@pytest.mark.parametrize("name", ["leopard-llava-tiny", "leopard-idefics2-tiny"])
@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_named(tmp_path: Path, name: str, missing: str) -> None:
    folder = copy_of(name, tmp_path)
    (folder / missing).unlink()
    with pytest.raises(CheckpointInvalid, match=missing.partition(".")[2]):
        Leopard.load(folder)


@pytest.mark.parametrize(
    "name", ["config.json", "generation_config.json", "tokenizer.json", "model.safetensors"]
)
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path, name: str) -> None:
    folder = copy_of("leopard-llava-tiny", tmp_path)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(CheckpointInvalid, match=name.partition(".")[2]):
        Leopard.load(folder)


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000, "\x00\xff", '{"model_type": 7}'])
def test_a_damaged_config_is_named(tmp_path: Path, content: str) -> None:
    folder = copy_of("leopard-llava-tiny", tmp_path)
    (folder / "config.json").write_text(content)
    with pytest.raises(CheckpointInvalid, match=str(folder)):
        Leopard.load(folder)


@pytest.mark.parametrize("name", ["leopard-llava-tiny", "leopard-idefics2-tiny"])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("num_hidden_layers", "32"),
        ("num_attention_heads", 0),
        ("intermediate_size", -1),
        ("hidden_act", "gulp"),
        ("rope_scaling", {"rope_type": "spiral"}),
    ],
)
def test_a_config_that_describes_no_network_is_named(
    tmp_path: Path, name: str, key: str, value: object
) -> None:
    folder = copy_of(name, tmp_path)
    config = json.loads((folder / "config.json").read_text())
    edit(folder / "config.json", text_config={**config["text_config"], key: value})
    with pytest.raises(CheckpointInvalid, match=r"config\.json describes no network") as raised:
        Leopard.load(folder)
    assert str(folder) in str(raised.value)


@pytest.mark.parametrize("name", ["leopard-llava-tiny", "leopard-idefics2-tiny"])
def test_weights_of_another_size_are_named(tmp_path: Path, name: str) -> None:
    folder = copy_of(name, tmp_path)
    config = json.loads((folder / "config.json").read_text())
    edit(folder / "config.json", text_config={**config["text_config"], "intermediate_size": 96})
    with pytest.raises(CheckpointInvalid, match=r"mlp\.down_proj\.weight"):
        Leopard.load(folder)


def test_a_checkpoint_without_end_tokens_is_refused(tmp_path: Path) -> None:
    folder = copy_of("leopard-idefics2-tiny", tmp_path)
    config = json.loads((folder / "config.json").read_text())
    edit(folder / "config.json", text_config={**config["text_config"], "eos_token_id": None})
    edit(folder / "generation_config.json", eos_token_id=None)
    with pytest.raises(CheckpointInvalid, match="eos_token_id"):
        Leopard.load(folder)


@pytest.mark.parametrize("name", ["leopard-llava-tiny", "leopard-idefics2-tiny"])
def test_an_end_token_that_is_none_ends_nothing(tmp_path: Path, name: str) -> None:
    folder = copy_of(name, tmp_path)
    edit(folder / "generation_config.json", eos_token_id=[7, -1, 10**6, True])
    with Leopard.load(folder, device="cpu") as leopard:
        assert 7 in leopard._variant.end_ids and len(leopard._variant.end_ids) == 2
        for schema in ({"enum": ["yes", "no"]}, {"type": "array", "items": {"type": "null"}}):
            assert leopard.ask("Who?", max_tokens=4, schema=schema).finish_reason


@pytest.mark.parametrize("token", [None, -1, 10**6, "128200"])
def test_an_image_token_that_is_none_is_named(tmp_path: Path, token: object) -> None:
    folder = copy_of("leopard-llava-tiny", tmp_path)
    edit(folder / "config.json", image_token_index=token)
    with pytest.raises(CheckpointInvalid, match=f"image_token_index.*it has {token!r}"):
        Leopard.load(folder)


@pytest.mark.parametrize("name", ["leopard-llava-tiny", "leopard-idefics2-tiny"])
def test_an_answer_ends_with_the_marker_that_ends_a_turn_whatever_the_files_say(
    tmp_path: Path, name: str
) -> None:
    folder = copy_of(name, tmp_path)
    (folder / "generation_config.json").unlink()
    config = json.loads((folder / "config.json").read_text())
    edit(folder / "config.json", text_config={**config["text_config"], "eos_token_id": 7})
    with Leopard.load(folder, device="cpu") as leopard:
        marker = {"llava": "<|eot_id|>", "idefics2": "<end_of_utterance>"}[leopard._variant.name]
        assert leopard._variant.end_ids == {7, leopard._variant.tokenizer.marker(marker)}


# As transformers 4.52 and 5.24 save it.
@pytest.mark.parametrize(
    ("tower", "text"), [("vision_tower.vision_model", ""), ("vision_tower", "model.")]
)
def test_llava_loads_under_the_names_of_later_releases(
    tmp_path: Path, llava: Leopard, tower: str, text: str
) -> None:
    folder = copy_of("leopard-llava-tiny", tmp_path)
    tensors = {}
    for name, tensor in load_file(folder / "model.safetensors").items():
        new = name.replace("vision_tower.vision_model", f"model.{tower}")
        new = new.replace("language_model.model.", f"model.language_model.{text}")
        new = new.replace("multi_modal_projector", "model.multi_modal_projector")
        tensors[new.replace("language_model.lm_head", "lm_head")] = tensor
    save_file(tensors, folder / "model.safetensors")
    with Leopard.load(folder, device="cpu") as leopard:
        found, expected = (one._variant.network.state_dict() for one in (leopard, llava))
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], tensor) for name, tensor in expected.items())


@pytest.mark.parametrize("checkpoint", [GOLDEN / "leopard-llava-tiny", "nano"])
def test_a_revision_of_what_has_none_is_refused(checkpoint: Path | str) -> None:
    with pytest.raises(LeopardError, match=r"leave revision='v1' out, or give a hub id"):
        Leopard.load(checkpoint, revision="v1")


def test_an_unknown_processing_is_named_with_those_that_there_are() -> None:
    with pytest.raises(LeopardError, match="one of auto, published, saved, not 'Published'"):
        Leopard.load(GOLDEN / "leopard-idefics2-tiny", processing="Published")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["no-such-folder", "./no/such", "/no/such/folder", "a/b/c"])
def test_a_missing_folder_is_named(name: str) -> None:
    with pytest.raises(CheckpointNotFound, match=r"no folder .*such|no folder a/b/c"):
        Leopard.load(name)


def test_a_file_is_no_checkpoint(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.touch()
    with pytest.raises(CheckpointNotFound, match="is a file"):
        Leopard.load(file)


@pytest.mark.parametrize("device", ["gpu", "cuda:99", "cpu:x"])
def test_a_device_that_is_not_there_is_named(device: str) -> None:
    with pytest.raises(LeopardError, match=f"{device!r} cannot be used"):
        Leopard.load(GOLDEN / "leopard-llava-tiny", device=device)


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(LeopardError, match=r"'int3'.*bfloat16"):
        Leopard.load(GOLDEN / "leopard-llava-tiny", dtype="int3")


@pytest.mark.parametrize("name", ["leopard-llava-tiny", "leopard-idefics2-tiny"])
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_stays_near_the_full_one(name: str, dtype: str) -> None:
    picture = next((GOLDEN / name).glob("case2_img0.png"))
    full = Leopard.load(GOLDEN / name, device="cpu").logits("What?", [picture])
    half = Leopard.load(GOLDEN / name, device="cpu", dtype=dtype).logits("What?", [picture])
    assert half.dtype == torch.float32
    assert torch.nn.functional.cosine_similarity(full, half, dim=0) > 0.99


def test_two_threads_may_load_at_once() -> None:
    loaded: list[str] = []

    def load() -> None:
        variant = load_variant(GOLDEN / "leopard-llava-tiny", device="cpu")
        assert not any(p.is_meta for p in borrowed(variant.language_model).parameters())
        loaded.append(variant.name)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loaded == ["llava"] * 4
