"""No team of threads waits for nothing: beside the worker's it would slow every token down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TASKS = Path("/proc/self/task")
PROGRAM = f"""
import os, time
import torch
from leopard_tools import Leopard

def count():
    return len(os.listdir({str(TASKS)!r}))

leopard = Leopard.load(device="cpu")
loaded = count()
assert (torch.ones(600, 600) @ torch.ones(600, 600) == 600).all()
print(torch.get_num_threads(), count() - loaded)
print(leopard.ask("Alder has 12 seats.\\n\\nHow many seats does Alder have?").text)
end = time.monotonic() + 30
while count() > loaded + 1 and time.monotonic() < end:
    time.sleep(0.01)
print(count() - loaded)
"""


@pytest.mark.skipif(not TASKS.exists(), reason="/proc and libgomp are Linux's")
def test_only_who_computes_has_a_team() -> None:
    program = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    threads, computing, answer, idle = program.stdout.split()
    # Loading left none, so that computing makes one: all threads but the caller's.
    assert int(computing) == int(threads) - 1
    # Of the caller and the worker neither has one afterwards, and only the worker is new.
    assert answer == "12" and int(idle) == 1
