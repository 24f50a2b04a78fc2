"""Means with how sure they are: bootstrap intervals, paired differences, calibration.

Pure arithmetic; the same values give the same interval on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BINS = 10
"""Equal parts of the probability from 0 to 1 for the calibration error."""

RESAMPLES = 1000
COVERAGE = 0.95
_SEED = 20241001
_AT_ONCE = 2_000_000
"""Drawn indices held at a time: 16 MB."""

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over `count` questions, and the 95 % interval of it over other such questions."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of similar probability: how many, their mean probability, their mean score."""

    low: float
    high: float
    count: int
    probability: float
    score: float


def mean(values: Sequence[float], groups: Sequence[str] = ()) -> Figure | None:
    """The mean of `values` with its percentile bootstrap interval; None where there are none.

    groups: names a group for each value; the figure is then the mean of the groups' means, and
    questions are drawn again within their groups.
    """
    if not values:
        return None
    array = np.asarray(values, dtype=np.float64)
    if not groups:
        return _figure(array.mean(), len(array), _row_means(array))
    names = sorted(set(groups))
    parts = [array[[g == name for g in groups]] for name in names]
    draw = np.random.default_rng(_SEED)  # One for all: groups are drawn independently.
    means = [_resampled(len(part), _row_means(part), draw) for part in parts]
    low, high = _middle(np.mean(means, axis=0))
    return Figure(float(np.mean([part.mean() for part in parts])), low, high, len(array))


def _row_means(values: Floats) -> Callable[[Indices], Floats]:
    def means(drawn: Indices) -> Floats:
        return np.asarray(values[drawn].mean(axis=1))

    return means


def difference(
    before: Sequence[float], after: Sequence[float], groups: Sequence[str] = ()
) -> Figure | None:
    """How much better `after` is than `before`, question by question; groups as in `mean`."""
    return mean([b - a for a, b in zip(before, after, strict=True)], groups)


def calibration_error(probabilities: Sequence[float], scores: Sequence[float]) -> Figure | None:
    """Expected calibration error: the mean gap between probability and score, by bins' sizes."""
    if not probabilities:
        return None
    where = _bins(probabilities)
    gaps = np.asarray(scores, dtype=np.float64) - np.asarray(probabilities, dtype=np.float64)

    def error(drawn: Indices) -> Floats:
        # One bin after the other, so that a resample is a row and not a loop.
        total = np.zeros(len(drawn))
        for one in range(BINS):
            total += np.abs(np.where(where[drawn] == one, gaps[drawn], 0.0).sum(axis=1))
        return np.asarray(total / drawn.shape[1])

    return _figure(error(np.arange(len(gaps))[None])[0], len(gaps), error)


def calibration_bins(probabilities: Sequence[float], scores: Sequence[float]) -> list[Bin]:
    """The bins behind `calibration_error`, those without answers left out."""
    where = _bins(probabilities)
    sure, right = np.asarray(probabilities), np.asarray(scores, dtype=np.float64)
    found = []
    for one in range(BINS):
        inside = where == one
        if count := int(inside.sum()):
            probability, score = float(sure[inside].mean()), float(right[inside].mean())
            found.append(Bin(one / BINS, (one + 1) / BINS, count, probability, score))
    return found


def _bins(probabilities: Sequence[float]) -> Indices:
    return np.asarray([min(BINS - 1, int(c * BINS)) for c in probabilities], dtype=np.intp)


def _figure(value: float, count: int, statistic: Callable[[Indices], Floats]) -> Figure:
    low, high = _middle(_resampled(count, statistic, np.random.default_rng(_SEED)))
    return Figure(float(value), low, high, count)


def _resampled(
    count: int, statistic: Callable[[Indices], Floats], draw: np.random.Generator
) -> Floats:
    """The statistic of `RESAMPLES` samples of as many questions, drawn with replacement."""
    rows = max(1, _AT_ONCE // count)
    sizes = [min(rows, RESAMPLES - done) for done in range(0, RESAMPLES, rows)]
    return np.concatenate([statistic(draw.integers(0, count, (size, count))) for size in sizes])


def _middle(resampled: Floats) -> tuple[float, float]:
    outside = 100 * (1 - COVERAGE) / 2
    low, high = np.percentile(resampled, [outside, 100 - outside])
    return float(low), float(high)


__all__ = [
    "BINS",
    "COVERAGE",
    "RESAMPLES",
    "Bin",
    "Figure",
    "calibration_bins",
    "calibration_error",
    "difference",
    "mean",
]
