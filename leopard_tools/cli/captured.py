"""What `leopard screen`, `slides` and `web` do with what they captured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..errors import LeopardError
from ..types import Frame, Reading
from .output import (
    ModelChoice,
    a_question,
    check_folder,
    check_picture,
    line_of,
    print_answer,
    print_json,
    print_text,
    remark,
    save_picture,
    working,
)

if TYPE_CHECKING:
    from PIL.Image import Image as PILImage


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to print and write, as the options say; `name` begins the names of saved pictures.

    Raises LeopardError where a picture could not be written, so make it before the capture.
    """

    name: str
    question: str | None
    as_json: bool
    cite: bool
    verbatim: bool
    show: Path | None
    save: Path | None
    model: ModelChoice

    def __post_init__(self) -> None:
        check_picture(self.show)
        check_folder(self.save)


def report(frames: Sequence[Frame], wishes: Wishes) -> None:
    """Saves the pictures if wanted, and prints the answer to the question or the text read."""
    if wishes.save is not None:
        _save(frames, wishes.save, wishes.name)
    if wishes.question is None:
        _print_text(frames, wishes)
    else:
        _print_answer(frames, wishes.question, wishes)


def _save(frames: Sequence[Frame], folder: Path, name: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LeopardError(f"The folder {folder} cannot be made: {error.strerror}") from None
    for frame in frames:
        number = "" if frame.page is None else f"-{frame.page:0{len(str(len(frames)))}}"
        file = folder / f"{name}{number}.png"
        save_picture(frame.image, file)
        remark(str(file))


def _print_text(frames: Sequence[Frame], wishes: Wishes) -> None:
    from ..reading.ocr import Reader

    reader = Reader()
    with working("Reading…"):
        readings = [reader.read(frame.image) for frame in frames]
    if wishes.show is not None:
        _show_lines(frames, readings, wishes.show)
    told = _shared_out(frames, readings)
    if wishes.as_json:
        print_json({"images": list(map(_image_of, frames, told))})
        return
    print_text("\n\n".join(map(_text, frames, told)))


def _shared_out(frames: Sequence[Frame], readings: Sequence[Reading]) -> Sequence[Reading]:
    """The text of every picture; what two segments of a web page share is told once."""
    from ..toolbox.excerpts import within
    from ..toolbox.toolbox import page_shares

    # Only segments of a web page lie below one another.
    apart = len({frame.origin[1] for frame in frames}) == len(frames)
    strips = page_shares(frames) if apart else ()
    return list(map(within, readings, frames, strips)) if strips else readings


def _text(frame: Frame, reading: Reading) -> str:
    """The text of a picture, below what a slide says besides: that it is hidden, and its notes."""
    from ..toolbox.labels import described

    if not (frame.hidden or frame.notes):
        return reading.text
    return f"page {frame.page} {described(frame)}\n{reading.text}"


def _show_lines(frames: Sequence[Frame], readings: Sequence[Reading], file: Path) -> None:
    from ..images.outline import outline

    marked: list[PILImage] = [
        outline(frame.image, [line.box for line in reading.lines])
        for frame, reading in zip(frames, readings, strict=True)
    ]
    if len(marked) > 1:
        remark(f"{file} shows the first of {len(marked)} pictures; --save writes all of them.")
    save_picture(marked[0], file)


def _image_of(frame: Frame, reading: Reading) -> dict[str, object]:
    return {
        "source": frame.source,
        "page": frame.page,
        "title": frame.title,
        "monitor": frame.monitor,
        "window": frame.window,
        "size": list(frame.size),
        "origin": list(frame.origin),
        "scale": frame.scale,
        "hidden": frame.hidden,
        "notes": frame.notes,
        "masked": [box.to_list() for box in frame.masked],
        "text": reading.text,
        "lines": [line_of(line) for line in reading.lines],
    }


def _print_answer(frames: Sequence[Frame], question: str, wishes: Wishes) -> None:
    with wishes.model.load() as leopard, working("Reading and answering…"):
        answer = leopard.ask(
            question,
            list(frames),
            verbatim=wishes.verbatim,
            cite=wishes.cite or wishes.show is not None,
        )
    print_answer(answer, as_json=wishes.as_json, cite=wishes.cite, show=wishes.show)


QuestionArgument = typer.Argument(
    metavar="QUESTION",
    callback=a_question,
    help="What you want to know; without it the text is printed.",
)
CiteOption = typer.Option(help="Say where the answer stands, if its words do stand there.")
SaveOption = typer.Option(metavar="DIR", help="Write the captured pictures to this folder.")

__all__ = ["CiteOption", "QuestionArgument", "SaveOption", "Wishes", "report"]
