"""Steps of nano with few positions: weights x rows^T (ours) beside rows x weights^T (PyTorch).

    python benchmarks/few_rows.py [--threads N]

A step with one position decodes a token; with more, it checks guesses, or serves several requests.
Both orders take turns on the same weights, after 500 positions; medians. Their logits must agree.
"""

from __future__ import annotations

import argparse
import time
from statistics import median

import torch
from machine import EMBEDDED, describe_machine, needs
from torch import Tensor

from leopard_tools.engine.few_rows import Linear, put_weights_first
from leopard_tools.engine.packing import PackedBatch
from leopard_tools.variants.nano import Nano
from leopard_tools.variants.registry import load_variant

BEFORE, TURNS = 500, 9
COUNTS = (1, 2, 3, 4, 5, 6, 8, 12)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, help="as many as PyTorch takes if not given")
    threads = parser.parse_args().threads
    needs(*EMBEDDED)
    if threads:
        torch.set_num_threads(threads)
    variant = load_variant("nano", device="cpu", dtype="float32")
    assert isinstance(variant, Nano)
    model, network = variant.language_model, variant.network
    begun = time.perf_counter()
    used = put_weights_first(network)
    tried = time.perf_counter() - begun
    print(describe_machine())
    print(f"trying which is faster took {tried * 1e3:.0f} ms: {'ours' if used else 'the usual'}")
    print(f"{'positions':<12}{'ours':>10}{'peer':>12}{'ratio':>10}")
    layers = [module for module in network.modules() if isinstance(module, Linear)]
    with torch.inference_mode():
        cache = model.new_cache()
        ids = [300 + number for number in range(BEFORE)]
        model.forward(model.embed(ids), PackedBatch([cache], [BEFORE]))

        def step(count: int, weights_first: bool) -> tuple[float, Tensor]:
            for layer in layers:
                layer.weights_first = weights_first
            start = time.perf_counter()
            hidden = model.forward(model.embed(ids[:count]), PackedBatch([cache], [count]))
            logits = model.logits(hidden)
            taken = time.perf_counter() - start
            cache.crop(BEFORE)
            return taken, logits

        for count in COUNTS:
            ours, peers = [], []
            for _ in range(TURNS):
                (mine, logits), (theirs, expected) = step(count, True), step(count, False)
                torch.testing.assert_close(logits, expected, rtol=1e-4, atol=1e-3)
                ours.append(mine)
                peers.append(theirs)
            mine, theirs = median(ours) * 1e3, median(peers) * 1e3
            print(f"{count:<12}{mine:>7.1f} ms{theirs:>9.1f} ms{theirs / mine:>8.2f} x", flush=True)


if __name__ == "__main__":
    main()
