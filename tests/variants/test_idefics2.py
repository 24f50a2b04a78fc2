"""What is particular to Idefics2: patches at a picture's border, its base model's settings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image
from transformers.models.idefics2.image_processing_pil_idefics2 import Idefics2ImageProcessorPil

from leopard_tools import Leopard
from leopard_tools.images.pixels import quarters
from leopard_tools.images.sources import load_all
from leopard_tools.types import Frame
from leopard_tools.variants.base import Encoding
from leopard_tools.variants.idefics2 import Idefics2, Processing

from ..conftest import GOLDEN
from .cases import cases

FOLDER = GOLDEN / "leopard-idefics2-tiny"


def variant_of(leopard: Leopard) -> Idefics2:
    assert isinstance(leopard._variant, Idefics2)
    return leopard._variant


@pytest.mark.parametrize("number", [1, 3, 4])
def test_images_encoded_one_by_one_equal_the_published_padded_batch(
    idefics2: Leopard, number: int
) -> None:
    variant = variant_of(idefics2)
    frames = load_all(cases("leopard-idefics2-tiny")[number].images)
    tensors = [variant.prepare(frame)[0] for frame in frames]
    height, width = (max(t.shape[i] for t in tensors) for i in (1, 2))
    batch = torch.zeros(len(tensors), 3, height, width)
    valid = torch.zeros(len(tensors), height, width, dtype=torch.bool)
    for row, mask, tensor in zip(batch, valid, tensors, strict=True):
        row[:, : tensor.shape[1], : tensor.shape[2]] = tensor
        mask[: tensor.shape[1], : tensor.shape[2]] = True
    # The period's rule: a patch counts if any of its pixels belongs to the picture.
    patches = valid.unfold(1, 14, 14).unfold(2, 14, 14).sum((-1, -2)) > 0
    model = variant.network.model
    with torch.inference_mode():
        seen = model.vision_model(pixel_values=batch, patch_attention_mask=patches)
        padded = model.connector(seen.last_hidden_state, attention_mask=patches.flatten(1))
    alone = variant.encode(frames, Encoding())
    for one, other in zip(alone, padded, strict=True):
        assert one is not None
        torch.testing.assert_close(one.rows, other, rtol=1e-4, atol=1e-5)


def test_patch_positions_differ_from_todays_class_only_at_49_and_58_patches(
    idefics2: Leopard,
) -> None:
    embeddings = variant_of(idefics2).network.model.vision_model.embeddings
    boundaries = torch.arange(1 / 70, 1.0, 1 / 70)
    different = []
    for count in range(1, 71):
        places = torch.arange(count, dtype=torch.float32) * (1.0 / torch.tensor(count))
        today = torch.bucketize(places.clamp(max=1.0 - 1e-6), boundaries, right=True)
        period = embeddings._buckets(count)
        assert len(period) == count
        if not torch.equal(period, today):
            different.append(count)
    assert different == [49, 58]


def test_a_small_picture_is_not_enlarged_and_a_large_one_ends_at_980(idefics2: Leopard) -> None:
    variant = variant_of(idefics2)
    sizes = {(300, 500): (300, 500), (1960, 980): (980, 490), (50, 4900): (10, 980)}
    for given, expected in sizes.items():
        tensor = variant.prepare(Frame(Image.new("RGB", given), "made"))[0]
        assert (tensor.shape[2], tensor.shape[1]) == expected


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (2000, 8)])
def test_a_sliver_of_a_picture_still_gives_an_answer(
    idefics2: Leopard, size: tuple[int, int]
) -> None:
    answer = idefics2.ask("What is it?", [Image.new("RGB", size, "red")], max_tokens=2)
    assert answer.usage.image_tokens == 64


def base_model(tmp_path: Path, *, split: bool) -> Path:
    """The tiny checkpoint under the name of Idefics2-8B, with its processor's settings."""
    folder = tmp_path / "idefics2-8b"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("case*"))
    file = folder / "preprocessor_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "do_image_splitting": split}))
    return folder


@pytest.mark.parametrize("split", [True, False])
def test_the_base_model_prepares_pictures_as_its_own_processor(tmp_path: Path, split: bool) -> None:
    folder = base_model(tmp_path, split=split)
    picture = Image.open(cases("leopard-idefics2-tiny")[3].images[0]).convert("RGB")
    stock = Idefics2ImageProcessorPil.from_pretrained(folder)
    expected = stock(picture, return_tensors="pt")
    with Leopard.load(folder, device="cpu") as leopard:
        tensors = variant_of(leopard).prepare(Frame(picture, "made"))
        positions = leopard.count_tokens("What?", [picture]) - leopard.count_tokens("What?")
    pixels, masks = expected["pixel_values"][0], expected["pixel_attention_mask"][0]
    assert len(tensors) == len(pixels) == (5 if split else 1)
    for ours, theirs, mask in zip(tensors, pixels, masks, strict=True):
        assert tuple(mask.sum(0).bool().nonzero().shape[:1]) == (ours.shape[2],)
        torch.testing.assert_close(ours, theirs[:, : ours.shape[1], : ours.shape[2]])
    # Each crop has 64 positions, and one marker more than there are crops.
    assert positions == (5 * 64 + 6 if split else 64 + 2)


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("Idefics2-8B-base", True),
        ("models--HuggingFaceM4--idefics2-8b/snapshots/0123", True),
        ("models--idefics2-8b--tuned/snapshots/0123", False),
        ("Leopard-Idefics2-8B", False),
        ("runs-from-idefics2-8b/tuned", False),
    ],
)
def test_the_base_model_is_told_by_its_own_name_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, saved: bool
) -> None:
    folder = tmp_path / name
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("case*"))
    monkeypatch.chdir(folder)
    for given in (folder, "."):
        with Leopard.load(given, device="cpu") as leopard:
            assert (variant_of(leopard).processing != Processing.published()) is saved


@pytest.mark.parametrize("size", [(1, 900), (900, 1), (1, 1)])
def test_no_quarter_of_a_sliver_is_empty(size: tuple[int, int]) -> None:
    crops = quarters(Image.new("RGB", size, "white"))
    assert all(crop.getextrema() == ((255, 255),) * 3 for crop in crops)
    assert crops[3].size == tuple((side + 1) // 2 for side in size)


def test_saved_settings_can_be_asked_for_by_name(tmp_path: Path) -> None:
    folder = base_model(tmp_path, split=True)
    with Leopard.load(folder, device="cpu", processing="published") as leopard:
        assert variant_of(leopard).processing.split is False
    with Leopard.load(FOLDER, device="cpu", processing="saved") as leopard:
        assert variant_of(leopard).processing.split is True


def test_the_saved_settings_are_found_where_transformers_5_saves_them(tmp_path: Path) -> None:
    folder = base_model(tmp_path, split=True)
    size = {"longest_edge": 490, "shortest_edge": 378}
    stock = Idefics2ImageProcessorPil.from_pretrained(folder, size=size)
    (folder / "preprocessor_config.json").unlink()
    saved = {"image_processor": json.loads(stock.to_json_string()), "image_seq_len": 64}
    (folder / "processor_config.json").write_text(json.dumps(saved))
    with Leopard.load(folder, device="cpu") as leopard:
        assert variant_of(leopard).processing == Processing(490, 378, split=True)
