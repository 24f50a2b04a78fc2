"""Draws a page's rows as a picture in one of many fonts, sizes and colours, with Pillow alone.

Rows of one cell are lines of text; rows of several cells stand in columns that are as wide as what
is in them. Fonts are those of Debian's fonts-dejavu and fonts-liberation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ..errors import MissingDependency
from ..types import EMPTY_CELL
from .samples import Pen, Rows

FOLDERS = ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/truetype/liberation")
COLOURS = (
    ("white", "black"), ("white", "#333333"), ("#f6f6f2", "#1f2d3d"), ("#fffaf0", "#402010"),
    ("#10202c", "#f0f0f0"), ("#e8eef7", "#102a6b"), ("white", "#5a5a5a"), ("#222222", "#dddddd"),
)  # fmt: skip
"""Paper and ink."""
SIZES = (15, 16, 18, 18, 20, 22, 24)
LARGEST = 2200
"""Pixels of a side; longer lines are made smaller."""


def fonts() -> list[Path]:
    """The upright fonts that are installed. Raises MissingDependency where there are none."""
    found = [file for folder in FOLDERS for file in sorted(Path(folder).glob("*.ttf"))]
    upright = [f for f in found if not any(w in f.stem for w in ("Oblique", "Italic", "Math"))]
    if not upright:
        raise MissingDependency(
            f"A font in {' or '.join(FOLDERS)}", "apt-get install fonts-dejavu fonts-liberation"
        )
    return upright


@dataclass(frozen=True, slots=True)
class _Style:
    """How one page looks: its font, the gap between columns, the height of a row."""

    font: ImageFont.FreeTypeFont
    gap: int
    pitch: int

    def width(self, text: str) -> int:
        return int(self.font.getlength(text))


def draw_page(pen: Pen, rows: Rows) -> Image.Image:
    """A picture of the rows."""
    rng = pen.rng
    file, size = rng.choice(fonts()), rng.choice(SIZES)
    gap, spacing = rng.choice((2.0, 2.6, 3.5)), rng.choice((1.45, 1.6, 1.9))
    while True:
        style = _Style(ImageFont.truetype(str(file), size), int(gap * size), int(spacing * size))
        placed = list(_placed(style, rows))
        margin = 2 * size
        width = max(x + style.width(text) for x, _, text in placed) + 2 * margin
        height = len(rows) * style.pitch + 2 * margin
        if max(width, height) <= LARGEST or size <= min(SIZES):
            break
        size -= 1
    paper, ink = rng.choice(COLOURS)
    picture = Image.new("RGB", (max(width, 480), max(height, 200)), paper)
    pencil = ImageDraw.Draw(picture)
    for x, y, text in placed:
        pencil.text((margin + x, margin + y), text, fill=ink, font=style.font)
    return picture


def _placed(style: _Style, rows: Rows) -> Iterator[tuple[int, int, str]]:
    """Every text with its place; rows with as many cells as their neighbours share columns."""
    top = 0
    for count, group in groupby(rows, key=len):
        block = list(group)
        widths = [max(style.width(row[n]) for row in block) for n in range(count)]
        for row in block:
            left = 0
            for text, width in zip(row, widths, strict=True):
                if text and text != EMPTY_CELL:
                    yield left, top, text
                left += width + style.gap
            top += style.pitch
