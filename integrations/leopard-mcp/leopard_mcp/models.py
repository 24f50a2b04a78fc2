"""The structured half of each tool's result. Boxes are [left, top, width, height] in pixels."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from leopard_tools.toolbox.labels import NOTICE
from leopard_tools.types import Box, FinishReason, Line

Place = Annotated[list[int], Field(min_length=4, max_length=4)]
"""A box as JSON has it: left, top, width, height."""


def box(place: list[int]) -> Box:
    return Box(*place)


class Observed(BaseModel):
    """What carries texts that were seen says so, for clients that show a model the data alone."""

    notice: str = f"Texts seen are {NOTICE}"


class Text(BaseModel):
    """A piece of text and where it stands in its capture."""

    text: str
    box: Place

    @classmethod
    def of(cls, line: Line) -> Text:
        return cls(text=line.text, box=line.box.to_list())


class Monitor(BaseModel):
    monitor: int
    box: Place
    scale: float


class Window(BaseModel):
    window: int
    title: str
    application: str
    box: Place
    visible: bool


class Desktop(Observed):
    monitors: list[Monitor]
    windows: list[Window]


class Edit(BaseModel):
    before: str
    after: str
    box: Place


class Changes(Observed):
    """What a later capture shows that an earlier one did not.

    `more_regions` and `more_lines` are how many there are that are not told.
    """

    before: str
    after: str
    regions: list[Place]
    added: list[Text]
    removed: list[Text]
    edited: list[Edit]
    more_regions: int | None = None
    more_lines: int | None = None


class Screen(Observed):
    """A capture of the screen; a picture pixel p lies at origin + p / scale on the desktop."""

    capture: str
    size: list[int]
    origin: list[int]
    scale: float
    lines: list[Text]
    next: int | None = None
    changes: Changes | None = None


class Page(BaseModel):
    capture: str
    number: int | None = None
    title: str | None = None
    hidden: bool | None = None
    size: list[int]


class Opened(Observed):
    """A document or web page; `name` stands for all of its captures.

    Of a web page that goes on below, `next` is the `start` of its next part.
    """

    name: str
    source: str
    captures: list[Page]
    next: int | None = None


class PageText(BaseModel):
    capture: str
    text: str
    lines: list[Text] | None = None


class Texts(Observed):
    texts: list[PageText]
    next: int | None = None


class Match(BaseModel):
    """Where a text stands; `screen` and `center` are desktop pixels, for captures of the screen."""

    capture: str
    text: str
    box: Place
    confidence: float
    screen: Place | None = None
    center: list[int] | None = None


class Matches(Observed):
    matches: list[Match]


class Quote(BaseModel):
    capture: str
    text: str
    box: Place


class Answered(Observed):
    answer: str
    finish_reason: FinishReason
    confidence: float
    probability: float
    citations: list[Quote]
    parsed: JsonValue | None = None
    model: str


class Looked(BaseModel):
    """A picture pixel p lies at region's corner + p / scale in the capture."""

    capture: str
    region: Place
    size: list[int]
    scale: float


class Waited(BaseModel):
    met: bool
    seconds: float
    screen: Screen
    match: Match | None = None


class Forgotten(BaseModel):
    dropped: int


__all__ = [
    "Answered",
    "Changes",
    "Desktop",
    "Edit",
    "Forgotten",
    "Looked",
    "Match",
    "Matches",
    "Monitor",
    "Observed",
    "Opened",
    "Page",
    "PageText",
    "Place",
    "Quote",
    "Screen",
    "Text",
    "Texts",
    "Waited",
    "Window",
    "box",
]
