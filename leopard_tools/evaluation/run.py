"""Asks every question of a set and keeps each answer at once, so that a run can be continued.

A results file holds one JSON object a line, written through to the disk before the next question
is asked. It may hold the answers of several systems (a model with or without `verbatim`): only
those of the system asked are read back. It must not know what is right.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from ..errors import ContextTooLong, LeopardError
from ..types import Answer, Box, Citation
from .dataset import Question

Progress = Callable[[int, int], None]


class Answers(Protocol):
    """What is evaluated: `Leopard.ask`, or a double of it."""

    def ask(
        self,
        question: str,
        images: Sequence[Path],
        *,
        verbatim: bool = False,
        cite: bool = False,
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back to one question, and its cost; `error` where nothing could be answered.

    `seconds` leave out reading the pictures, which `read_seconds` has: readings are kept, so only
    the first question about a picture pays for it.
    """

    id: str
    text: str
    confidence: float = 0.0
    citations: tuple[Citation, ...] = ()
    prompt_tokens: int = 0
    image_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    read_seconds: float = 0.0
    error: str | None = None


def ask_all(
    leopard: Answers,
    questions: Sequence[Question],
    *,
    verbatim: bool = False,
    results: Path | None = None,
    system: str = "",
    progress: Progress | None = None,
) -> list[Reply]:
    """The replies to all questions, in their order; those in `results` are not asked again.

    system: names what is asked, weights included (see `weights_version`); `verbatim` need not be
    part of it. A question whose words or images changed since is asked anew. A question that does
    not fit the model's context gets an empty reply with the reason. progress: called with the
    number answered and the number of all.

    Raises LeopardError where `results` cannot be used, and what `Leopard.ask` raises.
    """
    system = f"{system}, {'verbatim' if verbatim else 'free'}"
    kept = _read(results, system) if results else {}
    replies = []
    for number, question in enumerate(questions, 1):
        key = _key(question)
        reply = kept.get(key)
        if reply is None:
            reply = _ask(leopard, question, verbatim)
            if results:
                _append(results, {"system": system, "key": key, **asdict(reply)})
        replies.append(reply)
        if progress:
            progress(number, len(questions))
    return replies


def weights_version(folder: Path) -> str:
    """The first twelve hexadecimal digits of an adapter's hash: a retrained one is another."""
    file = folder / "adapter_model.safetensors"
    try:
        return sha256(file.read_bytes()).hexdigest()[:12]
    except OSError as error:
        raise LeopardError(f"{file} cannot be read: {error.strerror or error}.") from None


def _ask(leopard: Answers, question: Question, verbatim: bool) -> Reply:
    try:
        answer = leopard.ask(question.question, question.images, verbatim=verbatim, cite=True)
    except ContextTooLong as error:
        return Reply(question.id, "", error=str(error))
    usage, timings = answer.usage, answer.timings
    return Reply(
        id=question.id,
        text=answer.text,
        confidence=answer.confidence,
        citations=answer.citations,
        prompt_tokens=usage.prompt_tokens,
        image_tokens=usage.image_tokens,
        completion_tokens=usage.completion_tokens,
        seconds=max(0.0, timings.total - timings.read),
        read_seconds=timings.read,
    )


def _key(question: Question) -> str:
    """Changes with the id, the words and the order of the images, not with where they lie."""
    parts = [question.id, question.question, *(image.name for image in question.images)]
    return sha256("\0".join(parts).encode()).hexdigest()[:16]


def _append(file: Path, entry: dict[str, object]) -> None:
    try:
        with file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise LeopardError(
            f"The results file {file} cannot be written: {error.strerror or error}."
        ) from None


def _read(file: Path, system: str) -> dict[str, Reply]:
    """The replies of a system by key; a last line that a crash cut short is removed."""
    if not file.exists():
        return {}
    try:
        content = file.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            with file.open("r+b") as stream:
                stream.truncate(len(whole))
    except OSError as error:
        raise LeopardError(
            f"The results file {file} cannot be used: {error.strerror or error}."
        ) from None
    replies = {}
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            entry = json.loads(line)
            asked, key = entry.pop("system"), entry.pop("key")
            if asked == system:
                replies[key] = _reply(entry)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise LeopardError(
                f"{file}, line {number}: this is no result of `leopard eval`. Give another file."
            ) from None
    return replies


def _reply(entry: dict[str, object]) -> Reply:
    cited = entry.pop("citations")
    if not isinstance(cited, list):
        raise TypeError
    citations = tuple(Citation(one["image"], Box(**one["box"]), one["text"]) for one in cited)
    return Reply(**entry, citations=citations)  # type: ignore[arg-type]  # checked by its reader


__all__ = ["Answers", "Progress", "Reply", "ask_all", "weights_version"]
