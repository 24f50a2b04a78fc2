"""A packed context against its questions asked one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import cross_entropy

from leopard_tools.training.contexts import make_context
from leopard_tools.training.packing import IGNORED, pack, prompt_ids

from .conftest import Build


def test_packed_positions_are_the_prompts_of_the_embedded_model(build: Build) -> None:
    nano, _ = build()
    context = make_context(5, 2)
    packed = pack(nano, context)
    for number, question in enumerate(context.questions, start=1):
        whole, _ = prompt_ids(nano, context.images, question.text)
        answer = nano.tokenizer.encode(question.answer)
        seen = (packed.segments == 0) | (packed.segments == number)
        assert packed.ids[seen].tolist() == whole + answer
        assert packed.positions[seen].tolist() == list(range(len(whole) + len(answer)))
        learnt = packed.targets[seen][packed.targets[seen] != IGNORED].tolist()
        assert learnt == [*answer, *nano.end_ids]


def test_a_question_sees_the_context_and_itself_only(build: Build) -> None:
    nano, _ = build()
    packed = pack(nano, make_context(5, 0))
    mask = packed.mask[0, 0]
    for position in range(0, len(packed.ids), 37):
        others = (packed.segments != 0) & (packed.segments != packed.segments[position])
        assert not mask[position][others].any()
        assert not mask[position][position + 1 :].any()
        assert mask[position][: position + 1][packed.segments[: position + 1] == 0].all()


def test_the_packed_loss_is_that_of_single_prompts(build: Build) -> None:
    nano, learner = build()
    context = make_context(5, 1)
    total, count = 0.0, 0
    for question in context.questions:
        ids, _ = prompt_ids(nano, context.images, question.text)
        answer = [*nano.tokenizer.encode(question.answer), *nano.end_ids]
        with torch.no_grad():
            logits = learner.network(input_ids=torch.tensor([ids + answer[:-1]])).logits[0]
        predicted = logits[len(ids) - 1 :]
        total += float(cross_entropy(predicted, torch.tensor(answer), reduction="sum"))
        count += len(answer)
    assert learner.step([pack(nano, context)]) == pytest.approx(total / count, abs=2e-5)


def test_an_answer_is_right_where_each_of_its_tokens_is_the_most_probable(build: Build) -> None:
    nano, learner = build()
    packed = pack(nano, make_context(5, 3))
    learnt = packed.targets != IGNORED
    with torch.no_grad():
        best = learner.predict(packed)[0].argmax(-1)
    targets = packed.targets.clone()
    targets[learnt] = best
    # The second question's last token, its end, is another than the network gives.
    missed = int(torch.nonzero(learnt & (packed.segments == 2))[-1])
    targets[missed] = (targets[missed] + 1) % 49152
    outcomes = learner.evaluate(replace(packed, targets=targets))
    assert [outcome.right for outcome in outcomes] == [n != 1 for n in range(len(packed.kinds))]
    assert [outcome.kind for outcome in outcomes] == list(packed.kinds)
