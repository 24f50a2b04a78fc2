"""Wide tables of numbers: many measures with units in their heads, groups of rows, empty cells."""

# ruff: noqa: E501
# A measure with its questions is one line of the tables below, however long.

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from ...types import EMPTY_CELL
from .. import vocabulary as words
from ..samples import ABSENT, Ask, Page, Pen, Rows, alternatives
from ..values import MONTHS
from .conditions import Column, by_value
from .shapes import header

# Heads on the page (with units) = least, most, decimals = noun in a question = questions {of}.
_MEASURES = """
Staff; Employees; FTE; Headcount = 8, 900, 0 = number of employees = How many people work {at}? / How big is the staff {at}? / number of people employed {at}? / How many work {at}?
Area (m²); Floor space, m²; Sales area (m²) = 90, 9000, 0 = area = How large is {of}? / How many square metres does {of} have? / area of {of}? / How much space does {of} offer?
Revenue (€ M); Turnover, $ M; Net sales (€m) = 0.4, 95, 1 = revenue = How much did {of} sell? / What did {of} turn over? / What was the revenue of {of}? / How much money came in {at}?
Costs (€ M); Expenses, $ M; Total cost (€m) = 0.3, 80, 1 = cost = What did {of} cost? / How much was spent {at}? / What were the expenses of {of}? / How much did {of} spend?
Margin %; Margin (%); Operating margin, % = 1, 45, 1 = margin = What is the margin of {of}? / How profitable is {of} in percent? / margin {at}? / What margin does {of} reach?
Growth %; Growth (%); vs. prior year, % = -12, 30, 1 = growth = How fast does {of} grow? / How much has {of} grown? / growth of {of}? / By what percentage is {of} up?
Orders; Orders (k); No. of orders = 20, 6000, 0 = number of orders = How many orders came {at}? / How many times was something ordered {at}? / orders of {of}? / How many orders did {of} get?
Returns; Returned; Returns (pcs) = 2, 500, 0 = number of returns = How many pieces came back {at}? / How much was sent back {at}? / returns of {of}? / How many items were returned {at}?
Complaints; Claims; No. of complaints = 1, 300, 0 = number of complaints = How many people complained {at}? / How often were customers unhappy {at}? / complaints {at}? / How many complaints does {of} have?
Sick days; Days sick; Absence (days) = 3, 800, 0 = number of sick days = How many days were people ill {at}? / sick days of {of}? / How many days of illness does {of} have? / How much sick leave is there {at}?
Energy (MWh); Power use, MWh; Electricity (MWh) = 12, 4000, 0 = energy use = How much energy does {of} use? / What does {of} need in electricity? / power used {at}? / How much power goes to {of}?
Water (m³); Water use, m³ = 20, 7000, 0 = water use = How much water is used {at}? / water consumption of {of}? / How many cubic metres of water does {of} use? / How thirsty is {of}, in m³?
Accidents; Incidents; Injuries = 1, 60, 0 = number of accidents = How many people were hurt {at}? / How many accidents happened {at}? / accidents of {of}? / How many mishaps were there {at}?
Visitors (k); Footfall; Guests = 5, 9000, 0 = number of visitors = How many people came to {of}? / How many visitors does {of} have? / visitors of {of}? / How many guests were there {at}?
Rating; Score (1-10); Satisfaction = 4, 10, 1 = rating = How do people rate {of}? / How satisfied are people with {of}? / rating of {of}? / What grade does {of} get?
Open jobs; Vacancies; Unfilled posts = 1, 60, 0 = number of vacancies = How many jobs are open {at}? / How many people does {of} still need? / vacancies of {of}? / How many posts are free {at}?
Trainees; Apprentices; Interns = 1, 70, 0 = number of trainees = How many apprentices does {of} have? / How many people are being trained {at}? / trainees {at}? / How many young people learn {at}?
Rent (€/m²); Rent, $/m² = 5, 60, 2 = rent = What rent does {of} pay per square metre? / How much is a square metre {at}? / rent {at}? / What does a square metre cost {at}?
Hours open; Opening hours/week = 20, 110, 0 = number of opening hours = How many hours is {of} open? / opening hours of {of}? / How long is {of} open in a week? / For how many hours do the doors of {of} stay open?
Waste (t); Refuse, t = 1, 900, 0 = waste = How much waste does {of} make? / How many tonnes are thrown away {at}? / waste of {of}? / How much rubbish comes from {of}?
"""
# Lines of accounts: label = least, most = questions {when}.
_ACCOUNTS = """
Revenue = 80, 990 = How much was sold in {when}? / What was the turnover in {when}? / What were sales in {when}? / How much money came in in {when}?
Cost of sales = 40, 500 = What did making the goods cost in {when}? / How much went into the goods sold in {when}? / cost of sales {when}? / What was the cost of what was sold in {when}?
Gross profit = 30, 400 = What was left after the cost of sales in {when}? / gross profit {when}? / How large was the gross profit in {when}? / What profit is left before overheads in {when}?
Personnel = 20, 200 = What was paid to staff in {when}? / How much did wages cost in {when}? / salaries in {when}? / How much did people cost in {when}?
Rent and leases = 3, 60 = How much rent was paid in {when}? / What did the premises cost in {when}? / rent in {when}? / What was spent on leases in {when}?
Marketing = 4, 80 = How much was spent on advertising in {when}? / advertising costs in {when}? / What did ads cost in {when}? / What went into marketing in {when}?
Depreciation = 4, 90 = How much was written off in {when}? / depreciation in {when}? / What is the loss of value in {when}? / What was depreciated in {when}?
Operating profit (EBIT) = 10, 150 = What did operations earn in {when}? / EBIT in {when}? / How much was earned before interest and tax in {when}? / What was the operating result in {when}?
Interest = 1, 30 = How much interest was paid in {when}? / What did loans cost in {when}? / interest {when}? / What went to the lenders in {when}?
Income tax = 2, 50 = How much tax was paid in {when}? / taxes in {when}? / What went to the state in {when}? / What did the tax office get in {when}?
Net income = 5, 110 = What was earned in the end in {when}? / What is the bottom line for {when}? / profit after tax in {when}? / How much was left after everything in {when}?
Capital expenditure = 5, 90 = How much was invested in {when}? / capex in {when}? / What was spent on new equipment in {when}? / What did they put into plant and machines in {when}?
Dividend = 1, 40 = What was paid out to owners in {when}? / How much did shareholders get in {when}? / dividend {when}? / What did the owners receive in {when}?
Employees = 90, 999 = How many people worked there in {when}? / How big was the staff in {when}? / headcount {when}? / What was the size of the workforce in {when}?
"""
PLACES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("store", "stores", words.CITIES, "the {} store"),
    ("site", "sites", words.CITIES, "{}"),
    ("country", "countries", words.COUNTRIES, "{}"),
    ("department", "departments", words.DEPARTMENTS, "{}"),
    ("plant", "plants", words.PLANTS, "{}"),
    ("region", "regions", words.REGIONS, "{}"),
)
GROUPS = words.listed(
    "North, South, East, West, Large, Small, Own, Franchise, Old, New, Core, Other"
)
GENERAL = alternatives("""
What is the {noun} of {of}? / {noun}, {of}? / What does the table say on the {noun} of {of}? /
{of}: {noun}? / Look up the {noun} of {of}.
""")
SUM = alternatives("""
What is the {noun} of all {nouns} together? / total {noun}? / What does the {noun} come to in
total? / What is the overall {noun}? / How much is the {noun} altogether?
""")


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of numbers: its heads, its values, how people ask for it."""

    heads: tuple[str, ...]
    low: float
    high: float
    decimals: int
    noun: str
    questions: tuple[str, ...]

    def draw(self, rng: Random, count: int) -> list[float]:
        """So many different values."""
        while True:
            values = [round(rng.uniform(self.low, self.high), self.decimals) for _ in range(count)]
            if len(set(values)) == count:
                return values

    def write(self, value: float) -> str:
        return f"{value:,.{self.decimals}f}"


@cache
def measures() -> tuple[Measure, ...]:
    """All measures of the first table."""
    found = []
    for line in _MEASURES.strip().split("\n"):
        heads, limits, noun, asked = line.split(" = ")
        low, high, decimals = limits.split(", ")
        questions = tuple(asked.split(" / "))
        found.append(
            Measure(
                tuple(heads.split("; ")), float(low), float(high), int(decimals), noun, questions
            )
        )
    return tuple(found)


@cache
def accounts() -> tuple[tuple[str, int, int, tuple[str, ...]], ...]:
    """All lines of the second table."""
    found = []
    for line in _ACCOUNTS.strip().split("\n"):
        label, limits, asked = line.split(" = ")
        low, high = limits.split(", ")
        found.append((label, int(low), int(high), tuple(asked.split(" / "))))
    return tuple(found)


def wide_table(pen: Pen) -> Page:
    """Several measures of places: one place a row, one measure a column."""
    rng = pen.rng
    noun, nouns, pool, form = rng.choice(PLACES)
    count, across = rng.randrange(3, 9), rng.randrange(4, 9)
    drawn = rng.sample(pool, count + 1)
    names, spare = drawn[:-1], drawn[-1]
    every = rng.sample(measures(), across + 1)
    chosen, gone = every[:-1], every[-1]
    columns = [measure.draw(rng, count) for measure in chosen]
    texts = [[m.write(v) for v in column] for m, column in zip(chosen, columns, strict=True)]
    empty = {(rng.randrange(count), rng.randrange(across)) for _ in range(rng.choice((0, 0, 1, 3)))}
    asks: list[Ask] = []
    for r, c in rng.sample([(r, c) for r in range(count) for c in range(across)], 9):
        if (r, c) not in empty:
            text = _question(pen, chosen[c], form.format(names[r]))
            asks.append(Ask("cell", f"{names[r]} {chosen[c].noun}", text, texts[c][r]))
    for c in rng.sample(range(across), 2):
        if not any(column == c for _, column in empty):
            told = Column(noun, nouns, names, texts[c], columns[c])
            asks += by_value(pen, told, chosen[c].noun)
    asks += _misses(pen, chosen, gone, form.format(rng.choice(names)), form.format(spare), spare)
    dash = rng.choice(("–", "n/a", EMPTY_CELL, EMPTY_CELL))
    body = [[name, *(dash if (r, c) in empty else texts[c][r] for c in range(across))]
            for r, name in enumerate(names)]  # fmt: skip
    title = (
        f"{nouns.capitalize()} {rng.choice(('at a glance', 'compared', 'in figures', 'overview'))}"
    )
    shown = noun.capitalize() if pen.chance(0.7) else ""
    head = header(pen, shown, [rng.choice(m.heads) for m in chosen])
    sums = [] if empty else _total(pen, chosen, columns, nouns, asks)
    rows: Rows = [[title], head, *_grouped(pen, body), *sums]
    about = (f"compares {nouns}", f"has a table of {nouns}", f"gives figures of {nouns}")
    page = Page("wide table", title, rows, asks, names=names, about=about)
    listed = ", ".join(measure.noun for measure in chosen[:-1])
    page.summary = f"The table compares {count} {nouns} by {listed} and {chosen[-1].noun}."
    return page


def _question(pen: Pen, measure: Measure, of: str) -> str:
    if pen.chance(0.3):
        return pen.phrase(GENERAL, noun=measure.noun, of=of)
    return pen.phrase(measure.questions, of=of, at=f"at {of}")


def _misses(
    pen: Pen, chosen: list[Measure], gone: Measure, of: str, spare: str, name: str
) -> list[Ask]:
    """A place that is not listed, and a measure that is not given."""
    no_place = _question(pen, pen.rng.choice(chosen), spare)
    no_measure = _question(pen, gone, of)
    signs = tuple(head.split(" (")[0].split(",")[0] for head in gone.heads)
    return [
        Ask("absent", f"{name}", no_place, ABSENT, (name,)),
        Ask("absent", f"{of} {gone.noun}", no_measure, ABSENT, signs),
    ]


def _grouped(pen: Pen, body: Rows) -> Rows:
    """Rows under the names of two groups, in some tables."""
    if len(body) < 4 or pen.chance(0.7):
        return body
    cut = pen.rng.randrange(2, len(body) - 1)
    one, other = pen.rng.sample(GROUPS, 2)
    return [[one], *body[:cut], [other], *body[cut:]]


def _total(
    pen: Pen, chosen: list[Measure], columns: list[list[float]], nouns: str, asks: list[Ask]
) -> Rows:
    """A row of sums, where each column may be summed; averages are left empty."""
    if pen.chance(0.6):
        return []
    cells = []
    for measure, column in zip(chosen, columns, strict=True):
        summed = measure.low >= 0 and not any(
            sign in measure.noun for sign in ("margin", "rating", "rent", "hours")
        )
        cells.append(measure.write(sum(column)) if summed else "–")
    at = pen.rng.choice([i for i, cell in enumerate(cells) if cell != "–"] or [0])
    if cells[at] != "–":
        text = pen.phrase(SUM, noun=chosen[at].noun, nouns=nouns)
        asks.append(Ask("total", f"total {chosen[at].noun}", text, cells[at]))
    return [[pen.rng.choice(("Total", "All", "Sum", "Overall")), *cells]]


def accounts_table(pen: Pen) -> Page:
    """Lines of accounts over many years, quarters or months."""
    rng = pen.rng
    lines = sorted(rng.sample(range(len(accounts())), rng.randrange(4, 11)))
    chosen = [accounts()[at] for at in lines]
    left = [line for at, line in enumerate(accounts()) if at not in lines]
    when, beyond = _periods(rng, rng.randrange(3, 12))
    decimals = rng.choice((0, 0, 1))
    cells = []
    for _, low, high, _ in chosen:
        unique = rng.sample(range(low * 10, high * 10), len(when))
        cells.append([f"{value / 10:,.{decimals}f}" for value in unique])
    asks: list[Ask] = []
    spots = [(r, c) for r in range(len(chosen)) for c in range(len(when))]
    for r, c in rng.sample(spots, min(9, len(spots))):
        text = pen.phrase(chosen[r][3], when=when[c])
        asks.append(Ask("cell", f"{chosen[r][0]} {when[c]}", text, cells[r][c]))
    r = rng.randrange(len(chosen))
    text = pen.phrase(chosen[r][3], when=beyond)
    asks.append(Ask("absent", f"{chosen[r][0]} {beyond}", text, ABSENT, (beyond,)))
    other = rng.choice(left)
    text = pen.phrase(other[3], when=rng.choice(when))
    asks.append(Ask("absent", f"{other[0]} {text}", text, ABSENT, (other[0],)))
    titles = ("Income statement", "Five-year overview", "Key accounts", "Results by period")
    title = (
        f"{rng.choice(titles)} {rng.choice(('(€ million)', 'in $ thousand', '(m€)', ''))}".strip()
    )
    rows: Rows = [
        [title],
        header(pen, rng.choice(("Item", "€ M", "Year", "", "", "")), when),
    ]
    rows += [[line[0], *row] for line, row in zip(chosen, cells, strict=True)]
    about = ("has the accounts", "shows profit and loss", "is an income statement")
    page = Page("accounts", title, rows, asks, about=about, marks=when)
    page.summary = f"The table gives {len(chosen)} lines of accounts for {len(when)} periods."
    return page


def _periods(rng: Random, count: int) -> tuple[list[str], str]:
    """Periods in order, old or new first, and one that is not among them."""
    year = rng.randrange(2008, 2024)
    form = rng.choice(("year", "year", "quarter", "month", "years"))
    if form == "quarter":
        every = [f"Q{i % 4 + 1} {year + i // 4}" for i in range(count + 1)]
    elif form == "month":
        every = [f"{MONTHS[i % 12][:3]} {year + i // 12}" for i in range(count + 1)]
    elif form == "years":
        every = [f"{year + i}/{(year + i + 1) % 100:02}" for i in range(count + 1)]
    else:
        every = [f"{year + i}" for i in range(count + 1)]
    shown, beyond = every[:-1], every[-1]
    return (shown[::-1] if rng.random() < 0.25 else shown), beyond
