"""slides_open and page_open."""

from __future__ import annotations

from typing import Annotated

from mcp.types import CallToolResult
from pydantic import Field

from leopard_tools.capture import web
from leopard_tools.errors import DocumentInvalid
from leopard_tools.images.sources import load_frames
from leopard_tools.toolbox.captures import Capture
from leopard_tools.toolbox.labels import counted, labelled
from leopard_tools.toolbox.toolbox import page_shares
from leopard_tools.types import Frame

from ..call import Call, Progress, in_thread, result, telling_errors
from ..models import Opened, Page
from ..state import owner_of


@telling_errors
async def slides_open(
    ctx: Call,
    path: str,
    slides: Annotated[list[int] | None, Field(description="numbers; default: all")] = None,
) -> Annotated[CallToolResult, Opened]:
    """Open a deck, PDF or picture file: a capture for each page, with titles and notes."""
    state = ctx.request_context.lifespan_context
    file = state.policy.permitted(path)
    async with Progress(ctx).during(f"Opening {file.name}"):
        frames = await in_thread(load_frames, file)
    chosen = frames if slides is None else [_numbered(frames, n, path) for n in slides]
    captures = state.captures.add(owner_of(ctx), chosen, "document", ("document", str(file)))
    return _opened(captures, path)


@telling_errors
async def page_open(
    ctx: Call,
    url: str,
    full_page: Annotated[bool, Field(description="false: only its first screen")] = True,
    width: Annotated[int, Field(ge=320, le=2560)] = 1280,
) -> Annotated[CallToolResult, Opened]:
    """Open a web page in a fresh browser without log-ins: a capture for each screenful."""
    state = ctx.request_context.lifespan_context
    async with Progress(ctx).during("Opening the page"):
        frames = await web.asnapshot(
            url,
            full_page=full_page,
            viewport=(width, 900),
            allow_private=state.policy.allow_private,
        )
    strips = page_shares(frames)
    captures = state.captures.add(owner_of(ctx), frames, "page", ("page", url), strips)
    return _opened(captures, frames[0].source)


def _numbered(frames: list[Frame], number: int, path: str) -> Frame:
    if not 1 <= number <= len(frames):
        raise DocumentInvalid(f"{path}: has {counted(len(frames), 'page')}, so no page {number}.")
    return frames[number - 1]


def _opened(captures: list[Capture], source: str) -> CallToolResult:
    name = captures[0].id.partition("-")[0]
    model = Opened(
        name=name,
        source=source,
        captures=[
            Page(
                capture=each.id,
                number=each.frame.page,
                title=each.frame.title,
                hidden=each.frame.hidden or None,
                size=list(each.frame.size),
            )
            for each in captures
        ],
    )
    # A page chooses the address that it ends up at, and its title.
    seen = [source, *(_line(capture) for capture in captures)]
    head = f"{name}: {counted(len(captures), 'page')}, each with its own id; {name} is all of them."
    return result(model, f"{head}\n{labelled(chr(10).join(seen))}")


def _line(capture: Capture) -> str:
    frame = capture.frame
    parts = [capture.id, "" if frame.page is None else f"page {frame.page}"]
    parts += [frame.title or "", "(hidden)" if frame.hidden else ""]
    parts += [f"notes: {' '.join(frame.notes.split())}" if frame.notes else ""]
    return " ".join(part for part in parts if part)


__all__ = ["page_open", "slides_open"]
