"""Prompt lookup: the same tokens with it as without, in fewer steps."""

from __future__ import annotations

import pytest
import torch

from leopard_tools import Leopard
from leopard_tools.engine import generate, worker
from leopard_tools.engine.lookup import LONGEST, Lookup

LIST = "\n".join(
    f"{n}. {item}"
    for n, item in enumerate(["Aardvark station", "Blue Heron Avenue", "Copperfield Square"], 1)
)
QUESTION = f"{LIST}\n\nRepeat the list above word for word."


def ask(leopard: Leopard, *, lookup: bool, **options: object) -> tuple[list[int], float, int]:
    """Token ids, confidence, and how many passes the decoder made."""
    passes = []
    forward = worker.Engine._forward

    def count(engine: worker.Engine, parts: list[worker._Part]) -> list[torch.Tensor]:
        passes.append(len(parts))
        return forward(engine, parts)

    init = generate.Request.__init__

    def request(self: generate.Request, *args: object, **kwargs: object) -> None:
        init(self, *args, **{**kwargs, "lookup": lookup})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker.Engine, "_forward", count)
        patch.setattr(generate.Request, "__init__", request)
        answer = leopard.ask(QUESTION, instruction="", max_tokens=60, **options)
    return list(answer.token_ids), answer.confidence, len(passes)


@pytest.mark.parametrize("options", [{}, {"temperature": 0.7, "seed": 4}, {"stop": "Heron"}])
def test_guessed_tokens_change_the_steps_and_not_the_answer(
    nano: Leopard, options: dict[str, object]
) -> None:
    ids, confidence, passes = ask(nano, lookup=True, **options)
    slow_ids, slow_confidence, slow_passes = ask(nano, lookup=False, **options)
    assert ids == slow_ids
    assert confidence == pytest.approx(slow_confidence, rel=1e-3)
    assert passes <= slow_passes


def test_copying_takes_fewer_steps(nano: Leopard) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # It was taught to end after a phrase.
        patch.setattr(nano._variant, "end_ids", frozenset())
        ids, _, passes = ask(nano, lookup=True)
    assert len(ids) == 60
    assert passes < 50


def test_it_guesses_what_followed_and_less_when_that_was_wrong() -> None:
    lookup = Lookup([1, 2, 3, 4, 5, 6, 7, 8])
    lookup.add(1)
    assert lookup.guess(9) == []
    lookup.add(2)
    assert lookup.guess(9) == [3, 4, 5]
    assert lookup.guess(2) == [3, 4]
    lookup.learn(3, 0)
    assert lookup.guess(9) == [3]
    for _ in range(9):
        lookup.learn(len(lookup.guess(99)), len(lookup.guess(99)))
    assert len(lookup.guess(99)) <= LONGEST
