"""leopard ask"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from .output import (
    AdapterOption,
    CheckpointOption,
    DeviceOption,
    DtypeOption,
    ImageArgument,
    JsonOption,
    ModelChoice,
    ShowOption,
    VerbatimOption,
    a_question,
    check_picture,
    open_images,
    print_answer,
    read_schema,
    working,
)


class ImagesThenQuestion(TyperCommand):
    """Tells of both where only one is given: it counts as the question, and may be the image."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            if error.param is not None and error.param.name == "images":
                error.message = "Give the images first, and then the question."
            raise


def ask(
    images: Annotated[list[str], ImageArgument],
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", callback=a_question, help="What you want to know.")
    ],
    as_json: Annotated[bool, JsonOption] = False,
    cite: Annotated[
        bool, typer.Option(help="Say where the answer stands, if its words do stand there.")
    ] = False,
    verbatim: Annotated[bool, VerbatimOption] = False,
    show: Annotated[Path | None, ShowOption] = None,
    checkpoint: Annotated[str, CheckpointOption] = "nano",
    adapter: Annotated[Path | None, AdapterOption] = None,
    device: Annotated[str, DeviceOption] = "auto",
    dtype: Annotated[str, DtypeOption] = "auto",
    instruction: Annotated[
        str | None, typer.Option(help="How to answer, instead of the checkpoint's own wording.")
    ] = None,
    max_tokens: Annotated[int, typer.Option(help="At most this many tokens of answer.")] = 128,
    temperature: Annotated[float, typer.Option(help="0 always takes the likeliest token.")] = 0.0,
    seed: Annotated[int | None, typer.Option(help="Makes sampling repeatable.")] = None,
    schema: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Answer with JSON of this JSON schema.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(help="Wait at most so many seconds for the answer.")
    ] = None,
) -> None:
    """Answer a question about images, in one go."""
    check_picture(show)
    wanted = read_schema(schema) if schema is not None else None
    # A file that is not there is said at once, not after the seconds that loading takes.
    with working("Opening…"):
        frames = open_images(images)
    leopard = ModelChoice(checkpoint, adapter, device, dtype).load()
    with working("Reading and answering…"):
        answer = leopard.ask(
            question,
            frames,
            instruction=instruction,
            max_tokens=max_tokens,
            temperature=temperature,
            seed=seed,
            verbatim=verbatim,
            cite=cite or show is not None,
            schema=wanted,
            timeout=timeout,
        )
    print_answer(answer, as_json=as_json, cite=cite, show=show)
