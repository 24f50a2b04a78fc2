"""What an answer depends on, as one string: the key under which LangChain caches it."""

from __future__ import annotations

import json
import uuid
import weakref
from collections.abc import Mapping, Sequence
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.messages import BaseMessage

from leopard_tools.errors import ImageInvalid
from leopard_tools.images.sources import is_url
from leopard_tools.toolbox.access import Access
from leopard_tools.types import Frame

from .binding import read_response_format, read_tools
from .messages import read_messages

if TYPE_CHECKING:
    from leopard_tools import Leopard

_NAMES: weakref.WeakKeyDictionary[Leopard, str] = weakref.WeakKeyDictionary()


def cache_name(leopard: Leopard) -> str:
    """A name for a Leopard that somebody loaded: its model's would not tell how it was loaded."""
    return _NAMES.setdefault(leopard, uuid.uuid4().hex)


def cache_key(
    params: Mapping[str, Any], stop: Sequence[str] | None, given: Mapping[str, Any]
) -> str:
    """The model's parameters and those of the call; a class counts by its JSON schema."""
    called = {
        **{name: value for name, value in given.items() if name != "stream"},
        "tools": read_tools(given.get("tools") or [], given.get("strict")),
        "response_format": read_response_format(given.get("response_format")),
    }
    # Keys within are left in their order: an answer has a schema's fields in it.
    return json.dumps([sorted(params.items()), stop, sorted(called.items())], default=str)


def reach_of(access: Access) -> list[object]:
    """What messages may open, wherever this program stands."""
    roots = [str(Path(root).expanduser().resolve()) for root in access.roots]
    return [roots, access.web, access.allow_private]


def contents_of(messages: Sequence[BaseMessage], access: Access) -> str | None:
    """A hash of the files that messages name, "" where they name none.

    None where that cannot be known: a web page may be another one each time, and what cannot be
    read is to raise where it is opened. Raises SourceForbidden for a file that may not be opened.
    """
    named: list[str] = []

    def note(address: str) -> Sequence[Frame]:
        named.append(address)
        return ()

    read_messages(messages, note)
    contents = sha256()
    # Data URLs stand in the messages themselves.
    outside = [address for address in named if address[:5].lower() != "data:"]
    for address in outside:
        if is_url(address):
            return None
        try:
            with access.open(address) as stream:
                contents.update(file_digest(stream, "sha256").digest())
        except (ImageInvalid, OSError):
            return None
    return contents.hexdigest() if outside else ""


__all__ = ["cache_key", "cache_name", "contents_of", "reach_of"]
