"""Questions that weigh the values of one column: which lie above, how many, which of two."""

from __future__ import annotations

from dataclasses import dataclass

from ..samples import Ask, Pen, alternatives

LONGEST = 4
"""More names than this make no answer."""

ABOVE = alternatives("""
Which {nouns} have {what} above {limit}{where}? / List the {nouns} with more than {limit} in
{what}{where}. / Which {nouns} are over {limit} for {what}{where}? / Name all {nouns} with {what}
above {limit}{where}. / Where is the {what} higher than {limit}{where}?
""")
BELOW = alternatives("""
Which {nouns} have {what} below {limit}{where}? / List the {nouns} with less than {limit} in
{what}{where}. / Which {nouns} are under {limit} for {what}{where}? / Name all {nouns} with {what}
below {limit}{where}. / Where is the {what} lower than {limit}{where}?
""")
HOW_MANY = alternatives("""
How many {nouns} have {what} above {limit}{where}? / In how many {nouns} is the {what} more than
{limit}{where}? / How many {nouns} are over {limit} in {what}{where}? / In how many {nouns} does the
{what} exceed {limit}{where}?
""")
EITHER = alternatives("""
Which has the higher {what}{where}, {one} or {other}? / {one} or {other}: which is higher in
{what}{where}? / Is the {what} higher for {one} or for {other}{where}? / Who has the larger
{what}{where}, {one} or {other}? / Of {one} and {other}, which is ahead in {what}{where}?
""")
LESS = alternatives("""
Which has the lower {what}{where}, {one} or {other}? / {one} or {other}: which is lower in
{what}{where}? / Is the {what} lower for {one} or for {other}{where}? / Who has the smaller
{what}{where}, {one} or {other}? / Of {one} and {other}, which is behind in {what}{where}?
""")
BESIDES = alternatives("""
Apart from {top}, which {noun} has the highest {what}{where}? / Which {noun} comes second in
{what}{where}? / Which {noun} has the highest {what}{where} after {top}? / Leaving out {top}, which
{noun} leads in {what}{where}?
""")
OVER = alternatives("""
Is the {what} of {one}{where} above {limit}? / Does {one} have more than {limit} in {what}{where}?
/ Is {one} over {limit} in {what}{where}? / Has {one} got beyond {limit} in {what}{where}?
""")


@dataclass(frozen=True, slots=True)
class Column:
    """One column as a table shows it: whose values they are, and when or where (" in 2024")."""

    noun: str
    nouns: str
    names: list[str]
    texts: list[str]
    values: list[float]
    where: str = ""


def by_value(pen: Pen, column: Column, what: str) -> list[Ask]:
    """A few of the questions that weigh values; all values must differ."""
    rng = pen.rng
    order = sorted(range(len(column.values)), key=lambda at: -column.values[at])
    if len(order) < 3:
        return []
    fields = {"noun": column.noun, "nouns": column.nouns, "what": what, "where": column.where}
    key = f"{what}{column.where}"
    one, other = rng.sample(range(len(order)), 2)
    pair = {"one": column.names[one], "other": column.names[other]}
    higher, lower = (one, other) if column.values[one] > column.values[other] else (other, one)
    asks = [
        Ask("compare", f"more {key}", pen.phrase(EITHER, **pair, **fields), column.names[higher]),
        Ask("compare", f"less {key}", pen.phrase(LESS, **pair, **fields), column.names[lower]),
        Ask("extreme", f"besides {key}",
            pen.phrase(BESIDES, top=column.names[order[0]], **fields), column.names[order[1]]),
    ]  # fmt: skip
    return rng.sample(asks, 2) + _limits(pen, column, order, fields)


def _limits(pen: Pen, column: Column, order: list[int], fields: dict[str, str]) -> list[Ask]:
    """Questions with a limit that lies between two values."""
    rng = pen.rng
    at = rng.randrange(1, len(order))
    limit = _between(column.values[order[at]], column.values[order[at - 1]])
    if limit is None:
        return []
    key = f"{fields['what']}{fields['where']} {limit}"
    fields = {**fields, "limit": limit}
    kept = [name for i, name in enumerate(column.names) if i in order[:at]]
    rest = [name for i, name in enumerate(column.names) if i in order[at:]]
    asks = []
    if len(kept) <= LONGEST:
        asks.append(Ask("list", f"above {key}", pen.phrase(ABOVE, **fields), ", ".join(kept)))
    if len(rest) <= LONGEST:
        asks.append(Ask("list", f"below {key}", pen.phrase(BELOW, **fields), ", ".join(rest)))
    asks.append(Ask("count", f"many {key}", pen.phrase(HOW_MANY, **fields), str(len(kept))))
    one = rng.randrange(len(order))
    said = "yes" if one in order[:at] else "no"
    text = pen.phrase(OVER, one=column.names[one], **fields)
    asks.append(Ask("yes/no", f"over {key} {one}", text, said))
    return rng.sample(asks, 2)


def _between(low: float, high: float) -> str | None:
    """The roundest number between two, as people would say it; None where there is none."""
    for digits in range(7, -2, -1):
        step = 10**digits / 10
        limit = (low // step + 1) * step
        if low < limit < high:
            return f"{limit:,.0f}" if step >= 1 else f"{limit:,.2f}".rstrip("0").rstrip(".")
    return None
