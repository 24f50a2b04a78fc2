"""What tables and charts measure, of whom, and over which periods."""

from __future__ import annotations

from random import Random

from . import vocabulary as words
from .values import MONTHS

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
    ("Satisfaction score", ("", "points"), 1, 9),
    ("Scrap rate", ("%",), 1, 8),
    ("Marketing spend", ("k€", "$ thousand"), 0, 600),
)


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


def plural(noun: str) -> str:
    """The plural of a group's name."""
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
