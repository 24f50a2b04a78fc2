"""A prompt as the engine takes it: positions, and which of them stand for images."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Positions start..stop of a prompt that stand for one image (its index from 0)."""

    start: int
    stop: int
    image: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """Token ids of all positions, and the spans that stand for images.

    In a variant that sees, embeddings take the place of the ids in a span; an image may have
    several spans, filled in order. In one that reads, the ids in a span are the image's words.
    """

    ids: tuple[int, ...]
    spans: tuple[Span, ...]

    @property
    def image_positions(self) -> int:
        return sum(span.stop - span.start for span in self.spans)


class PromptBuilder:
    """Collects ids and spans from left to right."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._spans: list[Span] = []

    def add(self, ids: list[int]) -> None:
        self._ids += ids

    def add_image(self, ids: list[int], image: int) -> None:
        """Adds positions that stand for an image."""
        start = len(self._ids)
        self._ids += ids
        self._spans.append(Span(start, len(self._ids), image))

    def build(self) -> Prompt:
        return Prompt(tuple(self._ids), tuple(self._spans))
