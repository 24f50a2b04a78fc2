"""The pictures of a report: each once, made smaller, as data that stands in the page."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import LeopardError
from ..images.sources import load_frames
from .questions import Picture, Question, source_of

if TYPE_CHECKING:
    from PIL.Image import Image as PILImage

LONGEST = 1100
"""Pixels of a picture's longer side in the page; what is larger is made smaller."""

QUALITY = 72


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of the page. size: (width, height) of the original, in which boxes are given."""

    name: str
    size: tuple[int, int]
    data: str = ""
    error: str = ""

    def to_dict(self) -> dict[str, object]:
        """JSON-safe."""
        width, height = self.size
        found = {"name": self.name, "width": width, "height": height}
        return {**found, "data": self.data} if self.data else {**found, "error": self.error}


@dataclass(frozen=True, slots=True)
class Shown:
    """The pictures of one question by their places in the gallery, or that there was no room."""

    pictures: tuple[int, ...]
    dropped: bool = False


class Gallery:
    """Collects pictures up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self._room = limit
        self._places: dict[str, tuple[int, ...]] = {}
        self.pictures: list[Shot] = []

    def add(self, question: Question) -> Shown:
        """The pictures of a question; all of them, or none where they do not fit."""
        new: dict[str, list[Shot]] = {}
        for image in question.images:
            name = _name(image)
            if name not in self._places and name not in new:
                new[name] = _shots(image)
        needed = sum(len(shot.data) for shots in new.values() for shot in shots)
        if needed > self._room:
            return Shown((), dropped=True)
        self._room -= needed
        for name, shots in new.items():
            first = len(self.pictures)
            self.pictures += shots
            self._places[name] = tuple(range(first, len(self.pictures)))
        return Shown(tuple(n for image in question.images for n in self._places[_name(image)]))


def _name(image: Path | Picture) -> str:
    return str(image) if isinstance(image, Path) else image.name


def _shots(image: Path | Picture) -> list[Shot]:
    """What an image is in the page: its picture, one for each page of a document, or the reason."""
    try:
        frames = load_frames(source_of(image))
    except LeopardError as error:
        return [Shot(image.name, (0, 0), error=str(error))]
    several = len(frames) > 1
    return [
        Shot(
            f"{image.name}, page {number}" if several else image.name,
            frame.size,
            data=_data_url(frame.image),
        )
        for number, frame in enumerate(frames, 1)
    ]


def _data_url(picture: PILImage) -> str:
    small = picture.copy()
    small.thumbnail((LONGEST, LONGEST))
    stream = BytesIO()
    small.save(stream, "JPEG", quality=QUALITY, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(stream.getvalue()).decode()}"


__all__ = ["LONGEST", "Gallery", "Shot", "Shown"]
