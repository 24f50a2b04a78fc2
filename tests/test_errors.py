"""Errors say the same wherever they arrive."""

from __future__ import annotations

import copy
import pickle

import pytest

from leopard_tools import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_an_error_comes_out_of_another_process_as_it_was_raised(name: str) -> None:
    given: dict[str, tuple[object, ...]] = {
        "ContextTooLong": (9_000, 8_192),
        "MissingDependency": ("pypdfium2", "pip install pypdfium2"),
    }
    error = getattr(errors, name)(*given.get(name, ("What happened, and what to do.",)))
    error.add_note("While page 3 was read.")
    # A pool that cannot unpickle what a worker raised breaks, and says nothing of it.
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert (str(again), vars(again)) == (str(error), vars(error))
