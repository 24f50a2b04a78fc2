"""People with role, address and number, in cards or row by row."""

from __future__ import annotations

from .. import vocabulary as words
from ..fields import Style, catalogue, make
from ..records import table
from ..samples import ABSENT, Ask, Page, Pen, Rows, alternatives
from ..values import email, people, phone
from .shapes import across_or_down
from .things import ask_of

WHOSE = alternatives("""
Who is the {role}? / Who works as {role}? / What is the name of the {role}? / Which person is
the {role}?
""")
WHO_WITH = alternatives("""
Whose {label} is {value}? / Who has the {label} {value}? / Who can be reached at {value}? / To
whom does {value} belong?
""")
CONTACTS = words.listed("""
Contact, Contacts, Meet the team, Your contacts, Team, Questions?, Get in touch, Who to call,
Project team, Speakers
""")


def contacts(pen: Pen) -> Page:
    """People with role, address and number: cards in any order of lines, or row by row."""
    rng = pen.rng
    count = rng.randrange(1, 6)
    names, host = people(rng, count + 1), Style.draw(rng).host
    roles = rng.sample(words.ROLES, count)
    labels = rng.sample(("email", "phone", "city"), rng.randrange(1, 4))
    style = Style.draw(rng)
    values = {
        "email": [email(rng, name, host) for name in names],
        "phone": [phone(rng) for _ in names],
        "city": [make(rng, "city", style) for _ in names],
    }
    order = ["name", "role", *labels]
    if pen.chance(0.4):
        rng.shuffle(order)
    columns = {"name": names[:count], "role": roles} | {key: values[key][:count] for key in labels}
    title = rng.choice(CONTACTS)
    asks = _contact_asks(pen, names, labels, columns)
    cards = _people(pen, [columns[key] for key in order])
    page = Page("contacts", title, [[title], *cards], asks, names=names[:count])
    kinds = [("role", "string"), *((key, "string") for key in labels)]
    listed = [(names[i], [columns[key][i] for key, _ in kinds]) for i in range(count)]
    page.summary = "The page shows one person with a role."
    if count > 1 and (everybody := table(listed, kinds)):
        page.summary = f"The page lists {count} people with their roles: {', '.join(page.names)}."
        page.record["people"] = everybody
    return page


def _contact_asks(
    pen: Pen, names: list[str], labels: list[str], columns: dict[str, list[str]]
) -> list[Ask]:
    """Questions for what the cards say, and for a person who has none: the last of the names."""
    asks: list[Ask] = []
    count = len(names) - 1
    for at in range(count):
        for key in ("role", *labels):
            text = ask_of(pen, catalogue()[key], catalogue()[key].labels[0], names[at])
            asks.append(Ask("contact", f"{names[at]} {key}", text, columns[key][at]))
        role = columns["role"][at]
        asks.append(Ask("contact", role, pen.phrase(WHOSE, role=role), names[at]))
        if "phone" in labels:
            text = pen.phrase(WHO_WITH, label="phone number", value=columns["phone"][at])
            asks.append(Ask("reverse", f"phone {at}", text, names[at]))
    key = pen.rng.choice(("email", "phone", "role"))
    text = ask_of(pen, catalogue()[key], catalogue()[key].labels[0], names[count])
    asks.append(Ask("absent", f"{names[count]} {key}", text, ABSENT, (names[count],)))
    if "phone" not in labels:
        text = ask_of(pen, catalogue()["phone"], "Phone number", names[0])
        asks.append(Ask("absent", f"{names[0]} phone", text, ABSENT, ("phone", "tel", "+", "call")))
    return asks


def _people(pen: Pen, columns: list[list[str]]) -> Rows:
    """Cards one below the other, side by side, or a line for each person."""
    if pen.chance(0.25):
        return [[column[i]] for i in range(len(columns[0])) for column in columns]
    if pen.chance(0.5):
        return across_or_down(pen, columns)
    return [list(row) for row in zip(*columns, strict=True)]
