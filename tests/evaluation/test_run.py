"""Runs that are cut off go on where they were, and say what could not be asked."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from leopard_tools import Leopard
from leopard_tools.errors import Cancelled, ContextTooLong, LeopardError
from leopard_tools.evaluation.asking import Manner
from leopard_tools.evaluation.dataset import read_questions
from leopard_tools.evaluation.questions import Question
from leopard_tools.evaluation.replies import Reply
from leopard_tools.evaluation.run import ask_all
from leopard_tools.evaluation.runfile import RunFile, read_run_file, write_run_file
from leopard_tools.evaluation.settings import (
    Settings,
    adapter_version,
    checkpoint_version,
    fingerprint_of,
    key_of,
    system_name,
    weights_version,
)
from leopard_tools.types import Answer, Box, Citation

from ..conftest import GOLDEN, ROOT
from .crashing import questions as many
from .crashing import texts
from .doubles import InTurn, Scripted, question

QUESTIONS = [question("one"), question("two"), question("three")]
TEXTS = {"one?": "1", "two?": "2", "three?": "3"}
VERBATIM = Manner(verbatim=True)


def settings(**changes: object) -> Settings:
    base = Settings("/data", "", "standard", "", "nano", "abc", "nano", "nano")
    return replace(base, **changes)  # type: ignore[arg-type]


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
    assert seen == [(2, 3), (3, 3)]
    assert replies == ask_all(Scripted(TEXTS), QUESTIONS)  # as without a file
    assert results.read_text(encoding="utf-8").startswith(whole)


@pytest.mark.parametrize(("concurrency", "kills"), [(1, 3), (4, 10)])
def test_a_run_killed_ten_times_is_as_one_that_never_was(
    tmp_path: Path, concurrency: int, kills: int
) -> None:
    count, draw = 120, random.Random(concurrency)
    results = tmp_path / "killed.jsonl"
    command = [
        sys.executable,
        "-m",
        "tests.evaluation.crashing",
        results,
        str(count),
        str(concurrency),
    ]
    asked: Counter[str] = Counter()
    for attempt in range(kills + 1):
        # The last one is let through; how far the others get is drawn.
        allowed = draw.randint(1, 11) if attempt < kills else count
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write("\n" * allowed)
            process.stdin.flush()
            for number, line in enumerate(process.stdout, 1):
                asked[line.strip()] += 1
                if attempt < kills and number == allowed:
                    process.kill()  # While its last answers are being written.
        assert process.returncode == (-9 if attempt < kills else 0)
    replies = ask_all(Scripted(texts(count)), many(count), results=results)
    assert replies == ask_all(Scripted(texts(count)), many(count))
    kept = results.read_text(encoding="utf-8").splitlines()
    assert len(kept) == count  # None stands there twice.
    # A question is asked again only if it was with the engine when the process was killed.
    assert set(asked) == {f"q{number}?" for number in range(count)}
    assert asked.total() <= count + kills * concurrency


def test_answers_may_come_in_any_order_and_stand_in_that_of_the_questions(tmp_path: Path) -> None:
    first_waits = threading.Event()

    class Late(Scripted):
        def ask(self, question: str, images: Iterable[object], **options: object) -> Answer:
            if question == "one?":
                assert first_waits.wait(30)
            elif question == "three?":
                first_waits.set()
            return super().ask(question, images, cite=True)

    results = tmp_path / "results.jsonl"
    replies = ask_all(Late(TEXTS), QUESTIONS, results=results, concurrency=3)
    assert [reply.text for reply in replies] == ["1", "2", "3"]
    (kept,) = read_run_file(results).values()
    assert {reply.id: reply.text for reply in kept.replies.values()} == {
        "one": "1",
        "two": "2",
        "three": "3",
    }


def test_an_error_ends_what_is_under_way_and_keeps_what_is_done(tmp_path: Path) -> None:
    class Failing(Scripted):
        def ask(
            self,
            question: str,
            images: Iterable[object],
            *,
            cancel: threading.Event | None = None,
            **options: object,
        ) -> Answer:
            if question == "one?":
                return super().ask(question, images)
            if question == "two?":
                raise LeopardError("the disk is full")
            assert cancel is not None and cancel.wait(30)
            raise Cancelled

    results = tmp_path / "results.jsonl"
    with pytest.raises(LeopardError, match="disk is full"):
        ask_all(Failing(TEXTS), QUESTIONS, results=results, concurrency=2)
    (kept,) = read_run_file(results).values()
    assert [reply.id for reply in kept.replies.values()] == ["one"]


def test_an_error_loses_none_of_the_answers_that_came_with_it(tmp_path: Path) -> None:
    together = threading.Barrier(4)

    class AllAtOnce(Scripted):
        def ask(self, question: str, images: Iterable[object], **options: object) -> Answer:
            together.wait(30)
            if question == "0?":
                raise LeopardError("the disk is full")
            return super().ask(question, images)

    asked = [question(str(number)) for number in range(4)]
    results = tmp_path / "results.jsonl"
    leopard = AllAtOnce({f"{number}?": "x" for number in range(4)})
    with pytest.raises(LeopardError, match="disk is full"):
        ask_all(leopard, asked, results=results, concurrency=4)
    (kept,) = read_run_file(results).values()
    assert {reply.id for reply in kept.replies.values()} == {"1", "2", "3"}


def test_the_engines_queue_gives_the_answers_that_asking_one_by_one_gives(nano: Leopard) -> None:
    questions = read_questions(ROOT / "examples" / "data" / "eval")[:8]
    side_by_side = ask_all(nano, questions, concurrency=4)
    one_by_one = ask_all(nano, questions)
    assert [r.text for r in side_by_side] == [r.text for r in one_by_one]
    assert [r.citations for r in side_by_side] == [r.citations for r in one_by_one]
    for found, wanted in zip(side_by_side, one_by_one, strict=True):
        assert found.confidence == pytest.approx(wanted.confidence, abs=1e-4)
        assert found.probability == pytest.approx(wanted.probability, abs=1e-4)


@pytest.mark.parametrize("probability", [0.0, 0.5, None])
def test_a_reply_is_the_same_after_it_was_written(probability: float | None) -> None:
    reply = Reply("1", "Oslo", 0.9, probability=probability)
    assert Reply.from_dict(json.loads(json.dumps(reply.to_dict()))) == reply


def test_a_reply_keeps_cost_and_citations() -> None:
    (reply,) = ask_all(Scripted(TEXTS), QUESTIONS[:1])
    assert reply.citations == (Citation(0, Box(1, 2, 3, 4), "1"),)
    assert (reply.seconds, reply.read_seconds, reply.probability) == (0.5, 2.0, 0.5)
    assert (reply.prompt_tokens, reply.image_tokens, reply.completion_tokens) == (100, 80, 2)


def test_systems_and_changed_questions_are_told_apart(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    for system, manner in (("", Manner()), ("", VERBATIM), ("other", Manner())):
        leopard = Scripted(TEXTS)
        ask_all(leopard, QUESTIONS, results=results, system=system, manner=manner)
        assert len(leopard.asked) == 3
    changed = [replace(QUESTIONS[0], question="two?"), *QUESTIONS[1:]]
    leopard = Scripted(TEXTS)
    assert ask_all(leopard, changed, results=results)[0].text == "2"
    assert leopard.asked == [("two?", False)]


def test_a_question_is_asked_again_where_its_picture_changed(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Drawn:
        name: str
        colour: str

        def source(self) -> Image.Image:
            return Image.new("RGB", (60, 60), self.colour)

    @dataclass(frozen=True)
    class Encoded:
        name: str
        content: bytes

        def source(self) -> bytes:
            return self.content

    def asked(colour: str) -> list[Question]:
        (tmp_path / "file.png").write_bytes(colour.encode())
        pictures = (tmp_path / "file.png", Drawn("drawn", colour), Encoded("cell", colour.encode()))
        return [replace(question(p.name), images=(p,)) for p in pictures]

    results = tmp_path / "results.jsonl"

    def answers(questions: list[Question], *texts: str) -> list[str]:
        return [reply.text for reply in ask_all(InTurn(texts), questions, results=results)]

    assert answers(asked("red"), "1", "2", "3") == ["1", "2", "3"]
    assert answers(asked("red")) == ["1", "2", "3"]
    assert answers(asked("blue"), "4", "5", "6") == ["4", "5", "6"]
    assert answers([*asked("blue")[:2], asked("green")[2]], "7", "8") == ["7", "5", "8"]
    # What cannot be read now says nothing against the answer.
    (tmp_path / "file.png").unlink()
    gone = [replace(question("file.png"), images=(tmp_path / "file.png",))]
    assert answers(gone) == ["7"]
    (kept,) = read_run_file(results).values()
    assert [reply.text for reply in kept.replies.values()] == ["7", "5", "8"]


def test_run_files_of_before_pictures_were_noted_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"red")
    asked = [replace(question("one"), images=(tmp_path / "a.png",))]
    results = tmp_path / "results.jsonl"
    ask_all(InTurn(["1"]), asked, results=results)
    line = json.loads(results.read_text())
    del line["pictures"]
    results.write_text(json.dumps(line) + "\n")
    (tmp_path / "a.png").write_bytes(b"blue")
    assert [reply.text for reply in ask_all(InTurn([]), asked, results=results)] == ["1"]


def test_what_does_not_fit_is_a_reply_with_the_reason() -> None:
    class Small(Scripted):
        def ask(self, *_: object, **__: object) -> Answer:
            raise ContextTooLong(9000, 8192)

    (reply,) = ask_all(Small({}), QUESTIONS[:1])
    assert reply.text == "" and reply.error is not None and "9,000" in reply.error


def test_broken_pictures_are_named_and_asked_about_again_once_they_are_mended(
    tmp_path: Path, nano: Leopard
) -> None:
    good = ROOT / "examples" / "data" / "scan.jpg"
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(good.read_bytes()[:3000])
    asked = [
        Question("a", (good, cut), "What is the invoice number?", ("x",), "lookup"),
        Question("b", (tmp_path / "absent.png",), "Who?", ("x",), "lookup"),
        Question("c", (good,), "What is the due date of the invoice?", ("x",), "lookup"),
    ]
    results = tmp_path / "results.jsonl"
    first = ask_all(nano, asked, results=results)
    assert [reply.broken for reply in first] == [(str(cut),), (str(tmp_path / "absent.png"),), ()]
    assert first[0].error is not None and "cut.jpg" in first[0].error
    assert first[2].text == "2 October 2025"
    cut.write_bytes(good.read_bytes())
    again = ask_all(nano, asked, results=results)
    assert [bool(reply.broken) for reply in again] == [False, True, False]
    assert again[0].text and again[2] == first[2]


def test_settings_stand_before_the_answers_and_again_where_they_changed(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    ask_all(Scripted(TEXTS), QUESTIONS[:1], results=results, settings=settings())
    ask_all(Scripted(TEXTS), QUESTIONS[:2], results=results, settings=settings(started="later"))
    ask_all(Scripted(TEXTS), QUESTIONS, results=results, settings=settings(dtype="int8"))
    nothing_new = results.read_bytes()
    ask_all(Scripted(TEXTS), QUESTIONS, results=results, settings=settings(dtype="float16"))
    assert results.read_bytes() == nothing_new
    (kept,) = read_run_file(results).values()
    assert [one.dtype for one in kept.settings] == ["auto", "int8"]
    lines = nothing_new.decode().splitlines()
    assert ["settings" in line for line in lines] == [True, False, False, True, False]


def test_two_processes_cannot_write_one_file(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    with RunFile(file, "one"), pytest.raises(LeopardError, match="Another run is writing"):
        RunFile(file, "two")
    with RunFile(file, "two"):
        pass


def test_a_results_file_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    for content in (
        "nonsense\n",
        "[]\n",
        '{"id": "one"}\n',
        '{"system": ", free", "key": "k"}\n',
        '{"system": ", free", "settings": {}}\n',
    ):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(LeopardError, match="line 1: this is no result"):
            ask_all(Scripted(TEXTS), QUESTIONS, results=file)
    file.write_text("[" * 100_000 + "\n", encoding="utf-8")
    with pytest.raises(LeopardError, match="line 1: this is no result"):
        ask_all(Scripted(TEXTS), QUESTIONS, results=file)
    with pytest.raises(LeopardError, match=r"cannot be written: there is no folder .*Make it\."):
        ask_all(Scripted(TEXTS), QUESTIONS, results=tmp_path / "no" / "folder.jsonl")
    with pytest.raises(LeopardError, match=r"cannot be written: Is a directory\. Give another"):
        ask_all(Scripted(TEXTS), QUESTIONS, results=tmp_path)


@pytest.mark.parametrize(
    ("written", "edited"),
    [
        ('"text": "Oslo"', '"text": null'),
        ('"text": "Oslo"', '"text": 42'),
        ('"seconds": 0.5', '"seconds": "fast"'),
        ('"error": null', '"error": 5'),
        ('"probability": 0.5', '"probability": NaN'),
        ('"probability": 0.5', '"probability": "high"'),
        ('"image": 0', '"image": "first"'),
        ('"width": 3', '"width": null'),
        ('"dataset": "set"', '"dataset": null'),
        ('"limit": null', '"limit": "all"'),
        ('"shards": 1', '"shards": 0'),
    ],
)
def test_a_line_that_was_edited_to_what_it_cannot_be_is_named(
    tmp_path: Path, written: str, edited: str
) -> None:
    cited = (Citation(0, Box(1, 2, 3, 4), "in Oslo"),)
    reply = Reply("1", "Oslo", 0.9, cited, seconds=0.5, probability=0.5)
    file = tmp_path / "results.jsonl"
    write_run_file(file, "nano", settings(dataset="set"), [("key", reply)])
    content = file.read_text()
    number = 1 if written in content.splitlines()[0] else 2
    assert content.count(written) == 1
    file.write_text(content.replace(written, edited))
    with pytest.raises(LeopardError, match=f"line {number}: this is no result"):
        read_run_file(file)


@pytest.mark.parametrize("content", ["dear diary\nmy last line", '{"data": []}', "x"])
def test_a_file_that_is_no_run_file_stays_as_it_was(tmp_path: Path, content: str) -> None:
    file = tmp_path / "notes.txt"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(LeopardError, match="line 1: this is no result"):
        ask_all(Scripted(TEXTS), QUESTIONS, results=file)
    assert file.read_text(encoding="utf-8") == content


@pytest.mark.parametrize("length", [0, 5, 40])
def test_a_run_that_was_cut_off_in_its_first_line_is_begun_anew(
    tmp_path: Path, length: int
) -> None:
    file, whole = tmp_path / "results.jsonl", tmp_path / "whole.jsonl"
    ask_all(Scripted(TEXTS), QUESTIONS, results=whole)
    file.write_bytes(whole.read_bytes()[:length])
    ask_all(Scripted(TEXTS), QUESTIONS, results=file)
    assert file.read_bytes() == whole.read_bytes()


def test_names_and_texts_that_are_no_text_are_kept_as_they_are(tmp_path: Path) -> None:
    asked = [replace(question("half \ud83d"), answers=("\ud83d",))]
    described = settings(dataset=os.fsdecode(b"/data/caf\xe9"), fingerprint=fingerprint_of(asked))
    results, merged = tmp_path / "results.jsonl", tmp_path / "merged.jsonl"
    replies = ask_all(InTurn(["1"]), asked, results=results, settings=described)
    assert ask_all(InTurn([]), asked, results=results, settings=described) == replies
    write_run_file(merged, "nano", described, [(key_of(asked[0]), replies[0])])
    for file in (results, merged):
        (kept,) = read_run_file(file).values()
        assert kept.settings == [described] and [*kept.replies.values()] == replies


def test_answers_that_were_kept_without_evidence_are_asked_again_where_it_is_wanted(
    tmp_path: Path,
) -> None:
    class Small(Scripted):
        def ask(self, question: str, images: Iterable[object], **options: Any) -> Answer:
            if question == "two?":
                raise ContextTooLong(9000, 8192)
            return super().ask(question, images, cite=options["cite"])

    results = tmp_path / "results.jsonl"
    asked = []
    for evidence in (False, True, True, False):
        leopard = Small(TEXTS)
        replies = ask_all(leopard, QUESTIONS, results=results, manner=Manner(evidence=evidence))
        asked.append([text for text, _ in leopard.asked])
    assert asked == [["one?", "three?"], ["one?", "three?"], [], []]
    assert [bool(reply.citations) for reply in replies] == [True, False, True]


def test_other_weights_have_another_version(tmp_path: Path) -> None:
    with pytest.raises(LeopardError, match="cannot be read"):
        weights_version(tmp_path)
    with pytest.raises(LeopardError, match="holds no checkpoint"):
        checkpoint_version(tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"1")
    first = weights_version(tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"2")
    assert len(first) == 12 and weights_version(tmp_path) != first
    with pytest.raises(LeopardError, match=r"adapter_config\.json cannot be read"):
        adapter_version(tmp_path)
    (tmp_path / "adapter_config.json").write_text('{"lora_alpha": 1}')
    first = adapter_version(tmp_path)
    (tmp_path / "adapter_config.json").write_text('{"lora_alpha": 2}')
    assert len(first) == 12 and adapter_version(tmp_path) != first
    tiny = GOLDEN / "leopard-idefics2-tiny"
    assert checkpoint_version(tiny) != checkpoint_version(GOLDEN / "leopard-llava-tiny")


def test_a_systems_name_has_what_changes_an_answer() -> None:
    assert system_name(settings()) == "nano, abc"
    full = settings(benchmark="dude", protocol="published", dtype="int8", shard=2, shards=3)
    assert system_name(full) == "nano, abc, dude published, int8, shard 2/3"
