"""Tools with which an agent sees: it opens decks, pages and the screen, reads, finds and asks.

Thin over `leopard_tools.toolbox.Toolbox`, which says what may be opened and how a result reads. A
model gets text with citations, labelled as untrusted; a program gets the same as JSON-safe data
(`artifact`), in which pictures are named by their capture ids.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal

from langchain_core.callbacks import AsyncCallbackManagerForToolRun, CallbackManagerForToolRun
from langchain_core.tools import BaseTool, ToolException
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from leopard_tools.errors import LeopardError
from leopard_tools.images.limits import Limits
from leopard_tools.images.wanted import Check, nothing
from leopard_tools.toolbox import Access, Toolbox
from leopard_tools.toolbox.results import Result
from leopard_tools.types import Box
from leopard_tools.waiting import awaited

from .sharing import share

Told = tuple[str, dict[str, object]]
_IMAGES = (
    "What to look at: capture ids that slides_open, page_open or screen_capture gave, paths of "
    "picture files and decks, or addresses of pictures."
)


@cache
def default_toolbox() -> Toolbox:
    """The embedded model, loaded at the first question; public web addresses and nothing else.

    One for the whole process, so that tools that were made one by one know the same captures.
    """
    return shared_toolbox()


def shared_toolbox(allow: Access | None = None, limits: Limits | None = None) -> Toolbox:
    """One over the embedded model that everybody shares who names none."""
    return Toolbox(share(), allow, limits=limits)


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AskArguments(_Arguments):
    question: str = Field(description="A short question about what is written there.")
    images: list[str] = Field(description=_IMAGES, min_length=1)
    verbatim: bool = Field(
        default=False, description="Answer only with words that stand there, so none is invented."
    )
    answer_schema: dict[str, Any] | None = Field(
        default=None, description="A JSON schema that the answer is held to."
    )


class ReadArguments(_Arguments):
    images: list[str] = Field(description=_IMAGES, min_length=1)


class FindArguments(_Arguments):
    text: str = Field(description="The words to find.")
    images: list[str] = Field(description=_IMAGES, min_length=1)
    limit: int = Field(default=10, ge=1, le=100, description="How many places at most.")


class SlidesArguments(_Arguments):
    path: str = Field(description="The deck or document: PDF, PPTX, ODP or a picture file.")
    pages: list[int] | None = Field(
        default=None, description="Numbers of the pages to open, from 1; all of them if left out."
    )


class PageArguments(_Arguments):
    url: str = Field(description="The http or https address of a web page.")
    full_page: bool = Field(default=True, description="All of it, or only what shows at first.")
    width: int = Field(
        default=1280, ge=320, le=3840, description="Width of the browser's window in pixels."
    )
    start: int = Field(
        default=0, ge=0, description="Pixels from the top; a very high page comes in parts."
    )


class ScreenArguments(_Arguments):
    monitor: int | None = Field(default=None, description="Number of one monitor, from 1.")
    window: str | None = Field(default=None, description="Title of one window, or a part of it.")
    region: list[int] | None = Field(
        default=None,
        description="Part of the desktop: left, top, width, height in pixels.",
        min_length=4,
        max_length=4,
    )


def _explained(error: ValidationError | Any) -> str:
    """What is wrong with a call's arguments, for the model that made it."""
    told = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    return f"The arguments do not fit: {'; '.join(told)}. Call it again with others."


class LeopardTool(BaseTool):
    """What all of them share: the toolbox they use, and how they tell results and errors."""

    toolbox: Toolbox = Field(default_factory=default_toolbox, exclude=True, repr=False)
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    handle_tool_error: bool | str | Callable[[ToolException], str] | None = True
    handle_validation_error: Any = _explained

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @abstractmethod
    def _look(self, check: Check, **arguments: Any) -> Result:
        """What the tool gives; blocks. What `check` raises ends it."""

    async def _alook(self, **arguments: Any) -> Result:
        """As `_look`, in a thread; cancelling the task has it end at its next check."""
        with awaited() as check:
            return await asyncio.to_thread(self._look, check, **arguments)

    def _run(self, run_manager: CallbackManagerForToolRun | None = None, **given: Any) -> Told:
        with _told():
            result = self._look(nothing, **given)
        return result.text, result.to_dict()

    async def _arun(
        self, run_manager: AsyncCallbackManagerForToolRun | None = None, **given: Any
    ) -> Told:
        with _told():
            result = await self._alook(**given)
        return result.text, result.to_dict()


@contextmanager
def _told() -> Iterator[None]:
    """Errors as a tool tells them: what happened and what to do next."""
    try:
        yield
    except LeopardError as error:
        raise ToolException(str(error)) from error


class LeopardAskTool(LeopardTool):
    """Answers a question about captures and files, with citations."""

    name: str = "leopard_ask"
    description: str = (
        "Answers a short question about the text in captures, pictures and documents, and cites "
        "where the answer stands."
    )
    args_schema: Any = AskArguments

    def _look(self, check: Check, **given: Any) -> Result:
        return self.toolbox.ask(*_asked(given), **_how(given))

    async def _alook(self, **given: Any) -> Result:
        return await self.toolbox.aask(*_asked(given), **_how(given))


def _asked(given: dict[str, Any]) -> tuple[str, list[str]]:
    return given["question"], given["images"]


def _how(given: dict[str, Any]) -> dict[str, Any]:
    return {"schema": given.get("answer_schema"), "verbatim": given.get("verbatim", False)}


class LeopardReadTool(LeopardTool):
    """Reads the text of captures and files."""

    name: str = "leopard_read"
    description: str = "Reads all text in captures, pictures and documents, in reading order."
    args_schema: Any = ReadArguments

    def _look(self, check: Check, **given: Any) -> Result:
        return self.toolbox.read(given["images"], check=check)


class LeopardFindTool(LeopardTool):
    """Finds words in captures and files."""

    name: str = "leopard_find"
    description: str = (
        "Finds where words stand in captures, pictures and documents: boxes as [left, top, width, "
        "height] in pixels, on the screen also where to click."
    )
    args_schema: Any = FindArguments

    def _look(self, check: Check, **given: Any) -> Result:
        limit = given.get("limit", 10)
        return self.toolbox.find(given["text"], given["images"], limit=limit, check=check)


class SlidesTool(LeopardTool):
    """Opens a deck or document as captures, one a page."""

    name: str = "slides_open"
    description: str = (
        "Opens a slide deck, PDF or picture file: an id for each page, with titles and notes. Use "
        "the ids with leopard_read, leopard_find and leopard_ask."
    )
    args_schema: Any = SlidesArguments

    def _look(self, check: Check, **given: Any) -> Result:
        return self.toolbox.slides(given["path"], pages=given.get("pages"), check=check)


class WebPageTool(LeopardTool):
    """Opens a web page as captures, one a screenful."""

    name: str = "page_open"
    description: str = (
        "Opens a web page in a fresh browser: an id for each screenful. Use the ids with "
        "leopard_read, leopard_find and leopard_ask."
    )
    args_schema: Any = PageArguments

    def _look(self, check: Check, **given: Any) -> Result:
        return self.toolbox.page(given["url"], **_shown(given))

    async def _alook(self, **given: Any) -> Result:
        return await self.toolbox.apage(given["url"], **_shown(given))


def _shown(given: dict[str, Any]) -> dict[str, Any]:
    defaults = {"full_page": True, "width": 1280, "start": 0}
    return {name: given.get(name, value) for name, value in defaults.items()}


class ScreenCaptureTool(LeopardTool):
    """Captures the screen, a window or a part, where the user permitted it."""

    name: str = "screen_capture"
    description: str = (
        "Takes a picture of the screen, a monitor, a window or a part of it, and reads it. Only "
        "looks: it never clicks or types."
    )
    args_schema: Any = ScreenArguments

    def _look(self, check: Check, **given: Any) -> Result:
        region = given.get("region")
        return self.toolbox.screen(
            monitor=given.get("monitor"),
            window=given.get("window"),
            region=None if region is None else Box(*region),
            check=check,
        )


TOOLS: tuple[Callable[..., LeopardTool], ...] = (
    SlidesTool,
    WebPageTool,
    ScreenCaptureTool,
    LeopardReadTool,
    LeopardFindTool,
    LeopardAskTool,
)

__all__ = [
    "TOOLS",
    "LeopardAskTool",
    "LeopardFindTool",
    "LeopardReadTool",
    "LeopardTool",
    "ScreenCaptureTool",
    "SlidesTool",
    "WebPageTool",
]
