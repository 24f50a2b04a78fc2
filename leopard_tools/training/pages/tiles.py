"""Figures in tiles and cards in rows: KPIs, roadmaps, contacts, in tile form and in row form."""

from __future__ import annotations

from datetime import timedelta

from .. import vocabulary as words
from ..fields import Style, catalogue, make
from ..samples import ABSENT, Ask, Page, Pen, Rows, alternatives
from ..values import DAYS, MONTHS, company, day, email, number, people, percent, phone
from .measures import periods
from .things import ask_of

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
LAST = alternatives("""
Which milestone comes last? / What is the last milestone? / What happens last? / What stands at
the end of the plan?
""")
WHOSE = alternatives("""
Who is the {role}? / Who works as {role}? / What is the name of the {role}? / Which person is
the {role}?
""")
WHO_WITH = alternatives("""
Whose {label} is {value}? / Who has the {label} {value}? / Who can be reached at {value}? / To
whom does {value} belong?
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
                pen.phrase(DELTA, label=_said(labels[at])),
                moves[at],
            )
        )
    missing = rng.choice([label for label, _ in KPIS if label not in labels])
    asks.append(Ask("absent", missing, pen.phrase(KPI, label=_said(missing)), ABSENT, (missing,)))
    return Page("kpis", title, [[title], *across_or_down(pen, parts)], asks, names=labels)


def _said(label: str) -> str:
    return label if label.isupper() or label == "CO2 emissions" else label[0].lower() + label[1:]


def _kpi_question(pen: Pen, label: str, kind: str) -> str:
    if kind == "count" and label not in ("NPS", "Backlog") and pen.chance(0.5):
        return pen.phrase(KPI_COUNT, label=_said(label))
    return pen.phrase(KPI, label=_said(label))


def _move(pen: Pen) -> str:
    move = pen.rng.uniform(-25, 40)
    sign = pen.rng.choice(
        ("{:+.1f}%", "{:+.0f}%", "{:+.1f} pp", "{:+.1f}% YoY", "{:+.1f}% vs. last year")
    )
    return sign.format(move)


def across_or_down(pen: Pen, parts: list[list[str]]) -> Rows:
    """Tiles as rows of each part, in groups as wide as a line of tiles, or tile by tile."""
    count = len(parts[0])
    if pen.chance(0.35):
        return [[part[i]] for i in range(count) for part in parts]
    width = count if count <= 4 and pen.chance(0.6) else pen.rng.choice((2, 3, 4))
    return [part[i : i + width] for i in range(0, count, width) for part in parts]


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
        at = rng.randrange(count)
        asks.append(Ask("date", f"on {dates[at]}", pen.phrase(WHAT_ON, when=dates[at]), things[at]))
        asks.append(Ask("extreme", "first", pen.phrase(FIRST), things[0]))
        asks.append(Ask("extreme", "last", pen.phrase(LAST), things[-1]))
    gone = rng.choice([thing for thing in (words.THINGS if opening else words.MILESTONES)
                       if not any(thing in other for other in things)])  # fmt: skip
    asks.append(Ask("absent", gone, pen.phrase(WHEN_EVENT, thing=_said(gone)), ABSENT, (gone,)))
    return Page("roadmap", title, [[title], *rows], asks, names=things)


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
    if pen.chance(0.25):
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


CONTACTS = words.listed("""
Contact, Contacts, Meet the team, Your contacts, Team, Questions?, Get in touch, Who to call,
Project team, Speakers
""")


def contacts(pen: Pen) -> Page:
    """People with role, address and number: cards in any order of lines, or row by row."""
    rng = pen.rng
    count = rng.randrange(1, 6)
    names, host = people(rng, count + 1), Style.draw(rng).host
    roles = rng.sample(words.ROLES, count)
    labels = rng.sample(("email", "phone", "city"), rng.randrange(1, 4))
    style = Style.draw(rng)
    values = {
        "email": [email(rng, name, host) for name in names],
        "phone": [phone(rng) for _ in names],
        "city": [make(rng, "city", style) for _ in names],
    }
    order = ["name", "role", *labels]
    if pen.chance(0.4):
        rng.shuffle(order)
    columns = {"name": names[:count], "role": roles} | {key: values[key][:count] for key in labels}
    title = rng.choice(CONTACTS)
    asks = []
    for at in range(count):
        for key in ("role", *labels):
            text = ask_of(pen, catalogue()[key], catalogue()[key].labels[0], names[at])
            asks.append(Ask("contact", f"{names[at]} {key}", text, columns[key][at]))
        asks.append(Ask("contact", roles[at], pen.phrase(WHOSE, role=roles[at]), names[at]))
        if "phone" in labels:
            text = pen.phrase(WHO_WITH, label="phone number", value=values["phone"][at])
            asks.append(Ask("reverse", f"phone {at}", text, names[at]))
    key = rng.choice(("email", "phone", "role"))
    text = ask_of(pen, catalogue()[key], catalogue()[key].labels[0], names[count])
    asks.append(Ask("absent", f"{names[count]} {key}", text, ABSENT, (names[count],)))
    if "phone" not in labels:
        text = ask_of(pen, catalogue()["phone"], "Phone number", names[0])
        asks.append(Ask("absent", f"{names[0]} phone", text, ABSENT, ("phone", "tel", "+", "call")))
    return Page(
        "contacts",
        title,
        [[title], *_people(pen, [columns[key] for key in order])],
        asks,
        names=names[:count],
    )


def _people(pen: Pen, columns: list[list[str]]) -> Rows:
    """Cards one below the other, side by side, or a line for each person."""
    if pen.chance(0.4):
        return [[column[i]] for i in range(len(columns[0])) for column in columns]
    if pen.chance(0.5):
        return across_or_down(pen, columns)
    return [list(row) for row in zip(*columns, strict=True)]
