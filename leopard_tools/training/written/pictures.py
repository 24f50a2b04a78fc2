"""Written pages as a browser shows them, worn as scans are at times, and read as pictures are.

    python -m leopard_tools.training.written.pictures --minutes 60

A page takes a second or two, so what was read is kept in a file: a line of JSON a context. Started
again, it goes on with the contexts that are new or were changed. guises.py has training see them.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter

from ...capture.browser import Chromium
from ..rendered import whole_lines
from ..samples import Pen, Rows
from ..typeset import Sheet, typeset
from .guises import READINGS, mark
from .texts import WrittenContext, every_written

if TYPE_CHECKING:
    from ...reading.ocr import Reader

Show = Callable[[Sheet], Image.Image]
NO_PROXY = 9
"""The port "discard"."""
WORN = 0.25
"""How many of the pages look as if they had been scanned."""


@contextmanager
def browser() -> Iterator[Show]:
    """What shows sheets, whole pages of them. Needs playwright and a Chromium."""
    chromium = Chromium()

    async def capture(sheet: Sheet) -> bytes:
        # A sheet has all that it shows in itself: nothing listens at the proxy's port.
        async with chromium.context(NO_PROXY, (sheet.width, 300), 1.0) as context:
            page = await context.new_page()
            await page.set_content(sheet.html)
            return await page.screenshot(full_page=True)

    def show(sheet: Sheet) -> Image.Image:
        return Image.open(io.BytesIO(chromium.submit(capture(sheet)).result())).convert("RGB")

    try:
        yield show
    finally:
        chromium.close()


def wear(rng: Random, picture: Image.Image) -> Image.Image:
    """A picture a little askew, at times blurred, with a scanner's compression."""
    paper = picture.getpixel((2, 2))
    turned = picture.rotate(rng.uniform(-0.6, 0.6), Image.Resampling.BICUBIC, fillcolor=paper)
    if rng.random() < 0.5:
        turned = turned.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.7)))
    written = io.BytesIO()
    turned.save(written, "JPEG", quality=rng.randrange(45, 80))
    return Image.open(written).convert("RGB")


def read_pages(written: WrittenContext, show: Show, reader: Reader) -> list[Rows]:
    """The rows of a context's pages as they are read from pictures; the same at every call."""
    pages = []
    for number, rows in enumerate(written.pages):
        pen = Pen(Random(f"typeset {written.name} {number}"))
        picture = show(typeset(pen, rows))
        if pen.chance(WORN):
            picture = wear(pen.rng, picture)
        pages.append([list(row) for row in reader.read(picture).cell_texts])
    return pages


def extend(file: Path, contexts: list[WrittenContext], reader: Reader, minutes: float) -> int:
    """Reads what is not yet in a file until the time is over; gives how many contexts it has.

    Lines of contexts that are gone or were changed are left out from then on.
    """
    end = time.monotonic() + 60 * minutes
    wanted = {written.name: mark(written) for written in contexts}
    lines = whole_lines(file) if file.exists() else []
    kept = [row for row in map(json.loads, lines) if wanted.get(row["name"]) == row["mark"]]
    known = {row["name"] for row in kept}
    draft = file.with_suffix(".draft")
    draft.write_text("".join(map(_line, kept)), encoding="utf-8")
    draft.replace(file)
    with file.open("a", encoding="utf-8") as stream, browser() as show:
        for written in contexts:
            if written.name in known:
                continue
            if time.monotonic() > end:
                break
            row = {
                "name": written.name,
                "mark": mark(written),
                "pages": read_pages(written, show, reader),
            }
            known.add(written.name)
            stream.write(_line(row))
            stream.flush()
    return len(known)


def _line(row: Mapping[str, object]) -> str:
    return f"{json.dumps(row, ensure_ascii=False)}\n"


def main(arguments: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m leopard_tools.training.written.pictures")
    parser.add_argument("--file", type=Path, default=READINGS, help="where readings are kept")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=1, help="of the reader")
    given = parser.parse_args(arguments)
    # What trains on the readings needs no reader.
    from ...reading.ocr import Reader

    contexts = list(every_written())
    count = extend(given.file, contexts, Reader(given.threads), given.minutes)
    sys.stdout.write(f"{given.file} has {count} of {len(contexts)} contexts\n")


if __name__ == "__main__":
    main(sys.argv[1:])
