"""Calendars: a week in columns or lists of days, with events, times and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ..samples import ABSENT, Ask, Page, Pen, Rows, alternatives
from ..values import DAYS, MONTHS, clock, day, people
from ..vocabulary import listed

EVENTS = listed("""
Budget review, Design workshop, Interview, Team lunch, Physiotherapy, Piano lesson, Parents'
evening, Choir practice, Supplier call, Sprint planning, Fire drill, Board meeting, Haircut, Tax
adviser, Book club, Yoga, Guitar lesson, Vet, Site visit, Press call, Dinner with Oma, Swimming,
Chess club, Product demo, Stocktaking, Onboarding, Safety training, Blood donation, Theatre, Quiz
night
""")
SHADES = listed("Work, Private, Family, Holidays, Birthdays, Team, School")
WHEN = alternatives("""
When is the {event}? / On which day is the {event}? / What day is the {event}? / {event} - when? /
Which day has the {event}? / On what day do I have {event}? / For which day is the {event} entered?
""")
TIME = alternatives("""
At what time is the {event}? / What time does the {event} start? / {event}, what time? / When do I
have to be at the {event}, what time? / From when is the {event}?
""")
ON = alternatives("""
What is on {day}? / What do I have on {day}? / What is entered for {day}? / What is planned on
{day}? / {day}, what is on? / What happens on {day}?
""")
WITH = alternatives("""
Who is the {event} with? / With whom is the {event}? / Who takes part in the {event}? / Whose name
is at the {event}?
""")
FREE = alternatives("""
Is {day} free? / Do I have time on {day}? / Is nothing entered on {day}? / Am I free on {day}?
""")
COUNT = alternatives("""
How many events are there? / How many appointments are entered? / How many entries does the week
have? / Count the appointments.
""")
FIRST = alternatives("""
What is first on {day}? / Which event on {day} comes first? / What does {day} begin with? / How does
{day} start?
""")
MONTH = ("Which month is it?", "What month is shown?", "Which month is open?")


@dataclass(frozen=True, slots=True)
class Event:
    """One entry; `at` counts days from Monday."""

    name: str
    at: int
    time: str
    person: str


def calendar(pen: Pen) -> Page:
    """A week with its events."""
    rng = pen.rng
    monday = day(rng, 2019, 2029)
    monday -= timedelta(days=monday.weekday())
    names = [_label(monday + timedelta(days=i)) for i in range(7)]
    count = rng.randrange(3, 8)
    drawn = rng.sample(EVENTS, count + 1)
    form, whom = rng.choice("aab"), people(rng, count)
    times = sorted({clock(rng, form) for _ in range(count * 3)}, key=_minutes)
    rng.shuffle(times)
    events = [
        Event(name, rng.randrange(7), times[i], whom[i] if pen.chance(0.4) else "")
        for i, name in enumerate(drawn[:count])
    ]
    events.sort(key=lambda event: (event.at, _minutes(event.time)))
    month = f"{MONTHS[monday.month - 1]} {monday.year}"
    title = rng.choice((month, "Calendar", f"Week {monday.isocalendar().week}", "My week"))
    rows: Rows = [[title], *([[month]] if title != month and pen.chance(0.7) else [])]
    if pen.chance(0.5):
        rows.append(rng.sample(("Day", "Week", "Month", "Today", "Agenda"), 3))
    rows += _lay_out(pen, names, events)
    if pen.chance(0.5):
        rows += [[shade] for shade in rng.sample(SHADES, 3)]
    asks = _asks(pen, names, events)
    if [month] in rows:
        asks.append(Ask("date", "month", pen.phrase_of(MONTH), MONTHS[monday.month - 1]))
    gone = drawn[-1]
    asks.append(Ask("absent", gone, pen.phrase(WHEN, event=_said(gone)), ABSENT, (gone,)))
    about = ("is a calendar", "shows a week with appointments", "is somebody's calendar")
    page = Page("calendar", title, rows, asks, names=drawn[:count], about=about)
    page.summary = f"The calendar shows a week in {month} with {count} events."
    return page


def _minutes(text: str) -> int:
    hour, minute = text.split(" ")[0].split(":")
    return int(hour) % 12 * 60 + int(minute) + 720 * ("pm" in text) if " " in text else (
        int(hour) * 60 + int(minute)
    )  # fmt: skip


def _label(when: date) -> str:
    return f"{DAYS[when.weekday()][:3]} {when.day}"


def _said(event: str) -> str:
    return event if event.startswith(("Parents", "Yoga", "Vet")) else event[0].lower() + event[1:]


def _lay_out(pen: Pen, names: list[str], events: list[Event]) -> Rows:
    """Day by day, or one line an event."""
    mixed = pen.chance(0.5)
    lines: Rows = []
    if pen.chance(0.4):
        # All heads first says nothing about which event is whose: the day stands at each event.
        return [[names[e.at], e.time, e.name, *([e.person] if e.person else [])] for e in events]
    for at, name in enumerate(names):
        lines.append([name])
        for event in (event for event in events if event.at == at):
            cells = [f"{event.time} {event.name}"] if mixed else [event.time, event.name]
            lines.append([*cells, *([event.person] if event.person else [])])
    return lines


def _asks(pen: Pen, names: list[str], events: list[Event]) -> list[Ask]:
    """Questions for days, times, people and free days."""
    rng = pen.rng
    asks: list[Ask] = []
    for event in events:
        fields = {"event": _said(event.name)}
        said_day = DAYS[event.at]
        shown = said_day[:3]
        asks.append(Ask("date", f"when {event.name}", pen.phrase(WHEN, **fields), names[event.at]))
        asks.append(Ask("date", f"time {event.name}", pen.phrase(TIME, **fields), event.time))
        if event.person:
            asks.append(Ask("mail", f"with {event.name}", pen.phrase(WITH, **fields), event.person))
        same = [other.name for other in events if other.at == event.at]
        kind = "list" if len(same) > 1 else "date"
        asks.append(Ask(kind, f"on {shown}", pen.phrase(ON, day=said_day), ", ".join(same)))
        if len(same) > 1:
            asks.append(Ask("date", f"first {shown}", pen.phrase(FIRST, day=said_day), same[0]))
    for at in rng.sample(range(7), 2):
        busy = "no" if any(event.at == at for event in events) else "yes"
        asks.append(Ask("yes/no", f"free {at}", pen.phrase(FREE, day=DAYS[at]), busy))
    asks.append(Ask("count", "events", pen.phrase(COUNT), str(len(events))))
    once = {ask.key: ask for ask in asks}
    return list(once.values())
