"""Runs that were kept: read back with their questions and scores, and merged from shards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import LeopardError
from .benchmark import Measures, Protocol
from .layouts import read_jsonl
from .letters import Script
from .plan import Plan, make_plan
from .questions import Question
from .replies import Reply
from .runfile import Kept, read_run_file, write_run_file
from .settings import Settings, key_of, shard_mark
from .summary import Summary


@dataclass(frozen=True, slots=True)
class Saved:
    """A run that was kept: what was asked, answered and scored, in the questions' order.

    missing: how many questions it has no answer to yet. settings: None in files of before there
    were any.
    """

    file: Path
    system: str
    settings: Settings | None
    plan: Plan
    replies: tuple[Reply, ...]
    scores: tuple[Measures, ...]
    missing: int

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.plan.questions

    @property
    def name(self) -> str:
        """Who answered: the model's name, or the system where no settings say it."""
        return self.settings.model if self.settings else self.system

    def summarise(self) -> Summary:
        return self.plan.summarise(self.replies)


def load_saved(reference: str, dataset: Path | None = None) -> Saved:
    """The run of a file; "FILE#2" is the second system in it.

    dataset: where its questions are now; None is where they were. Raises LeopardError where the
    file holds several systems and none is named, or its questions cannot be read.
    """
    file, system, kept = _find(reference)
    settings = kept.settings[-1] if kept.settings else None
    plan = _plan(file, settings, dataset)
    answered = [tuple(q for q in block if key_of(q) in kept.replies) for block in plan.blocks]
    missing = len(plan.questions) - sum(map(len, answered))
    plan = replace(plan, blocks=tuple(answered))
    replies = tuple(kept.replies[key_of(question)] for question in plan.questions)
    if not replies:
        raise LeopardError(f"{file} answers none of the questions in {plan.folder}.")
    return Saved(file, system, settings, plan, replies, tuple(plan.score(replies)), missing)


def _find(reference: str) -> tuple[Path, str, Kept]:
    name, _, number = reference.rpartition("#")
    if not (name and number.isdigit()):
        name, number = reference, ""
    found = {system: kept for system, kept in read_run_file(Path(name)).items() if kept.replies}
    if not found:
        raise LeopardError(f"{name} holds no answers yet.")
    systems = list(found)
    if not number and len(systems) > 1:
        listed = ", ".join(f"{name}#{n} ({system})" for n, system in enumerate(systems, 1))
        raise LeopardError(f"{name} holds the answers of several systems. Name one: {listed}.")
    index = int(number or 1) - 1
    if not 0 <= index < len(systems):
        raise LeopardError(f"{name} holds {len(systems)} systems; there is no {reference}.")
    return Path(name), systems[index], found[systems[index]]


def _plan(file: Path, settings: Settings | None, dataset: Path | None) -> Plan:
    if settings is None:
        if dataset is None:
            raise LeopardError(f"{file} does not say what it answers. Give the folder: --dataset.")
        return make_plan(dataset)
    if dataset is None and not Path(settings.dataset).exists():
        raise LeopardError(
            f"{file} answers the questions of {settings.dataset}, which is not there. Give the "
            "folder where they are now: --dataset."
        )
    protocol: Protocol = "published" if settings.protocol == "published" else "standard"
    scripts: Mapping[str, Script] = {"idefics2": "idefics2", "llava": "llava"}
    return make_plan(
        dataset or Path(settings.dataset),
        benchmark=settings.benchmark,
        protocol=protocol,
        script=scripts.get(settings.script),
        limit=settings.limit,
        shard=settings.shard,
        shards=settings.shards,
    )


def read_replies(file: Path, plan: Plan) -> list[Reply]:
    """Replies that were made elsewhere, for the plan's questions: a line each with id and text.

    A question that has none counts as one without an answer. Raises LeopardError where the file is
    not of that form, replies to a question twice, or answers none of the questions.
    """
    texts: dict[str, str] = {}
    for record in read_jsonl(file):
        name = record.text("id")
        if name in texts:
            raise LeopardError(f"{record.where}: {name} has a reply already. Keep one of them.")
        texts[name] = record.text("text")
    if not any(question.id in texts for question in plan.questions):
        raise LeopardError(
            f"{file} answers none of the questions of {plan.folder}, whose ids are like "
            f"{plan.questions[0].id!r}."
        )
    return [
        Reply(q.id, texts[q.id]) if q.id in texts else Reply(q.id, "", error="There is no reply.")
        for q in plan.questions
    ]


def merge(files: Sequence[Path], out: Path) -> Settings:
    """Puts the shards of one run together in `out`; returns the settings of the whole.

    Raises LeopardError where shards were run with different settings, one is missing or stands
    twice, or one is not finished. Nothing is written then.
    """
    parts = [_one_system(file) for file in files]
    first = parts[0][2]
    for file, _, settings, _ in parts[1:]:
        if differing := first.differences(settings):
            raise LeopardError(
                f"{files[0]} and {file} were run with different settings, so they are not shards "
                f"of one run: {'; '.join(differing)}."
            )
    numbers = [settings.shard for _, _, settings, _ in parts]
    wanted = list(range(1, first.shards + 1))
    if sorted(numbers) != wanted:
        raise LeopardError(
            f"A run in {first.shards} shards needs each of {wanted} once; these are {numbers}."
        )
    parts.sort(key=lambda part: part[2].shard)
    replies = [one for _, _, _, kept in parts for one in kept.replies.items()]
    if len(replies) != first.selected:
        counts = ", ".join(f"{file}: {len(kept.replies)}" for file, _, _, kept in parts)
        raise LeopardError(
            f"The whole run has {first.selected} questions and the shards answer {len(replies)} "
            f"({counts}). Run the unfinished ones to their end."
        )
    whole = replace(first, shard=0)
    system = parts[0][1].replace(shard_mark(parts[0][2].shard, first.shards), "")
    write_run_file(out, system, whole, replies)
    return whole


def _one_system(file: Path) -> tuple[Path, str, Settings, Kept]:
    found = {system: kept for system, kept in read_run_file(file).items() if kept.settings}
    if len(found) != 1:
        raise LeopardError(f"{file} should hold one run with its settings; it holds {len(found)}.")
    system, kept = found.popitem()
    for earlier in kept.settings[:-1]:
        if differing := kept.settings[-1].differences(earlier):
            raise LeopardError(
                f"{file} was continued under other settings, and its answers are mixed: "
                f"{'; '.join(differing)}."
            )
    return file, system, kept.settings[-1], kept


__all__ = ["Saved", "load_saved", "merge", "read_replies"]
