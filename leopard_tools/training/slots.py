"""Values for the slots of templates: {person1}, {date2}, {days12}; those of one kind differ.

Dates and times ascend with their digit, so that a page's story runs forward. Derived slots say
what follows from others: {days12} the days from date1 to date2, {sum12}, {gap12} and {more12} of
the small numbers n1 and n2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random

from . import vocabulary as words
from .fields import Style, make
from .samples import Pen
from .values import DAYS, MONTHS, address, brand, company, day, domain, email, number, people

MOST = 5
"""So many slots of one kind can a template have."""


class Slots(dict[str, str]):
    """The values of one page, drawn when they are first asked for.

    A slot written with a capital gives its value with one. `choices` are a template's own kinds.
    """

    def __init__(self, pen: Pen, choices: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.rng = pen.rng
        self.style = Style.draw(pen.rng)
        self.choices = choices
        self.people = people(pen.rng, MOST)
        self.days = _ascending(pen.rng)

    def __missing__(self, name: str) -> str:
        if name[0].isupper():
            value = self[name[0].lower() + name[1:]]
            self[name] = value[0].upper() + value[1:]
            return self[name]
        kind = name.rstrip("0123456789")
        digits = name[len(kind) :]
        if kind in DERIVED and len(digits) == 2:
            self[name] = DERIVED[kind](self, int(digits[0]), int(digits[1]))
        else:
            values = self._draw(kind)
            for index, value in enumerate(values, start=1):
                self[f"{kind}{index}"] = value
            self[kind] = values[0]
        return self[name]

    def _draw(self, kind: str) -> list[str]:
        """Different values of one kind."""
        rng = self.rng
        if kind in self.choices:
            pool = self.choices[kind]
            return rng.sample(pool, min(MOST, len(pool)))
        if kind in ORDERED:
            return ORDERED[kind](self)
        if kind in POOLS:
            return rng.sample(POOLS[kind], MOST)
        values: list[str] = []
        while len(values) < MOST:
            value = WRITERS[kind](rng) if kind in WRITERS else make(rng, kind, self.style)
            if value not in values:
                values.append(value)
        return values


def _ascending(rng: Random) -> list[date]:
    """Days in order, not far apart."""
    days = [day(rng, 2016, 2030)]
    while len(days) < MOST:
        days.append(days[-1] + timedelta(days=rng.randrange(2, 50)))
    return days


def _times(slots: Slots) -> list[str]:
    """Times of one day in order, written alike."""
    minutes = sorted(slots.rng.sample(range(7 * 60, 21 * 60, 5), MOST))
    if slots.style.clock == "b":
        return [
            f"{(m // 60 - 1) % 12 + 1}:{m % 60:02} {'am' if m < 720 else 'pm'}" for m in minutes
        ]
    form = slots.rng.choice(("{:02}:{:02}", "{:02}:{:02}", "{}.{:02}"))
    return [form.format(m // 60, m % 60) for m in minutes]


def _versions(slots: Slots) -> list[str]:
    """Versions, each newer than the one before."""
    rng = slots.rng
    drawn = sorted(
        (rng.randrange(1, 15), rng.randrange(20), rng.randrange(10)) for _ in range(MOST)
    )
    return [".".join(map(str, version)) for version in drawn]


def _numbers(low: int, high: int) -> Callable[[Slots], list[str]]:
    return lambda slots: [number(n) for n in slots.rng.sample(range(low, high), MOST)]


def _amounts(low: int, high: int) -> Callable[[Slots], list[str]]:
    """Amounts as the page writes them."""

    def draw(slots: Slots) -> list[str]:
        money = slots.style.money
        drawn = sorted(slots.rng.sample(range(low, high), MOST))
        cents = slots.rng.choice((0, 0.5, 0.9, 0.99)) if money.decimals else 0
        return [money.write(value + cents) for value in drawn]

    return draw


ORDERED: dict[str, Callable[[Slots], list[str]]] = {
    "person": lambda slots: slots.people,
    "first": lambda slots: [name.split()[0] for name in slots.people],
    "last": lambda slots: [name.split()[-1] for name in slots.people],
    "email": lambda slots: [email(slots.rng, name, slots.style.host) for name in slots.people],
    "date": lambda slots: [slots.style.date(day) for day in slots.days],
    "birthday": lambda slots: [slots.style.date(day(slots.rng, 1955, 2004)) for _ in range(MOST)],
    "weekday": lambda slots: slots.rng.sample(DAYS, MOST),
    "month": lambda slots: slots.rng.sample(MONTHS, MOST),
    "monthyear": lambda slots: [f"{MONTHS[day.month - 1]} {day.year + i}"
                                for i, day in enumerate(slots.days)],
    "year": lambda slots: [f"{year}" for year in sorted(slots.rng.sample(range(1931, 2026), MOST))],
    "next": lambda slots: [f"{slots.days[0].year + i}" for i in range(1, MOST + 1)],
    "version": _versions,
    "time": _times,
    "n": _numbers(2, 30),
    "hundred": _numbers(40, 900),
    "count": _numbers(1200, 90000),
    "cost": _amounts(3, 95),
    "price": _amounts(20, 1900),
    "large": _amounts(1500, 95000),
}  # fmt: skip
POOLS: dict[str, tuple[str, ...]] = {
    "city": words.CITIES,
    "country": words.COUNTRIES,
    "region": words.REGIONS,
    "department": words.DEPARTMENTS,
    "role": words.ROLES,
    "good": words.GOODS,
    "product": words.PRODUCTS,
    "project": words.PROJECTS,
    "course": words.COURSES,
    "topic": words.TOPICS,
    "dish": words.DISHES,
    "server": words.SERVERS,
    "milestone": words.MILESTONES,
    "action": words.ACTIONS,
}
WRITERS: dict[str, Callable[[Random], str]] = {
    "brand": brand,
    "company": company,
    "host": domain,
    "street": lambda rng: address(rng)[0],
    "percent": lambda rng: f"{rng.randrange(2, 98)}%",
    "millions": lambda rng: f"{rng.choice('€$£')}{rng.randrange(2, 900) / 10:g} million",
    "metres": lambda rng: f"{rng.randrange(2, 900)} m",
    "minutes": lambda rng: f"{rng.randrange(3, 59)} minutes",
    "hours": lambda rng: f"{rng.randrange(2, 48)} hours",
    "grams": lambda rng: f"{rng.randrange(40, 990)} g",
    "square": lambda rng: f"{number(rng.randrange(30, 9000))} m²",
    "degrees": lambda rng: f"{rng.randrange(-5, 38)} °C",
    "port": lambda rng: f"{rng.randrange(1025, 9999)}",
    "digit": lambda rng: f"{rng.randrange(1, 10)}",
    "hash": lambda rng: f"{rng.randrange(16**6, 16**7):07x}",
    "seconds": lambda rng: f"{rng.uniform(0.2, 90):.1f} s",
    "stars": lambda rng: f"{rng.uniform(2.5, 5):.1f}",
    "megabytes": lambda rng: f"{rng.uniform(1, 900):.1f} MB",
}


def _small(slots: Slots, at: int) -> int:
    return int(slots[f"n{at}"])


DERIVED: dict[str, Callable[[Slots, int, int], str]] = {
    "days": lambda slots, a, b: str((slots.days[b - 1] - slots.days[a - 1]).days),
    "sum": lambda slots, a, b: str(_small(slots, a) + _small(slots, b)),
    "gap": lambda slots, a, b: str(abs(_small(slots, a) - _small(slots, b))),
    "more": lambda slots, a, b: "yes" if _small(slots, a) > _small(slots, b) else "no",
}
