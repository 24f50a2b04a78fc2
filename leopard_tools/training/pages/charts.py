"""Charts as a reader gives them: values in a row over categories, in a column, or in pairs."""

from __future__ import annotations

from ..quantities import plural
from ..records import gather, slug
from ..samples import ABSENT, Ask, Page, Pen, Rows, alternatives
from ..values import number, percent
from .measures import Grid, grid
from .shapes import bars

VALUE = alternatives("""
What is the value for {category}? / How high is the bar for {category}? / What was the {measure}
in {category}? / How much is shown for {category}? / {category}? / What does the chart show for
{category}? / how much {measure} in {category}? / What number belongs to {category} in the
chart?
""")
HIGHEST = alternatives("""
Which {what} has the highest value? / Which {what} is the highest in the chart? / Which bar is
the tallest? / In which {what} was the {measure} highest? / Which {what} tops the chart?
""")
LOWEST = alternatives("""
Which {what} has the lowest value? / Which {what} is the lowest in the chart? / Which bar is the
shortest? / In which {what} was the {measure} lowest? / Which {what} is at the bottom of the
chart?
""")
WHOSE = alternatives("""
Which {what} has the value {value}? / Which {what} shows {value}? / For which {what} is {value}
given? / The value {value} belongs to which {what}?
""")
MAXIMUM = alternatives("""
What is the highest value? / What is the highest value in the chart? / What is the largest value
shown? / What value does the tallest bar have?
""")
MINIMUM = alternatives("""
What is the lowest value? / What is the lowest value in the chart? / What is the smallest value
shown? / What value does the shortest bar have?
""")
BARS = alternatives("""
How many bars are there? / How many {whats} are shown? / How many {whats} does the chart have? /
How many categories does the chart compare?
""")
SHARE = alternatives("""
What share does {category} have? / How large is the share of {category}? / What percentage is
{category}? / How much of it is {category}?
""")
CAUSES = alternatives("""
Rent / Salaries / Travel / Energy / Marketing / Software / Materials / Logistics / Insurance /
Training / Repairs / Taxes / Packaging / Research / Other
""")


def bar_chart(pen: Pen) -> Page:
    """A bar chart of one measure over periods or over groups."""
    truth = (
        grid(pen, pen.rng.randrange(3, 8), 1)
        if pen.chance(0.5)
        else grid(pen, 1, pen.rng.randrange(3, 7))
    )
    by_period = len(truth.names) == 1
    what = truth.period if by_period else truth.group
    names = truth.columns if by_period else [name.removeprefix("the ") for name in truth.names]
    values = [value for row in truth.values for value in row]
    texts = [f"{value:,.{truth.decimals}f}" for value in values]
    unit = f" ({truth.unit})" if truth.unit else ""
    title = f"{truth.measure}{unit}" if by_period else f"{truth.measure} by {truth.group}{unit}"
    if by_period and pen.chance(0.5):
        title = f"{truth.measure} of {truth.names[0]}{unit}"
    asks = _asks(pen, truth, what, names, values, texts)
    spare = truth.spare_columns[0] if by_period else truth.spare_names[0]
    gone = spare.removeprefix("the ")
    text = pen.phrase(VALUE, category=spare, measure=truth.spoken(pen))
    asks.append(Ask("absent", gone, text, ABSENT, (gone,)))
    return Page(
        "chart",
        title,
        [[title], *_draw(pen, names, texts, max(values))],
        asks,
        names=names,
        marks=truth.columns,
    )


def _asks(
    pen: Pen, truth: Grid, what: str, names: list[str], values: list[float], texts: list[str]
) -> list[Ask]:
    fields = {"what": what, "measure": truth.spoken(pen)}
    asks = [
        Ask("chart", f"{truth.measure} {name}", pen.phrase(VALUE, category=name, **fields), text)
        for name, text in zip(names, texts, strict=True)
    ]
    top, bottom = values.index(max(values)), values.index(min(values))
    at = pen.rng.randrange(len(names))
    more = (
        (HIGHEST, names[top], "chart max"), (LOWEST, names[bottom], "chart min"),
        (WHOSE, names[at], f"chart {texts[at]}"), (MAXIMUM, texts[top], "chart top"),
        (MINIMUM, texts[bottom], "chart bottom"),
    )  # fmt: skip
    for phrasings, answer, key in more:
        asks.append(Ask("chart", key, pen.phrase(phrasings, value=texts[at], **fields), answer))
    text = pen.phrase(BARS, whats=plural(what))
    asks.append(Ask("count", "bars", text, str(len(names))))
    return asks


def _draw(pen: Pen, names: list[str], texts: list[str], top: float) -> Rows:
    """Labels and values in one of the orders in which a reader meets them, and the axis."""
    rows = bars(pen, names, texts)
    if pen.chance(0.35):
        step = _round(top / 4)
        ticks = [number(step * i) for i in range(5)]
        if set(ticks).isdisjoint(texts):
            below = len(rows[0]) == 2 or pen.chance(0.3)
            rows = [*rows, ticks] if below else [*[[tick] for tick in ticks[::-1]], *rows]
    return rows


def _round(value: float) -> float:
    """The next step of an axis above a value."""
    size = 10.0 ** max(0, len(str(int(value))) - 1)
    return max(1.0, (int(value / size) + 1) * size)


def pie_chart(pen: Pen) -> Page:
    """A pie or ring of shares that sum to a hundred, with a legend."""
    rng = pen.rng
    names = rng.sample(CAUSES, rng.randrange(3, 7))
    while True:
        cuts = sorted(rng.sample(range(3, 97), len(names) - 1))
        shares = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
        if len(set(shares)) == len(shares):
            break
    texts = [percent(share) for share in shares]
    title = rng.choice(
        ("Cost structure", "Where the money goes", "Spending by category", "Expenses")
    )
    form = rng.choice(("rows", "rows", "rows", "one", "pairs", "legend"))
    if form == "rows":
        rows = [[name, text] for name, text in zip(names, texts, strict=True)]
    elif form == "one":
        rows = [[f"{name} {text}"] for name, text in zip(names, texts, strict=True)]
    elif form == "legend":
        rows = [texts, names]
    else:
        rows = [[part] for pair in zip(names, texts, strict=True) for part in pair]
    asks = _shares(pen, names, texts, shares)
    page = Page("pie chart", title, [[title], *rows], asks, names=names)
    top = shares.index(max(shares))
    page.summary = (
        f"The chart divides the costs into {len(names)} parts; {names[top]} is the largest."
    )
    page.record = gather((slug(k), v, "string") for k, v in zip(names, texts, strict=True))
    return page


PIE_MAX = ("Which category has the largest share?", "What is the biggest part?",
           "What is most money spent on?")  # fmt: skip
PIE_MIN = ("Which category has the smallest share?", "What is the smallest part?")


def _shares(pen: Pen, names: list[str], texts: list[str], shares: list[int]) -> list[Ask]:
    """Questions for the parts of a pie."""
    asks = [Ask("chart", name, pen.phrase(SHARE, category=name.lower()), text)
            for name, text in zip(names, texts, strict=True)]  # fmt: skip
    top, bottom = shares.index(max(shares)), shares.index(min(shares))
    asks.append(Ask("chart", "pie max", pen.phrase(PIE_MAX), names[top]))
    asks.append(Ask("chart", "pie min", pen.phrase(PIE_MIN), names[bottom]))
    at = pen.rng.randrange(len(names))
    text = pen.phrase(WHOSE, value=texts[at], what="category", measure="share")
    asks.append(Ask("chart", f"pie {texts[at]}", text, names[at]))
    gone = pen.rng.choice([name for name in CAUSES if name not in names])
    asks.append(Ask("absent", gone, pen.phrase(SHARE, category=gone.lower()), ABSENT, (gone,)))
    return asks
