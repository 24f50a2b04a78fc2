"""What came back to a question, and the line that a run file keeps of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from ..types import Answer, Box, Citation


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back to one question, and its cost; `error` where nothing could be answered.

    `seconds` leave out reading the pictures, which `read_seconds` has: readings are kept, so only
    the first question about a picture pays for it. `citations` are None where none were looked up.
    `probability` is None where a run file of an earlier version has none. `broken` names pictures
    that are missing or cannot be opened. `joined`: the answer began without the space that the
    checkpoint's tokenizer puts before a first word, which the published script for
    Leopard-Idefics2 stumbles over. `pictures` tells what it is an answer to, see `contents_of`; ""
    where that is not known, as in run files of earlier versions.
    """

    id: str
    text: str
    confidence: float = 0.0
    citations: tuple[Citation, ...] | None = None
    prompt_tokens: int = 0
    image_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    read_seconds: float = 0.0
    error: str | None = None
    broken: tuple[str, ...] = ()
    joined: bool = False
    probability: float | None = None
    pictures: str = field(default="", compare=False)

    @staticmethod
    def of(name: str, answer: Answer, *, cited: bool, joined: bool = False) -> Reply:
        """What is kept of an answer to the question with the id `name`.

        cited: whether its citations were looked up.
        """
        usage, timings = answer.usage, answer.timings
        return Reply(
            id=name,
            text=answer.text,
            confidence=answer.confidence,
            probability=answer.probability,
            citations=answer.citations if cited else None,
            prompt_tokens=usage.prompt_tokens,
            image_tokens=usage.image_tokens,
            completion_tokens=usage.completion_tokens,
            seconds=max(0.0, timings.total - timings.read),
            read_seconds=timings.read,
            joined=joined,
        )

    def to_dict(self) -> dict[str, object]:
        """JSON-safe; what stands at its default is left out but for the first ten fields."""
        entry = asdict(self)
        for name in ("broken", "joined", "pictures"):
            if not entry[name]:
                del entry[name]
        # Of a very long answer the probability is 0.0, which is not the same as none.
        if self.probability is None:
            del entry["probability"]
        return entry

    @staticmethod
    def from_dict(entry: Mapping[str, object]) -> Reply:
        """The reply of a line. Raises TypeError or KeyError where it is none."""
        cited, broken = entry["citations"], entry.get("broken", ())
        if not isinstance(cited, list | None) or not isinstance(broken, list | tuple):
            raise TypeError
        citations = [Citation(one["image"], Box(**one["box"]), one["text"]) for one in cited or ()]
        known = None if cited is None else tuple(citations)
        rest = {**entry, "citations": known, "broken": tuple(broken)}
        reply = Reply(**rest)  # type: ignore[arg-type]  # checked below
        if not all(isinstance(text, str) for text in _texts(reply)):
            raise TypeError
        if not all(isinstance(number, int | float) for number in _numbers(reply)):
            raise TypeError
        # A probability has its place among others, which NaN has not.
        if reply.probability is not None and not math.isfinite(reply.probability):
            raise TypeError
        return reply


def _texts(reply: Reply) -> list[object]:
    """What of a reply is text, if it is what it should be."""
    cited = [citation.text for citation in reply.citations or ()]
    error = () if reply.error is None else (reply.error,)
    return [reply.id, reply.text, reply.pictures, *error, *reply.broken, *cited]


def _numbers(reply: Reply) -> list[object]:
    """What of it is a number."""
    cited = [(citation.image, *citation.box.to_list()) for citation in reply.citations or ()]
    tokens = (reply.prompt_tokens, reply.image_tokens, reply.completion_tokens)
    costs = (reply.confidence, *tokens, reply.seconds, reply.read_seconds)
    return [*costs, *(number for numbers in cited for number in numbers)]


__all__ = ["Reply"]
