"""What was written for training: right as far as a program can tell, and drawn as it is meant."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from jsonschema import Draft202012Validator

from leopard_tools.training.samples import ABSENT, Context, Dialogue, Pen
from leopard_tools.training.written import conversations, texts
from leopard_tools.training.written.conversations import WrittenTools, read_conversations
from leopard_tools.training.written.sources import cited
from leopard_tools.training.written.stock import (
    BESIDES,
    draw_comparisons,
    draw_context,
    draw_dialogue,
    draw_sources,
    written_contexts,
    written_tools,
)
from leopard_tools.training.written.texts import (
    WrittenContext,
    WrittenInvalid,
    WrittenQuestion,
    read_written,
)
from leopard_tools.variants.heads import write_rows
from leopard_tools.variants.ranking import rankings

DATA = Path(__file__).parents[2] / "examples" / "data"
PLACE = re.compile(r"\{(\d+)\}")
COUNT = 200


def every_context() -> list[WrittenContext]:
    return [*written_contexts(False), *written_contexts(True)]


def every_tools() -> list[WrittenTools]:
    return [*written_tools(False), *written_tools(True)]


@pytest.mark.parametrize("file", sorted(texts.FOLDER.glob("*.txt")), ids=lambda file: file.stem)
def test_an_answer_stands_on_the_pages_or_is_counted_or_judged(file: Path) -> None:
    for context in read_written(file):
        count = len(context.pages)
        assert 1 <= count <= 8 and all(context.pages) and context.questions, context.name
        text = "\n".join(" | ".join(row) for page in context.pages for row in page).casefold()
        for question in context.questions:
            said = (*question.phrasings, question.answer)
            assert all(1 <= int(n) <= count for t in said for n in PLACE.findall(t)), question
            answer = question.answer.casefold()
            alone = answer.isdigit() or answer in ("yes", "no", ABSENT) or "{" in answer
            assert alone or answer in text or all(p in text for p in answer.split(", ")), question


@pytest.mark.parametrize(
    "file", sorted(conversations.FOLDER.glob("*.txt")), ids=lambda file: file.stem
)
def test_calls_are_of_tools_that_are_offered_with_arguments_that_they_take(file: Path) -> None:
    for written in read_conversations(file):
        tools = {tool.name: tool.parameters for tool in written.tools}
        assert len(tools) == len(written.tools) and written.dialogues, written.name
        for turns in written.dialogues:
            spoken = "".join(turn.speaker for turn in turns)
            assert re.fullmatch(r"(U(CT)*A)+", spoken), turns
            said = [turn for turn in turns if turn.speaker == "A"]
            assert written.pages or all(turn.phrasings != (ABSENT,) for turn in said), turns
            for call in (call for turn in turns for call in turn.calls):
                Draft202012Validator(tools[call.name]).validate(call.arguments)
                known = tools[call.name].get("properties", {})
                assert isinstance(known, dict) and set(call.arguments) <= set(known), call


def test_names_are_unique_and_a_part_is_kept_out() -> None:
    for found, held in (
        (every_context(), written_contexts(True)),
        (every_tools(), written_tools(True)),
    ):
        names = [written.name for written in found]
        assert len(set(names)) == len(names)
        assert 0.04 < len(held) / len(found) < 0.14


def test_what_is_kept_out_is_not_drawn() -> None:
    held = {p for c in written_contexts(True) for q in c.questions if q.named for p in q.phrasings}
    drawn = {q.text.split("\n")[0] for n in range(COUNT) for q in draw_context(1, n).questions}
    assert len(drawn) > 1000
    assert drawn.isdisjoint(held)


def test_comparisons_are_mostly_questions_whose_figures_are_compared() -> None:
    drawn = [draw_comparisons(1, number) for number in range(20)]
    ranked = [[bool(rankings(c.images, q.text)) for q in c.questions] for c in drawn]
    assert all(sum(found) >= 2 and len(found) - sum(found) <= BESIDES for found in ranked)
    assert drawn == [draw_comparisons(1, number) for number in range(20)]


def test_no_question_of_the_evaluation_is_asked() -> None:
    rows = [
        json.loads(line)
        for name in ("eval", "eval-fresh")
        for line in (DATA / name / "questions.jsonl").read_text("utf-8").splitlines()
    ]
    evaluated = {row["question"].casefold().strip("?. ") for row in rows}
    asked = {p for c in every_context() for q in c.questions for p in q.phrasings}
    assert {text for text in asked if text.casefold().strip("?. ") in evaluated} == set()


def test_a_number_gives_the_same_samples_in_every_process() -> None:
    program = (
        "from leopard_tools.training.written.stock import draw_context, draw_dialogue\n"
        "print([(draw_context(3, n), draw_dialogue(3, n)) for n in range(6)])"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == str(
        [(draw_context(3, n), draw_dialogue(3, n)) for n in range(6)]
    )


def contexts() -> list[tuple[Context, WrittenContext]]:
    """Drawn contexts of which a page is as it was written, with what was written."""
    known = {write_rows(page): written for written in every_context() for page in written.pages}
    found = []
    for context in (draw_context(2, number) for number in range(COUNT)):
        for written in (known[text] for text in context.images if text in known):
            asked = {phrasing for q in written.questions for phrasing in q.phrasings}
            if any(question.text.split("\n")[0] in asked for question in context.questions):
                found.append((context, written))
                break
    assert len(found) > COUNT / 4
    return found


def test_an_answer_that_is_a_page_is_the_page_that_was_meant() -> None:
    seen = 0
    for context, written in contexts():
        meant = {
            phrasing: write_rows(written.pages[int(PLACE.findall(q.answer)[0]) - 1])
            for q in written.questions
            if q.kind == "which image"
            for phrasing in q.phrasings
        }
        for question in context.questions:
            page = meant.get(question.text.split("\n")[0])
            if question.kind == "which image" and page in context.images:
                assert question.answer == f"image {context.images.index(page) + 1}", question
                seen += 1
    assert seen > 30


def test_among_other_pages_only_what_names_its_subject_is_asked() -> None:
    seen = 0
    for context, written in contexts():
        if len(context.images) > len(written.pages):
            unclear = {p for q in written.questions if not q.named for p in q.phrasings}
            assert unclear.isdisjoint(q.text.split("\n")[0] for q in context.questions)
            seen += 1
    assert seen > 10


def test_a_conversation_in_the_form_of_react_keeps_to_it() -> None:
    drawn = [draw_dialogue(2, number) for number in range(COUNT)]
    react = [dialogue for dialogue in drawn if "Action Input" in dialogue.system]
    assert 0.15 * COUNT < len(react) < 0.4 * COUNT
    actions = [step for dialogue in react for step in _actions(dialogue)]
    assert len(actions) > 100
    for system, name, arguments in actions:
        assert f"> Tool Name: {name}\n" in system
        assert isinstance(json.loads(arguments), dict)


def test_what_is_said_of_sources_in_a_question_holds() -> None:
    kinds: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    for number in range(3 * COUNT):
        dialogue = draw_sources(2, number)
        assert dialogue.branches and not dialogue.images
        for user, assistant in dialogue.branches:
            assert "{" not in user.text.split("\n")[-1]
            assert "image " not in assistant.text or assistant.text == ABSENT, assistant
            kinds[assistant.kind] += 1
            said, texts = assistant.text, _numbered(user.text)
            if assistant.kind == "judged":
                verdicts[said] += 1
            elif assistant.kind == "cited" and said != ABSENT:
                parts = re.fullmatch(r"(.*) \[(\d)\]", said, re.DOTALL)
                assert parts and parts[1].casefold() in texts[int(parts[2])].casefold()
            elif assistant.kind == "ranked":
                assert int(said[len("Doc: ")]) in texts
    assert min(kinds[kind] for kind in ("written", "cited", "judged", "ranked")) > 100
    # Neither verdict may be the one to guess.
    assert 0.5 < verdicts["YES"] / verdicts["NO"] < 2


def test_among_pages_of_others_only_what_names_its_subject_is_called_absent() -> None:
    asked = tuple(
        WrittenQuestion((text,), ABSENT, text == "named") for text in ("named", "unclear")
    )
    page = [["Soup", "Leek"]]
    single, other = WrittenContext("a", [page], [*asked]), WrittenContext("b", [page], [])
    double = WrittenContext("a", [page, page], [*asked])
    for written, others, most in ((single, [other], 1), (single, [], 2), (double, [other], 2)):
        dialogue = cited(Pen(Random(1)), written, others)
        assert dialogue and len(dialogue.branches) == most


def _numbered(text: str) -> dict[int, str]:
    """The numbered texts of a question, the last of each number: examples come before."""
    parts = re.split(r"^(?:Source |Document )(\d)(?::|\])\n|^\[(\d)\] ?", text, flags=re.MULTILINE)
    numbers = [a or b for a, b in zip(parts[1::3], parts[2::3], strict=True)]
    return {int(n): body for n, body in zip(numbers, parts[3::3], strict=True)}


def _actions(dialogue: Dialogue) -> list[tuple[str, str, str]]:
    """The system turn, the tool and its arguments, for every action."""
    found = []
    for turn in (turn for branch in dialogue.branches for turn in branch):
        if turn.role == "assistant":
            lines = turn.text.split("\n")
            assert lines[0].startswith("Thought: ") and lines[0][9:] in dialogue.system
            if lines[1].startswith("Action: "):
                found.append(
                    (dialogue.system, lines[1][8:], lines[2].removeprefix("Action Input: "))
                )
            else:
                assert lines[1].startswith("Answer: ")
    return found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("=== a\n--- page\nx\n--- questions\n? Who?\n? When?\n= x", "a.txt:6: a question before"),
        ("=== a\n--- page\nx\n--- questions\n= x", "a.txt:5: an answer without a question"),
        ("=== a\n--- pages\nx", "a.txt:2: an unknown part"),
        ("=== a\nx", "a.txt:2: neither"),
    ],
)
def test_a_file_that_is_not_of_the_form_is_refused_with_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrittenInvalid, match=re.escape(message)):
        read_written(file)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("=== a\n--- tools\n{", 3),
        ("=== a\n--- dialogue\nU: Hi\nX: no", 4),
        ("--- tools\n{}", 1),
        ('=== a\n--- tools\n{"name": "f"}', 3),
    ],
)
def test_conversations_that_are_not_of_the_form_are_refused_with_their_line(
    tmp_path: Path, text: str, line: int
) -> None:
    file = tmp_path / "b.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrittenInvalid, match=rf"b\.txt:{line}: "):
        read_conversations(file)
