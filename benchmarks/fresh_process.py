"""What a fresh process takes with nano: to load, and to answer beside a program that computes.

    python benchmarks/fresh_process.py

Loading is that of `Leopard.load()`, imports included; the peer loads the same weights into
transformers' own network. The question is about one slide, asked while another process keeps one
core busy; the peer waits as PyTorch does by itself (GOMP_SPINCOUNT=300000). Medians of three.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from machine import describe_machine

SLIDE = Path(__file__).parents[1] / "examples" / "data" / "eval" / "slide-winter-staffing.jpg"
TURNS = 3
LOAD = """
from leopard_tools import Leopard
Leopard.load(device="cpu")
"""
PEER = """
from leopard_tools.training.network import stock_network
from leopard_tools.variants.embedded import prepare
from leopard_tools.variants.nano import ADAPTER
stock_network(prepare(), ADAPTER)
"""
ASK = f"""
from leopard_tools import Leopard
leopard = Leopard.load(device="cpu")
leopard.read({str(SLIDE)!r})
begun = time.perf_counter()
leopard.ask("Who is matron at Northgate?", [{str(SLIDE)!r}])
"""
BUSY = "while True: pass"


def seconds(code: str, env: dict[str, str] | None = None) -> float:
    """What a fresh process says that the code took, from its last `begun` on."""
    timed = f"import json, time\nbegun = time.perf_counter()\n{code}"
    timed += "\nprint(json.dumps(time.perf_counter() - begun))"
    command = [sys.executable, "-c", timed]
    done = subprocess.run(
        command, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, check=True
    )
    return float(json.loads(done.stdout))


def row(name: str, ours: list[float], peers: list[float]) -> None:
    mine, theirs = statistics.median(ours), statistics.median(peers)
    print(f"{name:<44}{mine:>9.2f} s{theirs:>9.2f} s{theirs / mine:>8.1f} x", flush=True)


def main() -> None:
    print(describe_machine())
    print(f"{'':<44}{'ours':>11}{'peer':>11}{'ratio':>10}")
    loads = [(seconds(LOAD), seconds(PEER)) for _ in range(TURNS)]
    row("load nano", *map(list, zip(*loads, strict=True)))
    with subprocess.Popen([sys.executable, "-c", BUSY], start_new_session=True) as busy:
        try:
            stock = {"GOMP_SPINCOUNT": "300000"}
            asks = [(seconds(ASK), seconds(ASK, stock)) for _ in range(TURNS)]
        finally:
            busy.kill()
    row("a question about a slide, one core busy", *map(list, zip(*asks, strict=True)))


if __name__ == "__main__":
    main()
