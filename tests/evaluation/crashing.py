"""A run that is made to be killed: `python -m tests.evaluation.crashing FILE COUNT CONCURRENCY`.

It prints each question that it asks and answers it once a line comes in, so that whoever kills it
decides how far it gets, and knows what was asked twice.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from leopard_tools.evaluation.questions import Question
from leopard_tools.evaluation.run import ask_all
from leopard_tools.types import Answer

from .doubles import Scripted, question

TELLING, TURN = threading.Lock(), threading.Lock()


class Telling(Scripted):
    """Says on stdout what it was asked, and waits for a line on stdin before it answers."""

    def ask(self, question: str, images: object, **options: object) -> Answer:
        with TELLING:
            print(question, flush=True)  # noqa: T201
        with TURN:
            sys.stdin.readline()
        return super().ask(question, (), cite=True)


def questions(count: int) -> list[Question]:
    return [question(f"q{number}", str(number)) for number in range(count)]


def texts(count: int) -> dict[str, str]:
    return {f"q{number}?": f"answer {number} ü" for number in range(count)}


if __name__ == "__main__":
    file, number = Path(sys.argv[1]), int(sys.argv[2])
    ask_all(Telling(texts(number)), questions(number), results=file, concurrency=int(sys.argv[3]))
