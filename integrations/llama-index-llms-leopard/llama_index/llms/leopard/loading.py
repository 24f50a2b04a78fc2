"""A checkpoint that is loaded when it is first needed, and again where its engine failed.

Knows nothing of LlamaIndex.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
        self._over = False
        self._loading = threading.Lock()

    @property
    def loaded(self) -> bool:
        return self._leopard is not None

    def get(self) -> Leopard:
        """The Leopard; the first call loads it, and others wait for that."""
        with self._loading:
            if self._leopard is None or (self._leopard.closed and not self._over):
                from leopard_tools import Leopard as Loaded

                named = self.named
                self._leopard = Loaded.load(
                    named.checkpoint,
                    device=named.device,
                    dtype=named.dtype,
                    adapter=named.adapter,
                    revision=named.revision,
                )
            return self._leopard

    def close(self) -> None:
        """Lets go of what was loaded; it is not loaded again."""
        with self._loading:
            if self._leopard is not None:
                self._over = True
                self._leopard.close()

    def __reduce__(self) -> tuple[type[Checkpoint], tuple[Named]]:
        return Checkpoint, (self.named,)


__all__ = ["Checkpoint", "Named"]
