"""ROUGE, from the package `rouge`: the published evaluation and VisualWebBench take their figures
from it, and other packages count words differently.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from ..errors import MissingDependency

if TYPE_CHECKING:
    from rouge import Rouge


def rouge_1(prediction: str, answer: str) -> float:
    """F of shared words (each counted once), 0.0 to just under 1.0; case counts.

    The package adds 1e-8 to the denominator, so that equal texts have 0.999999995.
    """
    return _f("rouge-1", prediction, answer)


def rouge_l(prediction: str, answer: str) -> float:
    """F of the longest common subsequences of words, sentence by sentence; see `rouge_1`."""
    return _f("rouge-l", prediction, answer)


def _f(name: Literal["rouge-1", "rouge-l"], prediction: str, answer: str) -> float:
    # The package raises ValueError for a text without words, where the published code ends.
    if not prediction.strip(" .\n\t") or not answer.strip(" .\n\t"):
        return 0.0
    return float(_rouge().get_scores(prediction, answer)[0][name]["f"])


@cache
def _rouge() -> Rouge:
    try:
        from rouge import Rouge
    except ImportError:
        raise MissingDependency("rouge", "pip install 'leopard-tools[eval]'") from None
    return Rouge(metrics=["rouge-1", "rouge-l"])


__all__ = ["rouge_1", "rouge_l"]
