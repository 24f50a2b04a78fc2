"""Leopard for LangChain: a chat model that sees, tools for agents, and a document loader.

    from langchain_leopard import ChatLeopard

    ChatLeopard().invoke("Hello").text

Importing this package loads no model and no torch.
"""

from leopard_tools.toolbox.access import Access

from .chat import ChatLeopard
from .errors import MessageUnsupported, OptionUnsupported, PromptTooLong
from .loader import LeopardLoader
from .pictures import image_block
from .toolkit import LeopardToolkit
from .tools import (
    LeopardAskTool,
    LeopardFindTool,
    LeopardReadTool,
    ScreenCaptureTool,
    SlidesTool,
    WebPageTool,
)

__all__ = [
    "Access",
    "ChatLeopard",
    "LeopardAskTool",
    "LeopardFindTool",
    "LeopardLoader",
    "LeopardReadTool",
    "LeopardToolkit",
    "MessageUnsupported",
    "OptionUnsupported",
    "PromptTooLong",
    "ScreenCaptureTool",
    "SlidesTool",
    "WebPageTool",
    "image_block",
]
