"""wait_for: returns when the screen shows what was waited for."""

from __future__ import annotations

from typing import Annotated

from mcp.types import CallToolResult
from pydantic import BeforeValidator, Field

from leopard_tools.capture.availability import check_screen, is_wayland
from leopard_tools.errors import LeopardError
from leopard_tools.toolbox.desktop import Target
from leopard_tools.toolbox.labels import labelled
from leopard_tools.types import Frame, Reading

from ..call import (
    Call,
    Progress,
    in_thread,
    in_thread_while_wanted,
    result,
    telling_errors,
)
from ..consent import Permitted
from ..models import Waited, box
from ..watching import PAUSE, Until, Watch
from .readings import match_of, match_text
from .screens import Monitors, Part, Windows, describe, keep, screen_text

# A str by its type, null or not: of any other type the SDK reads JSON, and "[1]" would be a list.
Wanted = Annotated[str, BeforeValidator(lambda given: "" if given is None else given)]
ROWS = 30
_RARELY = 2.0
"""Seconds between two looks where the desktop takes each picture, and may flash to show it."""


@telling_errors
async def wait_for(
    ctx: Call,
    access: Permitted,
    text: Wanted = "",
    until: Until = "appears",
    monitor: Monitors = None,
    window: Windows = None,
    region: Part = None,
    timeout: Annotated[float, Field(gt=0, le=3600, description="seconds")] = 30,
) -> Annotated[CallToolResult, Waited]:
    """Wait until a text appears on the screen or is gone, or anything changes; then capture it."""
    if not text.strip() and until != "changes":
        raise LeopardError(f'Say which text {until}, or wait with until="changes" for anything.')
    state = ctx.request_context.lifespan_context
    # Without a screen there is nothing to be patient for.
    check_screen()
    target = Target(monitor, window, box(region) if region else None)

    async def grab() -> Frame:
        return await in_thread(target.grab, state.policy.deny)

    async def read(frame: Frame) -> Reading:
        return await in_thread_while_wanted(state.read_frame, frame)

    patient = target.window is not None
    pause = _RARELY if is_wayland() else PAUSE
    async with Progress(ctx).during("Watching the screen"):
        watch = Watch(until, text, grab, read, patient, pause)
        seen = await watch.run(timeout)
    capture = keep(ctx, target, seen.frame)
    screen = await in_thread_while_wanted(describe, ctx, capture, ROWS)
    match = None if seen.line is None else match_of(capture, seen.line)
    model = Waited(met=seen.met, seconds=round(seen.seconds, 2), screen=screen, match=match)
    head = f"{'It came true' if seen.met else 'It did not come true'} in {model.seconds:g} s."
    if match is not None:
        head += f"\n{labelled(match_text(match))}"
    return result(model, f"{head}\n{screen_text(screen, capture, None)}")


__all__ = ["wait_for"]
