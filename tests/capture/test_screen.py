"""A real desktop: what is captured, where it lies, and what is hidden."""

from __future__ import annotations

import os
import random
from itertools import cycle
from typing import Any

import numpy as np
import pytest
from PIL import Image
from Xlib import X, Xatom

from leopard_tools.capture import availability, screen
from leopard_tools.capture.pixels import MssScreen
from leopard_tools.errors import CaptureDenied, CaptureUnavailable, ScreenUnsteady
from leopard_tools.types import Box

from .real_desktop import SIZE, Connected, poster, running, until, x_server, xrandr

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def count(image: Image.Image, colour: tuple[int, int, int]) -> int:
    red, green, blue = (
        np.asarray(band) == value for band, value in zip(image.split(), colour, strict=True)
    )
    return int((red & green & blue).sum())


def test_monitors_are_listed_and_captured_where_they_are(desktop: Connected) -> None:
    boxes = [monitor.box for monitor in screen.monitors()]
    assert boxes == [Box(0, 0, 1400, 900), Box(1400, 0, 1000, 900)]
    desktop.open("Sign", poster((300, 200), "right", "#00ff00"), (1500, 300))
    whole, right = screen.grab(), screen.grab(monitor=2)
    assert whole.size == SIZE and right.size == (1000, 900)
    assert (right.origin, right.monitor, right.scale) == ((1400, 0), 2, 1.0)
    assert right.time is not None and right.time.tzinfo is not None
    assert whole.image.crop((1400, 0, 2400, 900)).tobytes() == right.image.tobytes()
    assert count(right.image, GREEN) > 50_000 and not count(screen.grab(monitor=1).image, GREEN)
    with pytest.raises(CaptureUnavailable, match="no monitor 3"):
        screen.grab(monitor=3)


def test_a_monitor_that_comes_and_goes_is_noticed(desktop: Connected, display: str) -> None:
    xrandr(display, "--setmonitor", "third", "500/130x400/100+100+100", "none")
    try:
        assert [monitor.number for monitor in screen.monitors()] == [1, 2, 3]
        assert screen.grab(monitor=3).size == (500, 400)
    finally:
        xrandr(display, "--delmonitor", "third")
    assert len(screen.monitors()) == 2


def test_a_box_in_the_picture_leads_to_the_place_on_the_screen(desktop: Connected) -> None:
    sign = poster((400, 300), "", "#ffffff")
    sign.paste((255, 0, 0), (123, 45, 163, 65))
    desktop.open("", sign, (1600, 200), popup=True)
    frame = screen.grab(monitor=2, region=(150, 100, 700, 700))
    assert frame.origin == (1550, 100)
    rows, columns = np.nonzero((np.asarray(frame.image) == RED).all(axis=2))
    left, top = int(columns.min()), int(rows.min())
    box = Box(left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top)
    assert frame.to_screen(box) == Box(1723, 245, 40, 20)
    assert frame.from_screen(Box(1723, 245, 40, 20)) == box


def test_a_region_is_cut_off_at_the_edges(desktop: Connected) -> None:
    assert screen.grab(region=(-50, 850, 100, 100)).size == (50, 50)
    assert screen.grab(region=Box(2300, -10, 900, 20)).origin == (2300, 0)
    # On a monitor it counts from the monitor's corner and ends at its edge.
    assert screen.grab(monitor=1, region=(1300, 0, 900, 9)).size == (100, 9)
    for region in ((2400, 0, 10, 10), (0, 0, 0, 10), (-20, -20, 20, 20)):
        with pytest.raises(CaptureUnavailable, match="lies outside"):
            screen.grab(region=region)


def test_windows_are_listed_from_the_top_and_captured(desktop: Connected) -> None:
    picture = poster((420, 260), "below", "#ff0000")
    low = desktop.open("Größe – lower window", picture, (200, 150), "Lower")
    high = desktop.open("Upper", poster((300, 200), "above", "#00ff00"), (300, 250), "Upper")
    listed = [window for window in screen.windows() if window.id in (low.id, high.id)]
    assert [window.title for window in listed] == ["Upper", "Größe – lower window"]
    assert [window.application for window in listed] == ["Upper", "Lower"]
    assert listed[0].z > listed[1].z
    below = listed[1].box
    # openbox draws a frame around the window, and the box has it.
    assert below.width > 420 and below.height > 260 + 10
    frame = screen.grab(window="größe")
    assert frame.window == frame.title == "Größe – lower window"
    assert (frame.origin, frame.size) == ((below.left, below.top), (below.width, below.height))
    assert count(frame.image, RED) > 40_000
    assert screen.grab(window=high.id, region=(0, 0, 50, 40)).size == (50, 40)
    assert not count(screen.grab(window=high.id).image, RED)


def test_a_window_that_cannot_be_seen_says_why(desktop: Connected) -> None:
    hidden = desktop.open("Put away", poster((200, 100), "", "#ff0000"), (100, 100))
    desktop.minimise(hidden)
    until(lambda: not next(w for w in screen.windows() if w.id == hidden.id).visible)
    with pytest.raises(CaptureUnavailable, match="minimised"):
        screen.grab(window="Put away")
    with pytest.raises(CaptureUnavailable, match="No window is 'nothing like it'"):
        screen.grab(window="nothing like it")
    with pytest.raises(CaptureUnavailable, match="not both"):
        screen.grab(window="Put away", monitor=1)


def test_the_pointer_is_in_the_picture_only_if_asked_for(desktop: Connected) -> None:
    desktop.root.warp_pointer(700, 400)
    desktop.display.sync()
    region = (600, 300, 200, 200)
    without = screen.grab(region=region).image.tobytes()
    assert screen.grab(region=region, cursor=True).image.tobytes() != without


def test_a_denied_window_is_black_decorations_included_and_others_are_whole(
    desktop: Connected,
) -> None:
    desktop.composite()
    desktop.open("Vault - KeePassXC", poster((600, 400), "", "#ff0000"), (100, 100), "Vault")
    desktop.open("Editor", poster((500, 300), "", "#00ff00"), (400, 250), "Editor")
    plain = np.asarray(screen.grab().image)
    vault, editor = (next(w for w in screen.windows() if w.title[:2] == t) for t in ("Va", "Ed"))
    for pattern in ("keepass", "VAULT", "vault"):
        frame = screen.grab(deny=["no such thing", pattern])
        dark = np.asarray(frame.image)
        assert not count(frame.image, RED) and frame.masked
        inside = np.zeros(dark.shape[:2], bool)
        inside[vault.box.top : vault.box.bottom, vault.box.left : vault.box.right] = True
        inside[editor.box.top : editor.box.bottom, editor.box.left : editor.box.right] = False
        assert not dark[inside].any()
        assert (dark[~inside] == plain[~inside]).all()
    # In a picture of another window, of a region and of a monitor too.
    for options in ({"window": "Editor"}, {"region": (120, 150, 400, 300)}, {"monitor": 1}):
        frame = screen.grab(**options, deny=["keepass"])  # type: ignore[arg-type]
        assert not count(frame.image, RED) and count(frame.image, GREEN)
    with pytest.raises(CaptureDenied, match="on the deny list"):
        screen.grab(window="Vault", deny=["keepass"])
    assert screen.grab(deny=["no such thing"]).masked == ()
    assert [window.title for window in screen.windows(deny=["keepass"])] == ["Editor"]


@pytest.mark.parametrize(
    ("title", "pattern"),
    [
        ("A" * 5000 + " - Private Browsing", "*Private Browsing"),
        # Where a title is cut, or holds what is no UTF-8, the rest of it still counts.
        ("Gehälter x" + "ü" * 3000, "gehälter"),
        ("Gehälter \udcff", "gehälter"),
        ("Geha\u0308lter", "gehälter"),
    ],
)
def test_a_denied_window_is_black_whatever_its_title_is_like(
    desktop: Connected, title: str, pattern: str
) -> None:
    window = desktop.open("", poster((300, 200), "", "#ff0000"), (100, 100))
    name, kind = (desktop.display.intern_atom(atom) for atom in ("_NET_WM_NAME", "UTF8_STRING"))
    window.change_text_property(name, kind, title.encode(errors="surrogateescape"))
    desktop.display.sync()
    frame = screen.grab(deny=[pattern])
    assert not count(frame.image, RED) and frame.masked
    assert not screen.windows(deny=[pattern])


@pytest.mark.parametrize("name", ["WM_NAME", "_NET_WM_VISIBLE_NAME"])
def test_a_window_is_denied_by_whichever_of_its_titles_fits(desktop: Connected, name: str) -> None:
    window = desktop.open("Other", poster((200, 150), "", "#ff0000"), (300, 300), popup=True)
    assert count(screen.grab(deny=["vault"]).image, RED)
    kind = desktop.display.intern_atom("UTF8_STRING")
    window.change_text_property(desktop.display.intern_atom(name), kind, b"The Vault")
    desktop.display.sync()
    assert not count(screen.grab(deny=["vault"]).image, RED)


def test_a_window_is_denied_where_a_program_inside_it_is(desktop: Connected) -> None:
    tabs = desktop.open("Tabs", poster((300, 200), "", "#ff0000"), (300, 300))
    assert count(screen.grab(deny=["vault"]).image, RED)
    inside = tabs.create_window(0, 30, 300, 170, 0, X.CopyFromParent, background_pixel=0xFF0000)
    inside.set_wm_class("vault", "Vault")
    inside.map()
    menu = desktop.open("", poster((150, 90), "", "#ff0000"), (900, 400), "Kit", popup=True)
    for window in (inside, menu):
        desktop.set(window, "_NET_WM_PID", 4711, Xatom.CARDINAL)
    assert not count(screen.grab(deny=["vault"]).image, RED)
    assert not screen.windows(deny=["vault"])
    # To people it is no window of its own.
    assert [each.title for each in screen.windows()] == ["Tabs"]


def test_what_a_window_calls_itself_is_told_within_bounds(desktop: Connected) -> None:
    window = desktop.open("Notes " * 99, poster((200, 150), "", "#ffffff"), (300, 300))
    (listed,) = screen.windows()
    assert listed.title == ("Notes " * 99)[:299] + "…"
    assert screen.grab(window=listed.title).window == listed.title
    desktop.minimise(window)
    until(lambda: not screen.windows()[0].visible)
    with pytest.raises(CaptureUnavailable) as caught:
        screen.grab(window="notes")
    assert "The window 'notes' is minimised" in str(caught.value)


def test_a_window_whose_title_is_too_long_to_be_read_counts_as_unknown(
    desktop: Connected,
) -> None:
    desktop.open("Vault", poster((100, 90), "", "#0000ff"), (900, 500), popup=True)
    window = desktop.open("Long", poster((200, 150), "", "#ff0000"), (300, 300), popup=True)
    assert count(screen.grab(deny=["vault"]).image, RED)
    name, kind = (desktop.display.intern_atom(atom) for atom in ("_NET_WM_NAME", "UTF8_STRING"))
    for _ in range(6):
        window.change_property(name, kind, 8, b"x" * 200_000, X.PropModeAppend)
    desktop.display.sync()
    assert not count(screen.grab(deny=["vault"]).image, RED)


def test_dialogs_and_menus_of_a_denied_window_are_black_too(desktop: Connected) -> None:
    owner = desktop.open("Vault", poster((200, 150), "", "#0000ff"), (50, 50), "Vault")
    dialog = desktop.open("Save?", poster((200, 100), "", "#ff0000"), (700, 100), "Toolkit")
    desktop.set(dialog, "WM_TRANSIENT_FOR", owner.id, Xatom.WINDOW)
    other = desktop.open("Really?", poster((200, 90), "", "#ff0000"), (700, 700), "Toolkit")
    desktop.set(other, "WM_TRANSIENT_FOR", desktop.root.id, Xatom.WINDOW)
    menu = desktop.open("", poster((150, 90), "", "#ff0000"), (900, 400), "Toolkit", popup=True)
    for window in (owner, other, menu):
        desktop.set(window, "_NET_WM_PID", 4711, Xatom.CARDINAL)
    desktop.open("", poster((90, 90), "", "#ff0000"), (1100, 600), "", popup=True)
    desktop.open("Other", poster((150, 90), "", "#00ff00"), (1600, 600), popup=True)
    image = screen.grab(deny=["vault"]).image
    assert not count(image, RED) and not count(image, BLUE)
    assert count(image, GREEN) == 150 * 90
    # Without a denied window on the screen a tooltip of nobody is shown.
    assert count(screen.grab(deny=["nobody"]).image, RED)


def test_a_window_without_title_and_application_is_never_shown_under_a_deny_list(
    desktop: Connected,
) -> None:
    desktop.open("", poster((200, 150), "", "#ff0000"), (300, 300), "")
    assert count(screen.grab().image, RED)
    assert not count(screen.grab(deny=["vault"]).image, RED)


def test_without_a_compositor_no_window_is_known_to_hide_another(desktop: Connected) -> None:
    desktop.open("Vault", poster((400, 300), "", "#ff0000"), (200, 200), popup=True)
    # It paints nothing, as a program that hangs or has just begun.
    glass = desktop.root.create_window(
        *(250, 250, 300, 200, 0, X.CopyFromParent),
        override_redirect=True,
        background_pixmap=X.NONE,
    )
    glass.set_wm_class("glass", "Glass")
    glass.map()
    desktop.display.sync()
    assert count(screen.grab(region=(250, 250, 300, 200)).image, RED) == 300 * 200
    frame = screen.grab(deny=["vault"])
    assert not count(frame.image, RED) and frame.masked == (Box(200, 200, 400, 300),)
    # Of what lies above, nothing more is lost.
    desktop.open("Sign", poster((300, 200), "", "#00ff00"), (400, 300), popup=True)
    assert count(screen.grab(deny=["vault"]).image, GREEN) == 300 * 200 - 200 * 200


def test_what_may_shine_through_hides_nothing(desktop: Connected) -> None:
    desktop.composite()
    desktop.open("Vault", poster((400, 300), "", "#ff0000"), (200, 200), popup=True)
    ring = desktop.open("Ring", poster((300, 200), "", "#00ff00"), (250, 250), popup=True)
    assert count(screen.grab(deny=["vault"]).image, GREEN) == 300 * 200
    # A window with a hole (the shape extension), as screen rulers and docks have.
    ring.shape_rectangles(0, 0, X.Unsorted, 0, 0, [{"x": 0, "y": 0, "width": 300, "height": 20}])
    desktop.display.sync()
    assert count(screen.grab().image, RED) and not count(screen.grab(deny=["vault"]).image, RED)


def test_under_a_compositor_a_translucent_window_hides_nothing(desktop: Connected) -> None:
    desktop.composite()
    desktop.open("Vault", poster((400, 300), "", "#ff0000"), (200, 200), popup=True)
    glass = desktop.open("Glass", poster((300, 200), "", "#00ff00"), (250, 250), popup=True)
    assert count(screen.grab(deny=["vault"]).image, GREEN) == 300 * 200
    desktop.set(glass, "_NET_WM_WINDOW_OPACITY", 0x7FFFFFFF, Xatom.CARDINAL)
    assert count(screen.grab(deny=["vault"]).image, GREEN) == 0


def test_on_random_layouts_of_real_windows_nothing_denied_is_seen(desktop: Connected) -> None:
    source = random.Random(5)
    desktop.composite()
    windows = [
        desktop.open(name, poster((100, 100), "", colour), (0, 0), popup=True)
        for name, colour in (("Vault a", "#ff0000"), ("b", "#00ff00"), ("Vault c", "#ff0000"))
    ] + [desktop.open("d", poster((100, 100), "", "#0000ff"), (0, 0), popup=True)]
    for _ in range(12):
        for window in source.sample(windows, len(windows)):
            at = (source.randint(-150, 2300), source.randint(-100, 850))
            size = (source.randint(50, 1200), source.randint(50, 700))
            desktop.move(window, at, size, top=source.random() < 0.8)
        plain, dark = screen.grab().image, screen.grab(deny=["vault*"]).image
        assert not count(dark, RED)
        for colour in (GREEN, BLUE):
            assert count(dark, colour) == count(plain, colour)


def test_a_window_that_moves_during_the_capture_means_no_picture(
    desktop: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = desktop.open("Vault", poster((200, 150), "", "#ff0000"), (300, 300), popup=True)
    take = MssScreen.picture

    def disturbed(*arguments: Any, **options: Any) -> Image.Image:
        desktop.move(vault, (900, 500), (200, 150), top=True)
        picture = take(*arguments, **options)
        # Back at once: before and after look the same, and the picture shows it elsewhere.
        desktop.move(vault, (300, 300), (200, 150), top=True)
        assert count(picture, RED)
        return picture

    monkeypatch.setattr(MssScreen, "picture", disturbed)
    with pytest.raises(ScreenUnsteady, match="changed during each"):
        screen.grab(deny=["vault"])


def test_a_title_that_changes_during_the_capture_means_another_try(
    desktop: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = desktop.open("Harmless", poster((200, 150), "", "#ff0000"), (300, 300))
    take = MssScreen.picture

    def renamed(*arguments: Any, **options: Any) -> Image.Image:
        window.change_text_property(
            desktop.display.intern_atom("_NET_WM_NAME"),
            desktop.display.intern_atom("UTF8_STRING"),
            b"Vault",
        )
        desktop.display.sync()
        return take(*arguments, **options)

    monkeypatch.setattr(MssScreen, "picture", renamed)
    frame = screen.grab(deny=["vault"])
    assert not count(frame.image, RED) and frame.masked


def test_a_title_that_changes_all_the_time_and_is_not_denied_holds_nothing_up(
    desktop: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = desktop.open("Building", poster((200, 150), "", "#00ff00"), (300, 300))
    desktop.open("Vault", poster((200, 150), "", "#ff0000"), (900, 300))
    signs, take = cycle("|/-"), MssScreen.picture

    def working(*arguments: Any, **options: Any) -> Image.Image:
        window.change_text_property(
            desktop.display.intern_atom("_NET_WM_NAME"),
            desktop.display.intern_atom("UTF8_STRING"),
            f"Building {next(signs)}".encode(),
        )
        desktop.display.sync()
        return take(*arguments, **options)

    monkeypatch.setattr(MssScreen, "picture", working)
    image = screen.grab(deny=["vault"]).image
    assert count(image, GREEN) == 200 * 150 and not count(image, RED)
    assert screen.grab(window="building", region=(1, 60, 9, 9)).size == (9, 9)


# python-xlib leaves a socket open where no display answers.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_without_a_display_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    for call in (screen.grab, screen.monitors, screen.windows):
        with pytest.raises(CaptureUnavailable, match="DISPLAY is not set"):
            call()
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    with pytest.raises(CaptureUnavailable, match="Wayland"):
        screen.grab()
    monkeypatch.delenv("XDG_SESSION_TYPE")
    monkeypatch.setenv("DISPLAY", ":9876")
    for options in ({}, {"deny": ["x"]}, {"window": "x"}):
        with pytest.raises(CaptureUnavailable, match="display :9876"):
            screen.grab(**options)  # type: ignore[arg-type]


def test_a_wayland_session_with_an_x_server_of_its_own_is_captured(
    desktop: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    assert screen.grab(region=(0, 0, 5, 5)).size == (5, 5)


def test_a_desktop_without_a_window_manager_is_captured_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with x_server() as (bare, _), Connected(bare) as program:
        monkeypatch.setenv("DISPLAY", bare)
        assert [monitor.box for monitor in screen.monitors()] == [Box(0, 0, *SIZE)]
        program.open("Vault", poster((200, 150), "", "#ff0000"), (300, 300), popup=True)
        assert count(screen.grab().image, RED)
        assert not count(screen.grab(deny=["vault"]).image, RED)


def test_windows_are_known_after_the_manager_that_listed_them_crashed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with x_server() as (display, _), Connected(display) as program:
        monkeypatch.setenv("DISPLAY", display)
        environment = {**os.environ, "HOME": "/nonexistent"}
        with running("openbox", env=environment):
            until(program.has_manager)
            closed = program.open("Notes", poster((90, 90), "", "#0000ff"), (50, 50))
            program.open("Vault", poster((200, 150), "", "#ff0000"), (300, 300))
        # Its list stays behind, and nobody takes from it what is closed.
        closed.destroy()
        program.display.sync()
        until(lambda: [each.title for each in screen.windows()] == ["Vault"])
        assert program.is_listed(closed)
        assert count(screen.grab(window="Vault").image, RED)
        assert not count(screen.grab(deny=["vault"]).image, RED)


def test_an_x_server_that_was_replaced_is_captured(monkeypatch: pytest.MonkeyPatch) -> None:
    with x_server() as (first, _):
        monkeypatch.setenv("DISPLAY", first)
        assert screen.grab().size == SIZE
    with pytest.raises(CaptureUnavailable, match="cannot be captured"):
        screen.grab()
    with x_server() as (second, _):
        assert second == first
        assert screen.grab().size == SIZE


def test_an_x_server_that_goes_away_during_the_capture_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take = MssScreen.picture
    with x_server() as (display, process):
        monkeypatch.setenv("DISPLAY", display)

        def last(*arguments: Any, **options: Any) -> Image.Image:
            picture = take(*arguments, **options)
            process.kill()
            process.wait()
            return picture

        monkeypatch.setattr(MssScreen, "picture", last)
        with pytest.raises(CaptureUnavailable, match="went away"):
            screen.grab(deny=["vault"])


def test_macos_without_the_permission_says_where_it_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # No macOS runs here: its library is the one thing that has to be stood in for.
    class Graphics:
        class CGPreflightScreenCaptureAccess:
            def __new__(cls) -> bool:  # type: ignore[misc]
                return False

    monkeypatch.setattr(availability.sys, "platform", "darwin")
    monkeypatch.setattr(availability.ctypes, "CDLL", lambda _: Graphics)
    with pytest.raises(CaptureUnavailable, match="Screen Recording"):
        availability.check_screen()
    assert not availability.has_window_list()
