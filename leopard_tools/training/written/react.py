"""Written conversations in the form of ReAct: thought, action and observation as plain text.

Agents whose framework has no calls of its own say in the system turn how to write one; what is
learnt is to keep to the form that stands there. Text only, no model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ...tool_format import parse_calls
from ...types import Tool
from ..samples import Said


@dataclass(frozen=True, slots=True)
class Form:
    """One way to ask for ReAct: the system turn, and what is thought before calls and answers."""

    head: str
    calling: str
    answering: str
    unable: str


_STEPS = """Thought: {calling}
Action: the tool (one of {names})
Action Input: the arguments as JSON, for example {{"text": "good morning", "count": 3}}"""
_END = """Thought: {answering}
Answer: your answer"""
_NO_END = """Thought: {unable}
Answer: why it cannot be done"""
FORMS = (
    Form(
        "You solve tasks step by step, with tools where they help.\n\n{tools}\n\n"
        "To use a tool, write\n" + _STEPS + "\n\nand wait for the line that begins with "
        "Observation. Once you know enough, write\n" + _END + "\nor, if no tool helps,\n" + _NO_END,
        "I need a tool for this.",
        "I know the answer now.",
        "No tool can do this.",
    ),
    Form(
        "You are an assistant for questions, summaries and small jobs.\n\n# Tools\n\n"
        "These tools are at your disposal; use them in the order that suits the task, several "
        "times if the task has several parts.\n{tools}\n\n# Format\n\nReply in the language of "
        "the question and keep to this form:\n\n```\n" + _STEPS + "\n```\n\nBegin with a Thought "
        "every time. Put no code marks around the reply. The action input must be valid JSON, "
        "never {{'text': 'good morning'}}; a tool without arguments gets {{}}. The result comes "
        "back as\n\n```\nObservation: result\n```\n\nGo on in this way until no further tool is "
        "needed. Then finish with one of\n\n```\n" + _END + "\n```\n\n```\n" + _NO_END + "\n```\n\n"
        "# Conversation\n\nWhat has been said so far follows.",
        "The current language of the user is: English. I need to use a tool to help me answer the "
        "question.",
        "I can answer without using any more tools. I'll use the user's language to answer",
        "I cannot answer the question with the provided tools.",
    ),
    Form(
        "Answer as well as you can. You may call: {names}.\n{tools}\n\nForm of a step:\n"
        + _STEPS
        + "\nForm of the end:\n"
        + _END
        + "\nor\n"
        + _NO_END,
        "A tool can find that out.",
        "That is enough to answer.",
        "That is beyond the tools.",
    ),
    Form(
        "## Tools\n{tools}\n## Output\nEach reply is a thought and either an action or an answer. "
        "An action:\n"
        + _STEPS
        + "\nIt is followed by an Observation. An answer:\n"
        + _END
        + "\nor\n"
        + _NO_END,
        "I need to use a tool to help me answer the question.",
        "I can answer without using any more tools.",
        "I cannot answer the question with the provided tools.",
    ),
)


def react_system(form: Form, tools: list[Tool]) -> str:
    """The system turn that asks for this form with these tools."""
    described = "\n".join(
        f"> Tool Name: {tool.name}\nTool Description: {tool.description}\n"
        f"Tool Args: {json.dumps(tool.parameters, ensure_ascii=False)}\n"
        for tool in tools
    )
    names = ", ".join(tool.name for tool in tools)
    words = {"calling": form.calling, "answering": form.answering, "unable": form.unable}
    return form.head.format(tools=described, names=names, **words)


def react_branch(form: Form, branch: tuple[Said, ...], refused: str) -> tuple[Said, ...] | None:
    """The same conversation in this form; None where calls are made together."""
    said: list[Said] = []
    for turn in branch:
        if turn.role == "assistant":
            calls = parse_calls(turn.text)
            if calls is not None and len(calls) != 1:
                return None
            if calls:
                arguments = json.dumps(dict(calls[0].arguments), ensure_ascii=False)
                text = (
                    f"Thought: {form.calling}\nAction: {calls[0].name}\nAction Input: {arguments}"
                )
            else:
                thought = form.unable if turn.text == refused else form.answering
                text = f"Thought: {thought}\nAnswer: {turn.text}"
            said.append(Said("assistant", text, "react"))
        elif turn.role == "tool":
            said.append(Said("user", f"Observation: {turn.text}"))
        else:
            said.append(turn)
    return tuple(said)


__all__ = ["FORMS", "Form", "react_branch", "react_system"]
