"""What a toolbox gives: text for a model to read, and the same as data without pixels. Pure.

Boxes are [left, top, width, height] in a capture's pixels. What was seen is labelled in the text
as untrusted content.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..types import Answer, Box, Line, Reading
from .captures import Capture
from .labels import answer_head, box_text, counted, described, labelled

ROWS = 60
"""Rows of a capture's text that a model gets unasked."""


class Result(Protocol):
    """What every method of a toolbox gives."""

    @property
    def text(self) -> str:
        """For a model: short, with citations."""
        ...

    def to_dict(self) -> dict[str, object]:
        """For a program: JSON-safe."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """Captures that belong together: a document's pages, a web page's segments, or one screen.

    `name` stands for all of them wherever captures are named. Of a screen, `reading` is its text;
    of a web page that goes on below, `next` is where.
    """

    name: str
    source: str
    captures: tuple[Capture, ...]
    reading: Reading | None = None
    next: int | None = None

    @property
    def text(self) -> str:
        if self.reading is not None:
            return self._screen_text(self.reading)
        # A page chooses the address that it ends up at, and its title.
        seen = [self.source, *map(_title_line, self.captures)]
        count = counted(len(self.captures), "page")
        head = f"{self.name}: {count}, each with its own id; {self.name} is all of them."
        more = "" if self.next is None else f"\nThe page goes on below, from pixel {self.next} on."
        return f"{head}\n{labelled(chr(10).join(seen))}{more}"

    def to_dict(self) -> dict[str, object]:
        captures = [_capture_dict(capture) for capture in self.captures]
        more = {} if self.next is None else {"next": self.next}
        return {"name": self.name, "source": self.source, "captures": captures, **more}

    def _screen_text(self, reading: Reading) -> str:
        frame = self.captures[0].frame
        head = f"Capture {self.name}: {frame.size[0]} x {frame.size[1]} pixels."
        if frame.masked:
            head += f" {counted(len(frame.masked), 'area')} blacked out by the deny list."
        rows = reading.text.split("\n")
        more = "" if len(rows) <= ROWS else f"\nMore rows: read {self.name}."
        return f"{head}\n{labelled(chr(10).join(rows[:ROWS]) or '(no text)')}{more}"


@dataclass(frozen=True, slots=True)
class Texts:
    """The text of captures, in order."""

    readings: tuple[tuple[Capture, Reading], ...]

    @property
    def text(self) -> str:
        pages = [f"{_name(capture)}\n{each.text or '(no text)'}" for capture, each in self.readings]
        return labelled("\n\n".join(pages))

    def to_dict(self) -> dict[str, object]:
        return {
            "texts": [
                {
                    "capture": capture.id,
                    "text": reading.text,
                    "lines": [_line_dict(line) for line in reading.lines],
                }
                for capture, reading in self.readings
            ]
        }


@dataclass(frozen=True, slots=True)
class Matches:
    """Where a text stands, best first; `screen` says for each place on the screen where to click.

    Each line's confidence is how well it fits.
    """

    places: tuple[tuple[Capture, Line], ...]

    @property
    def text(self) -> str:
        if not self.places:
            return "It stands in none of these. Try fewer words, or read them."
        return labelled("\n".join(map(_place_line, self.places)))

    def to_dict(self) -> dict[str, object]:
        return {
            "matches": [
                {
                    "capture": capture.id,
                    **_line_dict(line),
                    "confidence": round(line.confidence, 3),
                    **_on_screen(capture, line.box),
                }
                for capture, line in self.places
            ]
        }


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and the captures it was asked about; citations count from 0 in these."""

    answer: Answer
    captures: tuple[Capture, ...]

    @property
    def text(self) -> str:
        quotes = [
            f"stands in {_name(self.captures[each.image])} {box_text(each.box)}: {each.text}"
            for each in self.answer.citations
        ]
        seen = [self.answer.text, *(quotes or ["(its words stand in none of the captures)"])]
        return f"{answer_head(self.answer)}\n{labelled(chr(10).join(seen))}"

    def to_dict(self) -> dict[str, object]:
        given = self.answer.to_dict()
        citations = [
            {
                "capture": self.captures[each.image].id,
                "text": each.text,
                "box": each.box.to_list(),
                **_on_screen(self.captures[each.image], each.box),
            }
            for each in self.answer.citations
        ]
        kept = ("text", "parsed", "finish_reason", "confidence", "probability", "model", "usage")
        return {
            **{key: given[key] for key in kept if key in given},
            "citations": citations,
            "captures": [_capture_dict(capture) for capture in self.captures],
        }


def _name(capture: Capture) -> str:
    frame = capture.frame
    return capture.id if frame.page is None else f"{capture.id} (page {frame.page})"


def _title_line(capture: Capture) -> str:
    return f"{_name(capture)} {described(capture.frame)}".rstrip()


def _place_line(place: tuple[Capture, Line]) -> str:
    capture, line = place
    where = f"{_name(capture)} {box_text(line.box)}"
    if capture.kind == "screen":
        there = capture.frame.to_screen(line.box)
        where += f", desktop {box_text(there)}, center {list(there.center)}"
    return f"{where} ({line.confidence:.2f}): {line.text}"


def _capture_dict(capture: Capture) -> dict[str, object]:
    frame = capture.frame
    told = {
        "page": frame.page,
        "title": frame.title,
        "notes": frame.notes,
        "hidden": frame.hidden or None,
        "monitor": frame.monitor,
        "window": frame.window,
        "time": frame.time and frame.time.isoformat(),
    }
    return {
        "id": capture.id,
        "source": frame.source,
        "size": list(frame.size),
        "origin": list(frame.origin),
        "scale": frame.scale,
        **{key: value for key, value in told.items() if value is not None},
    }


def _line_dict(line: Line) -> dict[str, object]:
    return {"text": line.text, "box": line.box.to_list()}


def _on_screen(capture: Capture, box: Box) -> dict[str, object]:
    """Where on the desktop, and where to click; nothing for what is no screen."""
    if capture.kind != "screen":
        return {}
    there = capture.frame.to_screen(box)
    return {"screen": there.to_list(), "center": list(there.center)}


__all__ = ["Answered", "Matches", "Opened", "Result", "Texts"]
