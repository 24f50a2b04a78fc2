"""Scripts of ours in a page, in a world of their own: what the page made of globals is not there.

A page's scripts and ours share the document and nothing else (Chromium's isolated worlds). What
the document says is still the page's word, so numbers from it are checked.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..errors import CaptureUnavailable

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

_NAME = "leopard"
# CSS pixels: Chromium lays nothing out that is larger than half of this.
_LARGEST = 2**26


class World:
    """Where scripts of ours run in a page; `title` names the page in errors."""

    def __init__(self, session: CDPSession, frame: str, title: str) -> None:
        self._session, self._frame, self._title = session, frame, title

    async def run(self, function: str, argument: object = None) -> object:
        """What a JavaScript function returns. Raises CaptureUnavailable, playwright's errors."""
        # Asked each time, since a page that went elsewhere has new worlds; else it is the same one.
        world = await self._session.send(
            "Page.createIsolatedWorld", {"frameId": self._frame, "worldName": _NAME}
        )
        told = await self._session.send(
            "Runtime.evaluate",
            {
                "expression": f"({function})({json.dumps(argument)})",
                "contextId": world["executionContextId"],
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        if "exceptionDetails" in told:
            raise self._unknown()
        return told["result"].get("value")

    async def sizes(self, function: str) -> dict[str, int]:
        """What a JavaScript function returns as an object of lengths in CSS pixels, whole ones.

        Raises as `run` does, CaptureUnavailable also where there is no telling how long they are.
        """
        told = await self.run(function)
        if not isinstance(told, dict):
            raise self._unknown()
        return {name: self._length(value) for name, value in told.items()}

    def _length(self, value: object) -> int:
        # What is no finite number in JavaScript comes as None.
        if not isinstance(value, int | float) or not 0 <= value <= _LARGEST:
            raise self._unknown()
        return int(value)

    def _unknown(self) -> CaptureUnavailable:
        return CaptureUnavailable(
            f"{self._title}: the page keeps its size from being known. Capture its viewport only."
        )


async def world_of(page: Page, title: str) -> World:
    """The world of our scripts in a page. Raises playwright's errors."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Page.getFrameTree")
    return World(session, tree["frameTree"]["frame"]["id"], title)


__all__ = ["World", "world_of"]
