"""Peak memory and time of loading a checkpoint: load_weights beside transformers' own loader.

    python benchmarks/load_memory.py [GIGABYTES]

Writes a random float32 Llama of that size (2 GB if not given) in shards to a temporary folder and
loads it as bfloat16, each time in a fresh process. The growth of the resident set's peak over what
it was before loading, by the size of the loaded weights, must stay under 1.3 for load_weights.
transformers maps the files, and mapped pages count as resident although the system can take them
back; the second figure leaves them out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.utils.logging import disable_progress_bar

from leopard_tools.weights.stream import load_weights, skeleton

LIMIT, SHARDS, ROUNDS = 1.3, 3, 3


def shape(gigabytes: float) -> LlamaConfig:
    """A Llama of about `gigabytes` in float32: an embedding apart, then layers of 180 MB."""
    return LlamaConfig(
        hidden_size=2048,
        intermediate_size=5632,
        num_attention_heads=16,
        num_key_value_heads=4,
        vocab_size=32000,
        num_hidden_layers=max(1, round((gigabytes - 0.52) / 0.18)),
    )


def write_checkpoint(folder: Path, gigabytes: float) -> None:
    """One shard at a time, so that this process does not need the whole checkpoint's memory."""
    config = shape(gigabytes)
    config.architectures = ["LlamaForCausalLM"]
    config.save_pretrained(folder)
    with skeleton():
        shapes = {name: p.shape for name, p in LlamaForCausalLM(config).named_parameters()}
    names, shard_of = list(shapes), {}
    for index in range(SHARDS):
        file = f"model-{index + 1:05}-of-{SHARDS:05}.safetensors"
        part = names[index * len(names) // SHARDS : (index + 1) * len(names) // SHARDS]
        tensors = {name: torch.empty(shapes[name]).normal_(0, 0.02) for name in part}
        save_file(tensors, folder / file, metadata={"format": "pt"})
        shard_of |= dict.fromkeys(part, file)
    index_file = folder / "model.safetensors.index.json"
    index_file.write_text(json.dumps({"metadata": {}, "weight_map": shard_of}))


def status(field: str) -> int:
    """VmRSS, VmHWM (the peak of VmRSS) or RssAnon of this process, in bytes; Linux only."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def watch(peak: list[int], done: threading.Event) -> None:
    """Keeps the highest RssAnon in peak[0]: what the process holds besides mapped files."""
    while not done.wait(0.005):
        peak[0] = max(peak[0], status("RssAnon"))


def load(loader: str, folder: Path) -> None:
    """Loads once and prints what it took as JSON."""
    before, own, done = status("VmRSS"), status("RssAnon"), threading.Event()
    peak = [own]
    watcher = threading.Thread(target=watch, args=(peak, done))
    watcher.start()
    started = time.perf_counter()
    if loader == "transformers":
        disable_progress_bar()
        model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    else:
        with skeleton():
            model = LlamaForCausalLM(LlamaConfig.from_pretrained(folder))
        load_weights(model, folder, rename=str, device=torch.device("cpu"), dtype=torch.bfloat16)
    result = {"seconds": time.perf_counter() - started, "growth": status("VmHWM") - before}
    done.set()
    watcher.join()
    result["own"] = peak[0] - own
    result["size"] = sum(parameter.nbytes for parameter in model.parameters())
    result["sum"] = sum(float(p.detach().double().sum()) for p in model.parameters())
    print(json.dumps(result))


def measure(loader: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--load", loader, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gigabytes", nargs="?", type=float, default=2.0, help="2 if not given")
    parser.add_argument("--load", nargs=2, metavar=("LOADER", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load:
        load(options.load[0], Path(options.load[1]))
        return 0
    worst, sums = 0.0, set()
    with tempfile.TemporaryDirectory() as name:
        write_checkpoint(Path(name), options.gigabytes)
        for loader in ("leopard_tools", "transformers"):
            runs = [measure(loader, Path(name)) for _ in range(ROUNDS)]
            sums |= {run["sum"] for run in runs}
            size = runs[0]["size"]
            peak, own = (max(run[key] for run in runs) / size for key in ("growth", "own"))
            seconds = ", ".join(f"{run['seconds']:.2f}" for run in runs)
            print(
                f"{loader:13} {size / 1e9:.2f} GB loaded; peak {peak:.2f} x its size, "
                f"{own:.2f} x without mapped files; {seconds} s"
            )
            worst = worst or peak
    if len(sums) != 1:
        print(f"The loaders disagree on the weights: {sums}")
    return 0 if worst < LIMIT and len(sums) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
