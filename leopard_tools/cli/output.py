"""What the commands share: where things are printed, pictures written, and which model answers."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

from ..errors import ImageInvalid, ImageTooLarge, LeopardError
from ..images.naming import STEERING, shown, steadied
from ..types import Answer, Frame, Line

if TYPE_CHECKING:
    from PIL.Image import Image as PILImage

    from ..leopard import Leopard

# Names and quotations are printed as they are: "[final]" is no style, nor ":x:" a sign.
remarks = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)


STANDARD_INPUT = "-"
"""Given as an image: the one that another program writes to ours."""
_LARGEST_INPUT = 256 * 2**20


@contextmanager
def working(what: str) -> Iterator[None]:
    """Says on a terminal what takes time; silent elsewhere."""
    if not remarks.is_terminal:
        yield
        return
    with remarks.status(Text(what)):
        yield


def remark(text: str) -> None:
    """A line for the person at the terminal, never part of the result."""
    remarks.print(steadied(text))


def print_text(text: str = "", *, end: str = "\n") -> None:
    """A result. What would steer a terminal is U+FFFD in a file, too, which may be shown later."""
    typer.echo(steadied(text) + end, nl=False)


def print_json(content: object) -> None:
    """A result as JSON. Nothing is lost: what would steer a terminal has escapes there."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        # A file's name need not be text, nor an output take all letters; JSON has escapes for both.
        text = json.dumps(content, indent=2)
    typer.echo(_escaped(text))


def _escaped(text: str) -> str:
    return re.sub(f"[{STEERING}]", lambda found: f"\\u{ord(found[0]):04x}", text)


def open_images(images: Sequence[str]) -> list[Frame]:
    """The frames of all images, in their order; "-" is the one on standard input.

    Raises typer.BadParameter where there is none to be read, and what `load_frames` raises.
    """
    if images.count(STANDARD_INPUT) > 1:
        raise typer.BadParameter("standard input (-) holds one image, and is given again")
    return [frame for image in images for frame in _open_image(image)]


def _open_image(image: str) -> list[Frame]:
    from ..images.sources import load_frames, load_stream

    if image != STANDARD_INPUT:
        return load_frames(image)
    if sys.stdin.isatty():
        raise typer.BadParameter(
            "- takes the image from standard input, which is a terminal here. Lead one to it "
            "(grim - | leopard read -), or name a file"
        )
    return load_stream(BytesIO(_input_bytes()), "standard input")


def _input_bytes() -> bytes:
    """All that comes on standard input. Raises ImageInvalid, and ImageTooLarge over a bound."""
    try:
        content = sys.stdin.buffer.read(_LARGEST_INPUT + 1)
    except OSError as error:
        raise ImageInvalid(
            f"standard input: cannot be read ({error.strerror}). Lead a file to it, or name one."
        ) from None
    if len(content) > _LARGEST_INPUT:
        raise ImageTooLarge(
            f"standard input: over {_LARGEST_INPUT >> 20} MiB, which is the most that is taken "
            "there. Save it to a file and name that."
        )
    return content


def not_empty(text: str | None) -> str | None:
    """Refuses a question, or words to look for, without any."""
    if text is not None and not text.strip():
        raise typer.BadParameter("it is empty")
    return text


def a_question(text: str | None) -> str | None:
    """Refuses also an image: of `ask *.png`, the last would be lost, and taken for the question."""
    from ..images.sources import is_url

    if text is not None:
        address = is_url(text) and len(text.split()) == 1
        if text == STANDARD_INPUT:
            raise typer.BadParameter("- is the image on standard input. The question comes last.")
        # Not Path.is_file, which raises OSError for a question longer than names may be.
        if address or os.path.isfile(text):  # noqa: PTH113
            kind = "an address" if address else "a file"
            raise typer.BadParameter(f"{shown(text)} is {kind}. The question comes last.")
    return not_empty(text)


def read_schema(file: Path) -> dict[str, object]:
    """A JSON schema from a file. Raises LeopardError."""
    try:
        # Of bytes json tells UTF-8 and UTF-16, with a mark at the beginning or without one.
        found = json.loads(file.read_bytes())
    # RecursionError: what is nested too deeply.
    except (OSError, ValueError, RecursionError) as error:
        raise LeopardError(f"The schema {file} cannot be read as JSON: {error}") from None
    if not isinstance(found, dict):
        raise LeopardError(f"The schema {file} holds a {type(found).__name__}, not a JSON object.")
    return found


def check_picture(file: Path | None) -> None:
    """Refuses a file that save_picture cannot write, before anything is computed for it."""
    if file is None:
        return
    from PIL import Image

    try:
        # Many formats can be read only, or hold no colours.
        form = Image.registered_extensions()[file.suffix.lower()]
        Image.new("RGB", (1, 1)).save(BytesIO(), form)
    except (OSError, ValueError, KeyError):
        raise LeopardError(
            f"The picture cannot be written to {file}: its name says no format that holds one. "
            "End it with .png."
        ) from None
    if not file.parent.is_dir():
        raise LeopardError(
            f"The picture cannot be written to {file}: there is no folder {file.parent}. Make it."
        )
    if file.is_dir():
        raise LeopardError(
            f"The picture cannot be written to {file}: it is a folder. Name a file in it."
        )
    if not _may_write(file if file.exists() else file.parent):
        raise LeopardError(
            f"The picture cannot be written to {file}: this user may not. Name another place."
        )


def check_folder(folder: Path | None) -> None:
    """Refuses a folder that cannot be made or written to; it is not made yet."""
    if folder is None:
        return
    around = next(place for place in (folder, *folder.absolute().parents) if os.path.lexists(place))
    if not around.is_dir():
        raise LeopardError(
            f"Pictures cannot be saved to {folder}: {around} is no folder. Name another one."
        )
    if not _may_write(around):
        raise LeopardError(
            f"Pictures cannot be saved to {folder}: this user may not write to {around}. Name "
            "another folder."
        )


def _may_write(place: Path) -> bool:
    return os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def save_picture(picture: PILImage, file: Path) -> None:
    """Writes a picture in the format that the file's name says. Raises LeopardError."""
    from PIL import Image

    is_new = not os.path.lexists(file)
    try:
        content = BytesIO()
        picture.save(content, Image.registered_extensions()[file.suffix.lower()])
        # Nothing is written before there is all of it, and where the disk is full nothing is left.
        try:
            file.write_bytes(content.getbuffer())
        except OSError:
            if is_new:
                file.unlink(missing_ok=True)
            raise
    # Pillow answers an unknown ending with ValueError, and a format that needs more with KeyError.
    except (OSError, ValueError, KeyError) as error:
        raise LeopardError(f"The picture cannot be written to {file}: {error}") from None


def print_answer(answer: Answer, *, as_json: bool, cite: bool, show: Path | None) -> None:
    """Prints an answer, says where it stands, and shows that in a picture, as far as wanted."""
    if as_json:
        print_json(answer.to_dict())
    else:
        # An answer to a schema is JSON itself.
        print_text(answer.text if answer.parsed is None else _escaped(answer.text))
        for citation in answer.citations if cite else ():
            frame, box = answer.images[citation.image], citation.box
            remark(
                f"{frame.label}: “{citation.text}” at {box.left},{box.top} {box.width}x{box.height}"
            )
    # After the answer, which must not be lost where the picture fails.
    if show is None:
        return
    if answer.citations:
        save_picture(answer.show(0), show)
    else:
        remark(f"No picture written to {show}: the answer's words stand in none of the images.")


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which model answers and where, as the options say."""

    checkpoint: str
    adapter: Path | None
    device: str
    dtype: str

    def load(self) -> Leopard:
        """Loads it. Raises what Leopard.load does."""
        from ..leopard import Leopard

        with working(f"Loading {self.checkpoint}…"):
            return Leopard.load(
                self.checkpoint, adapter=self.adapter, device=self.device, dtype=self.dtype
            )


def line_of(line: Line) -> dict[str, object]:
    return {"text": line.text, "box": line.box.to_list(), "confidence": round(line.confidence, 4)}


def show_version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        typer.echo(f"leopard-tools {__version__}")
        raise typer.Exit


ImageArgument = typer.Argument(
    metavar="IMAGE",
    help="A picture, PDF, deck (PPTX, ODP) or multi-page TIFF: a path, a URL, or - for stdin.",
)
JsonOption = typer.Option("--json", help="Print one JSON object.")
ShowOption = typer.Option(
    metavar="OUT.png", help="Write the picture with the place outlined to this file."
)
VerbatimOption = typer.Option(help="Answer only with words that stand in the images.")
CheckpointOption = typer.Option(help="'nano', a checkpoint folder or a hub id.")
AdapterOption = typer.Option(help="A LoRA folder in the PEFT layout.")
DeviceOption = typer.Option(help="auto, cpu, cuda or mps.")
DtypeOption = typer.Option(help="auto, float32, bfloat16, float16 or int8.")
