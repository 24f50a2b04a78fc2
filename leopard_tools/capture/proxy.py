"""The only way out for a browser: an HTTP proxy on loopback that checks where it leads.

Every connection of a page (documents, redirects, frames, pictures, scripts, websockets) is asked
for here by name. The name is resolved once, must be public in all its addresses, and the
connection goes to one of those. What was refused is kept, so that the capture can say so. Bytes
and time are bounded for one page as a whole. Knows no browser.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import socketserver
import threading
from typing import TYPE_CHECKING

import h11
import httpcore

from ..errors import ImageTooLarge, LeopardError, SourceForbidden
from ..images.faults import reason
from ..images.naming import shown
from ..images.network import Clock, open_socket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CHUNK = 65_536
_CONNECTIONS = 256
_POLL = 0.02  # seconds between two looks at whether the page is done with
# Between two machines; the next one must not see them (RFC 9110, 7.6.1).
_HOP = frozenset({b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"te"})
_ADVICE = "Allow private addresses (allow_private=True, --allow-private) if you trust the page."


class FilteringProxy(socketserver.ThreadingTCPServer):
    """A proxy for one page; a context manager that listens from entry to exit."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, seconds: float, size: int, *, private: bool) -> None:
        self.clock, self.private = Clock(seconds), private
        self.over = threading.Event()
        self._left = size
        self._size = size
        self._refusals: list[LeopardError] = []
        self._failures: list[str] = []
        self._call: Callable[[], object] | None = None
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(_CONNECTIONS)
        super().__init__(("127.0.0.1", 0), _Connection)
        self._thread = threading.Thread(
            target=self.serve_forever, args=(_POLL,), name="leopard-proxy", daemon=True
        )

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def refusal(self) -> LeopardError | None:
        """The first thing that was refused, if anything was."""
        with self._lock:
            return self._refusals[0] if self._refusals else None

    @property
    def failure(self) -> str | None:
        """Why the latest connection failed, if one did."""
        with self._lock:
            return self._failures[-1] if self._failures else None

    def fail(self, words: str) -> None:
        with self._lock:
            self._failures.append(words)

    def when_refused(self, call: Callable[[], object]) -> None:
        """Has `call` made once something is refused, from any thread."""
        with self._lock:
            self._call = call
            late = bool(self._refusals)
        if late:
            call()

    def refuse(self, error: LeopardError) -> None:
        with self._lock:
            self._refusals.append(error)
            call = self._call
        if call is not None:
            call()

    def count(self, received: int) -> None:
        """Takes note of bytes that arrived. Raises ImageTooLarge over the limit."""
        with self._lock:
            self._left -= received
            over = self._left < 0
        if over:
            raise ImageTooLarge(
                f"The page is over the limit of {self._size / 2**20:g} MiB, all its parts "
                "together. Capture a smaller page; in a program, WebLimits.bytes can be raised."
            )

    def __enter__(self) -> FilteringProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def process_request(self, request: object, client_address: object) -> None:
        # No more threads than a page can need, whatever it asks for.
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)  # type: ignore[arg-type]
            return
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._places.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: a browser drops connections all the time."""


class _Connection(socketserver.BaseRequestHandler):
    """One connection of the browser: a tunnel, or a single request."""

    server: FilteringProxy
    request: socket.socket

    def handle(self) -> None:
        self.request.settimeout(self.server.clock.left())
        parser = h11.Connection(h11.SERVER)
        asked = None
        try:
            asked = self._next(parser)
            if not isinstance(asked, h11.Request):
                return
            host, port, target = _destination(asked)
            with self._connected(host, port) as upstream:
                if target is None:
                    self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    # What came behind the request is already the tunnel's.
                    upstream.sendall(parser.trailing_data[0])
                else:
                    self._forward(parser, asked, target, upstream)
                self._relay(upstream, both_ways=target is None)
        except LeopardError as error:
            self.server.refuse(error)
            self._answer(403, str(error))
        except h11.ProtocolError as fault:
            self._answer(400, reason(fault))
        except (OSError, UnicodeError, httpcore.NetworkError, httpcore.TimeoutException) as fault:
            self.server.fail(reason(fault))
            # The browser shows an answer to a plain request as if it were the page.
            if isinstance(asked, h11.Request) and asked.method == b"CONNECT":
                self._answer(502, reason(fault))

    def _next(self, parser: h11.Connection) -> object:
        while (event := parser.next_event()) is h11.NEED_DATA:
            parser.receive_data(self.request.recv(_CHUNK))
        return event

    @contextlib.contextmanager
    def _connected(self, host: str, port: int) -> Iterator[socket.socket]:
        server = self.server
        title = shown(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        with open_socket(
            title, host, port, server.clock, private=server.private, advice=_ADVICE
        ) as upstream:
            if upstream.getpeername()[:2] == server.server_address:
                raise SourceForbidden(f"{title}: the page asks for the filter itself.")
            upstream.settimeout(server.clock.left())
            yield upstream

    def _forward(
        self, parser: h11.Connection, asked: h11.Request, target: str, upstream: socket.socket
    ) -> None:
        """Passes one request on, asking that the connection be closed behind the answer.

        So no second request, which might be for another host, finds its way through.
        """
        sender = h11.Connection(h11.CLIENT)
        headers = [(name, value) for name, value in asked.headers if name not in _HOP]
        headers.append((b"Connection", b"close"))
        head = h11.Request(method=asked.method, target=target, headers=headers)
        upstream.sendall(sender.send(head) or b"")
        while not isinstance(event := self._next(parser), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                raise h11.RemoteProtocolError("the request ends too early")
            upstream.sendall(sender.send(event) or b"")
        upstream.sendall(sender.send(h11.EndOfMessage()) or b"")

    def _relay(self, upstream: socket.socket, *, both_ways: bool) -> None:
        """Passes bytes on until either side is done, the time is over or the page is too large."""
        with selectors.DefaultSelector() as ready:
            ready.register(upstream, selectors.EVENT_READ, self.request)
            ready.register(self.request, selectors.EVENT_READ, upstream if both_ways else None)
            while not self.server.over.is_set():
                for key, _ in ready.select(min(_POLL, self.server.clock.left())):
                    source: socket.socket = key.fileobj  # type: ignore[assignment]
                    data = source.recv(_CHUNK)
                    if not data or key.data is None:
                        return
                    self.server.count(len(data))
                    key.data.sendall(data)

    def _answer(self, status: int, text: str) -> None:
        body = text.encode(errors="replace")
        head = (
            f"HTTP/1.1 {status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        with contextlib.suppress(OSError):
            self.request.sendall(head.encode() + body)


def _destination(asked: h11.Request) -> tuple[str, int, str | None]:
    """Host, port and, unless it is a tunnel, the target for the host. Raises ProtocolError."""
    target = asked.target.decode("ascii")
    try:
        if asked.method == b"CONNECT":
            host, port = _split(target, None)
            return host, port, None
        scheme, mark, rest = target.partition("://")
        if not mark or scheme.lower() != "http":
            raise ValueError
        authority, slash, path = rest.partition("/")
        return (*_split(authority, 80), slash + path or "/")
    except ValueError:
        raise h11.RemoteProtocolError(f"no target for a proxy: {target[:80]}") from None


def _split(authority: str, default: int | None) -> tuple[str, int]:
    """Host and port of `host:port` or `[v6]:port`; raises ValueError."""
    authority = authority.rpartition("@")[2]
    host, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        if default is None:
            raise ValueError(authority)
        host, port = authority, str(default)
    if not host or not port.isdecimal():
        raise ValueError(authority)
    return host.removeprefix("[").removesuffix("]"), int(port)


__all__ = ["FilteringProxy"]
