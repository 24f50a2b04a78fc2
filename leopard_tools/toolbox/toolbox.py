"""Toolbox: what an agent does with screens, slides and pages, under one Access.

Blocking, but for `apage` and `aask`. Knows no framework and loads no model before the first
question.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from ..capture import web
from ..capture.segments import OVERLAP, shares
from ..errors import LeopardError
from ..images.sources import Limits, is_url, load_stream
from ..images.wanted import Check, nothing
from ..lazy import LazyLeopard
from ..reading.locate import find
from ..types import Box, Frame, Reading
from ..waiting import awaited
from .access import Access
from .captures import Capture, CaptureStore, is_id
from .desktop import Target, listed_windows
from .results import Answered, Matches, Opened, Texts

if TYPE_CHECKING:
    from ..answering import AskOptions
    from ..leopard import Leopard

MEMORY_BYTES = 512 * 2**20
_OWNER = "toolbox"
_TOKENS, _TOKENS_WITH_SCHEMA = 128, 512


class Toolbox:
    """Opens, reads, searches and answers; may be shared between threads.

    leopard: what reads and answers; a LazyLeopard is loaded when the first question comes. limits:
    what sources may cost; None is as the leopard has it. Captures are kept in memory, the least
    recently used dropped beyond `memory_bytes`, and named by ids; wherever `images` are named, an
    id, the name of several, a path under a root or a web address of a picture may stand.

    Everything raises LeopardError: SourceForbidden and CaptureDenied for what `access` does not
    permit, ImageInvalid and its kin for what cannot be opened.
    """

    def __init__(
        self,
        leopard: Leopard | LazyLeopard,
        access: Access | None = None,
        *,
        limits: Limits | None = None,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self.access = access or Access()
        self.captures = CaptureStore(memory_bytes)
        self.limits = limits or leopard.limits
        self._given = leopard

    @property
    def leopard(self) -> Leopard:
        """What answers; loaded now where it was not, or where it answers no more."""
        given = self._given
        return given.load() if isinstance(given, LazyLeopard) else given

    def slides(
        self, path: str, *, pages: Sequence[int] | None = None, check: Check = nothing
    ) -> Opened:
        """A deck, PDF or picture file under a root; of its pages those with these numbers.

        What `check` raises ends the opening. Raises DocumentInvalid for a number that the file
        has not.
        """
        captures = self._open(path, pages, check)
        return Opened(_name(captures), path, tuple(captures))

    def page(
        self, url: str, *, full_page: bool = True, width: int = 1280, start: int = 0
    ) -> Opened:
        """A web page as a fresh browser shows it: a capture for each screenful.

        A very high page comes in parts: `Opened.next` is the `start` of the next one, in pixels.
        """
        self.access.check_web(url)
        frames = web.snapshot(url, **page_options(self.access, full_page, width, start))
        return self._opened_page(url, frames, start)

    async def apage(
        self, url: str, *, full_page: bool = True, width: int = 1280, start: int = 0
    ) -> Opened:
        """As `page`; cancelling the task ends the capture."""
        self.access.check_web(url)
        frames = await web.asnapshot(url, **page_options(self.access, full_page, width, start))
        return self._opened_page(url, frames, start)

    def screen(
        self,
        *,
        monitor: int | None = None,
        window: int | str | None = None,
        region: Box | None = None,
        check: Check = nothing,
    ) -> Opened:
        """The desktop, a monitor, a window or a part of it, denied windows black, with its text.

        What `check` raises ends the reading.
        """
        self.access.check_screen()
        target = Target(monitor, window, region)
        frame = target.grab(self.access.deny)
        captures = self.captures.add(_OWNER, [frame], "screen", target.source)
        reading = self._read(captures[0], check)
        return Opened(captures[0].id, frame.source, tuple(captures), reading)

    def windows(self) -> list[str]:
        """Titles of the windows on the screen, the topmost first; denied ones are not told."""
        self.access.check_screen()
        return [window.title for window in listed_windows(self.access.deny)]

    def read(self, images: Sequence[str], *, check: Check = nothing) -> Texts:
        """Their text in reading order, with boxes. What `check` raises ends the reading."""
        captures = self._named(images, check)
        return Texts(tuple((each, self._read(each, check)) for each in captures))

    def find(
        self, text: str, images: Sequence[str], *, limit: int = 10, check: Check = nothing
    ) -> Matches:
        """Where a text stands in them, at most `limit` places, best first; `check` as in `read`.

        Raises LeopardError for a text without words.
        """
        check_words(text)
        found = [
            (capture, line)
            for capture in self._named(images, check)
            for line in find(text, self._read(capture, check), limit=limit)
        ]
        found.sort(key=lambda place: -place[1].confidence)
        return Matches(tuple(found[:limit]))

    def ask(
        self,
        question: str,
        images: Sequence[str],
        *,
        schema: object = None,
        verbatim: bool = False,
    ) -> Answered:
        """An answer from them, with citations; see `Leopard.ask`."""
        captures = self._named(images)
        options = _options(schema, verbatim)
        answer = self.leopard.ask(question, [each.frame for each in captures], **options)
        return Answered(answer, tuple(captures))

    async def aask(
        self,
        question: str,
        images: Sequence[str],
        *,
        schema: object = None,
        verbatim: bool = False,
    ) -> Answered:
        """As `ask`; cancelling the task ends the opening or the generation."""
        # Opening files and loading a model block, answering does not.
        from asyncio import to_thread

        with awaited() as check:
            captures = await to_thread(self._named, images, check)
        leopard = await to_thread(lambda: self.leopard)
        options = _options(schema, verbatim)
        answer = await leopard.aask(question, [each.frame for each in captures], **options)
        return Answered(answer, tuple(captures))

    def _read(self, capture: Capture, check: Check = nothing) -> Reading:
        reader = self._given.reader
        return capture.read(lambda frame: reader.read(frame.image, check=check))

    def _named(self, images: Sequence[str], check: Check = nothing) -> list[Capture]:
        """As `resolve`. Raises LeopardError for none: an answer would rest on nothing."""
        if not images:
            raise LeopardError(
                "No images are named. Name some: ids of captures, paths of files or web addresses."
            )
        return self.resolve(images, check=check)

    def resolve(self, images: Sequence[str], *, check: Check = nothing) -> list[Capture]:
        """The captures that ids, paths and addresses stand for, in order, each once."""
        found: dict[str, Capture] = {}
        for name in [images] if isinstance(images, str) else images:
            if is_id(name):
                captures: Sequence[Capture] = self.captures.get(_OWNER, [name])
            else:
                captures = self._open(name, check=check)
            found |= {capture.id: capture for capture in captures}
        return list(found.values())

    def _opened_page(self, url: str, frames: Sequence[Frame], start: int) -> Opened:
        captures = self.captures.add(_OWNER, frames, "page", ("page", url), page_shares(frames))
        after = page_after(frames, start)
        return Opened(_name(captures), frames[0].source, tuple(captures), next=after)

    def _open(
        self, source: str, pages: Sequence[int] | None = None, check: Check = nothing
    ) -> Sequence[Capture]:
        """The pages of a file, kept as long as it does not change; what is at an address now."""
        if is_url(source):
            key: tuple[object, ...] = ("document", source)
            frames = self.access.frames(source, self.limits, pages=pages, check=check)
            return self.captures.add(_OWNER, frames, "document", key)
        with self.access.open(source) as stream:
            found = os.fstat(stream.fileno())
            # What changes with a file's content.
            state = (found.st_mtime_ns, found.st_size)
            key = ("document", stream.name, state, None if pages is None else tuple(pages))
            return self.captures.again(_OWNER, key) or self.captures.add(
                _OWNER,
                load_stream(stream, stream.name, self.limits, pages=pages, check=check),
                "document",
                key,
            )


def check_words(text: str) -> None:
    """Raises LeopardError for a text to find that is empty: it is not the captures that lack it."""
    if not text.strip():
        raise LeopardError("The text to find is empty. Say which words to look for.")


def page_shares(frames: Sequence[Frame]) -> Sequence[tuple[int, int]]:
    """The strip that each segment of a web page is asked about; none for a page of one.

    Neighbours overlap so that no line is lost; each line is told once.
    """
    if len(frames) < 2:
        return ()
    height = round(frames[0].size[1] / frames[0].scale)
    return shares([frame.origin[1] for frame in frames], height)


class PageOptions(TypedDict):
    """How a page is captured for an agent, as `web.snapshot` has it."""

    full_page: bool
    viewport: tuple[int, int]
    allow_private: bool
    start: int | None


def page_options(access: Access, full_page: bool, width: int, start: int) -> PageOptions:
    """These for a window of `width` pixels, from `start` on."""
    return {
        "full_page": full_page,
        "viewport": (width, 900),
        "allow_private": access.allow_private,
        "start": page_start(full_page, start),
    }


def page_start(full_page: bool, start: int) -> int | None:
    """Where a capture begins; None for the screen that shows at first, which has no other place."""
    return start if full_page or start else None


def page_after(frames: Sequence[Frame], start: int) -> int | None:
    """Where the next part of a page begins that is higher than what is captured at once."""
    last = frames[-1]
    end = last.origin[1] + round(last.size[1] / last.scale)
    # Parts overlap as segments do.
    return end - OVERLAP if end - start >= web.WebLimits().height else None


def _name(captures: Sequence[Capture]) -> str:
    return captures[0].id.partition("-")[0]


def _options(schema: object, verbatim: bool) -> AskOptions:
    tokens = _TOKENS if schema is None else _TOKENS_WITH_SCHEMA
    return {"max_tokens": tokens, "schema": schema, "verbatim": verbatim, "cite": True}


__all__ = [
    "MEMORY_BYTES",
    "Toolbox",
    "check_words",
    "page_after",
    "page_options",
    "page_shares",
    "page_start",
]
