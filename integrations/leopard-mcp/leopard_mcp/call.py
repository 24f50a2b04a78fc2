"""One tool call: its context, work in threads, progress while it lasts, errors with a next step."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial, wraps
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar

import anyio
from anyio.to_thread import run_sync
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, ContentBlock, TextContent
from pydantic import BaseModel

from leopard_tools.errors import LeopardError
from leopard_tools.images.naming import without_halves
from leopard_tools.images.wanted import Check
from leopard_tools.waiting import awaited

from .state import ServerState

Call: TypeAlias = Context[ServerState, object]
Result = TypeVar("Result")
Options = ParamSpec("Options")

_TICK = 1.0


class Progress:
    """Tells the client what a call is doing, in steps that always rise, as the protocol wants."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._steps = 0
        self._message = ""

    async def say(self, message: str) -> None:
        """What begins now."""
        self._message = without_halves(message)
        await self._report()

    @asynccontextmanager
    async def during(self, message: str) -> AsyncIterator[None]:
        """Says it again every second, so that a client knows that the work goes on."""
        await self.say(message)
        ticking = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            ticking.cancel()

    async def _tick(self) -> None:
        # A client that went away is no concern of the work, which is cancelled by itself.
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            while True:
                await asyncio.sleep(_TICK)
                await self._report()

    async def _report(self) -> None:
        self._steps += 1
        await self._call.report_progress(self._steps, message=self._message)


async def in_thread(
    work: Callable[Options, Result], *args: Options.args, **options: Options.kwargs
) -> Result:
    """Runs what blocks in a thread; a call that is cancelled does not wait for it."""
    return await run_sync(partial(work, *args, **options), abandon_on_cancel=True)


async def in_thread_while_wanted(
    work: Callable[Concatenate[Check, Options], Result],
    *args: Options.args,
    **options: Options.kwargs,
) -> Result:
    """As `in_thread`, for work that asks now and then whether it is still wanted."""
    with awaited() as check:
        return await in_thread(work, check, *args, **options)


def telling_errors(
    tool: Callable[Options, Awaitable[Result]],
) -> Callable[Options, Awaitable[Result]]:
    """The tool, with what it refuses told to the model: message and next step."""

    @wraps(tool)
    async def told(*args: Options.args, **options: Options.kwargs) -> Result:
        try:
            return await tool(*args, **options)
        except LeopardError as error:
            raise ToolError(without_halves(str(error))) from error

    return told


def result(model: BaseModel, text: str, *more: ContentBlock) -> CallToolResult:
    """Text first, then pictures; the same as data beside them.

    What is no text, as the name of a file that is no UTF-8, would end the server on its way out.
    """
    told = json.dumps(model.model_dump(mode="json", exclude_none=True), ensure_ascii=False)
    return CallToolResult(
        content=[TextContent(text=without_halves(text)), *more],
        structured_content=json.loads(without_halves(told)),
    )


__all__ = ["Call", "Progress", "in_thread", "in_thread_while_wanted", "result", "telling_errors"]
