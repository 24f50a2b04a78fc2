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
    working,
)


def web(
    url: Annotated[str, typer.Argument(metavar="URL", help="An http or https address.")],
    question: Annotated[str | None, QuestionArgument] = None,
    full: Annotated[bool, typer.Option("--full", help="The whole page, in segments.")] = False,
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

    with working("Opening the page…"):
        frames = snapshot(url, full_page=full, allow_private=allow_private)
    model = ModelChoice(checkpoint, adapter, device, dtype)
    report(frames, Wishes("page", question, as_json, cite, verbatim, show, save, model))
