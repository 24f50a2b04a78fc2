"""The parts of a report that are not answers, as HTML: figures, calibration, settings."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .saved import Saved
from .statistics import BINS, Bin, Figure, calibration_bins, calibration_error
from .summary import CALIBRATION, COSTS, Figures, Summary

_PLOT = (320, 200)
_EDGE = 34
_LISTED = 20


def headline(summary: Summary, run: Saved) -> str:
    """The figure that counts, large, with its interval."""
    figure = summary.total.found.get(summary.main)
    if figure is None:
        return "<p>Nothing was counted.</p>"
    printed = _printed(run)
    paper = "" if printed == "–" else f" · the paper prints {printed} %"
    return (
        f'<p class="headline">{figure.value:.1%}</p>'
        f'<p class="soft">{escape(summary.main)} of {figure.count} questions, '
        f"95 % interval {figure.low:.1%} to {figure.high:.1%}{escape(paper)}</p>"
    )


def totals_table(summary: Summary) -> str:
    """Each figure of all questions, with its interval and what it was counted over."""
    rows = "".join(
        f'<tr><th scope="row">{escape(name.replace("_", " "))}</th>'
        f"<td>{_number(figure.value, name)}</td>"
        f"<td>{_number(figure.low, name)} – {_number(figure.high, name)}</td>"
        f"<td>{figure.count}</td></tr>"
        for name, figure in summary.total.found.items()
    )
    return (
        '<table><thead><tr><th scope="col">figure</th><th scope="col">value</th>'
        '<th scope="col">95 % interval</th><th scope="col">questions</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def benchmarks_table(summaries: Sequence[tuple[Saved, Summary]]) -> str:
    """The figure that counts of each benchmark, and what the paper prints where it does."""
    rows = ""
    for run, summary in summaries:
        figure = summary.total.found.get(summary.main)
        if figure is None:
            continue
        rows += (
            f'<tr><th scope="row">{escape(run.plan.title)}</th><td>{escape(summary.main)}</td>'
            f"<td>{100 * figure.value:.1f}</td>"
            f"<td>{100 * figure.low:.1f} – {100 * figure.high:.1f}</td>"
            f"<td>{figure.count}</td><td>{_printed(run)}</td></tr>"
        )
    return (
        '<table><thead><tr><th scope="col">benchmark</th><th scope="col">figure</th>'
        '<th scope="col">value</th><th scope="col">95 % interval</th>'
        '<th scope="col">questions</th><th scope="col">the paper</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _printed(run: Saved) -> str:
    if run.plan.benchmark is None or run.plan.script is None:
        return "–"
    printed = run.plan.benchmark.paper.get(run.plan.script)
    return f"{printed:.2f}" if printed else "–"


def figures_table(summary: Summary, title: str) -> str:
    """A row for each kind and one for all, a column for each figure."""
    names = [name for name in summary.names if name in summary.total.found and name not in COSTS]
    heads = "".join(f'<th scope="col">{escape(name.replace("_", " "))}</th>' for name in names)
    rows = [*summary.kinds.items(), ("all", summary.total)]
    body = "".join(_figures_row(kind, figures, names) for kind, figures in rows)
    return (
        f"<table><caption>{escape(title)}</caption>"
        f'<thead><tr><th scope="col">kind</th><th scope="col">questions</th>{heads}</tr>'
        f"</thead><tbody>{body}</tbody></table>"
    )


def _figures_row(kind: str, figures: Figures, names: list[str]) -> str:
    cells = "".join(f"<td>{_cell(figures.found.get(name), name)}</td>" for name in names)
    return f'<tr><th scope="row">{escape(kind)}</th><td>{figures.questions}</td>{cells}</tr>'


def _cell(figure: Figure | None, name: str) -> str:
    if figure is None:
        return "–"
    interval = f"{_number(figure.low, name)}–{_number(figure.high, name)}"
    return f'{_number(figure.value, name)} <span class="range">{interval}</span>'


def _number(value: float, name: str) -> str:
    if name in COSTS:
        return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"
    return f"{value:.2f}" if name == CALIBRATION else f"{100 * value:.1f}"


def calibration_panel(probabilities: Sequence[float], scores: Sequence[float]) -> str:
    """A plot of score over probability, and the same as a table."""
    error = calibration_error(probabilities, scores)
    if error is None:
        return "<p>Nothing was counted.</p>"
    text = (
        f"Expected calibration error {error.value:.2f} "
        f"({error.low:.2f} to {error.high:.2f}): the mean gap between probability and score."
    )
    bins = calibration_bins(probabilities, scores)
    rows = "".join(
        f'<tr><th scope="row">{one.low:.1f}–{one.high:.1f}</th><td>{one.count}</td>'
        f"<td>{one.probability:.2f}</td><td>{one.score:.2f}</td></tr>"
        for one in bins
    )
    return (
        f"<p>{text}</p>{_plot(bins)}<details><summary>As a table</summary><table><thead><tr>"
        '<th scope="col">probability</th><th scope="col">answers</th><th scope="col">mean</th>'
        f'<th scope="col">score</th></tr></thead><tbody>{rows}</tbody></table></details>'
    )


def _plot(bins: Sequence[Bin]) -> str:
    width, height = _PLOT
    across, down = width - _EDGE - 14, height - _EDGE - 8

    def x(value: float) -> float:
        return _EDGE + value * across

    def y(value: float) -> float:
        return 8 + (1 - value) * down

    most = max((one.count for one in bins), default=1)
    bars = "".join(
        f'<rect class="bar" x="{x(one.low) + 2:.1f}" y="{y(one.score):.1f}" '
        f'width="{across / BINS - 4:.1f}" height="{max(1.0, one.score * down):.1f}" '
        f'fill-opacity="{0.35 + 0.65 * one.count / most:.2f}"><title>'
        f"{one.count} answers at {one.probability:.2f}: {one.score:.2f} right</title></rect>"
        for one in bins
    )
    marks = "".join(
        f'<text x="{x(value):.1f}" y="{height - 18}" text-anchor="middle">{value:.1f}</text>'
        f'<text x="{_EDGE - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.1f}</text>'
        for value in (0.0, 0.5, 1.0)
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="Score over probability; '
        'the table below has the numbers">'
        f'<line class="axis" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(0)}"/>'
        f'<line class="axis" x1="{x(0)}" y1="{y(0)}" x2="{x(0)}" y2="{y(1)}"/>{bars}'
        f'<line class="ideal" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>{marks}'
        f'<text x="{x(0.5):.1f}" y="{height - 3}" text-anchor="middle">probability</text></svg>'
    )


def settings_table(run: Saved) -> str:
    """Everything that the figures depend on."""
    if run.settings is None:
        return f"<p>Made before runs kept their settings. {escape(run.system)}</p>"
    entries = dict(run.settings.to_dict())
    versions = entries.pop("versions")
    assert isinstance(versions, dict)
    entries |= {f"version of {name}": value for name, value in versions.items()}
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(str(value))}</td></tr>'
        for name, value in entries.items()
        if value not in ("", None)
    )
    return f"<table><caption>{escape(run.plan.title)}</caption><tbody>{rows}</tbody></table>"


def notes(summary: Summary, run: Saved) -> str:
    """What was left out, could not be opened or had no answer."""
    found = [
        f"{count:,} records {reason} are left out, as by the published script."
        for reason, count in run.plan.left_out.items()
    ]
    if summary.failed:
        found.append(f"{summary.failed} questions have no answer and count as wrong.")
    if summary.broken:
        names = ", ".join(summary.broken[:_LISTED])
        more = len(summary.broken) - _LISTED
        found.append(
            f"{len(summary.broken)} pictures are missing or cannot be opened: {names}"
            + (f" and {more} more." if more > 0 else ".")
        )
    return "".join(f'<p class="soft">{escape(text)}</p>' for text in found)


__all__ = [
    "calibration_panel",
    "figures_table",
    "headline",
    "notes",
    "settings_table",
    "totals_table",
]
