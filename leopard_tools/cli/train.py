"""leopard train

Training is no part of what answers: it runs in a process of its own, which saves and ends when it
is interrupted.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from ..errors import MissingDependency


class Trainable(StrEnum):
    """What can be trained."""

    nano = "nano"


def train(
    model: Annotated[Trainable, typer.Argument(help="What to train: nano, the embedded model.")],
    minutes: Annotated[
        float, typer.Option(min=0, help="How long; a further run goes on where this one stops.")
    ] = 20,
    device: Annotated[
        str | None, typer.Option(help="cpu or cuda; without it a GPU where there is one.")
    ] = None,
    run: Annotated[
        Path, typer.Option(help="The folder of the checkpoints, the curve and the adapters.")
    ] = Path("runs/nano"),
) -> None:
    """Train the embedded model's LoRA, from the last checkpoint in the run's folder."""
    if find_spec("peft") is None:
        raise MissingDependency("peft, which training needs,", "pip install 'leopard-tools[train]'")
    command = [sys.executable, "-m", f"leopard_tools.training.{model.value}", "--run", str(run)]
    command += ["--minutes", str(minutes), *(["--device", device] if device else [])]
    with subprocess.Popen(command) as child:
        # The child saves what it has learnt, then ends. An interrupt reaches it by itself; what is
        # sent to this process alone does not.
        signal.signal(signal.SIGTERM, lambda number, _: child.send_signal(number))
        while child.returncode is None:
            with suppress(KeyboardInterrupt):
                child.wait()
    raise typer.Exit(child.returncode)
