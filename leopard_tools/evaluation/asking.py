"""Asks one question: makes the prompt that the protocol wants, and a reply of what comes back."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..errors import (
    ContextTooLong,
    DocumentInvalid,
    ImageInvalid,
    ImageTooLarge,
    LeopardError,
    SourceForbidden,
)
from ..images.sources import load_frames
from ..types import Answer, Message
from .letters import Script
from .prompts import Here, joined, parts_of, published_text
from .questions import MARK, Picture, Question, source_of
from .replies import Reply

if TYPE_CHECKING:
    from ..types import ImageSource

_BROKEN = (ImageInvalid, DocumentInvalid, ImageTooLarge, SourceForbidden)


class Answers(Protocol):
    """What is evaluated: a Leopard, or a double of it."""

    def ask(
        self,
        question: str,
        images: Iterable[ImageSource],
        *,
        instruction: str | None = None,
        verbatim: bool = False,
        cite: bool = False,
        cancel: threading.Event | None = None,
    ) -> Answer: ...

    def chat(
        self,
        messages: Sequence[Message],
        *,
        verbatim: bool = False,
        cite: bool = False,
        cancel: threading.Event | None = None,
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Manner:
    """How questions are put: by whose published script (None: plainly), to which variant."""

    script: Script | None = None
    variant: str = ""
    verbatim: bool = False
    evidence: bool = True


def ask(
    leopard: Answers, question: Question, manner: Manner, cancel: threading.Event | None = None
) -> Reply:
    """The reply to one question; what does not fit or cannot be opened is one with the reason."""
    try:
        answer = _answer(leopard, question, manner, cancel)
    except ContextTooLong as error:
        return Reply(question.id, "", error=str(error))
    except _BROKEN as error:
        return Reply(question.id, "", error=str(error), broken=broken_pictures(question))
    return Reply.of(
        question.id,
        answer,
        cited=manner.evidence or manner.verbatim,
        joined=_begins_joined(leopard, answer, manner),
    )


def _answer(
    leopard: Answers, question: Question, manner: Manner, cancel: threading.Event | None
) -> Answer:
    images = [source_of(image) for image in question.images]
    if manner.script is None and MARK not in question.question:
        return leopard.ask(
            question.question,
            images,
            instruction=question.instruction,
            verbatim=manner.verbatim,
            cite=manner.evidence,
            cancel=cancel,
        )
    return leopard.chat(
        [Message("user", _content(question, images, manner))],
        verbatim=manner.verbatim,
        cite=manner.evidence,
        cancel=cancel,
    )


def _content(
    question: Question, images: Sequence[ImageSource], manner: Manner
) -> list[str | ImageSource]:
    if manner.script is None:
        text = joined(question.question, question.instruction, manner.variant)
    else:
        text = published_text(question, manner.script)
    content: list[str | ImageSource] = []
    for part in parts_of(text, len(images)):
        if isinstance(part, Here):
            content.append(images[part.image])
            continue
        if manner.variant == "nano":
            # Its parts are set apart by empty lines, and it was trained without spaces there.
            part = part.strip()
        if part:
            content.append(part)
    return content


def broken_pictures(question: Question) -> tuple[str, ...]:
    """The names of a question's pictures that are missing or cannot be opened."""
    found = []
    for image in question.images:
        try:
            load_frames(source_of(image))
        except LeopardError:
            found.append(_name(image))
    return tuple(found)


def contents_of(question: Question, known: dict[str, str]) -> str:
    """Changes with what a question's pictures hold; "" where one cannot be read.

    known: what was found of pictures before, by their names, since many questions share one.
    """
    for image in question.images:
        if _name(image) not in known:
            known[_name(image)] = _hash(image)
    found = [known[_name(image)] for image in question.images]
    return sha256("".join(found).encode()).hexdigest()[:16] if all(found) else ""


def _hash(image: Path | Picture) -> str:
    try:
        if isinstance(image, Path):
            with image.open("rb") as stream:
                return file_digest(stream, "sha256").hexdigest()
        source = image.source()
        if isinstance(source, bytes):
            return sha256(source).hexdigest()
        shown = sha256()
        for frame in load_frames(source):
            shown.update(f"{frame.image.size}".encode() + frame.image.tobytes())
        return shown.hexdigest()
    except (OSError, LeopardError):
        return ""


def _name(image: Path | Picture) -> str:
    return str(image) if isinstance(image, Path) else image.name


def _begins_joined(leopard: Answers, answer: Answer, manner: Manner) -> bool:
    """Whether the answer's first token stands for no space; only Leopard-Idefics2's script asks."""
    from ..leopard import Leopard

    if manner.script != "idefics2" or not isinstance(leopard, Leopard):
        return False
    # The one place that looks inside: `answer.text` has lost the space that is asked for.
    spelled = leopard._variant.tokenizer.token_bytes
    first = next((found for token in answer.token_ids if (found := spelled[token])), b" ")
    return not first.startswith(b" ")


__all__ = ["Answers", "Manner", "ask", "broken_pictures", "contents_of"]
