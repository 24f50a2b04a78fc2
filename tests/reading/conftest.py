"""What reads here reads: nothing that the tests of other folders have kept is taken for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from leopard_tools.reading.kept import VARIABLE


@pytest.fixture(scope="module", autouse=True)
def nothing_kept() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(VARIABLE, raising=False)
        yield
