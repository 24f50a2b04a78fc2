"""Trains the embedded model's LoRA; stopped at any time, it goes on where it was.

    python -m leopard_tools.training.nano --run runs/nano --minutes 600
    python -m leopard_tools.training.nano --run runs/nano --decay-minutes 20
    python -m leopard_tools.training.nano --run runs/nano --evaluate

The learning rate is constant, so that a run may go on for ever; a decay phase, branched off from
the last checkpoint and leaving it as it is, makes the adapter in decayed/. Contexts are numbered
and made from their number: the data never end and never repeat.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from ..engine.tokenizer import Tokenizer
from ..variants.embedded import read_embedded
from ..variants.nano import ADAPTER, Nano, build_network
from .capability import Threads, choose_dtype
from .contexts import make_context
from .examination import Examination
from .learner import Learner
from .lora import export, put_on
from .packing import Packed, pack
from .runs import Run

LONGEST = 2600
"""Positions of a context above which it is left out: memory grows with its square."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train: step size in positions, and the minutes between checkpoints and evaluations."""

    seed: int = 1
    batch_positions: int = 1600
    save_minutes: float = 3.0
    evaluate_minutes: float = 10.0
    steps: int | None = None


class Training:
    """A learner on its way through the contexts of a seed."""

    def __init__(self, nano: Nano, learner: Learner, run: Run, plan: Plan) -> None:
        self.nano = nano
        self.learner = learner
        self.run = run
        self.plan = plan
        self.progress = run.load(learner, plan.seed)
        self.stopping = False

    def batch(self) -> tuple[list[Packed], int]:
        """The next contexts, of about the planned number of positions, and how many were used."""
        batch: list[Packed] = []
        used = 0
        while sum(len(packed.ids) for packed in batch) < self.plan.batch_positions:
            packed = pack(self.nano, make_context(self.plan.seed, self.progress.position + used))
            used += 1
            if len(packed.ids) <= LONGEST:
                batch.append(packed)
        return batch, used

    def step(self, fraction: float = 1.0) -> tuple[float, int]:
        """One step; gives its loss and its number of positions."""
        start = time.monotonic()
        batch, used = self.batch()
        loss = self.learner.step(batch, fraction)
        tokens = sum(len(packed.ids) for packed in batch)
        questions = sum(len(packed.kinds) for packed in batch)
        self.progress = self.progress.after(
            contexts=used, tokens=tokens, questions=questions, seconds=time.monotonic() - start
        )
        return loss, tokens

    def train(self, minutes: float, threads: Threads, examination: Examination) -> None:
        """Trains at the full learning rate until the time is over or `stopping` is set."""
        begin = saved = evaluated = time.monotonic()
        if not self.progress.steps:
            self._evaluate(examination)
        while not self._over(begin, minutes):
            self._report(threads)
            now = time.monotonic()
            if now - evaluated > 60 * self.plan.evaluate_minutes:
                self._evaluate(examination)
                evaluated = time.monotonic()
            if now - saved > 60 * self.plan.save_minutes:
                self.run.save(self.learner, self.progress)
                saved = time.monotonic()
        self.run.save(self.learner, self.progress)

    def decay(self, minutes: float, threads: Threads, examination: Examination) -> None:
        """Lets the learning rate fall to nothing and writes decayed/; the checkpoint stays."""
        begin = time.monotonic()
        while not self._over(begin, minutes):
            passed = (time.monotonic() - begin) / (60 * minutes)
            self._report(threads, max(0.0, 1 - passed))
        export(self.learner.model, self.run.folder / "decayed")
        say(examination.describe(self.learner, self.progress))

    def _over(self, begin: float, minutes: float) -> bool:
        done = self.plan.steps is not None and self.progress.steps >= self.plan.steps
        return self.stopping or done or time.monotonic() - begin > 60 * minutes

    def _report(self, threads: Threads, fraction: float = 1.0) -> None:
        start = time.monotonic()
        used = threads.adjust()
        loss, tokens = self.step(fraction)
        speed = tokens / (time.monotonic() - start)
        done = self.progress
        say(
            f"step {done.steps} loss {loss:.3f} {speed:.0f} tokens/s on {used} threads, "
            f"{done.questions} questions, {done.tokens / 1e6:.3f} M tokens, "
            f"{done.seconds / 60:.1f} minutes"
        )

    def _evaluate(self, examination: Examination) -> None:
        row = examination.row(self.learner, self.progress)
        self.progress = self.run.record(self.learner, self.progress, row)
        say(str(row))


def say(text: str) -> None:
    """A line of the log."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def load(
    device: torch.device, dtype: torch.dtype, adapter: Path | None, rate: float
) -> tuple[Nano, Learner]:
    """The wheel's network with a LoRA on it, and the tokenizer and prompt that go with it."""
    files, tensors = read_embedded()
    network = build_network(files, tensors)
    nn.Module.to(network, device=device, dtype=dtype)
    model = put_on(network, adapter)
    nano = Nano(network, Tokenizer(files.tokenizer), model="nano in training")
    return nano, Learner(network, model, rate=rate)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m leopard_tools.training.nano")
    parser.add_argument("--run", type=Path, required=True, help="the run's folder")
    parser.add_argument("--minutes", type=float, default=20, help="how long to train")
    parser.add_argument("--decay-minutes", type=float, help="run a decay phase instead")
    parser.add_argument("--evaluate", action="store_true", help="only evaluate")
    parser.add_argument("--from", dest="start", type=Path, default=ADAPTER, help="first adapter")
    parser.add_argument("--seed", type=int, default=1, help="which contexts")
    parser.add_argument("--rate", type=float, default=5e-4, help="learning rate")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), help="instead of measuring")
    parser.add_argument("--threads", type=int, help="instead of as many as are free")
    parser.add_argument("--steps", type=int, help="stop at this step")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """The command line."""
    given = parse(arguments)
    device = torch.device(given.device)
    dtype = getattr(torch, given.dtype) if given.dtype else choose_dtype(device)
    threads = Threads(given.threads)
    torch.manual_seed(given.seed)
    nano, learner = load(device, dtype, given.start, given.rate)
    plan = Plan(seed=given.seed, steps=given.steps)
    training = Training(nano, learner, Run(given.run), plan)
    examination = Examination(nano, before=threads.adjust)
    say(f"{dtype} on {device}, from step {training.progress.steps}")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: setattr(training, "stopping", True))
    if given.evaluate:
        say(examination.describe(learner, training.progress))
    elif given.decay_minutes:
        training.decay(given.decay_minutes, threads, examination)
    else:
        training.train(given.minutes, threads, examination)


if __name__ == "__main__":
    main(sys.argv[1:])
