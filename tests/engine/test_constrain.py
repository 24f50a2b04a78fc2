"""A constrained answer is a run of whole words of a text, and nothing else can be said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leopard_tools.engine.constrain import Match, SpanConstraint
from leopard_tools.engine.tokenizer import Tokenizer
from leopard_tools.variants.embedded import prepare

from .sentencepiece import sentencepiece

END = 2
WORDS = st.text("aé1,.$(🙂)%-", min_size=1, max_size=6)


@pytest.fixture(scope="module", params=["byte-level", "SentencePiece"])
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    if request.param == "SentencePiece":
        return sentencepiece(request.getfixturevalue("tmp_path_factory").mktemp("pieces"))
    return Tokenizer(prepare().tokenizer)


def constraint(tokenizer: Tokenizer, *texts: str, otherwise: str = "nothing") -> SpanConstraint:
    return SpanConstraint(texts, [otherwise], tokenizer, [END])


def accepts(tokenizer: Tokenizer, held: SpanConstraint, text: str) -> bool:
    for token in [*tokenizer.encode(text), END]:
        if token not in held.allowed().tolist():
            return False
        held.advance(token)
    return True


def saying(
    tokenizer: Tokenizer, text: str, random: Random
) -> Iterator[tuple[SpanConstraint, list[int]]]:
    """A random answer, with its tokens so far, after each of them."""
    held = constraint(tokenizer, text)
    ids: list[int] = []
    for _ in range(60):
        before = held.matches()
        token = random.choice(held.allowed().tolist())
        held.advance(token)
        if token == END:
            assert set(held.matches()) <= set(before)
            return
        ids.append(token)
        yield held, ids


@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
@settings(deadline=None, max_examples=200)
def test_every_run_of_words_can_be_said(
    tokenizer: Tokenizer, words: list[str], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    text = " ".join(words)
    said = " ".join(words[start:end])
    held = constraint(tokenizer, text)
    assert accepts(tokenizer, held, said)
    assert said in {text[match.start : match.end] for match in held.matches()}


def test_a_word_is_spelled_as_the_tokenizer_spells_it_within_a_character_too(
    tokenizer: Tokenizer,
) -> None:
    # After two bytes of the face only one word is left, but not yet how it goes on.
    assert accepts(tokenizer, constraint(tokenizer, "1 1 1 1 🙂-.-"), "🙂-.-")


@given(st.lists(WORDS, min_size=1, max_size=8), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=200)
def test_whatever_is_said_stands_in_the_text(
    tokenizer: Tokenizer, words: list[str], random: Random
) -> None:
    text = " ".join(words)
    for held, ids in saying(tokenizer, text, random):
        said = tokenizer.decode(ids)
        places = held.matches()
        if not "nothing".startswith(said):
            assert places
        for match in places:
            assert text[match.start : match.end].startswith(
                said.rstrip("\N{REPLACEMENT CHARACTER}")
            )


@given(st.lists(WORDS, min_size=1, max_size=8), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=200)
def test_an_answer_that_is_cut_anywhere_is_closed_at_the_end_of_its_word(
    tokenizer: Tokenizer, words: list[str], random: Random
) -> None:
    text = " ".join(words)
    for held, ids in saying(tokenizer, text, random):
        if not tokenizer.decode(ids):
            # Nothing is said yet, so there is no word to finish.
            assert held.close() == []
            continue
        if random.random() < 0.6:
            continue
        said = tokenizer.decode([*ids, *held.close()])
        assert said == "nothing" or said in {text[m.start : m.end] for m in held.matches()}
        for token in held.close():
            held.advance(token)
        assert END in held.allowed().tolist()
        return


@given(st.lists(WORDS, min_size=1, max_size=8), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=200)
def test_forced_tokens_are_those_that_would_come_one_by_one(
    tokenizer: Tokenizer, words: list[str], random: Random
) -> None:
    for held, _ in saying(tokenizer, " ".join(words), random):
        for token in held.forced():
            assert held.allowed().tolist() == [token]
            held.advance(token)
        assert held.allowed().tolist()


@pytest.mark.parametrize(
    ("said", "possible"),
    [
        ("Oslo", True),
        ("(Oslo)", True),
        ("Oslo) is", True),
        ("large.", True),
        ("large", True),
        ("Osl", False),
        ("slo", False),
        ("nothing", True),
        ("noth", False),
        ("other", False),
    ],
)
def test_a_run_may_leave_out_the_punctuation_around_it(
    tokenizer: Tokenizer, said: str, possible: bool
) -> None:
    assert accepts(tokenizer, constraint(tokenizer, "(Oslo) is large."), said) is possible


def test_every_place_of_an_answer_is_found(tokenizer: Tokenizer) -> None:
    held = constraint(tokenizer, "42 of 42", "the 42")
    assert accepts(tokenizer, held, "42")
    assert held.matches() == [Match(0, 0, 2), Match(0, 6, 8), Match(1, 4, 6)]


def test_an_answer_that_was_cut_short_is_drawn_out_to_the_end_of_its_word(
    tokenizer: Tokenizer,
) -> None:
    held = constraint(tokenizer, "sum 12,345 EUR")
    for token in tokenizer.encode("12,3"):
        held.advance(token)
    assert held.matches() == [Match(0, 4, 10)]


def test_a_long_word_is_forced_once_it_is_certain() -> None:
    tokenizer = Tokenizer(prepare().tokenizer)
    held = constraint(tokenizer, "total 12,345.67 EUR", "due 18 March")
    held.advance(tokenizer.encode("1")[0])
    assert held.forced() == []
    held.advance(tokenizer.encode("2")[0])
    assert tokenizer.decode(held.forced()) == ",345.67"


def test_a_first_token_may_bring_a_space_where_the_vocabulary_puts_one(tmp_path: Path) -> None:
    tokenizer = sentencepiece(tmp_path)
    for ids in (tokenizer.encode("Oslo"), tokenizer.encode_on("Oslo")):
        held = constraint(tokenizer, "in Oslo today")
        for token in [*ids, END]:
            assert token in held.allowed().tolist()
            held.advance(token)
        assert held.matches() == [Match(0, 3, 7)]
        assert tokenizer.decode(ids) == "Oslo"
    assert tokenizer.encode("Oslo") != tokenizer.encode_on("Oslo")


def test_what_is_said_otherwise_stands_nowhere(tokenizer: Tokenizer) -> None:
    held = constraint(tokenizer, "a b", otherwise="not there")
    assert accepts(tokenizer, held, "not there")
    assert held.matches() == []


def test_a_word_that_no_tokens_spell_belongs_to_no_run(tokenizer: Tokenizer) -> None:
    held = constraint(tokenizer, "left \x16x right side")
    assert accepts(tokenizer, held, "right side")
    assert held.matches() == [Match(0, 8, 18)]
    assert not accepts(tokenizer, constraint(tokenizer, "left \x16x right"), "left right")


def test_a_text_without_words_leaves_only_the_other_answer(tokenizer: Tokenizer) -> None:
    assert accepts(tokenizer, constraint(tokenizer, "", " "), "nothing")


def test_a_whole_is_said_from_its_beginning_to_its_end(tokenizer: Tokenizer) -> None:
    for text, may in (("East Wing", True), ("East", False), ("Wing", False), ("no", True)):
        held = SpanConstraint((), ["East Wing", "Eastern", "no"], tokenizer, [END])
        assert accepts(tokenizer, held, text) == may
        assert held.matches() == []
