"""A prompt as the engine takes it: positions, and which of them stand for images."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    from torch import Tensor

    Keys = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Span:
    """Positions start..stop of a prompt that stand for one image (its index from 0)."""

    start: int
    stop: int
    image: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """Texts, one of which is likely the answer, and the probability that they need for it.

    It is what all tokens that one of them may begin with have together. `with_rivals` is enough,
    too, of the texts and their `rivals` together: what they were chosen from.
    """

    texts: tuple[str, ...]
    probability: float
    rivals: tuple[str, ...] = ()
    with_rivals: float = 1.0


@dataclass(frozen=True, slots=True)
class Prompt:
    """Token ids of all positions, and the spans that stand for images.

    In a variant that sees, embeddings take the place of the ids in a span; an image may have
    several spans, filled in order. In one that reads, the ids in a span are the image's words.
    `candidates`: what is known about the answer beside.
    """

    ids: tuple[int, ...]
    spans: tuple[Span, ...]
    candidates: Candidates | None = None

    @property
    def image_positions(self) -> int:
        return sum(span.stop - span.start for span in self.spans)


@dataclass(frozen=True, slots=True)
class Features:
    """What an image became: rows (positions, hidden), and a key that stands for their content."""

    rows: Tensor
    key: bytes


@dataclass(frozen=True, slots=True)
class EncodedPrompt:
    """A prompt with what stands for its images: features, or None where words do."""

    prompt: Prompt
    features: tuple[Features | None, ...] = ()

    @property
    def patches(self) -> list[tuple[int, Tensor]]:
        """Runs of features, each with the position of the prompt where it begins."""
        return [
            (span.start, features.rows[first : first + span.stop - span.start])
            for span, features, first in self._filled()
        ]

    @property
    def keys(self) -> Keys:
        """One number a position: equal numbers up to a position mean an equal prompt up to it.

        A token is its id. A position of an image's features is negative, made of their content
        and of how far in it stands.
        """
        keys = np.array(self.prompt.ids, dtype=np.int64)
        for span, features, first in self._filled():
            digest = hashlib.blake2b(features.key, digest_size=8).digest()
            base = np.frombuffer(digest, dtype=np.uint64)[0] >> np.uint64(2)
            places = base.astype(np.int64) + first + np.arange(span.stop - span.start)
            keys[span.start : span.stop] = -1 - places
        return keys

    def _filled(self) -> Iterator[tuple[Span, Features, int]]:
        """The spans that features stand in, and which of the image's rows comes first there."""
        used = [0] * len(self.features)
        for span in self.prompt.spans:
            features = self.features[span.image]
            if features is not None:
                yield span, features, used[span.image]
                used[span.image] += span.stop - span.start
        assert all(f is None or len(f.rows) == n for f, n in zip(self.features, used, strict=True))


class PromptBuilder:
    """Collects ids and spans from left to right."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._spans: list[Span] = []

    def add(self, ids: Sequence[int]) -> None:
        self._ids += ids

    def add_image(self, ids: Sequence[int], image: int) -> None:
        """Adds positions that stand for an image."""
        start = len(self._ids)
        self._ids += ids
        self._spans.append(Span(start, len(self._ids), image))

    def build(self, candidates: Candidates | None = None) -> Prompt:
        return Prompt(tuple(self._ids), tuple(self._spans), candidates)
