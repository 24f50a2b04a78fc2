"""Dialogues with tools: calls that fit the tools offered, and answers where none does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest

from leopard_tools.tool_format import ToolCall, parse_calls
from leopard_tools.training.dialogues import NOT_POSSIBLE, make_dialogue
from leopard_tools.training.samples import Context, Dialogue, Said
from leopard_tools.training.stream import make_sample

COUNT = 150


def dialogues(held: bool) -> list[Dialogue]:
    return [make_dialogue(3, number, held=held) for number in range(COUNT)]


def offered(dialogue: Dialogue) -> dict[str, dict[str, object]]:
    """The tools of the system turn by name."""
    listed = dialogue.system.split("<tools>")[1].removesuffix("</tools>")
    return {tool["name"]: tool for tool in json.loads(listed)}


def calls(branch: tuple[Said, ...]) -> list[ToolCall]:
    return [c for turn in branch if turn.role == "assistant" for c in parse_calls(turn.text) or ()]


def fits(value: object, schema: dict[str, object]) -> bool:
    """Whether an argument is of its parameter's type, and one of its values."""
    kind = schema["type"]
    if kind == "boolean" or isinstance(value, bool):
        return kind == "boolean" and isinstance(value, bool)
    if kind in ("integer", "number"):
        return isinstance(value, int) or (kind == "number" and isinstance(value, float))
    values = schema.get("enum", [value])
    assert isinstance(values, list)
    return isinstance(value, str if kind == "string" else list) and value in values


def test_a_number_gives_the_same_dialogue_in_every_process() -> None:
    program = (
        "from leopard_tools.training.dialogues import make_dialogue\n"
        "print([make_dialogue(3, number) for number in range(12)])"
    )
    command = [sys.executable, "-c", program]
    other = subprocess.run(command, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == str([make_dialogue(3, number) for number in range(12)])


@pytest.mark.parametrize("held", [False, True])
def test_calls_are_of_tools_that_are_offered_with_arguments_that_they_take(held: bool) -> None:
    for dialogue in dialogues(held):
        tools = offered(dialogue)
        assert 1 <= len(tools) <= 6
        for call in (call for branch in dialogue.branches for call in calls(branch)):
            tool = tools[call.name]
            parameters = tool.get("parameters", {})
            assert isinstance(parameters, dict)
            assert set(tool.get("required", [])) <= set(call.arguments) <= set(parameters)  # type: ignore[call-overload]
            assert all(fits(v, parameters[name]) for name, v in call.arguments.items()), call


def test_what_is_copied_stands_in_the_request_or_on_the_page() -> None:
    for dialogue in dialogues(held=False):
        page = " ".join(dialogue.images).replace("\n", " ")
        for branch in dialogue.branches:
            for call in calls(branch):
                for value in call.arguments.values():
                    for text in value if isinstance(value, list) else [value]:
                        # Values of an enum and yes or no may be meant in other words.
                        if isinstance(text, str) and (" " in text or any(map(str.isdigit, text))):
                            assert text in branch[0].text or text in page, branch


def test_no_two_tools_offered_have_a_name_in_common_and_refusals_have_no_tool() -> None:
    for dialogue in dialogues(held=False):
        requests = {branch[0].text for branch in dialogue.branches if calls(branch)}
        refused = {b[0].text for b in dialogue.branches if b[1].text == NOT_POSSIBLE}
        assert requests.isdisjoint(refused)


def test_tools_kept_out_are_not_trained_on() -> None:
    trained = {name for dialogue in dialogues(False) for name in offered(dialogue)}
    held = {name for dialogue in dialogues(True) for name in offered(dialogue)}
    pages = ["note", "mail", "send", "fill", "field", "answer", "form", "value", "write", "keep"]
    # Tools that take an answer from a page are the same in both: their pages differ.
    own = {name for name in held if not any(part in name.lower() for part in pages)}
    assert len(trained) > 250
    assert own.isdisjoint(trained)


def test_dialogues_have_all_that_can_happen() -> None:
    kinds = Counter(t.kind for d in dialogues(False) for b in d.branches for t in b if t.kind)
    assert set(kinds) == {
        "tool call", "tool result", "no tool", "ask back", "page, no tool"
    }  # fmt: skip
    both = sum(len(calls(branch)) == 2 for d in dialogues(False) for branch in d.branches)
    assert both > COUNT / 4
    assert 0.2 < sum(bool(d.images) for d in dialogues(False)) / COUNT < 0.6
    assert kinds["no tool"] > kinds["tool call"] / 5


def test_a_third_of_what_is_trained_on_are_dialogues() -> None:
    samples = [make_sample(1, number) for number in range(400)]
    share = sum(isinstance(sample, Dialogue) for sample in samples) / len(samples)
    assert 0.28 < share < 0.42
    assert any(isinstance(sample, Context) for sample in samples)
