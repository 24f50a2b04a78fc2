"""One answer, token by token: prefill, choose, stop.

The loop holds no lock and no global state: a caller that leaves it simply drops it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from ..types import FinishReason
from .language_model import LanguageModel
from .sampling import Sampler, Sampling
from .text import TextStream
from .tokenizer import Tokenizer


class Constraint(Protocol):
    """Says which tokens may come next; the engine tells it which one came."""

    def allowed(self) -> Sequence[int]:
        """Ids that may come next, end ids included where the answer may end; never empty."""
        ...

    def advance(self, token: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Request:
    """How to answer: length, sampling, where to stop, what is allowed."""

    max_tokens: int
    end_ids: Collection[int]
    sampling: Sampling = field(default_factory=Sampling)
    stop: Sequence[str] = ()
    constraint: Constraint | None = None


class Generation:
    """Generates an answer after `prompt_embeddings` (positions, hidden); iterate over it once.

    Iterating yields pieces of text that join to `text`. `check` is called between steps and may
    raise to give up. After the end `finish_reason`, `token_ids` and `confidence` are there.
    """

    def __init__(
        self,
        model: LanguageModel,
        tokenizer: Tokenizer,
        prompt_embeddings: Tensor,
        request: Request,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._model = model
        self._embeddings = prompt_embeddings
        self._request = request
        self._check = check
        self._stream = TextStream(tokenizer, request.stop)
        self._log_probability = 0.0
        self._choices = 0
        self.token_ids: list[int] = []
        self.finish_reason: FinishReason = "length"

    @property
    def text(self) -> str:
        return self._stream.text

    @property
    def confidence(self) -> float:
        """Geometric mean of the probabilities of the choices made, the end included."""
        return math.exp(self._log_probability / self._choices) if self._choices else 1.0

    def prefill(self) -> Tensor:
        with torch.inference_mode():
            self._cache = self._model.new_cache()
            return self._model.prefill(self._embeddings, self._cache, self._check)

    def decode(self, logits: Tensor) -> Iterator[str]:
        """Pieces of text, from the logits that `prefill` gave."""
        sampler = Sampler(self._request.sampling)
        while len(self.token_ids) < self._request.max_tokens:
            token = self._choose(sampler, logits)
            if token in self._request.end_ids:
                self.finish_reason = "stop"
                break
            self.token_ids.append(token)
            if piece := self._stream.feed(token):
                yield piece
            if self._stream.stopped:
                self.finish_reason = "stop_string"
                break
            if len(self.token_ids) == self._request.max_tokens:
                break
            self._check()
            # Entered anew at each step: a generator must not hold it while its caller runs.
            with torch.inference_mode():
                logits = self._model.forward(self._model.embed([token]), self._cache)
        if piece := self._stream.finish():
            yield piece

    def _choose(self, sampler: Sampler, logits: Tensor) -> int:
        constraint = self._request.constraint
        allowed = None if constraint is None else constraint.allowed()
        token, log_probability = sampler.choose(logits, allowed)
        if constraint is not None:
            constraint.advance(token)
        self._log_probability += log_probability
        self._choices += 1
        return token
