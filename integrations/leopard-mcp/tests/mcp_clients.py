"""What the tests share: a user who answers, and calls that must succeed or fail."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Literal

from leopard_mcp.state import ServerState
from mcp import Client
from mcp.client.context import ClientRequestContext
from mcp.types import ElicitRequestParams, ElicitResult

ROOT = Path(__file__).parents[3]
# The desktop and the site of the main tests are used here too; pytest adds only this folder, so
# these imports come after (E402).
sys.path.insert(0, str(ROOT))

from tests.capture.real_desktop import (  # noqa: E402
    Connected,
    poster,
    program_on,
    two_monitors,
    until,
)
from tests.capture.real_wayland import take_part, two_wayland_monitors  # noqa: E402
from tests.images.local_site import Site, served  # noqa: E402

DATA = ROOT / "examples" / "data"
Action = Literal["accept", "decline", "cancel"]


class ServedClient(Client):
    """The SDK's client with the state of the server in this process that it talks to."""

    state: ServerState


Connect = Callable[..., AbstractAsyncContextManager[ServedClient]]


class User:
    """Answers the server's questions, and counts them."""

    def __init__(self, action: Action = "accept", **content: bool) -> None:
        self.action = action
        self.content = content
        self.asked: list[str] = []

    async def __call__(
        self, context: ClientRequestContext, params: ElicitRequestParams
    ) -> ElicitResult:
        self.asked.append(params.message)
        content = {**self.content} if self.action == "accept" else None
        return ElicitResult(action=self.action, content=content)


def text_of(result: Any) -> str:
    """What a model reads of a result."""
    return "\n".join(part.text for part in result.content if part.type == "text")


async def call(client: Client, tool: str, **arguments: object) -> Any:
    """The structured result of a call that must succeed."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    return result.structured_content


async def refusal(client: Client, tool: str, **arguments: object) -> str:
    """What is said to a call that must fail."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, text_of(result)
    return text_of(result)


__all__ = [
    "DATA",
    "ROOT",
    "Connect",
    "Connected",
    "Site",
    "User",
    "call",
    "poster",
    "program_on",
    "refusal",
    "served",
    "take_part",
    "text_of",
    "two_monitors",
    "two_wayland_monitors",
    "until",
]
