"""leopard eval compare, merge, report, score: runs that were kept, and replies made elsewhere"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .eval_tables import print_comparison, print_summaries, remark_on_plan
from .output import JsonOption, print_json, remark, working


class Protocol(StrEnum):
    published = "published"
    standard = "standard"


class Script(StrEnum):
    idefics2 = "idefics2"
    llava = "llava"


DatasetOption = typer.Option(help="Where the questions are, if not where they were.")
BenchmarkOption = typer.Option(help="Which benchmark it is; else its files say so.")
ProtocolOption = typer.Option(
    help="As the published code has it, or every record by its own metric."
)


def compare(
    before: Annotated[str, typer.Argument(help="A run file; FILE#2 is its second system.")],
    after: Annotated[str, typer.Argument(help="Another one.")],
    dataset: Annotated[Path | None, DatasetOption] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Compare two runs question by question."""
    from ..evaluation.compare import compare as compared
    from ..evaluation.saved import load_saved

    runs = load_saved(before, dataset), load_saved(after, dataset)
    found = compared(*runs)
    if as_json:
        print_json(found.to_dict())
        return
    print_comparison(found, before, after)


def merge(
    out: Annotated[Path, typer.Argument(help="The run file to write.")],
    shards: Annotated[list[Path], typer.Argument(help="The run files of all shards.")],
    dataset: Annotated[Path | None, DatasetOption] = None,
) -> None:
    """Put the shards of one run together; shards with different settings are refused."""
    from ..evaluation.saved import load_saved
    from ..evaluation.saved import merge as merged

    merged(shards, out)
    run = load_saved(str(out), dataset)
    summary = run.summarise()
    remark_on_plan(run.plan, summary)
    print_summaries({run.name: summary})


def report(
    runs: Annotated[
        list[str],
        typer.Argument(help="A run file, or those of several benchmarks.", metavar="RUN…"),
    ],
    out: Annotated[Path, typer.Argument(help="The HTML file to write.", metavar="OUT.html")],
    dataset: Annotated[Path | None, DatasetOption] = None,
    megabytes: Annotated[
        int, typer.Option(min=0, help="How large the pictures may get together.")
    ] = 60,
) -> None:
    """Write runs as one HTML page with their pictures, which needs no network."""
    # Where it is forgotten, the last run stands in its place and would be overwritten.
    if out.suffix.lower() not in (".html", ".htm"):
        raise typer.BadParameter(
            f"The page to write comes last and ends in .html, not {str(out)!r}."
        )
    from ..evaluation.report import write_report
    from ..evaluation.saved import load_saved

    with working("Writing the report…"):
        kept = [load_saved(run, dataset) for run in runs]
        left_out = write_report(kept, out, picture_bytes=megabytes * 10**6)
    if left_out:
        remark(
            f"The pictures of {left_out} questions did not fit in {megabytes} MB and are left "
            "out; --megabytes allows more."
        )


def score(
    folder: Annotated[Path, typer.Argument(help="A folder with questions, or a benchmark.")],
    replies: Annotated[
        Path, typer.Argument(metavar="REPLIES.jsonl", help="A line each with id and text.")
    ],
    benchmark: Annotated[str, BenchmarkOption] = "",
    protocol: Annotated[Protocol, ProtocolOption] = Protocol.standard,
    script: Annotated[
        Script, typer.Option(help="Whose published script, with --protocol published.")
    ] = Script.llava,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Score replies that were made elsewhere; no model is loaded."""
    from ..evaluation.plan import make_plan
    from ..evaluation.saved import read_replies

    plan = make_plan(folder, benchmark=benchmark, protocol=protocol.value, script=script.value)
    summary = plan.summarise(read_replies(replies, plan), texts_alone=True)
    remark_on_plan(plan, summary)
    if as_json:
        print_json(summary.to_dict())
        return
    print_summaries({str(replies): summary})
