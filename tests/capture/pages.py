"""Pages that the local site of the tests serves, and what a test asks of them."""

from __future__ import annotations

import pytest

from leopard_tools.capture import web
from leopard_tools.errors import LeopardError, SourceForbidden
from leopard_tools.images import network

from ..images.local_site import Answer, Site


def html(body: str) -> Answer:
    return document(f"<!doctype html><meta charset=utf-8>{body}", "text/html")


def document(content: str, kind: str) -> Answer:
    return lambda handler: handler.reply(200, content.encode(), Content_Type=kind)


def only_one_address_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 stands in for the public addresses, since no public server can run here."""
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1")


def refused(url: str, kind: type[LeopardError] = SourceForbidden, **options: object) -> str:
    with pytest.raises(kind) as caught:
        web.snapshot(url, **options)  # type: ignore[arg-type]
    assert type(caught.value) is kind
    return str(caught.value)


def paths(site: Site) -> list[str]:
    return [path for path, _ in site.asked]
