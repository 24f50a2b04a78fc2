"""Checks written files: python -m leopard_tools.training.written.check [FILE ...]"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from . import conversations, texts


def main(arguments: list[str]) -> int:
    """Prints what is wrong and how much there is; 1 where anything is wrong."""
    every = [*sorted(texts.FOLDER.glob("*.txt")), *sorted(conversations.FOLDER.glob("*.txt"))]
    wrong = 0
    for file in [Path(argument) for argument in arguments] or every:
        for line in _tools(file) if "\n--- tools" in file.read_text("utf-8") else _pages(file):
            wrong += not line.startswith("+")
            sys.stdout.write(f"{file.name}: {line}\n")
    return 1 if wrong else 0


def _pages(file: Path) -> Iterator[str]:
    found = texts.read_written(file)
    for context in found:
        yield from (f"{context.name}: {fault}" for fault in texts.faults(context))
    kinds = Counter(question.kind for context in found for question in context.questions)
    yield f"+ {len(found)} contexts, {kinds.total()} questions {dict(kinds)}"


def _tools(file: Path) -> Iterator[str]:
    found = conversations.read_conversations(file)
    for written in found:
        yield from (
            f"{written.name}: {fault}" for fault in conversations.conversation_faults(written)
        )
    forms = Counter(
        "".join(turn.speaker for turn in turns) for written in found for turns in written.dialogues
    )
    yield f"+ {len(found)} sets of tools, {forms.total()} dialogues {dict(forms)}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
