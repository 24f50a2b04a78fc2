"""Pieces of text join to the answer, whatever the tokens: no half character, no stop string."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from leopard_tools.engine.text import TextStream
from leopard_tools.engine.tokenizer import Tokenizer
from leopard_tools.variants.embedded import prepare

from .sentencepiece import sentencepiece

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
TEXTS = st.text(st.one_of(LETTERS, st.sampled_from(" \n🙂é漢\N{REPLACEMENT CHARACTER}")))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(prepare().tokenizer)


@pytest.fixture(scope="module")
def wordy(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return sentencepiece(tmp_path_factory.mktemp("pieces"))


def pieces(stream: TextStream, ids: list[int]) -> list[str]:
    found = []
    for token in ids:
        found.append(stream.feed(token))
        if stream.stopped:
            break
    return [*found, stream.finish()]


def spelled_in_bytes(tokenizer: Tokenizer, text: str) -> list[int]:
    return [tokenizer.vocabulary.ids[bytes([byte])] for byte in text.encode()]


# U+40000 and above hold no characters yet, and their bytes no tokens.
@given(TEXTS.filter(lambda text: all(ord(letter) < 0x40000 for letter in text)))
@settings(deadline=None, max_examples=300)
def test_pieces_join_to_the_text_without_the_white_space_around_it(
    tokenizer: Tokenizer, text: str
) -> None:
    stream = TextStream(tokenizer)
    found = pieces(stream, tokenizer.encode(text))
    assert "".join(found) == stream.text == text.strip()


@pytest.mark.parametrize("text", ["a\ufffdé.", "v\ufffd\ufffd🙂 z", "x\ufffd漢字", "end\ufffd"])
def test_what_half_a_character_decodes_to_may_be_a_character_itself(
    tokenizer: Tokenizer, text: str
) -> None:
    stream = TextStream(tokenizer)
    assert "".join(pieces(stream, spelled_in_bytes(tokenizer, text))) == stream.text == text


def test_a_character_comes_once_it_is_complete_though_its_token_goes_on(
    tokenizer: Tokenizer,
) -> None:
    ids = tokenizer.vocabulary.ids
    stream = TextStream(tokenizer)
    # The vocabulary has a token for a letter with half of the next one, which may go on so.
    assert [stream.feed(ids[t]) for t in (b"\xd0\xbe\xd0", b"\xb5")] == ["\u043e", "\u0435"]


@given(st.text("🙂é漢 a", min_size=1), st.integers(0, 40))
@settings(deadline=None, max_examples=200)
def test_no_piece_holds_half_a_character_even_where_the_answer_is_cut_short(
    tokenizer: Tokenizer, text: str, cut: int
) -> None:
    stream = TextStream(tokenizer)
    found = pieces(stream, tokenizer.encode(text)[:cut])
    assert all("\N{REPLACEMENT CHARACTER}" not in piece for piece in found)
    assert text.strip().startswith("".join(found))


@given(st.text("the total é🙂漢\n"), st.integers(0, 40))
@settings(deadline=None, max_examples=200)
def test_pieces_of_a_sentencepiece_vocabulary_join_to_the_text_too(
    wordy: Tokenizer, text: str, cut: int
) -> None:
    ids = wordy.encode(text)
    whole, short = TextStream(wordy), TextStream(wordy)
    assert "".join(pieces(whole, ids)) == whole.text == text.strip()
    found = pieces(short, ids[:cut])
    assert all("\N{REPLACEMENT CHARACTER}" not in piece for piece in found)
    assert text.strip().startswith("".join(found))


@given(TEXTS.filter(str.strip), st.lists(st.text("ab \n🙂x", min_size=1, max_size=4), max_size=3))
@settings(deadline=None, max_examples=300)
def test_a_stop_string_ends_the_text_before_it_wherever_token_borders_lie(
    tokenizer: Tokenizer, text: str, stop: list[str]
) -> None:
    # One inside another is complete first, and the longer one then never comes.
    assume(not any(one is not other and one in other for one in stop for other in stop))
    text = "".join(letter for letter in text if ord(letter) < 0x40000)
    stream = TextStream(tokenizer, stop)
    found = pieces(stream, tokenizer.encode(text))
    cuts = [at for s in stop if (at := text.find(s)) >= 0]
    assert stream.stopped == bool(cuts)
    assert "".join(found) == stream.text == text[: min(cuts, default=len(text))].strip()


def test_of_several_stop_strings_the_one_that_is_complete_first_ends_the_text(
    tokenizer: Tokenizer,
) -> None:
    stream = TextStream(tokenizer, ["🙂x ", "x"])
    assert "".join(pieces(stream, tokenizer.encode("🙂x y"))) == "🙂"


@given(st.text("the cat"), st.lists(st.text("the cat", min_size=1, max_size=4), max_size=3))
@example("x the cat", ["the", "h"])
@example("cathe", ["the", "cat", "at"])
@settings(deadline=None, max_examples=300)
def test_which_stop_string_ends_the_text_does_not_depend_on_token_borders(
    tokenizer: Tokenizer, text: str, stop: list[str]
) -> None:
    whole, by_letter = TextStream(tokenizer, stop), TextStream(tokenizer, stop)
    joined = "".join(pieces(whole, tokenizer.encode(text)))
    assert joined == "".join(pieces(by_letter, [t for x in text for t in tokenizer.encode(x)]))
    assert whole.text == by_letter.text == joined


def test_nothing_follows_a_stop_string(tokenizer: Tokenizer) -> None:
    stream = TextStream(tokenizer, ["o"])
    found = [stream.feed(token) for letter in "Norway" for token in tokenizer.encode(letter)]
    assert "".join(found) + stream.finish() == stream.text == "N"


def test_what_may_become_a_stop_string_is_held_back_and_then_given(tokenizer: Tokenizer) -> None:
    stream = TextStream(tokenizer, ["END OF LIST"])
    found = [stream.feed(token) for token in tokenizer.encode("one END OF")]
    assert "".join(found) == "one"
    assert stream.finish() == " END OF"


def test_text_comes_word_by_word(tokenizer: Tokenizer) -> None:
    stream = TextStream(tokenizer)
    assert [stream.feed(t) for t in tokenizer.encode("Total revenue rose")] == [
        "Total",
        " revenue",
        " rose",
    ]
