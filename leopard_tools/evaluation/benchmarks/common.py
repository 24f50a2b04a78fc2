"""What several benchmarks share: ANLS as a benchmark's own metric, and choices."""

from __future__ import annotations

from ..benchmark import Measures
from ..letters import chosen_letter
from ..metrics import anls, exact_match
from ..questions import Question


def by_anls(question: Question, reply: str) -> Measures:
    """ANLS to the best answer, white space at the ends aside, with exact match beside it."""
    text = " ".join(reply.split())
    return {
        "anls": anls(text, [" ".join(answer.split()) for answer in question.answers]),
        "exact": float(exact_match(reply, question.answers)),
    }


def by_letter(question: Question, reply: str) -> float:
    """Whether the reply chose the right letter; one that chose none is wrong."""
    return float(chosen_letter(reply, question.choices) in question.answers)


__all__ = ["by_anls", "by_letter"]
