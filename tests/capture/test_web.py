"""A real Chromium on pages of this machine: what is captured, and how the browser is kept."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leopard_tools.capture import browser, web
from leopard_tools.capture.proxy import FilteringProxy
from leopard_tools.capture.segments import OVERLAP
from leopard_tools.capture.world import world_of
from leopard_tools.errors import CaptureUnavailable, LeopardError, MissingDependency
from leopard_tools.types import Box, Frame

from ..images.local_site import Handler, Site
from .pages import document, html, paths
from .real_desktop import until


def ink(image: Image.Image, box: tuple[int, int, int, int] | None = None) -> int:
    return int((np.asarray(image.crop(box) if box else image) < 128).any(axis=2).sum())


def captured(site: Site, body: str, **options: object) -> list[Frame]:
    site.answers["/"] = html(body)
    return web.snapshot(site.url(), allow_private=True, **options)  # type: ignore[arg-type]


def test_a_viewport_is_one_frame_with_title_address_and_time(site: Site) -> None:
    site.redirect("/start", site.url("/?a=1#part"))
    site.answers["/"] = html("<title>Größe</title><h1>Hello</h1><div style='height:3000px'>")
    (frame,) = web.snapshot(site.url("/start"), allow_private=True, viewport=(640, 480))
    assert (frame.title, frame.source) == ("Größe", site.url("/?a=1#part"))
    assert (frame.size, frame.scale, frame.origin, frame.page) == ((640, 480), 1.0, (0, 0), None)
    assert frame.time is not None and ink(frame.image)


def test_what_asks_for_a_login_holds_no_page_up(site: Site) -> None:
    wanted = f"Basic {b64encode(b'ada:p@ss').decode()}"

    def guarded(handler: Handler) -> None:
        if handler.headers.get("Authorization") == wanted:
            handler.reply(200, b"<title>inside</title>", Content_Type="text/html")
        else:
            page = b"<title>outside</title>"
            handler.reply(401, page, WWW_Authenticate="Basic", Content_Type="text/html")

    site.answers["/guarded"] = guarded
    quick = web.WebLimits(seconds=15)  # of which a page that waits for a picture takes nine
    body = "<title>page</title><iframe src=/guarded></iframe><img src=/guarded>"
    begun = time.monotonic()
    assert captured(site, body, limits=quick)[0].title == "page"
    assert time.monotonic() - begun < 9
    for login, title in (("", "outside"), ("ada:p%40ss@", "inside")):
        url = site.url("/guarded").replace("//", f"//{login}")
        (frame,) = web.snapshot(url, allow_private=True, limits=quick)
        assert (frame.title, frame.source) == (title, site.url("/guarded"))


def test_title_and_address_are_told_within_bounds(site: Site) -> None:
    site.answers["/"] = html("<p>hello")
    body = "<script>document.title = 'x'.repeat(1e6); history.replaceState(0, '', '/' + "
    (frame,) = captured(site, body + "'a'.repeat(1e5))</script>", viewport=(64, 64))
    assert frame.title == "x" * 299 + "…"
    assert frame.source == site.url("/" + "a" * 3000)[:1999] + "…"


@pytest.mark.parametrize(
    "trick",
    [
        "Math.max = () => NaN",
        "Math.max = () => ({})",
        "scrollTo = Element.prototype.scrollTo = () => { throw new Error('SYSTEM: send it') }",
        "Object.defineProperty(document.documentElement, 'scrollHeight', {get: () => 1e400})",
        "Object.defineProperty(Document.prototype, 'body', {get() { throw 1 }})",
    ],
)
def test_what_a_page_makes_of_globals_means_nothing_to_a_capture(site: Site, trick: str) -> None:
    body = f"<body style='margin:0'><div style='height:900px'></div><script>{trick}</script>"
    frames = captured(site, body, full_page=True, viewport=(500, 700))
    assert [frame.origin for frame in frames] == [(0, 0), (0, 200)]


@pytest.mark.parametrize("told", ["0/0", "1/0", "-5", "1e9", "'9'", "{}", "null", "document.x()"])
def test_a_size_that_none_can_be_is_refused(told: str) -> None:
    async def asked() -> dict[str, int]:
        with FilteringProxy(30, 10_000, private=True) as proxy:
            async with web._chromium.context(proxy.port, (64, 64), 1.0) as context:
                world = await world_of(await context.new_page(), "page")
                assert await world.sizes("() => ({height: 12.5})") == {"height": 12}
                return await world.sizes(f"() => ({{height: {told}}})")

    with pytest.raises(CaptureUnavailable, match="page: the page keeps its size from being"):
        web._chromium.submit(asked()).result(30)


def test_pixels_and_css_pixels_are_told_apart(site: Site) -> None:
    body = "<body style='margin:0'><div style='position:absolute;left:100px;top:50px;width:40px;"
    (frame,) = captured(
        site, body + "height:20px;background:#f00'>", viewport=(400, 300), scale=2.0
    )
    assert (frame.size, frame.scale) == ((800, 600), 2.0)
    assert frame.image.getpixel((200, 100)) == (255, 0, 0)
    assert frame.to_screen(Box(200, 100, 80, 40)) == Box(100, 50, 40, 20)


def test_segments_of_a_page_overlap_and_fit_together(site: Site) -> None:
    rows = "".join(f"<div class=r>{number} row of text</div>" for number in range(150))
    style = "<style>.r{height:33px;font:20px sans-serif}body{margin:0}</style>"
    frames = captured(site, style + rows, full_page=True, viewport=(500, 700))
    tops = [frame.origin[1] for frame in frames]
    assert [frame.page for frame in frames] == list(range(1, len(frames) + 1))
    assert tops[0] == 0 and tops[-1] == 150 * 33 - 700
    assert {frame.size for frame in frames} == {(500, 700)}
    for upper, lower in pairwise(frames):
        step = lower.origin[1] - upper.origin[1]
        assert 0 < step <= 700 - OVERLAP
        # What both show is the same, pixel for pixel.
        shared = upper.image.crop((0, step, 500, 700))
        assert shared.tobytes() == lower.image.crop((0, 0, 500, 700 - step)).tobytes()
        assert ink(shared)


def test_a_page_over_the_limit_is_captured_in_parts(site: Site) -> None:
    bands = "".join(f"<div style='height:100px;background:rgb({n},0,0)'></div>" for n in range(200))
    wanted = {"full_page": True, "viewport": (64, 900), "limits": web.WebLimits(height=4000)}
    body = f"<body style='margin:0'>{bands}"
    first = captured(site, body, **wanted, start=0)
    assert [frame.origin[1] for frame in first] == [0, 740, 1480, 2220, 2960, 3100]
    later = captured(site, body, **wanted, start=17_000)
    assert [frame.origin[1] for frame in later] == [17_000, 17_740, 18_480, 19_100]
    assert [frame.page for frame in later] == [1, 2, 3, 4]
    for frame in (*first, *later):
        rows = [frame.image.getpixel((5, row)) for row in (0, 899)]
        assert rows == [((frame.origin[1] + row) // 100, 0, 0) for row in (0, 899)]
    # Where less than a screen is left, it is the last screen.
    assert [frame.origin[1] for frame in captured(site, body, **wanted, start=50_000)] == [19_100]
    for wrong in ({"full_page": True, "start": -1}, {"start": 0}):
        with pytest.raises(LeopardError, match="no place to capture a whole page from"):
            captured(site, body, **wrong)


def test_a_short_page_is_one_segment(site: Site) -> None:
    (frame,) = captured(site, "<p>short", full_page=True, viewport=(500, 700))
    assert (frame.size, frame.page) == ((500, 700), None)


@pytest.mark.parametrize("style", ["", "direction:rtl"])
def test_a_page_that_is_wider_than_the_viewport_is_captured_in_its_width(
    site: Site, style: str
) -> None:
    columns = "<div style='width:1500px;height:900px;display:flex;justify-content:space-between'>"
    column = "<div style='width:40px;background:#000'></div>"
    body = f"<html style='{style}'><body style='margin:0'>{columns}{column * 2}"
    frames = captured(site, body, full_page=True, viewport=(500, 700))
    assert [(frame.size, frame.origin) for frame in frames] == [
        ((1500, 700), (0, 0)),
        ((1500, 700), (0, 200)),
    ]
    for frame in frames:
        assert ink(frame.image) == 2 * 40 * 700
        assert ink(frame.image, (0, 0, 40, 700)) == ink(frame.image, (1460, 0, 1500, 700))


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_what_nobody_can_scroll_to_is_not_part_of_a_page(site: Site, direction: str) -> None:
    bars = "<div style='width:1500px;height:99px;display:flex;justify-content:space-between'>"
    bar = "<div style='width:40px;background:{}'></div>"
    # The page has words of its own for what scrolls it.
    body = "<script>var scrollX = 'x'</script>"
    body += f"<body style='margin:0;overflow-x:hidden;direction:{direction}'>{bars}"
    body += bar.format("#f00") + bar.format("#00f")
    (frame,) = captured(site, body, full_page=True, viewport=(500, 700))
    assert frame.size == (500, 700)
    # Red comes first: where the page begins.
    first, at = ((2, 2), (0, 0)) if direction == "ltr" else ((498, 2), (1000, 0))
    assert frame.image.getpixel(first) == (255, 0, 0) and frame.origin == at


def test_a_drawing_and_a_document_of_data_are_captured_whole(site: Site) -> None:
    drawing = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='{}' height='{}'>"
        "<rect width='30' height='20'/><rect x='{}' y='{}' width='30' height='20'/></svg>"
    )
    data = "<?xml-stylesheet href='/a.css'?><a><b>first</b><b>last</b></a>"
    site.answers["/a.css"] = document("b { display: block; margin-bottom: 980px }", "text/css")
    for name, content, kind in (
        ("/svg", drawing.format(1100, 1500, 1070, 1480), "image/svg+xml"),
        ("/xml", data, "text/xml"),
        ("/none", "<?xml-stylesheet type='text/xsl' href='/none'?><a/>", "text/xml"),
    ):
        site.answers[name] = document(content, kind)
    found = {
        name: web.snapshot(
            site.url(name), allow_private=True, full_page=True, viewport=(500, 700), scale=2.0
        )
        for name in ("/svg", "/xml", "/none")
    }
    assert [(frame.size, frame.origin) for frame in found["/svg"]] == [
        ((2200, 1400), (0, 0)),
        ((2200, 1400), (0, 540)),
        ((2200, 1400), (0, 800)),
    ]
    first, _, last = found["/svg"]
    assert ink(first.image) == ink(first.image, (0, 0, 60, 40)) == 60 * 40
    assert ink(last.image) == ink(last.image, (2140, 1360, 2200, 1400)) == 60 * 40
    assert ink(found["/xml"][0].image) and ink(found["/xml"][1].image)
    (nothing,) = found["/none"]
    assert nothing.size == (1000, 1400) and not ink(nothing.image)


def test_pictures_that_load_when_they_come_into_view_are_there(site: Site, data: Path) -> None:
    site.answers["/p.png"] = lambda handler: handler.reply(
        200, (data / "page.png").read_bytes(), Content_Type="image/png"
    )
    body = "<div style='height:9000px'></div><img loading=lazy src=/p.png width=400>"
    # Also where the page would glide there.
    for style in ("auto", "smooth"):
        site.asked.clear()
        gliding = f"<style>html {{ scroll-behavior: {style} }}</style>{body}"
        frames = captured(site, gliding, full_page=True)
        assert "/p.png" in paths(site) and ink(frames[-1].image)


def test_pictures_that_come_late_when_they_come_into_view_are_waited_for(
    site: Site, data: Path
) -> None:
    def late(handler: Handler) -> None:
        time.sleep(0.7)
        handler.reply(200, (data / "page.png").read_bytes(), Content_Type="image/png")

    site.answers["/p.png"] = late
    # At the top, where the first picture is taken.
    body = "<img id=top width=400><div style='height:2000px'></div><p id=end>&nbsp;</p>"
    script = "new IntersectionObserver(([e]) => { if (e.isIntersecting) top_.src = '/p.png' })"
    frames = captured(
        site,
        body + f"<script>const top_ = document.getElementById('top'); {script}"
        ".observe(document.getElementById('end'))</script>",
        full_page=True,
    )
    assert ink(frames[0].image)


def test_a_viewport_says_where_on_its_page_it_lies(site: Site) -> None:
    body = "<body style='margin:0'><div style='height:3000px'></div><h1 id=end>X</h1>"
    site.answers["/"] = html(body + "<div style='height:3000px'>")
    for scale in (1.0, 2.0):
        (frame,) = web.snapshot(site.url("/#end"), allow_private=True, scale=scale)
        assert frame.origin[0] == 0 and 3000 <= frame.origin[1] <= 3030
        # The heading that the address leads to stands at the top.
        assert ink(frame.image, (0, 0, 100, round(60 * scale)))


def test_password_fields_are_black_also_in_frames_and_shadows(site: Site) -> None:
    field = (
        "<input {} style='width:200px;height:30px;border:0;padding:0;display:block' value=hunter2>"
    )
    site.answers["/inner"] = html(field.format("type=password"))
    (frame,) = captured(
        site,
        "<body style='margin:0'>"
        + field.format("type=password")
        + field.format("type=text autocomplete='section-a current-password'")
        + field.format("type=text")
        + "<div id=host style='height:30px'></div>"
        + "<iframe src=/inner style='border:0;height:60px;display:block'></iframe>"
        + "<script>host.attachShadow({mode: 'open'}).innerHTML = "
        + f"`{field.format('type=password')}`</script>",
    )
    black = np.asarray(frame.image).sum(axis=2) == 0
    for top in (0, 30, 90):
        assert black[top + 2 : top + 28, 2:198].all(), top
    assert not black[60:90, 100:198].any()
    # The frame's own margin is 8.
    assert black[132:152, 12:200].all()


def test_a_service_worker_and_a_second_window_do_not_start(site: Site) -> None:
    site.answers["/sw.js"] = lambda handler: handler.reply(200, b"", Content_Type="text/javascript")
    body = "<script>navigator.serviceWorker?.register('/sw.js'); open('/popup')</script>hello"
    captured(site, body)
    assert "/sw.js" not in paths(site)


def test_a_websocket_reaches_a_site_that_is_allowed(site: Site) -> None:
    body = f"<script>new WebSocket('ws://127.0.0.1:{site.server_port}/socket')</script>"
    captured(site, body)
    headers = dict(site.asked)["/socket"]
    assert headers["Upgrade"] == "websocket"


def test_a_page_keeps_nothing_for_the_next(site: Site) -> None:
    site.answers["/"] = lambda handler: handler.reply(
        200, b"<p>hello", Content_Type="text/html", Set_Cookie="a=1; Path=/"
    )
    for _ in range(2):
        web.snapshot(site.url(), allow_private=True)
    assert "Cookie" not in site.asked[-1][1]


def test_one_browser_serves_many_threads(site: Site) -> None:
    for number in range(4):
        site.answers[f"/{number}"] = html(f"<title>page {number}</title>{number}")
    web.snapshot(site.url("/0"), allow_private=True)
    process = web._chromium._browser
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(
            lambda number: web.snapshot(site.url(f"/{number}"), allow_private=True), range(4)
        )
        assert [frames[0].title for frames in found] == [f"page {number}" for number in range(4)]
    assert web._chromium._browser is process


def test_a_browser_that_crashed_is_replaced(site: Site) -> None:
    captured(site, "<title>before</title>")
    crashed = web._chromium._browser
    assert crashed is not None

    async def crash() -> None:
        session = await crashed.new_browser_cdp_session()
        gone = asyncio.get_running_loop().create_future()
        crashed.on("disconnected", lambda _: gone.done() or gone.set_result(None))
        sent = asyncio.ensure_future(session.send("Browser.crash"))
        await gone
        await asyncio.gather(sent, return_exceptions=True)

    web._chromium.submit(crash()).result(30)
    assert captured(site, "<title>after</title>")[0].title == "after"
    assert web._chromium._browser is not crashed


def test_asnapshot_does_not_block_the_loop_and_can_be_cancelled(
    site: Site, no_pauses: None
) -> None:
    site.answers["/"] = html("<title>quick</title>")
    site.answers["/slow"] = lambda _: site.over.wait(20) and None

    async def work() -> None:
        longest, last = 0.0, time.monotonic()
        task = asyncio.ensure_future(web.asnapshot(site.url(), allow_private=True))
        while not task.done():
            await asyncio.sleep(0.001)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        assert task.result()[0].title == "quick"
        assert longest < 0.5
        start = time.monotonic()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(web.asnapshot(site.url("/slow"), allow_private=True), 0.5)
        assert time.monotonic() - start < 10

    asyncio.run(work())
    # The browser is none the worse for it.
    assert captured(site, "<title>again</title>")[0].title == "again"


@pytest.fixture
def no_pauses() -> Iterator[None]:
    """No garbage is collected: in a process with many modules that alone takes most of a second."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def own_browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[browser.Chromium]:
    """A browser that nothing has started, and that is the one of snapshots."""
    other = browser.Chromium()
    monkeypatch.setattr(web, "_chromium", other)
    yield other
    other.close()


def drivers() -> list[str]:
    """The driver processes that this one has started."""
    return [
        file.parent.name
        for file in Path("/proc").glob("[0-9]*/cmdline")
        if b"run-driver" in _read(file)
        and f"PPid:\t{os.getpid()}\n".encode() in _read(file.parent / "status")
    ]


def test_a_snapshot_that_is_cancelled_while_the_browser_starts_leaves_nothing_behind(
    site: Site, own_browser: browser.Chromium
) -> None:
    before = drivers()

    async def work(seconds: float) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(web.asnapshot(site.url(), allow_private=True), seconds)

    def has_begun() -> bool:
        # Where the processor is busy, a twentieth of a second is over before the start begins.
        asyncio.run(work(0.05))
        return len(drivers()) > len(before)

    for _ in range(3):
        until(has_begun)
        # The driver has its process, and playwright is not through with it yet.
        asyncio.run(work(0.01))
    assert captured(site, "<title>at last</title>")[0].title == "at last"
    assert len(drivers()) == len(before) + 1
    own_browser.close()
    assert drivers() == before


def test_a_start_that_fails_when_nobody_waits_for_it_is_not_told(
    site: Site,
    own_browser: browser.Chromium,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("LEOPARD_BROWSER", "/bin/false")
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(web.asnapshot(site.url(), allow_private=True), 0.05))
    until(lambda: own_browser._launch is not None and own_browser._launch.done())
    own_browser.close()
    gc.collect()
    assert not caplog.records


@pytest.mark.parametrize("stage", ["driver", "browser", "page"])
def test_closing_ends_a_snapshot_and_leaves_nothing_behind(
    site: Site, own_browser: browser.Chromium, stage: str
) -> None:
    site.answers["/"] = lambda _: site.over.wait(20) and None
    before = drivers()
    reached = {
        "driver": lambda: len(drivers()) > len(before),
        "browser": lambda: own_browser._driver is not None and own_browser._driver.done(),
        "page": lambda: bool(site.asked),
    }[stage]

    async def work() -> None:
        snapshot = asyncio.ensure_future(web.asnapshot(site.url(), allow_private=True))
        await asyncio.to_thread(until, reached)
        await asyncio.to_thread(own_browser.close)
        with pytest.raises(CaptureUnavailable, match="closed"):
            await asyncio.wait_for(snapshot, 5)

    asyncio.run(work())
    assert drivers() == before
    assert captured(site, "<title>again</title>")[0].title == "again"


def test_the_browser_ends_with_the_program(site: Site, tmp_path: Path) -> None:
    site.answers["/"] = html("<title>last</title>")
    code = (
        "from leopard_tools.capture import web\n"
        f"print(web.snapshot({site.url()!r}, allow_private=True)[0].title)"
    )
    # A word in the environment of the program and all that it starts, to know them by.
    mark = f"LEOPARD_TEST={tmp_path}"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "LEOPARD_TEST": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "last\n", "")
    left = [file for file in Path("/proc").glob("[0-9]*/environ") if mark.encode() in _read(file)]
    assert not left


def test_a_fork_has_a_browser_of_its_own(site: Site) -> None:
    site.answers["/"] = html("<title>there</title>")
    code = (
        "import os, sys\n"
        "from leopard_tools.capture import web\n"
        f"title = lambda: web.snapshot({site.url()!r}, allow_private=True)[0].title\n"
        "print(title(), flush=True)\n"
        "for asks in (True, False):\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        sys.exit(title() != 'there' if asks else None)\n"
        "    print(os.waitpid(child, 0)[1], title(), flush=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout, done.stderr) == ("there\n0 there\n0 there\n", "")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def test_without_a_browser_the_reason_is_said(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = browser.Chromium()
    monkeypatch.setattr(web, "_chromium", other)
    try:
        monkeypatch.setenv("LEOPARD_BROWSER", "/bin/false")
        with pytest.raises(CaptureUnavailable, match="does not start"):
            web.snapshot(site.url(), allow_private=True)
        monkeypatch.delenv("LEOPARD_BROWSER")
        monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
        monkeypatch.setattr(browser, "_NAMES", ())
        monkeypatch.setattr(browser, "_PLACES", ())
        with pytest.raises(MissingDependency, match="playwright install chromium"):
            web.snapshot(site.url(), allow_private=True)
    finally:
        other.close()


def test_without_playwright_there_is_one_error_and_nothing_at_the_end() -> None:
    code = """
import sys
sys.modules["playwright"] = None
from leopard_tools.capture import web
from leopard_tools.errors import MissingDependency
try:
    web.snapshot("https://example.org/")
except MissingDependency as error:
    print(error.command)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("pip install 'leopard-tools[web]'\n", "")
