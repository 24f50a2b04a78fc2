"""Tables and charts of one measure: groups down the side, periods across, totals and changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from .. import vocabulary as words
from ..samples import ABSENT, Ask, Page, Pen, alternatives
from ..values import MONTHS, percent

GROUPS: dict[str, tuple[str, ...]] = {
    "region": words.REGIONS,
    "country": words.COUNTRIES,
    "city": words.CITIES,
    "product": words.PRODUCTS,
    "department": words.DEPARTMENTS,
    "channel": words.CHANNELS,
    "plant": words.PLANTS,
    "store": words.CITIES,
    "team": words.DEPARTMENTS,
    "segment": words.PRODUCTS,
}
# Measure, units (an empty one for plain counts), decimals, size.
MEASURES = (
    ("Revenue", ("€ M", "million euro", "$ M", "in USD million", "GBP m", "k€"), 1, 40),
    ("Sales", ("€ M", "thousand units", "$ million", "CHF k"), 1, 80),
    ("Operating costs", ("€ M", "$ M", "million PLN"), 1, 30),
    ("Orders", ("", "thousands"), 0, 5000),
    ("Visitors", ("", "thousands"), 0, 9000),
    ("Headcount", ("", "FTE"), 0, 300),
    ("Energy use", ("MWh", "GWh"), 0, 900),
    ("Units shipped", ("", "thousands"), 0, 4000),
    ("Complaints", ("", "per quarter"), 0, 200),
    ("New customers", ("",), 0, 1500),
    ("Water consumption", ("m³", "thousand litres"), 0, 3000),
    ("Net profit", ("€ M", "$ M", "SEK m"), 2, 12),
    ("Market share", ("%",), 1, 40),
    ("Satisfaction score", ("", "out of 10"), 1, 9),
    ("Scrap rate", ("%",), 1, 8),
    ("Marketing spend", ("k€", "$ thousand"), 0, 600),
)
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

    @property
    def spoken(self) -> str:
        return self.measure.lower()


def periods(rng: Random, count: int) -> tuple[str, list[str], list[str]]:
    """A kind of period, so many in order, and some that are not among them."""
    year = rng.randrange(2014, 2029)
    kind = rng.choice(("quarter", "quarter", "year", "month", "half"))
    if kind == "year":
        form = rng.choice(("{}", "{}", "FY {}", "FY{}"))
        every = [form.format(year + i) for i in range(count + 2)]
    elif kind == "month":
        first = rng.randrange(12)
        form = rng.choice(("{m}", "{s}", "{s} {y}"))
        every = [
            form.format(m=MONTHS[(first + i) % 12], s=MONTHS[(first + i) % 12][:3], y=year)
            for i in range(count + 2)
        ]
    else:
        parts, letter = (4, "Q") if kind == "quarter" else (2, "H")
        form = rng.choice(
            ("{l}{n} {y}", "{l}{n} {y}", "{l}{n}/{s:02}", "{l}{n} {s:02}", "{y} {l}{n}")
        )
        start = rng.randrange(parts)
        every = [
            form.format(l=letter, n=(start + i) % parts + 1, y=year + (start + i) // parts,
                        s=(year + (start + i) // parts) % 100)
            for i in range(count + 2)
        ]  # fmt: skip
    return kind.replace("half", "half-year"), every[:count], every[count:]


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


def plural(noun: str) -> str:
    """The plural of a group's name."""
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


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
    header = [*([head] if head else []), *truth.columns]
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
            rows.append([rng.choice(("Total", "Sum", "All", "Group total")), *texts])
            at = rng.randrange(len(texts))
            asks.append(
                Ask("total", f"total {truth.columns[at]}",
                    pen.phrase(TOTAL, column=truth.columns[at], measure=truth.spoken), texts[at])
            )  # fmt: skip
    return Page("measure table", title, [[title], *rows], asks, names=_written(truth.names))


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
        text = pen.phrase(CELL, measure=truth.spoken, row=truth.names[r], column=truth.columns[c])
        asks.append(Ask("cell", f"{truth.names[r]} {truth.columns[c]}", text, truth.write(r, c)))
    r, c = rng.choice(cells)
    column = [row[c] for row in truth.values]
    fields = {"group": truth.group, "measure": truth.spoken, "column": truth.columns[c]}
    names = _written(truth.names)
    top, bottom = column.index(max(column)), column.index(min(column))
    asks.append(Ask("extreme", f"max {c}", pen.phrase(HIGHEST, **fields), names[top]))
    asks.append(Ask("extreme", f"min {c}", pen.phrase(LOWEST, **fields), names[bottom]))
    value = truth.write(r, c)
    asks.append(Ask("reverse", f"{value}", pen.phrase(REVERSE, value=value, **fields), names[r]))
    best = truth.values[r].index(max(truth.values[r]))
    asks.append(
        Ask("extreme", f"peak {truth.names[r]}",
            pen.phrase(PEAK, row=truth.names[r], period=truth.period, measure=truth.spoken),
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
        text = pen.phrase(UNIT, measure=truth.spoken)
        asks.append(Ask("unit", f"unit {truth.measure}", text, truth.unit.removeprefix("in ")))
    return asks + _misses(pen, truth, r, c)


def _misses(pen: Pen, truth: Grid, r: int, c: int) -> list[Ask]:
    """A row or a column that is not there, asked for beside one that is."""
    row, column = pen.rng.choice(truth.spare_names), pen.rng.choice(truth.spare_columns)
    gone = row.removeprefix("the ")
    no_row = pen.phrase(CELL, measure=truth.spoken, row=row, column=truth.columns[c])
    no_column = pen.phrase(CELL, measure=truth.spoken, row=truth.names[r], column=column)
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
