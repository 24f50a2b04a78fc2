"""A context with all its questions as one sequence, each question seeing only the context.

The ids are those that Nano.build_prompt gives for each question alone, and so are the positions:
what is trained on is what is met. Must not know how contexts are made.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from ..types import Box, Frame, Line, Reading
from ..variants.base import Turn
from ..variants.nano import END, Nano
from .samples import Context

IGNORED = -100
"""The target of a position whose next token is not learnt."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One sequence of `len(ids)` positions; all tensors have that length.

    `segments` are 0 in the context and k in question k (from 1). `targets` hold the next token at
    the positions that predict an answer's token or its end, IGNORED elsewhere.
    """

    ids: Tensor
    positions: Tensor
    segments: Tensor
    targets: Tensor
    kinds: tuple[str, ...]

    @property
    def mask(self) -> Tensor:
        """(1, 1, length, length): True where a position (row) sees another (column)."""
        index = torch.arange(len(self.ids), device=self.ids.device)
        before = index[:, None] >= index[None, :]
        shared = self.segments[None, :] == 0
        same = self.segments[:, None] == self.segments[None, :]
        return (before & (shared | same))[None, None]

    def to(self, device: torch.device) -> Packed:
        """The same on another device."""
        return Packed(
            self.ids.to(device),
            self.positions.to(device),
            self.segments.to(device),
            self.targets.to(device),
            self.kinds,
        )


def reading(text: str) -> Reading:
    """A reading with this text; its boxes mean nothing."""
    box = Box(0, 0, 1, 1)
    return Reading(tuple((Line(row, box, 1.0),) for row in text.split("\n")), 1, 1)


def prompt_ids(nano: Nano, images: tuple[str, ...], question: str) -> tuple[list[int], int]:
    """The ids of one question's prompt, and how many of them do not depend on the question."""
    frames = [Frame(Image.new("RGB", (1, 1)), f"{index}") for index in range(len(images))]
    readings = {id(frame): reading(text) for frame, text in zip(frames, images, strict=True)}
    turn = Turn("user", (*frames, question))
    prompt = nano.build_prompt([turn], lambda frame: readings[id(frame)])
    return list(prompt.ids), max(span.stop for span in prompt.spans)


def pack(nano: Nano, context: Context) -> Packed:
    """The context and all its questions as one sequence."""
    ids: list[int] = []
    positions: list[int] = []
    segments: list[int] = []
    targets: list[int] = []
    end = nano.tokenizer.marker(END)
    for number, question in enumerate(context.questions, start=1):
        whole, shared = prompt_ids(nano, context.images, question.text)
        if number == 1:
            ids, positions = whole[:shared], list(range(shared))
            segments, targets = [0] * shared, [IGNORED] * shared
        assert ids[:shared] == whole[:shared]
        asked, answer = whole[shared:], [*nano.tokenizer.encode(question.answer), end]
        # The last position, that of the end marker, has nothing to predict: it is left out.
        tail = asked + answer[:-1]
        ids += tail
        positions += range(shared, shared + len(tail))
        segments += [number] * len(tail)
        targets += [IGNORED] * (len(asked) - 1) + answer
    return Packed(
        torch.tensor(ids),
        torch.tensor(positions),
        torch.tensor(segments),
        torch.tensor(targets),
        tuple(question.kind for question in context.questions),
    )
