"""What a run asks and how it is scored: a data set under a protocol, or a part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import LeopardError
from .benchmark import Benchmark, Measures, Protocol
from .dataset import FILE, KINDS, read_questions
from .letters import Script
from .own_set import MAIN, OwnScorer
from .questions import Question
from .registry import BUILT_IN, find_benchmark, recognise
from .replies import Reply
from .scoring import PublishedScorer, Scorer, StandardScorer
from .settings import fingerprint_of
from .summary import Summary, summarise

FIRST = 900
"""Leopard-Idefics2's script takes so many records, whatever the benchmark has."""

MOST_IMAGES = 8
"""It skips records with more, which then are not counted either."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Questions to ask, and how to score the replies.

    blocks: the questions of each shard that this plan has, in the shards' order. left_out: what
    the published script leaves out, and why. selected and fingerprint are of all shards together.
    """

    folder: Path
    benchmark: Benchmark | None
    protocol: Protocol
    script: Script | None
    blocks: tuple[tuple[Question, ...], ...]
    left_out: Mapping[str, int]
    selected: int
    fingerprint: str
    shards: int

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for block in self.blocks for question in block)

    @property
    def title(self) -> str:
        return self.benchmark.title if self.benchmark else self.folder.name

    @property
    def main(self) -> str:
        """The name of the figure that counts."""
        if self.benchmark is None:
            return MAIN
        published = self.protocol == "published"
        return self.benchmark.published_figure if published else self.benchmark.figure

    @property
    def by_kind(self) -> bool:
        """Whether that figure is the mean of the kinds' means, not of the questions."""
        return self.protocol == "standard" and bool(self.benchmark and self.benchmark.by_kind)

    def score(self, replies: Sequence[Reply]) -> list[Measures]:
        """The scores of replies to `questions`, in their order."""
        rest = iter(replies)
        return [
            scorer.measure(question, next(rest))
            for block in self.blocks
            for scorer in [self._scorer()]
            for question in block
        ]

    def summarise(self, replies: Sequence[Reply], *, texts_alone: bool = False) -> Summary:
        """The figures of replies to `questions`; `texts_alone` where only texts are known."""
        return summarise(
            self.questions,
            replies,
            self.score(replies),
            main=self.main,
            by_kind=self.by_kind,
            order=() if self.benchmark else KINDS,
            texts_alone=texts_alone,
        )

    def _scorer(self) -> Scorer:
        if self.benchmark is None:
            return OwnScorer()
        if self.script is not None:
            return PublishedScorer(self.benchmark, self.script)
        return StandardScorer(self.benchmark)


def make_plan(
    folder: Path,
    *,
    benchmark: str = "",
    protocol: Protocol = "standard",
    script: Script | None = None,
    limit: int | None = None,
    shard: int = 0,
    shards: int = 1,
) -> Plan:
    """The plan for a data set.

    benchmark: its name, "" to recognise it by its files. script: whose published script, where the
    protocol is "published". shard: which of `shards` parts, from 1; 0 is all of them.

    Raises LeopardError where the folder is no such data set, or nothing is left to ask.
    """
    found = find_benchmark(benchmark) if benchmark else recognise(folder)
    if protocol == "published" and found is None:
        raise LeopardError(
            f"{folder / FILE} is a set of this project's own, which has no published protocol. "
            "Take --protocol standard."
        )
    questions = found.read(folder, protocol) if found else read_questions(folder)
    # What another distribution's benchmark reads is its own affair.
    if found and found.name in BUILT_IN:
        _check_inside(questions, folder)
    if not questions:
        raise LeopardError(f"{folder} has no questions under the {protocol} protocol.")
    if protocol == "standard":
        script = None
    elif script is None:
        raise LeopardError("The published protocol needs to know whose script: idefics2 or llava.")
    blocks, left_out = _select(_once_named(questions), script, limit, shards)
    everything = [question for block in blocks for question in block]
    if not everything:
        raise LeopardError(
            f"Leopard-Idefics2's published script leaves out every record of {folder} "
            f"({', '.join(left_out)}) and divides by zero. Take --protocol standard."
        )
    return Plan(
        folder,
        found,
        protocol,
        script,
        tuple(blocks if shard == 0 else blocks[shard - 1 : shard]),
        left_out,
        len(everything),
        fingerprint_of(everything),
        shards,
    )


def _select(
    questions: Sequence[Question], script: Script | None, limit: int | None, shards: int
) -> tuple[list[tuple[Question, ...]], dict[str, int]]:
    """The questions of each shard, and what a published script leaves out, in its order."""
    if script != "idefics2":
        return split(questions[:limit], shards), {}
    left_out: dict[str, int] = {}
    if len(questions) > FIRST:
        left_out[f"after the first {FIRST}"] = len(questions) - FIRST
    blocks = split(questions[:FIRST][:limit], shards)
    kept = [tuple(q for q in block if len(q.images) <= MOST_IMAGES) for block in blocks]
    if skipped := sum(map(len, blocks)) - sum(map(len, kept)):
        left_out[f"with more than {MOST_IMAGES} images"] = skipped
    return kept, left_out


def split(questions: Sequence[Question], shards: int) -> list[tuple[Question, ...]]:
    """The shards as the published scripts cut them: len // shards + 1 each, the last ones less."""
    size = len(questions) // shards + 1
    return [tuple(questions[start * size : (start + 1) * size]) for start in range(shards)]


def _check_inside(questions: Sequence[Question], folder: Path) -> None:
    """Refuses pictures outside of the folder: its files may be somebody else's, see dataset.py."""
    # By their names alone, so that links in the folder may lead to where the pictures are kept.
    for question in questions:
        for image in question.images:
            if not isinstance(image, Path):
                continue
            if not image.is_relative_to(folder) or ".." in image.relative_to(folder).parts:
                raise LeopardError(
                    f"The picture {image} of {question.id!r} does not lie in {folder}. Give the "
                    "files as they were distributed."
                )


def _once_named(questions: Sequence[Question]) -> list[Question]:
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise LeopardError(
                f"The id {question.id!r} stands twice in this data set. Give the files as they "
                "were distributed."
            )
        seen.add(question.id)
    return list(questions)


__all__ = ["FIRST", "MOST_IMAGES", "Plan", "make_plan", "split"]
