"""What one running server holds: its policy, captures, reader and, once asked, the model.

The text reader alone serves read, find, compare and wait_for; the language model loads at the
first question.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from mcp.server.streamable_http import MCP_SESSION_ID_HEADER
from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS

from leopard_tools import LazyLeopard
from leopard_tools.images.wanted import Check
from leopard_tools.toolbox.captures import NOBODY, Capture, CaptureStore
from leopard_tools.types import Frame, Reading

from .policy import Policy

if TYPE_CHECKING:
    from .call import Call


SILENT_SECONDS = 3600.0
"""Twice as long as the SDK keeps a session that is silent."""


class ServerState:
    """The lifespan's state: one for all sessions of a server."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.captures = CaptureStore(policy.memory_bytes, "--memory")
        self.model = LazyLeopard(policy.checkpoint)
        self.consents: dict[str, bool] = {}
        self._seen: dict[str, float] = {}

    def notice(self, owner: str) -> None:
        """Takes note that a session is alive, and lets go of those that have long been silent."""
        now = time.monotonic()
        self._seen[owner] = now
        for other in [o for o, seen in self._seen.items() if now - seen > SILENT_SECONDS]:
            self.end(other)

    def end(self, owner: str) -> None:
        """Lets go of what a session that is over captured and consented to."""
        self._seen.pop(owner, None)
        self.consents.pop(owner, None)
        self.captures.forget(owner)

    def read(self, check: Check, capture: Capture) -> Reading:
        """The text of a capture, of a web page's segment only its own share.

        What `check` raises ends the reading, which would keep all other callers waiting.
        """
        return capture.read(partial(self.read_frame, check))

    def read_frame(self, check: Check, frame: Frame) -> Reading:
        """The text of a picture that is no capture, as `read`."""
        return self.model.reader.read(frame.image, check=check)

    def close(self) -> None:
        self.captures.clear()
        self.consents.clear()
        self.model.close()


def owner_of(call: Call) -> str:
    """Whose captures a call may see: its session over HTTP, the one client over stdio.

    Requests of the stateless protocol come without a session over HTTP; only ids lead to what
    they captured.
    """
    headers = call.headers
    if headers is None:
        return "stdio"
    # A modern request could name any session in this header: nothing there checks it.
    shared = call.request_context.lifespan_context.policy.share_captures
    if shared or is_stateless(call):
        return NOBODY
    owner = headers.get(MCP_SESSION_ID_HEADER) or NOBODY
    if owner != NOBODY:
        call.request_context.lifespan_context.notice(owner)
    return owner


def is_stateless(call: Call) -> bool:
    """Whether a call comes by a protocol without sessions (from 2026 on)."""
    return call.protocol_version not in HANDSHAKE_PROTOCOL_VERSIONS


__all__ = ["ServerState", "is_stateless", "owner_of"]
