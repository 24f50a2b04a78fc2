"""A checkpoint that is loaded when it is first needed, and again where its engine failed.

Knows nothing of LlamaIndex.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leopard_tools.errors import EngineClosed
from leopard_tools.reading.ocr import Reader

if TYPE_CHECKING:
    from leopard_tools import Leopard


@dataclass(frozen=True, slots=True)
class Named:
    """What is loaded, as Leopard.load takes it."""

    checkpoint: str
    device: str
    dtype: str
    adapter: str | None
    revision: str | None


class Checkpoint:
    """A Leopard that may not be loaded yet. In another process it is loaded there."""

    def __init__(self, named: Named) -> None:
        self.named = named
        self._leopard: Leopard | None = None
        self._reader = Reader()
        self._over = False
        self._loading = threading.Lock()

    @property
    def loaded(self) -> bool:
        return self._leopard is not None

    def get(self) -> Leopard:
        """The Leopard; the first call loads it, and others wait for that.

        Raises EngineClosed after `close`.
        """
        with self._loading:
            if self._over:
                raise EngineClosed("This Leopard was closed. Make another one to ask more.")
            if self._leopard is None or self._leopard.closed:
                from leopard_tools import Leopard as Loaded

                named = self.named
                self._leopard = Loaded.load(
                    named.checkpoint,
                    device=named.device,
                    dtype=named.dtype,
                    adapter=named.adapter,
                    revision=named.revision,
                    reader=self._reader,
                )
                # One that comes after it begins anew: this may be a fork, or the reader be broken.
                self._reader = Reader()
            return self._leopard

    @property
    def reader(self) -> Reader:
        """What the Leopard reads with, or will where it is still to be loaded."""
        leopard = self._leopard
        return self._reader if leopard is None or leopard.closed else leopard.reader

    def close(self) -> None:
        """Lets go of what was loaded; it is not loaded again."""
        with self._loading:
            self._over = True
            if self._leopard is not None:
                self._leopard.close()

    def __reduce__(self) -> tuple[type[Checkpoint], tuple[Named]]:
        return Checkpoint, (self.named,)


__all__ = ["Checkpoint", "Named"]
