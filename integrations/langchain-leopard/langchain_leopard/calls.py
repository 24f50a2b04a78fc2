"""Tool calls while they are written: the pieces of an answer become texts and ToolCallChunks.

The core holds calls to one exact form, which `leopard_tools.tool_format` describes:
`<tool_call>[{"name": "…", "arguments": {…}}, …]</tool_call>`. Here it is cut into its parts as it
comes; nothing is checked again.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

from langchain_core.messages.tool import ToolCallChunk, tool_call_chunk

from leopard_tools.tool_format import CALLS

_NAME, _ARGUMENTS = '{"name": ', ', "arguments": '


def new_id() -> str:
    """An id for one call."""
    return f"call_{uuid.uuid4().hex}"


class CallReader:
    """Told the pieces of one answer, gives what each adds: text, or parts of calls.

    calls: whether it may call at all; else all is text, whatever it looks like.
    """

    def __init__(self, *, calls: bool = True) -> None:
        self._pending = ""
        self._calling: bool | None = None if calls else False
        self._index = -1
        self._scan: _Value | None = None

    def read(self, piece: str) -> Iterator[str | ToolCallChunk]:
        """What a piece adds. Text is given on at once where it cannot be the beginning of calls."""
        self._pending += piece
        if self._calling is None and not self._decide():
            return
        if not self._calling:
            text, self._pending = self._pending, ""
            if text:
                yield text
            return
        while (chunk := self._next()) is not None:
            yield chunk

    def end(self) -> Iterator[str]:
        """What is left of a text that might have become calls."""
        if self._calling is None and self._pending:
            yield self._pending

    def _decide(self) -> bool:
        mark = CALLS[0]
        if self._pending.startswith(mark):
            self._calling, self._pending = True, self._pending[len(mark) :]
        elif not mark.startswith(self._pending):
            self._calling = False
        return self._calling is not None

    def _next(self) -> ToolCallChunk | None:
        """The next part of a call in what is pending; None where more of it is needed."""
        if self._scan is None:
            return self._begun()
        taken = self._scan.take(self._pending)
        text, self._pending = self._pending[:taken], self._pending[taken:]
        if self._scan.complete:
            self._scan = None
        return tool_call_chunk(args=text, index=self._index) if text else None

    def _begun(self) -> ToolCallChunk | None:
        """The name of the next call, once it and all up to its arguments are there."""
        start = self._pending.find(_NAME)
        if start < 0:
            return None
        rest = self._pending[start + len(_NAME) :]
        name = _Value()
        end = name.take(rest)
        if not name.complete or not rest[end:].startswith(_ARGUMENTS):
            return None
        self._pending = rest[end + len(_ARGUMENTS) :]
        self._scan = _Value()
        self._index += 1
        return tool_call_chunk(name=json.loads(rest[:end]), args="", id=new_id(), index=self._index)


class _Value:
    """Finds the end of one JSON string or object that comes in pieces."""

    def __init__(self) -> None:
        self.complete = False
        self._depth = 0
        self._quoted = False
        self._escaped = False

    def take(self, text: str) -> int:
        """How many characters of `text` belong to the value."""
        for place, letter in enumerate(text):
            self._step(letter)
            if not self._depth and not self._quoted:
                self.complete = True
                return place + 1
        return len(text)

    def _step(self, letter: str) -> None:
        if self._escaped:
            self._escaped = False
        elif self._quoted:
            self._escaped = letter == "\\"
            self._quoted = letter != '"'
        elif letter == '"':
            self._quoted = True
        elif letter in "{[":
            self._depth += 1
        elif letter in "}]":
            self._depth -= 1


__all__ = ["CallReader", "new_id"]
