"""The golden cases: what the published evaluation code computed for the tiny checkpoints."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..conftest import GOLDEN


@dataclass(frozen=True)
class Case:
    folder: Path
    number: int
    question: str
    images: tuple[Path, ...]
    sequence_length: int
    greedy: tuple[int, ...]

    def result(self, name: str) -> npt.NDArray[np.float32]:
        return np.load(self.folder / f"case{self.number}.npz")[name]


def cases(name: str) -> list[Case]:
    folder = GOLDEN / name
    return [
        Case(
            folder,
            case["case"],
            case["question"],
            tuple(folder / f"case{case['case']}_img{i}.png" for i in range(len(case["sizes"]))),
            case["sequence_length"],
            tuple(case["greedy"]),
        )
        for case in json.loads((folder / "cases.json").read_text())
    ]


def assert_close(found: npt.NDArray[np.float32], golden: npt.NDArray[np.float32]) -> None:
    """Within 1e-4 of the golden result's largest value."""
    assert found.shape == golden.shape
    assert np.abs(found - golden).max() <= 1e-4 * np.abs(golden).max()
