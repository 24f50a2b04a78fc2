"""A training run's folder: the state to go on from, the curve, the adapters.

    state.pt      weights, their mean, optimiser and counters of the last checkpoint
    latest/       the mean as an adapter in PEFT's layout; best/ that of the best evaluation
    curve.jsonl   one line an evaluation

There is no random state to keep: context number n of a seed is always the same.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from ..errors import CheckpointInvalid
from .learner import Learner, fill
from .lora import export, trained

STATE = "state.pt"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `position` is the next context's number; `best` the best accuracy so far
    in the examination with the mark `examination`.
    """

    seed: int
    position: int = 0
    steps: int = 0
    tokens: int = 0
    questions: int = 0
    seconds: float = 0.0
    best: float = -1.0
    examination: str = ""

    def after(self, *, contexts: int, tokens: int, questions: int, seconds: float) -> Progress:
        """The progress one step later."""
        return replace(
            self,
            position=self.position + contexts,
            steps=self.steps + 1,
            tokens=self.tokens + tokens,
            questions=self.questions + questions,
            seconds=self.seconds + seconds,
        )


class Run:
    """The folder of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def state(self) -> Path:
        return self.folder / STATE

    def save(self, learner: Learner, progress: Progress) -> None:
        """Writes a checkpoint; one that is interrupted leaves the one before."""
        stored = {
            "progress": asdict(progress),
            "weights": [parameter.detach().cpu() for parameter in trained(learner.model)],
            "mean": [mean.cpu() for mean in learner.mean],
            "optimiser": learner.optimiser.state_dict(),
        }
        draft = self.state.with_suffix(".draft")
        torch.save(stored, draft)
        draft.replace(self.state)
        with learner.averaged():
            export(learner.model, self.folder / "latest")

    def load(self, learner: Learner, seed: int) -> Progress:
        """Puts the last checkpoint into the learner; a new run's progress where there is none.

        Raises CheckpointInvalid where the checkpoint is of another seed or rank.
        """
        if not self.state.exists():
            return Progress(seed)
        stored = torch.load(self.state, map_location="cpu", weights_only=True)
        progress = Progress(**stored["progress"])
        if progress.seed != seed:
            raise CheckpointInvalid(
                f"{self.state} was trained with seed {progress.seed}, not {seed}. Give that seed, "
                "or another folder."
            )
        weights = trained(learner.model)
        # Both matrices of a layer have the rank as one of their sizes.
        if [w.shape for w in stored["weights"]] != [w.shape for w in weights]:
            raise CheckpointInvalid(
                f"{self.state} is of a LoRA of another rank. Give its --rank, or another folder."
            )
        fill(weights, stored["weights"])
        fill(learner.mean, stored["mean"])
        learner.optimiser.load_state_dict(stored["optimiser"])
        learner.steps = progress.steps
        return progress

    def record(self, learner: Learner, progress: Progress, row: dict[str, object]) -> Progress:
        """Adds an evaluation to the curve and keeps the adapter, as it is, if it is the best."""
        with (self.folder / "curve.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        accuracy, mark = row["accuracy"], str(row["set"])
        assert isinstance(accuracy, float)
        if mark == progress.examination and accuracy <= progress.best:
            return progress
        export(learner.model, self.folder / "best")
        return replace(progress, best=accuracy, examination=mark)
