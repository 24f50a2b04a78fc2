"""Sampling: greedy, top-p, temperature, seeds."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import torch

from leopard_tools import LeopardError
from leopard_tools.engine.sampling import Sampler, Sampling

LOGITS = torch.tensor([0.5, 0.3, 0.15, 0.05]).log()


def drawn(sampling: Sampling, count: int = 4000) -> Counter[int]:
    sampler = Sampler(sampling)
    return Counter(sampler.choose(LOGITS)[0] for _ in range(count))


def test_temperature_0_takes_the_likeliest_and_says_how_likely_it_was() -> None:
    token, log_probability = Sampler(Sampling()).choose(LOGITS)
    assert token == 0
    assert math.isclose(math.exp(log_probability), 0.5, rel_tol=1e-5)


def test_temperature_1_draws_tokens_as_often_as_the_model_says() -> None:
    counts = drawn(Sampling(temperature=1.0, seed=1))
    for token, probability in enumerate((0.5, 0.3, 0.15, 0.05)):
        assert abs(counts[token] / 4000 - probability) < 0.03


def test_top_p_keeps_the_fewest_tokens_that_hold_that_much() -> None:
    assert set(drawn(Sampling(temperature=1.0, top_p=0.75, seed=1))) == {0, 1}
    assert set(drawn(Sampling(temperature=1.0, top_p=0.85, seed=1))) == {0, 1, 2}
    assert set(drawn(Sampling(temperature=1.0, top_p=1e-9, seed=1))) == {0}


def test_a_low_temperature_sharpens() -> None:
    assert drawn(Sampling(temperature=0.2, seed=1))[0] > 3500
    assert set(drawn(Sampling(temperature=1e-320, seed=1))) == {0}


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_what_is_no_number_gives_no_token(temperature: float) -> None:
    sampler = Sampler(Sampling(temperature))
    for logits in (torch.full((4,), torch.nan), torch.tensor([0.0, torch.inf, 1.0, 2.0])):
        with pytest.raises(LeopardError, match=r"no numbers .*dtype="):
            sampler.choose(logits)


def test_the_same_seed_draws_the_same_tokens() -> None:
    draws = []
    for seed in (7, 7, 8):
        sampler = Sampler(Sampling(temperature=1.0, seed=seed))
        draws.append([sampler.choose(LOGITS)[0] for _ in range(50)])
    assert draws[0] == draws[1] != draws[2]


def test_a_reluctant_token_needs_its_probability() -> None:
    greedy = Sampler(Sampling())
    assert greedy.choose(LOGITS, reluctance=(0, 0.45))[0] == 0
    token, log_probability = greedy.choose(LOGITS, reluctance=(0, 0.55))
    assert token == 1 and math.isclose(math.exp(log_probability), 0.3, rel_tol=1e-5)
    assert greedy.choose(LOGITS, reluctance=(1, 0.9))[0] == 0
    # Among those allowed: 0.3 of 0.5 is enough, and what is allowed alone is taken.
    assert greedy.choose(LOGITS, torch.tensor([1, 2, 3]), (1, 0.55))[0] == 1
    assert greedy.choose(LOGITS, torch.tensor([1, 2, 3]), (1, 0.65))[0] == 2
    assert greedy.choose(LOGITS, torch.tensor([1]), (1, 1.1))[0] == 1
    # One of equals is another than the reluctant one, whichever comes first.
    assert {greedy.choose(torch.ones(9), reluctance=(n, 0.5))[0] == n for n in range(9)} == {False}


def test_rounding_of_the_scores_draws_no_other_tokens() -> None:
    """Scores differ in their last bits when a part of the prompt comes from the cache."""
    scores = torch.randn(49152, generator=torch.Generator().manual_seed(1))
    rounded = scores + 1e-5 * torch.randn(49152, generator=torch.Generator().manual_seed(2))
    for sampling in (Sampling(2.0, seed=3), Sampling(0.7, top_p=0.95, seed=3)):
        one, other = Sampler(sampling), Sampler(sampling)
        for _ in range(50):
            assert one.choose(scores)[0] == other.choose(rounded)[0]


def test_only_allowed_tokens_come_and_their_probability_is_among_those() -> None:
    token, log_probability = Sampler(Sampling()).choose(LOGITS, torch.tensor([2, 3]))
    assert token == 2
    assert math.isclose(math.exp(log_probability), 0.75, rel_tol=1e-5)
