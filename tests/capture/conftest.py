from __future__ import annotations

from collections.abc import Iterator

import pytest

from leopard_tools.capture import web

from ..images.local_site import Site, served
from .real_desktop import Connected, program_on, two_monitors


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    with two_monitors() as name:
        yield name


@pytest.fixture
def desktop(display: str) -> Iterator[Connected]:
    """The desktop that `screen` captures; windows opened with it are gone after the test."""
    with program_on(display) as program:
        yield program


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def browser_closed() -> Iterator[None]:
    yield
    web.close()
