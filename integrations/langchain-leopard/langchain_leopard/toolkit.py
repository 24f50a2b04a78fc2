"""LeopardToolkit: all tools over one toolbox, so that what one opens the others can use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from langchain_core.tools import BaseTool, BaseToolkit
from pydantic import ConfigDict, Field

from leopard_tools import LazyLeopard
from leopard_tools.images.limits import Limits
from leopard_tools.toolbox import Access, Toolbox
from leopard_tools.types import Frame

from .chat import ChatLeopard
from .tools import TOOLS, ScreenCaptureTool, WebPageTool, shared_toolbox

if TYPE_CHECKING:
    from leopard_tools import Leopard


class LeopardToolkit(BaseToolkit):
    """An agent's eyes.

        tools = LeopardToolkit(allow=Access(roots=["slides"])).get_tools()

    leopard: what answers questions: a Leopard, a LazyLeopard, a ChatLeopard whose model is shared,
    or nothing for the embedded default. What is not loaded yet is loaded at the first question.
    allow: what may be looked at; by default the public web, no files and no screen. limits: what
    sources may cost; by default what the leopard says.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    toolbox: Toolbox = Field(exclude=True, repr=False)

    def __init__(
        self,
        leopard: Leopard | LazyLeopard | ChatLeopard | None = None,
        *,
        allow: Access | None = None,
        limits: Limits | None = None,
        toolbox: Toolbox | None = None,
    ) -> None:
        given = {"toolbox": toolbox or _toolbox(leopard, allow, limits)}
        super().__init__(**given)

    def get_tools(self) -> list[BaseTool]:
        """The tools for what is allowed: no screen or web tool where neither may be looked at."""
        access = self.toolbox.access
        left_out = {
            *(() if access.screen else (ScreenCaptureTool,)),
            *(() if access.web else (WebPageTool,)),
        }
        return [tool(toolbox=self.toolbox) for tool in TOOLS if tool not in left_out]

    def frames(self, images: Sequence[str]) -> list[Frame]:
        """The pictures behind what a tool's artifact names: capture ids, paths or addresses."""
        return [capture.frame for capture in self.toolbox.resolve(images)]


def _toolbox(
    leopard: Leopard | LazyLeopard | ChatLeopard | None,
    allow: Access | None,
    limits: Limits | None,
) -> Toolbox:
    if leopard is None:
        return shared_toolbox(allow, limits)
    if isinstance(leopard, ChatLeopard):
        leopard = leopard.source
    return Toolbox(leopard, allow, limits=limits)


__all__ = ["LeopardToolkit"]
