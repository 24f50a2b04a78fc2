"""leopard find"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..images.naming import shown
from ..types import Frame, Line
from .output import (
    ImageArgument,
    JsonOption,
    ShowOption,
    check_picture,
    line_of,
    not_empty,
    open_images,
    print_json,
    print_text,
    remark,
    save_picture,
    working,
)


def find(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", callback=not_empty, help="The words to look for.")
    ],
    image: Annotated[str, ImageArgument],
    as_json: Annotated[bool, JsonOption] = False,
    show: Annotated[Path | None, ShowOption] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="The most places; all without it.")
    ] = None,
) -> None:
    """Print where a text stands in an image: left, top, width, height in pixels, best first."""
    from ..images.outline import outline
    from ..reading.locate import find as locate
    from ..reading.ocr import Reader

    check_picture(show)
    reader = Reader()
    with working("Reading…"):
        frames = open_images([image])
        found: list[tuple[Frame, Line]] = [
            (frame, line)
            for frame in frames
            for line in locate(text, reader.read(frame.image), limit=sys.maxsize)
        ]
    found = sorted(found, key=lambda match: -match[1].confidence)[:limit]
    if as_json:
        matches = [{"page": frame.page, **line_of(line)} for frame, line in found]
        print_json({"source": frames[0].source, "matches": matches})
    else:
        _print(found)
    if not found:
        picture = f" No picture written to {show}." if show is not None else ""
        remark(f"{text!r} stands nowhere in {shown(frames[0].source)}.{picture}")
    elif show is not None:
        frame, line = found[0]
        save_picture(outline(frame.image, [line.box]), show)


def _print(found: list[tuple[Frame, Line]]) -> None:
    for frame, line in found:
        page = "" if frame.page is None else f"page {frame.page}\t"
        box = f"{line.box.left},{line.box.top} {line.box.width}x{line.box.height}"
        print_text(f"{page}{box}\t{line.confidence:.2f}\t{line.text}")
