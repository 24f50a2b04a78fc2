"""What an answer depends on, as one string: the key under which LangChain caches it."""

from __future__ import annotations

import json
import uuid
import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leopard_tools import Leopard

_NAMES: weakref.WeakKeyDictionary[Leopard, str] = weakref.WeakKeyDictionary()


def cache_name(leopard: Leopard) -> str:
    """A name for a Leopard that somebody loaded: its model's would not tell how it was loaded."""
    return _NAMES.setdefault(leopard, uuid.uuid4().hex)


def cache_key(
    params: Mapping[str, Any], stop: Sequence[str] | None, given: Mapping[str, Any]
) -> str:
    """The model's parameters and those of the call."""
    called = {name: value for name, value in given.items() if name != "stream"}
    return json.dumps([params, stop, called], sort_keys=True, default=str)


__all__ = ["cache_key", "cache_name"]
