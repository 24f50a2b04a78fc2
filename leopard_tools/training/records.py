"""Facts of a page as JSON has them: texts, numbers, dates, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .samples import Fact
from .values import MONTHS, amount

TYPES: dict[str, dict[str, object]] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "list": {"type": "array", "items": {"type": "string"}},
}
KINDS = {"money": "number", "int": "integer", "date": "date", "float": "number", "year": "integer"}
"""Types of the values that fields.make writes; all others are strings."""


def gather(facts: Iterable[tuple[str, str | None, str]]) -> dict[str, Fact]:
    """Facts (key, text, type) by key; the text is None where the page does not say it."""
    found = {}
    for key, text, kind in facts:
        fact = make_fact(text, kind) if text is not None else Fact(TYPES[kind], None)
        if fact is not None:
            found[key] = fact
    return found


def table(rows: Iterable[tuple[str, list[str]]], kinds: list[tuple[str, str]]) -> Fact | None:
    """Rows of a table (name, cells) as a list of objects with these keys and types."""
    schema = {key: TYPES[kind] for key, kind in (("name", "string"), *kinds)}
    items = []
    for name, cells in rows:
        made = {"name": Fact(TYPES["string"], name)}
        pairs = zip(kinds, cells, strict=True)
        made |= gather((key, cell, kind) for (key, kind), cell in pairs)
        if len(made) < len(schema):
            return None
        items.append({key: fact.value for key, fact in made.items()})
    item = {"type": "object", "properties": schema, "required": list(schema)}
    return Fact({"type": "array", "items": item}, items)


def make_fact(text: str, kind: str) -> Fact | None:
    """What a text says as a value of this type; None where that cannot be told."""
    value: object = text
    if kind == "number":
        number = amount(text)
        value = int(number) if number.is_integer() else number
    elif kind == "integer":
        value = int(re.sub(r"\D", "", text))
    elif kind == "date":
        value = iso(text)
    elif kind == "list":
        value = text.split(", ")
    return Fact(TYPES[kind], value) if value is not None else None


def iso(text: str) -> str | None:
    """A date as year-month-day; None where day and month could be exchanged.

    >>> iso("3 May 2024"), iso("May 3, 2024"), iso("03.05.2024"), iso("03/05/2024")
    ('2024-05-03', '2024-05-03', '2024-05-03', None)
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    if found := re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", text):
        return f"{found[3]}-{found[2]}-{found[1]}"
    words = re.findall(r"[A-Za-z]+", text)
    numbers = re.findall(r"\d+", text)
    short = [month[:3] for month in MONTHS]
    if len(words) != 1 or len(numbers) != 2 or words[0][:3].capitalize() not in short:
        return None
    month = short.index(words[0][:3].capitalize()) + 1
    return f"{numbers[1]}-{month:02}-{int(numbers[0]):02}"


def slug(label: str) -> str:
    """A label as a key of JSON."""
    return re.sub(r"\W+", "_", label.lower()).strip("_")
