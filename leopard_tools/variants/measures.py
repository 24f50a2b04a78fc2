"""What a cell measures: a number with its unit, a date, a time, a duration. Text only, no model."""

from __future__ import annotations

import re
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
_TIME = re.compile(r"(\d{1,2})[:.](\d\d)(?::(\d\d(?:\.\d+)?))? ?(am|pm|h|uhr)?", re.IGNORECASE)
_LAP = re.compile(r"(\d{1,2}):(\d\d[.,]\d+)")
_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,’'   ]\d{3})*(?:[.,]\d+)?(?![\d.,]\d)")
_LASTING = {
    "s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hr": 3600, "hour": 3600,
    "d": 86400, "day": 86400, "week": 604800, "month": 2629800, "year": 31557600, "yr": 31557600,
}  # fmt: skip
_DURATION = re.compile(r"(?:\d+(?:[.,]\d+)? ?(?:[a-z]+\.?) ?){1,3}", re.IGNORECASE)
_PIECE = re.compile(r"(\d+(?:[.,]\d+)?) ?([a-z]+)", re.IGNORECASE)
_SCALES = {
    "k": 1e3, "K": 1e3, "thousand": 1e3, "M": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6,
    "B": 1e9, "bn": 1e9, "billion": 1e9, "G": 1e9, "T": 1e12, "trillion": 1e12,
}  # fmt: skip
_OF_MONEY = {**_SCALES, "m": 1e6, "b": 1e9, "t": 1e12}
"""3 m are metres, and 3 t tonnes, where they are no money."""
_UNITS = {
    "kb": ("b", 1e3), "mb": ("b", 1e6), "gb": ("b", 1e9), "tb": ("b", 1e12),
    "mm": ("m", 1e-3), "cm": ("m", 1e-2), "metre": ("m", 1), "meter": ("m", 1), "km": ("m", 1e3),
    "mg": ("g", 1e-3), "kg": ("g", 1e3), "t": ("g", 1e6), "tonne": ("g", 1e6),
    "ml": ("l", 1e-3), "cl": ("l", 1e-2), "litre": ("l", 1),
    "kw": ("w", 1e3), "mw": ("w", 1e6), "gw": ("w", 1e9),
    "kwh": ("wh", 1e3), "mwh": ("wh", 1e6), "gwh": ("wh", 1e9),
}  # fmt: skip
_MONEY = re.compile(
    r"[$€£¥₹₺₽₩]|\b(?:eur|euros?|usd|gbp|chf|sek|nok|dkk|pln|jpy|inr|cad|aud)\b|\bkr\b"
)
_ABOUT = {"m": "length", "g": "weight", "°c": "warmth", "°": "warmth", "°f": "warmth"}
_FIRST_YEAR, _LAST_YEAR = 1500, 2100


@dataclass(frozen=True, slots=True)
class Measure:
    """A value that can be compared with others of its `unit`; `about` says what it measures, if
    that is known: money, length, weight, warmth, duration, year, date or time.
    """

    value: float
    unit: str
    about: str = ""


@lru_cache(maxsize=4096)
def measure(text: str) -> Measure | None:
    """What a cell measures; None where it is no single figure.

    >>> measure("3.4 km"), measure("$1.2M").value, measure("north")
    (Measure(value=3400.0, unit='m', about='length'), 1200000.0, None)
    """
    text = text.strip()
    if len(text) > LONGEST or not any(map(str.isdigit, text)):
        return None
    return _date(text) or _time(text) or _duration(text) or _number(text)


def _date(text: str) -> Measure | None:
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            name = parts.get("name")
            month = _MONTHS.index(name[:3].casefold()) + 1 if name else int(parts["month"])
            day, year = int(parts.get("day") or 0), int(parts.get("year") or 0)
            if month > 12:
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
    if match is None or (":" not in text and match[4] is None):
        return None
    hour, minute, second = int(match[1]), int(match[2]), float(match[3] or 0)
    if (match[4] or "").casefold() in ("am", "pm"):
        hour = hour % 12 + 12 * (match[4].casefold() == "pm")
    return Measure((hour * 60 + minute) * 60 + second, "time", "time")


def _duration(text: str) -> Measure | None:
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
        seconds += float(number.replace(",", ".")) * lasting
    return Measure(seconds, "s", "duration")


def _number(text: str) -> Measure | None:
    numbers = _NUMBER.findall(text)
    if len(numbers) != 1 or sum(map(str.isdigit, text)) != sum(map(str.isdigit, numbers[0])):
        return None
    before, _, after = text.partition(numbers[0])
    value = _value(numbers[0])
    if before.rstrip("$€£ ").endswith(("-", "−", "–")):
        value = -value
    around = f"{before} {after}".casefold()
    money = _MONEY.search(around) is not None
    words = [word.rstrip(".,") for word in re.sub(r"[-−–+~≈()]", " ", around).split()]
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


def _value(number: str) -> float:
    """A number written with points or commas, for thousands or for the decimals."""
    number = re.sub(r"[’'   ]", "", number)
    last = max(number.rfind("."), number.rfind(","))
    if last < 0:
        return float(number)
    mark = number[last]
    decimals = len(number) - last - 1
    other = "," if mark == "." else "."
    if number.count(mark) > 1 or (mark == "," and decimals == 3 and other not in number):
        return float(number.replace(mark, "").replace(other, ""))
    return float(number[:last].replace(other, "") + "." + number[last + 1 :])


__all__ = ["Measure", "measure"]
