"""leopard read"""

from __future__ import annotations

from typing import Annotated

from ..types import Frame, Reading
from .output import (
    ImageArgument,
    JsonOption,
    line_of,
    open_images,
    print_json,
    print_text,
    working,
)


def read(
    image: Annotated[str, ImageArgument],
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Print the text of an image, in reading order."""
    from ..reading.ocr import Reader

    reader = Reader()
    with working("Reading…"):
        pages = [(frame, reader.read(frame.image)) for frame in open_images([image])]
    if as_json:
        print_json({"images": [_image_of(frame, reading) for frame, reading in pages]})
        return
    print_text("\n\n".join(reading.text for _, reading in pages))


def _image_of(frame: Frame, reading: Reading) -> dict[str, object]:
    return {
        "source": frame.source,
        "page": frame.page,
        "size": list(frame.size),
        "text": reading.text,
        "lines": [line_of(line) for line in reading.lines],
    }
