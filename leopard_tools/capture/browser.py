"""One Chromium for all captures: started when first needed, replaced when it crashed.

It lives on an event loop in a thread of its own, so that callers with and without a loop share
it. A page gets a context of its own whose only way out is the proxy that it is given; what goes
around a proxy (WebRTC, QUIC, the resolver, the browser's own services) is switched off.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import sys
import threading
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..environment import named_path
from ..errors import CaptureUnavailable, MissingDependency
from ..images.faults import reason

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from concurrent.futures import Future

    from playwright.async_api import Browser, BrowserContext, Playwright

Result = TypeVar("Result")

# Port 9 is "discard": what belongs to no page's context has nowhere to go.
_NOWHERE = "http://127.0.0.1:9"
_FLAGS = (
    "--disable-quic",
    "--dns-prefetch-disable",
    # The proxies resolve; the browser itself can look up nothing.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    # The fields of a form would be told to Google.
    "--autofill-server-url=about:blank",
    "--mute-audio",
)
_WITHOUT_BYPASSES = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"])
  delete globalThis[name];
"""
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_STOP_SECONDS = 10.0
_LAUNCH_SECONDS = 60.0


class Chromium:
    """A browser that is started on demand; safe to use from any thread."""

    def __init__(self) -> None:
        self._parents: list[object] = []
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._works: set[asyncio.Task[Any]] = set()
        self._launch: asyncio.Task[Browser] | None = None
        self._driver: asyncio.Task[Playwright] | None = None
        self._browser: Browser | None = None

    def begin_anew(self) -> None:
        """In a fork, to which the browser's thread did not come along: the next use starts one."""
        atexit.unregister(self.close)
        # Kept, since to let go of it would close what the parent goes on using.
        self._parents.append((self._loop, self._works, self._launch, self._driver, self._browser))
        self._begin()

    def submit(self, work: Coroutine[object, object, Result]) -> Future[Result]:
        """Runs a coroutine on the browser's loop; cancelling the future cancels it there.

        The future raises CaptureUnavailable where `close` comes first.
        """
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._loop.set_exception_handler(self._tell)
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="leopard-browser", daemon=True
                )
                self._thread.start()
                atexit.register(self.close)
            return asyncio.run_coroutine_threadsafe(self._until_closed(work), self._loop)

    def _tell(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Has asyncio say what failed with nobody waiting for it, but not while the browser ends.

        Ctrl-C in a terminal ends playwright's driver before we do, which playwright complains of.
        """
        if loop is self._loop:
            loop.default_exception_handler(context)

    @asynccontextmanager
    async def context(
        self, proxy_port: int, size: tuple[int, int], scale: float
    ) -> AsyncIterator[BrowserContext]:
        """A fresh context (no cookies, no cache) that reaches the web through a proxy alone.

        Raises CaptureUnavailable, MissingDependency, and playwright's errors.
        """
        browser = await self._running()
        context = await browser.new_context(
            # Chromium would otherwise go to loopback directly.
            proxy={"server": f"http://127.0.0.1:{proxy_port}", "bypass": "<-loopback>"},
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=scale,
            service_workers="block",
            accept_downloads=False,
            reduced_motion="reduce",
            # Who asks for a login is answered, with none: the browser would wait for a person to
            # fill in its form. What stands in an address comes before.
            http_credentials={"username": "", "password": ""},
        )
        try:
            await context.add_init_script(_WITHOUT_BYPASSES)
            yield context
        finally:
            try:
                with suppress(_playwright_error()):
                    await asyncio.wait_for(context.close(), _STOP_SECONDS)
            except TimeoutError:
                # A browser that hangs is as good as one that crashed: the next page gets another.
                self._browser = None

    def close(self) -> None:
        """Ends the browser, what it is at work on, and its thread; the next use starts again."""
        # Who comes meanwhile waits for the next browser instead of meeting this one.
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
            if loop is None or thread is None:
                return
            atexit.unregister(self.close)
            ended = asyncio.run_coroutine_threadsafe(self._end(), loop)
            with suppress(TimeoutError):
                # A page that hangs takes as long to be given up as a browser does.
                ended.result(2 * _STOP_SECONDS)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(_STOP_SECONDS)
            if not thread.is_alive():
                loop.close()

    async def start(self) -> None:
        """Starts the browser unless it runs. Raises CaptureUnavailable, MissingDependency."""
        await self._running()

    async def _running(self) -> Browser:
        if self._browser is not None and self._browser.is_connected():
            return self._browser
        if self._launch is None or self._launch.done():
            self._launch = asyncio.create_task(self._start())
            # asyncio complains of a failure that nobody waits for any more.
            self._launch.add_done_callback(lambda launch: launch.cancelled() or launch.exception())
        # Cancelled in the middle, playwright loses its driver: the start goes on for the next.
        return await asyncio.shield(self._launch)

    async def _start(self) -> Browser:
        from playwright.async_api import Error, async_playwright

        await self._stop()
        try:
            self._driver = asyncio.create_task(async_playwright().start())
            playwright = await asyncio.shield(self._driver)
            self._browser = await playwright.chromium.launch(
                executable_path=find_browser(),
                proxy={"server": _NOWHERE},
                args=list(_FLAGS),
                # Chromium refuses its sandbox to root.
                chromium_sandbox=sys.platform == "win32" or os.geteuid() != 0,
                timeout=_LAUNCH_SECONDS * 1000,
                # Ctrl-C reaches the driver too. Were it to end the browser as well as we do, it
                # would kill it in the middle of that, and its folder would be left behind.
                handle_sigint=False,
            )
            return self._browser
        except Error as fault:
            await self._stop()
            if "Executable doesn't exist" in fault.message:
                command = "playwright install chromium"
                raise MissingDependency("A browser (Chromium, Chrome or Edge)", command) from fault
            raise CaptureUnavailable(
                f"The browser does not start ({reason(fault)}). Try it by hand, or name another "
                "one in LEOPARD_BROWSER."
            ) from fault

    async def _stop(self) -> None:
        if self._browser is not None and self._browser.is_connected():
            with suppress(_playwright_error()):
                await self._browser.close()
        self._browser = None
        if self._driver is not None:
            # A driver that is still starting cannot be stopped, only waited for.
            await asyncio.wait([self._driver])
            with suppress(_playwright_error()):
                if self._driver.exception() is None:
                    await self._driver.result().stop()
        self._driver = None

    async def _end(self) -> None:
        for work in self._works:
            work.cancel()
        await asyncio.gather(*self._works, return_exceptions=True)
        if self._launch is not None:
            self._launch.cancel()
            await asyncio.wait([self._launch])
            self._launch = None
        await self._stop()

    async def _until_closed(self, work: Coroutine[object, object, Result]) -> Result:
        task = asyncio.create_task(work)
        self._works.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if caller is not None and caller.cancelling():
                raise
            raise CaptureUnavailable("The browser was closed meanwhile. Try again.") from None
        finally:
            self._works.discard(task)


def check_playwright() -> None:
    """Raises MissingDependency where playwright cannot be imported."""
    try:
        # Imported and not only looked for: half an installation is none either.
        import playwright.async_api  # noqa: F401
    except ImportError:
        raise MissingDependency("playwright", "pip install 'leopard-tools[web]'") from None


def find_browser() -> str | None:
    """The browser to use; None for the one that playwright installed."""
    if named := named_path("LEOPARD_BROWSER"):
        return str(named)
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    return next((place for place in _PLACES if Path(place).is_file()), None)


def _playwright_error() -> type[Exception]:
    from playwright.async_api import Error

    return Error


__all__ = ["Chromium", "check_playwright"]
