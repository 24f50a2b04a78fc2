"""leopard screen"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..types import Box
from .captured import CiteOption, QuestionArgument, SaveOption, Wishes, report
from .output import (
    AdapterOption,
    CheckpointOption,
    DeviceOption,
    DtypeOption,
    JsonOption,
    ModelChoice,
    ShowOption,
    VerbatimOption,
    working,
)


def screen(
    question: Annotated[str | None, QuestionArgument] = None,
    monitor: Annotated[int | None, typer.Option(help="This monitor, counted from 1.")] = None,
    window: Annotated[
        str | None, typer.Option(metavar="TITLE", help="The window with this in its title.")
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(metavar="X,Y,W,H", help="Only this part of the monitor, window or desktop."),
    ] = None,
    deny: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Black out windows with this title or application."),
    ] = None,
    cursor: Annotated[bool, typer.Option(help="Draw the mouse pointer too.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
    cite: Annotated[bool, CiteOption] = False,
    verbatim: Annotated[bool, VerbatimOption] = False,
    show: Annotated[Path | None, ShowOption] = None,
    save: Annotated[Path | None, SaveOption] = None,
    checkpoint: Annotated[str, CheckpointOption] = "nano",
    adapter: Annotated[Path | None, AdapterOption] = None,
    device: Annotated[str, DeviceOption] = "auto",
    dtype: Annotated[str, DtypeOption] = "auto",
) -> None:
    """Print the text on the screen, or answer a question about it."""
    from ..capture.screen import grab

    if monitor is not None and window is not None:
        raise typer.BadParameter("give --monitor or --window, not both", param_hint="--window")
    part = None if region is None else _box(region)
    model = ModelChoice(checkpoint, adapter, device, dtype)
    wishes = Wishes("screen", question, as_json, cite, verbatim, show, save, model)
    with working("Capturing…"):
        frame = grab(monitor=monitor, window=window, region=part, cursor=cursor, deny=deny or ())
    report([frame], wishes)


def _box(text: str) -> Box:
    try:
        left, top, width, height = (int(part) for part in text.split(","))
    except ValueError:
        width = height = 0
    if width < 1 or height < 1:
        raise typer.BadParameter(
            f"{text!r} is not X,Y,W,H: four numbers of pixels", param_hint="--region"
        )
    return Box(left, top, width, height)
