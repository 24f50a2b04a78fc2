from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .local_site import Site, served

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as server:
        yield server
