"""Prompts for the usual jobs: what a person would otherwise type each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mcp.server.mcpserver import MCPServer
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, Prompt

from .state import ServerState


def watch_screen(text: str, question: str) -> str:
    """Wait until a text is on the screen, then answer a question about it."""
    return (
        f"Call wait_for with text={text!r} and a timeout of 600 seconds. When it came true, call "
        f"ask with its capture and this question: {question} Say where the answer stands."
    )


def what_changed() -> str:
    """Say what changed on the screen since the last look."""
    return (
        "Call screen_capture, and if it says nothing about changes call it again in a moment. "
        "Tell me in one paragraph what changed: lines added, removed and edited."
    )


def find_button(label: str) -> str:
    """Say where to click."""
    return (
        f"Call screen_capture, then find with text={label!r} in that capture. Give me the centre "
        "in desktop pixels of the best match; with several of the same quality, describe each by "
        "what stands around it."
    )


def ask_sources(question: str, path: str, url: str) -> str:
    """Answer a question that needs both a deck and a web page."""
    return (
        f"Open {path} with slides_open and {url} with page_open. Use find to choose the pages that "
        f"matter, ask them together: {question} Cite the place in the deck and the place on the "
        "page."
    )


def fill_table(columns: str, url: str) -> str:
    """Collect a table from a web page."""
    return (
        f"Open {url} with page_open and read it. Make a table with the columns {columns}, one row "
        "for each item on the page, from its words alone; leave a cell empty where it says nothing."
    )


def add_prompts(server: MCPServer[ServerState]) -> None:
    for prompt in (watch_screen, what_changed, find_button, ask_sources, fill_table):
        server.prompt()(prompt)


def check_asked(known: Sequence[Prompt], name: str, arguments: Mapping[str, object]) -> None:
    """Raises MCPError for a prompt that is not there, and for arguments that are not its own.

    The SDK tells a client of all that goes wrong in a prompt no more than "internal error".
    """
    found = next((prompt for prompt in known if prompt.name == name), None)
    if found is None:
        names = ", ".join(prompt.name for prompt in known)
        raise MCPError(INVALID_PARAMS, f"There is no prompt {name!r}. There are {names}.")
    wanted = [each.name for each in found.arguments or ()]
    lacking = [each for each in wanted if each not in arguments]
    further = [each for each in arguments if each not in wanted]
    if lacking or further:
        wrong = [f"{each} is missing" for each in lacking]
        wrong += [f"{each} is not one of its arguments" for each in further]
        takes = f"takes {' and '.join(wanted)}" if wanted else "takes no arguments"
        raise MCPError(INVALID_PARAMS, f"The prompt {name} {takes}: {', '.join(wrong)}.")


__all__ = ["add_prompts", "check_asked"]
