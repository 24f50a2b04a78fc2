"""Intervals hold what they promise; the rest was worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from leopard_tools.evaluation.statistics import (
    calibration_bins,
    calibration_error,
    difference,
    mean,
)


def test_nothing_has_no_figure_and_equal_values_no_width() -> None:
    assert mean([]) is None and calibration_error([], []) is None and difference([], []) is None
    figure = mean([0.5, 0.5, 0.5])
    assert figure is not None and (figure.value, figure.low, figure.high) == (0.5, 0.5, 0.5)
    assert figure.count == 3


def test_the_same_values_have_the_same_interval_every_time() -> None:
    values = [float(n % 3 == 0) for n in range(100)]
    assert mean(values) == mean(values)


def test_about_95_of_100_intervals_hold_the_true_mean() -> None:
    draw = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        figure = mean([float(x) for x in draw.random(80) < 0.6])
        assert figure is not None
        held += figure.low <= 0.6 <= figure.high
    assert 0.92 * 400 <= held <= 0.98 * 400


def test_the_interval_is_about_two_standard_errors_wide_on_each_side() -> None:
    figure = mean([1.0] * 300 + [0.0] * 300)
    assert figure is not None and figure.value == 0.5
    error = (0.25 / 600) ** 0.5
    assert figure.low == pytest.approx(0.5 - 1.96 * error, abs=0.006)
    assert figure.high == pytest.approx(0.5 + 1.96 * error, abs=0.006)


def test_the_mean_of_groups_weighs_each_group_alike() -> None:
    values, groups = [1.0, 1.0, 1.0, 0.0], ["a", "a", "a", "b"]
    figure = mean(values, groups)
    # Inside each group all are equal, so that drawing them again changes nothing.
    assert figure is not None and (figure.value, figure.low, figure.high) == (0.5, 0.5, 0.5)
    assert mean(values) != figure


def test_groups_are_drawn_independently_of_each_other() -> None:
    half = [1.0, 0.0] * 50
    figure = mean(half + half, ["a"] * 100 + ["b"] * 100)
    assert figure is not None and figure.value == 0.5
    # Two means of 100 throws each: half the variance of one. Drawn alike it would be all of it.
    width = 2 * 1.96 * (0.25 / 200) ** 0.5
    assert figure.high - figure.low == pytest.approx(width, rel=0.15)


def test_paired_differences_are_surer_than_two_means() -> None:
    before = [float(n % 2) for n in range(200)]
    after = [1.0 if n < 20 else value for n, value in enumerate(before)]
    found = difference(before, after)
    assert found is not None and found.value == pytest.approx(0.05)
    single = mean(after)
    assert single is not None and found.high - found.low < (single.high - single.low) / 2
    assert found.low > 0


def test_a_difference_of_groups_is_that_of_their_figures() -> None:
    groups = ["a"] * 30 + ["b"] * 10
    before = [float(n % 3 == 0) for n in range(40)]
    after = [1.0 if n >= 30 else value for n, value in enumerate(before)]
    found = difference(before, after, groups)
    one, other = mean(before, groups), mean(after, groups)
    assert found is not None and one is not None and other is not None
    assert found.value == pytest.approx(other.value - one.value) and found.count == 40
    # Only the ten of "b" change, which are half of the figure and not a quarter.
    assert found.value == pytest.approx((1 - sum(before[30:]) / 10) / 2)
    assert found.low < found.value < found.high < 0.5


def test_calibration_is_the_gap_in_each_bin_by_its_size() -> None:
    probabilities, scores = [0.95, 0.95, 0.55, 1.0], [1.0, 0.0, 1.0, 1.0]
    # Three at 0.95, 0.95 and 1.0 of which two are right, one at 0.55 which is.
    error = calibration_error(probabilities, scores)
    assert error is not None and error.value == pytest.approx((abs(2 - 2.9) + abs(1 - 0.55)) / 4)
    assert error.low <= error.value <= error.high
    low, high = calibration_bins(probabilities, scores)
    assert (low.count, low.probability, low.score) == (1, 0.55, 1.0)
    assert (high.low, high.high, high.count) == (0.9, 1.0, 3)
    assert high.probability == pytest.approx(2.9 / 3) and high.score == pytest.approx(2 / 3)


def test_large_samples_are_drawn_in_portions() -> None:
    figure = mean([float(n % 10 < 3) for n in range(50_000)])
    assert figure is not None and figure.low < 0.3 < figure.high < 0.31
