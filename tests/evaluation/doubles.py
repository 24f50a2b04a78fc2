"""A Leopard of a few lines, and questions about empty files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from leopard_tools.evaluation.questions import Question
from leopard_tools.types import Answer, Box, Citation, Message, Timings, Usage


class Scripted:
    """Answers from a table; what is not in it ends the process, as a crash would."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.asked: list[tuple[str, bool]] = []

    def ask(
        self,
        question: str,
        images: Iterable[object],
        *,
        instruction: str | None = None,
        verbatim: bool = False,
        cite: bool = False,
        cancel: threading.Event | None = None,
    ) -> Answer:
        if question not in self.texts:
            raise KeyboardInterrupt
        self.asked.append((question, verbatim))
        return answer(self.texts[question], cite=cite)

    def chat(
        self,
        messages: Sequence[Message],
        *,
        verbatim: bool = False,
        cite: bool = False,
        cancel: threading.Event | None = None,
    ) -> Answer:
        raise AssertionError("a question of a folder needs no conversation")


class InTurn:
    """Gives one text after the other, whatever is asked; keeps what was asked."""

    def __init__(self, texts: Iterable[str], keep: Callable[[object], None] = lambda _: None):
        self.texts = iter(texts)
        self.keep = keep

    def ask(
        self,
        question: str,
        images: Iterable[object],
        *,
        instruction: str | None = None,
        **_: object,
    ) -> Answer:
        self.keep((question, list(images), instruction))
        return answer(next(self.texts))

    def chat(self, messages: Sequence[Message], **_: object) -> Answer:
        self.keep(messages[0].content)
        return answer(next(self.texts))


def answer(text: str, *, cite: bool = True) -> Answer:
    return Answer(
        text=text,
        finish_reason="stop",
        token_ids=(1, 2),
        confidence=0.75,
        probability=0.5,
        usage=Usage(prompt_tokens=100, image_tokens=80, completion_tokens=2),
        timings=Timings(read=2.0, total=2.5),
        model="scripted",
        citations=(Citation(0, Box(1, 2, 3, 4), text),) if cite else (),
    )


def question(
    name: str, *answers: str, kind: str = "lookup", page: int | None = None, box: Box | None = None
) -> Question:
    return Question(name, (Path("a.png"),), f"{name}?", answers or ("x",), kind, page, box)
