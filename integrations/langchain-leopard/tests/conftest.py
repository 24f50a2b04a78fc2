"""The embedded model, loaded once, and chat models that answer with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from langchain_leopard import ChatLeopard
from langchain_leopard.sharing import share
from langchain_places import DATA, Connected, program_on, serving, two_monitors

from leopard_tools import Leopard

IMAGE_URL = (
    "https://raw.githubusercontent.com/langchain-ai/docs/"
    "4d11d08b6b0e210bd456943f7a22febbd168b543/src/images/agentic-rag-output.png"
)
PDF_URL = "https://www.w3.org/WAI/ER/tests/xhtml/testfiles/resources/pdf/dummy.pdf"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def nano(nano: Leopard) -> Iterator[Leopard]:
    """The embedded model, which is also what everything here loads by default."""
    default = share()
    default._leopard = nano
    yield nano
    del default


@pytest.fixture
def chat(nano: Leopard) -> ChatLeopard:
    """A chat model with the defaults."""
    return ChatLeopard(leopard=nano)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address at which the example data are served on this machine."""
    with serving(DATA) as address:
        yield address


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
def pictures_of_the_suite(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What LangChain's suite fetches from the web comes from the project's own data."""
    from leopard_tools.images import fetch

    files = {
        IMAGE_URL: (data / "page.png").read_bytes(),
        PDF_URL: (data / "deck.pdf").read_bytes(),
    }

    def get(url: str, **_: object) -> httpx.Response:
        return httpx.Response(200, content=files[url])

    monkeypatch.setattr(httpx, "get", get)
    monkeypatch.setattr(fetch, "fetch", lambda url, *_: files[url])
