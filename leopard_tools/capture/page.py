"""One page in the browser: it is opened, given time to become quiet, and taken as pictures.

Knows neither how the browser is started nor where its connections lead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from ..errors import ImageTooLarge, SourceForbidden
from ..images.naming import shown, without_password
from ..types import Frame
from .segments import segment_tops

if TYPE_CHECKING:
    from playwright.async_api import Page

# Fields whose text became readable ("show password") keep what they announce to be.
_SECRET = (
    'input[type="password" i], input[autocomplete~="current-password" i], '
    'input[autocomplete~="new-password" i], input[autocomplete~="one-time-code" i]'
)
_HEIGHT = "Math.max(document.documentElement.scrollHeight, document.body?.scrollHeight ?? 0)"
# Pictures that load when they come into view are brought into view once.
_SCROLL = """async (step) => {
  for (let y = 0; y < document.documentElement.scrollHeight && y < 200 * step; y += step) {
    scrollTo(0, y);
    await new Promise((done) => setTimeout(done, 20));
  }
  scrollTo(0, 0);
}"""
_QUIET = 1.5  # seconds that a loaded page gets to go silent
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


async def load(page: Page, job: Job) -> None:
    """Opens the page and waits until it is quiet, as far as its time allows."""
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    await page.goto(job.url, wait_until="domcontentloaded", timeout=0)
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
        await page.evaluate(_SCROLL, job.viewport[1])
    scheme = urlsplit(page.url).scheme
    if scheme not in ("http", "https"):
        raise SourceForbidden(
            f"{shown(job.url)}: leads to a {shown(scheme)} address, and only http and https pages "
            "are captured."
        )


async def pictures(page: Page, job: Job) -> list[Frame]:
    """The viewport, or all segments of the page. Raises ImageTooLarge."""
    from PIL import Image

    width, view = job.viewport
    tops = [0]
    if job.full_page:
        height = int(await page.evaluate(_HEIGHT))
        if height > job.limits.height:
            raise ImageTooLarge(
                f"{shown(job.url)}: the page is {height:,} pixels high, and the limit is "
                f"{job.limits.height:,}. Capture its viewport only, or raise WebLimits.height."
            )
        tops = segment_tops(height, view)
    frames = []
    for number, top in enumerate(tops, start=1):
        shot = await page.screenshot(
            full_page=job.full_page,
            clip={"x": 0, "y": top, "width": width, "height": view},
            animations="disabled",
            mask=[frame.locator(_SECRET) for frame in page.frames],
            mask_color="#000000",
            timeout=0,
        )
        frames.append(
            Frame(
                Image.open(BytesIO(shot)).convert("RGB"),
                without_password(page.url),
                page=number if len(tops) > 1 else None,
                title=await page.title() or None,
                time=datetime.now(UTC),
                scale=job.scale,
                origin=(0, top),
            )
        )
    return frames


__all__ = ["Job", "WebLimits", "load", "pictures"]
