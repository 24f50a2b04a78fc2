"""Answers that are held to candidates, and when they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from torch import Tensor

from .constrain import SpanConstraint
from .prompt import Candidates
from .tokenizer import Tokenizer


class CandidateConstraint(SpanConstraint):
    """Allows exactly one of the candidates, and says whether the model means one of them.

    may_be: tells of a text, as bytes, whether an answer may be it.
    """

    def __init__(
        self,
        candidates: Candidates,
        may_be: Callable[[bytes], bool],
        tokenizer: Tokenizer,
        end_ids: Collection[int],
    ) -> None:
        def possible(texts: Sequence[str]) -> list[str]:
            return [text for text in texts if may_be(text.encode())]

        self.texts = possible(candidates.texts)
        super().__init__((), self.texts, tokenizer, end_ids)
        self._candidates = candidates
        self._compared: SpanConstraint | None = None
        if rivals := possible(candidates.rivals):
            self._compared = SpanConstraint((), [*self.texts, *rivals], tokenizer, end_ids)

    def advance(self, token: int) -> None:
        super().advance(token)
        if self._compared is not None:
            self._compared.advance(token)

    def is_meant(self, logits: Tensor) -> bool:
        """Whether what may come next has the probability (logits (vocabulary,)) that it needs."""
        probabilities = logits.softmax(-1)

        def share(ids: Tensor) -> float:
            return float(probabilities[ids.to(logits.device)].sum())

        if share(self.allowed()) >= self._candidates.probability:
            return True
        compared = self._compared
        return compared is not None and share(compared.allowed()) >= self._candidates.with_rivals


__all__ = ["CandidateConstraint"]
