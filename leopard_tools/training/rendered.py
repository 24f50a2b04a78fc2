"""Contexts whose pages were drawn, and then read as pictures are.

    python -m leopard_tools.training.rendered --file runs/rendered.jsonl --minutes 60

Reading takes seconds a page, so what was read is kept: a line of JSON a context. Started again, it
goes on after the last line. Training takes a part of its contexts from such a file (--rendered).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ..variants.heads import text_with_heads
from .contexts import make_context
from .drawing import draw_page
from .samples import Context, Page, Pen, Question

if TYPE_CHECKING:
    from ..reading.ocr import Reader

SEED = 424_242
LARGEST = 3
"""Images of a context: more would take long to read."""


def make_rendered(number: int, reader: Reader) -> Context | None:
    """Context `number`, drawn and read; None for one of too many images, which are not read."""
    small = make_context(SEED, number)
    if len(small.images) > LARGEST:
        return None
    return make_context(SEED, number, as_read=reads_with(reader))


def reads_with(reader: Reader) -> Callable[[Pen, Page], str]:
    """What gives the text of a page by drawing it and reading the picture."""

    def read(pen: Pen, page: Page) -> str:
        return text_with_heads(reader.read(draw_page(pen, page.rows)))

    return read


def load_rendered(file: Path | None) -> list[Context]:
    """The contexts of a file; none without one."""
    if file is None:
        return []
    rows = map(json.loads, whole_lines(file))
    return [
        Context(tuple(row["images"]), tuple(Question(**q) for q in row["questions"]))
        for row in rows
        if row["questions"]
    ]


def whole_lines(file: Path) -> list[str]:
    """The lines of a file without a last one that was torn: its writer was killed, or is at it."""
    content = file.read_bytes()
    # Not splitlines: U+2028 and its like end no line of JSON.
    return content[: content.rfind(b"\n") + 1].decode("utf-8").split("\n")[:-1]


def extend(file: Path, minutes: float, reader: Reader) -> int:
    """Adds contexts to a file until the time is over; gives how many lines it has."""
    file.parent.mkdir(parents=True, exist_ok=True)
    written = whole_lines(file) if file.exists() else []
    start = json.loads(written[-1])["number"] + 1 if written else 0
    end = time.monotonic() + 60 * minutes
    lines = len(written)
    with file.open("a", encoding="utf-8") as stream:
        # A torn line would run into the next.
        stream.truncate(sum(len(line.encode()) + 1 for line in written))
        for number in count(start):
            if time.monotonic() > end:
                return lines
            context = make_rendered(number, reader)
            if context is None:
                continue
            row = {"number": number, **asdict(context)}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            stream.flush()
            lines += 1
    raise AssertionError("numbers do not end")


def main(arguments: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m leopard_tools.training.rendered")
    parser.add_argument("--file", type=Path, required=True, help="where the contexts are kept")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--threads", type=int, default=1, help="of the reader")
    given = parser.parse_args(arguments)
    # Training takes what was read from here, and needs no reader.
    from ..reading.ocr import Reader

    lines = extend(given.file, given.minutes, Reader(given.threads))
    sys.stdout.write(f"{given.file} has {lines} contexts\n")


if __name__ == "__main__":
    main(sys.argv[1:])
