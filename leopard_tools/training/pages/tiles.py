"""Figures in tiles and cards in rows: KPIs, roadmaps, contacts, in tile form and in row form."""

from __future__ import annotations

from datetime import timedelta

from .. import vocabulary as words
from ..fields import Style
from ..quantities import periods
from ..records import gather, slug
from ..samples import ABSENT, Ask, Page, Pen, Rows, alternatives
from ..synonyms import nouns, said
from ..values import DAYS, MONTHS, company, day, number, percent
from .shapes import TOGETHER, across_or_down

# Labels by the kind of their figure.
LABELS = {
    "money": "Revenue, Net profit, Free cash flow, Average order value, Backlog, Cash, Debt",
    "percent": "Gross margin, Churn, Operating margin, Conversion rate, Bounce rate, Sick leave, "
    "On-time delivery, Return rate, Uptime, Equity ratio",
    "count": "Active users, New customers, Employees, Open positions, NPS, Page views, Orders, "
    "Open tickets, Installed devices, Countries, Stores, Accidents",
    "time": "Response time",
    "energy": "Energy saved",
    "tons": "CO2 emissions",
}
KPIS = tuple((label, kind) for kind, labels in LABELS.items() for label in labels.split(", "))
SCALES = (" M", "M", " million", "k", " bn", "B")
KPI = alternatives("""
What was the {label}? / What is the {label}? / {label}? / How high is the {label}? / What figure
is given for {label}? / tell me the {label} / What does the page say about {label}? / What value
does the {label} have?
""")
KPI_COUNT = ("How many {label} are there?", "How many {label} do they have?")
DELTA = alternatives("""
How did {label} change? / What is the change in {label}? / By how much did {label} change? / How
much did the {label} move?
""")
KPI_OF = alternatives("""
Which figure is {value}? / What does {value} stand for? / Which metric has the value {value}? /
{value} is the value of what?
""")
WHEN = alternatives("""
When does the {thing} open? / When will the {thing} open? / What is the opening date of the
{thing}? / On which date does the {thing} open?
""")
WHEN_EVENT = alternatives("""
When is the {thing}? / When is the {thing} planned? / What is the date of the {thing}? / {thing}
date? / For when is the {thing} scheduled?
""")
WHAT_ON = alternatives("""
What happens on {when}? / What is planned for {when}? / Which milestone is dated {when}? / What
takes place in or on {when}?
""")
FIRST = alternatives("""
Which milestone comes first? / What is the first milestone? / What happens first? / What stands
at the beginning of the plan?
""")
EARLIER = alternatives("""
Which comes first, {one} or {other}? / What is earlier, {one} or {other}? / {one} or {other}:
which is sooner? / Of {one} and {other}, which is planned for the earlier date?
""")
LATER = alternatives("""
Which comes later, {one} or {other}? / What is later, {one} or {other}? / {one} or {other}: which
has to wait longer? / Of {one} and {other}, which is planned for the later date?
""")
BEFORE = alternatives("""
Is {one} before {other}? / Does {one} come before {other}? / Will {one} be ready earlier than
{other}? / Is {one} planned for an earlier date than {other}?
""")
LAST = alternatives("""
Which milestone comes last? / What is the last milestone? / What happens last? / What stands at
the end of the plan?
""")


def _figure(pen: Pen, kind: str, currency: str) -> str:
    rng = pen.rng
    if kind == "money":
        return f"{currency}{rng.uniform(0.4, 980):.1f}{rng.choice(SCALES)}"
    if kind == "percent":
        return percent(rng.uniform(0.5, 99), rng.choice((0, 1)))
    if kind == "time":
        return f"{rng.uniform(0.3, 30):.1f} {rng.choice(('h', 'min', 's', 'days'))}"
    unit = {"energy": " MWh", "tons": " t"}.get(kind, "")
    return number(rng.randrange(3, 10 ** rng.choice((2, 3, 4, 5)))) + unit


def kpis(pen: Pen) -> Page:
    """Three to eight figures with labels, and maybe changes, as tiles or row by row."""
    rng = pen.rng
    chosen = rng.sample(KPIS, rng.randrange(3, 8))
    currency = rng.choice(("€", "$", "£", "CHF ", "€ "))
    labels = [label for label, _ in chosen]
    while True:
        figures = [_figure(pen, kind, currency) for _, kind in chosen]
        moves = [_move(pen) for _ in chosen]
        if len(set(figures)) == len(figures) == len(set(moves)):
            break
    period = rng.choice(periods(rng, 2)[1])
    titles = [f"{period} at a glance", f"Key figures {period}", f"Results {period}"]
    titles += ["Key metrics", "Dashboard", "Overview", f"{company(rng)} in numbers"]
    title = rng.choice(titles)
    parts = [labels, figures] if pen.chance(0.55) else [figures, labels]
    asks = [
        Ask("tile", label, _kpi_question(pen, label, kind), figure)
        for (label, kind), figure in zip(chosen, figures, strict=True)
    ]
    at = rng.randrange(len(chosen))
    asks.append(
        Ask("tile", f"which {figures[at]}", pen.phrase(KPI_OF, value=figures[at]), labels[at])
    )
    if pen.chance(0.5):
        parts.append(moves)
        asks.append(
            Ask(
                "tile",
                f"change {labels[at]}",
                pen.phrase(DELTA, label=said(pen, labels[at])),
                moves[at],
            )
        )
    missing = rng.choice([label for label, _ in KPIS if label not in labels])
    asks.append(Ask("absent", missing, pen.phrase(KPI, label=said(pen, missing)), ABSENT,
                    (missing, *nouns().get(missing, ()))))  # fmt: skip
    return _summed(
        Page("kpis", title, [[title], *across_or_down(pen, parts)], asks, names=labels), figures
    )


def _summed(page: Page, figures: list[str]) -> Page:
    """The page with a sentence on it, and its figures as JSON has them."""
    labels = page.names
    first = f"{_said(labels[0])} of {figures[0]} and {_said(labels[1])} of {figures[1]}"
    page.summary = f"The page shows {len(labels)} key figures, among them {first}."
    page.record = gather((slug(k), v, "string") for k, v in zip(labels, figures, strict=True))
    return page


def _said(label: str) -> str:
    return label if label.isupper() or label == "CO2 emissions" else label[0].lower() + label[1:]


def _kpi_question(pen: Pen, label: str, kind: str) -> str:
    if kind == "count" and label not in ("NPS", "Backlog") and pen.chance(0.5):
        return pen.phrase(KPI_COUNT, label=_said(label))
    return pen.phrase(KPI, label=said(pen, label))


def _move(pen: Pen) -> str:
    move = pen.rng.uniform(-25, 40)
    sign = pen.rng.choice(
        ("{:+.1f}%", "{:+.0f}%", "{:+.1f} pp", "{:+.1f}% YoY", "{:+.1f}% vs. last year")
    )
    return sign.format(move)


def roadmap(pen: Pen) -> Page:
    """Dated milestones in a row of cards, one below the other, or tile by tile."""
    rng = pen.rng
    count = rng.randrange(3, 7)
    dates = _dates(pen, count)
    opening = pen.chance(0.5)
    if opening:
        cities = rng.sample(words.CITIES, count)
        kinds = rng.sample(words.THINGS, count)
        things = [f"{city} {kind}" for city, kind in zip(cities, kinds, strict=True)]
    else:
        things = rng.sample(words.MILESTONES, count)
    titles = ["Roadmap", "Milestones", "What comes next", "Timeline", "Plan", "Next steps"]
    titles += ["Openings" if opening else "Schedule", f"Roadmap {rng.randrange(2020, 2030)}"]
    title = rng.choice(titles)
    asks = []
    for date, thing in zip(dates, things, strict=True):
        said = thing if opening else _said(thing)
        asks.append(
            Ask("date", thing, pen.phrase(WHEN if opening else WHEN_EVENT, thing=said), date)
        )
    rows, whole = _cards(pen, dates, things)
    if whole:
        asks += _order(pen, things, things if opening else [_said(thing) for thing in things])
        at = rng.randrange(count)
        asks.append(Ask("date", f"on {dates[at]}", pen.phrase(WHAT_ON, when=dates[at]), things[at]))
        asks.append(Ask("extreme", "first", pen.phrase(FIRST), things[0]))
        asks.append(Ask("extreme", "last", pen.phrase(LAST), things[-1]))
    gone = rng.choice([thing for thing in (words.THINGS if opening else words.MILESTONES)
                       if not any(thing in other for other in things)])  # fmt: skip
    asks.append(Ask("absent", gone, pen.phrase(WHEN_EVENT, thing=_said(gone)), ABSENT, (gone,)))
    page = Page("roadmap", title, [[title], *rows], asks, names=things)
    one, other = (things[0], things[-1]) if opening else (_said(things[0]), _said(things[-1]))
    page.summary = f"The plan runs from {one} on {dates[0]} to {other} on {dates[-1]}."
    return page


def _order(pen: Pen, things: list[str], said: list[str]) -> list[Ask]:
    """Which of two milestones comes first, and whether one comes before another."""
    one, other = pen.rng.sample(range(len(things)), 2)
    pair = {"one": said[one], "other": said[other]}
    early, late = sorted((one, other))
    before = "yes" if one < other else "no"
    return [
        Ask("compare", f"earlier {pair}", pen.phrase(EARLIER, **pair), things[early]),
        Ask("compare", f"later {pair}", pen.phrase(LATER, **pair), things[late]),
        Ask("yes/no", f"before {pair}", pen.phrase(BEFORE, **pair), before),
    ]


def _dates(pen: Pen, count: int) -> list[str]:
    """Dates in order, in one of many forms, all different."""
    style = Style.draw(pen.rng)
    start = day(pen.rng, 2018, 2029)
    steps = [start + timedelta(days=40 * i + pen.rng.randrange(35)) for i in range(count)]
    if pen.chance(0.25):
        return [f"{MONTHS[step.month - 1]} {step.year}" for step in steps]
    if pen.chance(0.15):
        return [
            f"{DAYS[step.weekday()][:3]} {step.day} {MONTHS[step.month - 1][:3]}" for step in steps
        ]
    return [style.date(step) for step in steps]


def _cards(pen: Pen, dates: list[str], things: list[str]) -> tuple[Rows, bool]:
    """Rows of dates and titles, and whether every title is in one piece.

    Long titles may break over two rows. A reader gives the second halves without what stands
    above them, so they only tell which first half is meant.
    """
    if pen.chance(TOGETHER):
        return [[date, thing] for date, thing in zip(dates, things, strict=True)], True
    if pen.chance(0.3):
        return [[text] for pair in zip(dates, things, strict=True) for text in pair], True
    if pen.chance(0.45):
        return [dates, things], True
    every = pen.chance(0.5)
    halves = [thing.rsplit(" ", 1) if every or pen.chance(0.5) else [thing] for thing in things]
    second = [half[1] for half in halves if len(half) > 1]
    rows = [dates, [half[0] for half in halves], *([second] if second else [])]
    return rows, not second
