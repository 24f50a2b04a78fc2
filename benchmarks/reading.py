"""Seconds and word accuracy of our Reader beside stock RapidOCR(), on the same pictures.

    python benchmarks/reading.py [--ablate] [--repeat 3]

The pictures are drawn here, so that every word is known; pictures and PDF pages in
examples/data, where there are any, add to the times. Readers take turns on every picture; the
table has medians. A word counts as read if it stands, but for spaces, in what was read.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from machine import READING, describe_machine, needs
from PIL import Image, ImageDraw, ImageFont

from leopard_tools.reading.detection import DetectorSettings
from leopard_tools.reading.ocr import Reader

DATA = Path(__file__).parents[1] / "examples" / "data"
FONTS = ("", "DejaVuSans.ttf", "LiberationSerif-Regular.ttf", "LiberationSans-Bold.ttf")
WORDS = [
    *("revenue", "grew", "across", "northern", "markets", "while", "customer", "churn", "fell"),
    *("below", "target", "and", "shipping", "costs", "per", "order", "remained", "stable"),
    *("despite", "fuel", "prices", "that", "rose", "sharply", "during", "spring"),
]

Read = Callable[[Image.Image], str]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with the words that stand in it (none where they are not known)."""

    name: str
    image: Image.Image
    words: tuple[str, ...] = ()


def font(name: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The system's font of that name, or Pillow's own where none is named."""
    try:
        return ImageFont.truetype(name, size) if name else ImageFont.load_default(size)
    except OSError:
        # Another font would be another test.
        command = "apt-get install fonts-dejavu-core fonts-liberation"
        raise SystemExit(f"Not installed: {name}. Install with: {command}") from None


def draw(
    name: str, size: tuple[int, int], texts: list[tuple[str, int, int, int]], face: str
) -> Picture:
    """Texts at (left, top) in a font size, dark on white or, every other time, light on dark."""
    dark = len(texts) % 2 == 0
    image = Image.new("RGB", size, (24, 30, 48) if dark else "white")
    pen = ImageDraw.Draw(image)
    for text, left, top, points in texts:
        pen.text((left, top), text, fill="white" if dark else (20, 20, 30), font=font(face, points))
    words = tuple(word for text, *_ in texts for word in text.split())
    return Picture(name, image, words)


def sentence(seed: int, count: int) -> str:
    return " ".join(WORDS[(seed * 7 + n * 5) % len(WORDS)] for n in range(count)) + f" {seed * 37}"


def drawn() -> Iterator[Picture]:
    for number, face in enumerate(FONTS):
        for width, height in ((1280, 720), (1920, 1080)):
            unit = width // 64
            label = f"{width}x{height} {face.split('.')[0] or 'Pillow'}"
            title = (sentence(number, 4), 2 * unit, unit, 2 * unit)
            bullets = [
                (sentence(n, 7), 2 * unit, (5 + 3 * n) * unit, unit * 6 // 5) for n in range(8)
            ]
            yield draw(f"slide {label}", (width, height), [title, *bullets], face)
            cells = [
                (
                    f"{(row * 7 + column * 13) * 17 % 5000:,}" if column else WORDS[row],
                    (2 + 10 * column) * unit,
                    (5 + 2 * row) * unit,
                    unit,
                )
                for row in range(12)
                for column in range(6)
            ]
            yield draw(f"table {label}", (width, height), [title, *cells], face)
    small = [(sentence(n, 18), 20, 12 + 16 * n, 12) for n in range(44)]
    yield draw("dense 1280x720 DejaVuSans", (1280, 720), small, FONTS[1])
    long = [(sentence(n, 10), 40, 30 + 55 * n, 18) for n in range(107)]
    yield draw("page 1280x6000 DejaVuSans", (1280, 6000), long, FONTS[1])
    screen = [(sentence(n, 5), 60 + n % 4 * 950, 40 + n // 4 * 80, 14) for n in range(100)]
    yield draw("screen 3840x2160 DejaVuSans", (3840, 2160), screen, FONTS[1])


def found() -> Iterator[Picture]:
    for path in sorted([*DATA.glob("*.png"), *DATA.glob("*.jpg")]):
        yield Picture(path.name, Image.open(path).convert("RGB"))
    for path in sorted(DATA.glob("*.pdf")):
        import pypdfium2

        for number, page in enumerate(pypdfium2.PdfDocument(path), 1):
            yield Picture(
                f"{path.name}, page {number}", page.render(scale=2).to_pil().convert("RGB")
            )


def stock(**params: object) -> Read:
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error", **params})

    def read(image: Image.Image) -> str:
        return " ".join(engine(np.asarray(image)[:, :, ::-1].copy()).txts or ())

    return read


def ours(threads: int | None = None, settings: DetectorSettings | None = None) -> Read:
    reader = Reader(threads, cache_bytes=0, settings=settings)
    return lambda image: reader.read(image).text


def readers(ablate: bool) -> dict[str, Read]:
    chosen = {"stock": stock(), "ours": ours()}
    if ablate:
        chosen["stock, no classifier"] = stock(**{"Global.use_cls": False})
        chosen["ours, one thread"] = ours(threads=1)
        chosen["ours, blank parts too"] = ours(settings=DetectorSettings(everywhere=True))
        chosen["ours, never enlarged"] = ours(settings=DetectorSettings(shortest=1))
        chosen["ours, pieces of 960"] = ours(settings=DetectorSettings(piece=960))
    return chosen


def accuracy(words: tuple[str, ...], text: str) -> int:
    """How many of the words stand in the text, spaces apart; each occurrence counts once."""
    squeezed = "".join(text.split())
    return sum(min(count, squeezed.count(word)) for word, count in Counter(words).items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ablate", action="store_true", help="also measure single settings")
    parser.add_argument("--repeat", type=int, default=3, help="times that each picture is read")
    options = parser.parse_args()
    needs(*READING)
    import onnxruntime

    pictures = [*drawn(), *found()]
    chosen = readers(options.ablate)
    print(f"{describe_machine()}, onnxruntime {onnxruntime.__version__}; seconds (words read)")
    seconds: dict[str, list[float]] = {name: [] for name in chosen}
    right, slides, total = Counter[str](), [], 0
    for picture in pictures:
        times: dict[str, list[float]] = {name: [] for name in chosen}
        texts: dict[str, str] = {}
        for _ in range(options.repeat):
            for name, read in chosen.items():
                start = time.perf_counter()
                texts[name] = read(picture.image)
                times[name].append(time.perf_counter() - start)
        total += len(picture.words)
        cells = []
        for name in chosen:
            seconds[name].append(statistics.median(times[name]))
            hits = accuracy(picture.words, texts[name])
            right[name] += hits
            cells.append(f"{name} {seconds[name][-1]:.2f} ({hits}/{len(picture.words)})")
        ratio = seconds["stock"][-1] / seconds["ours"][-1]
        slides += [ratio] if picture.name.startswith(("slide", "table")) else []
        print(f"{picture.name:38} {'; '.join(cells)}  x{ratio:.2f}", flush=True)
    for name, times_ in seconds.items():
        print(f"{name:24} median {statistics.median(times_):.2f} s, words {right[name]}/{total}")
    print(
        f"slides: {statistics.median(slides):.2f} times as fast as stock (least {min(slides):.2f})"
    )


if __name__ == "__main__":
    main()
