"""The desktop as values: monitors and windows, and the arithmetic on where they lie.

Boxes are in desktop pixels: (0, 0) is what the system calls its origin, and a monitor to the left
of it or above it has negative coordinates. Knows no X11 and no pixels.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ..errors import CaptureDenied, CaptureUnavailable
from ..types import Box
from .words import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor: its number from 1, and where it lies on the desktop.

    `scale` is the number of picture pixels for one pixel of `box`: 2.0 on a Retina display.
    """

    number: int
    box: Box
    scale: float = 1.0
    name: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A window: its box on the desktop with its decorations, and its place in the stack.

    `z` counts from 0, the lowest window; a higher one covers a lower one. One that is minimised
    or on another workspace is not `visible`; it has the box that it had last. Title and
    application are the program's own words, cut off with "…" after 300 characters.
    """

    id: int
    title: str
    application: str
    box: Box
    z: int
    visible: bool = True


def matches(pattern: str, *names: str) -> bool:
    """Whether a deny pattern fits one of the names, as `folded` compares them.

    A pattern stands anywhere in it, and one with `*`, `?` or `[` may also be a glob for the whole
    name: it is not known whether a title was copied that has such signs.

    >>> matches("keepass", "Passwords - KeePassXC"), matches("Bank*", "My Bank")
    (True, False)
    >>> matches("KeePass*", "KeePassXC"), matches("[private]", "Notes [Private]")
    (True, True)
    """
    sought, told = folded(pattern), [folded(name) for name in names]
    # Asked of the pattern as it is given: folding makes such signs of full-width ones.
    glob = any(sign in pattern for sign in "*?[")
    return any(sought in name or (glob and fnmatchcase(name, sought)) for name in told)


def folded(text: str) -> str:
    """What two texts have in common that look the same or differ in case alone.

    Accents may be signs of their own, spaces no-break ones, and signs that nobody sees may stand
    in between (U+200B in "Microsoft Edge"). Nearly Unicode's NFKC_Casefold.

    >>> folded("Bu\\u0308ro\\u00a01\\u200b") == folded("BÜRO 1")
    True
    """
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    # Case folding takes some letters apart again.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())


def check_patterns(patterns: Sequence[str]) -> None:
    """Raises CaptureDenied for deny patterns that cannot be meant as they are."""
    if isinstance(patterns, str):
        raise CaptureDenied(f"The deny list is the text {patterns!r}. Give a list of patterns.")
    if not all(folded(pattern).strip() for pattern in patterns):
        raise CaptureDenied(
            "The deny list has an empty pattern, which says nothing about what to hide. "
            "Remove it, or use '*' to hide every window."
        )


def clamp(region: Box, area: Box, what: str) -> Box:
    """The part of `region` inside `area`. Raises CaptureUnavailable where there is none."""
    inside = region.intersection(area)
    if inside is None:
        raise CaptureUnavailable(
            f"The {what} at {region.left},{region.top}, {region.width}x{region.height}, lies "
            f"outside of what can be captured: {area.left},{area.top}, {area.width}x{area.height}."
        )
    return inside


def choose_monitor(number: int, monitors: Sequence[Monitor]) -> Monitor:
    """The monitor of that number. Raises CaptureUnavailable where there is none."""
    for monitor in monitors:
        if monitor.number == number:
            return monitor
    raise CaptureUnavailable(
        f"There is no monitor {number}: this desktop has {len(monitors)}, counted from 1."
    )


def choose_window(wanted: int | str, windows: Sequence[Window]) -> Window:
    """The window of that id, or the topmost one of that title.

    Titles are compared as `folded` does: one that is the same comes before one that only holds
    the words. Raises CaptureUnavailable where there is none, or where it cannot be seen.
    """
    topmost = sorted(windows, key=lambda window: (window.visible, window.z), reverse=True)
    if isinstance(wanted, int):
        found = [window for window in topmost if window.id == wanted]
    else:
        sought = folded(wanted)
        found = [window for window in topmost if folded(window.title) == sought]
        found += [window for window in topmost if sought and sought in folded(window.title)]
    if not found:
        titles = ", ".join(quoted(window.title) for window in topmost[:_NAMED] if window.title)
        there = f"On top are {titles}, as they call themselves." if titles else "There are none."
        raise CaptureUnavailable(
            f"No window is {_named(wanted)}. {there} List the windows for all of them."
        )
    if not found[0].visible:
        raise CaptureUnavailable(
            f"The window {_named(wanted)} is minimised or on another workspace. Show it first."
        )
    return found[0]


def _named(wanted: int | str) -> str:
    """What was asked for, in the asker's words and not in those of a window."""
    return quoted(wanted) if isinstance(wanted, str) else str(wanted)


__all__ = [
    "Monitor",
    "Window",
    "check_patterns",
    "choose_monitor",
    "choose_window",
    "clamp",
    "folded",
    "matches",
]
