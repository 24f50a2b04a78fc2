"""What a benchmark is to the evaluation: a layout that is read, and its own way to score.

A new one is a module with a `Benchmark`, named in the entry-point group `leopard_tools.benchmarks`
of its distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .letters import Script
from .questions import Question

Protocol = Literal["published", "standard"]

Measures = dict[str, float | None]
"""Scores of one answer by name, 0.0 to 1.0; None where a name does not apply to the question."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark.

    read: the questions of a folder in the layout in which the benchmark is distributed, under a
    protocol: as the published loader makes them (with `<image>` where pictures stand in the text),
    or every record, plainly. measure: how the benchmark itself scores a reply, under the standard
    protocol; `figure` names the main one of its measures. files: patterns of which a folder of it
    has all. by_kind: the standard figure is the mean of the kinds' means.

    published_figure: what the paper prints, "accuracy" or "anls"; the published scripts compute
    ANLS only where `with_anls`. skips: what of a set the published loader leaves out before its
    script counts. paper: the printed figures in percent (arXiv 2410.01744 v3), by script.
    """

    name: str
    title: str
    read: Callable[[Path, Protocol], list[Question]]
    measure: Callable[[Question, str], Measures]
    figure: str
    files: tuple[str, ...] = ()
    by_kind: bool = False
    published_figure: Literal["accuracy", "anls"] = "accuracy"
    with_anls: bool = False
    paper: Mapping[Script, float] = field(default_factory=dict)

    def fits(self, folder: Path) -> bool:
        """Whether a folder looks like one of this benchmark."""
        return bool(self.files) and all(any(folder.glob(pattern)) for pattern in self.files)


__all__ = ["Benchmark", "Measures", "Protocol"]
