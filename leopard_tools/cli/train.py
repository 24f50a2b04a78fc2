"""leopard train

Training is no part of what answers: it runs in a process of its own, which saves and ends when it
is interrupted.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import MissingDependency

if TYPE_CHECKING:
    from types import FrameType


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
    interrupted = False

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal interrupted
        interrupted |= number == signal.SIGINT
        # Windows lets the interrupt itself through to the child, and knows nothing milder than it.
        if sys.platform != "win32":
            child.terminate()

    # The child saves what it has learnt, then ends. Before it has learnt to do so an interrupt
    # would end it with a traceback, so it is born without an ear for that and told otherwise.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with subprocess.Popen(command) as child:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        child.wait()
    code = child.returncode
    if code < 0:
        # A signal ended it; an interrupt is passed on as another one.
        code = 128 + (signal.SIGINT if interrupted and code == -signal.SIGTERM else -code)
    raise typer.Exit(code)
