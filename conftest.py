"""What the tests of the project and of the integrations share: one embedded model a process.

Each folder's own would take half a gigabyte of weights and a gigabyte of caches, and read the same
pages once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leopard_tools import Leopard


@pytest.fixture(scope="session")
def nano() -> Iterator[Leopard]:
    """The embedded default."""
    with Leopard.load(device="cpu") as leopard:
        yield leopard


@pytest.fixture(scope="session")
def data() -> Path:
    """The project's example deck, page and scan."""
    return Path(__file__).parent / "examples" / "data"
