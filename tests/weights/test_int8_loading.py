"""dtype="int8" from checkpoint to answers: all variants, adapters, memory, quality, refusals."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from leopard_tools import Frame
from leopard_tools.engine import generate
from leopard_tools.engine.borrowed import BorrowedDecoder
from leopard_tools.engine.cache import KVCache
from leopard_tools.engine.few_rows import Linear
from leopard_tools.engine.language_model import LanguageModel
from leopard_tools.engine.packing import PackedBatch
from leopard_tools.errors import CheckpointInvalid, LeopardError
from leopard_tools.evaluation.baseline import write_empty_adapter
from leopard_tools.types import Box, Line, Reading
from leopard_tools.variants.base import Turn, Variant
from leopard_tools.variants.registry import load_variant, placement
from leopard_tools.weights.int8 import Int8Linear, place_int8
from leopard_tools.weights.stream import load_tensors, load_weights, skeleton

from ..conftest import GOLDEN, ROOT, merge_adapter
from .test_adapter import TARGETS, write_adapter

TINY = sorted(TARGETS)
NAMES = ("lm_head", "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def load(checkpoint: str | Path, dtype: str = "int8", adapter: Path | None = None) -> Variant:
    return load_variant(checkpoint, device="cpu", dtype=dtype, adapter=adapter)


def hidden(variant: Variant, ids: list[int]) -> Tensor:
    """(positions, hidden): what the decoder makes of a text."""
    with torch.inference_mode():
        model = variant.language_model
        assert model.dtype == torch.float32
        return continued(model, model.new_cache(), ids)


def continued(model: LanguageModel, cache: KVCache, ids: list[int]) -> Tensor:
    return model.forward(model.embed(ids), PackedBatch([cache], [len(ids)]))


def logits(variant: Variant, ids: list[int]) -> Tensor:
    with torch.inference_mode():
        found: Tensor = variant.language_model.head(hidden(variant, ids))
        return found


@pytest.mark.parametrize("checkpoint", ["nano", *TINY])
def test_every_variant_loads_and_computes_nearly_the_same(checkpoint: str) -> None:
    path = "nano" if checkpoint == "nano" else GOLDEN / checkpoint
    exact, quick = load(path, "float32"), load(path)
    ids = list(range(20, 60))
    expected, found = logits(exact, ids), logits(quick, ids)
    assert float((found - expected).norm() / expected.norm()) < 0.08
    model = quick.language_model
    assert model.device.type == "cpu"
    kept = ("k_proj", "v_proj") if checkpoint == "nano" else ()
    decoder = model.decoder.module if isinstance(model.decoder, BorrowedDecoder) else model.decoder
    assert isinstance(decoder, nn.Module)
    for name, module in [*decoder.named_modules(), ("lm_head", model.head)]:
        if name.endswith(kept):
            assert type(module) is Linear, name
        elif name.endswith(NAMES):
            assert isinstance(module, Int8Linear), name
            assert module.weight is None
    assert type(model.decoder.embedding) is nn.Embedding
    network: nn.Module = quick.network  # type: ignore[attr-defined]
    assert {p.dtype for p in network.parameters()} == {torch.float32}
    assert not any(p.is_meta or p.requires_grad for p in network.parameters())


@pytest.mark.parametrize("checkpoint", TINY)
def test_vision_stays_in_float32(checkpoint: str) -> None:
    network: nn.Module = load(GOLDEN / checkpoint).network  # type: ignore[attr-defined]
    seen = [name for name, m in network.named_modules() if isinstance(m, nn.Linear)]
    assert seen
    assert not any("text_model" in name or "language_model" in name for name in seen)


@pytest.mark.parametrize("checkpoint", TINY)
def test_an_adapter_is_merged_before_it_is_rounded(tmp_path: Path, checkpoint: str) -> None:
    stored, _ = TARGETS[checkpoint]
    adapter = write_adapter(tmp_path / "lora", stored)
    merged = tmp_path / "merged"
    shutil.copytree(GOLDEN / checkpoint, merged, ignore=shutil.ignore_patterns("case*"))
    tensors = load_file(merged / "model.safetensors")
    lora = load_file(adapter / "adapter_model.safetensors")
    down, up = (lora[f"base_model.model.{stored}.lora_{part}.weight"] for part in "AB")
    tensors[f"{stored}.weight"] += 3.0 * (up @ down)
    save_file(tensors, merged / "model.safetensors")
    ids = list(range(20, 60))
    found = logits(load(GOLDEN / checkpoint, adapter=adapter), ids)
    assert torch.equal(found, logits(load(merged), ids))
    assert not torch.equal(found, logits(load(GOLDEN / checkpoint), ids))


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(70, 64)
        self.up = nn.Linear(64, 160)
        self.down = nn.Linear(160, 64, bias=False)
        self.head = nn.Linear(64, 70, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids: Tensor) -> Tensor:
        found: Tensor = self.head(self.down(self.up(self.embed(ids)).relu()))
        return found


def tied(*, int8: bool) -> Tied:
    with skeleton():
        module = Tied()
        if int8:
            place_int8(module, inside=("up", "down", "head"))
    return module


def stored() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return {name: p.detach().clone() for name, p in Tied().named_parameters()}


def test_a_tied_head_is_rounded_and_its_embedding_is_not(tmp_path: Path) -> None:
    module = tied(int8=True)
    load_tensors(module, stored().items(), source=tmp_path)
    assert torch.equal(module.embed.weight, stored()["embed.weight"])
    assert torch.equal(module.up.bias, stored()["up.bias"])
    exact = tied(int8=False)
    load_tensors(exact, stored().items(), source=tmp_path)
    assert exact.head.weight is exact.embed.weight
    ids = torch.arange(70)
    expected = exact(ids)
    assert float((module(ids) - expected).norm() / expected.norm()) < 0.05


def test_tensors_one_by_one_and_from_a_file_give_the_same(tmp_path: Path) -> None:
    adapter = write_adapter(tmp_path / "lora", "up")
    save_file(stored(), tmp_path / "model.safetensors")
    for int8 in (False, True):
        one, other, third = tied(int8=int8), tied(int8=int8), tied(int8=False)
        load_tensors(one, stored().items(), source=tmp_path, adapter=adapter)
        load_weights(
            other, tmp_path, rename=str, device=torch.device("cpu"), dtype=None, adapter=adapter
        )
        ids = torch.arange(70)
        assert torch.equal(one(ids), other(ids))
        load_tensors(third, stored().items(), source=tmp_path)
        merge_adapter(third, adapter)
        if not int8:
            assert torch.equal(one(ids), third(ids))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"up.bias": None}, r"lacks up\.bias"),
        ({"more": torch.zeros(2)}, r"more is \[2\] for nothing"),
        ({"down.weight": torch.zeros(2, 3)}, r"down\.weight is \[2, 3\] for \[64, 160\]"),
    ],
)
def test_tensors_that_do_not_fit_are_named(
    tmp_path: Path, change: dict[str, Tensor | None], message: str
) -> None:
    tensors = {name: t for name, t in {**stored(), **change}.items() if t is not None}
    with pytest.raises(CheckpointInvalid, match=message):
        load_tensors(tied(int8=True), tensors.items(), source=tmp_path)


def test_an_adapter_that_does_not_fit_is_refused_before_loading(tmp_path: Path) -> None:
    save_file(stored(), tmp_path / "model.safetensors")
    module = tied(int8=True)
    with pytest.raises(CheckpointInvalid, match="another model"):
        load_weights(
            module,
            tmp_path,
            rename=str,
            device=torch.device("cpu"),
            dtype=None,
            adapter=write_adapter(tmp_path / "lora", "sideways"),
        )
    assert all(p.is_meta for p in module.parameters())


@pytest.mark.parametrize("int8", [False, True])
def test_an_adapter_of_a_tied_weight_is_refused(tmp_path: Path, int8: bool) -> None:
    # It would change the embedding too, which was not trained with it.
    adapter = write_adapter(tmp_path / "lora", "head", out=70)
    module = tied(int8=int8)
    with pytest.raises(
        CheckpointInvalid, match=r"changes head, but embed\.weight and head\.weight"
    ):
        load_tensors(module, stored().items(), source=tmp_path, adapter=adapter)
    load_tensors(module, stored().items(), source=tmp_path)
    if not int8:
        with pytest.raises(CheckpointInvalid, match="target_modules"):
            merge_adapter(module, adapter)
        assert torch.equal(module.embed.weight, stored()["embed.weight"])


@pytest.mark.parametrize("device", ["meta", "cuda", "mps"])
def test_other_devices_are_refused(device: str) -> None:
    with pytest.raises(LeopardError, match=f"{device}"):
        placement(device, "int8")


def test_any_device_means_the_cpu() -> None:
    place = placement("auto", "int8")
    assert (place.device.type, place.dtype, place.int8) == ("cpu", torch.float32, True)
    assert not placement("cpu", "auto").int8


MEASURE = """
import json, sys, torch
from pathlib import Path
from torch import nn
from leopard_tools.weights.int8 import place_int8
from leopard_tools.weights.stream import load_weights, skeleton
sys.path.insert(0, "benchmarks")
from load_memory import status
folder, layers, out, inner = Path(sys.argv[1]), *map(int, sys.argv[2:])
with skeleton():
    network = nn.ModuleList(nn.Linear(inner, out, bias=False) for _ in range(layers))
    place_int8(network, inside=tuple(map(str, range(layers))))
before = status("VmRSS")
load_weights(network, folder, rename=str, device=torch.device("cpu"), dtype=torch.float32)
print(json.dumps(status("VmHWM") - before))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_loading_peaks_below_a_third_above_what_stays(tmp_path: Path) -> None:
    layers, out, inner = shape = (24, 2048, 4096)
    weight = torch.empty(out, inner, dtype=torch.bfloat16).normal_()
    tensors = {f"{n}.weight": weight.clone() for n in range(layers)}
    save_file(tensors, tmp_path / "model.safetensors")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path), *map(str, shape)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) < 1.3 * layers * out * inner


def ask(variant: Variant, text: str, question: str) -> list[int]:
    """Ids of a question about a picture with this text."""
    rows = tuple((Line(line, Box(0, 0, 1, 1), 1.0),) for line in text.split("\n"))
    turn = Turn("user", (Frame(Image.new("RGB", (1, 1)), ""), variant.join(question, "")))
    return list(variant.build_prompt([turn], lambda _: Reading(rows, 1, 1)).ids)


def examples() -> list[dict]:
    lines = (GOLDEN / "nano-examples.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def greedy(variant: Variant, prompts: list[list[int]], count: int = 8) -> list[list[int]]:
    """Answers to prompts that begin alike; their beginning is computed once."""
    model = variant.language_model
    cache, known = model.new_cache(), []
    answers = []
    for ids in prompts:
        cache.crop(generate._common(known, ids))
        seen, tokens = continued(model, cache, ids[cache.length :]), []
        while len(tokens) < count:
            tokens.append(int(model.head(seen[-1:]).argmax()))
            if tokens[-1] in variant.end_ids:
                break
            seen = continued(model, cache, tokens[-1:])
        known = ids
        answers.append(tokens)
    return answers


def test_answers_of_nano_stay_the_same() -> None:
    """24 questions; benchmarks/int8.py --quality has 200 about real pictures."""
    exact, quick = load("nano", "float32"), load("nano")
    same = asked = 0
    with torch.inference_mode():
        for example in examples():
            questions = (example["question"], "What is the first line?")
            prompts = [ask(exact, example["images_text"][0], each) for each in questions]
            pairs = zip(greedy(exact, prompts), greedy(quick, prompts), strict=True)
            asked += len(prompts)
            same += sum(one == other for one, other in pairs)
    assert same >= 0.95 * asked, same


def test_the_perplexity_of_the_language_model_stays_the_same(tmp_path: Path) -> None:
    """Without the LoRA, which has learnt answers only and predicts other text badly."""
    empty = write_empty_adapter(tmp_path)
    losses, positions = [0.0, 0.0], 0
    variants = load("nano", "float32", empty), load("nano", adapter=empty)
    for example in examples():
        ids = ask(variants[0], example["images_text"][0], example["question"])
        positions += len(ids) - 1
        for index, variant in enumerate(variants):
            scores = logits(variant, ids)[:-1]
            loss = nn.functional.cross_entropy(scores, torch.tensor(ids[1:]), reduction="sum")
            losses[index] += float(loss)
    assert abs(math.expm1((losses[1] - losses[0]) / positions)) < 0.01
