"""Generation on the tiny checkpoints: ends, lengths, chunks, giving up."""

from __future__ import annotations

import math
from queue import SimpleQueue

import pytest
import torch

from leopard_tools import Leopard, LeopardError
from leopard_tools.engine import worker
from leopard_tools.engine.constrain import Match, SpanConstraint
from leopard_tools.engine.generate import Generation, Request
from leopard_tools.engine.prompt import Candidates
from leopard_tools.engine.task import Event
from leopard_tools.errors import ContextTooLong, EngineClosed

from ..conftest import GOLDEN, uncached
from ..variants.cases import cases

CASE = cases("leopard-llava-tiny")[0]
YEAR = "Year: 2014. Which year is it?"


def generated(
    leopard: Leopard, request: Request, question: str = "Where?"
) -> tuple[Generation, list[Event]]:
    """What a request for the engine gives, and the pieces that it came in."""
    encoded = leopard._inquire(question, (), "", {})._encode(request.max_tokens)
    generation = Generation(encoded, request, leopard._variant.tokenizer)
    events = SimpleQueue[Event]()
    generation.listener = events.put
    leopard._engine.submit(generation)
    return generation, list(iter(events.get, None))


def test_pieces_join_to_the_answer(llava: Leopard) -> None:
    stream = llava.stream(CASE.question, CASE.images, max_tokens=12, temperature=1.5, seed=3)
    assert "".join(stream) == stream.answer.text
    assert stream.answer.finish_reason == "length"
    assert stream.answer.usage.completion_tokens == len(stream.answer.token_ids) == 12


def test_the_same_seed_gives_the_same_answer_and_another_one_another(llava: Leopard) -> None:
    options = {"max_tokens": 12, "temperature": 1.5}
    tokens = [
        llava.ask("What?", CASE.images[:1], seed=seed, **options).token_ids for seed in (5, 5, 6)
    ]
    assert tokens[0] == tokens[1] != tokens[2]


def test_an_end_token_ends_the_answer_and_is_not_part_of_it(llava: Leopard) -> None:
    full = llava.ask("What?", max_tokens=12, temperature=1.5, seed=3)
    variant = llava._variant
    before = variant.end_ids
    variant.end_ids = frozenset({full.token_ids[4]})
    try:
        short = llava.ask("What?", max_tokens=12, temperature=1.5, seed=3)
    finally:
        variant.end_ids = before
    assert short.finish_reason == "stop"
    assert short.token_ids == full.token_ids[: full.token_ids.index(full.token_ids[4])]


def test_a_stop_string_ends_the_answer_before_it(nano: Leopard) -> None:
    options = {"instruction": "", "max_tokens": 30}
    full = nano.ask("Repeat: alpha beta gamma delta", **options).text
    middle = full[len(full) // 2 : len(full) // 2 + 2]
    answer = nano.ask("Repeat: alpha beta gamma delta", stop=middle, **options)
    assert answer.finish_reason == "stop_string"
    assert answer.text == full[: full.index(middle)].strip()


def test_an_answer_that_is_completed_ends_before_a_stop_string_too(llava: Leopard) -> None:
    variant = llava._variant
    # Its tokens are bytes, so that all but the first letter complete a word that was cut short.
    constraint = SpanConstraint(["Norway"], ["Norway"], variant.tokenizer, variant.end_ids)
    request = Request(1, variant.end_ids, stop=("r",), constraint=constraint)
    generation, pieces = generated(llava, request)
    assert "".join(pieces) == generation.text == "No"
    assert variant.tokenizer.decode(generation.token_ids) == "Nor"
    assert generation.finish_reason == "stop_string"


def test_an_answer_is_held_to_candidates_that_are_likely_enough(llava: Leopard) -> None:
    texts, ends = ("Norway", "Nepal", "Oman"), llava._variant.end_ids
    free, _ = generated(llava, Request(8, ends))
    held, pieces = generated(llava, Request(8, ends, candidates=Candidates(texts, 0.0)))
    assert held.text in texts and "".join(pieces) == held.text and held.finish_reason == "stop"
    # They are the model's own, which knows of no candidates.
    assert held.token_logprobs[0] < free.token_logprobs[0]
    assert held.probability < 1 / len(texts)
    unlikely, _ = generated(llava, Request(8, ends, candidates=Candidates(texts, 0.9)))
    assert unlikely.token_ids == free.token_ids


def test_an_answer_is_held_to_candidates_where_their_rivals_are_likely(nano: Leopard) -> None:
    """The model means something that was compared, though not what comes first."""
    ends = nano._variant.end_ids

    def answer(candidates: Candidates | None = None) -> Generation:
        return generated(nano, Request(8, ends, candidates=candidates), YEAR)[0]

    free = answer()
    begins = math.exp(free.token_logprobs[0])
    assert free.text == "2014" and begins < 1
    held = answer(Candidates(("Norway",), 0.9, ("2014",), begins * 0.99))
    assert held.text == "Norway" and held.probability < 0.1
    for unlikely in (
        Candidates(("Norway",), 0.9, ("2014",), 1.0),
        Candidates(("Norway",), 0.9, ("Nepal",), 0.9),
        # Of what was chosen from nothing else, the candidates alone count.
        Candidates(("Norway",), 0.9, (), 0.0),
    ):
        assert answer(unlikely).token_ids == free.token_ids


def test_figures_that_begin_as_a_candidate_does_are_another_one_unless_compared(
    nano: Leopard,
) -> None:
    def answer(*rivals: str) -> str:
        candidates = Candidates(("2019",), 0.9, rivals, 0.5)
        request = Request(8, nano._variant.end_ids, candidates=candidates)
        return generated(nano, request, YEAR)[0].text

    assert answer() == "2014"
    assert answer("2014") == "2019"


def test_candidates_keep_to_what_else_an_answer_is_held_to(llava: Leopard) -> None:
    variant, texts = llava._variant, ["Oman and Nepal"]
    spans = SpanConstraint(texts, ["nothing"], variant.tokenizer, variant.end_ids)
    request = Request(
        8, variant.end_ids, constraint=spans, candidates=Candidates(("Norway", "Nepal"), 0.0)
    )
    assert generated(llava, request)[0].text == "Nepal"
    assert spans.matches() == [Match(0, 9, 14)]


def test_what_nobody_can_write_is_no_candidate(nano: Leopard) -> None:
    ends = nano._variant.end_ids
    unwritten = next(
        chr(n) for n in range(32) if not nano._variant.tokenizer.vocabulary.spells(bytes([n]))
    )
    free, _ = generated(nano, Request(8, ends))
    for texts in ((), (unwritten,)):
        same, _ = generated(nano, Request(8, ends, candidates=Candidates(texts, 0.0)))
        assert same.token_ids == free.token_ids


def test_what_is_not_there_is_held_to_no_candidate(llava: Leopard) -> None:
    ends = llava._variant.end_ids
    free, _ = generated(llava, Request(8, ends))
    request = Request(
        8, ends, reluctance=(free.token_ids[0], 0.0), candidates=Candidates(("Oman",), 0.0)
    )
    assert generated(llava, request)[0].token_ids == free.token_ids


def test_both_end_tokens_of_each_checkpoint_are_known(idefics2: Leopard, llava: Leopard) -> None:
    assert idefics2._variant.end_ids == {379, 2}
    assert llava._variant.end_ids == {374, 383}


def test_prefill_in_chunks_equals_prefill_at_once(
    llava: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PREFILL_CHUNK", 100_000)
    whole = uncached(llava).logits(CASE.question, CASE.images)
    monkeypatch.setattr(worker, "PREFILL_CHUNK", 97)
    torch.testing.assert_close(
        uncached(llava).logits(CASE.question, CASE.images), whole, rtol=1e-4, atol=1e-5
    )


def test_what_does_not_fit_raises_with_both_numbers(llava: Leopard) -> None:
    limit = llava._variant.language_model.context_length
    needed = llava.count_tokens("What?") + limit
    with pytest.raises(ContextTooLong, match=f"{needed:,}.*{limit:,}") as raised:
        llava.ask("What?", max_tokens=limit)
    assert (raised.value.needed, raised.value.limit) == (needed, limit)


def test_a_choice_that_does_not_fit_is_refused_whatever_max_tokens_says(llava: Leopard) -> None:
    limit = llava._variant.language_model.context_length
    choices = ["yes", "no" * limit]
    longest = len(llava.encode(choices[1]))
    prompt = llava.count_tokens("What?", instruction="")
    with pytest.raises(ContextTooLong) as raised:
        llava.ask("What?", schema={"enum": choices}, instruction="", max_tokens=1)
    assert (raised.value.needed, raised.value.limit) == (prompt + longest, limit)


def test_a_closed_stream_has_no_answer(llava: Leopard) -> None:
    stream = llava.stream("What?", max_tokens=12, temperature=1.5, seed=3)
    next(stream)
    stream.close()
    assert list(stream) == []
    with pytest.raises(LeopardError, match="closed"):
        _ = stream.answer


def test_a_closed_leopard_refuses_and_ends_what_runs() -> None:
    leopard = Leopard.load(GOLDEN / "leopard-llava-tiny", device="cpu")
    stream = leopard.stream("What?", max_tokens=30, temperature=1.5, seed=3)
    next(stream)
    leopard.close()
    with pytest.raises(EngineClosed):
        list(stream)
    with pytest.raises(EngineClosed):
        leopard.ask("What?")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_tokens": 0}, "max_tokens"),
        ({"temperature": -1}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"top_p": 1.5}, "top_p"),
        # What it cuts off would no longer be whole words of an image.
        ({"verbatim": True, "stop": "o"}, "stop"),
    ],
)
def test_impossible_options_are_refused(llava: Leopard, options: dict, message: str) -> None:
    with pytest.raises(LeopardError, match=message):
        llava.ask("What?", **options)


def test_timings_and_usage_add_up(llava: Leopard) -> None:
    answer = llava.ask(CASE.question, CASE.images, max_tokens=3)
    timings = answer.timings
    parts = timings.preprocess + timings.vision + timings.prefill + timings.decode
    assert 0 < parts <= timings.total
    assert timings.first_token <= timings.total
    assert answer.usage.image_tokens == 9 * 169
    assert 0 < answer.confidence <= 1


def test_each_token_comes_with_its_probability(llava: Leopard) -> None:
    """Against the softmax of the logits that `logits` gives, and the confidence over all."""
    answer = llava.ask(CASE.question, CASE.images, max_tokens=5)
    assert len(answer.token_logprobs) == len(answer.token_ids) == 5
    first = llava.logits(CASE.question, CASE.images).double().log_softmax(-1)
    expected = float(first[answer.token_ids[0]])
    assert answer.token_logprobs[0] == pytest.approx(expected, rel=1e-4)
    # Cut at five tokens, so no end was chosen beside them.
    whole = sum(answer.token_logprobs)
    assert math.exp(whole) == pytest.approx(answer.probability, rel=1e-6)
    assert math.exp(whole / 5) == pytest.approx(answer.confidence, rel=1e-6)


def test_what_a_schema_forces_is_certain(nano: Leopard) -> None:
    schema = {"type": "object", "properties": {"n": {"enum": [1, 2]}}, "required": ["n"]}
    answer = nano.ask("Say it.", schema=schema)
    assert len(answer.token_logprobs) == len(answer.token_ids)
    assert sum(each < 0 for each in answer.token_logprobs) == 1
    choice = nano.ask("Say it.", schema={"enum": ["one", "two"]})
    assert len(choice.token_logprobs) == len(choice.token_ids)
    assert all(each < 0 for each in choice.token_logprobs)
