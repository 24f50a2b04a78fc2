"""leopard eval FOLDER, and the group that its companions (eval_saved.py) belong to"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ..errors import LeopardError
from .eval_saved import BenchmarkOption, Protocol, ProtocolOption, compare, merge, report, score
from .eval_tables import print_summaries, remark_on_plan
from .output import (
    AdapterOption,
    CheckpointOption,
    DeviceOption,
    DtypeOption,
    JsonOption,
    ModelChoice,
    VerbatimOption,
    print_json,
    remarks,
    working,
)

if TYPE_CHECKING:
    from ..evaluation.plan import Plan
    from ..evaluation.run import Progress
    from ..evaluation.settings import Settings
    from ..evaluation.summary import Summary
    from ..leopard import Leopard

BASELINE = "without its LoRA"
RUN = "run"


class ShortForm(TyperGroup):
    """`leopard eval FOLDER` stands for `leopard eval run FOLDER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help", "-h"):
            args = [RUN, *args]
        return super().parse_args(ctx, args)


evaluation = typer.Typer(
    cls=ShortForm,
    help="Ask a data set and count what is right (leopard eval FOLDER; its options: "
    "leopard eval run --help), and look at runs.",
    no_args_is_help=True,
)


def evaluate(
    folder: Annotated[
        Path, typer.Argument(help="A folder with questions.jsonl, or an unpacked benchmark.")
    ],
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
    benchmark: Annotated[str, BenchmarkOption] = "",
    protocol: Annotated[Protocol, ProtocolOption] = Protocol.standard,
    shard: Annotated[
        str, typer.Option(metavar="I/N", help="Ask only the I-th of N parts; see merge.")
    ] = "",
    concurrency: Annotated[
        int, typer.Option(min=1, help="How many questions are worked on at once.")
    ] = 1,
    evidence: Annotated[
        bool | None,
        typer.Option(help="Look up where answers stand; the default is yes for nano."),
    ] = None,
    device: Annotated[str, DeviceOption] = "auto",
    dtype: Annotated[str, DtypeOption] = "auto",
) -> None:
    """Ask a data set and count what is right."""
    if baseline and checkpoint != "nano":
        raise LeopardError(
            f"--baseline is nano without its LoRA; {checkpoint!r} has none. Leave one of them out."
        )
    part = _shard(shard)
    if results is not None:
        from ..evaluation.runfile import check_run_file

        # A large model takes minutes to load.
        check_run_file(results)
    choice = _Choice(
        folder, benchmark, protocol, limit, *part, verbatim, evidence, concurrency, device, dtype
    )
    summaries = dict([_run(choice, checkpoint, adapter, results)])
    if baseline:
        from ..evaluation.baseline import write_empty_adapter

        with TemporaryDirectory() as temporary:
            empty = write_empty_adapter(Path(temporary) / "adapter")
            model, summary = _run(choice, checkpoint, empty, results, BASELINE)
            summaries[model] = summary
    if as_json:
        runs = {name: summary.to_dict() for name, summary in summaries.items()}
        print_json({"folder": str(folder), "verbatim": verbatim, "runs": runs})
        return
    print_summaries(summaries)


class _Choice:
    """What the command line asks for, the same for both systems of a comparison."""

    def __init__(
        self,
        folder: Path,
        benchmark: str,
        protocol: Protocol,
        limit: int | None,
        shard: int,
        shards: int,
        verbatim: bool,
        evidence: bool | None,
        concurrency: int,
        device: str,
        dtype: str,
    ) -> None:
        self.folder, self.benchmark, self.protocol = folder, benchmark, protocol
        self.limit, self.shard, self.shards = limit, shard, shards
        self.verbatim, self.evidence, self.concurrency = verbatim, evidence, concurrency
        self.device, self.dtype = device, dtype

    def plan(self, variant: str) -> Plan:
        """Which questions are asked, and how they are scored."""
        from ..evaluation.plan import make_plan

        published = self.protocol is Protocol.published
        return make_plan(
            self.folder,
            benchmark=self.benchmark,
            protocol="published" if published else "standard",
            # nano's prompts are like Leopard-LLaVA's, so it takes that script.
            script="idefics2" if variant == "idefics2" else "llava",
            limit=self.limit,
            shard=self.shard,
            shards=self.shards,
        )

    def settings(
        self, plan: Plan, leopard: Leopard, model: str, checkpoint: str, weights: str
    ) -> Settings:
        """All that the figures depend on."""
        from datetime import UTC, datetime

        from ..evaluation.settings import Settings, versions

        variant = leopard.variant
        evidence = variant == "nano" or plan.benchmark is None
        return Settings(
            dataset=str(self.folder.resolve()),
            benchmark=plan.benchmark.name if plan.benchmark else "",
            protocol=plan.protocol,
            script=plan.script or "",
            checkpoint=checkpoint,
            weights=weights,
            model=model,
            variant=variant,
            device=self.device,
            dtype=self.dtype,
            verbatim=self.verbatim,
            evidence=evidence if self.evidence is None else self.evidence,
            limit=self.limit,
            shard=self.shard,
            shards=self.shards,
            selected=plan.selected,
            fingerprint=plan.fingerprint,
            concurrency=self.concurrency,
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=versions(),
        )


def _run(
    choice: _Choice,
    checkpoint: str,
    adapter: Path | None,
    results: Path | None,
    name: str | None = None,
) -> tuple[str, Summary]:
    """The model's name, and the figures of its replies."""
    from ..evaluation.asking import Manner
    from ..evaluation.run import ask_all
    from ..evaluation.settings import system_name

    # What is wrong with the data set is said before a model is loaded, where it can be.
    plan = choice.plan("nano") if checkpoint == "nano" else None
    leopard = ModelChoice(checkpoint, adapter, choice.device, choice.dtype).load()
    with working("Looking at the weights…"):
        weights = name or _weights(checkpoint, adapter)
    with leopard, _progress() as progress:
        plan = plan or choice.plan(leopard.variant)
        # Without its LoRA it has one in a temporary folder, which is nobody's name for it.
        model = f"{checkpoint} {name}" if name else leopard.model
        settings = choice.settings(plan, leopard, model, checkpoint, weights)
        replies = ask_all(
            leopard,
            plan.questions,
            manner=Manner(plan.script, settings.variant, choice.verbatim, settings.evidence),
            results=results,
            system=system_name(settings),
            settings=settings,
            concurrency=choice.concurrency,
            progress=progress,
        )
    summary = plan.summarise(replies)
    remark_on_plan(plan, summary)
    return model, summary


def _weights(checkpoint: str, adapter: Path | None) -> str:
    """A hash of the weights that answer."""
    from ..evaluation.settings import adapter_version, checkpoint_version, weights_version
    from ..variants.registry import find_folder

    if checkpoint == "nano":
        # Its base model's file is checked by size and SHA-256 when it is set up.
        embedded = Path(__file__).parent.parent / "nano"
        return adapter_version(adapter) if adapter else weights_version(embedded)
    version = checkpoint_version(find_folder(checkpoint))
    return f"{version}, adapter {adapter_version(adapter)}" if adapter else version


def _shard(text: str) -> tuple[int, int]:
    """I/N as numbers; (0, 1) for the whole. Raises typer.BadParameter."""
    if not text:
        return 0, 1
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise typer.BadParameter(f"--shard is I/N with I from 1 to N, not {text!r}.")
    return int(found[1]), int(found[2])


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar with an estimate on a terminal's stderr, nothing elsewhere."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    if not remarks.is_terminal:
        yield None
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left:"))
    with Bar(TextColumn("Asking"), *columns, TimeRemainingColumn(), console=remarks) as bar:
        task = bar.add_task("Asking", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


evaluation.command(RUN)(evaluate)
evaluation.command()(compare)
evaluation.command()(merge)
evaluation.command()(report)
evaluation.command()(score)
