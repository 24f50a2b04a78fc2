"""Tools with which an agent sees: files, web pages and the screen, opened, read and asked about.

Thin over leopard_tools.toolbox; what may be looked at is that Access's business.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from llama_index.core.tools import FunctionTool
from llama_index.core.tools.tool_spec.base import SPEC_FUNCTION_TYPE, BaseToolSpec
from llama_index.core.tools.types import ToolMetadata

from leopard_tools.toolbox import Access, Answered, Matches, Opened, Texts, Toolbox
from leopard_tools.waiting import awaited

if TYPE_CHECKING:
    from leopard_tools.images.limits import Limits
    from leopard_tools.toolbox.results import Result

    from .base import Leopard


class LeopardToolSpec(BaseToolSpec):
    """Tools for agents.

        tools = LeopardToolSpec(llm, access=Access(roots=["decks"])).to_tool_list()

    llm: whose checkpoint answers, loaded at the first question. access: what may be opened; None
    is the llm's own. Tools for what it does not permit are not offered. limits: what sources may
    cost; None is as the llm's Leopard has it. What a tool gives is text for a model; its
    ToolOutput.raw_output has the same as data (`to_dict()`). Errors are LeopardErrors, whose
    messages a model can act on.
    """

    def __init__(
        self, llm: Leopard, *, access: Access | None = None, limits: Limits | None = None
    ) -> None:
        self.access = llm.access if access is None else access
        self.toolbox = Toolbox(llm.source, self.access, limits=limits)
        offered: list[tuple[SPEC_FUNCTION_TYPE, bool]] = [
            (("slides_open", "aslides_open"), bool(self.access.roots)),
            (("page_open", "apage_open"), self.access.web),
            (("screen_capture", "ascreen_capture"), self.access.screen),
        ]
        opening = [name for name, permitted in offered if permitted]
        using = [("read", "aread"), ("find", "afind"), ("ask", "aask")]
        self.spec_functions: list[SPEC_FUNCTION_TYPE] = [*opening, *using]

    def slides_open(self, path: str) -> Opened:
        """Open a deck, PDF or picture file. Gives the ids of its pages."""
        return self.toolbox.slides(path)

    async def aslides_open(self, path: str) -> Opened:
        """As `slides_open`; cancelling the task ends it."""
        with awaited() as check:
            return await asyncio.to_thread(self.toolbox.slides, path, check=check)

    def page_open(self, url: str, start: int = 0) -> Opened:
        """Open a web page, from `start` pixels on. Gives the ids of its screenfuls."""
        return self.toolbox.page(url, start=start)

    async def apage_open(self, url: str, start: int = 0) -> Opened:
        """As `page_open`; cancelling the task ends it."""
        return await self.toolbox.apage(url, start=start)

    def screen_capture(self, window: str | None = None) -> Opened:
        """Look at the screen, or at the window with this title. Gives its id and text."""
        return self.toolbox.screen(window=window)

    async def ascreen_capture(self, window: str | None = None) -> Opened:
        """As `screen_capture`; cancelling the task ends it."""
        with awaited() as check:
            return await asyncio.to_thread(self.toolbox.screen, window=window, check=check)

    def read(self, images: list[str]) -> Texts:
        """Read the text in images. Name ids that were given, or files or addresses."""
        return self.toolbox.read(images)

    async def aread(self, images: list[str]) -> Texts:
        """As `read`; cancelling the task ends it."""
        with awaited() as check:
            return await asyncio.to_thread(self.toolbox.read, images, check=check)

    def find(self, text: str, images: list[str]) -> Matches:
        """Find where a text stands in images, with boxes."""
        return self.toolbox.find(text, images)

    async def afind(self, text: str, images: list[str]) -> Matches:
        """As `find`; cancelling the task ends it."""
        with awaited() as check:
            return await asyncio.to_thread(self.toolbox.find, text, images, check=check)

    def ask(self, question: str, images: list[str]) -> Answered:
        """Ask a question about images. Gives a short answer and where it stands."""
        return self.toolbox.ask(question, images)

    async def aask(self, question: str, images: list[str]) -> Answered:
        """As `ask`; cancelling the task ends it."""
        return await self.toolbox.aask(question, images)

    def to_tool_list(
        self,
        spec_functions: list[SPEC_FUNCTION_TYPE] | None = None,
        func_to_metadata_mapping: dict[str, ToolMetadata] | None = None,
    ) -> list[FunctionTool]:
        """The tools. Each says to a model its result's text."""
        metadata = func_to_metadata_mapping or {}
        tools = []
        for each in spec_functions or self.spec_functions:
            name, other = (each, None) if isinstance(each, str) else each
            method = getattr(self, name)
            tools.append(
                FunctionTool.from_defaults(
                    fn=method,
                    async_fn=getattr(self, other) if other else None,
                    name=name,
                    description=" ".join((method.__doc__ or "").split()),
                    tool_metadata=metadata.get(name),
                    callback=_text,
                )
            )
        return tools


def _text(result: Result) -> str:
    return result.text


__all__ = ["LeopardToolSpec"]
