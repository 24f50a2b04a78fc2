"""One of a few answers: each is scored as a whole, and the likeliest is the answer.

Deciding token by token would favour choices that begin alike; the probability of a whole text, its
end included, does not depend on how the tokenizer cuts it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import torch
from torch import Tensor

from ..types import FinishReason
from .prompt import EncodedPrompt
from .sampling import number
from .task import Cancellation, Feed, Task


class Choice(Task):
    """Scores `choices` (at least one) after a prompt.

    After the end `index` is the likeliest one's, `text` and `token_ids` its own, and `confidence`
    its probability among them.
    """

    finish_reason: FinishReason = "stop"

    def __init__(
        self,
        encoded: EncodedPrompt,
        choices: Sequence[tuple[str, Sequence[int]]],
        end_ids: Collection[int],
        cancellation: Cancellation | None = None,
    ) -> None:
        super().__init__(encoded, cancellation)
        self._choices = choices
        self._end_ids = torch.tensor(sorted(end_ids))
        self._first: Tensor | None = None
        self._scores: list[float] = []
        self._written: list[list[float]] = []
        self.index = 0
        self.text = ""
        self.token_ids: list[int] = []
        self.token_logprobs: list[float] = []
        self.confidence = self.probability = 0.0

    def feed(self) -> Feed:
        ids = self._choices[len(self._scores)][1]
        return Feed(ids, len(ids))

    def take(self, logits: Tensor) -> None:
        if self._first is None:
            self._first = logits[:1].clone()
        else:
            self._score(torch.cat([self._first, logits]))
            self.cache.crop(len(self.keys))
        # An empty choice is the end at once, which the prompt's own logits tell.
        while (at := len(self._scores)) < len(self._choices) and not self._choices[at][1]:
            self._score(self._first)
        if len(self._scores) == len(self._choices):
            self._decide()

    def _score(self, logits: Tensor) -> None:
        """logits: (tokens + 1, vocabulary), the first those after the prompt."""
        ids = self._choices[len(self._scores)][1]
        # On the CPU: MPS has no double precision.
        log_probabilities = logits.cpu().double().log_softmax(-1)
        written = log_probabilities[range(len(ids)), list(ids)]
        ended = log_probabilities[-1, self._end_ids].logsumexp(0)
        self._scores.append(float(written.sum() + ended))
        self._written.append(written.tolist())

    def _decide(self) -> None:
        probabilities = torch.tensor(self._scores, dtype=torch.float64).softmax(0)
        self.index = int(probabilities.argmax())
        self.confidence = self.probability = number(float(probabilities[self.index]))
        self.text, ids = self._choices[self.index]
        self.token_ids, self.token_logprobs = list(ids), self._written[self.index]
        self.done = True
        if self.text:
            self.listener(self.text)


__all__ = ["Choice"]
