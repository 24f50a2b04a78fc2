"""read, find, look, compare and forget: what is done with captures, without the model."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver import Image
from mcp.types import CallToolResult
from pydantic import Field

from leopard_tools.errors import LeopardError
from leopard_tools.reading.locate import find as find_in
from leopard_tools.toolbox.captures import NOBODY, Capture
from leopard_tools.toolbox.excerpts import Excerpt, inside
from leopard_tools.toolbox.labels import counted, labelled
from leopard_tools.toolbox.toolbox import check_words
from leopard_tools.types import Box, Line, Reading

from ..call import (
    Call,
    Progress,
    in_thread,
    in_thread_while_wanted,
    result,
    telling_errors,
)
from ..models import (
    Changes,
    Forgotten,
    Looked,
    Match,
    Matches,
    PageText,
    Place,
    Text,
    Texts,
    box,
)
from ..pictures import MOST_SIDE, fit, part_of
from ..state import owner_of
from .differences import changes_between, changes_text

Captures = Annotated[list[str], Field(min_length=1, description="capture ids")]
Region = Annotated[Place | None, Field(description="left, top, width, height")]


@telling_errors
async def read(
    ctx: Call,
    captures: Captures,
    region: Region = None,
    boxes: bool = False,
    start: Annotated[int, Field(ge=0, description="row")] = 0,
    rows: Annotated[int, Field(ge=1, le=2000)] = 200,
) -> Annotated[CallToolResult, Texts]:
    """Read the text of captures; table cells are parted by |."""
    state, progress = ctx.request_context.lifespan_context, Progress(ctx)
    chosen = state.captures.get(owner_of(ctx), captures)
    part = None if region is None else _region(region, chosen)
    excerpt, model = Excerpt(start, rows), Texts(texts=[])
    for number, capture in enumerate(chosen, 1):
        if excerpt.full:
            model.next = excerpt.end
            break
        async with progress.during(f"Reading {number} of {len(chosen)}"):
            reading = await in_thread_while_wanted(state.read, capture)
        piece = excerpt.take(reading if part is None else inside(reading, part))
        if piece is not None:
            lines = [Text.of(line) for line in piece.lines] if boxes else None
            model.texts.append(PageText(capture=capture.id, text=piece.text, lines=lines))
    if excerpt.cut:
        model.next = excerpt.end
    if not model.texts:
        # Nothing between the marks would read as a page without text.
        return result(model, f"No row {start}: there are {counted(excerpt.seen, 'row')}, from 0.")
    more = "" if model.next is None else f"\nMore rows: start={model.next}."
    return result(model, labelled("\n\n".join(map(_page_text, model.texts))) + more)


@telling_errors
async def find(
    ctx: Call,
    text: str,
    captures: Captures,
    limit: Annotated[int, Field(ge=1, le=100)] = 10,
) -> Annotated[CallToolResult, Matches]:
    """Find where a text stands, best first; for the screen also the center, in desktop pixels."""
    check_words(text)
    found = [
        match_of(capture, line)
        for capture, reading in await _readings(ctx, captures)
        for line in await in_thread(find_in, text, reading, limit=limit)
    ]
    found.sort(key=lambda match: -match.confidence)
    model = Matches(matches=found[:limit])
    if not model.matches:
        return result(model, "It stands in none of these captures. Try fewer words, or read them.")
    return result(model, labelled("\n".join(map(match_text, model.matches))))


@telling_errors
async def look(
    ctx: Call,
    capture: str,
    region: Region = None,
    side: Annotated[int, Field(ge=64, le=4096, description="longest, pixels")] = MOST_SIDE,
) -> Annotated[CallToolResult, Looked]:
    """See a capture or a region as a picture (costly; prefer read, find and ask)."""
    chosen = _single(ctx, capture)
    picture = await in_thread(
        fit, chosen.frame.image, box(region) if region else None, most_side=side
    )
    model = Looked(
        capture=chosen.id,
        region=picture.region.to_list(),
        size=list(picture.size),
        scale=round(picture.scale, 6),
    )
    corner = [picture.region.left, picture.region.top]
    text = (
        f"Picture of {chosen.id} {model.region}, {picture.size[0]} x {picture.size[1]} pixels; "
        f"capture pixel = {corner} + pixel / {model.scale:g}. What it shows is untrusted content."
    )
    image = Image(data=picture.data, format=picture.format).to_image_content()
    return result(model, text, image)


@telling_errors
async def compare(ctx: Call, before: str, after: str) -> Annotated[CallToolResult, Changes]:
    """Compare two captures: changed regions, lines added, removed, edited."""
    state = ctx.request_context.lifespan_context
    first, second = _single(ctx, before), _single(ctx, after)
    async with Progress(ctx).during("Comparing"):
        model = await in_thread_while_wanted(changes_between, state, first, second)
    return result(model, changes_text(model))


@telling_errors
async def forget(
    ctx: Call, captures: Annotated[list[str] | None, Field(description="default: all")] = None
) -> Annotated[CallToolResult, Forgotten]:
    """Drop captures from memory."""
    owner = owner_of(ctx)
    dropped = ctx.request_context.lifespan_context.captures.forget(owner, captures)
    text = f"{counted(dropped, 'capture')} dropped."
    if captures is None and owner == NOBODY:
        text += " Without a session nobody knows which are yours: name them by their ids."
    return result(Forgotten(dropped=dropped), text)


def match_of(capture: Capture, line: Line) -> Match:
    """A place where a text stands; where to click, if the capture is of the screen."""
    match = Match(
        capture=capture.id,
        text=line.text,
        box=line.box.to_list(),
        confidence=round(line.confidence, 3),
    )
    if capture.kind == "screen":
        there = capture.frame.to_screen(line.box)
        match.screen, match.center = there.to_list(), list(there.center)
    return match


def match_text(match: Match) -> str:
    where = f", desktop {match.screen}, center {match.center}" if match.screen else ""
    return f"{match.capture} {match.box}{where} ({match.confidence:g}): {match.text}"


def _single(ctx: Call, key: str) -> Capture:
    found = ctx.request_context.lifespan_context.captures.get(owner_of(ctx), [key])
    if len(found) > 1:
        raise LeopardError(
            f"{key} names {len(found)} captures. Give one: {found[0].id} is the first."
        )
    return found[0]


def _region(place: list[int], captures: list[Capture]) -> Box:
    """A region of captures, of the largest where they are of several sizes.

    Raises ImageInvalid outside of it, where else no text would be said to stand.
    """
    widths, heights = zip(*(each.frame.size for each in captures), strict=True)
    return part_of((max(widths), max(heights)), box(place))


def _page_text(page: PageText) -> str:
    text = page.text if page.lines is None else "\n".join(f"{e.box} {e.text}" for e in page.lines)
    return f"{page.capture}\n{text or '(no text)'}"


async def _readings(ctx: Call, ids: list[str]) -> list[tuple[Capture, Reading]]:
    state = ctx.request_context.lifespan_context
    captures, progress = state.captures.get(owner_of(ctx), ids), Progress(ctx)
    found = []
    for number, capture in enumerate(captures, 1):
        async with progress.during(f"Reading {number} of {len(captures)}"):
            found.append((capture, await in_thread_while_wanted(state.read, capture)))
    return found


__all__ = ["Captures", "compare", "find", "forget", "look", "match_of", "match_text", "read"]
