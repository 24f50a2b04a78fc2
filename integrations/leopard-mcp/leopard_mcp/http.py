"""Streamable HTTP, guarded: a token off loopback, Host and Origin checked, all of it bounded."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

import uvicorn
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.streamable_http import MCP_SESSION_ID_HEADER
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .policy import Policy
from .server import make_server
from .state import ServerState

PATH = "/mcp"
BODY_BYTES = 2**20
"""The largest request: questions and schemas; pictures never travel to the server."""
CONNECTIONS = 64
SESSIONS = 32
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where to listen and whom to answer.

    hosts: names by which clients reach this machine, besides `host` and loopback. origins: web
    pages that may call, as "https://example.org"; none by default. token: demanded where there is
    one; see `guarded`.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    token: str | None = None

    @property
    def url(self) -> str:
        return f"http://{_in_url(self.host)}:{self.port}{PATH}"

    def guarded(self) -> Endpoint:
        """The same with a token, made up where the network could reach it without one."""
        if self.token or is_loopback(self.host):
            return self
        return Endpoint(
            host=self.host,
            port=self.port,
            hosts=self.hosts,
            origins=self.origins,
            token=secrets.token_urlsafe(32),
        )


class OneToken:
    """Accepts a single bearer token."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    async def verify_token(self, token: str) -> AccessToken | None:
        if hmac.compare_digest(token.encode(), self._token):
            return AccessToken(token=token, client_id="bearer", scopes=[])
        return None


class SessionEnds:
    """Tells of each session that its client ended, once the SDK has ended it."""

    def __init__(self, app: ASGIApp, end: Callable[[str], None]) -> None:
        self._app = app
        self._end = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ends = scope["type"] == "http" and scope["method"] == "DELETE"
        session = Headers(scope=scope).get(MCP_SESSION_ID_HEADER) if ends else None

        async def watched(message: Message) -> None:
            if session and message["type"] == "http.response.start" and message["status"] < 300:
                self._end(session)
            await send(message)

        await self._app(scope, receive, watched)


def make_app(state: ServerState, endpoint: Endpoint) -> Starlette:
    """The ASGI application. Call `Endpoint.guarded` first where others can reach it."""
    verifier = OneToken(endpoint.token) if endpoint.token else None
    # There is no authorization server to send clients to; the SDK wants the name of one.
    auth = AuthSettings(
        issuer_url=AnyHttpUrl(f"http://{_in_url(endpoint.host)}:{endpoint.port}"),
        resource_server_url=None,
    )
    server = make_server(state=state, token_verifier=verifier, auth=auth if verifier else None)
    app = guard(server, endpoint)
    app.add_middleware(SessionEnds, end=state.end)
    return app


def guard(server: MCPServer[ServerState], endpoint: Endpoint) -> Starlette:
    """A server's ASGI application that answers its own names only, and bounded requests."""
    names = {*_LOOPBACK_NAMES, _in_url(endpoint.host), *endpoint.hosts}
    return server.streamable_http_app(
        streamable_http_path=PATH,
        host=endpoint.host,
        max_request_body_size=BODY_BYTES,
        max_sessions=SESSIONS,
        transport_security=TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=sorted({*names, *(f"{name}:*" for name in names)}),
            # Its own origin is one that no page has, since none is served here.
            allowed_origins=[*endpoint.origins, *(f"http://{n}:{endpoint.port}" for n in names)],
        ),
    )


def serve(policy: Policy, endpoint: Endpoint) -> None:
    """Serves until it is interrupted."""
    uvicorn.run(
        make_app(ServerState(policy), endpoint),
        host=endpoint.host,
        port=endpoint.port,
        log_level="warning",
        access_log=False,
        # Beyond these a request gets 503 at once, and no work piles up.
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=5,
    )


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach an address; a name is not trusted to be so.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


__all__ = [
    "BODY_BYTES",
    "CONNECTIONS",
    "PATH",
    "SESSIONS",
    "Endpoint",
    "guard",
    "is_loopback",
    "make_app",
    "serve",
]
