"""Tables and charts of one measure: groups down the side, periods across, totals and changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ..quantities import GROUPS, MEASURES, periods, plural
from ..samples import ABSENT, Ask, Page, Pen, alternatives
from ..synonyms import said
from ..values import percent
from . import shapes
from .conditions import Column, by_value

CELL = alternatives("""
What was the {measure} of {row} in {column}? / What is the {measure} for {row} in {column}? /
How much was {measure} in {row} in {column}? / {measure} {row} {column}? / What was {row}'s
{measure} in {column}? / What {measure} did {row} have in {column}? / For {column}, what is the
figure for {row}? / What number is given for {row} in {column}? / Tell me the {measure} of {row}
for {column}. / What is {row}'s value in {column}? / how high was {measure} for {row} in
{column} / In {column}, what did {row} report for {measure}?
""")
CHANGE = alternatives("""
What is the change for {row}? / By how much did {row} change? / What is the growth of {row}? /
How much did {row} grow? / What is the {column} of {row}? / How did {row} develop in percent?
""")
HIGHEST = alternatives("""
Which {group} had the highest {measure} in {column}? / Which {group} had the most {measure} in
{column}? / Who is first in {column}? / Which {group} has the largest value in {column}? / Which
{group} leads in {column}? / Top {group} in {column}? / In {column}, which {group} recorded the
greatest {measure}?
""")
LOWEST = alternatives("""
Which {group} had the lowest {measure} in {column}? / Which {group} has the smallest value in
{column}? / Which {group} comes last in {column}? / Lowest {group} in {column}? / In {column},
which {group} recorded the least {measure}?
""")
FASTEST = alternatives("""
Which {group} grew the most? / Which {group} grew the fastest? / Which {group} has the strongest
growth? / Which {group} shows the highest growth? / Which {group} saw the largest increase?
""")
SLOWEST = alternatives("""
Which {group} grew the least? / Which {group} has the weakest growth? / Which {group} shows the
lowest growth? / Which {group} fell the most?
""")
PEAK = alternatives("""
In which {period} did {row} peak? / When was {row} highest? / In which {period} was the
{measure} of {row} highest? / Which {period} was best for {row}?
""")
REVERSE = alternatives("""
Which {group} had {value} in {column}? / Which {group} reached {value} in {column}? / Whose
{measure} in {column} was {value}? / The value {value} in {column} belongs to which {group}?
""")
TOTAL = alternatives("""
What is the total for {column}? / What was the total {measure} in {column}? / What is the
overall {measure} in {column}? / Total {column}? / What does the total come to in {column}?
""")
COUNT = alternatives("""
How many {groups} are listed? / How many {groups} are in the table? / How many {groups} are
shown? / Count the {groups}.
""")
COMPARE = alternatives("""
Was the {measure} of {row} higher than that of {other} in {column}? / Did {row} have more
{measure} than {other} in {column}? / Is {row} ahead of {other} in {column}? / In {column}, is
the value of {row} above that of {other}?
""")
UNIT = alternatives("""
In what unit is the {measure} given? / What is the unit of the {measure}? / Which unit is used
for the {measure}? / What are the figures measured in?
""")


@dataclass(frozen=True, slots=True)
class Grid:
    """The truth behind a table or a chart of one measure."""

    measure: str
    unit: str
    group: str
    period: str
    names: list[str]
    columns: list[str]
    values: list[list[float]]
    decimals: int
    spare_names: list[str]
    spare_columns: list[str]

    def write(self, row: int, column: int) -> str:
        return f"{self.values[row][column]:,.{self.decimals}f}"

    def spoken(self, pen: Pen) -> str:
        """The measure as a question names it."""
        return said(pen, self.measure)


def grid(pen: Pen, rows: int, columns: int) -> Grid:
    """A made-up truth in which no column and no row has a value twice."""
    rng = pen.rng
    group = rng.choice(sorted(GROUPS))
    measure, units, decimals, size = rng.choice(MEASURES)
    drawn = rng.sample(GROUPS[group], rows + 2)
    period, shown, spare = periods(rng, columns)
    step = 10**-decimals
    while True:
        values = [
            [round(base * rng.uniform(0.7, 1.4), decimals) for _ in range(columns)]
            for base in (size * rng.uniform(0.15, 1.0) + 3 * step for _ in range(rows))
        ]
        if all(_distinct(line) for line in [*values, *zip(*values, strict=True)]):
            break
        size += 1
        # Small counts collide in large tables: more room until they do not.
    unit = rng.choice(units)
    return Grid(
        measure, unit, group, period, drawn[:rows], shown, values, decimals, drawn[rows:], spare
    )


def _distinct(values: Sequence[float]) -> bool:
    return len(set(values)) == len(values)


def measure_table(pen: Pen) -> Page:
    """A table of one measure by group and period, maybe with totals and a column of changes."""
    rng = pen.rng
    truth = grid(pen, rng.randrange(3, 9), rng.randrange(2, 6))
    unit = f", {truth.unit}" if truth.unit and rng.random() < 0.6 else ""
    unit = unit or (f" ({truth.unit})" if truth.unit else "")
    title = rng.choice(
        (f"{truth.measure} by {truth.group}{unit}", f"{truth.measure}{unit} by {truth.group}",
         f"{truth.measure} per {truth.group}{unit}")
    )  # fmt: skip
    shown = [
        [truth.write(r, c) for c in range(len(truth.columns))] for r in range(len(truth.names))
    ]
    head = rng.choice((truth.group.capitalize(), truth.group.capitalize(), ""))
    header = shapes.header(pen, head, truth.columns)
    rows = [[name, *cells] for name, cells in zip(_written(truth.names), shown, strict=True)]
    asks = cell_asks(pen, truth)
    if pen.chance(0.45):
        change = rng.choice(("Change", "YoY", "Growth", "Change vs. prior year", "Δ", "Trend"))
        header.append(change)
        for row, text in zip(rows, changes(rng, truth), strict=True):
            row.append(text)
        asks += change_asks(pen, truth, change, [row[-1] for row in rows])
    rows.insert(0, header)
    if pen.chance(0.4):
        sums = [sum(row[c] for row in truth.values) for c in range(len(truth.columns))]
        texts = [f"{value:,.{truth.decimals}f}" for value in sums]
        if "%" not in truth.unit and "score" not in truth.measure:
            total = [rng.choice(("Total", "Sum", "All", "Group total")), *texts]
            rows.append(shapes.filled(pen, total, len(rows[-1])))
            at = rng.randrange(len(texts))
            what = truth.spoken(pen)
            asks.append(
                Ask("total", f"total {truth.columns[at]}",
                    pen.phrase(TOTAL, column=truth.columns[at], measure=what), texts[at])
            )  # fmt: skip
    page = Page("measure table", title, [[title], *rows], asks, names=_written(truth.names),
                marks=truth.columns)  # fmt: skip
    page.summary = summary(truth)
    return page


def summary(truth: Grid) -> str:
    """The table in a sentence."""
    first, last = truth.columns[0], truth.columns[-1]
    column = [row[-1] for row in truth.values]
    top = _written(truth.names)[column.index(max(column))]
    many = f"{len(truth.names)} {plural(truth.group)}"
    return (
        f"The table gives the {truth.measure.lower()} of {many} from {first} to {last}; "
        f"{top} is highest in {last}."
    )


def _written(names: list[str]) -> list[str]:
    """Names as a table writes them: `the Gulf` is headed Gulf or the Gulf in a sentence only."""
    return [name.removeprefix("the ") for name in names]


def changes(rng: Random, truth: Grid) -> list[str]:
    """The change of each row from first to last period, as written; all are different."""
    decimals = rng.choice((0, 1))
    while True:
        rates = [100 * (row[-1] / row[0] - 1) for row in truth.values]
        texts = [percent(rate, decimals, signed=True) for rate in rates]
        if len(set(texts)) == len(texts) or decimals == 4:
            return texts
        decimals += 1


def cell_asks(pen: Pen, truth: Grid) -> list[Ask]:
    """Questions for cells, extremes, comparisons, and near misses."""
    rng = pen.rng
    rows, columns = range(len(truth.names)), range(len(truth.columns))
    asks = []
    cells = [(r, c) for r in rows for c in columns]
    for r, c in rng.sample(cells, min(6, len(cells))):
        text = pen.phrase(
            CELL, measure=truth.spoken(pen), row=truth.names[r], column=truth.columns[c]
        )
        asks.append(Ask("cell", f"{truth.names[r]} {truth.columns[c]}", text, truth.write(r, c)))
    r, c = rng.choice(cells)
    column = [row[c] for row in truth.values]
    fields = {"group": truth.group, "measure": truth.spoken(pen), "column": truth.columns[c]}
    names = _written(truth.names)
    top, bottom = column.index(max(column)), column.index(min(column))
    asks.append(Ask("extreme", f"max {c}", pen.phrase(HIGHEST, **fields), names[top]))
    asks.append(Ask("extreme", f"min {c}", pen.phrase(LOWEST, **fields), names[bottom]))
    value = truth.write(r, c)
    asks.append(Ask("reverse", f"{value}", pen.phrase(REVERSE, value=value, **fields), names[r]))
    shown = [truth.write(row, c) for row in rows]
    where = f" in {truth.columns[c]}"
    compared = Column(truth.group, plural(truth.group), names, shown, column, where)
    asks += by_value(pen, compared, truth.spoken(pen))
    best = truth.values[r].index(max(truth.values[r]))
    asks.append(
        Ask("extreme", f"peak {truth.names[r]}",
            pen.phrase(PEAK, row=truth.names[r], period=truth.period, measure=truth.spoken(pen)),
            truth.columns[best])
    )  # fmt: skip
    one, other = rng.sample(rows, 2)
    text = pen.phrase(COMPARE, row=truth.names[one], other=truth.names[other], **fields)
    asks.append(Ask("yes/no", f"compare {c}", text, "yes" if column[one] > column[other] else "no"))
    asks.append(
        Ask("count", f"count {truth.group}", pen.phrase(COUNT, groups=plural(truth.group)),
            str(len(truth.names)))
    )  # fmt: skip
    if truth.unit not in ("", "%"):
        text = pen.phrase(UNIT, measure=truth.spoken(pen))
        asks.append(Ask("unit", f"unit {truth.measure}", text, truth.unit.removeprefix("in ")))
    return asks + _misses(pen, truth, r, c)


def _misses(pen: Pen, truth: Grid, r: int, c: int) -> list[Ask]:
    """A row or a column that is not there, asked for beside one that is."""
    row, column = pen.rng.choice(truth.spare_names), pen.rng.choice(truth.spare_columns)
    gone = row.removeprefix("the ")
    no_row = pen.phrase(CELL, measure=truth.spoken(pen), row=row, column=truth.columns[c])
    no_column = pen.phrase(CELL, measure=truth.spoken(pen), row=truth.names[r], column=column)
    return [
        Ask("absent", f"{row}", no_row, ABSENT, (gone,)),
        Ask("absent", f"{column}", no_column, ABSENT, (column,)),
    ]


def change_asks(pen: Pen, truth: Grid, header: str, texts: list[str]) -> list[Ask]:
    """Questions for the column of changes."""
    rates = [row[-1] / row[0] for row in truth.values]
    names = _written(truth.names)
    at = pen.rng.randrange(len(texts))
    text = pen.phrase(CHANGE, row=truth.names[at], column=header)
    best, worst = rates.index(max(rates)), rates.index(min(rates))
    fields = {"group": truth.group}
    asks = [Ask("cell", f"change {truth.names[at]}", text, texts[at])]
    if max(rates) > 1:
        asks.append(Ask("extreme", "fastest", pen.phrase(FASTEST, **fields), names[best]))
    if min(rates) > 1:
        asks.append(Ask("extreme", "slowest", pen.phrase(SLOWEST[:-1], **fields), names[worst]))
    return asks
