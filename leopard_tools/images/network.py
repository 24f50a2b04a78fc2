"""Connections that lead only to public addresses and end at one deadline.

A name is resolved once, every address it has must be public, and the connection goes to one of
those very addresses: a name that answers differently the next time gains nothing. The name stays
what TLS asks for and verifies. The deadline holds for the whole exchange, not for each read.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from ..errors import SourceForbidden
from ..waiting import CHECK_SECONDS
from .addresses import is_public
from .wanted import nothing

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Sequence

    from .wanted import Check


_DOWNLOAD = "Download the file yourself and give its path, or allow Limits.private_addresses."


class Clock:
    """Counts down to one deadline; `check` raises where nobody waits for it any more."""

    def __init__(self, seconds: float, check: Check = nothing) -> None:
        self._end = time.monotonic() + seconds
        self._check = check

    def left(self) -> float:
        """Seconds left; raises TimeoutError where there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the deadline has passed")
        return seconds

    def step(self) -> float:
        """Seconds to wait before the next look at `check`, which is looked at now.

        Raises TimeoutError where none are left, and what `check` raises.
        """
        self._check()
        return min(self.left(), CHECK_SECONDS)


def open_pool(title: str, clock: Clock, *, private: bool) -> httpcore.ConnectionPool:
    """A pool whose connections are checked (unless `private`) and bounded by `clock`.

    Its requests raise SourceForbidden, naming `title`, for an address that is not public, and
    TimeoutError or httpcore's errors otherwise.
    """
    return httpcore.ConnectionPool(
        ssl_context=_trust(), network_backend=_Backend(title, clock, private), retries=0
    )


def open_socket(
    title: str, host: str, port: int, clock: Clock, *, private: bool, advice: str
) -> socket.socket:
    """A connection to one of the addresses of `host`, all of which are public (unless `private`).

    Raises SourceForbidden, naming `title` and ending in `advice`, for an address that is not,
    and what `open_pool` names otherwise.
    """
    stream = _Backend(title, clock, private, advice).connect_tcp(host, port)
    opened: socket.socket = stream.get_extra_info("socket")
    return opened


@cache
def _trust() -> ssl.SSLContext:
    # Made once, since reading the certificates takes longer than many a download.
    return httpx.create_ssl_context(trust_env=False)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, title: str, clock: Clock, private: bool, advice: str = _DOWNLOAD) -> None:
        self._title, self._clock, self._private, self._advice = title, clock, private, advice
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolve(host, port, self._clock)
        if not self._private:
            self._check(host, addresses)
        for index, address in enumerate(addresses):
            # Each address gets its part of the time: one that never answers leaves some over.
            share = self._clock.left() / (len(addresses) - index)
            try:
                stream = self._sockets.connect_tcp(address, port, share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if index == len(addresses) - 1:
                    raise
            else:
                return _Stream(stream, self._clock)
        raise httpcore.ConnectError(f"{host} has no address")

    def _check(self, host: str, addresses: Sequence[str]) -> None:
        for address in addresses:
            if not is_public(address):
                raise SourceForbidden(
                    f"{self._title}: {host} is at {address}, which is not a public address. "
                    f"{self._advice}"
                )


class _Stream(httpcore.NetworkStream):
    """A stream of which every step must end before the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, clock: Clock) -> None:
        self._inner, self._clock = inner, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            # Nothing was taken from the socket where the time was over: it can be asked again.
            with suppress(httpcore.ReadTimeout):
                return self._inner.read(max_bytes, self._clock.step())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._clock.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, self._clock.left())
        return _Stream(secured, self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _resolve(host: str, port: int, clock: Clock) -> list[str]:
    """All addresses of a host. In a thread of its own, since the system's resolver takes no time
    limit; one that hangs is left behind.
    """
    answer: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError) as fault:
            answer.put(fault)

    threading.Thread(target=ask, name="leopard-resolve", daemon=True).start()
    while True:
        with suppress(queue.Empty):
            result = answer.get(timeout=clock.step())
            break
    if isinstance(result, list):
        return result
    raise result


__all__ = ["Clock", "open_pool", "open_socket"]
