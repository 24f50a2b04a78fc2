"""leopard web"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
    remark,
    working,
)


def web(
    url: Annotated[str, typer.Argument(metavar="URL", help="An http or https address.")],
    question: Annotated[str | None, QuestionArgument] = None,
    full: Annotated[bool, typer.Option("--full", help="The whole page, in segments.")] = False,
    start: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="PIXELS",
            help="The page from here on, a part of one of any height; says where the next begins.",
        ),
    ] = None,
    allow_private: Annotated[
        bool,
        typer.Option(
            "--allow-private", help="Let the page reach this machine and the network around it."
        ),
    ] = False,
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
    """Print the text of a web page as a browser shows it, or answer a question about it."""
    from ..capture.web import snapshot
    from ..toolbox.toolbox import page_after

    model = ModelChoice(checkpoint, adapter, device, dtype)
    wishes = Wishes("page", question, as_json, cite, verbatim, show, save, model)
    whole = full or start is not None
    with working("Opening the page…"):
        frames = snapshot(url, full_page=whole, allow_private=allow_private, start=start)
    report(frames, wishes)
    after = None if start is None else page_after(frames, start)
    if after is not None:
        remark(f"The page goes on: --start {after} shows more of it.")
