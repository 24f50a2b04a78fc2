"""A small web server on this machine whose every answer a test decides."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from leopard_tools.errors import ImageInvalid, LeopardError
from leopard_tools.images.fetch import fetch
from leopard_tools.images.sources import Limits

Answer = Callable[["Handler"], None]
LOCAL = Limits(private_addresses=True, download_bytes=1_000_000, download_seconds=5)


class Handler(BaseHTTPRequestHandler):
    """Answers by the path, and notes what was asked."""

    server: Site

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        answer = self.server.answers.get(self.path.partition("?")[0])
        if answer is None:
            self.reply(404)
        else:
            answer(self)

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self, start: bytes) -> None:
        """Sends a byte every now and then, until the other side or the test has had enough."""
        self.wfile.write(start)
        while not self.server.over.wait(0.05):
            try:
                self.wfile.write(b"x")
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        pass


class Site(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {"/": lambda handler: handler.reply(200, b"body")}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        self.answers[path] = lambda handler: handler.reply(status, Location=target)


@contextmanager
def served() -> Iterator[Site]:
    """A site on a thread of its own, gone afterwards."""
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


async def cancelled_while_waiting(start: Callable[[str], Coroutine[Any, Any, object]]) -> None:
    """Cancels what opens an address whose server never answers; it lets go of the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        task = asyncio.create_task(start(f"http://127.0.0.1:{server.getsockname()[1]}/"))
        connection, _ = await asyncio.to_thread(server.accept)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with connection:
            connection.settimeout(5)
            while await asyncio.to_thread(connection.recv, 4096):
                pass


def refused(url: str, kind: type[LeopardError] = ImageInvalid, limits: Limits = LOCAL) -> str:
    with pytest.raises(kind) as caught:
        fetch(url, limits)
    assert type(caught.value) is kind
    return str(caught.value)
