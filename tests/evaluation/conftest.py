"""The small benchmarks, written once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from .small import make_all


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of each small benchmark."""
    return make_all(tmp_path_factory.mktemp("small"))
