"""A server for as long as a block lasts, and its tools' results, for the examples."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp import Client, StdioServerParameters


@asynccontextmanager
async def connected(server: StdioServerParameters) -> AsyncIterator[Client]:
    """A client of the server; sys.exit inside the block ends the program with what it says."""
    stopped = None
    async with Client(server) as client:
        try:
            yield client
        # Through the client's tasks it would come out as a group of errors.
        except SystemExit as exit_:
            stopped = exit_
    if stopped is not None:
        raise stopped


async def call(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    """A tool's structured result; an error ends the program with what it says."""
    result = await client.call_tool(tool, arguments)
    if result.is_error:
        sys.exit(result.content[0].text)
    return result.structured_content


__all__ = ["call", "connected"]
