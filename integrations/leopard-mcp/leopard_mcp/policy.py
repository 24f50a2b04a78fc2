"""What the server may look at and keep, as its user decided when starting it. Knows no MCP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from leopard_tools.errors import LeopardError
from leopard_tools.toolbox.access import Access

MEMORY_BYTES = 512 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Access):
    """The start-up options; the defaults permit nothing that was not asked for.

    As Access; with `screen`, the screen may be captured without asking the user first.
    share_captures: over HTTP, the id of a capture is enough in any session, for clients that open
    one for each call. memory_bytes: the most that captures take. checkpoint: what answers, as in
    `Leopard.load`.
    """

    share_captures: bool = False
    memory_bytes: int = MEMORY_BYTES
    checkpoint: str = "nano"

    ROOT_OPTION: ClassVar[str] = "--root DIR"

    def __post_init__(self) -> None:
        # Not super(): a dataclass's decorator may have made another class of this one.
        Access.__post_init__(self)
        if self.memory_bytes < 1:
            raise LeopardError(
                f"The memory for captures must be positive, not {self.memory_bytes}."
            )


__all__ = ["MEMORY_BYTES", "Policy"]
