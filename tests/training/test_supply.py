"""Samples made ahead by other processes are those made one by one; sizes fit the device."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import islice
from multiprocessing import active_children
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from leopard_tools.cli.app import app
from leopard_tools.errors import LeopardError
from leopard_tools.training import nano
from leopard_tools.training.supply import supply, supply_ahead

from .conftest import Build


def test_samples_made_ahead_are_the_same_in_the_same_order(build: Build) -> None:
    model, _ = build()
    ahead = supply_ahead(3, 5, 1)
    try:
        for fast, slow in zip(islice(ahead, 4), supply(model, 3, 5), strict=False):
            # What stops a group reaches all of them; the one that trains ends the others.
            for process in active_children():
                os.kill(process.pid or 0, signal.SIGINT)
                os.kill(process.pid or 0, signal.SIGTERM)
            assert torch.equal(fast.ids, slow.ids)
            assert torch.equal(fast.segments, slow.segments)
            assert torch.equal(fast.targets, slow.targets)
            assert fast.kinds == slow.kinds
    finally:
        ahead.close()


def test_it_is_said_that_a_process_which_makes_samples_has_ended(tmp_path: Path) -> None:
    with pytest.raises(LeopardError, match="One of the 1 processes that make samples has ended"):
        next(supply_ahead(1, 0, 1, tmp_path / "missing.jsonl"))


def test_processes_that_make_samples_end_with_the_one_that_trains() -> None:
    program = (
        "import os\n"
        "from leopard_tools.training.supply import supply_ahead\n"
        "if __name__ == '__main__':\n"
        "    samples = supply_ahead(1, 0, 1)\n"
        "    next(samples)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    # They hold this end of the pipe as well: it is closed when the last of them is gone.
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert result.returncode == -9


@pytest.mark.parametrize(
    ("arguments", "device", "expected"),
    [
        ([], "cpu", (nano.CPU_BATCH, 0, False)),
        ([], "cuda", (nano.GPU_BATCH, nano.GPU_GROUP, True)),
        (["--batch-positions", "9", "--group-positions", "4"], "cuda", (9, 4, True)),
        (["--processes", "2"], "cpu", (nano.CPU_BATCH, 0, True)),
    ],
)
def test_a_gpu_gets_large_steps_computed_together(
    arguments: list[str], device: str, expected: tuple[int, int, bool]
) -> None:
    given = nano.parse(["--run", "r", *arguments])
    plan, group, processes = nano._sizes(given, torch.device(device))
    assert (plan.batch_positions, group, processes > 0) == expected


def test_the_command_trains_in_a_process_of_its_own_and_ends_as_it_does(
    tmp_path: Path,
) -> None:
    # Without a GPU the process ends at once, with one line that says why.
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU: the process would train")
    program = "from leopard_tools.cli import main; main()"
    options = ["train", "nano", "--device", "cuda", "--run", str(tmp_path / "run")]
    command = [sys.executable, "-c", program, *options]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("leopard: --device cuda: this PyTorch finds no GPU.")
    assert not (tmp_path / "run").exists()


def test_a_folder_that_cannot_be_made_is_an_error_of_one_line(tmp_path: Path) -> None:
    file = tmp_path / "run"
    file.touch()
    command = [sys.executable, "-m", "leopard_tools.training.nano", "--run", str(file)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("leopard: ") and result.stderr.count("\n") == 1


def test_what_ends_the_command_ends_the_process_that_trains(tmp_path: Path) -> None:
    # Ended when it waits; the other one ends before it has learnt to save.
    program = (
        "import os, signal, subprocess\n"
        "class Waiting(subprocess.Popen):\n"
        "    def wait(self, timeout=None):\n"
        "        if self.returncode is None: os.kill(os.getpid(), signal.SIGTERM)\n"
        "        return super().wait(timeout)\n"
        "subprocess.Popen = Waiting\n"
        "from leopard_tools.cli import main\n"
        "main()\n"
    )
    options = ["train", "nano", "--device", "cuda", "--run", str(tmp_path / "run")]
    command = [sys.executable, "-c", program, *options]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (128 + signal.SIGTERM, "")


def test_only_what_can_be_trained_is_taken() -> None:
    assert CliRunner().invoke(app, ["train", "idefics2"]).exit_code == 2
