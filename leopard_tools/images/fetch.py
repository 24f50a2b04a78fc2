"""URLs to bytes, for URLs that nobody vouches for.

Redirects are followed by hand, so that each hop passes the checks of `network`: public addresses
only, one deadline for everything. Size is bounded as sent and as decompressed. Proxies of the
environment are not used, since they would do the resolving. Knows nothing of pictures.
"""

from __future__ import annotations

import base64
import binascii
import socket
import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import httpcore
import httpx

from ..errors import ImageInvalid, ImageTooLarge, SourceForbidden
from .faults import reason
from .naming import shown
from .network import Clock, open_pool
from .wanted import nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from .limits import Limits
    from .wanted import Check

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DOWNLOAD = "Download the file yourself and give its path."


def fetch(url: str, limits: Limits, check: Check = nothing) -> bytes:
    """The body behind an http(s) URL; what `check` raises meanwhile ends the download.

    Raises SourceForbidden for what the policy refuses, ImageTooLarge over the size limit,
    ImageInvalid for everything else that does not end in a body: bad URL, no such host, status
    other than 200, too slow, too many redirects.
    """
    title = shown(url)
    clock = Clock(limits.download_seconds, check)
    try:
        address = httpx.URL(url)
        with open_pool(title, clock, private=limits.private_addresses) as pool:
            for _ in range(limits.redirects + 1):
                _check_address(address, title)
                with _get(pool, address) as response:
                    target = _redirect(address, response)
                    if target is None:
                        return b"".join(_body(response, title, limits))
                address = target
    except (httpcore.TimeoutException, TimeoutError) as fault:
        raise ImageInvalid(
            f"{title}: no complete answer within {limits.download_seconds:g} seconds. "
            f"Try again later, or raise Limits.download_seconds. {_DOWNLOAD}"
        ) from fault
    except socket.gaierror as fault:
        raise ImageInvalid(
            f"{title}: its host cannot be found ({reason(fault)}). Check the address and this "
            "machine's connection."
        ) from fault
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, zlib.error) as fault:
        raise ImageInvalid(f"{title}: cannot be fetched ({reason(fault)}). {_DOWNLOAD}") from fault
    except (httpx.InvalidURL, ValueError) as fault:
        raise ImageInvalid(f"{title}: not a valid URL ({reason(fault)}). Check it.") from fault
    raise ImageInvalid(
        f"{title}: more than {limits.redirects} redirects. Give the address they lead to."
    )


def read_data_url(url: str) -> bytes:
    """The bytes that a data URL carries, base64 or percent-encoded.

    >>> read_data_url("data:text/plain;base64,aGk=")
    b'hi'
    """
    kind, comma, data = url.partition(",")
    try:
        content = unquote_to_bytes(data)
    except UnicodeEncodeError as fault:
        raise ImageInvalid(f"data URL: it is no text ({reason(fault)}).") from fault
    if not comma:
        raise ImageInvalid("data URL: no comma, so no data. Write data:image/png;base64,….")
    if not kind.rstrip().lower().endswith(";base64"):
        return content
    content = b"".join(content.split()).rstrip(b"=")
    try:
        return base64.b64decode(content + b"=" * (-len(content) % 4), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise ImageInvalid(
            f"data URL: its base64 is broken ({reason(fault)}). Encode the file again."
        ) from fault


def _check_address(address: httpx.URL, title: str) -> None:
    if address.scheme not in ("http", "https"):
        raise SourceForbidden(
            f"{title}: leads to a {shown(address.scheme)} address, and only http and https are "
            f"followed. {_DOWNLOAD}"
        )
    if not address.host:
        raise ImageInvalid(f"{title}: a URL without a host. Write it as https://host/path.")


def _get(
    pool: httpcore.ConnectionPool, address: httpx.URL
) -> AbstractContextManager[httpcore.Response]:
    headers = [
        (b"Host", address.netloc),
        (b"User-Agent", b"leopard-tools"),
        (b"Accept", b"image/*, application/pdf;q=0.9, */*;q=0.1"),
        (b"Accept-Encoding", b"identity"),
        (b"Connection", b"close"),
    ]
    if address.userinfo:
        login = f"{address.username}:{address.password}".encode()
        headers.append((b"Authorization", b"Basic " + base64.b64encode(login)))
    target = httpcore.URL(
        scheme=address.raw_scheme,
        host=address.raw_host,
        port=address.port,
        target=address.raw_path,
    )
    return pool.stream("GET", target, headers=headers)


def _redirect(address: httpx.URL, response: httpcore.Response) -> httpx.URL | None:
    """Where the response sends us, None where it is the answer (or a redirect to nowhere)."""
    location = _header(response, b"location")
    return address.join(location) if location and response.status in _REDIRECTS else None


def _body(response: httpcore.Response, title: str, limits: Limits) -> Iterator[bytes]:
    if response.status != 200:
        raise ImageInvalid(
            f"{title}: the server answered {response.status}, not 200. Check that the address is "
            f"right and open to everyone. {_DOWNLOAD}"
        )
    length = _header(response, b"content-length")
    if length.isdecimal() and int(length) > limits.download_bytes:
        raise _too_large(title, limits)
    sent = _bounded(response.iter_stream(), title, limits)
    coding = _header(response, b"content-encoding").strip().lower() or "identity"
    if coding == "identity":
        return sent
    if coding in ("gzip", "x-gzip", "deflate"):
        return _bounded(_inflate(sent), title, limits)
    raise ImageInvalid(
        f"{title}: the server compressed it ({shown(coding)}) although asked not to. {_DOWNLOAD}"
    )


def _bounded(chunks: Iterable[bytes], title: str, limits: Limits) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limits.download_bytes:
            raise _too_large(title, limits)
        yield chunk


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Decompresses in small steps, so that a bomb is noticed before it unfolds."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: a gzip or a zlib header
    for chunk in chunks:
        rest = chunk
        while rest:
            yield inflater.decompress(rest, 65_536)
            rest = inflater.unconsumed_tail
    yield inflater.flush()
    if not inflater.eof:
        raise zlib.error("the compressed data ends too early")


def _too_large(title: str, limits: Limits) -> ImageTooLarge:
    return ImageTooLarge(
        f"{title}: the download is over the limit of {limits.download_bytes / 2**20:g} MiB. "
        "Give a smaller file, or raise Limits.download_bytes."
    )


def _header(response: httpcore.Response, name: bytes) -> str:
    """The first header of that name, empty where there is none."""
    values = (value for key, value in response.headers if key.lower() == name)
    return next(values, b"").decode(errors="replace")


__all__ = ["fetch", "read_data_url"]
