"""leopard slides"""

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


def slides(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A PPTX, PPT, ODP, KEY or PDF file.")],
    question: Annotated[str | None, QuestionArgument] = None,
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
    """Print the text of a deck's slides, hidden ones too, or answer a question about them."""
    from ..capture.slides import pages

    model = ModelChoice(checkpoint, adapter, device, dtype)
    wishes = Wishes("slide", question, as_json, cite, verbatim, show, save, model)
    with working("Drawing the slides…"):
        frames = pages(file)
    report(frames, wishes)
