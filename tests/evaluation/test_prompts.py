"""The published prompts, and what of a reply the published scripts score."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from leopard_tools import Leopard, Message
from leopard_tools.evaluation.asking import Manner, ask
from leopard_tools.evaluation.letters import Script
from leopard_tools.evaluation.plan import make_plan
from leopard_tools.evaluation.prompts import Here, joined, parts_of, published_text
from leopard_tools.evaluation.questions import Question
from leopard_tools.evaluation.registry import find_benchmark
from leopard_tools.evaluation.replies import Reply
from leopard_tools.evaluation.scoring import PublishedScorer

from .doubles import InTurn


def published(small: Path, name: str, script: Script, number: int = 0) -> Question:
    plan = make_plan(small / name, benchmark=name, protocol="published", script=script)
    return plan.questions[number]


def test_marks_that_are_missing_come_in_front() -> None:
    question = Question("1", (Path("a"), Path("b")), "Who?", ("x",), "page")
    text = published_text(question, "idefics2")
    assert text == "<image><image>Who? Answer with a single word or phrase."
    assert published_text(question, "llava") == (
        "<image><image> Who?\nAnswer the question using a single word or phrase."
    )
    assert parts_of(text, 2) == [Here(0), Here(1), text.removeprefix("<image><image>")]
    assert parts_of("a<image>b<image>", 1) == ["a", Here(0), "b<image>"]


def test_the_first_script_repeats_the_options_and_the_word(small: Path) -> None:
    question = published(small, "scienceqa", "idefics2")
    assert published_text(question, "idefics2") == (
        "<image> Which way?\nHint: \nChoices:\n\nOptions: A. north B. south\n"
        "\nOptions: \nOptions: A. north B. south\n Answer with the letter."
    )


def test_the_second_script_leaves_options_to_the_question(small: Path) -> None:
    question = published(small, "mirb", "llava", 2)
    assert question.kind == "food" and published_text(question, "llava") == (
        "<image> <image> Which is bread?\nChoices:\nA. the first\nB. the second\n"
        "Answer with the option's letter from the given choices directly."
    )


def test_pictures_stand_where_the_text_has_them(small: Path) -> None:
    question = published(small, "mmmu", "llava", 1)
    assert [image.name for image in question.images] == [
        "Art/validation-00000-of-00001.parquet#1.image_1",
        "Art/validation-00000-of-00001.parquet#1.image_2",
    ]
    assert question.question == "How many are in <image> and <image>?"
    first = published(small, "mmmu", "idefics2", 0)
    # Its second picture is asked for in an option, and only there.
    assert first.question == "Who is in <image>?\nChoices:\n\nOptions: A. a <image> B. Ann\n"
    assert "Options: A. a <image 2> B. Ann" in published_text(first, "idefics2")


def test_every_question_of_a_set_of_charts_carries_all_its_charts(small: Path) -> None:
    for number in (0, 1):
        question = published(small, "multichartqa", "llava", number)
        assert [image.name for image in question.images] == ["a.png", "b.png", "c.png"]
    plain = make_plan(small / "multichartqa").questions
    assert [len(question.images) for question in plain] == [2, 1, 9]


def test_what_a_variant_gets_is_the_published_text(small: Path) -> None:
    question = published(small, "docvqa", "idefics2")
    kept: list[object] = []
    ask(InTurn(["x"], kept.append), question, Manner("idefics2", "idefics2"))
    ((image, text),) = kept
    assert isinstance(image, Path)
    assert text == " What is the total? Answer with a single word or phrase."


def words(leopard: Leopard, content: object) -> str:
    """A conversation's prompt with its markers written out, runs of image positions once."""
    inquiry = leopard._converse([Message("user", content)], None, {})  # type: ignore[arg-type]
    fast = leopard._variant.tokenizer._fast
    runs = [(token, len(list(run))) for token, run in groupby(inquiry.prompt().ids)]
    texts = (fast.id_to_token(t) * (n if n < 64 else 1) for t, n in runs)
    return "".join(texts).replace("Ġ", " ").replace("Ċ", "\n").replace("▁", " ")


def contents(question: Question, manner: Manner) -> Any:
    """What a message holds when a question is asked in this manner."""
    kept: list[object] = []
    ask(InTurn(["x"], kept.append), question, manner)
    return kept[0]


def built(leopard: Leopard, question: Question, manner: Manner) -> str:
    return words(leopard, contents(question, manner))


def test_leopard_idefics2_gets_the_published_prompt(small: Path, idefics2: Leopard) -> None:
    around = "<fake_token_around_image>"
    found = built(idefics2, published(small, "docvqa", "idefics2"), Manner("idefics2", "idefics2"))
    assert found == (
        f"<s>User: {around}<image>{around} What is the total? Answer with a single word or phrase."
        "<end_of_utterance>\nAssistant:"
    )


def test_leopard_llava_gets_the_published_prompt(small: Path, llava: Leopard) -> None:
    found = built(llava, published(small, "docvqa", "llava"), Manner("llava", "llava"))
    start, end = "<|reserved_special_token_20|>", "<|reserved_special_token_21|>"
    image = llava._variant.tokenizer._fast.id_to_token(llava._variant.image_token)  # type: ignore[attr-defined]
    assert found == (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n"
        f"image 1: {start}{image}{end} What is the total?\n"
        "Answer the question using a single word or phrase.<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )


def test_spaces_between_images_are_kept_as_published(
    small: Path, idefics2: Leopard, llava: Leopard
) -> None:
    around = "<fake_token_around_image>"
    question = published(small, "mirb", "idefics2", 2)
    found = built(idefics2, question, Manner("idefics2", "idefics2"))
    image = f"{around}<image>{around}"
    assert found.startswith(f"<s>User: {image} {image} Which is bread?\n")
    found = built(llava, published(small, "mirb", "llava", 2), Manner("llava", "llava"))
    assert "<|reserved_special_token_21|> image 2: <|reserved_special_token_20|>" in found
    assert "<|reserved_special_token_21|> Which is bread?\n" in found


def test_the_standard_protocol_asks_in_the_variants_own_words() -> None:
    assert joined("Who?", None, "idefics2") == "Who? Answer with a single word or phrase."
    assert joined("Who?", None, "nano") == "Who?\nAnswer with a single word or phrase."
    assert joined("Who?", None, "llava").endswith(
        "\nAnswer the question using a single word or phrase."
    )
    assert joined("Who?", "", "llava") == "Who?"


def test_a_reply_without_its_space_leaves_the_whole_prompt_to_be_scored() -> None:
    question = Question("1", (Path("a"),), "Which city?", ("Oslo",), "page")
    scorer = PublishedScorer(find_benchmark("docvqa"), "idefics2")
    assert scorer.measure(question, Reply("1", "Oslo"))["accuracy"] == 1.0
    # Of prompt and reply only what stands behind the prompt's "Answer " counts.
    assert scorer.measure(question, Reply("1", "Oslo", joined=True))["accuracy"] == 0.0
    word = replace(question, answers=("word",))
    assert scorer.measure(word, Reply("1", "Oslo", joined=True))["accuracy"] == 1.0
    other = PublishedScorer(find_benchmark("docvqa"), "llava")
    assert other.measure(question, Reply("1", "Oslo", joined=True))["accuracy"] == 1.0


def test_whether_a_reply_begins_with_a_space_is_read_off_its_first_token(
    small: Path, idefics2: Leopard
) -> None:
    fast = idefics2._variant.tokenizer._fast
    seen = set()
    for name in ("docvqa", "mirb", "scienceqa", "mmmu"):
        question = published(small, name, "idefics2")
        reply = ask(idefics2, question, Manner("idefics2", "idefics2", evidence=False))
        content = contents(question, Manner("idefics2", "idefics2"))
        answer = idefics2.chat([Message("user", content)])
        tokens = [fast.id_to_token(token) for token in answer.token_ids]
        first = next(token for token in tokens if token not in ("<s>", "</s>"))
        assert reply.text == answer.text and reply.joined is not first.startswith("Ġ")
        seen.add(reply.joined)
    assert seen == {True, False}  # Both are met among these random answers.


def test_an_answer_that_could_not_be_asked_is_wrong_and_throws_no_dice(small: Path) -> None:
    question = published(small, "mmmu", "llava", 2)
    scorer = PublishedScorer(find_benchmark("mmmu"), "llava")
    assert scorer.measure(question, Reply("1", "", error="too long")) == {"accuracy": 0.0}
    # The first throw of the seed is still to come, and it is C.
    assert scorer.measure(question, Reply("1", "no idea")) == {"accuracy": 1.0}


@pytest.mark.parametrize(("script", "score"), [("idefics2", 1.0), ("llava", 0.0)])
def test_only_the_first_script_takes_unknown_for_no_answer(script: Script, score: float) -> None:
    question = Question("1", (Path("a"),), "Who?", (), "not-answerable")
    scorer = PublishedScorer(find_benchmark("dude"), script)
    assert scorer.measure(question, Reply("1", "unknown"))["accuracy"] == score
