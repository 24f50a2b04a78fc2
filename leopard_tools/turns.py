"""What was given becomes turns: the images of a question or a conversation are opened, in order.

Opening may take seconds (a deck, a download), so it is done when the request starts, in whichever
thread that is. Knows no model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .calling import Calling, gathered
from .errors import LeopardError
from .images.sources import Limits, load_frames
from .images.wanted import Check, nothing
from .tool_format import calls_text
from .types import Frame, Message, Role, ToolCall
from .variants.base import Turn

if TYPE_CHECKING:
    from .types import ImageSource

Parts = tuple[str | Frame, ...]
_ROLES: tuple[Role, ...] = ("system", "user", "assistant", "tool")
_BYTES = (bytes, bytearray, memoryview)


@dataclass(frozen=True, slots=True)
class Question:
    """The turn of one question: its images, then its text."""

    sources: Sequence[ImageSource]
    text: str
    limits: Limits

    def __call__(self, check: Check) -> list[Turn]:
        """Opens the images. Raises ImageInvalid and its kin, and what `check` raises."""
        return [Turn("user", (*open_all(self.sources, self.limits, check), self.text))]


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of messages, with the tools of a calling; `system` where they have no such turn.

    System messages that follow one another are one. One without content is none: frameworks send
    it where they have nothing to say, and it would take the place of the checkpoint's own.
    """

    messages: Sequence[Message]
    calling: Calling | None
    system: str
    limits: Limits

    def __post_init__(self) -> None:
        """Raises LeopardError for messages of another kind, as other libraries have them."""
        for message in self.messages:
            if not isinstance(message, Message):
                raise LeopardError(
                    f"A message is a leopard_tools.Message, not a {type(message).__name__}: "
                    'Message("user", ["Who?"]).'
                )
            # The rows of an array, or the numbers of bytes, would be taken for images.
            if not isinstance(message.content, Sequence) or isinstance(message.content, _BYTES):
                raise LeopardError(
                    "A message's content is a sequence of texts and images, not a "
                    f'{type(message.content).__name__}: Message("user", [image, "Who?"]).'
                )

    def __call__(self, check: Check) -> list[Turn]:
        """As Question. Raises LeopardError for a role that is none, and calls of another kind."""
        turns = gathered(_instructed([self._turn(message, check) for message in self.messages]))
        return turns if self.calling is None else self.calling.turns(turns, self.system)

    def _turn(self, message: Message, check: Check) -> Turn:
        if message.role not in _ROLES:
            raise LeopardError(
                f"A message's role is one of {', '.join(_ROLES)}, not {message.role!r}."
            )
        parts: list[str | Frame] = []
        content = [message.content] if isinstance(message.content, str) else message.content
        for part in content:
            parts += [part] if isinstance(part, str) else open_all([part], self.limits, check)
        if calls := _made(message.tool_calls):
            parts.append(calls_text(calls))
        return Turn(message.role, tuple(parts))


def _made(calls: object) -> Sequence[ToolCall]:
    """The calls of a message. Raises LeopardError for other libraries' ones, and for one alone."""
    if calls is None:
        return ()
    if isinstance(calls, Sequence) and all(map(_is_call, calls)):
        return calls
    raise LeopardError(
        "A message's tool_calls are a list of leopard_tools.ToolCall, with their arguments as a "
        f'dictionary, not {calls!r}: [ToolCall("search", {{"text": "Oslo"}})].'
    )


def _is_call(call: object) -> bool:
    return isinstance(call, ToolCall) and isinstance(call.arguments, Mapping)


def _instructed(turns: Sequence[Turn]) -> list[Turn]:
    """The turns with neighbouring system turns as one, a line for each, and without empty ones."""
    found: list[Turn] = []
    for turn in turns:
        if turn.role != "system":
            found.append(turn)
        elif said := tuple(part for part in turn.parts if part != ""):
            if found and found[-1].role == "system":
                said = _continued(found.pop().parts, said)
            found.append(Turn("system", said))
    return found


def _continued(before: Parts, after: Parts) -> Parts:
    """Both; texts that meet are one, since checkpoints part texts each in their own way."""
    last, first = before[-1], after[0]
    if isinstance(last, str) and isinstance(first, str):
        return (*before[:-1], f"{last}\n{first}", *after[1:])
    return (*before, *after)


def open_all(sources: Iterable[ImageSource], limits: Limits, check: Check = nothing) -> list[Frame]:
    """The frames of all sources, in order. Raises what `check` raises before each of them."""
    frames: list[Frame] = []
    for source in sources:
        check()
        frames += load_frames(source, limits, check=check)
    return frames


__all__ = ["Conversation", "Question", "open_all"]
