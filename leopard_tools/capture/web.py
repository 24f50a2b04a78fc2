"""Web pages as pictures, for addresses that nobody vouches for.

    frames = web.snapshot("https://example.org/", full_page=True)

Only http and https are opened, and everything that a page asks for goes through a filter which
leads to public addresses alone (see `proxy`): a page that reaches for this machine or the network
around it is refused as a whole. Downloads and service workers are off; password fields are
blacked out. Knows no model and reads no text.
"""

from __future__ import annotations

import asyncio
import os
import re
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import CaptureUnavailable, LeopardError, SourceForbidden
from ..images.faults import reason
from ..images.limits import DEFAULT_LIMITS, check_pixels
from ..images.naming import shown
from ..types import Frame
from .browser import Chromium, check_playwright
from .page import Job, WebLimits, load, no_page, pictures
from .proxy import FilteringProxy

if TYPE_CHECKING:
    from playwright.async_api import ConsoleMessage, Download, Page

# What the browser itself says begins with its method; behind that may stand what a page chose.
_NOT_LOADED = re.compile(r"Page\.\w+: net::(ERR_[A-Z0-9_]+)")
_KEPT_FROM = ("Not allowed to load local resource", "Not allowed to navigate top frame to data")
_ATTEMPTS = 2


_chromium = Chromium()
# Windows has no forks.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_chromium.begin_anew)


def snapshot(
    url: str,
    *,
    full_page: bool = False,
    viewport: tuple[int, int] = (1280, 900),
    scale: float = 1.0,
    allow_private: bool = False,
    limits: WebLimits | None = None,
    start: int | None = None,
) -> list[Frame]:
    """What a browser of `viewport` CSS pixels shows of a page, or the whole page.

    A whole page comes as segments of the viewport's height, from top to bottom; neighbours share
    `segments.OVERLAP` CSS pixels, so that every line stands whole in one of them. They are as wide
    as the viewport, or as the page where one can scroll it sideways. Frame.origin is where a
    segment lies on the page, Frame.scale its pixels per CSS pixel, Frame.source the address that
    the page has in the end, Frame.title its title (what is longer than 2,000 and 300 characters
    is cut off with "…"); Frame.page counts segments from 1 where there are several. What a page
    keeps in scrolling boxes of its own is seen as it stands; a page that comes with an error
    status (404) is captured like any other.

    start: of a whole page only what lies from there on, in CSS pixels from its top, and no more of
    it than WebLimits.height. Without it a page that is higher is refused.

    Raises SourceForbidden for an address, redirect or part of the page that is refused (with the
    reason; `allow_private` permits this machine and the network around it) and for downloads,
    ImageTooLarge over the limits, CaptureUnavailable where the page does not load in time or at
    all, MissingDependency without playwright or a browser.
    """
    limits = limits or WebLimits()
    job = _checked(Job(url, full_page, viewport, scale, allow_private, limits, start))
    capture = _chromium.submit(_capture(job))
    try:
        return capture.result()
    finally:
        # Where the caller is interrupted, nobody waits for it any more.
        capture.cancel()


async def asnapshot(
    url: str,
    *,
    full_page: bool = False,
    viewport: tuple[int, int] = (1280, 900),
    scale: float = 1.0,
    allow_private: bool = False,
    limits: WebLimits | None = None,
    start: int | None = None,
) -> list[Frame]:
    """`snapshot` for event loops: it does not block them, and cancelling it ends the capture."""
    limits = limits or WebLimits()
    job = _checked(Job(url, full_page, viewport, scale, allow_private, limits, start))
    return await asyncio.wrap_future(_chromium.submit(_capture(job)))


def close() -> None:
    """Ends the shared browser; the next snapshot starts it again. Exiting does this by itself.

    Snapshots under way in other threads raise CaptureUnavailable.
    """
    _chromium.close()


def _checked(job: Job) -> Job:
    title = shown(job.url)
    width, height = job.viewport
    check_pixels((round(width * job.scale), round(height * job.scale)), title, DEFAULT_LIMITS)
    try:
        parts = urlsplit(job.url)
        host = parts.hostname
    except ValueError as fault:
        raise SourceForbidden(f"{title}: not a valid URL ({reason(fault)}). Check it.") from fault
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise SourceForbidden(
            f"{title}: only http and https pages are opened. Write the address as "
            "https://host/path. A file is no page: open it by its path, as a deck or picture."
        )
    if job.start is not None and not (job.full_page and job.start >= 0):
        raise LeopardError(
            f"{title}: start={job.start} is no place to capture a whole page from. Give 0 or more "
            "pixels, with full_page."
        )
    return job


async def _capture(job: Job) -> list[Frame]:
    # Importing it takes half a second, for which a caller's event loop would stand still.
    check_playwright()
    from playwright.async_api import Error

    title = shown(job.url)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await _capture_once(job)
        except Error as fault:
            # A browser or a page that crashed; everything else was given its meaning below. What
            # the fault says may hold words of the page, such as an address that it went to.
            if attempt == _ATTEMPTS:
                raise CaptureUnavailable(
                    f"{title}: the browser gave up on it {_ATTEMPTS} times: it crashed, or the "
                    "page went elsewhere meanwhile. Capture another page, or this one with a "
                    "smaller viewport."
                ) from fault
    raise AssertionError("the last attempt returns or raises")


async def _capture_once(job: Job) -> list[Frame]:
    from playwright.async_api import Error

    title, limits = shown(job.url), job.limits
    # Started before the page's clock.
    await _chromium.start()
    with FilteringProxy(limits.seconds, limits.bytes, private=job.private) as proxy:
        work = asyncio.ensure_future(_frames(proxy, job))
        # What is refused ends the capture at once: a page that lost a part may wait for it forever.
        proxy.when_refused(partial(asyncio.get_running_loop().call_soon_threadsafe, work.cancel))
        try:
            frames = await work
        except asyncio.CancelledError:
            if proxy.refusal is not None and not _is_cancelled():
                raise proxy.refusal from None
            work.cancel()
            raise
        except TimeoutError:
            raise proxy.refusal or CaptureUnavailable(
                f"{title}: not loaded and captured within {limits.seconds:g} seconds. Try again "
                "later; in a program, WebLimits.seconds can be raised."
            ) from None
        except Error as fault:
            if proxy.refusal is not None:
                raise proxy.refusal from fault
            if (meaning := _meaning(fault, title, proxy.failure)) is not None:
                raise meaning from fault
            raise
        if proxy.refusal is not None:
            raise proxy.refusal
        return frames


async def _frames(proxy: FilteringProxy, job: Job) -> list[Frame]:
    async with (
        asyncio.timeout(job.limits.seconds),
        _chromium.context(proxy.port, job.viewport, job.scale) as context,
    ):
        page = await context.new_page()
        context.on("page", _close_window)
        page.on("console", lambda message: _heed(message, proxy, shown(job.url)))
        _refuse_download(page, proxy, shown(job.url))
        await load(page, job)
        return await pictures(page, job)


def _is_cancelled() -> bool:
    """Whether the capture itself is being cancelled, and not only the work inside it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _close_window(page: Page) -> None:
    """A window that the page opens is not what was asked for."""
    from playwright.async_api import Error

    with suppress(Error):
        await page.close()


def _refuse_download(page: Page, proxy: FilteringProxy, title: str) -> None:
    """Refuses a page whose script leads to a download while it loads: its end never comes."""
    refusal = no_page(title, "a download (downloads are off)")

    def refuse(_: Download) -> None:
        proxy.refuse(refusal)

    page.on("download", refuse)
    # What a page that is there begins to download costs nothing of it.
    page.once("domcontentloaded", lambda _: page.remove_listener("download", refuse))


def _heed(message: ConsoleMessage, proxy: FilteringProxy, title: str) -> None:
    """Refuses a page that the browser kept from a file: or data: address: it says so here alone."""
    # What a page writes comes as arguments, and what the browser writes as a text alone.
    if message.args:
        return
    for words in _KEPT_FROM:
        # Behind them stands the address, which the page chose.
        if message.text.startswith(words):
            proxy.refuse(SourceForbidden(f"{title}: the page leads elsewhere. {words}."))


def _meaning(fault: Exception, title: str, failure: str | None) -> LeopardError | None:
    """What an error of the browser says about the page; None where it is about the browser."""
    words = str(fault)
    if "Download is starting" in words:
        return no_page(title, "a download (downloads are off)")
    if "ERR_UNSAFE_REDIRECT" in words or "ERR_UNKNOWN_URL_SCHEME" in words:
        return SourceForbidden(f"{title}: leads to an address that is neither http nor https.")
    if "ERR_ABORTED" in words:
        return SourceForbidden(
            f"{title}: opens no page, but another program's address or an empty answer, and only "
            "pages are captured."
        )
    if "Cannot navigate to invalid URL" in words:
        return SourceForbidden(f"{title}: not a valid URL. Check it.")
    if not_loaded := _NOT_LOADED.match(words):
        return CaptureUnavailable(
            f"{title}: the page does not load ({failure or not_loaded[1]}). Check the "
            "address and this machine's connection."
        )
    return None


__all__ = ["WebLimits", "asnapshot", "close", "snapshot"]
