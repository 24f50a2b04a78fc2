"""LangChain's own standard tests of tools, on each of ours, none of them changed."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from langchain_core.tools import BaseTool
from langchain_leopard import (
    Access,
    LeopardAskTool,
    LeopardFindTool,
    LeopardReadTool,
    ScreenCaptureTool,
    SlidesTool,
    WebPageTool,
)
from langchain_places import DATA
from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

from leopard_tools import Leopard
from leopard_tools.toolbox import Toolbox

pytestmark = pytest.mark.anyio


class Ours:
    """What each pair of suites shares: one tool, over one toolbox, with one example call."""

    kind: type[BaseTool]
    example: ClassVar[dict[str, Any]]

    @pytest.fixture(autouse=True)
    def _with_toolbox(self, nano: Leopard, site: str) -> None:
        self.toolbox = Toolbox(nano, Access(roots=[DATA], allow_private=True, screen=True))
        self.site = site

    @property
    def tool_constructor(self) -> type[BaseTool]:
        return self.kind

    @property
    def tool_constructor_params(self) -> dict[str, Any]:
        return {"toolbox": self.toolbox}

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return self.example


class Ask(Ours):
    kind = LeopardAskTool
    example: ClassVar[dict[str, Any]] = {
        "question": "What was the gross margin?",
        "images": ["deck.pdf"],
    }


class Read(Ours):
    kind = LeopardReadTool
    example: ClassVar[dict[str, Any]] = {"images": ["scan.jpg"]}


class Find(Ours):
    kind = LeopardFindTool
    example: ClassVar[dict[str, Any]] = {"text": "due date", "images": ["scan.jpg"], "limit": 3}


class Slides(Ours):
    kind = SlidesTool
    example: ClassVar[dict[str, Any]] = {"path": "deck.pdf", "pages": [2, 3]}


class Page(Ours):
    kind = WebPageTool

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return {"url": f"{self.site}page.html"}


class Screen(Ours):
    kind = ScreenCaptureTool
    example: ClassVar[dict[str, Any]] = {"monitor": 1}

    @pytest.fixture(autouse=True)
    def _with_desktop(self, desktop: object) -> None:
        pass


class TestAskUnits(Ask, ToolsUnitTests):
    pass


class TestAsk(Ask, ToolsIntegrationTests):
    pass


class TestReadUnits(Read, ToolsUnitTests):
    pass


class TestRead(Read, ToolsIntegrationTests):
    pass


class TestFindUnits(Find, ToolsUnitTests):
    pass


class TestFind(Find, ToolsIntegrationTests):
    pass


class TestSlidesUnits(Slides, ToolsUnitTests):
    pass


class TestSlides(Slides, ToolsIntegrationTests):
    pass


class TestPageUnits(Page, ToolsUnitTests):
    pass


class TestPage(Page, ToolsIntegrationTests):
    pass


class TestScreenUnits(Screen, ToolsUnitTests):
    pass


class TestScreen(Screen, ToolsIntegrationTests):
    pass
