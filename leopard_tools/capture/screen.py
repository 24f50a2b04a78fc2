"""Pictures of the screen: a monitor, a window, a region, with windows that stay hidden.

    frame = screen.grab(monitor=1, deny=["KeePass", "*Private Browsing*"])
    frame.to_screen(line.box).center        # where to click

Coordinates are desktop pixels. A deny list holds whatever is captured: windows that match are
blacked out wherever they could be seen, and where the windows on the screen cannot be known, or
change while the picture is taken, there is no picture. Knows no model and reads no text.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..errors import CaptureDenied, CaptureUnavailable, ScreenUnsteady
from ..types import Box, Frame
from . import x11
from .availability import check_screen, has_window_list, where
from .denial import denied_surfaces, masked_in, sheets_of
from .desktop import (
    Monitor,
    Window,
    check_patterns,
    choose_monitor,
    choose_window,
    clamp,
    folded,
    matches,
)
from .screens import opened
from .words import TITLE_LENGTH, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .desktop import Monitor
    from .screens import Screen

_ATTEMPTS = 5
_SETTLE = 0.04  # seconds: two pictures of a compositor, which draws after the windows have moved
_READING_AGAIN = 0.05


def grab(
    *,
    monitor: int | None = None,
    region: Box | tuple[int, int, int, int] | None = None,
    window: int | str | None = None,
    cursor: bool = False,
    deny: Sequence[str] = (),
) -> Frame:
    """A picture of the whole desktop, of one monitor (from 1) or of one window.

    `window` is an id or (a part of) a title; what lies above the window is in the picture too.
    `region` is a part of these, (left, top, width, height) in pixels from their top left corner
    (without monitor and window: in desktop pixels); what of it lies outside is cut off. `deny`
    are patterns as in `matches`, tried on the titles and applications of windows, and of the
    windows inside them; what other windows tell of a denied one (its title in a task bar) is not
    hidden. A denied window's box is black, except where a window above it is known to cover it.
    That is known under a compositor alone, which most desktops have: without one, a window above
    that has painted nothing would show what is denied, so the whole box is black. Minimise the
    denied window where it takes too much.

    `Frame.origin` and `Frame.scale` lead back to the desktop, see `Frame.to_screen`.
    `Frame.masked` are the blacked-out boxes. A picture taken with a deny list takes 40 ms longer,
    so that what is being redrawn is there.

    In a Wayland session the desktop itself takes the picture, and may ask whether it may: without
    the pointer, without windows to choose or to hide.

    Raises CaptureUnavailable (no display, no such monitor or window), CaptureDenied (a
    deny list that cannot be held here; ScreenUnsteady while windows keep moving),
    MissingDependency.
    """
    check_patterns(deny)
    check_screen()
    if monitor is not None and window is not None:
        raise CaptureUnavailable("Give a monitor or a window to capture, not both.")
    part = Box(*region) if isinstance(region, tuple) else region
    with opened() as screen:
        if window is None and not deny:
            return _picture(screen, monitor, None, part, cursor)
        if not has_window_list():
            raise CaptureDenied(
                f"The windows on the screen cannot be known {where()}, so none can be chosen or "
                "hidden. Capture without a window and a deny list."
            )

        def take(surfaces: tuple[x11.Surface, ...]) -> Frame:
            chosen = _visible_window(window, surfaces, deny)
            frame = _picture(screen, monitor, chosen, part, cursor)
            return masked_in(frame, sheets_of(surfaces, deny)) if deny else frame

        return _steady(take, deny)


def monitors() -> list[Monitor]:
    """The monitors of this desktop as they are now. Raises as `grab` does."""
    check_screen()
    with opened() as screen:
        return screen.monitors


def windows(*, deny: Sequence[str] = ()) -> list[Window]:
    """The windows of this desktop, the topmost first. Raises as `grab` does.

    Menus, tooltips and windows without a title or application are left out, and so are those
    that `deny` (as in `grab`) hides.
    """
    check_patterns(deny)
    check_screen()
    if not has_window_list():
        raise CaptureUnavailable(f"Windows cannot be listed {where()}, only on X11.")
    # A display that does not answer leaves sockets open in python-xlib, so mss is asked first.
    with opened(), x11.connected(os.environ["DISPLAY"]) as desktop:
        surfaces = _surfaces(desktop)
    return _without(denied_surfaces(surfaces, deny), _listed(surfaces))


def _steady(take: Callable[[tuple[x11.Surface, ...]], Frame], deny: Sequence[str]) -> Frame:
    """What `take` makes of the windows, once they stayed as they were from before until after.

    Their titles may change, as long as the same ones are denied by them: a terminal in which a
    program works shows so in its title, many times a second.
    """
    with x11.connected(os.environ["DISPLAY"]) as desktop:
        for _ in range(_ATTEMPTS):
            try:
                before = desktop.surfaces()
                desktop.changed()
                time.sleep(_SETTLE if deny else 0.0)
                frame = take(before)
                # The events tell of changes that were undone, the state of what titles now deny.
                moved = desktop.changed()
                if not moved and sheets_of(desktop.surfaces(), deny) == sheets_of(before, deny):
                    return frame
            except x11.Vanished:
                pass
            time.sleep(_READING_AGAIN)
    raise ScreenUnsteady(
        f"The windows on the screen changed during each of {_ATTEMPTS} captures, so nothing "
        "proves that what is denied is hidden. Try again when the screen is at rest."
    )


def _surfaces(desktop: x11.Desktop) -> tuple[x11.Surface, ...]:
    for _ in range(_ATTEMPTS):
        try:
            return desktop.surfaces()
        except x11.Vanished:
            time.sleep(_READING_AGAIN)
    raise CaptureUnavailable("The windows change too fast to be listed. Try again.")


def _listed(surfaces: Sequence[x11.Surface]) -> list[Window]:
    named = [
        Window(client.id, *_told(client), surface.box, z, surface.visible)
        for z, surface in enumerate(surfaces)
        for client in surface.clients
        if not surface.popup and any(_told(client))
    ]
    ordered = [replace(window, z=z) for z, window in enumerate(named)]
    return ordered[::-1]


def _told(client: x11.Client) -> tuple[str, str]:
    return cut(client.title, TITLE_LENGTH), cut(client.application, TITLE_LENGTH)


def _visible_window(
    wanted: int | str | None, surfaces: Sequence[x11.Surface], deny: Sequence[str]
) -> Window | None:
    if wanted is None:
        return None
    listed = _listed(surfaces)
    shown = _without(denied_surfaces(surfaces, deny), listed)
    hidden = [window for window in listed if window not in shown]
    # The title of a denied window is not told, and asking for it is answered as such.
    if any(_is(window, wanted) for window in hidden) and not any(
        _is(window, wanted) for window in shown
    ):
        raise CaptureDenied(f"The window {wanted!r} is on the deny list.")
    return choose_window(wanted, shown)


def _is(window: Window, wanted: int | str) -> bool:
    if isinstance(wanted, int):
        return window.id == wanted
    return folded(wanted) in folded(window.title)


def _without(denied: Sequence[x11.Surface], listed: Sequence[Window]) -> list[Window]:
    hidden = {client.id for surface in denied for client in surface.clients}
    return [window for window in listed if window.id not in hidden]


def _picture(
    screen: Screen, monitor: int | None, window: Window | None, region: Box | None, cursor: bool
) -> Frame:
    area = _area(screen, monitor, window, region)
    moment = datetime.now(UTC)
    image = screen.picture(area, cursor=cursor)
    return Frame(
        image,
        "screen",
        title=window.title if window else None,
        monitor=monitor,
        window=window.title if window else None,
        time=moment,
        scale=image.width / area.width,
        origin=(area.left, area.top),
    )


def _area(screen: Screen, monitor: int | None, window: Window | None, region: Box | None) -> Box:
    """The box on the desktop that is asked for."""
    area = screen.desktop
    if monitor is not None:
        area = clamp(choose_monitor(monitor, screen.monitors).box, area, "monitor")
    elif window is not None:
        area = clamp(window.box, area, "window")
    if region is None:
        return area
    if monitor is not None or window is not None:
        start = window.box if window else area
        region = replace(region, left=region.left + start.left, top=region.top + start.top)
    return clamp(region, area, "region")


__all__ = ["Monitor", "Window", "grab", "matches", "monitors", "windows"]
