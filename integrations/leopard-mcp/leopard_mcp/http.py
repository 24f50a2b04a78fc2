"""Streamable HTTP, guarded: a token off loopback, Host and Origin checked, all of it bounded."""

from __future__ import annotations

import errno
import hmac
import secrets
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import uvicorn
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.streamable_http import LAST_EVENT_ID_HEADER, MCP_SESSION_ID_HEADER
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.inbound import MCP_METHOD_HEADER, MCP_NAME_HEADER, MCP_PROTOCOL_VERSION_HEADER
from pydantic import AnyHttpUrl
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware

from leopard_tools.errors import LeopardError

from .policy import Policy
from .server import make_server
from .sessions import Sessions
from .state import ServerState

PATH = "/mcp"
BODY_BYTES = 2**20
"""The largest request: questions and schemas; pictures never travel to the server."""
CONNECTIONS = 64
SESSIONS = 32
"""With one more, the longest silent one ends, see `Sessions`."""
_SENT = (
    "authorization",
    "content-type",
    LAST_EVENT_ID_HEADER,
    MCP_METHOD_HEADER,
    MCP_NAME_HEADER,
    MCP_PROTOCOL_VERSION_HEADER,
    MCP_SESSION_ID_HEADER,
)
"""Headers of a request that a web page may set."""
_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where to listen and whom to answer.

    hosts: names by which clients reach this machine, besides `host` and loopback. origins: web
    pages that may call, as "https://example.org"; none by default. token: demanded where there is
    one; see `guarded`.

    Most clients write a name of a host in small letters, however it was given to them, and
    browsers an origin without a slash at its end; so that form is known.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    token: str | None = None

    def __post_init__(self) -> None:
        origins = [each.rstrip("/").lower() for each in self.origins]
        object.__setattr__(self, "origins", tuple(origins))

    @property
    def names(self) -> set[str]:
        """What the Host header of a request may say, a port aside."""
        names = {*_LOOPBACK_NAMES, _in_url(self.host), *self.hosts}
        return names | {name.lower() for name in names}

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


def make_app(state: ServerState, endpoint: Endpoint) -> Starlette:
    """The ASGI application. Call `Endpoint.guarded` first where others can reach it."""
    verifier = OneToken(endpoint.token) if endpoint.token else None
    # There is no authorization server to send clients to; the SDK wants the name of one.
    auth = AuthSettings(issuer_url=AnyHttpUrl("http://localhost"), resource_server_url=None)
    server = make_server(state=state, token_verifier=verifier, auth=auth if verifier else None)
    app = guard(server, endpoint)
    app.add_middleware(Sessions, path=PATH, end=state.end, most=SESSIONS)
    if endpoint.origins:
        # Around all else: a browser asks without the token whether it may send it.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=endpoint.origins,
            allow_methods=("GET", "POST", "DELETE"),
            allow_headers=_SENT,
            expose_headers=(MCP_SESSION_ID_HEADER,),
        )
    return app


def guard(server: MCPServer[ServerState], endpoint: Endpoint) -> Starlette:
    """A server's ASGI application that answers its own names only, and bounded requests."""
    names = endpoint.names
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


def listen(endpoint: Endpoint) -> list[socket.socket]:
    """Sockets at the addresses of the host. Raises LeopardError where nothing can listen there."""
    host, port = endpoint.host, endpoint.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return _bound(list(dict.fromkeys((family, at) for family, _, _, _, at in found)))
    # UnicodeError: a text that can be no name of a host.
    except (OSError, UnicodeError) as error:
        raise LeopardError(
            f"Nothing can listen at {host!r}, port {port}: {error}. Give an address of this "
            "machine with --host and a port that is free with --port."
        ) from None


def serve(policy: Policy, endpoint: Endpoint, sockets: list[socket.socket]) -> None:
    """Serves at the sockets that `listen` gave until it is interrupted, and closes them."""
    config = uvicorn.Config(
        make_app(ServerState(policy), endpoint),
        log_level="warning",
        access_log=False,
        # Beyond these a request gets 503 at once, and no work piles up.
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=5,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets)


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


def _bound(places: Sequence[tuple[int, Any]]) -> list[socket.socket]:
    sockets = []
    for family, address in places:
        try:
            sockets.append(socket.create_server(address, family=family))
        except OSError as error:
            # Of a name's addresses this machine need not have all: ::1 where there is no IPv6.
            if error.errno not in _NOT_HERE or (address is places[-1][1] and not sockets):
                raise
    return sockets


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
    "listen",
    "make_app",
    "serve",
]
