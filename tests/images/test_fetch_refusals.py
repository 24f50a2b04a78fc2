"""Downloads that are refused or given up: where they lead, how large and how slow they are."""

from __future__ import annotations

import gzip
import socket
import time

import pytest

from leopard_tools.errors import Cancelled, ImageInvalid, ImageTooLarge, SourceForbidden
from leopard_tools.images import network
from leopard_tools.images.addresses import is_public
from leopard_tools.images.fetch import fetch
from leopard_tools.images.sources import Limits, load_frames

from .local_site import LOCAL, Handler, Site, refused


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.1", "127.1", "0.0.0.0", "0"),
        *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "[::127.0.0.1]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "10.1.2.3", "169.254.169.254", "192.168.0.1"),
        *("100.64.0.1", "[fe80::1]", "[fc00::1]", "224.0.0.1", "255.255.255.255"),
    ],
)
def test_a_url_into_this_network_is_forbidden_in_whatever_form(site: Site, host: str) -> None:
    message = refused(site.url(host=host), SourceForbidden, Limits())
    assert "not a public address" in message
    assert not site.asked


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("64:ff9b::a00:1", "64:ff9b:1::1", "2001:0:1::1", "2001:db8::1", "3fff::1", "ff02::1"),
        *("fe80::1%eth0", "fec0::1", "::", "240.0.0.1", "198.18.0.1", "192.0.2.1", "239.1.1.1"),
        *("2002:808:808::1", "::8.8.8.8", "100::1", "5f00::1"),
        # Served by clouds to their own machines, and what newer releases of Python know.
        *("192.0.0.192", "168.63.129.16", "64:ff9b::a83f:8110", "192.0.0.8", "192.88.99.1"),
        *("2a00::5efe:a00:1", "2a00::200:5efe:a00:1", "2a00::200:5efe:808:808"),
    ],
)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_a_redirect_into_this_network_is_forbidden(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No public server can run here, so one loopback address stands in for the public ones.
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1")
    site.redirect("/away", site.url("/secret", host="127.0.0.2"))
    assert "127.0.0.2" in refused(site.url("/away"), SourceForbidden, Limits())
    assert [path for path, _ in site.asked] == ["/away"]


def test_a_name_is_resolved_once_and_must_be_public_in_all_its_addresses(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1")
    answers = [["127.0.0.1"], ["127.0.0.1", "127.0.0.2"]]
    resolve = socket.getaddrinfo

    def rebinding(host: str, *rest: object, **options: object) -> object:
        if host != "rebinding.test":
            return resolve(host, *rest, **options)  # type: ignore[arg-type]
        return [(2, 1, 6, "", (address, 0)) for address in answers.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert fetch(site.url(host="rebinding.test"), Limits()) == b"body"
    assert len(answers) == 1
    assert "127.0.0.2" in refused(site.url(host="rebinding.test"), SourceForbidden, Limits())


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://host/a", "data:,x", "gopher://x"])
def test_a_redirect_to_another_scheme_is_forbidden(site: Site, target: str) -> None:
    site.redirect("/away", target)
    assert "only http and https" in refused(site.url("/away"), SourceForbidden)


def test_redirects_in_a_circle_end(site: Site) -> None:
    site.redirect("/round", "/round")
    assert "more than 3 redirects" in refused(site.url("/round"))
    assert len(site.asked) == 4


@pytest.mark.parametrize("status", [204, 206, 300, 304, 403, 404, 500])
def test_any_other_status_is_named(site: Site, status: int) -> None:
    site.answers["/odd"] = lambda handler: handler.reply(status)
    assert f"answered {status}" in refused(site.url("/odd"))


def test_a_redirect_without_a_target_is_a_status(site: Site) -> None:
    site.answers["/odd"] = lambda handler: handler.reply(302)
    assert "answered 302" in refused(site.url("/odd"))


@pytest.mark.parametrize(
    "target", ["http://", "http:///x", "http://[::1", "http://localhost:99999/", "\x01"]
)
def test_a_redirect_to_a_broken_address_is_refused(site: Site, target: str) -> None:
    site.redirect("/odd", target)
    refused(site.url("/odd"))


def test_an_announced_size_over_the_limit_is_refused_at_once(site: Site) -> None:
    def big(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "99999999")
        handler.end_headers()
        handler.server.over.wait(5)

    site.answers["/big"] = big
    began = time.monotonic()
    assert "0.9" in refused(site.url("/big"), ImageTooLarge)
    assert time.monotonic() - began < 2


def test_a_size_that_was_not_announced_is_cut_off_at_the_limit(site: Site) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not handler.server.over.is_set():
                handler.wfile.write(b"x" * 65_536)
        except OSError:
            pass

    site.answers["/endless"] = endless
    refused(site.url("/endless"), ImageTooLarge)


def test_a_gzip_bomb_is_noticed_before_it_unfolds(site: Site) -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 300_000_000, 1), 9)
    inner = gzip.compress(b"\0" * 30_000_000)
    site.answers["/bomb"] = lambda handler: handler.reply(200, inner, Content_Encoding="gzip")
    site.answers["/twice"] = lambda handler: handler.reply(200, bomb, Content_Encoding="gzip, gzip")
    refused(site.url("/bomb"), ImageTooLarge)
    assert "compressed it (gzip, gzip)" in refused(site.url("/twice"))


def test_a_broken_compressed_body_is_refused(site: Site) -> None:
    whole = gzip.compress(b"leopard" * 1000)
    site.answers["/cut"] = lambda handler: handler.reply(200, whole[:-9], Content_Encoding="gzip")
    site.answers["/bad"] = lambda handler: handler.reply(200, b"no zip", Content_Encoding="deflate")
    assert "ends too early" in refused(site.url("/cut"))
    assert "cannot be fetched" in refused(site.url("/bad"))


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_server_that_drips_is_left_at_the_deadline(site: Site, start: bytes) -> None:
    site.answers["/drip"] = lambda handler: handler.drip(start)
    began = time.monotonic()
    limits = Limits(private_addresses=True, download_seconds=0.4)
    assert "within 0.4 seconds" in refused(site.url("/drip"), limits=limits)
    assert time.monotonic() - began < 2


def test_a_download_that_nobody_waits_for_is_given_up(site: Site) -> None:
    site.answers["/silent"] = lambda handler: handler.server.over.wait(10)
    site.answers["/drip"] = lambda handler: handler.drip(b"HTTP/1.1 200 OK\r\n\r\n")
    for path in ("/silent", "/drip"):
        began = time.monotonic()

        def check(end: float = began + 0.3) -> None:
            if time.monotonic() > end:
                raise Cancelled("Nobody waits.")

        with pytest.raises(Cancelled):
            load_frames(site.url(path), LOCAL, check=check)
        assert time.monotonic() - began < 2


def test_a_server_that_is_cut_off_or_talks_nonsense_is_refused(site: Site) -> None:
    def cut(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort")

    site.answers["/cut"] = cut
    site.answers["/nonsense"] = lambda handler: handler.drip(b"hello there\r\n\r\n")
    site.answers["/nothing"] = lambda _: None
    for path in ("/cut", "/nonsense", "/nothing"):
        assert "cannot be fetched" in refused(site.url(path))


def test_a_closed_port_is_refused() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "cannot be fetched" in refused(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "url",
    [
        *("http:", "http://", "http:///a.png", "http://:80/", "http://[::1"),
        *("http://\0/", "http://localhost:99999/", "http://§§§/", "http://x..y/"),
        *("http://" + "a" * 70 + ".test/", "https://" + "a" * 70_000),
    ],
)
def test_a_url_that_is_none_is_refused_in_one_short_line(url: str) -> None:
    with pytest.raises(ImageInvalid) as caught:
        load_frames(url, LOCAL)
    assert len(str(caught.value)) < 500
    assert str(caught.value).isprintable()
