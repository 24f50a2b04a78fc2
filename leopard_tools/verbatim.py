"""Answers that are quotations: what may be quoted, and the exact place of what was."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .engine.constrain import SpanConstraint
from .engine.tokenizer import Tokenizer
from .reading.locate import citation
from .reading.passages import passages
from .types import Citation, Reading


class Quotation:
    """Holds an answer to runs of words in `readings`, or to `absent`.

    Raises CheckpointInvalid where what the vocabulary's tokens stand for is not known.
    """

    def __init__(
        self,
        readings: Sequence[Reading],
        tokenizer: Tokenizer,
        end_ids: Collection[int],
        absent: str,
    ) -> None:
        self._passages = [
            (image, passage)
            for image, reading in enumerate(readings)
            for passage in passages(reading)
        ]
        texts = [passage.text for _, passage in self._passages]
        self.constraint = SpanConstraint(texts, [absent], tokenizer, end_ids)

    def citations(self, ranked: Sequence[Citation]) -> tuple[Citation, ...]:
        """Every place where the answer stands, in the order of `ranked` as far as it has them."""
        found = []
        for match in self.constraint.matches():
            image, passage = self._passages[match.text]
            found.append(citation(image, passage.parts(match.start, match.end)))
        order = {(known.image, known.box): place for place, known in enumerate(ranked)}
        return tuple(sorted(found, key=lambda c: order.get((c.image, c.box), len(order))))
