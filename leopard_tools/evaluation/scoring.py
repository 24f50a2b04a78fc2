"""How replies are scored: by the published scripts, by a benchmark's own metric, by this project.

A scorer takes replies in their order: the published scripts throw dice and remember verdicts.
Source of the published ones: idefics2_multiimg.py and llava_multiimg_siglip_anyres.py of
tencent-ailab/Leopard.
"""

from __future__ import annotations

import random
from typing import Protocol

from .benchmark import Benchmark, Measures
from .letters import Script, published_letter
from .metrics import anls, open_match, says_unknown
from .overlap import rouge_1, rouge_l
from .prompts import published_text
from .questions import MARK, Question
from .replies import Reply

SEED = 42
"""Of the dice in the published scripts, which throw them anew in every process (shard)."""

RIGHT = 0.995
"""From here on a score counts as right: ROUGE's package gives equal texts a hair less than 1."""


class Scorer(Protocol):
    """Scores replies one after the other, in the order of the questions."""

    def measure(self, question: Question, reply: Reply) -> Measures:
        """The scores of one reply by name; the main figure's name is among them."""
        ...


class StandardScorer:
    """A benchmark's own metric; what could not be answered scores 0."""

    def __init__(self, benchmark: Benchmark) -> None:
        self._benchmark = benchmark

    def measure(self, question: Question, reply: Reply) -> Measures:
        found = self._benchmark.measure(question, reply.text)
        return dict.fromkeys(found, 0.0) if reply.error else found


class PublishedScorer:
    """What the published script of a variant gives, its slips included; one for each shard."""

    def __init__(self, benchmark: Benchmark, script: Script) -> None:
        self._benchmark = benchmark
        self._script = script
        self._dice = random.Random(SEED)
        self._previous = 0.0

    def measure(self, question: Question, reply: Reply) -> Measures:
        text = self._scored_text(question, reply)
        found: Measures = {"accuracy": 0.0 if reply.error else self._accuracy(question, text)}
        if self._benchmark.with_anls:
            # Leopard-Idefics2's script stores 0 here: its printed figures came from elsewhere,
            # and are taken to be the other script's computation.
            tail = text.split("Answer: ")[-1]
            found["anls"] = 0.0 if reply.error else anls(tail, question.answers)
        return found

    def _scored_text(self, question: Question, reply: Reply) -> str:
        """What the script scores: the reply, or with a slip of one script the prompt with it."""
        if self._script != "idefics2":
            return reply.text
        # It takes what follows the last "Assistant: ". A reply that begins without a space leaves
        # no such place, and the whole decoded text is scored.
        spaced = "" if reply.joined else " "
        prompt = published_text(question, self._script).replace(MARK, "")
        whole = f"User: {prompt} \nAssistant:{spaced}{reply.text}"
        return whole.split("Assistant: ")[-1]

    def _accuracy(self, question: Question, text: str) -> float:
        if self._script == "idefics2":
            if question.choices:
                return self._letter(question, text)
            unknown = not question.answers and says_unknown(text)
            return float(open_match(text, question.answers) or unknown)
        if question.sort == "open":
            # MMMU's loader writes "open", for which this script has no branch.
            return self._previous
        self._previous = self._llava_accuracy(question, text)
        return self._previous

    def _llava_accuracy(self, question: Question, text: str) -> float:
        if question.sort == "multiple-choice":
            return self._letter(question, text)
        if question.sort == "captioning":
            return rouge_l(text.lower(), question.answers[0].lower())
        if question.sort == "webqa":
            return max(rouge_1(text.lower(), answer.lower()) for answer in question.answers)
        return float(open_match(text, question.answers))

    def _letter(self, question: Question, text: str) -> float:
        letter = published_letter(text, question.choices, self._script, self._dice)
        return float(letter in question.answers)


__all__ = ["RIGHT", "SEED", "PublishedScorer", "Scorer", "StandardScorer"]
