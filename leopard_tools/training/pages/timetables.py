"""Pages that go by the clock: timetables whose rows are named by a time, and opening hours."""

from __future__ import annotations

from dataclasses import replace

from .. import vocabulary as words
from ..fields import Style, make
from ..samples import ABSENT, Ask, Page, Pen, Rows, alternatives
from ..values import DAYS, brand, people

# A ride or event, the page's title, further columns.
RIDES = (
    ("train", "Trains to {city}", ("Platform", "Train", "Status")),
    ("bus", "Bus departures", ("Line", "Stop", "Status")),
    ("tour", "Boat tours", ("Guide", "Price", "Capacity")),
    ("flight", "Departures", ("Gate", "Airline", "Status")),
    ("show", "Cinema programme", ("Hall", "Film", "Price")),
    ("class", "Today's classes", ("Room", "Teacher", "Price")),
    ("session", "Agenda", ("Room", "Speaker", "Topic")),
    ("coach", "Coaches from {city}", ("Bay", "Operator", "Price")),
)
RIDE_STATES = (
    "On time",
    "Cancelled",
    "Delayed",
    "Boarding",
    "Fully booked",
    "Waiting list",
    "Departed",
)
AT = alternatives("""
What is the {label} of the {time} {ride}? / {label} of the {time} {ride}? / Which {label} does
the {time} {ride} have? / For the {time} {ride}, what {label} is listed?
""")
ENDS = alternatives("""
When does the {time} {ride} end? / At what time does the {time} {ride} get in? / When does the
{time} {ride} arrive? / What is the arrival time of the {time} {ride}?
""")
STATE = alternatives("""
Which {ride} is {state}? / What time is the {ride} that is {state}? / At what time is the
{state} {ride}? / Which {ride} is marked {state}?
""")
TAKES = alternatives("""
How many minutes does the {time} {ride} take? / How long is the {time} {ride}, in minutes? / How
many minutes after it begins is the {time} {ride} over? / duration of the {time} {ride} in
minutes? / From start to end, how many minutes is the {time} {ride}?
""")
FIRST_RIDE = alternatives("""
When does the first {ride} start? / What time is the first {ride}? / When is the earliest
{ride}? / At what time does the day's first {ride} begin?
""")
LAST_RIDE = alternatives("""
When does the last {ride} start? / What time is the last {ride}? / When is the latest {ride}? /
At what time does the day's last {ride} begin?
""")


def timetable(pen: Pen) -> Page:
    """Rides or events by their time: each row is named by when it starts."""
    rng = pen.rng
    ride, title, labels = rng.choice(RIDES)
    city = rng.choice(words.CITIES)
    count = rng.randrange(3, 8)
    minutes = sorted(rng.sample(range(6 * 60, 22 * 60, 5), count))
    longest = max(1, min(b - a for a, b in zip(minutes, [*minutes[1:], 23 * 60], strict=True)) // 5)
    takes = 5 * rng.randrange(1, longest + 1)
    times = [f"{m // 60:02}:{m % 60:02}" for m in minutes]
    ends = [f"{(m + takes) // 60:02}:{(m + takes) % 60:02}" for m in minutes]
    extra = rng.sample(labels, rng.randrange(1, len(labels) + 1))
    columns = {label: _ride_column(pen, label, count) for label in extra}
    starts, finish = (
        ("Start", "End") if ride in ("show", "class", "session") else ("Departs", "Arrives")
    )
    header = [starts, finish, *extra]
    rows: Rows = [list(row) for row in zip(times, ends, *columns.values(), strict=True)]
    asks = []
    for at in rng.sample(range(count), min(4, count)):
        fields = {"time": times[at], "ride": ride}
        ending = ENDS[:1] if finish == "End" else ENDS[1:]
        asks.append(Ask("cell", f"end {times[at]}", pen.phrase(ending, **fields), ends[at]))
        text = pen.phrase(TAKES, **fields)
        asks.append(Ask("difference", f"takes {times[at]}", text, str(takes)))
        label = rng.choice(extra)
        text = pen.phrase(AT, label=label.lower(), **fields)
        asks.append(Ask("cell", f"{label} {times[at]}", text, columns[label][at]))
    for state in sorted(set(columns.get("Status", []))):
        if columns["Status"].count(state) == 1:
            text = pen.phrase(STATE, ride=ride, state=state.lower())
            asks.append(Ask("row", state, text, times[columns["Status"].index(state)]))
    asks.append(Ask("extreme", "first", pen.phrase(FIRST_RIDE, ride=ride), times[0]))
    asks.append(Ask("extreme", "last", pen.phrase(LAST_RIDE, ride=ride), times[-1]))
    gone = f"{rng.randrange(1, 6):02}:{rng.randrange(60):02}"
    asks.append(Ask("absent", gone, pen.phrase(ending, time=gone, ride=ride), ABSENT, (gone,)))
    title = title.format(city=city)
    return Page("timetable", title, [[title], header, *rows], asks, marks=times)


def _ride_column(pen: Pen, label: str, count: int) -> list[str]:
    rng = pen.rng
    style = Style.draw(rng)
    if label == "Status":
        return [rng.choice(RIDE_STATES) for _ in range(count)]
    if label in ("Guide", "Teacher", "Speaker"):
        return people(rng, count)
    pools = {"Stop": words.STREETS, "Film": words.BOOKS, "Topic": words.TOPICS}
    if label in pools:
        return rng.sample(pools[label], count)
    if label in ("Airline", "Operator"):
        return [f"{brand(rng)} {rng.choice(('Air', 'Lines', 'Travel'))}" for _ in range(count)]
    kinds = {"Price": "money", "Gate": "gate", "Train": "flight"}
    return [make(rng, kinds.get(label, "int:1:40"), style) for _ in range(count)]


OPENS = alternatives("""
When does it open on {day}? / What time do they open on {day}? / From when is it open on {day}?
/ Opening time on {day}?
""")
CLOSES = alternatives("""
When does it close on {day}? / Until when is it open on {day}? / What time do they close on
{day}? / Closing time on {day}?
""")
OPEN = alternatives("""
Is it open on {day}? / Are they open on {day}? / Can I go there on {day}? / Would I find it open
on {day}?
""")
CLOSED = alternatives("""
On which day is it closed? / Which day is it closed? / When is the closing day? / What day of
the week is it shut?
""")


PLACES = ("Library", "Bakery", "Pool", "Pharmacy", "Museum", "Cafe", "Clinic")
FEE = ("What is the entrance fee?", "How much is the entrance fee?", "What is the price of entry?")


def hours(pen: Pen) -> Page:
    """Opening hours, days with the same put together, one day closed."""
    rng = pen.rng
    shut = rng.choice((0, 5, 6, 6, 6))
    dash = rng.choice((" - ", "–", " to ", "-"))
    week = _week(pen)
    names = [day[:3] for day in DAYS] if pen.chance(0.5) else list(DAYS)
    place = f"{brand(rng)} {rng.choice(PLACES)}"
    rows: Rows = [[place], [rng.choice(("Opening hours", "Hours", "We are open"))]]
    start = 0
    while start < 7:
        stop = start + 1
        while stop < 7 and shut not in (start, stop) and week[stop] == week[start]:
            stop += 1
        label = names[start] if stop == start + 1 else f"{names[start]}{dash}{names[stop - 1]}"
        text = rng.choice(("closed", "Closed")) if start == shut else dash.join(week[start])
        rows.append([label, text] if pen.chance(0.9) else [f"{label} {text}"])
        start = stop
    asks = [Ask("hours", "closed", pen.phrase(CLOSED), names[shut])]
    for day in rng.sample(range(7), 4):
        said = "no" if day == shut else "yes"
        asks.append(Ask("yes/no", f"open {day}", pen.phrase(OPEN, day=DAYS[day]), said))
        if day != shut:
            for phrasings, value in zip((OPENS, CLOSES), week[day], strict=True):
                text = pen.phrase(phrasings, day=DAYS[day])
                asks.append(Ask("hours", f"{phrasings[0]} {day}", text, value))
    asks = [replace(ask, rivals=("closed", "open")) for ask in asks]
    lacks = ("fee", "price", "€", "$", "£")
    asks.append(Ask("absent", "hours price", pen.phrase(FEE), ABSENT, lacks))
    return Page("hours", place, rows, asks, names=[place])


def _week(pen: Pen) -> list[tuple[str, str]]:
    """When a place opens and closes each day; neighbouring days are often the same."""
    rng = pen.rng
    form = rng.choice(("{:02}:{:02}", "{}:{:02}", "{}.{:02}"))
    week: list[tuple[str, str]] = []
    while len(week) < 7:
        opens = form.format(rng.randrange(6, 11), rng.choice((0, 30)))
        closes = form.format(rng.randrange(16, 23), rng.choice((0, 30)))
        week += [(opens, closes)] * rng.randrange(1, 6)
    return week[:7]
