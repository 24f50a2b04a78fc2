"""The files of written conversations: tools that are offered, and what is said.

    === harbour
    --- tools                    a line of JSON for each: name, description, parameters
    {"name": "get_tide", "description": "Tide times", "parameters": {"type": "object", ...}}
    --- system                   may be left out, as pages may
    You help the crew of the Marit.
    --- dialogue                 each a conversation of its own
    U: When is high water in Esbjerg? || tide esbjerg pls
    C: {"name": "get_tide", "arguments": {"harbour": "Esbjerg"}}
    T: {"high": ["04:12", "16:40"]}
    A: High water in Esbjerg is at 04:12 and 16:40.

Phrasings of a user are divided by " || ". Calls that stand together are made together. A result of
several rows is written as a string of JSON: "Costs\\nFuel 310 EUR". Text only, no model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from ...types import Tool, ToolCall
from ..samples import Rows
from .texts import WrittenInvalid, alternatives, cells

FOLDER = Path(__file__).parent / "tools"
_SPEAKERS = ("U", "C", "T", "A")


@dataclass(frozen=True, slots=True)
class WrittenTurn:
    """What is said at once: a user's text in several phrasings, or one; or calls made together."""

    speaker: str
    phrasings: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()


@dataclass(slots=True)
class WrittenTools:
    """Tools with the conversations in which they are offered."""

    name: str
    tools: list[Tool] = field(default_factory=list)
    system: str = ""
    pages: list[Rows] = field(default_factory=list)
    dialogues: list[list[WrittenTurn]] = field(default_factory=list)


def read_conversations(file: Path) -> list[WrittenTools]:
    """The sets of tools of a file. Raises WrittenInvalid where it is not of the form above."""
    found: list[WrittenTools] = []
    part = ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            if line.startswith("=== "):
                found.append(WrittenTools(line[4:].strip()))
                part = ""
            elif line.startswith("--- "):
                part = _begin(found[-1], line[4:].strip())
            elif line.strip():
                _take(found[-1], part, line)
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise WrittenInvalid(f"{file.name}:{number}: {error}") from error
    return found


def _begin(to: WrittenTools, part: str) -> str:
    if part == "page":
        to.pages.append([])
    elif part == "dialogue":
        to.dialogues.append([])
    elif part not in ("tools", "system"):
        raise ValueError(f"no such part: {part}")
    return part


def _take(to: WrittenTools, part: str, line: str) -> None:
    if part == "tools":
        read = json.loads(line)
        to.tools.append(Tool(read["name"], read["description"], read["parameters"]))
    elif part == "system":
        to.system = f"{to.system}\n{line.strip()}".strip()
    elif part == "page":
        to.pages[-1].append(cells(line))
    else:
        speaker, _, text = line.partition(": ")
        if part != "dialogue" or speaker not in _SPEAKERS:
            raise ValueError("neither a turn (U:, C:, T:, A:) nor a part")
        _say(to.dialogues[-1], speaker, text.strip())


def _say(turns: list[WrittenTurn], speaker: str, text: str) -> None:
    """Adds what is said; calls, and results, that follow one another are one turn."""
    phrasings = alternatives(text) if speaker == "U" else (text,)
    calls: tuple[ToolCall, ...] = ()
    if speaker == "C":
        read = json.loads(text)
        phrasings, calls = (), (ToolCall(read["name"], read["arguments"]),)
    elif speaker == "T" and text.startswith('"'):
        phrasings = (str(json.loads(text)),)
    if speaker in "CT" and turns and turns[-1].speaker == speaker:
        before = turns.pop()
        calls = (*before.calls, *calls)
        phrasings = ("\n".join((*before.phrasings, *phrasings)),) if speaker == "T" else ()
    turns.append(WrittenTurn(speaker, phrasings, calls))
