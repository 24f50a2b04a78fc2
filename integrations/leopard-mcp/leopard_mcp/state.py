"""What one running server holds: its policy, captures, reader and, once asked, the model.

The text reader alone serves read, find, compare and wait_for; the language model loads at the
first question.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS

from leopard_tools.images.limits import Limits
from leopard_tools.reading.ocr import Reader
from leopard_tools.toolbox.captures import NOBODY, Capture, CaptureStore
from leopard_tools.types import Reading

from .policy import Policy

if TYPE_CHECKING:
    from leopard_tools import Leopard

    from .call import Call


class Model:
    """A Leopard that is loaded when it is first needed, with the reader that all else uses."""

    def __init__(self, checkpoint: str, reader: Reader) -> None:
        self._checkpoint = checkpoint
        self._reader = reader
        self._leopard: Leopard | None = None
        self._loading = threading.Lock()

    @property
    def loaded(self) -> bool:
        return self._leopard is not None

    def load(self) -> Leopard:
        """The model; takes seconds the first time, and waits where another thread loads it.

        Raises CheckpointNotFound, CheckpointInvalid or MissingDependency.
        """
        with self._loading:
            if self._leopard is None:
                from leopard_tools import Leopard
                from leopard_tools.variants.registry import load_variant

                self._leopard = Leopard(load_variant(self._checkpoint), self._reader, Limits())
            return self._leopard

    def close(self) -> None:
        """Ends what runs; a later question loads it again."""
        with self._loading:
            leopard, self._leopard = self._leopard, None
        if leopard is not None:
            leopard.close()


class ServerState:
    """The lifespan's state: one for all sessions of a server."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.captures = CaptureStore(policy.memory_bytes, "--memory")
        self.reader = Reader()
        self.model = Model(policy.checkpoint, self.reader)
        self.consents: dict[str, bool] = {}

    def read(self, capture: Capture) -> Reading:
        """The text of a capture, of a web page's segment only its own share."""
        return capture.read(lambda frame: self.reader.read(frame.image))

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
    return headers.get("mcp-session-id") or NOBODY


def is_stateless(call: Call) -> bool:
    """Whether a call comes by a protocol without sessions (from 2026 on)."""
    return call.protocol_version not in HANDSHAKE_PROTOCOL_VERSIONS


__all__ = ["Model", "ServerState", "is_stateless", "owner_of"]
