"""slides_open and page_open."""

from __future__ import annotations

from typing import Annotated

from mcp.types import CallToolResult
from pydantic import Field

from leopard_tools.capture import web
from leopard_tools.errors import ImageTooLarge, SourceForbidden
from leopard_tools.images.limits import MEGA, Limits
from leopard_tools.images.naming import shown
from leopard_tools.images.sources import is_url, load_stream
from leopard_tools.images.wanted import Check
from leopard_tools.toolbox.captures import BYTES_PER_PIXEL, Capture
from leopard_tools.toolbox.labels import counted, described, labelled
from leopard_tools.toolbox.toolbox import page_after, page_options, page_shares
from leopard_tools.types import Frame

from ..call import Call, Progress, in_thread_while_wanted, result, telling_errors
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
    if is_url(path):
        raise SourceForbidden(
            f"{shown(path)}: an address, and slides_open takes the path of a file. Open a web page "
            "with page_open; of a file:// address give the path alone."
        )
    file = state.policy.permitted(path)
    # More than is kept would only be drawn to be dropped.
    most = min(Limits().document_megapixels, state.policy.memory_bytes / BYTES_PER_PIXEL / MEGA)

    def pages(check: Check) -> list[Frame]:
        limits = Limits(document_megapixels=most)
        try:
            with state.policy.open(path) as stream:
                return load_stream(stream, stream.name, limits, pages=slides, check=check)
        except ImageTooLarge as error:
            raise ImageTooLarge(
                f"{error} Here: name fewer slides, or ask the user for more --memory."
            ) from None

    async with Progress(ctx).during(f"Opening {file.name}"):
        frames = await in_thread_while_wanted(pages)
    captures = state.captures.add(owner_of(ctx), frames, "document", ("document", str(file)))
    return _opened(captures, path)


@telling_errors
async def page_open(
    ctx: Call,
    url: str,
    full_page: Annotated[bool, Field(description="false: only its first screen")] = True,
    width: Annotated[int, Field(ge=320, le=2560)] = 1280,
    start: Annotated[int, Field(ge=0, description="pixels from the top")] = 0,
) -> Annotated[CallToolResult, Opened]:
    """Open a web page in a fresh browser without log-ins: a capture for each screenful."""
    state = ctx.request_context.lifespan_context
    async with Progress(ctx).during("Opening the page"):
        frames = await web.asnapshot(url, **page_options(state.policy, full_page, width, start))
    strips = page_shares(frames)
    captures = state.captures.add(owner_of(ctx), frames, "page", ("page", url), strips)
    return _opened(captures, frames[0].source, page_after(frames, start))


def _opened(captures: list[Capture], source: str, after: int | None = None) -> CallToolResult:
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
        next=after,
    )
    # A page chooses the address that it ends up at, and its title.
    seen = [source, *(_line(capture) for capture in captures)]
    head = f"{name}: {counted(len(captures), 'page')}, each with its own id; {name} is all of them."
    more = "" if after is None else f"\nThe page goes on: page_open it with start={after}."
    return result(model, f"{head}\n{labelled(chr(10).join(seen))}{more}")


def _line(capture: Capture) -> str:
    number = capture.frame.page
    page = "" if number is None else f"page {number}"
    return " ".join(filter(None, (capture.id, page, described(capture.frame))))


__all__ = ["page_open", "slides_open"]
