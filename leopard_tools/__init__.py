"""leopard-tools: answers about screens, slides and pages from a model in your own process.

    from leopard_tools import Leopard

    leopard = Leopard.load()
    print(leopard.ask("Which slide shows revenue?", images=["deck.pdf"]).text)

Importing this package loads nothing heavy: `Leopard`, `LazyLeopard` and `Session` are
imported when first used.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .errors import LeopardError
from .types import Answer, Box, Citation, Frame, Line, Message, Reading, Tool, ToolCall

if TYPE_CHECKING:
    from .lazy import LazyLeopard
    from .leopard import Leopard
    from .session import Session

__version__ = "0.1.0"

# PyTorch's threads wait for each other by spinning, 300,000 times before they sleep. Where another
# program has one of their cores, the one that is waited for cannot run meanwhile: an answer of two
# seconds takes twenty. So few are enough for the next operation to find them awake. PyTorch reads
# this when it is loaded, which nothing here does before.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "5000")

__all__ = [
    "Answer",
    "Box",
    "Citation",
    "Frame",
    "LazyLeopard",
    "Leopard",
    "LeopardError",
    "Line",
    "Message",
    "Reading",
    "Session",
    "Tool",
    "ToolCall",
]


def __getattr__(name: str) -> object:
    if name == "Leopard":
        from .leopard import Leopard

        return Leopard
    if name == "LazyLeopard":
        from .lazy import LazyLeopard

        return LazyLeopard
    if name == "Session":
        from .session import Session

        return Session
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
