"""One page in the browser: it is opened, given time to become quiet, and taken as pictures.

Knows neither how the browser is started nor where its connections lead.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from ..errors import CaptureUnavailable, ImageTooLarge, SourceForbidden
from ..images.limits import DEFAULT_LIMITS, check_pixels
from ..images.naming import shown, without_password
from ..types import Box, Frame
from .segments import segment_tops
from .words import ADDRESS_LENGTH, TITLE_LENGTH, cut
from .world import World, world_of

if TYPE_CHECKING:
    from PIL.Image import Image
    from playwright.async_api import Page, Request, Response

# Fields whose text became readable ("show password") keep what they announce to be.
_SECRET = (
    'input[type="password" i], input[autocomplete~="current-password" i], '
    'input[autocomplete~="new-password" i], input[autocomplete~="one-time-code" i]'
)
# Where the view begins on the page, how wide and high that is, as far as it can be scrolled to: a
# page that runs from right to left begins with its last part; overflow that the root hides, or the
# body where the root says nothing, is not for anybody to see.
_EXTENT = """() => {
  const root = document.documentElement, body = document.body;
  const [outer, inner] = [root, body].map((part) => part && getComputedStyle(part).overflowX);
  const hidden = /hidden|clip/.test(outer === "visible" ? inner : outer);
  const view = document.scrollingElement ?? root;
  view?.scrollTo({left: -1e7, top: 0, behavior: "instant"});
  const left = hidden && view ? -view.scrollLeft : 0;
  view?.scrollTo({left: 0, top: 0, behavior: "instant"});
  return {
    left,
    width: hidden ? 0 : Math.max(root?.scrollWidth ?? 0, view?.scrollWidth ?? 0),
    height: Math.max(root?.scrollHeight ?? 0, body?.scrollHeight ?? 0),
  };
}"""
_SCROLL_TO = """([left, top]) =>
  document.scrollingElement?.scrollTo({left, top, behavior: "instant"})"""
# Pictures that load when they come into view are brought into view once, also where the page would
# glide there, which takes too long to arrive.
_SCROLL = """async (step) => {
  const to = (top) => scrollTo({left: 0, top, behavior: "instant"});
  for (let y = 0; y < document.documentElement?.scrollHeight && y < 200 * step; y += step) {
    to(y);
    await new Promise((done) => setTimeout(done, 20));
  }
  to(0);
}"""
# An address with a "#" leads to a place on its page, and a script may.
_SCROLLED = "() => ({left: scrollX, top: scrollY})"
_QUIET = 1.5  # seconds that a loaded page gets to go silent
_LOOK = 0.05  # seconds between two looks at whether it is
_NO_CONTENT = "ERR_HTTP_RESPONSE_CODE_FAILURE"
"""What Chromium says of an error status without a page."""
_PDF = "application/pdf"
_LOADING = 0.6  # the part of its time after which a page is taken as it is


@dataclass(frozen=True, slots=True)
class WebLimits:
    """What a page may cost."""

    seconds: float = 30.0
    """The longest capture, from the first request to the last picture."""
    bytes: int = 64 * 2**20
    """All that a page may load, its parts together, as sent."""
    height: int = 30_000
    """The highest page, in CSS pixels, that is captured as a whole."""


@dataclass(frozen=True, slots=True)
class Job:
    """A capture that was asked for: the arguments of `snapshot`."""

    url: str
    full_page: bool
    viewport: tuple[int, int]
    scale: float
    private: bool
    limits: WebLimits
    start: int | None = None


def no_page(title: str, what: str) -> SourceForbidden:
    """The error for a file where a page should be."""
    return SourceForbidden(
        f"{title}: {what}, and files are not captured. Fetch it yourself and open it by its path; "
        "in a terminal, `leopard ask` takes the address of a picture or PDF."
    )


async def load(page: Page, job: Job) -> None:
    """Opens the page and waits until it is quiet, as far as its time allows.

    Raises SourceForbidden for what is no page, CaptureUnavailable for an error without one.
    """
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    response = await _opened(page, job)
    kind = await response.header_value("content-type") if response is not None else None
    if (kind or "").lower().startswith(_PDF):
        # The browser's viewer would show its first pages and say nothing of the others.
        raise no_page(shown(job.url), "a PDF and no page")
    states: tuple[tuple[Literal["load", "networkidle"], float], ...] = (
        ("load", job.limits.seconds * _LOADING),
        ("networkidle", _QUIET),
    )
    for state, seconds in states:
        try:
            await page.wait_for_load_state(state, timeout=seconds * 1000)
        except PlaywrightTimeout:
            break
    if job.full_page:
        await _bring_into_view(page, job)
    scheme = urlsplit(page.url).scheme
    if scheme not in ("http", "https"):
        raise SourceForbidden(
            f"{shown(job.url)}: leads to a {shown(scheme)} address, and only http and https pages "
            "are captured."
        )


async def _opened(page: Page, job: Job) -> Response | None:
    from playwright.async_api import Error

    statuses: list[int] = []
    page.on("response", lambda response: statuses.append(response.status))
    try:
        return await page.goto(job.url, wait_until="domcontentloaded", timeout=0)
    except Error as fault:
        if _NO_CONTENT not in fault.message or not statuses:
            raise
        raise CaptureUnavailable(
            f"{shown(job.url)}: the server answered {statuses[-1]} and no page. Check that the "
            "address is right and open to everyone."
        ) from fault


async def _bring_into_view(page: Page, job: Job) -> None:
    """Scrolls through the page, and waits for what it asks for on that, as far as it is quick."""
    world = await world_of(page, shown(job.url))
    coming: set[Request] = set()
    page.on("request", lambda request: coming.add(request))
    for end in ("requestfinished", "requestfailed"):
        page.on(end, lambda request: coming.discard(request))
    await world.run(_SCROLL, job.viewport[1])
    with suppress(TimeoutError):
        async with asyncio.timeout(_QUIET):
            while coming:
                await asyncio.sleep(_LOOK)


async def pictures(page: Page, job: Job) -> list[Frame]:
    """The viewport, or all segments of the page or a part of it. Raises ImageTooLarge."""
    world = await world_of(page, shown(job.url))
    if job.full_page:
        area = await _extent(world, job)
    else:
        area = await _view(world, job)
    tops = [area.top + top for top in segment_tops(area.height, job.viewport[1])]
    frames = []
    for number, top in enumerate(tops, start=1):
        frames.append(
            Frame(
                await _segment(page, world, job, Box(area.left, top, area.width, job.viewport[1])),
                cut(without_password(page.url), ADDRESS_LENGTH),
                page=number if len(tops) > 1 else None,
                title=cut(await page.title(), TITLE_LENGTH) or None,
                time=datetime.now(UTC),
                scale=job.scale,
                origin=(area.left, top),
            )
        )
    return frames


async def _view(world: World, job: Job) -> Box:
    """Where on the page the viewport lies."""
    told = await world.run(_SCROLLED)
    place = told if isinstance(told, dict) else {}
    return Box(round(place.get("left", 0)), round(place.get("top", 0)), *job.viewport)


async def _extent(world: World, job: Job) -> Box:
    """What is captured of the page, at least as wide as the viewport. Raises ImageTooLarge."""
    width, view = job.viewport
    found = await world.sizes(_EXTENT)
    height, most = found["height"], job.limits.height
    if job.start is None and height > most:
        raise ImageTooLarge(
            f"{shown(job.url)}: the page is {height:,} pixels high, and the limit is {most:,}. "
            "Capture its viewport only, or a part of it: start=0 gives the first, as does "
            "`leopard web --start 0`. In a program, WebLimits.height can be raised."
        )
    # The last picture is as high as the others, where the page is.
    top = min(job.start or 0, max(0, height - view))
    area = Box(found["left"], top, max(width, found["width"]), min(height - top, most))
    if area.width > width:
        size = (round(area.width * job.scale), round(max(area.height, view) * job.scale))
        check_pixels(size, f"{shown(job.url)}, wider than its viewport", DEFAULT_LIMITS)
    return area


async def _segment(page: Page, world: World, job: Job, box: Box) -> Image:
    view = Box(0, 0, *job.viewport)
    if not job.full_page:
        return await _shot(page, view, full_page=False)
    # For a whole page playwright waits for a body, which drawings and data may not have.
    if await world.run("() => Boolean(document.body)"):
        return await _shot(page, box, full_page=True)
    from PIL import Image

    picture = Image.new("RGB", (round(box.width * job.scale), round(box.height * job.scale)))
    for left in segment_tops(box.width, view.width, overlap=0):
        await world.run(_SCROLL_TO, [box.left + left, box.top])
        picture.paste(await _shot(page, view, full_page=False), (round(left * job.scale), 0))
    return picture


async def _shot(page: Page, box: Box, *, full_page: bool) -> Image:
    from PIL import Image

    shot = await page.screenshot(
        full_page=full_page,
        clip={"x": box.left, "y": box.top, "width": box.width, "height": box.height},
        animations="disabled",
        mask=[frame.locator(_SECRET) for frame in page.frames],
        mask_color="#000000",
        timeout=0,
    )
    return Image.open(BytesIO(shot)).convert("RGB")


__all__ = ["Job", "WebLimits", "load", "no_page", "pictures"]
