"""leopard-tools: answers about screens, slides and pages from a model in your own process.

    from leopard_tools import Leopard

    leopard = Leopard.load()
    print(leopard.ask("Which slide shows revenue?", images=["deck.pdf"]).text)

Importing this package loads nothing heavy: `Leopard` and `Session` are imported when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import LeopardError
from .types import Answer, Box, Citation, Frame, Line, Message, Reading, Tool, ToolCall

if TYPE_CHECKING:
    from .leopard import Leopard
    from .session import Session

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Box",
    "Citation",
    "Frame",
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
    if name == "Session":
        from .session import Session

        return Session
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
