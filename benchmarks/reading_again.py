"""Seconds to read a screenshot again, changed or in another program, beside reading all of it.

    python benchmarks/reading_again.py [--lines 4]

The screenshots are the pages in examples/data/eval. On each, some lines are written over in turn;
a Reader that has read the page reads the changed one (known), and so does a Reader that keeps
nothing (full). Then the unchanged page is read by a new Reader that finds it in the folder which
LEOPARD_READINGS names (kept). All must give the same readings. The table has medians; the goal for
the ratio of a changed page is 0.5 at most.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from machine import READING, describe_machine, needs
from PIL import Image, ImageDraw, ImageFont

from leopard_tools.reading.kept import VARIABLE
from leopard_tools.reading.memory import Effort
from leopard_tools.reading.ocr import Reader
from leopard_tools.types import Line

PAGES = Path(__file__).parents[1] / "examples" / "data" / "eval"
GOAL = 0.5


def with_line_changed(image: Image.Image, line: Line, text: str) -> Image.Image:
    """A copy in which other words stand in a line's place."""
    box = line.box
    paper = image.getpixel((max(0, box.left - 1), box.top))
    changed = image.copy()
    pen = ImageDraw.Draw(changed)
    pen.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=paper)
    dark = isinstance(paper, tuple) and sum(paper) < 384
    font = ImageFont.load_default(max(9.0, 0.8 * box.height))
    pen.text((box.left + 2, box.top), text, fill="white" if dark else "black", font=font)
    return changed


@dataclass(frozen=True, slots=True)
class Pair:
    """Seconds of reading one changed page, knowing the old one and knowing nothing."""

    known: float
    full: float
    effort: Effort


def measured(image: Image.Image, changed: Image.Image, cold: Reader) -> Pair:
    warm = Reader()
    warm.read(image)
    start = time.perf_counter()
    reading, effort = warm.read_counted(changed)
    between = time.perf_counter()
    expected = cold.read(changed)
    end = time.perf_counter()
    if reading != expected:
        raise SystemExit("The two readings differ.")
    return Pair(between - start, end - between, effort)


def page(path: Path, count: int, cold: Reader) -> list[Pair]:
    """One pair for each of `count` lines spread over a page."""
    image = Image.open(path).convert("RGB")
    lines = [line for line in cold.read(image).lines if len(line.text) > 4]
    chosen = lines[:: max(1, len(lines) // count)][:count]
    texts = [f"Total {number + 3}7.50" for number in range(len(chosen))]
    return [
        measured(image, with_line_changed(image, line, text), cold)
        for line, text in zip(chosen, texts, strict=True)
    ]


def kept(image: Image.Image, cold: Reader) -> float:
    """Seconds of reading a page that another Reader has put into the folder."""
    with TemporaryDirectory() as folder:
        os.environ[VARIABLE] = folder
        first, second = Reader(), Reader()
        del os.environ[VARIABLE]
        first.read(image)
        start = time.perf_counter()
        reading = second.read(image)
        seconds = time.perf_counter() - start
    if reading != cold.read(image):
        raise SystemExit("The two readings differ.")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=4, help="lines changed on every page")
    options = parser.parse_args()
    needs(*READING)
    print(describe_machine())
    cold = Reader(cache_bytes=0)
    rows: list[tuple[float, float, float]] = []
    for path in sorted(PAGES.glob("page-*.png")):
        pairs = page(path, options.lines, cold)
        full, known = median(p.full for p in pairs), median(p.known for p in pairs)
        again = kept(Image.open(path).convert("RGB"), cold)
        rows.append((full, known, again))
        read = sum(p.effort.lines_read for p in pairs) / len(pairs)
        lines = sum(p.effort.lines_read + p.effort.lines_known for p in pairs) / len(pairs)
        print(
            f"{path.name:22} full {full:.2f} s, one line changed {known:.2f} s, "
            f"ratio {known / full:.2f}; {read:.1f} of {lines:.0f} lines read; "
            f"kept {again:.3f} s, ratio {again / full:.3f}",
            flush=True,
        )
    ratios = [known / full for full, known, _ in rows]
    print(
        f"medians: full {median(f for f, _, _ in rows):.2f} s, one line changed "
        f"{median(k for _, k, _ in rows):.2f} s, ratio {median(ratios):.2f} "
        f"(worst page {max(ratios):.2f}; goal {GOAL}); kept {median(a for _, _, a in rows):.3f} s, "
        f"ratio {median(a / f for f, _, a in rows):.3f}"
    )


if __name__ == "__main__":
    main()
