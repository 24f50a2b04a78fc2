"""Downloads from a real server on this machine: what arrives, and what goes to the server."""

from __future__ import annotations

import gzip
import io
import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from leopard_tools.errors import ImageInvalid
from leopard_tools.images import network
from leopard_tools.images.fetch import fetch, read_data_url
from leopard_tools.images.sources import load_frames
from leopard_tools.waiting import CHECK_SECONDS

from .local_site import LOCAL, Handler, Site, refused

if TYPE_CHECKING:
    from pathlib import Path


def test_a_picture_on_the_web_becomes_a_frame_named_by_its_url(site: Site) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (5, 4), "red").save(buffer, "PNG")
    site.answers["/a.png"] = lambda handler: handler.reply(200, buffer.getvalue())
    (frame,) = load_frames(site.url("/a.png"), LOCAL)
    assert (frame.size, frame.source) == ((5, 4), site.url("/a.png"))


def test_a_page_on_the_web_is_no_picture(site: Site) -> None:
    site.answers["/page"] = lambda handler: handler.reply(200, b"<!doctype html><p>hi")
    with pytest.raises(ImageInvalid, match="an HTML page"):
        load_frames(site.url("/page"), LOCAL)


def test_the_path_the_query_and_the_host_reach_the_server(site: Site) -> None:
    site.answers["/a%20b"] = lambda handler: handler.reply(200, b"ok")
    assert fetch(site.url("/a b?key=1#part", host="localhost"), LOCAL) == b"ok"
    path, headers = site.asked[0]
    assert path == "/a%20b?key=1"
    assert headers["Host"] == f"localhost:{site.server_port}"


def test_a_password_goes_to_the_server_and_nowhere_else(site: Site) -> None:
    url = site.url("/missing", host="ann:pa%40ss@127.0.0.1")
    site.answers["/missing"] = lambda handler: handler.reply(404)
    message = refused(url)
    assert site.asked[0][1]["Authorization"] == "Basic YW5uOnBhQHNz"
    assert "ann" not in message and "ss@" not in message


def test_a_password_is_not_kept_in_the_frame_nor_sent_to_another_host(site: Site) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (5, 4)).save(buffer, "PNG")
    site.answers["/a.png"] = lambda handler: handler.reply(200, buffer.getvalue())
    site.redirect("/away", site.url("/a.png", host="localhost"))
    (frame,) = load_frames(site.url("/away", host="ann:word@127.0.0.1"), LOCAL)
    assert frame.source == site.url("/away")
    assert "Authorization" not in site.asked[1][1]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_relative_ones_too(site: Site, status: int) -> None:
    site.redirect("/one", "two", status)
    site.redirect("/two", site.url("/"), status)
    assert fetch(site.url("/one"), LOCAL) == b"body"


def test_a_server_that_pauses_is_waited_for(site: Site) -> None:
    def slowly(handler: Handler) -> None:
        for part in (b"HTTP/1.1 200 OK\r\n", b"Content-Length: 4\r\n\r\n", b"bo", b"dy"):
            handler.wfile.write(part)
            handler.server.over.wait(2 * CHECK_SECONDS)

    site.answers["/slow"] = slowly
    assert fetch(site.url("/slow"), LOCAL) == b"body"


def test_a_compressed_body_is_decompressed(site: Site) -> None:
    body = gzip.compress(b"leopard" * 50_000)
    site.answers["/z"] = lambda handler: handler.reply(200, body, Content_Encoding="gzip")
    assert fetch(site.url("/z"), LOCAL) == b"leopard" * 50_000
    assert site.asked[0][1]["Accept-Encoding"] == "identity"


def test_proxies_of_the_environment_are_not_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(site.url(), LOCAL) == b"body"


# TLS


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for "localhost" that only vouches for itself, with its key in the file."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    key, path = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(key), "-out", str(path)]
    subprocess.run(["openssl", *command.split(), *names, *files], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path


@pytest.fixture
def secure_site(site: Site, certificate: Path) -> Site:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site.socket = context.wrap_socket(site.socket, server_side=True, do_handshake_on_connect=False)
    site.handle_error = lambda *_: None  # type: ignore[method-assign]
    return site


def test_a_certificate_that_nobody_vouches_for_is_refused(secure_site: Site) -> None:
    url = secure_site.url(host="localhost").replace("http:", "https:")
    assert "CERTIFICATE_VERIFY_FAILED" in refused(url)


def test_the_certificate_must_be_for_the_name_in_the_url(
    secure_site: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(network, "_trust", lambda: trusting)
    url = secure_site.url(host="localhost").replace("http:", "https:")
    assert fetch(url, LOCAL) == b"body"
    assert "CERTIFICATE_VERIFY_FAILED" in refused(url.replace("localhost", "127.0.0.1"))


# Data URLs


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("data:,a%20b", b"a b"),
        ("data:text/plain;charset=utf-8;base64,aGk=", b"hi"),
        ("DATA:image/png;BASE64,aGk", b"hi"),
        ("data:;base64,a G%6B%3D\n", b"hi"),
        ("data:,", b""),
    ],
)
def test_data_urls_are_read_as_browsers_read_them(url: str, data: bytes) -> None:
    assert read_data_url(url) == data
