"""A desktop, a site and clients for the tests; the desktop is the one of tests/capture."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from leopard_mcp import Policy, make_server
from leopard_mcp.state import ServerState
from mcp_clients import (
    Connect,
    Connected,
    ServedClient,
    Site,
    program_on,
    served,
    two_monitors,
)

from leopard_tools import LazyLeopard, Leopard
from leopard_tools.reading.ocr import Reader


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def reader(nano: Leopard) -> Reader:
    """One reader for all servers of the tests, so that what one read is known to the next."""
    return nano.reader


@pytest.fixture
def connect(reader: Reader) -> Connect:
    """Connects the SDK's client to a server in this process; its state is `client.state`."""

    @asynccontextmanager
    async def opened(policy: Policy | None = None, **options: Any) -> AsyncIterator[ServedClient]:
        state = ServerState(policy or Policy())
        state.model = LazyLeopard(state.policy.checkpoint, reader=reader)
        async with ServedClient(make_server(state=state), **options) as client:
            client.state = state
            yield client

    return opened


@pytest.fixture
def with_nano(monkeypatch: pytest.MonkeyPatch, nano: Leopard) -> Leopard:
    """Servers answer with the model that is loaded already, and leave it open."""
    monkeypatch.setattr(LazyLeopard, "load", lambda _: nano)
    return nano


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    with two_monitors() as name:
        yield name


@pytest.fixture
def desktop(display: str) -> Iterator[Connected]:
    """The desktop that is captured; windows opened with it are gone after the test."""
    with program_on(display) as program:
        yield program


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as server:
        yield server
