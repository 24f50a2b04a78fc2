"""What a fresh process takes with nano: to load, and to answer beside a program that computes.

    python benchmarks/fresh_process.py

Loading is that of `Leopard.load()`, imports included; the peer loads the same weights into
transformers' own network. The question is about one slide, asked while another process keeps one
core busy; the peer waits as PyTorch does by itself (GOMP_SPINCOUNT=300000), and must give the same
answer. Medians of three.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from machine import EMBEDDED, describe_machine, needs

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
said = leopard.ask("Who is matron at Northgate?", [{str(SLIDE)!r}]).text
"""
# It ends with the process that started it, however that ended.
BUSY = "import os, sys\nwhile os.getppid() == int(sys.argv[1]): pass"


def timed(code: str, env: dict[str, str] | None = None) -> tuple[float, str]:
    """Seconds that the code took in a fresh process, from its last `begun` on, and its `said`."""
    program = f"import json, time\nsaid = ''\nbegun = time.perf_counter()\n{code}"
    program += "\nprint(json.dumps([time.perf_counter() - begun, said]))"
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, check=True
    )
    seconds, said = json.loads(done.stdout)
    return seconds, said


def row(name: str, pairs: list[tuple[float, float]]) -> None:
    mine, theirs = map(statistics.median, zip(*pairs, strict=True))
    print(f"{name:<44}{mine:>9.2f} s{theirs:>9.2f} s{theirs / mine:>8.1f} x", flush=True)


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    needs(*EMBEDDED)
    print(describe_machine())
    print(f"{'':<44}{'ours':>11}{'peer':>11}{'ratio':>10}")
    row("load nano", [(timed(LOAD)[0], timed(PEER)[0]) for _ in range(TURNS)])
    pairs = []
    # In a session of its own, as another program is: Linux shares a core out by sessions.
    command = [sys.executable, "-c", BUSY, str(os.getpid())]
    with subprocess.Popen(command, start_new_session=True) as busy:
        try:
            for _ in range(TURNS):
                (ours, said), (peer, other) = timed(ASK), timed(ASK, {"GOMP_SPINCOUNT": "300000"})
                if said != other:
                    raise SystemExit(f"The peer answers {other!r}, not {said!r}.")
                pairs.append((ours, peer))
        finally:
            busy.kill()
    row("a question about a slide, one core busy", pairs)


if __name__ == "__main__":
    main()
