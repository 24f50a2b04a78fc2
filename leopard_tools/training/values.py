"""Values that stand on made-up pages, in the formats that real pages have.

Everything is drawn from the random.Random given, so that a seed decides it all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from . import vocabulary as words

MONTHS = words.listed("""
January, February, March, April, May, June, July, August, September, October, November, December
""")
DAYS = words.listed("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")
CURRENCIES = ("€", "$", "£", "CHF ", "¥", "A$", "₹")
CODES = ("EUR", "USD", "GBP", "CHF", "PLN", "SEK", "NOK", "JPY")
DATE_FORMS = (
    "{d} {month} {y}", "{d} {mon} {y}", "{month} {d}, {y}", "{mon} {d}, {y}", "{y}-{m:02}-{d:02}",
    "{d:02}.{m:02}.{y}", "{d:02}/{m:02}/{y}", "{d}. {month} {y}", "{d:02} {MON} {y}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Money:
    """How one page writes amounts: its currency, where it stands, and how many decimals."""

    before: str = ""
    after: str = ""
    decimals: int = 2
    comma: str = ","

    def write(self, amount: float) -> str:
        number = f"{amount:,.{self.decimals}f}"
        if self.comma != ",":
            number = number.replace(",", "_").replace(".", ",").replace("_", self.comma)
        return f"{self.before}{number}{self.after}"


def money_style(rng: Random, decimals: int | None = None) -> Money:
    """A way to write amounts, for all of one page."""
    places = decimals if decimals is not None else rng.choice((0, 2, 2))
    comma = rng.choice((",", ",", ",", ",", "."))
    if rng.random() < 0.65:
        return Money(before=rng.choice(CURRENCIES), decimals=places, comma=comma)
    return Money(after=f" {rng.choice((*CODES, '€'))}", decimals=places, comma=comma)


def date_style(rng: Random) -> Callable[[date], str]:
    """A way to write dates, for all of one page."""
    form = rng.choice(DATE_FORMS)

    def write(day: date) -> str:
        month = MONTHS[day.month - 1]
        mon = month[:3]
        return form.format(
            d=day.day, m=day.month, y=day.year, month=month, mon=mon, MON=mon.upper()
        )

    return write


def day(rng: Random, first: int = 2015, last: int = 2031) -> date:
    """A day of the years given."""
    span = (date(last, 12, 31) - date(first, 1, 1)).days
    return date(first, 1, 1) + timedelta(days=rng.randrange(span))


def clock(rng: Random, form: str | None = None) -> str:
    """A time of day."""
    hour, minute = rng.randrange(6, 23), rng.choice((0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55))
    if (form or rng.choice("aaab")) == "b":
        return f"{(hour - 1) % 12 + 1}:{minute:02} {'am' if hour < 12 else 'pm'}"
    return f"{hour:02}:{minute:02}"


def person(rng: Random) -> str:
    """A full name."""
    return f"{rng.choice(words.FIRST_NAMES)} {rng.choice(words.LAST_NAMES)}"


def people(rng: Random, count: int) -> list[str]:
    """So many full names without a first or last name in common."""
    firsts = rng.sample(words.FIRST_NAMES, count)
    return [f"{a} {b}" for a, b in zip(firsts, rng.sample(words.LAST_NAMES, count), strict=True)]


def brand(rng: Random) -> str:
    """An invented name of two or three syllables."""
    parts = rng.sample(words.SYLLABLES, rng.choice((2, 2, 3)))
    name = "".join(parts).capitalize()
    return name if len(name) > 3 else name + rng.choice(("ra", "lex", "nova"))


def company(rng: Random) -> str:
    """An invented company."""
    return f"{brand(rng)} {rng.choice(words.COMPANY_ENDS)}"


def domain(rng: Random, name: str | None = None) -> str:
    """A host name, of a company where one is given."""
    base = (name or brand(rng)).split()[0].lower()
    return f"{base}.{rng.choice(('com', 'org', 'net', 'example', 'de', 'co.uk', 'io', 'fr'))}"


def email(rng: Random, name: str, host: str) -> str:
    """An e-mail address of a person."""
    plain = name.translate(str.maketrans("şéáü'", "seau ", "")).replace(" ", " ").lower().split()
    first, last = plain[0], plain[-1]
    local = rng.choice((first, f"{first}.{last}", f"{first[0]}{last}", last, f"{first}_{last}"))
    return f"{local}@{host}"


def phone(rng: Random) -> str:
    """A telephone number in one of several forms."""
    digits = [str(rng.randrange(10)) for _ in range(12)]
    form = rng.choice(
        ("+## ## ### ## ##", "0### ### ###", "(0##) ### ####", "+1 ###-###-####", "0## / ### ## ##",
         "+## ### ### ####", "0#### ######", "###-####")
    )  # fmt: skip
    drawn = iter(digits)
    return "".join(next(drawn, "7") if letter == "#" else letter for letter in form)


def code(rng: Random) -> str:
    """A number as invoices, orders and customers have."""
    letters = "".join(rng.choice("ABCDEFGHKLMNPRSTUVWX") for _ in range(rng.choice((1, 2, 2, 3))))
    number = rng.randrange(100, 10 ** rng.choice((4, 5, 6)))
    year = rng.randrange(2018, 2029)
    return rng.choice(
        (f"{letters}-{number}", f"{number}", f"{letters}{number}", f"{year}-{number:04}",
         f"{letters}-{year}-{number:03}", f"#{number}", f"{year}/{number:05}",
         f"{letters} {number}")
    )  # fmt: skip


def address(rng: Random) -> list[str]:
    """The lines of a postal address."""
    street, number = rng.choice(words.STREETS), rng.randrange(1, 190)
    first = f"{number} {street}" if rng.random() < 0.5 else f"{street} {number}"
    city = rng.choice(words.CITIES)
    second = rng.choice(
        (f"{rng.randrange(1000, 99999):05} {city}", f"{city} {rng.randrange(9999)}")
    )
    return [first, second, *([rng.choice(words.COUNTRIES)] if rng.random() < 0.5 else [])]


def percent(value: float, decimals: int = 0, signed: bool = False) -> str:
    """A percentage as written."""
    return f"{value:{'+' if signed else ''}.{decimals}f}%"


def number(value: float, decimals: int = 0) -> str:
    """A number with thousands apart."""
    return f"{value:,.{decimals}f}"


def amount(cell: str) -> float:
    """The number in a cell, whichever way its thousands and decimals are written."""
    digits = "".join(letter for letter in cell if letter.isdigit() or letter in ".,")
    digits = digits.strip(".,")
    tail = max(digits.rfind("."), digits.rfind(","))
    if tail >= 0 and len(digits) - tail - 1 != 3:
        return float(digits[:tail].replace(",", "").replace(".", "") + "." + digits[tail + 1 :])
    return float(digits.replace(",", "").replace(".", ""))
