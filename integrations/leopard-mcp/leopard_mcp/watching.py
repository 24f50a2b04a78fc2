"""Waits until the screen shows something: cheap while nothing moves, since pixels come first.

Knows no MCP: `Watch` says what to look for, `watch` grabs until it is there.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import anyio

from leopard_tools.errors import CaptureDenied, CaptureUnavailable, ScreenUnsteady
from leopard_tools.reading.locate import find
from leopard_tools.types import Frame, Line, Reading

from .comparing import count_changed

Until = Literal["appears", "gone", "changes"]

PAUSE = 0.25
"""Seconds between two looks at the screen."""
_SETTLE = 2.0
"""Seconds that a changed screen gets to come to rest."""
_CARET = 100
"""Pixels: what blinks in a text field is no change."""
_SURE = 0.7
"""Of a match: spelled so, but for case, spaces and look-alike letters."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a watch ended with; `line` is the text that appeared."""

    frame: Frame
    met: bool
    seconds: float
    line: Line | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """What to wait for. With `patient`, what cannot be captured yet may still come: a window.

    pause: seconds between two looks.
    """

    until: Until
    text: str
    grab: Callable[[], Awaitable[Frame]]
    read: Callable[[Frame], Awaitable[Reading]]
    patient: bool = False
    pause: float = PAUSE

    async def run(self, timeout: float) -> Seen:
        """Grabs until it comes true or the seconds are over.

        A frame is read only if its pixels differ from the last one's, and the reader computes
        only what is new in it. A window that was closed has changed, and a text in it is gone; the
        frame is then the last one of it. Raises what `grab` raises, with patience or while windows
        move at the end only.
        """
        start = time.monotonic()
        end = start + timeout
        first = last = await self._grabbed(end, patient=self.patient)
        line = await self._sought(first)
        while not self._holds(line, first, last):
            left = end - time.monotonic()
            if left <= 0:
                return Seen(last, False, time.monotonic() - start, line)
            await anyio.sleep(min(self.pause, left))
            try:
                patient = self.patient and self.until == "appears"
                frame = await self._grabbed(end, patient=patient)
            except CaptureUnavailable:
                if self.until != "appears" and self.patient:
                    return Seen(last, True, time.monotonic() - start)
                raise
            if _differ(last, frame):
                last = frame
                line = await self._sought(frame)
        if self.until == "changes":
            last = await self._settled(last)
        return Seen(last, True, time.monotonic() - start, line)

    def _holds(self, line: Line | None, first: Frame, last: Frame) -> bool:
        if self.until == "changes":
            return last is not first and _differ(first, last, _CARET)
        return (line is not None) == (self.until == "appears")

    async def _grabbed(self, end: float, *, patient: bool) -> Frame:
        while True:
            try:
                return await self.grab()
            except ScreenUnsteady:
                # With a deny list there is no picture while windows move; they come to rest.
                if time.monotonic() >= end:
                    raise
            except CaptureUnavailable:
                if not patient or time.monotonic() >= end:
                    raise
            await anyio.sleep(self.pause)

    async def _sought(self, frame: Frame) -> Line | None:
        if self.until == "changes":
            return None
        found = find(self.text, await self.read(frame), limit=1)
        return found[0] if found and found[0].confidence >= _SURE else None

    async def _settled(self, frame: Frame) -> Frame:
        """The screen at rest, or as it was last where it does not come to rest."""
        end = time.monotonic() + _SETTLE
        while time.monotonic() < end:
            await anyio.sleep(self.pause)
            try:
                later = await self._grabbed(end, patient=False)
            except (CaptureDenied, CaptureUnavailable):
                # It has changed, also where nothing can be seen of it any more.
                return frame
            if not _differ(frame, later, _CARET):
                return later
            frame = later
        return frame


def _differ(before: Frame, after: Frame, pixels: int = 0) -> bool:
    return count_changed(before.image, after.image) > pixels


__all__ = ["Seen", "Until", "Watch"]
