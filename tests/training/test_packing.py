"""A packed context against its questions asked one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import pytest
import torch
from torch.nn.functional import cross_entropy

from leopard_tools.training.contexts import make_context
from leopard_tools.training.dialogues import make_dialogue
from leopard_tools.training.learner import grouped
from leopard_tools.training.lora import trained
from leopard_tools.training.packing import IGNORED, Packed, pack, prompt_ids
from leopard_tools.training.stream import make_sample
from leopard_tools.types import Frame
from leopard_tools.variants.base import Turn
from leopard_tools.variants.nano import NanoPrompts

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


def test_sequences_computed_together_give_what_each_gives_alone(build: Build) -> None:
    nano, learner = build()
    group = [pack(nano, make_context(5, number)) for number in (0, 1, 3)]
    assert len({len(packed.ids) for packed in group}) == 3
    with torch.no_grad():
        together, targets = learner.predict(*group)
        alone = [learner.predict(packed) for packed in group]
    assert torch.equal(targets, torch.cat([part for _, part in alone]))
    slow = torch.cat([logits for logits, _ in alone])
    torch.testing.assert_close(together, slow, rtol=1e-4, atol=1e-4)


def test_a_step_in_groups_is_the_step_one_by_one(build: Build) -> None:
    nano, one = build()
    _, grouping = build()
    grouping.group_positions = 3000
    batch = [pack(nano, make_sample(5, number)) for number in range(4)]
    assert grouping.step(batch) == pytest.approx(one.step(batch), abs=1e-5)
    for fast, slow in zip(trained(grouping.model), trained(one.model), strict=True):
        torch.testing.assert_close(fast, slow, rtol=1e-3, atol=1e-4)


def test_groups_hold_all_sequences_and_no_more_positions_than_they_may(build: Build) -> None:
    nano, _ = build()
    batch = [pack(nano, make_context(5, number)) for number in range(12)]
    lengths = [len(packed.ids) for packed in batch]
    groups = [[len(packed.ids) for packed in group] for group in grouped(batch, 4000)]
    assert sorted(length for group in groups for length in group) == sorted(lengths)
    assert 1 < len(groups) < 12
    assert all(max(group) * len(group) <= 4000 for group in groups if len(group) > 1)
    assert [len(group) for group in grouped(batch, 0)] == [1] * 12


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


def answers_of(nano: NanoPrompts, packed: Packed, number: int) -> str:
    """What branch `number` learns, turn after turn, the ends of turns left out."""
    learnt = (packed.segments == number) & (packed.targets != IGNORED)
    return nano.tokenizer.decode(packed.targets[learnt].tolist())


def test_a_branch_is_its_conversation_and_learns_the_turns_of_the_assistant(build: Build) -> None:
    nano, _ = build()
    dialogue = next(d for d in (make_dialogue(5, n) for n in range(50)) if not d.images)
    packed = pack(nano, dialogue)
    for number, branch in enumerate(dialogue.branches, start=1):
        seen = (packed.segments == 0) | (packed.segments == number)
        turns = [Turn("system", (dialogue.system,))]
        turns += [Turn(turn.role, (turn.text,)) for turn in branch]  # type: ignore[arg-type]
        whole = nano.build_prompt(turns[:-1], never).ids + tuple(
            nano.tokenizer.encode(branch[-1].text)
        )
        assert packed.ids[seen].tolist() == list(whole)
        assert packed.positions[seen].tolist() == list(range(len(whole)))
        said = "".join(turn.text for turn in branch if turn.role == "assistant")
        assert answers_of(nano, packed, number) == said
    assert "tool choice" in packed.kinds and "tool arguments" in packed.kinds
    assert set(packed.answers[packed.targets != IGNORED].tolist()) == set(
        range(1, len(packed.kinds) + 1)
    )


def never(frame: Frame) -> NoReturn:
    raise AssertionError("this conversation has no image")


def test_the_loss_of_a_dialogue_is_that_of_its_turns_one_by_one(build: Build) -> None:
    nano, learner = build()
    dialogue = make_dialogue(5, 2)
    total, count = 0.0, 0
    for branch in dialogue.branches:
        packed = pack(nano, replace(dialogue, branches=(branch,)))
        learnt = int((packed.targets != IGNORED).sum())
        with torch.no_grad():
            logits, targets = learner.predict(packed)
        total += float(cross_entropy(logits, targets, reduction="sum"))
        count += learnt
    assert learner.step([pack(nano, dialogue)]) == pytest.approx(total / count, abs=2e-5)
