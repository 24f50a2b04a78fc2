"""What `leopard eval` and its companions print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..images.naming import steadied
from .output import remark, remarks

if TYPE_CHECKING:
    from rich.console import Console

    from ..evaluation.compare import Comparison, Flip
    from ..evaluation.plan import Plan
    from ..evaluation.statistics import Figure
    from ..evaluation.summary import Figures, Summary

TITLES = {
    "exact": "exact match, answerable",
    "exact_in_text": "the same, where the answer stands in the text",
    "open": "containment (as published)",
    "absent_precision": "'not in the images', precision",
    "absent_recall": "'not in the images', recall",
    "cited_page": "cited page right",
    "cited_box": "cited box over the answer",
    "calibration_error": "calibration error of probability",
    "seconds": "seconds a question",
    "read_seconds": "seconds of reading a question",
    "prompt_tokens": "prompt tokens a question",
    "completion_tokens": "answer tokens a question",
}
HEADS = {
    "cited_page": "page",
    "cited_box": "box",
    "calibration_error": "calib. error",
    "seconds": "s",
    "prompt_tokens": "tokens",
}
UNSAID = ("read_seconds", "completion_tokens")
NARROW = ("exact", "exact_in_text", "open", "absent_precision", "absent_recall", *UNSAID)
"""Left out where each kind has a row."""
WHOLE = ("seconds", "read_seconds", "prompt_tokens", "completion_tokens")
FLIPS = 10


def print_summaries(summaries: Mapping[str, Summary]) -> None:
    """A table of the whole runs side by side, then one of each run's kinds."""
    from rich.table import Table

    # Names and kinds come from files, which others may have written.
    summaries = {steadied(name): summary for name, summary in summaries.items()}
    first = next(iter(summaries.values()))
    totals = Table("", *summaries, title="All questions, with 95 % intervals")
    for name in first.names:
        cells = (_with_interval(s.total.found.get(name), name) for s in summaries.values())
        totals.add_row(_title(name, first), *cells)
    console = _console()
    console.print(totals)
    for model, summary in summaries.items():
        columns = [
            name for name in summary.names if name not in (NARROW if _own(summary) else UNSAID)
        ]
        heads = [HEADS.get(name, name) for name in columns]
        table = Table("kind", "questions", *heads, title=model)
        for kind, figures in summary.kinds.items():
            table.add_row(*_row(kind, figures, columns))
        table.add_section()
        table.add_row(*_row("all", summary.total, columns))
        console.print(table)


def remark_on_plan(plan: Plan, summary: Summary) -> None:
    """What was not counted, what could not be opened, and what the paper prints."""
    for reason, count in plan.left_out.items():
        remark(f"{count:,} records {reason} are left out, as by the published script.")
    if plan.benchmark and plan.script and (printed := plan.benchmark.paper.get(plan.script)):
        remark(f"The paper prints {printed:.2f} for Leopard's {plan.script} variant.")
    if summary.broken:
        shown = ", ".join(summary.broken[:FLIPS])
        more = f" and {len(summary.broken) - FLIPS} more" if len(summary.broken) > FLIPS else ""
        remark(f"{len(summary.broken)} pictures are missing or cannot be opened: {shown}{more}.")
    if summary.failed:
        remark(f"{summary.failed} questions have no answer and count as wrong.")


def print_comparison(found: Comparison, before: str, after: str) -> None:
    """Both figures, their difference by kind, and the questions that flipped."""
    from rich.table import Table

    console = _console()
    before, after = steadied(before), steadied(after)
    for line in found.settings:
        remark(f"different: {line}")
    if found.only_before or found.only_after:
        remark(
            f"Compared are the {found.shared} questions of both; {found.only_before} are only in "
            f"the first run, {found.only_after} only in the second."
        )
    table = Table("", before, after, "difference", title=f"{found.shared} questions")
    main = found.main[1] if found.main[0] == found.main[1] else " / ".join(found.main)
    figures = (found.before, found.after)
    table.add_row(main, *(_with_interval(f, main) for f in figures), _signed(found.difference))
    for kind, figure in found.kinds.items():
        table.add_row(f"  {steadied(kind)} ({figure.count})", "", "", _signed(figure))
    console.print(table)
    for title, flips in (("better", found.better), ("worse", found.worse)):
        console.print(f"{len(flips)} {title}")
        for flip in flips[:FLIPS]:
            _print_flip(console, flip)
        if len(flips) > FLIPS:
            console.print(f"  … and {len(flips) - FLIPS} more (--json has all)")


def _print_flip(console: Console, flip: Flip) -> None:
    wanted = " / ".join(flip.question.answers[:3]) or "no answer"
    question = " ".join(flip.question.question.split())
    texts = f"{flip.before.text!r} -> {flip.after.text!r}"
    for line in (f"  {flip.question.id}: {question}", f"    {texts} (accepted: {wanted})"):
        console.print(steadied(line), soft_wrap=True)


def _own(summary: Summary) -> bool:
    """Whether these are the figures of the project's own layout."""
    return "absent_recall" in summary.names


def _title(name: str, summary: Summary) -> str:
    if name == "exact" and not _own(summary):
        return "exact match"
    return TITLES.get(name, name)


def _console() -> Console:
    from rich.console import Console

    # Where nothing says how wide the terminal is, a table must not be torn apart.
    width = None if remarks.is_terminal else 120
    return Console(highlight=False, markup=False, emoji=False, width=width)


def _row(kind: str, figures: Figures, columns: list[str]) -> list[str]:
    return [
        steadied(kind),
        str(figures.questions),
        *(_cell(figures[name], name) for name in columns),
    ]


def _with_interval(figure: Figure | None, name: str) -> str:
    if figure is None:
        return "–"
    value = _cell(figure.value, name)
    return f"{value}  [{_cell(figure.low, name)}, {_cell(figure.high, name)}]"


def _signed(figure: Figure) -> str:
    return f"{figure.value:+.1%}  [{figure.low:+.1%}, {figure.high:+.1%}]"


def _cell(value: float | None, name: str) -> str:
    if value is None:
        return "–"
    if name in WHOLE:
        return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"
    return f"{value:.2f}" if "error" in name else f"{value:.1%}"
