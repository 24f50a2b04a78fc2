"""screen_list and screen_capture."""

from __future__ import annotations

from typing import Annotated

from mcp.types import CallToolResult
from pydantic import Field

from leopard_tools.capture import screen
from leopard_tools.images.wanted import Check
from leopard_tools.toolbox.captures import Capture
from leopard_tools.toolbox.desktop import Target, listed_windows
from leopard_tools.toolbox.excerpts import part
from leopard_tools.toolbox.labels import box_text, counted, labelled
from leopard_tools.types import Frame

from ..call import (
    Call,
    Progress,
    in_thread,
    in_thread_while_wanted,
    result,
    telling_errors,
)
from ..consent import Permitted
from ..models import Changes, Desktop, Monitor, Place, Screen, Text, Window, box
from ..state import owner_of
from .differences import changes_between, changes_text

Monitors = Annotated[int | None, Field(ge=1, description="from screen_list; default: all")]
Windows = Annotated[int | str | None, Field(description="id or title")]
Part = Annotated[Place | None, Field(description="left, top, width, height in it")]
ROWS = 60


@telling_errors
async def screen_list(ctx: Call, access: Permitted) -> Annotated[CallToolResult, Desktop]:
    """List monitors and windows, topmost first."""
    deny = ctx.request_context.lifespan_context.policy.deny
    monitors = await in_thread(screen.monitors)
    windows = await in_thread(listed_windows, deny)
    model = Desktop(
        monitors=[
            Monitor(monitor=each.number, box=each.box.to_list(), scale=each.scale)
            for each in monitors
        ],
        windows=[
            Window(
                window=each.id,
                title=each.title,
                application=each.application,
                box=each.box.to_list(),
                visible=each.visible,
            )
            for each in windows
        ],
    )
    seen = [f"Monitor {each.number} {box_text(each.box)}" for each in monitors]
    seen += [
        f"Window {each.id} {box_text(each.box)} {each.application}: {each.title}"
        f"{'' if each.visible else ' (not visible)'}"
        for each in windows
    ]
    return result(model, labelled("\n".join(seen)))


@telling_errors
async def screen_capture(
    ctx: Call,
    access: Permitted,
    monitor: Monitors = None,
    window: Windows = None,
    region: Part = None,
    since: Annotated[str | None, Field(description="capture to compare with")] = None,
    rows: Annotated[int, Field(ge=0, le=1000)] = ROWS,
) -> Annotated[CallToolResult, Screen]:
    """Capture the desktop, a monitor, a window or a part of it.

    Gives an id, text lines with boxes, and what changed since the last capture of the same.
    """
    state, owner = ctx.request_context.lifespan_context, owner_of(ctx)
    target = Target(monitor, window, box(region) if region else None)
    before = (
        state.captures.get(owner, [since])[0]
        if since
        else state.captures.latest(owner, target.source)
    )
    frame = await in_thread(target.grab, state.policy.deny)
    capture = keep(ctx, target, frame)
    async with Progress(ctx).during("Reading the screen"):
        changes = (
            None
            if before is None
            else await in_thread_while_wanted(changes_between, state, before, capture)
        )
        model = await in_thread_while_wanted(describe, ctx, capture, rows, changes)
    return result(model, screen_text(model, capture, changes))


def keep(ctx: Call, target: Target, frame: Frame) -> Capture:
    """Stores a frame of the screen under an id of the caller's."""
    state = ctx.request_context.lifespan_context
    return state.captures.add(owner_of(ctx), [frame], "screen", target.source)[0]


def describe(
    check: Check, ctx: Call, capture: Capture, rows: int, changes: Changes | None = None
) -> Screen:
    """A capture of the screen with its first rows of text. What `check` raises ends the reading."""
    reading = ctx.request_context.lifespan_context.read(check, capture)
    frame = capture.frame
    return Screen(
        capture=capture.id,
        size=list(frame.size),
        origin=list(frame.origin),
        scale=frame.scale,
        lines=[Text.of(line) for line in part(reading, 0, rows).lines],
        next=rows if len(reading.rows) > rows else None,
        changes=changes,
    )


def screen_text(model: Screen, capture: Capture, changes: Changes | None) -> str:
    """The same for people and models that read."""
    frame = capture.frame
    head = f"Capture {model.capture}: {frame.size[0]} x {frame.size[1]} pixels"
    head += f", desktop pixel = {list(frame.origin)} + pixel"
    head += "." if frame.scale == 1 else f" / {frame.scale:g}."
    if frame.masked:
        head += f" {counted(len(frame.masked), 'area')} blacked out by the deny list."
    seen = [f"{each.box} {each.text}" for each in model.lines]
    # Who wants no rows must not take it that there are none.
    nothing = "(no text)" if model.next is None else "(text left out)"
    texts = [head, labelled("\n".join(seen) or nothing)]
    if model.next is not None:
        texts.append(f'More rows: read(captures=["{model.capture}"], start={model.next}).')
    if changes is not None:
        texts.append(changes_text(changes))
    return "\n".join(texts)


__all__ = [
    "Monitors",
    "Part",
    "Windows",
    "describe",
    "keep",
    "screen_capture",
    "screen_list",
    "screen_text",
]
