"""What the tests of the project and of the integrations share: one embedded model a process.

Each folder's own would take half a gigabyte of weights and a gigabyte of caches, and read the same
pages once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from leopard_tools import Leopard

# Where the machine is busy, examples are slow to make and to try: that is no fault of theirs.
settings.register_profile(
    "patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def nano() -> Iterator[Leopard]:
    """The embedded default."""
    with Leopard.load(device="cpu") as leopard:
        yield leopard


@pytest.fixture(scope="session")
def data() -> Path:
    """The project's example deck, page and scan."""
    return Path(__file__).parent / "examples" / "data"
