"""Charts and tables of several series: a legend, categories, and values that stand apart."""

from __future__ import annotations

from dataclasses import dataclass

from .. import vocabulary as words
from ..quantities import MEASURES, periods, plural
from ..samples import ABSENT, Ask, Page, Pen, Rows, alternatives
from ..synonyms import said
from ..values import number
from . import shapes
from .conditions import Column, by_value

VALUE = alternatives("""
What is the {what} of {series} in {category}? / How high is {series} in {category}? / {series},
{category}? / What does the chart show for {series} in {category}? / {what} {series} {category}? /
How much was it for {series} in {category}? / In {category}, how much {what} did {series} have? /
what number for {series} in {category} / What value does {series} reach in {category}?
""")
BEST = alternatives("""
Which {noun} has the highest bar in {category}? / Who is on top in {category}? / Which {noun} is
highest in {category}? / Which {noun} had the most in {category}? / What {noun} leads in {category}?
""")
WORST = alternatives("""
Which {noun} has the lowest bar in {category}? / Who comes last in {category}? / Which {noun} is
lowest in {category}? / Which {noun} had the least in {category}? / What {noun} trails in
{category}?
""")
WHEN_BEST = alternatives("""
When was {series} at its highest? / In which {period} did {series} peak? / What was the best
{period} for {series}? / In what {period} is the value of {series} largest?
""")
HOW_MANY = alternatives("""
How many {nouns} does the chart compare? / How many series are shown? / How many lines or bars of
different colour are there? / How many entries does the legend have?
""")
WHICH_SERIES = alternatives("""
Which {nouns} are compared? / What stands in the legend? / List the {nouns} in the chart. / Name the
{nouns} shown.
""")
LATER = alternatives("""
Was {series} higher in {one} than in {other}? / Did {series} have more in {one} than in {other}? /
Is the value of {series} in {one} above that in {other}? / Comparing {one} with {other}, is {series}
larger in the former?
""")
SERIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("region", words.REGIONS),
    ("product", words.PRODUCTS),
    ("channel", words.CHANNELS),
    ("plant", words.PLANTS),
    ("age group", ("under 18", "18-29", "30-44", "45-59", "60-74", "75 and over")),
    ("scenario", ("plan", "actual", "forecast", "last year", "best case", "worst case")),
    ("group", ("men", "women", "children", "seniors", "students")),
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The truth behind the chart: values[series][category]."""

    measure: str
    unit: str
    noun: str
    period: str
    names: list[str]
    categories: list[str]
    values: list[list[float]]
    texts: list[list[str]]
    spare: list[str]


def series_chart(pen: Pen) -> Page:
    """Two to four series over three to eight periods."""
    rng = pen.rng
    truth = _bundle(pen)
    unit = f" ({truth.unit})" if truth.unit else ""
    title = rng.choice(
        (
            f"{truth.measure} by {truth.noun}{unit}",
            f"{truth.measure}{unit}",
            f"{truth.measure} over time",
        )
    )
    rows: Rows = [[title], *shapes.series(pen, truth.names, truth.categories, truth.texts)]
    if pen.chance(0.3):
        rows.append([rng.choice(("Source: own survey", "Source: annual accounts", "n = 1,204"))])
    about = (f"has a chart of {truth.measure.lower()}", f"plots {truth.measure.lower()}")
    page = Page("series chart", title, rows, _asks(pen, truth), names=truth.names, about=about)
    page.marks = truth.categories
    first, last = truth.categories[0], truth.categories[-1]
    compared = f"{', '.join(truth.names[:-1])} and {truth.names[-1]}"
    page.summary = (
        f"The chart compares the {truth.measure.lower()} of {compared} from {first} to {last}."
    )
    return page


def _bundle(pen: Pen) -> Bundle:
    rng = pen.rng
    measure, units, decimals, size = rng.choice(MEASURES)
    noun, pool = rng.choice(SERIES)
    drawn = [name.removeprefix("the ") for name in rng.sample(pool, min(len(pool), 5))]
    count = rng.randrange(2, min(5, len(drawn)))
    period, shown, spare = periods(rng, rng.randrange(3, 8))
    scale = 10**decimals
    span = range(max(3, int(size * scale * 0.1)), int(size * scale * 1.5) + 60)
    flat = rng.sample(span, count * len(shown))
    values = [[flat[s * len(shown) + c] / scale for c in range(len(shown))] for s in range(count)]
    texts = [[number(value, decimals) for value in row] for row in values]
    return Bundle(
        measure, rng.choice(units), noun, period, drawn[:count], shown, values, texts,
        [*spare, drawn[-1]],
    )  # fmt: skip


def _asks(pen: Pen, truth: Bundle) -> list[Ask]:
    rng = pen.rng
    what = said(pen, truth.measure)
    spots = [(s, c) for s in range(len(truth.names)) for c in range(len(truth.categories))]
    asks = []
    for s, c in rng.sample(spots, min(8, len(spots))):
        fields = {"series": truth.names[s], "category": truth.categories[c], "what": what}
        key = f"{truth.measure} {truth.names[s]} {truth.categories[c]}"
        asks.append(Ask("chart", key, pen.phrase(VALUE, **fields), truth.texts[s][c]))
    c, s = rng.randrange(len(truth.categories)), rng.randrange(len(truth.names))
    column = [row[c] for row in truth.values]
    fields = {"noun": truth.noun, "category": truth.categories[c], "series": truth.names[s]}
    for phrasings, pick in ((BEST, max), (WORST, min)):
        best = truth.names[column.index(pick(column))]
        asks.append(Ask("extreme", f"{pick.__name__} {c}", pen.phrase(phrasings, **fields), best))
    row = truth.values[s]
    text = pen.phrase(WHEN_BEST, period=truth.period, **fields)
    peak = truth.categories[row.index(max(row))]
    asks.append(Ask("extreme", f"peak {truth.names[s]}", text, peak))
    one, other = rng.sample(range(len(truth.categories)), 2)
    pair = {"one": truth.categories[one], "other": truth.categories[other]}
    said_so = "yes" if row[one] > row[other] else "no"
    asks.append(Ask("yes/no", f"later {s}", pen.phrase(LATER, **pair, **fields), said_so))
    nouns = plural(truth.noun)
    asks.append(Ask("count", "series", pen.phrase(HOW_MANY, nouns=nouns), str(len(truth.names))))
    text = pen.phrase(WHICH_SERIES, nouns=nouns)
    asks.append(Ask("list", "legend", text, ", ".join(truth.names)))
    asks += by_value(
        pen,
        Column(truth.period, plural(truth.period), truth.categories, truth.texts[s], row,
               f" for {truth.names[s]}"),
        what,
    )  # fmt: skip
    return asks + _misses(pen, truth, what)


def _misses(pen: Pen, truth: Bundle, what: str) -> list[Ask]:
    """A period and a series that the chart does not show."""
    later, _, series = truth.spare
    text = pen.phrase(VALUE, series=truth.names[0], category=later, what=what)
    asks = [Ask("absent", later, text, ABSENT, (later,))]
    if series not in truth.names:
        text = pen.phrase(VALUE, series=series, category=truth.categories[0], what=what)
        asks.append(Ask("absent", series, text, ABSENT, (series,)))
    return asks
