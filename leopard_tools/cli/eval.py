"""leopard eval"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import LeopardError
from .output import (
    AdapterOption,
    CheckpointOption,
    JsonOption,
    VerbatimOption,
    print_json,
    remarks,
    working,
)

if TYPE_CHECKING:
    from ..evaluation.dataset import Question
    from ..evaluation.run import Progress
    from ..evaluation.summary import Summary

BASELINE = "without its LoRA"
COLUMNS = {
    "right": "right",
    "anls": "anls",
    "cited_page": "page",
    "cited_box": "box",
    "calibration_error": "calib. error",
    "seconds": "s",
    "prompt_tokens": "tokens",
}
TOTALS = {
    "exact": "exact match, answerable",
    "exact_in_text": "the same, where the answer stands in the text",
    "anls": "anls",
    "open": "containment (as published)",
    "absent_precision": "'not in the images', precision",
    "absent_recall": "'not in the images', recall",
    "cited_page": "cited page right",
    "cited_box": "cited box over the answer",
    "calibration_error": "calibration error of confidence",
    "seconds": "seconds a question",
    "read_seconds": "seconds of reading a question",
    "prompt_tokens": "prompt tokens a question",
    "completion_tokens": "answer tokens a question",
}
WHOLE = ("seconds", "read_seconds", "prompt_tokens", "completion_tokens")


def evaluate(
    folder: Annotated[Path, typer.Argument(help="A folder with questions.jsonl and its pictures.")],
    as_json: Annotated[bool, JsonOption] = False,
    verbatim: Annotated[bool, VerbatimOption] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Ask only the first so many questions.")
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(help="Keep the answers in this file; a second run continues it."),
    ] = None,
    checkpoint: Annotated[str, CheckpointOption] = "nano",
    adapter: Annotated[Path | None, AdapterOption] = None,
    baseline: Annotated[
        bool, typer.Option(help="Also ask nano without its LoRA, and print it beside.")
    ] = False,
) -> None:
    """Ask a folder of questions and count what is right."""
    from ..evaluation.dataset import read_questions

    if baseline and checkpoint != "nano":
        raise LeopardError(
            f"--baseline is nano without its LoRA; {checkpoint!r} has none. Leave one of them out."
        )
    questions = read_questions(folder)[:limit]
    summaries = dict([_run(checkpoint, adapter, questions, verbatim, results)])
    if baseline:
        from ..evaluation.baseline import write_empty_adapter

        with TemporaryDirectory() as temporary:
            empty = write_empty_adapter(Path(temporary) / "adapter")
            _, summary = _run(checkpoint, empty, questions, verbatim, results, BASELINE)
            summaries[f"nano {BASELINE}"] = summary
    if as_json:
        runs = {name: summary.to_dict() for name, summary in summaries.items()}
        print_json({"folder": str(folder), "verbatim": verbatim, "runs": runs})
        return
    _print(summaries)


def _run(
    checkpoint: str,
    adapter: Path | None,
    questions: list[Question],
    verbatim: bool,
    results: Path | None,
    name: str | None = None,
) -> tuple[str, Summary]:
    """The model's name, and the figures of its replies."""
    from ..evaluation.run import ask_all, weights_version
    from ..evaluation.summary import summarise
    from ..leopard import Leopard

    packaged = Path(__file__).parent.parent / "nano" if checkpoint == "nano" else None
    weights = adapter or packaged
    version = name or (weights_version(weights) if weights else "as published")
    with working(f"Loading {checkpoint}…"):
        leopard = Leopard.load(checkpoint, adapter=adapter)
    with leopard, _progress() as progress:
        replies = ask_all(
            leopard,
            questions,
            verbatim=verbatim,
            results=results,
            system=f"{checkpoint}, {version}",
            progress=progress,
        )
    return leopard.model, summarise(questions, replies)


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar on a terminal's stderr, nothing elsewhere."""
    from rich.progress import Progress as Bar

    if not remarks.is_terminal:
        yield None
        return
    with Bar(console=remarks) as bar:
        task = bar.add_task("Asking", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print(summaries: dict[str, Summary]) -> None:
    from rich.console import Console
    from rich.table import Table

    # Where nothing says how wide the terminal is, a table must not be torn apart.
    console = Console(highlight=False, width=None if remarks.is_terminal else 120)
    totals = Table("", *summaries, title="All questions")
    for name, title in TOTALS.items():
        totals.add_row(title, *(_cell(s.total, name) for s in summaries.values()))
    console.print(totals)
    for model, summary in summaries.items():
        table = Table("kind", "questions", *COLUMNS.values(), title=model)
        for kind, figures in {**summary.kinds, "all": summary.total}.items():
            cells = (_cell(figures, name) for name in COLUMNS)
            table.add_row(kind, str(figures.questions), *cells, end_section=kind == "absent")
        console.print(table)


def _cell(figures: object, name: str) -> str:
    value = getattr(figures, name)
    if value is None:
        return "–"
    if name in WHOLE:
        return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"
    return f"{value:.2f}" if "error" in name else f"{value:.1%}"
