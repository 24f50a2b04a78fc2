"""One answer, token by token: choose, keep to what is allowed, stop."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from torch import Tensor

from ..types import FinishReason
from .constrain import Constraint, SpanConstraint
from .held import CandidateConstraint
from .lookup import Lookup
from .prompt import Candidates, EncodedPrompt
from .sampling import Sampler, Sampling, number
from .task import Cancellation, Feed, Task
from .text import TextStream
from .tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Request:
    """How to answer: length, sampling, where to stop, what is allowed.

    `reluctance`: a token, and the probability that it needs to begin a greedy answer where other
    answers could be given. `candidates`: what a greedy answer is held to, if they are likely enough
    and it does not begin with that token; of a constraint to runs of words, those that are such.
    `lookup` guesses tokens from the prompt, which changes the time and never the answer.
    """

    max_tokens: int
    end_ids: Collection[int]
    sampling: Sampling = field(default_factory=Sampling)
    stop: Sequence[str] = ()
    constraint: Constraint | None = None
    reluctance: tuple[int, float] | None = None
    candidates: Candidates | None = None
    lookup: bool = True


class Generation(Task):
    """Generates an answer after a prompt.

    Pieces of text go to the listener and join to `text`. After the end `finish_reason`,
    `token_ids`, `token_logprobs`, `confidence` and `probability` are there.
    """

    def __init__(
        self,
        encoded: EncodedPrompt,
        request: Request,
        tokenizer: Tokenizer,
        cancellation: Cancellation | None = None,
    ) -> None:
        super().__init__(encoded, cancellation)
        self._request = request
        self._tokenizer = tokenizer
        self._sampler = Sampler(request.sampling)
        self._stream = TextStream(tokenizer, request.stop)
        self._lookup = Lookup(encoded.prompt.ids) if request.lookup else None
        # Tokens of the answer that are not in the cache yet, and what may follow them.
        self._pending: list[int] = []
        self._guess: list[int] = []
        self._allowed: Tensor | None = None
        # The constraint to the candidates, once the answer is held to them, and whether it has led
        # the answer to where the model would not have gone.
        self._held: CandidateConstraint | None = None
        self._led = False
        self._log_probability = 0.0
        self._choices = 0
        self.token_ids: list[int] = []
        self.token_logprobs: list[float] = []
        self.finish_reason: FinishReason = "length"
        if request.constraint is not None:
            self._allowed = request.constraint.allowed()

    @property
    def text(self) -> str:
        return self._stream.text

    @property
    def confidence(self) -> float:
        """Geometric mean of the probabilities of the choices made, the end included.

        What the constraint left no choice about is no choice.
        """
        return math.exp(self._log_probability / self._choices) if self._choices else 1.0

    @property
    def probability(self) -> float:
        """The product of the same probabilities: that of the answer as a whole."""
        return math.exp(self._log_probability)

    @property
    def appended(self) -> Sequence[int]:
        return self.token_ids

    def feed(self) -> Feed:
        room = self._request.max_tokens - len(self.token_ids)
        self._guess = self._lookup.guess(room - 1) if self._lookup and room > 1 else []
        return Feed([*self._pending, *self._guess], 1 + len(self._guess))

    def take(self, logits: Tensor) -> None:
        guess, right = self._guess, 0
        length = self.cache.length - len(guess)
        while not self.done:
            new = self._append(*self._choose(logits[right]))
            agreed = _common(new, guess[right:])
            right += agreed
            self._pending = new[agreed:]
            if self._pending:
                break
        self.cache.crop(length + right)
        if self._lookup:
            self._lookup.learn(len(guess), right)
        self._guess = []
        if self.done and (piece := self._stream.finish()):
            self.listener(piece)

    def _choose(self, logits: Tensor) -> tuple[int, float]:
        reluctance = None if self._choices else self._request.reluctance
        if self._held is not None:
            self._let_go(logits)
        token, log_probability = self._sampler.choose(logits, self._allowed, reluctance)
        if not self._choices and (reluctance is None or token != reluctance[0]):
            self._hold(logits)
            if self._held is not None:
                token, _ = self._sampler.choose(logits, self._allowed)
        if self._held is not None:
            # Among the candidates it would say nothing of whether they are right.
            log_probability = number(float(logits.log_softmax(-1)[token]))
            self._led = self._led or token != int(logits.argmax())
        return token, log_probability

    def _hold(self, logits: Tensor) -> None:
        """Holds the answer to the candidates, if they are likely enough."""
        candidates = self._request.candidates
        if candidates is None:
            return
        given = self._request.constraint
        assert given is None or isinstance(given, SpanConstraint)
        may_be = self._tokenizer.vocabulary.spells if given is None else given.admits
        held = CandidateConstraint(candidates, may_be, self._tokenizer, self._request.end_ids)
        if held.texts and held.is_meant(logits):
            self._held, self._allowed = held, held.allowed()

    def _let_go(self, logits: Tensor) -> None:
        """Lets an answer of digits go on as another figure, if the model began it by itself.

        2004 begins as 240 does, so that its first digit does not tell whether it is a candidate.
        """
        assert self._held is not None
        if self._led or any(map(str.isalpha, self._tokenizer.decode(self.token_ids))):
            return
        if not self._held.is_meant(logits):
            given = self._request.constraint
            self._held, self._allowed = None, None if given is None else given.allowed()

    def _append(self, token: int, log_probability: float) -> list[int]:
        """Appends a token and what must follow it; gives what was appended, none at the end."""
        self._log_probability += log_probability
        self._choices += 1
        given = self._request.constraint
        constraint = self._held or given
        if constraint is not None:
            constraint.advance(token)
        if given is not None and given is not constraint:
            # Which says where the answer stands.
            given.advance(token)
        if token in self._request.end_ids:
            self.done, self.finish_reason = True, "stop"
            return []
        new = [token]
        self._keep(token, log_probability)
        if constraint is None:
            return new
        for forced in () if self.done or self._held is not None else constraint.forced():
            if self.done:
                break
            constraint.advance(forced)
            if forced in self._request.end_ids:
                self.done, self.finish_reason = True, "stop"
                return new
            new.append(forced)
            self._keep(forced)
        if not self.done:
            self._look_ahead(constraint)
        elif self.finish_reason == "length" and given is not None:
            for closing in given.close():
                self._emit(closing, 0.0)
                if self._stream.stopped:
                    self.finish_reason = "stop_string"
                    break
        return new

    def _look_ahead(self, constraint: Constraint) -> None:
        """What may come next; where that is only the end, nothing needs to be computed for it.

        An answer held to candidates is computed to its end, for its probability.
        """
        self._allowed, ends = constraint.allowed(), self._request.end_ids
        if self._held is not None:
            return
        # Counted first: the ids of a whole vocabulary are not looked through.
        if len(self._allowed) <= len(ends) and all(i in ends for i in self._allowed.tolist()):
            self.done, self.finish_reason = True, "stop"

    def _keep(self, token: int, log_probability: float = 0.0) -> None:
        self._emit(token, log_probability)
        if self._lookup:
            self._lookup.add(token)
        if self._stream.stopped:
            self.done, self.finish_reason = True, "stop_string"
        elif len(self.token_ids) >= self._request.max_tokens:
            self.done = True

    def _emit(self, token: int, log_probability: float) -> None:
        """Adds a token; what there was no choice about is certain."""
        self.token_ids.append(token)
        self.token_logprobs.append(log_probability)
        if piece := self._stream.feed(token):
            self.listener(piece)


def _common(new: Sequence[int], guess: Sequence[int]) -> int:
    """How many tokens were guessed right."""
    count = 0
    for token, guessed in zip(new, guess, strict=False):
        if token != guessed:
            break
        count += 1
    return count


__all__ = ["Generation", "Request"]
