"""A Leopard of a few lines, and questions about empty files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from leopard_tools.evaluation.dataset import Question
from leopard_tools.types import Answer, Box, Citation, Timings, Usage


class Scripted:
    """Answers from a table; what is not in it ends the process, as a crash would."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.asked: list[tuple[str, bool]] = []

    def ask(
        self,
        question: str,
        images: Sequence[Path],
        *,
        verbatim: bool = False,
        cite: bool = False,
    ) -> Answer:
        assert cite
        if question not in self.texts:
            raise KeyboardInterrupt
        self.asked.append((question, verbatim))
        return Answer(
            text=self.texts[question],
            finish_reason="stop",
            token_ids=(1, 2),
            confidence=0.75,
            usage=Usage(prompt_tokens=100, image_tokens=80, completion_tokens=2),
            timings=Timings(read=2.0, total=2.5),
            model="scripted",
            citations=(Citation(0, Box(1, 2, 3, 4), self.texts[question]),),
        )


def question(
    name: str, *answers: str, kind: str = "lookup", page: int | None = None, box: Box | None = None
) -> Question:
    return Question(name, (Path("a.png"),), f"{name}?", answers or ("x",), kind, page, box)
