"""LazyLeopard: a Leopard that is loaded when it is first needed.

For whoever may never ask, or reads before: servers, toolboxes, the integrations. Importing this
loads no torch, and only `load` does.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from .errors import EngineClosed
from .images.limits import DEFAULT_LIMITS, Limits
from .reading.ocr import Reader
from .variants.registry import NANO, Processing

if TYPE_CHECKING:
    from .leopard import Leopard


class LoadOptions(TypedDict, total=False):
    """What `Leopard.load` takes beside the checkpoint and the reader."""

    device: str
    dtype: str
    adapter: str | Path | None
    revision: str | None
    processing: Processing
    limits: Limits | None
    cache_bytes: int | None


class LazyLeopard:
    """A Leopard that may not be loaded yet.

        later = LazyLeopard("wyu1/Leopard-Idefics2", dtype="int8")
        later.reader.read(picture)      # needs no model
        later.load().ask(...)           # loads it, the first time

    Takes what `Leopard.load` takes. It may be shared between threads, its copies are itself, and in
    another process, forked or unpickled, it loads anew.
    """

    def __init__(
        self,
        checkpoint: str | Path = NANO,
        *,
        reader: Reader | None = None,
        **options: Unpack[LoadOptions],
    ) -> None:
        self.checkpoint = checkpoint
        self.options = options
        self._reader = reader or Reader()
        self._leopard: Leopard | None = None
        self._closed = False
        self._loading = threading.Lock()
        _KNOWN.add(self)

    @property
    def loaded(self) -> bool:
        """Whether one is there that answers."""
        return self._present is not None

    @property
    def reader(self) -> Reader:
        """What the Leopard reads with, or will where it is still to be loaded."""
        leopard = self._present
        return self._reader if leopard is None else leopard.reader

    @property
    def limits(self) -> Limits:
        """What sources may cost."""
        return self.options.get("limits") or DEFAULT_LIMITS

    def load(self) -> Leopard:
        """The Leopard; the first call loads it, and others wait for that.

        It is loaded again where it answers no more: somebody closed it, its engine failed, or it
        came along into a fork. Raises EngineClosed after `close`, and what `Leopard.load` raises.
        """
        with self._loading:
            if self._closed:
                raise EngineClosed("This LazyLeopard was closed. Make another one to ask more.")
            leopard = self._present
            if leopard is None:
                from .leopard import Leopard

                # Let go first: there may be no room for the weights twice.
                self._leopard = None
                leopard = Leopard.load(self.checkpoint, reader=self._reader, **self.options)
                self._leopard = leopard
                # The next one begins anew: what was wrong with this one may have been its reader.
                self._reader = Reader()
            return leopard

    def close(self) -> None:
        """Ends what runs and frees the memory; it is not loaded again."""
        with self._loading:
            self._closed = True
            leopard, self._leopard = self._leopard, None
            if leopard is not None:
                leopard.close()

    @property
    def _present(self) -> Leopard | None:
        leopard = self._leopard
        return None if leopard is None or leopard.closed else leopard

    def __copy__(self) -> LazyLeopard:
        return self

    def __deepcopy__(self, memo: object) -> LazyLeopard:
        return self

    def __reduce__(self) -> tuple[Callable[..., LazyLeopard], tuple[object, ...]]:
        return partial(LazyLeopard, **self.options), (self.checkpoint,)

    def _begin_anew(self) -> None:
        """In a fork, to which neither the thread that loads nor those that read came along."""
        self._loading, self._reader = threading.Lock(), Reader()


_KNOWN: weakref.WeakSet[LazyLeopard] = weakref.WeakSet()


def _begin_anew() -> None:
    for lazy in list(_KNOWN):
        lazy._begin_anew()


# Windows has no forks.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)

__all__ = ["LazyLeopard", "LoadOptions"]
