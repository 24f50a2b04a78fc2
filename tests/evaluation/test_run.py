"""Runs that are cut off go on where they were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from leopard_tools.errors import ContextTooLong, LeopardError
from leopard_tools.evaluation.run import ask_all, weights_version
from leopard_tools.types import Answer, Box, Citation

from .doubles import Scripted, question

QUESTIONS = [question("one"), question("two"), question("three")]
TEXTS = {"one?": "1", "two?": "2", "three?": "3"}


def test_a_run_that_was_cut_off_is_continued(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    with pytest.raises(KeyboardInterrupt):
        ask_all(Scripted({"one?": "1", "two?": "2"}), QUESTIONS, results=results)
    whole = results.read_text(encoding="utf-8")
    assert whole.count("\n") == 2
    results.write_text(whole + '{"system": "half a li', encoding="utf-8")

    second = Scripted(TEXTS)
    seen: list[tuple[int, int]] = []
    replies = ask_all(
        second, QUESTIONS, results=results, progress=lambda done, total: seen.append((done, total))
    )
    assert second.asked == [("three?", False)]
    assert [reply.text for reply in replies] == ["1", "2", "3"]
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert replies == ask_all(Scripted(TEXTS), QUESTIONS)  # as without a file
    assert results.read_text(encoding="utf-8").startswith(whole)


def test_a_reply_keeps_cost_and_citations() -> None:
    (reply,) = ask_all(Scripted(TEXTS), QUESTIONS[:1])
    assert reply.citations == (Citation(0, Box(1, 2, 3, 4), "1"),)
    assert (reply.seconds, reply.read_seconds, reply.confidence) == (0.5, 2.0, 0.75)
    assert (reply.prompt_tokens, reply.image_tokens, reply.completion_tokens) == (100, 80, 2)


def test_systems_and_changed_questions_are_told_apart(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    for system, verbatim in (("", False), ("", True), ("other", False)):
        leopard = Scripted(TEXTS)
        ask_all(leopard, QUESTIONS, results=results, system=system, verbatim=verbatim)
        assert len(leopard.asked) == 3
    changed = [replace(QUESTIONS[0], question="two?"), *QUESTIONS[1:]]
    leopard = Scripted(TEXTS)
    assert ask_all(leopard, changed, results=results)[0].text == "2"
    assert leopard.asked == [("two?", False)]


def test_what_does_not_fit_is_a_reply_with_the_reason() -> None:
    class Small(Scripted):
        def ask(self, *_: object, **__: object) -> Answer:
            raise ContextTooLong(9000, 8192)

    (reply,) = ask_all(Small({}), QUESTIONS[:1])
    assert reply.text == "" and reply.error is not None and "9,000" in reply.error


def test_a_results_file_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    for content in ("nonsense\n", "[]\n", '{"id": "one"}\n', '{"system": ", free", "key": "k"}\n'):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(LeopardError, match="line 1: this is no result"):
            ask_all(Scripted(TEXTS), QUESTIONS, results=file)
    with pytest.raises(LeopardError, match="cannot be written"):
        ask_all(Scripted(TEXTS), QUESTIONS, results=tmp_path / "no" / "folder.jsonl")
    with pytest.raises(LeopardError, match="cannot be used"):
        ask_all(Scripted(TEXTS), QUESTIONS, results=tmp_path)


def test_other_weights_have_another_version(tmp_path: Path) -> None:
    with pytest.raises(LeopardError, match="cannot be read"):
        weights_version(tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"1")
    first = weights_version(tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"2")
    assert len(first) == 12 and weights_version(tmp_path) != first
