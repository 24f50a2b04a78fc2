"""What the tests of the project and of the integrations share: one embedded model a process.

Each folder's own would take half a gigabyte of weights and a gigabyte of caches, and read the same
pages once more.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from leopard_tools import Leopard
from leopard_tools.reading.kept import VARIABLE

_READINGS = pytest.StashKey[str]()

# Where the machine is busy, examples are slow to make and to try: that is no fault of theirs.
settings.register_profile(
    "patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Has a picture read once a run, by whichever process meets it first.

    Dozens of processes ask about the same deck and scan, and reading them is most of what they do.
    tests/reading has none of it.
    """
    # The processes of pytest-xdist get the variable from the one that starts them.
    if not hasattr(config, "workerinput"):
        config.stash[_READINGS] = os.environ[VARIABLE] = tempfile.mkdtemp()


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(_READINGS, None):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def nano() -> Iterator[Leopard]:
    """The embedded default."""
    with Leopard.load(device="cpu") as leopard:
        yield leopard


@pytest.fixture(scope="session")
def data() -> Path:
    """The project's example deck, page and scan."""
    return Path(__file__).parent / "examples" / "data"
