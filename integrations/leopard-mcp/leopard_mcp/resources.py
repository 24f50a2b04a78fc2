"""Captures as resources, for clients that show them to their user."""

from __future__ import annotations

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError

from leopard_tools.errors import LeopardError
from leopard_tools.toolbox.captures import Capture
from leopard_tools.toolbox.labels import labelled

from .call import Call, in_thread, in_thread_while_wanted
from .pictures import fit
from .state import ServerState, owner_of


async def picture(capture: str, ctx: Call) -> bytes:
    """The picture of a capture, at most 1568 pixels and 900 KB."""
    found = _capture(ctx, capture)
    return (await in_thread(fit, found.frame.image, lossless=True)).data


async def text(capture: str, ctx: Call) -> str:
    """The text of a capture in reading order."""
    found = _capture(ctx, capture)
    reading = await in_thread_while_wanted(ctx.request_context.lifespan_context.read, found)
    return labelled(reading.text or "(no text)")


def add_resources(server: MCPServer[ServerState]) -> None:
    """Registers both; captures are not listed, since their ids are what keeps them private."""
    server.resource("screen://captures/{capture}", name="capture", mime_type="image/png")(picture)
    server.resource("screen://captures/{capture}/text", name="capture_text")(text)


def _capture(ctx: Call, key: str) -> Capture:
    try:
        found = ctx.request_context.lifespan_context.captures.get(owner_of(ctx), [key])
    except LeopardError as error:
        raise ResourceNotFoundError(str(error)) from error
    if len(found) > 1:
        raise ResourceNotFoundError(f"{key} names {len(found)} captures. Read {found[0].id} first.")
    return found[0]


__all__ = ["add_resources"]
