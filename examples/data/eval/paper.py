"""A sheet of paper to write on with Pillow, saved as a scanner would see it; for make_scans.py."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).resolve().parent
LIBERATION = "/usr/share/fonts/truetype/liberation"
URW = "/usr/share/fonts/opentype/urw-base35"
FONTS = {
    "sans": f"{URW}/NimbusSans-Regular.otf",
    "sans bold": f"{URW}/NimbusSans-Bold.otf",
    "serif": f"{URW}/NimbusRoman-Regular.otf",
    "serif bold": f"{URW}/NimbusRoman-Bold.otf",
    "book": f"{URW}/C059-Roman.otf",
    "book bold": f"{URW}/C059-Bold.otf",
    "typewriter": f"{URW}/NimbusMonoPS-Bold.otf",
    "mono": f"{LIBERATION}/LiberationMono-Regular.ttf",
    "mono bold": f"{LIBERATION}/LiberationMono-Bold.ttf",
    "hand": f"{URW}/Z003-MediumItalic.otf",
    "narrow": f"{URW}/NimbusSansNarrow-Bold.otf",
}
INK, GREY, BLUE = (34, 34, 38), (104, 104, 110), (36, 58, 128)
Color = tuple[int, int, int]


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS[name], size)


class Sheet:
    """A sheet of paper that is written on from coordinates in pixels."""

    def __init__(self, width: int, height: int, paper: Color = (255, 255, 255)) -> None:
        self.image = Image.new("RGB", (width, height), paper)
        self.pen = ImageDraw.Draw(self.image)

    def write(
        self,
        at: tuple[int, int],
        lines: str | Sequence[str],
        style: str = "sans 22",
        color: Color = INK,
        anchor: str = "la",
        step: float = 1.45,
    ) -> None:
        """Lines below one another; `style` is a font's name and its size."""
        name, _, size = style.rpartition(" ")
        for row, line in enumerate([lines] if isinstance(lines, str) else lines):
            place = (at[0], at[1] + int(row * int(size) * step))
            self.pen.text(place, line, color, font(name, int(size)), anchor=anchor)

    def rule(self, top: int, left: int, right: int, width: int = 2, color: Color = GREY) -> None:
        self.pen.line((left, top, right, top), color, width)

    def scan(self, name: str, degrees: float, noise: float, quality: int, seed: int) -> None:
        """Saves NAME.jpg turned by `degrees`, softened, on uneven light and with sensor noise."""
        turned = self.image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(240, 240, 238))
        pixels = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.55)), dtype=np.float32)
        height, width = pixels.shape[:2]
        random = np.random.default_rng(seed)
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        light = 0.97 - 0.05 * (rows / height) ** 2 - 0.03 * columns / width
        noisy = pixels * light[..., None] + random.normal(0, noise, (height, width, 1)) + 4
        picture = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
        picture.save(HERE / f"{name}.jpg", quality=quality, optimize=True)
