"""What a cell measures: a number with its unit, a date, a time, a duration. Text only, no model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 32
"""Letters of a cell that is a figure."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?"
_CLOCK = r"(?:,? (\d{1,2}):(\d\d))?"
_DATES = tuple(
    re.compile(_WEEKDAY + pattern + _CLOCK, re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)",
        r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>(?:\d\d){1,2})?",
        rf"(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)? (?P<name>{_MONTH})(?:,? (?P<year>\d{{4}}))?",
        rf"(?P<name>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>\d{{4}}))?",
        rf"(?P<name>{_MONTH}) (?P<year>\d{{4}})",
    )
)
_SLASHED = re.compile(_WEEKDAY + r"(\d{1,2})/(\d{1,2})/", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,2})[:.]([0-5]\d)(?::(\d\d(?:\.\d+)?))? ?(am|pm|h|uhr)?", re.IGNORECASE)
_LAP = re.compile(r"(\d{1,2}):(\d\d[.,]\d+)")
_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,’'   ]\d{3})*(?:[.,]\d+)?(?![\d.,]\d)")
_SPACES = re.compile(r"[’'   ]")
_LASTING = {
    "ns": 1e-9, "\u03bcs": 1e-6, "us": 1e-6, "ms": 1e-3,
    "s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hr": 3600, "hour": 3600,
    "d": 86400, "day": 86400, "week": 604800, "month": 2629800, "year": 31557600, "yr": 31557600,
}  # fmt: skip
_DURATION = re.compile(r"(?:\d+(?:[.,]\d+)? ?(?:[a-z\u00b5\u03bc]+\.?) ?){1,3}", re.IGNORECASE)
_PIECE = re.compile(r"(\d+(?:[.,]\d+)?) ?([a-z\u00b5\u03bc]+)", re.IGNORECASE)
_SCALES = {
    "k": 1e3, "K": 1e3, "thousand": 1e3, "M": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6,
    "B": 1e9, "bn": 1e9, "billion": 1e9, "G": 1e9, "T": 1e12, "trillion": 1e12,
}  # fmt: skip
_OF_MONEY = {**_SCALES, "m": 1e6, "b": 1e9, "t": 1e12}
"""3 m are metres, and 3 t tonnes, where they are no money."""
_UNITS = {
    "kb": ("b", 1e3), "mb": ("b", 1e6), "gb": ("b", 1e9), "tb": ("b", 1e12),
    "kib": ("b", 2**10), "mib": ("b", 2**20), "gib": ("b", 2**30), "tib": ("b", 2**40),
    "kb/s": ("b/s", 1e3), "mb/s": ("b/s", 1e6), "gb/s": ("b/s", 1e9),
    "kbit/s": ("bit/s", 1e3), "mbit/s": ("bit/s", 1e6), "gbit/s": ("bit/s", 1e9),
    "kbps": ("bit/s", 1e3), "mbps": ("bit/s", 1e6), "gbps": ("bit/s", 1e9),
    "khz": ("hz", 1e3), "mhz": ("hz", 1e6), "ghz": ("hz", 1e9),
    "mm": ("m", 1e-3), "cm": ("m", 1e-2), "metre": ("m", 1), "meter": ("m", 1), "km": ("m", 1e3),
    "mg": ("g", 1e-3), "kg": ("g", 1e3), "t": ("g", 1e6), "tonne": ("g", 1e6),
    "ml": ("l", 1e-3), "cl": ("l", 1e-2), "litre": ("l", 1),
    "kw": ("w", 1e3), "mw": ("w", 1e6), "gw": ("w", 1e9),
    "kwh": ("wh", 1e3), "mwh": ("wh", 1e6), "gwh": ("wh", 1e9),
}  # fmt: skip
_MONEY = re.compile(
    r"[$€£¥₹₺₽₩]|\b(?:eur|euros?|usd|gbp|chf|sek|nok|dkk|pln|jpy|inr|cad|aud)\b|\bkr\b"
)
_CURRENCY = r"(?:[A-Z]{0,3}[$€£¥₹₺₽₩]|[A-Z]{3})"
_MINUS = re.compile(rf"(?:^|[\s~≈($€£¥₹₺₽₩])[-−–▼↓]\s*(?:{_CURRENCY}\s*)?$")
"""Before a number below zero; books put it in brackets instead."""
_BRACKET = re.compile(rf"\s*(?:{_CURRENCY}\s*)?\(\s*(?:{_CURRENCY}\s*)?")
_BRACKET_END = re.compile(rf"\s*%?\s*(?:{_CURRENCY}\s*)?\)")
_ABOUT = {"m": "length", "g": "weight", "°c": "warmth", "°": "warmth", "°f": "warmth"}
_DATED = ("date", "time")
_KNOWN = {"", "%", *(unit for unit, _ in _UNITS.values())}
_FIRST_YEAR, _LAST_YEAR = 1500, 2100


@dataclass(frozen=True, slots=True)
class Measure:
    """A value that can be compared with others of its `unit`; `about` says what it measures, if
    that is known: money, length, weight, warmth, duration, year, date or time.
    """

    value: float
    unit: str
    about: str = ""


def is_known(measured: Measure) -> bool:
    """Whether its unit is one that figures are converted from, or says what it measures."""
    return bool(measured.about or (measured.unit and measured.unit in _KNOWN))


def are_at_odds(one: Measure, other: Measure) -> bool:
    """Whether two figures in different units could still be meant to be compared.

    $90 and €12 could, and 950 and 1.2 km; a number and a date, or `310 tickets` in a column of
    plain numbers, are about different things.
    """
    if one.unit == other.unit:
        return False
    if one.about and one.about == other.about:
        return True
    return all(m.about not in _DATED and (m.about or m.unit in _KNOWN) for m in (one, other))


@dataclass(frozen=True, slots=True)
class Writing:
    """What tells how a figure is meant only beside others: whether 2.345 are thousands (`decimal`
    is the mark before decimals, "" where nothing shows it), and whether 02/03/2024 is in February.
    """

    decimal: str = ""
    month_first: bool = False


def writing_of(texts: Iterable[str]) -> Writing | None:
    """How these figures of one column are written; None where their dates contradict each other."""
    marks: set[str] = set()
    orders: set[bool] = set()
    for text in texts:
        if slashed := _SLASHED.match(text):
            first, second = int(slashed[1]), int(slashed[2])
            if max(first, second) > 12:
                orders.add(second > 12)
        elif len(numbers := _NUMBER.findall(text)) == 1 and not (_date(text) or _time(text)):
            marks |= _decimal_marks(_SPACES.sub("", numbers[0]))
    if len(orders) > 1:
        return None
    return Writing(marks.pop() if len(marks) == 1 else "", True in orders)


def _decimal_marks(number: str) -> set[str]:
    """The mark that must stand before decimals for a number to be written so, if one must."""
    found = [mark for mark in number if mark in ".,"]
    if not found:
        return set()
    if len(set(found)) == 2:
        return {found[-1]}
    if len(found) > 1:
        return {"," if found[0] == "." else "."}
    whole, decimals = number.split(found[0])
    return {found[0]} if len(decimals) != 3 or whole == "0" else set()


@lru_cache(maxsize=4096)
def measure(text: str, writing: Writing = Writing()) -> Measure | None:
    """What a cell measures, in the writing of its column; None where it is no single figure.

    >>> measure("3.4 km"), measure("$1.2M").value, measure("north")
    (Measure(value=3400.0, unit='m', about='length'), 1200000.0, None)
    """
    text = text.strip()
    if len(text) > LONGEST or not any(map(str.isdigit, text)):
        return None
    return _date(text, writing) or _time(text) or _duration(text, writing) or _number(text, writing)


def _date(text: str, writing: Writing = Writing()) -> Measure | None:
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            name = parts.get("name")
            month = _MONTHS.index(name[:3].casefold()) + 1 if name else int(parts["month"])
            day, year = int(parts.get("day") or 0), int(parts.get("year") or 0)
            if month > 12 or (writing.month_first and "/" in text):
                month, day = day, month
            if month > 12 or day > 31:
                return None
            if 0 < year < 100:
                year += 2000
            hour, minute = (int(part or 0) for part in match.groups()[-2:])
            value = ((year * 12 + month) * 31 + day) * 1440 + hour * 60 + minute
            return Measure(float(value), "date" if year else "day", "date")
    return None


def _time(text: str) -> Measure | None:
    match = _TIME.fullmatch(text)
    # 7.75 h is no time of day; 7.30 Uhr is.
    if match is None or (":" not in text and (match[4] or "h").casefold() == "h"):
        return None
    hour, minute, second = int(match[1]), int(match[2]), float(match[3] or 0)
    if (match[4] or "").casefold() in ("am", "pm"):
        hour = hour % 12 + 12 * (match[4].casefold() == "pm")
    return Measure((hour * 60 + minute) * 60 + second, "time", "time")


def _duration(text: str, writing: Writing) -> Measure | None:
    if lap := _LAP.fullmatch(text):
        return Measure(int(lap[1]) * 60 + float(lap[2].replace(",", ".")), "s", "duration")
    if not _DURATION.fullmatch(text):
        return None
    seconds = 0.0
    for number, unit in _PIECE.findall(text):
        unit = unit.casefold()
        lasting = _LASTING.get(unit) or _LASTING.get(unit.removesuffix("s"))
        if lasting is None:
            return None
        seconds += _value(number, writing.decimal) * lasting
    return Measure(seconds, "s", "duration")


def _number(text: str, writing: Writing) -> Measure | None:
    numbers = _NUMBER.findall(text)
    if len(numbers) != 1 or sum(map(str.isdigit, text)) != sum(map(str.isdigit, numbers[0])):
        return None
    before, _, after = text.partition(numbers[0])
    value = _value(_SPACES.sub("", numbers[0]), writing.decimal)
    if _MINUS.search(before) or (_BRACKET.fullmatch(before) and _BRACKET_END.match(after)):
        value = -value
    around = f"{before} {after}".casefold()
    money = _MONEY.search(around) is not None
    words = [word.rstrip(".,") for word in re.sub(r"[-−–+~≈()▲▼↑↓]", " ", around).split()]
    # A scale stands right behind its number: 3.1M, 98G, 2 bn.
    scale = after.strip().split(" ")[0].strip("$€£.")
    scales = _OF_MONEY if money else _SCALES
    factor = scales.get(scale) or (scales.get(scale.casefold()) if scale[1:] else None)
    if factor is not None and (money or len(words) == 1):
        value *= factor
        words.remove(next(word for word in words if word.strip("$€£.") == scale.casefold()))
    if not words and not money and numbers[0].isdigit() and _FIRST_YEAR <= value <= _LAST_YEAR:
        return Measure(value, "", "year" if len(numbers[0]) == 4 else "")
    unit = " ".join(words)
    base = unit if unit in _UNITS else unit.removesuffix("s")
    if base in _UNITS:
        unit, factor = _UNITS[base]
        value *= factor
    return Measure(value, unit, "money" if money else _ABOUT.get(unit, ""))


def _value(number: str, decimal: str) -> float:
    """A number written with points or commas, for thousands or for the decimals."""
    if decimal:
        other = "," if decimal == "." else "."
        return float(number.replace(other, "").replace(decimal, "."))
    last = max(number.rfind("."), number.rfind(","))
    if last < 0:
        return float(number)
    mark = number[last]
    decimals = len(number) - last - 1
    other = "," if mark == "." else "."
    if number.count(mark) > 1 or (
        mark == "," and decimals == 3 and other not in number and not number.startswith("0")
    ):
        return float(number.replace(mark, "").replace(other, ""))
    return float(number[:last].replace(other, "") + "." + number[last + 1 :])


__all__ = ["Measure", "Writing", "are_at_odds", "is_known", "measure", "writing_of"]
