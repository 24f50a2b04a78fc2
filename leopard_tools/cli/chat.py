"""leopard chat"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import LeopardError
from ..types import Message
from .output import (
    STANDARD_INPUT,
    AdapterOption,
    CheckpointOption,
    DeviceOption,
    DtypeOption,
    ImageArgument,
    ModelChoice,
    open_images,
    print_text,
    remark,
    remarks,
    working,
)


def chat(
    images: Annotated[list[str], ImageArgument],
    checkpoint: Annotated[str, CheckpointOption] = "nano",
    adapter: Annotated[Path | None, AdapterOption] = None,
    device: Annotated[str, DeviceOption] = "auto",
    dtype: Annotated[str, DtypeOption] = "auto",
    max_tokens: Annotated[int, typer.Option(help="At most this many tokens of answer.")] = 128,
) -> None:
    """Ask about images again and again, one question a line; an empty line or Ctrl-D ends."""
    if STANDARD_INPUT in images:
        raise typer.BadParameter(
            "- is standard input, where the questions come from. Save the image to a file and "
            "name that"
        )
    # A letter in another encoding costs that letter, not the conversation.
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    with working("Opening…"):
        frames = open_images(images)
    with ModelChoice(checkpoint, adapter, device, dtype).load() as leopard:
        images_told = f"{len(frames)} image{'' if len(frames) == 1 else 's'}"
        remark(f"{leopard.model}, {images_told}. Ask; an empty line ends.")
        history: list[Message] = []
        while question := _next_question():
            history.append(Message("user", [question] if history else [*frames, question]))
            try:
                stream = leopard.stream_chat(history, max_tokens=max_tokens)
                for piece in stream:
                    print_text(piece, end="")
                    sys.stdout.flush()
                print_text()
                history.append(Message("assistant", [stream.answer.text]))
            except LeopardError as error:
                # The conversation goes on without the question that failed.
                history.pop()
                remark(str(error))


def _next_question() -> str:
    if remarks.is_terminal and sys.stdin.isatty():
        remarks.print("> ", end="")
    return sys.stdin.readline().strip()
