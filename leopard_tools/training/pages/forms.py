"""Documents with labelled values: invoices, bookings, deliveries, certificates."""

# ruff: noqa: E501
# What a page consists of is one line of the table below, however long.

from __future__ import annotations

from .. import vocabulary as words
from ..fields import GENERAL, Field, Style, catalogue, make, noun
from ..records import KINDS, gather, slug
from ..samples import ABSENT, Ask, Fact, Page, Pen, Rows, alternatives
from ..values import address, brand, company, number, people, person
from .things import ask_of, lacking

# Title variants, and the fields such a document has.
DOCUMENTS: tuple[tuple[str, str], ...] = (
    ("Booking confirmation, Your reservation, Hotel booking", "order number, passenger, check-in, check-out, nights, guests, room, price, deposit, phone"),
    ("Delivery note, Packing slip, Shipment", "tracking, order number, customer number, delivery date, carrier, weight, contact, shipping"),
    ("Project brief, Project charter, Fact sheet", "owner, start, deadline, budget, spent, status, priority, risk, department"),
    ("Service report, Work order, Repair order", "order number, customer number, contact, issued by, start, duration, price, status, item number"),
    ("Vehicle record, Rental agreement, Car details", "licence, mileage, colour, start, end, deposit, price, owner, expires"),
    ("Patient record, Medical card, Admission form", "name, birth, blood, doctor, room, phone, check-in, department"),
    ("Membership card, Library card, Member details", "name, customer number, start, expires, email, phone, type, city"),
    ("Meter reading, Energy contract, Utility bill", "meter, customer number, invoice date, due date, price, contact, address"),
    ("Job posting, Open position, Vacancy", "role, department, city, start, deadline, contact, email, reference"),
    ("Product details, Data sheet, Specification", "item number, weight, size, colour, material, warranty, price, rating, stock"),
    ("Course registration, Enrolment, Workshop", "teacher, begin, weekday, duration, room, price, language, deadline"),
    ("Company profile, About the company, Key facts", "founded, headquarters, employees, owner, phone, email, tax number, country"),
    ("Server details, System information, Device", "version, memory, load, uptime, last backup, owner, status, city"),
    ("Purchase order, Order summary, Order confirmation", "order number, customer number, order date, delivery date, contact, payment terms, price, shipping"),
    ("Payment reminder, Bank transfer, Payment advice", "reference, account, price, due date, invoice number, customer number, contact"),
)  # fmt: skip
HELD_DOCUMENTS: tuple[tuple[str, str], ...] = (
    ("Boarding pass, E-ticket", "passenger, flight, from, to, departs, arrives, gate, seat, order number"),
)  # fmt: skip
ITEM = alternatives("""
What is the {label} of the {item}? / What is the {label} for {item}? / {label} of {item}? /
Which {label} is given for the {item}?
""")
QUANTITY = alternatives("""
How many {item} were ordered? / How many of the {item} are on the list? / What is the quantity
of {item}? / quantity of {item}? / In what quantity was the {item} ordered?
""")
UNIT_PRICE = alternatives("""
What is the unit price of the {item}? / How much does one {item} cost? / What is the price per
unit of {item}? / unit price {item}? / What does a single {item} cost?
""")
AMOUNT = alternatives("""
What is the amount for the {item}? / What is the line total of the {item}? / How much do the
{item} cost in total? / What is the total price for the {item}?
""")
TOTAL = alternatives("""
What is the total? / What is the total amount? / How much is to be paid in total? / What is the
amount due? / What is the grand total? / How much has to be paid? / total amount? / What sum is
due altogether?
""")
SUBTOTAL = alternatives("""
What is the subtotal? / What is the net amount? / Subtotal? / How much is it before tax?
""")
TAX = alternatives("""
How much is the tax? / How much VAT is charged? / What is the VAT amount? / How much tax is
included?
""")
SELLER = alternatives("""
Who issued the invoice? / Which company sent the invoice? / Who is the invoice from? / Who is
the seller?
""")
BUYER = alternatives("""
Who is billed? / Who is the customer? / To whom is the invoice addressed? / Who has to pay the
invoice?
""")
LABELS_TOTAL = ("Total", "Total due", "Amount due", "Grand total", "Total amount", "Balance due")
LABELS_TAX = ("VAT", "Tax", "VAT 19%", "VAT 20%", "Sales tax", "VAT (7%)")


# Documents about something with a name: how their titles begin, names, how a sentence says them.
SUBJECTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("Project brief", words.PROJECTS, "project {}"),
    ("Company profile", (), "{}"),
    ("Product details", words.GOODS, "the {}"),
    ("Server details", words.SERVERS, "{}"),
    ("Course registration", words.COURSES, "{}"),
)


def lay_out(pen: Pen, pairs: list[tuple[str, str]]) -> Rows:
    """Labels and values as pages show them: side by side, in one line, stacked or across."""
    form = pen.rng.choice(
        ("cells", "cells", "colon", "space", "stacked", "across", "across", "pairs")
    )
    if form == "colon":
        return [[f"{label.rstrip(':')}: {value}"] for label, value in pairs]
    if form == "space":
        return [[f"{label} {value}"] for label, value in pairs]
    if form == "stacked":
        return [[text] for pair in pairs for text in pair]
    if form == "across":
        width = pen.rng.choice((2, 3, 3, 4))
        groups = [pairs[i : i + width] for i in range(0, len(pairs), width)]
        return [list(row) for group in groups for row in zip(*group, strict=True)]
    if form == "pairs":
        return [
            [text for pair in pairs[i : i + 2] for text in pair] for i in range(0, len(pairs), 2)
        ]
    colon = pen.rng.choice(("", "", ":"))
    return [[label + colon, value] for label, value in pairs]


def form(pen: Pen, held: bool = False) -> Page:
    """A document of labelled values, maybe of somebody or something that has a name."""
    rng = pen.rng
    titles, fitting = rng.choice(HELD_DOCUMENTS if held else DOCUMENTS)
    title = rng.choice(titles.split(", "))
    names = [name for name in fitting.split(", ") if name in catalogue()]
    chosen = rng.sample(names, rng.randrange(min(4, len(names)), len(names) + 1))
    chosen.sort(key=names.index)
    fields = [catalogue()[name] for name in chosen]
    style = Style.draw(rng)
    whose = person(rng)
    pairs = []
    for field in fields:
        value = (
            whose if field.name in ("passenger", "name") else make(rng, field.kind, style, whose)
        )
        pairs.append((rng.choice(field.labels), value))
    subject, said = _subject(pen, titles)
    head: Rows = [[title]]
    if subject:
        head = rng.choice(([[subject], [title]], [[title, subject]], [[title], [subject]]))
    asks = []
    for field, (label, value) in zip(fields, pairs, strict=True):
        asks.append(_ask(pen, field, label, value))
        if said and field.questions_of and pen.chance(0.6):
            text = ask_of(pen, field, label, said)
            asks[-1] = Ask("field", f"{subject} {field.name}", text, value)
    left = [catalogue()[name] for name in names if name not in chosen]
    asks += [_miss(pen, field) for field in rng.sample(left, min(2, len(left)))]
    layout = "boarding" if held else f"form {titles}"
    marks = [value for _, value in pairs] + ([subject] if subject else [])
    page = Page(layout, title, head + lay_out(pen, pairs), asks, names=marks)
    page.summary = f"This is a {title.lower()}" + (
        f" of {subject.rstrip('.')}." if subject else "."
    )
    page.record = _record(fields, [value for _, value in pairs])
    return page


def _record(fields: list[Field], values: list[str]) -> dict[str, Fact]:
    """The values of a document as JSON has them."""
    return gather(
        (slug(field.name), value, KINDS.get(field.kind.split(":")[0], "string"))
        for field, value in zip(fields, values, strict=True)
    )


def _subject(pen: Pen, titles: str) -> tuple[str, str]:
    """What a document is about, as its head has it and as a sentence says it; or nothing."""
    for kind, names, said in SUBJECTS:
        if titles.startswith(kind) and pen.chance(0.75):
            name = pen.rng.choice(names) if names else company(pen.rng)
            return name, said.format(name)
    return (company(pen.rng), "") if pen.chance(0.5) else ("", "")


def _question(pen: Pen, field: Field, label: str) -> str:
    said = noun(field, label)
    if said and pen.chance(0.4):
        return pen.phrase(GENERAL, label=said)
    return pen.phrase(field.questions, label=label)


def _ask(pen: Pen, field: Field, label: str, value: str) -> Ask:
    return Ask("field", field.name, _question(pen, field, label), value, rivals=field.labels)


def _miss(pen: Pen, field: Field) -> Ask:
    text = _question(pen, field, field.labels[0])
    return Ask("absent", field.name, text, ABSENT, lacking(field))


def invoice(pen: Pen) -> Page:
    """An invoice: sender and customer, several numbers and dates, items, sums."""
    rng = pen.rng
    style = Style.draw(rng)
    seller, buyer = company(rng), company(rng)
    names = ["invoice number", "invoice date", "due date", "order number", "customer number"]
    names += ["payment terms", "tax number", "delivery date", "reference"]
    chosen = ["invoice number", *rng.sample(names[1:], rng.randrange(2, 6))]
    rng.shuffle(chosen)
    fields = [catalogue()[name] for name in chosen]
    pairs = [(rng.choice(f.labels), make(rng, f.kind, style)) for f in fields]
    items, asks, total = _items(pen, style)
    asks += [
        _ask(pen, field, label, value) for field, (label, value) in zip(fields, pairs, strict=True)
    ]
    asks += [
        Ask("field", "seller", pen.phrase(SELLER), seller),
        Ask("field", "buyer", pen.phrase(BUYER), buyer),
    ]
    left = [
        catalogue()[name]
        for name in (*names, "account", "phone", "weight", "tracking")
        if name not in chosen
    ]
    asks += [_miss(pen, field) for field in rng.sample(left, 2)]
    title = rng.choice(("Invoice", "INVOICE", "Tax invoice", "Bill"))
    addressee = [rng.choice(("Bill to", "Invoice to", "Customer", "Billed to", "To")), buyer]
    attention = [f"Attn. {people(rng, 1)[0]}"] if pen.chance(0.3) else []
    to, sent = [*addressee, *attention, *address(rng)], [seller, *address(rng)]
    rows = _head(pen, title, sent, to, pairs)
    closing = [["Thank you for your order."], [f"{seller} · {style.host}"]]
    rows += items + (closing if pen.chance(0.4) else [])
    numbered = dict(zip(chosen, pairs, strict=True))["invoice number"][1]
    page = Page("invoice", title, rows, asks, {"total": total}, [seller, buyer, numbered])
    paid = next(ask.answer for ask in asks if ask.key == "total")
    page.summary = f"{seller} bills {buyer} for {paid} with the invoice {numbered}."
    page.record = _record(fields, [value for _, value in pairs])
    goods = ", ".join(row[0] for row in items[1:] if len(row) == 4)
    more = (("vendor", seller, "string"), ("customer", buyer, "string"), ("total", paid, "number"))
    page.record |= gather((*more, ("items", goods, "list")))
    return page


def _head(
    pen: Pen, title: str, sender: list[str], to: list[str], pairs: list[tuple[str, str]]
) -> Rows:
    """Sender, addressee and data, one below the other or the latter two side by side."""
    top = (
        [[title], *[[line] for line in sender]]
        if pen.chance(0.5)
        else [[sender[0], title], *[[line] for line in sender[1:]]]
    )
    if pen.chance(0.45):
        # Read across: address lines to the left of labels and values.
        data = [[*pair] if pen.chance(0.9) else [": ".join(pair)] for pair in pairs]
        height = max(len(to), len(data))
        left = [[line] for line in to] + [[]] * (height - len(to))
        right = data + [[]] * (height - len(data))
        return top + [a + b for a, b in zip(left, right, strict=True)]
    return top + [[line] for line in to] + lay_out(pen, pairs)


def _items(pen: Pen, style: Style) -> tuple[Rows, list[Ask], float]:
    """Line items with their sums, questions about them, and the total."""
    rng = pen.rng
    goods = rng.sample(words.GOODS, rng.randrange(2, 7))
    money = style.money
    plain = pen.chance(0.6)
    write = (lambda value: number(value, 2)) if plain and money.comma == "," else money.write
    places = 0 if not plain and money.decimals == 0 else 2
    head = [rng.choice(("Description", "Item", "Article")), rng.choice(("Qty", "Quantity", "Pcs")),
            rng.choice(("Unit price", "Price", "Price each")), rng.choice(("Amount", "Total", "Sum"))]  # fmt: skip
    rows, asks, subtotal = [head], [], 0.0
    for item in goods:
        quantity, price = rng.randrange(1, 60), round(rng.uniform(1, 400), places)
        subtotal += quantity * price
        cells = [str(quantity), write(price), write(quantity * price)]
        rows.append([item if pen.chance(0.6) else item[0].upper() + item[1:], *cells])
        forms = (QUANTITY, UNIT_PRICE, AMOUNT)
        at = rng.randrange(3)
        if cells.count(cells[at]) == 1:
            asks.append(Ask("cell", f"{item} {at}", pen.phrase(forms[at], item=item), cells[at]))
    other = rng.choice([item for item in words.GOODS if item not in goods])
    asks.append(Ask("absent", other, pen.phrase(UNIT_PRICE, item=other), ABSENT, (other,)))
    sums = [(rng.choice(("Subtotal", "Net amount", "Net total")), subtotal, SUBTOTAL, "subtotal")]
    tax = round(subtotal * rng.choice((0.07, 0.19, 0.2)), places)
    sums.append((rng.choice(LABELS_TAX), tax, TAX, "tax"))
    sums.append((rng.choice(LABELS_TOTAL), subtotal + tax, TOTAL, "total"))
    for label, value, phrasings, key in sums if pen.chance(0.75) else sums[-1:]:
        shown = money.write(value) if key == "total" else write(value)
        rows.append([label, shown])
        asks.append(Ask("total", key, pen.phrase(phrasings), shown))
    return rows, asks, subtotal + tax


def receipt(pen: Pen) -> Page:
    """A till receipt; kept out of training."""
    rng = pen.rng
    style = Style.draw(rng)
    shop, when = f"{brand(rng)} Market", make(rng, "date", style)
    goods = rng.sample(words.GOODS, rng.randrange(3, 7))
    prices = [round(rng.uniform(1, 90), 2) for _ in goods]
    lines = [[item, number(price, 2)] for item, price in zip(goods, prices, strict=True)]
    asks = [
        Ask(
            "cell",
            item,
            pen.phrase(("How much is the {item}?", "What does the {item} cost?"), item=item),
            price,
        )
        for item, price in lines
    ]
    paid = number(sum(prices), 2)
    asks.append(Ask("total", "total", pen.phrase(TOTAL), paid))
    asks.append(Ask("field", "date", "What is the date of the receipt?", when))
    other = rng.choice([item for item in words.GOODS if item not in goods])
    asks.append(Ask("absent", other, f"How much is the {other}?", ABSENT, (other,)))
    rows = [[shop], *[[line] for line in address(rng)], [when, make(rng, "time", style)], *lines]
    rows += [["TOTAL", paid], [rng.choice(("Card", "Cash")), paid], ["Thank you!"]]
    return Page("receipt", shop, rows, asks, {"total": sum(prices)}, [shop])
