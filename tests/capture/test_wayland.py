"""A real Wayland desktop: monitors from its compositor, pictures from its portal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from leopard_tools import Leopard
from leopard_tools.capture import availability, portal, screen, x11
from leopard_tools.cli import doctor
from leopard_tools.errors import CaptureDenied, CaptureUnavailable
from leopard_tools.types import Box, Frame

from .real_desktop import x_server
from .real_wayland import BLUE, FIRST, SCALE, SECOND, bus, stand_in, take_part, two_wayland_monitors


@pytest.fixture(scope="module")
def session() -> Iterator[dict[str, str]]:
    with two_wayland_monitors() as environment:
        yield environment


@pytest.fixture
def wayland(session: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    take_part(monkeypatch, session)
    return session


def test_monitors_lie_where_the_compositor_says(wayland: dict[str, str]) -> None:
    first, second = screen.monitors()
    assert first.box == Box(0, 0, *FIRST) and second.box == Box(FIRST[0], 100, *SECOND)
    assert [first.name, second.name] == ["HEADLESS-1", "HEADLESS-2"]
    assert first.scale == second.scale == SCALE


def test_a_picture_has_all_monitors_and_leads_back_to_the_desktop(
    wayland: dict[str, str], nano: Leopard
) -> None:
    frame = screen.grab()
    assert frame.size == (SCALE * (FIRST[0] + SECOND[0]), SCALE * FIRST[1])
    assert (frame.scale, frame.origin, frame.source) == (SCALE, (0, 0), "screen")
    found = frame.to_screen(nano.find("Build finished", frame)[0].box)
    assert abs(found.left - 20) < 8 and abs(found.top - 25) < 12


def test_a_monitor_and_a_part_of_it_are_cut_out(wayland: dict[str, str]) -> None:
    frame = screen.grab(monitor=2)
    assert frame.size == (SCALE * SECOND[0], SCALE * SECOND[1])
    assert (frame.monitor, frame.origin, frame.scale) == (2, (FIRST[0], 100), SCALE)
    assert frame.image.getcolors() == [(frame.image.width * frame.image.height, BLUE)]
    part = screen.grab(monitor=2, region=(10, 20, 50, 40))
    assert part.size == (SCALE * 50, SCALE * 40) and part.origin == (FIRST[0] + 10, 120)


def test_what_cannot_be_known_of_windows_is_refused(wayland: dict[str, str]) -> None:
    for options in ({"deny": ["vault"]}, {"window": "Notes"}):
        with pytest.raises(CaptureDenied, match="in a Wayland session"):
            screen.grab(**options)  # type: ignore[arg-type]
    with pytest.raises(CaptureUnavailable, match="in a Wayland session"):
        screen.windows()
    with pytest.raises(CaptureUnavailable, match="pointer"):
        screen.grab(cursor=True)


def test_no_picture_of_the_screen_is_left_on_the_disk(
    wayland: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    ask = portal._asked

    def watched() -> Path:
        made.append(ask())
        assert made[-1].exists()
        return made[-1]

    monkeypatch.setattr(portal, "_asked", watched)
    screen.grab()
    assert made and not made[0].exists()


def test_pictures_at_once_are_whole(wayland: dict[str, str]) -> None:
    frames: list[Frame] = []
    threads = [threading.Thread(target=lambda: frames.append(screen.grab())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(frames) == 3 and len({frame.image.tobytes() for frame in frames}) == 1


# python-xlib leaves a socket open where no display answers.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_display_that_does_not_answer_is_not_preferred(
    wayland: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":9876")
    assert len(screen.monitors()) == 2
    assert not availability.has_window_list()


def test_an_x_server_of_its_own_is_preferred(
    wayland: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with x_server() as (display, _):
        monkeypatch.setenv("DISPLAY", display)
        assert len(screen.monitors()) == 1
        assert availability.has_window_list()


def test_xwayland_gives_a_session_away_that_nothing_else_tells_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # An assistant that was told DISPLAY alone would get a black picture from it.
    for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(x11.Desktop, "is_xwayland", lambda _: True)
    monkeypatch.setattr(availability, "_stands_in", availability._stands_in.__wrapped__)
    with x_server() as (display, _):
        monkeypatch.setenv("DISPLAY", display)
        assert availability.is_wayland() and not availability.has_window_list()


def test_without_a_compositor_or_a_bus_the_reason_is_said(
    wayland: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(CaptureUnavailable, match="No session bus answers"):
        screen.grab()
    monkeypatch.setenv("WAYLAND_DISPLAY", "bus")
    with pytest.raises(CaptureUnavailable, match=r"No Wayland compositor answers at .*bus"):
        screen.grab()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-9")
    with pytest.raises(CaptureUnavailable, match=r"No Wayland compositor answers at .*wayland-9"):
        screen.monitors()


def test_a_desktop_without_a_portal_says_what_to_install(wayland: dict[str, str]) -> None:
    with bus() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        for ask in (screen.grab, portal.check_portal):
            with pytest.raises(CaptureUnavailable, match="Install xdg-desktop-portal"):
                ask()
        assert "note    Screen: This desktop takes no pictures" in _doctor()


def test_the_doctor_asks_the_portal_without_taking_a_picture(wayland: dict[str, str]) -> None:
    assert "ok      Screen: 800x600, 400x500" in _doctor()


def _doctor() -> str:
    return "\n".join(f"{verdict:7} {line}" for verdict, line in doctor._captures())


def test_variables_that_a_program_was_started_without_are_as_usual(
    wayland: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert screen.grab(monitor=2).size == (SCALE * SECOND[0], SCALE * SECOND[1])


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((1, {}), CaptureDenied, "Nobody allowed"),
        ((2, {}), CaptureUnavailable, "code 2"),
        ((0, {"uri": ("s", "https://example.org/x.png")}), CaptureUnavailable, "code 0"),
        ((0, {"uri": ("s", "file:///not/there%20at%20all.png")}), CaptureUnavailable, "there at"),
    ],
)
def test_what_the_desktop_answers_is_told(
    wayland: dict[str, str],
    answer: tuple[int, dict[str, object]],
    error: type[Exception],
    words: str,
) -> None:
    with stand_in(answer) as asked, pytest.raises(error, match=words):
        screen.grab()
    assert asked == ["Screenshot"]


def test_a_question_that_nobody_answers_is_taken_back(
    wayland: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal, "_PATIENCE", 1.0)
    with stand_in(None) as asked, pytest.raises(CaptureUnavailable, match="in 1 seconds"):
        screen.grab()
    assert asked == ["Screenshot", "Close"]


def test_a_picture_that_cannot_be_of_this_desktop_is_refused(
    wayland: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A portal whose desktop lets a person choose may give a part of it.
    monkeypatch.setattr(portal, "whole_desktop", lambda: Image.new("RGB", (640, 480)))
    with pytest.raises(CaptureUnavailable, match="640x480 pixels"):
        screen.grab()
