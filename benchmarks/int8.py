"""dtype="int8" beside float32 and bfloat16: speed and memory on `wide`, quality on nano.

    python benchmarks/int8.py [FOLDER]       # speed and memory; FOLDER holds the wide checkpoint
    python benchmarks/int8.py --quality [--questions 200]

Speed is measured in passes through the decoder, ours and that of stock transformers taking turns,
each with its own cache. The time that reading the weights takes is their bytes by the speed at
which the same threads add up a gigabyte of memory, measured in the same turns. Peak memory is that
of fresh processes.

Quality compares nano with itself in float32: greedy answers (32 tokens at most) to held-out
questions, evenly chosen, and the perplexity of the text of their pictures. A context that several
questions share is computed once.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

import torch
from load_memory import status, watch
from machine import EMBEDDED, describe_machine, needs
from torch import Tensor, nn
from transformers import DynamicCache, LlamaForCausalLM
from wide import checkpoint, stock_language_model

from leopard_tools.engine.cache import KVCache
from leopard_tools.engine.language_model import LanguageModel
from leopard_tools.engine.packing import PackedBatch
from leopard_tools.images.sources import Limits, load_frames
from leopard_tools.reading.ocr import Reader
from leopard_tools.types import Frame
from leopard_tools.variants.base import Turn, Variant
from leopard_tools.variants.llava import Llava
from leopard_tools.variants.registry import load_variant
from leopard_tools.weights.int8 import Int8Linear, int8_kernel

EVAL = Path(__file__).parents[1] / "examples" / "data" / "eval"
CONTEXT, PROMPT, ROUNDS = 64, 1000, 5
ANSWER = 32
MEMORY_TEST = 2**28  # float32 numbers: a gigabyte, which no cache holds


Forward = Callable[[list[int]], Tensor]
"""(positions,) ids that continue what came before -> (vocabulary,) logits after the last."""


def of_stock(model: LlamaForCausalLM) -> Forward:
    cache = DynamicCache()

    def forward(ids: list[int]) -> Tensor:
        start = cache.get_seq_length()
        positions = torch.arange(start, start + len(ids))[None]
        seen = model.model(torch.tensor([ids]), None, positions, cache, None, use_cache=True)
        logits: Tensor = model.lm_head(seen.last_hidden_state[:, -1])[0]
        return logits

    return forward


def of_ours(model: LanguageModel) -> Forward:
    cache = model.new_cache()
    return lambda ids: model.logits(hidden(model, ids, cache)[-1:])[0]


def hidden(model: LanguageModel, ids: list[int], cache: KVCache) -> Tensor:
    """(positions, hidden) after ids that continue what is in the cache."""
    return model.forward(model.embed(ids), PackedBatch([cache], [len(ids)]))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# Speed


@dataclass(slots=True)
class Times:
    decode: list[float] = field(default_factory=list)
    prefill: list[float] = field(default_factory=list)


def int8_bytes(network: nn.Module) -> int:
    layers = [m for m in network.modules() if isinstance(m, Int8Linear)]
    return sum(layer.in_features * layer.out_features for layer in layers)


def measure_speed(folder: Path) -> None:
    variant = load_variant(folder, device="cpu", dtype="int8")
    assert isinstance(variant, Llava)
    ours = variant.language_model
    models: dict[str, Callable[[], Forward]] = {"int8": partial(of_ours, ours)}
    for dtype in (torch.float32, torch.bfloat16):
        stock = stock_language_model(folder, dtype)
        models[str(dtype).removeprefix("torch.")] = partial(of_stock, stock)
    times, reads = {name: Times() for name in models}, []
    memory = torch.ones(MEMORY_TEST)
    ids = [number % 300 for number in range(PROMPT)]
    with torch.inference_mode():
        for turn in range(ROUNDS + 1):
            reads.append(seconds(memory.sum))
            for name, begin in models.items():
                forward = begin()
                forward(ids[:CONTEXT])
                decode = [seconds(partial(forward, ids[:1])) for _ in range(5)]
                if turn:  # the first turn warms up
                    times[name].decode += decode
                # Where bfloat16 is emulated a prompt takes a minute: once is enough to know.
                if turn == 1 or name != "bfloat16":
                    prefill = seconds(partial(begin(), ids))
                    times[name].prefill += [prefill] if turn else []
    speed = memory.nbytes / median(reads)
    show_speed(times, int8_bytes(variant.network), speed)


def show_speed(times: dict[str, Times], size: int, speed: float) -> None:
    own, f32, bf16 = (times[name] for name in ("int8", "float32", "bfloat16"))
    decode = {name: median(t.decode) for name, t in times.items()}
    prefill = {name: median(t.prefill) for name, t in times.items()}
    best = min(("float32", "bfloat16"), key=prefill.__getitem__)
    reading = size / speed
    print(f"{describe_machine()}, torch {torch.__version__}")
    print(f"kernel: {int8_kernel().name}; int8 weights {size / 1e9:.3f} GB")
    print(f"memory is read at {speed / 1e9:.1f} GB/s; medians of {len(own.prefill)} turns")
    rows = [
        ("decode a token", "float32 stock", decode["int8"], decode["float32"], "at least 4"),
        ("decode a token", "bfloat16 stock", decode["int8"], decode["bfloat16"], ""),
        (f"prefill {PROMPT}", f"{best} stock", prefill["int8"], prefill[best], "at least 3"),
    ]
    for what, peer, mine, other, goal in rows:
        print(
            f"{what:16}{peer:16} ours {mine * 1e3:8.1f} ms, peer {other * 1e3:8.1f} ms, "
            f"x{other / mine:.2f} {goal and f'(goal: {goal})'}",
            flush=True,
        )
    print(
        f"{'decode a token':16}{'reading memory':16} ours {decode['int8'] * 1e3:8.1f} ms, "
        f"     {reading * 1e3:8.1f} ms, {decode['int8'] / reading:.2f} times it (goal: at most 1.3)"
    )
    fastest = [f"{min(t.decode) * 1e3:.1f} / {min(t.prefill) * 1e3:.0f}" for t in (own, f32, bf16)]
    print(
        f"fastest decode / prefill in ms: int8, float32, bfloat16: {', '.join(fastest)}", flush=True
    )


# Memory


def measure_memory(kind: str, folder: Path) -> None:
    """Loads and runs once in this process and prints what it took as JSON."""
    before, own, done = status("VmRSS"), status("RssAnon"), threading.Event()
    peak = [own]
    watcher = threading.Thread(target=watch, args=(peak, done))
    watcher.start()
    if kind == "int8":
        variant = load_variant(folder, device="cpu", dtype="int8")
        assert isinstance(variant, Llava)
        network: nn.Module = variant.network
        forward = of_ours(variant.language_model)
    else:
        network = stock = stock_language_model(folder, getattr(torch, kind))
        forward = of_stock(stock)
    loaded = status("VmHWM") - before
    with torch.inference_mode():
        forward([number % 300 for number in range(PROMPT)])
    done.set()
    watcher.join()
    size = int8_bytes(network) + sum(p.nbytes for p in network.parameters())
    ran = status("VmHWM") - before
    print(json.dumps({"loaded": loaded, "ran": ran, "own": peak[0] - own, "size": size}))


def compare_memory(folder: Path) -> None:
    for kind in ("int8", "float32", "bfloat16"):
        command = [sys.executable, __file__, "--memory", kind, str(folder)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found = {k: v / 1e9 for k, v in json.loads(done.stdout.splitlines()[-1]).items()}
        whole = "with vision in float32" if kind == "int8" else "stock, language model only"
        print(
            f"memory {kind:9} weights {found['size']:.2f} GB ({whole}); peak while loading "
            f"{found['loaded']:.2f} GB, x{found['loaded'] / found['size']:.2f}; after a prompt of "
            f"{PROMPT} {found['ran']:.2f} GB, {found['own']:.2f} GB without mapped files"
        )


# Quality


def prompts(variant: Variant, count: int) -> list[list[int]]:
    """Ids of evenly chosen held-out questions, each with its pictures' text."""
    lines = (EVAL / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    chosen = [json.loads(lines[i * len(lines) // count]) for i in range(count)]
    names = {name for question in chosen for name in question["images"]}
    frames = {name: load_frames(EVAL / name, Limits())[0] for name in sorted(names)}
    reader = Reader()
    readings = {id(frame): reader.read(frame.image) for frame in frames.values()}

    def ids(question: dict[str, object]) -> list[int]:
        images = question["images"]
        assert isinstance(images, list)
        text = variant.join(str(question["question"]), variant.instruction)
        parts: tuple[Frame | str, ...] = (*(frames[name] for name in images), text)
        return list(variant.build_prompt([Turn("user", parts)], lambda f: readings[id(f)]).ids)

    return [ids(question) for question in chosen]


def shared_length(some: list[list[int]]) -> int:
    """How many ids all of some prompts begin with, their last id apart."""
    columns = zip(*(ids[:-1] for ids in some), strict=False)
    return next((i for i, column in enumerate(columns) if len(set(column)) > 1), 0) or min(
        len(ids) - 1 for ids in some
    )


def group(asked: list[list[int]]) -> list[list[int]]:
    """Numbers of the prompts that begin alike: with the same pictures."""
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, ids in enumerate(asked):
        groups[tuple(ids[:80])].append(number)
    return list(groups.values())


def answer_all(variant: Variant, asked: list[list[int]]) -> tuple[dict[int, list[int]], float]:
    """Greedy answers by number, and the mean loss (nats a token) on the texts before them."""
    model = variant.language_model
    answers: dict[int, list[int]] = {}
    losses: list[Tensor] = []
    for numbers in group(asked):
        length = shared_length([asked[number] for number in numbers])
        prefix, cache = asked[numbers[0]][:length], model.new_cache()
        logits = model.logits(hidden(model, prefix, cache)[:-1])
        told = torch.tensor(prefix[1:])
        losses.append(nn.functional.cross_entropy(logits, told, reduction="none"))
        for number in numbers:
            answers[number] = answer(model, asked[number][length:], cache, variant.end_ids)
            cache.crop(length)
    return answers, float(torch.cat(losses).mean())


def answer(model: LanguageModel, ids: list[int], cache: KVCache, ends: frozenset[int]) -> list[int]:
    tokens: list[int] = []
    while len(tokens) < ANSWER and not (tokens and tokens[-1] in ends):
        seen = hidden(model, tokens[-1:] or ids, cache)
        tokens.append(int(model.logits(seen[-1:]).argmax()))
    return tokens


def measure_quality(count: int) -> None:
    exact = load_variant("nano", device="cpu", dtype="float32")
    asked = prompts(exact, count)
    quick = load_variant("nano", device="cpu", dtype="int8")
    with torch.inference_mode():
        (expected, loss), (found, int8_loss) = (answer_all(v, asked) for v in (exact, quick))
    equal = sum(found[number] == expected[number] for number in expected)
    print(f"{describe_machine()}; kernel: {int8_kernel(fine=True).name}")
    print(f"greedy answers equal to float32's: {equal}/{count}, {equal / count:.1%} (goal: 95%)")
    print(
        f"perplexity on the pictures' text: float32 {math.exp(loss):.4f}, int8 "
        f"{math.exp(int8_loss):.4f}, {math.expm1(int8_loss - loss):+.2%} (goal: within 1%)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="the wide checkpoint, if it is there")
    parser.add_argument("--quality", action="store_true", help="compare nano's answers instead")
    parser.add_argument("--questions", type=int, default=200, help="how many, for --quality")
    parser.add_argument("--memory", metavar="KIND", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quality:
        needs(*EMBEDDED)
        measure_quality(options.questions)
    elif options.memory:
        measure_memory(options.memory, options.folder)
    elif options.folder:
        measure_speed(options.folder)
        compare_memory(options.folder)
    else:
        with checkpoint() as folder:
            measure_speed(folder)
            compare_memory(folder)


if __name__ == "__main__":
    main()
