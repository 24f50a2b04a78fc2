"""Tables of things with several properties: one thing a row, one field a column."""

# ruff: noqa: E501
# What a page consists of is one line of the table below, however long.

from __future__ import annotations

from dataclasses import dataclass

from .. import vocabulary as words
from ..fields import GENERAL_OF, Field, Style, catalogue, make, noun
from ..records import KINDS, table
from ..samples import ABSENT, Ask, Page, Pen, alternatives
from ..values import amount, company, people
from .shapes import header

# One of them, several of them, names, fields that fit, titles.
SORTS: tuple[tuple[str, str, tuple[str, ...], str, tuple[str, ...]], ...] = (
    ("ship", "ships", words.SHIPS, "port, capacity, departs, arrives, price, type", ("Our fleet", "Sailings", "Cruise offers")),
    ("course", "courses", words.COURSES, "teacher, weekday, begin, room, price, duration, availability", ("Course programme", "Evening classes", "Workshops")),
    ("product", "products", words.GOODS, "price, stock, item number, weight, colour, rating, warranty", ("Stock list", "Price list", "Catalogue", "Bestsellers")),
    ("project", "projects", words.PROJECTS, "owner, budget, spent, deadline, status, start, priority, risk", ("Project portfolio", "Project status", "Open projects")),
    ("employee", "employees", (), "department, role, email, phone, city, start, room", ("Staff directory", "Our team", "Contacts", "Phone list")),
    ("office", "offices", words.CITIES, "manager, employees, founded, phone, country", ("Offices", "Our locations", "Branches")),
    ("server", "servers", words.SERVERS, "load, memory, uptime, version, last backup, status", ("Server overview", "Infrastructure status", "Hosts")),
    ("dish", "dishes", words.DISHES, "price, calories, protein, fat", ("Menu", "Lunch menu", "Kitchen list")),
    ("food", "foods", words.FOODS, "calories, protein, fat, price", ("Nutrition facts", "Nutrition per 100 g")),
    ("book", "books", words.BOOKS, "author, pages, price, published, stock, language", ("New books", "Library list", "Book orders")),
    ("company", "companies", (), "headquarters, founded, employees, country, contact", ("Our partners", "Suppliers", "Competitors", "Customers")),
    ("milestone", "milestones", words.MILESTONES, "deadline, owner, status, budget", ("Milestones", "Project plan", "Delivery plan")),
    ("department", "departments", words.DEPARTMENTS, "manager, employees, budget, spent, city", ("Departments", "Cost centres", "Budget overview")),
)  # fmt: skip
HELD_SORTS: tuple[tuple[str, str, tuple[str, ...], str, tuple[str, ...]], ...] = (
    ("team", "teams", words.SPORTS_TEAMS, "points, wins, losses, coach, city", ("League table", "Standings")),
)  # fmt: skip
WHICH_IS = alternatives("""
Which {noun} is {value}? / Which {noun} has the {label} {value}? / Which {noun} has {label}
{value}? / What {noun} is listed with {label} {value}?
""")
WHICH = alternatives("""
Which {noun} has the {label} {value}? / Which {noun} has {value} as its {label}? / Which {noun}
has {label} {value}? / {value} is the {label} of which {noun}?
""")
MOST = alternatives("""
Which {noun} has the highest {label}? / Which {noun} has the most {label}? / What {noun} is top
in {label}? / Which {noun} shows the greatest {label}?
""")
LEAST = alternatives("""
Which {noun} has the lowest {label}? / Which {noun} has the least {label}? / What {noun} is
bottom in {label}? / Which {noun} shows the smallest {label}?
""")
SUPERLATIVES = {
    "price": ("Which {noun} is the cheapest?", "Which {noun} is the most expensive?"),
    "weight": ("Which {noun} is the lightest?", "Which {noun} is the heaviest?"),
    "capacity": ("Which {noun} is the smallest?", "Which {noun} is the largest?"),
    "employees": ("Which {noun} has the fewest employees?", "Which {noun} has the most employees?"),
    "pages": ("Which {noun} is the shortest?", "Which {noun} is the longest?"),
    "stock": ("Which {noun} has the lowest stock?", "Which {noun} has the highest stock?"),
    "budget": ("Which {noun} has the smallest budget?", "Which {noun} has the largest budget?"),
    "rating": ("Which {noun} has the worst rating?", "Which {noun} is rated best?"),
    "founded": ("Which {noun} is the oldest?", "Which {noun} is the newest?"),
}
COUNT = alternatives("""
How many {nouns} are listed? / How many {nouns} are there? / How many {nouns} does the table
have? / Number of {nouns} shown?
""")
IS = alternatives("""
Is the {label} of {of} {value}? / Does {of} have the {label} {value}? / Is {value} the {label}
of {of}? / Does it say that the {label} of {of} is {value}?
""")
MEASURED = ("int", "float", "percent", "money", "weight", "memory", "year")


@dataclass(frozen=True, slots=True)
class Things:
    """The truth behind a table of things."""

    noun: str
    plural: str
    names: list[str]
    spare: list[str]
    fields: list[Field]
    labels: list[str]
    cells: list[list[str]]  # a row for each name
    unused: list[Field]

    def column(self, at: int) -> list[str]:
        return [row[at] for row in self.cells]


def things(pen: Pen, held: bool) -> tuple[Things, str]:
    """A made-up truth and a title for it."""
    rng = pen.rng
    noun, plural, pool, fitting, titles = rng.choice(HELD_SORTS if held else SORTS)
    count = rng.randrange(3, 9)
    drawn = _names(pen, noun, pool, count + 2)
    every = [catalogue()[name] for name in fitting.split(", ")]
    fields = rng.sample(every, min(len(every), rng.randrange(2, 6)))
    style = Style.draw(rng)
    cells = [[make(rng, field.kind, style, name) for field in fields] for name in drawn[:count]]
    labels = [rng.choice(field.labels) for field in fields]
    truth = Things(noun, plural, drawn[:count], drawn[count:], fields, labels, cells,
                   [field for field in every if field not in fields])  # fmt: skip
    return truth, rng.choice(titles)


def _names(pen: Pen, noun: str, pool: tuple[str, ...], count: int) -> list[str]:
    if noun == "employee":
        return people(pen.rng, count)
    if noun == "company":
        names: dict[str, str] = {}
        while len(names) < count:
            name = company(pen.rng)
            names.setdefault(name.split()[0], name)
        return list(names.values())
    return pen.rng.sample(pool, count)


def thing_table(pen: Pen, held: bool = False) -> Page:
    """A table of things."""
    rng = pen.rng
    truth, title = things(pen, held)
    head = rng.choice((truth.noun.capitalize(), truth.noun.capitalize(), "Name", ""))
    rows = [[title], header(pen, head, truth.labels)]
    rows += [[name, *cells] for name, cells in zip(truth.names, truth.cells, strict=True)]
    layout = "standings" if held else "thing table"
    page = Page(layout, title, rows, thing_asks(pen, truth), names=list(truth.names))
    shown = ", ".join(truth.names[:-1])
    page.summary = (
        f"The table compares {len(truth.names)} {truth.plural}: {shown} and {truth.names[-1]}."
    )
    kinds = [(field.name.replace(" ", "_").replace("-", "_"), KINDS.get(field.kind.split(":")[0], "string"))
             for field in truth.fields[:2]]  # fmt: skip
    if len(truth.names) <= 5:
        listed = table(zip(truth.names, (row[:2] for row in truth.cells), strict=True), kinds)
        page.record = {truth.plural: listed} if listed else {}
    return page


def of_phrase(truth: Things, name: str) -> str:
    """A thing as a sentence names it."""
    if truth.noun in ("employee", "company", "office", "server", "book", "team"):
        return f"the {name} office" if truth.noun == "office" else name
    if truth.noun in ("project", "course", "ship", "milestone", "department"):
        return name if truth.noun != "project" else f"project {name}"
    return f"the {name}" if truth.noun == "product" else name


def thing_asks(pen: Pen, truth: Things) -> list[Ask]:
    """Questions for cells, rows by a condition, extremes, counts, and near misses."""
    rng = pen.rng
    asks = []
    cells = [(r, c) for r in range(len(truth.names)) for c in range(len(truth.fields))]
    for r, c in rng.sample(cells, min(7, len(cells))):
        name = of_phrase(truth, truth.names[r])
        text = ask_of(pen, truth.fields[c], truth.labels[c], name)
        asks.append(
            Ask("cell", f"{truth.names[r]} {truth.fields[c].name}", text, truth.cells[r][c])
        )
    for c in rng.sample(range(len(truth.fields)), min(3, len(truth.fields))):
        asks += _by_column(pen, truth, c)
    text = pen.phrase(COUNT, nouns=truth.plural)
    asks.append(Ask("count", f"count {truth.plural}", text, str(len(truth.names))))
    r, c = rng.choice(cells)
    others = [cell for cell in truth.column(c) if cell != truth.cells[r][c]]
    said = rng.choice([*others, truth.cells[r][c]]) if others else truth.cells[r][c]
    if rng.random() < 0.5:
        said = truth.cells[r][c]
    label = noun(truth.fields[c], truth.labels[c])
    if label:
        name = of_phrase(truth, truth.names[r])
        text = pen.phrase(IS, label=label, of=name, value=said)
        same = "yes" if said == truth.cells[r][c] else "no"
        asks.append(Ask("yes/no", f"is {truth.names[r]} {c}", text, same))
    return asks + _misses(pen, truth)


def ask_of(pen: Pen, field: Field, label: str, of: str) -> str:
    """A question for one field of one thing."""
    own, said = field.questions_of, noun(field, label)
    if said and (not own or pen.chance(0.3)):
        return pen.phrase(GENERAL_OF, label=said, of=of)
    return pen.phrase(own or field.questions, of=of)


def _by_column(pen: Pen, truth: Things, c: int) -> list[Ask]:
    """Rows found by what a column says: by value, and by the extreme of what can be measured."""
    column, field = truth.column(c), truth.fields[c]
    label = noun(field, truth.labels[c])
    once = [r for r, cell in enumerate(column) if column.count(cell) == 1]
    asks = []
    if once and label:
        r = pen.rng.choice(once)
        named = field.kind in ("status", "priority", "colour", "availability")
        text = pen.phrase(
            WHICH_IS if named else WHICH, noun=truth.noun, label=label,
            value=column[r].lower() if named and pen.chance(0.6) else column[r],
        )  # fmt: skip
        asks.append(Ask("row", f"{field.name} {column[r]}", text, truth.names[r]))
    if label and field.kind.split(":")[0] in MEASURED and len(once) == len(column):
        numbers = [amount(cell) for cell in column]
        least, most = SUPERLATIVES.get(field.name, ("", ""))
        # Forms such as 'the cheapest' are the only ones of their kind: none is held back.
        fields = {"noun": truth.noun, "label": label}
        low = pen.phrase((least,) if least and not pen.held else LEAST, **fields)
        high = pen.phrase((most,) if most and not pen.held else MOST, **fields)
        first, last = numbers.index(min(numbers)), numbers.index(max(numbers))
        asks.append(Ask("extreme", f"min {field.name}", low, truth.names[first]))
        asks.append(Ask("extreme", f"max {field.name}", high, truth.names[last]))
    return asks


def _misses(pen: Pen, truth: Things) -> list[Ask]:
    """A thing that is not listed, and a property that the things listed do not show."""
    rng = pen.rng
    c = rng.randrange(len(truth.fields))
    name = rng.choice(truth.spare)
    text = ask_of(pen, truth.fields[c], truth.labels[c], of_phrase(truth, name))
    asks = [Ask("absent", f"{name} {c}", text, ABSENT, (name,))]
    shown = {field.name for field in truth.fields}
    near = [catalogue()[name] for name in ("price", "phone", "email") if name not in shown]
    other = rng.choice(truth.unused or near)
    thing = rng.choice(truth.names)
    text = ask_of(pen, other, other.labels[0], of_phrase(truth, thing))
    asks.append(Ask("absent", f"{thing} {other.name}", text, ABSENT, lacking(other)))
    return asks


def lacking(field: Field) -> tuple[str, ...]:
    """What may stand nowhere if this field is to be absent."""
    extra = {"email": ("@",), "price": ("cost", "€", "$", "£"), "headquarters": ("city", "office"),
             "founded": ("since", "year"), "phone": ("+", "call")}  # fmt: skip
    return (*field.labels, *extra.get(field.name, ()))
