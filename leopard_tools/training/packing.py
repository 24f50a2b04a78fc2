"""A context with all its questions as one sequence, each question seeing only the context.

So with a dialogue: its branches see what they have in common, and themselves. The ids are those
that NanoPrompts.build_prompt gives for each question or turn alone, and so are the positions: what
is trained on is what is met. Must not know how contexts and dialogues are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from PIL import Image
from torch import Tensor

from ..tool_format import CALLS, parse_calls
from ..types import Box, Frame, Line, Reading, Role
from ..variants.base import Turn
from ..variants.nano import END, NanoPrompts
from .samples import Context, Dialogue, Said, Sample

IGNORED = -100
"""The target of a position whose next token is not learnt."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One sequence of `len(ids)` positions; all tensors have that length.

    `segments` are 0 in what all share and k in question or branch k (from 1). `targets` hold the
    next token at the positions that predict an answer's token or its end, IGNORED elsewhere.
    `answers` are k where answer k (from 1) is predicted, 0 elsewhere; `kinds` are the answers'.
    """

    ids: Tensor
    positions: Tensor
    segments: Tensor
    targets: Tensor
    answers: Tensor
    kinds: tuple[str, ...]

    @property
    def mask(self) -> Tensor:
        """(1, 1, length, length): True where a position (row) sees another (column)."""
        return visible(self.segments[None])


def visible(segments: Tensor) -> Tensor:
    """(sequences, 1, length, length) of segments (sequences, length): who sees whom."""
    index = torch.arange(segments.shape[1], device=segments.device)
    before = index[:, None] >= index[None, :]
    shared = segments[:, None, :] == 0
    same = segments[:, :, None] == segments[:, None, :]
    return (before & (shared | same))[:, None]


@dataclass(frozen=True, slots=True)
class Strand:
    """One question or branch as it is alone: ids, targets, answers of every position, and kinds."""

    ids: list[int]
    targets: list[int]
    answers: list[int]
    kinds: list[str]


def reading(text: str) -> Reading:
    """A reading with this text; its boxes mean nothing."""
    box = Box(0, 0, 1, 1)
    return Reading(tuple((Line(row, box, 1.0),) for row in text.split("\n")), 1, 1)


def prompt_ids(nano: NanoPrompts, images: tuple[str, ...], question: str) -> tuple[list[int], int]:
    """The ids of one question's prompt, and how many of them do not depend on the question."""
    ids, shared = _prompt(nano, images, "", [Said("user", question)])
    return ids, shared


def _prompt(
    nano: NanoPrompts, images: tuple[str, ...], system: str, turns: Sequence[Said]
) -> tuple[list[int], int]:
    """A conversation's prompt, ready for the assistant, and where its images end."""
    frames = [Frame(Image.new("RGB", (1, 1)), f"{index}") for index in range(len(images))]
    readings = {id(frame): reading(text) for frame, text in zip(frames, images, strict=True)}
    said = [Turn("system", (system,))] if system else []
    for number, turn in enumerate(turns):
        parts: tuple[str | Frame, ...] = (*frames, turn.text) if number == 0 else (turn.text,)
        said.append(Turn(cast(Role, turn.role), parts))
    prompt = nano.build_prompt(said, lambda frame: readings[id(frame)])
    return list(prompt.ids), max((span.stop for span in prompt.spans), default=0)


def pack(nano: NanoPrompts, sample: Sample) -> Packed:
    """A context or a dialogue as one sequence."""
    if isinstance(sample, Context):
        return _join(*_context(nano, sample))
    return _join(*_dialogue(nano, sample))


def _context(nano: NanoPrompts, context: Context) -> tuple[list[Strand], int]:
    """The questions, and how many positions of their prompts are the context."""
    strands, shared = [], 0
    for question in context.questions:
        turns = [Said("user", question.text), Said("assistant", question.answer, question.kind)]
        strand, shared = _strand(nano, context.images, "", turns)
        strands.append(strand)
    return strands, shared


def _dialogue(nano: NanoPrompts, dialogue: Dialogue) -> tuple[list[Strand], int]:
    """The branches, and how many positions they have in common before anything is learnt."""
    strands = [_strand(nano, dialogue.images, dialogue.system, b)[0] for b in dialogue.branches]
    first = [next(i for i, t in enumerate(s.targets) if t != IGNORED) for s in strands]
    return strands, min(_alike([strand.ids for strand in strands]), *first)


def _alike(sequences: Sequence[list[int]]) -> int:
    """How many ids all sequences begin with alike."""
    columns = enumerate(zip(*sequences, strict=False))
    return next((i for i, column in columns if len(set(column)) > 1), min(map(len, sequences)))


def _strand(
    nano: NanoPrompts, images: tuple[str, ...], system: str, turns: Sequence[Said]
) -> tuple[Strand, int]:
    """A conversation in which every turn of the assistant's is learnt, and where its images end."""
    strand, shared = Strand([], [], [], []), 0
    end = nano.tokenizer.marker(END)
    for number, turn in enumerate(turns):
        if turn.role != "assistant":
            continue
        ids, shared = _prompt(nano, images, system, turns[:number])
        answer = [*nano.tokenizer.encode(turn.text), end]
        known = len(strand.ids)
        assert ids[:known] == strand.ids
        # The last position of a prompt predicts the answer's first token.
        strand.targets[known:] = [IGNORED] * (len(ids) - known - 1)
        strand.answers[known:] = [0] * (len(ids) - known - 1)
        strand.ids[known:] = [*ids[known:], *answer[:-1]]
        for kind, part in _parts(nano, turn, answer):
            strand.kinds.append(kind)
            strand.targets.extend(part)
            strand.answers.extend([len(strand.kinds)] * len(part))
    return strand, shared


def _parts(nano: NanoPrompts, turn: Said, answer: list[int]) -> list[tuple[str, list[int]]]:
    """The answer's tokens by what they are counted as: of a call, the choice and the arguments."""
    calls = parse_calls(turn.text) if turn.text.startswith(CALLS[0]) else None
    if not calls:
        return [(turn.kind, answer)]
    name = turn.text.index(f'"{calls[0].name}"') + len(calls[0].name) + 2
    cut = next(n for n in range(len(answer)) if len(nano.tokenizer.decode(answer[:n])) >= name)
    return [("tool choice", answer[:cut]), ("tool arguments", answer[cut:])]


def _join(strands: Sequence[Strand], shared: int) -> Packed:
    """Strands one after the other, behind the positions that all of them begin with."""
    ids, targets = strands[0].ids[:shared], [IGNORED] * shared
    answers, segments, positions = [0] * shared, [0] * shared, list(range(shared))
    kinds: list[str] = []
    for number, strand in enumerate(strands, start=1):
        assert ids[:shared] == strand.ids[:shared]
        ids += strand.ids[shared:]
        targets += strand.targets[shared:]
        answers += [n + len(kinds) if n else 0 for n in strand.answers[shared:]]
        positions += range(shared, len(strand.ids))
        segments += [number] * (len(strand.ids) - shared)
        kinds += strand.kinds
    return Packed(
        torch.tensor(ids),
        torch.tensor(positions),
        torch.tensor(segments),
        torch.tensor(targets),
        torch.tensor(answers),
        tuple(kinds),
    )


__all__ = ["IGNORED", "Packed", "pack", "prompt_ids", "reading", "visible"]
