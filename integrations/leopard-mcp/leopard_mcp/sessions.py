"""The open sessions of a server on HTTP: how many there may be, and what happens when one ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from mcp.server.streamable_http import MCP_SESSION_ID_HEADER
from mcp.shared.inbound import MCP_PROTOCOL_VERSION_HEADER
from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BODY = (b"content-length", b"content-type", b"transfer-encoding")
"""Headers of an opening request that one without a body has not."""


class Sessions:
    """Keeps at most `most` sessions at `path`, and tells of each that is over (`end`).

    Clients go away without a word. Where a new one comes and there is no room, the session that
    has been silent for longest ends for it; one with a request or a stream open is not silent.
    """

    def __init__(self, app: ASGIApp, path: str, end: Callable[[str], None], most: int) -> None:
        self._app = app
        self._path = path
        self._end = end
        self._most = most
        # The longest silent first.
        self._open: dict[str, None] = {}
        self._busy: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or path != self._path:
            await self._app(scope, receive, send)
            return
        session = Headers(scope=scope).get(MCP_SESSION_ID_HEADER)
        if _opens(scope):
            await self._make_room(scope)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, session, message)
            await send(message)

        if session is not None:
            self._busy[session] += 1
        try:
            await self._app(scope, receive, watched)
        finally:
            if session is not None:
                self._busy[session] -= 1
                # Whatever a client names is counted only as long as its request lasts.
                self._busy = +self._busy
                if session in self._open:
                    del self._open[session]
                    self._open[session] = None

    def _note(self, scope: Scope, session: str | None, message: Message) -> None:
        """What an answer says about sessions."""
        status = message["status"]
        if session is None:
            begun = Headers(raw=message["headers"]).get(MCP_SESSION_ID_HEADER)
            if begun is not None and status < 300:
                self._open[begun] = None
            return
        over = status == 404 or (scope["method"] == "DELETE" and status < 300)
        if over and session in self._open:
            del self._open[session]
            self._end(session)

    async def _make_room(self, scope: Scope) -> None:
        """Ends the longest silent session with a request that its own client could have sent.

        It comes with what the new client has shown, so who may not call ends nothing.
        """
        silent = [session for session in self._open if not self._busy[session]]
        if len(self._open) < self._most or not silent:
            return
        headers = [pair for pair in scope["headers"] if pair[0].lower() not in _BODY]
        headers.append((MCP_SESSION_ID_HEADER.encode(), silent[0].encode()))

        async def no_body() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def to_nobody(_: Message) -> None:
            pass

        await self({**scope, "method": "DELETE", "headers": headers}, no_body, to_nobody)


def _opens(scope: Scope) -> bool:
    """Whether a request asks for a new session, as far as its headers tell."""
    headers = Headers(scope=scope)
    version = headers.get(MCP_PROTOCOL_VERSION_HEADER)
    handshake = version is None or version in HANDSHAKE_PROTOCOL_VERSIONS
    return scope["method"] == "POST" and MCP_SESSION_ID_HEADER not in headers and handshake


__all__ = ["Sessions"]
