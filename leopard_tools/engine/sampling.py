"""Which token comes next: greedy, or sampled with temperature, top-p and a seed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import LeopardError


@dataclass(frozen=True, slots=True)
class Sampling:
    """temperature 0 is greedy; top_p keeps the likeliest tokens that hold that much probability."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None


class Sampler:
    """Chooses tokens for one request; the same seed and logits give the same tokens."""

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        # Drawn on the CPU whatever the device, so that a seed means the same everywhere.
        self._generator = torch.Generator()
        if sampling.seed is None:
            self._generator.seed()
        else:
            self._generator.manual_seed(sampling.seed)

    def choose(
        self,
        logits: Tensor,
        ids: Tensor | None = None,
        reluctance: tuple[int, float] | None = None,
    ) -> tuple[int, float]:
        """A token id and the logarithm of its probability among those allowed.

        logits: (vocabulary,) float32. ids: those allowed (n,), ascending; None allows all.
        reluctance: a token that greedy choice takes only if it has this probability; otherwise the
        likeliest other one. The probability is the model's own (temperature 1), so that confidence
        means the same whatever the sampling. Raises LeopardError where the logits are no numbers.
        """
        ids = None if ids is None else ids.to(logits.device)
        scores = logits if ids is None else logits[ids]
        log_probabilities = scores.log_softmax(-1)
        greedy = self._sampling.temperature <= 0
        index = int(scores.argmax()) if greedy else self._draw(scores)
        if greedy and reluctance is not None and len(scores) > 1:
            reluctant, needed = reluctance
            doubtful = float(log_probabilities[index].exp()) < needed
            if doubtful and _token(index, ids) == reluctant:
                # Not topk: among equals it may name the reluctant one second.
                others = scores.clone()
                others[index] = -torch.inf
                index = int(others.argmax())
        return _token(index, ids), number(float(log_probabilities[index]))

    def _draw(self, scores: Tensor) -> int:
        # On the CPU and in double precision, which MPS does not have. The largest becomes 0, so
        # that even the lowest temperature makes no two of them infinite.
        scores = scores.cpu().double()
        probabilities = ((scores - scores.max()) / self._sampling.temperature).softmax(-1)
        if self._sampling.top_p < 1:
            ordered, order = probabilities.sort(descending=True, stable=True)
            # Keep a token if what stands before it holds less than top_p: at least one stays.
            kept = ordered.cumsum(-1) - ordered < self._sampling.top_p
            probabilities *= torch.zeros_like(kept).scatter_(0, order, kept)
        # A race of exponential times, one a token: where rounding changes the scores a little, as
        # it does when a prompt comes from the cache, the winner stays the same. Drawing from sums
        # or ranks would give another token wherever many are nearly as likely.
        times = torch.empty_like(probabilities).exponential_(generator=self._generator)
        return int((probabilities / times).argmax())


def number(probability: float) -> float:
    """A probability or its logarithm, as it is. Raises LeopardError where it is NaN."""
    if math.isnan(probability):
        raise LeopardError(
            "The model gave no numbers (NaN). Where it computes in float16, load it with "
            'dtype="bfloat16" or "float32"; otherwise its weights or its adapter are damaged.'
        )
    return probability


def _token(index: int, ids: Tensor | None) -> int:
    """The token id of a score."""
    return index if ids is None else int(ids[index])
