"""Two pages that belong together, and questions that need both."""

from __future__ import annotations

from collections.abc import Callable

from .. import vocabulary as words
from ..fields import Style, make
from ..quantities import MEASURES, periods
from ..samples import ABSENT, Ask, Page, Pen, Rows, alternatives
from ..synonyms import said
from ..values import company, number, people
from .measures import Grid, grid

ORDERED = alternatives("""
How much does the thing that {who} ordered cost? / What is the price of what {who} ordered? / What
does {who}'s order cost? / How much must be paid for the item {who} wants? / price of the product
ordered by {who}? / {who} ordered something: how expensive is it?
""")
SHELF = alternatives("""
How many of what {who} ordered are in stock? / What is the stock of the item {who} ordered? / Of the
product that {who} wants, how many are there? / How many pieces of {who}'s product are left?
""")
OFFICE_PHONE = alternatives("""
What is the phone number of {who}'s office? / Which number reaches the office where {who} works? /
phone number of the office of {who}? / How do I call the office that {who} belongs to?
""")
OFFICE_BOSS = alternatives("""
Who runs the office where {who} works? / Who manages {who}'s office? / Who is the manager of the
office of {who}? / Which person heads the office that {who} belongs to?
""")
TALK_MAIL = alternatives("""
What is the email address of the person who talks about {what}? / How do I write to whoever speaks
on {what}? / email of the speaker on {what}? / Which address has the person presenting {what}?
""")
TALK_ROLE = alternatives("""
What is the job of the person who speaks about {what}? / What role does the speaker on {what}
have? / As what does the person presenting {what} work? / position of whoever presents {what}?
""")
MORE_IN = alternatives("""
Was the {what} of {name} higher in {one} or in {other}? / In which of the two, {one} or {other},
did {name} have the higher {what}? / {name}: more {what} in {one} or {other}? / {one} or {other}:
when was {name}'s {what} larger?
""")
ROSE = alternatives("""
Did the {what} of {name} rise from {one} to {other}? / Was {name}'s {what} higher in {other} than
in {one}? / Has {name} more {what} in {other} than in {one}? / From {one} to {other}, did {name}
gain in {what}?
""")
CHEAPER = alternatives("""
Which company is cheaper? / Who makes the cheaper offer? / Whose offer costs less? / Which of the
two offers is lower? / From whom would it cost less?
""")
FASTER = alternatives("""
Who delivers faster? / Which company needs less time? / Whose delivery is quicker? / Who would be
done first?
""")

Pair = tuple[Page, Page]


def _two_step(key: str, text: str, answer: str) -> Ask:
    return Ask("two-step", key, text, answer)


def orders_and_prices(pen: Pen) -> Pair:
    """Who ordered what, and what it costs."""
    rng = pen.rng
    count = rng.randrange(3, 7)
    goods, buyers = rng.sample(words.GOODS, count + 2), people(rng, count)
    style = Style.draw(rng)
    ordered = rng.sample(goods[:count], count)
    listed = rng.sample(goods, len(goods))
    prices = {good: make(rng, "money", style) for good in goods}
    stock = dict(zip(goods, map(str, rng.sample(range(2, 400), len(goods))), strict=True))
    form = rng.choice(("table", "lines"))
    orders: Rows = [[buyer, good] for buyer, good in zip(buyers, ordered, strict=True)]
    if form == "lines":
        orders = [[f"{buyer} ordered: {good}"] for buyer, good in zip(buyers, ordered, strict=True)]
    title = rng.choice(("Orders this week", "Open orders", "What people ordered"))
    first = Page("order list", title, [[title], *orders], names=buyers)
    head = rng.choice(("Price list", "Our range", "Stock and prices"))
    table: Rows = [[good, prices[good], stock[good]] for good in listed]
    first.marks = ordered
    second = Page("prices", head, [[head], ["Item", "Price", "In stock"], *table], names=listed)
    asks = []
    for buyer, good in zip(buyers, ordered, strict=True):
        if list(prices.values()).count(prices[good]) == 1:
            asks.append(_two_step(f"price {buyer}", pen.phrase(ORDERED, who=buyer), prices[good]))
        asks.append(_two_step(f"stock {buyer}", pen.phrase(SHELF, who=buyer), stock[good]))
        text = f"What did {buyer} order?"
        first.asks.append(Ask("cell", text, text, good))
    second.asks = asks
    return first, second


def staff_and_offices(pen: Pen) -> Pair:
    """Where people work, and what the offices are."""
    rng = pen.rng
    count = rng.randrange(3, 6)
    cities, everyone = rng.sample(words.CITIES, count), people(rng, 2 * count)
    staff, managers = everyone[:count], everyone[count:]
    style = Style.draw(rng)
    phones = {city: make(rng, "phone", style) for city in cities}
    boss = dict(zip(cities, managers, strict=True))
    where = rng.sample(cities, count)
    roles = rng.sample(words.ROLES, count)
    title = rng.choice(("Team", "Who sits where", "Staff list"))
    rows: Rows = [[n, r, c] for n, r, c in zip(staff, roles, where, strict=True)]
    first = Page("staff list", title, [[title], *rows], names=staff)
    head = rng.choice(("Our offices", "Branches", "Locations"))
    table: Rows = [[city, boss[city], phones[city]] for city in cities]
    second = Page("office list", head, [[head], ["Office", "Manager", "Phone"], *table])
    first.marks = second.marks = cities
    asks = []
    for name, city in zip(staff, where, strict=True):
        asks.append(_two_step(f"phone {name}", pen.phrase(OFFICE_PHONE, who=name), phones[city]))
        asks.append(_two_step(f"boss {name}", pen.phrase(OFFICE_BOSS, who=name), boss[city]))
    second.asks = asks
    return first, second


def talks_and_speakers(pen: Pen) -> Pair:
    """Who talks about what, and who they are."""
    rng = pen.rng
    count = rng.randrange(3, 6)
    speakers, topics = people(rng, count), rng.sample(words.TOPICS, count)
    style = Style.draw(rng)
    mails = {name: make(rng, "email", style, name) for name in speakers}
    roles = dict(zip(speakers, rng.sample(words.ROLES, count), strict=True))
    title = rng.choice(("Programme", "Talks", "Sessions"))
    rows: Rows = []
    for topic, name in zip(topics, speakers, strict=True):
        rows += [[topic, name]] if len(title) > 5 else [[topic], [name]]
    first = Page("talks", title, [[title], *rows], names=topics)
    head = rng.choice(("Speakers", "Who is who", "About the speakers"))
    mixed = rng.sample(speakers, count)
    table: Rows = [[name, roles[name], mails[name]] for name in mixed]
    first.marks = speakers
    second = Page("speakers", head, [[head], *table], names=speakers)
    asks = []
    for topic, name in zip(topics, speakers, strict=True):
        asks.append(_two_step(f"mail {topic}", pen.phrase(TALK_MAIL, what=topic), mails[name]))
        asks.append(_two_step(f"role {topic}", pen.phrase(TALK_ROLE, what=topic), roles[name]))
    gone = rng.choice([topic for topic in words.TOPICS if topic not in topics])
    text = pen.phrase(TALK_MAIL, what=gone)
    asks.append(Ask("absent", gone, text, ABSENT, (gone,)))
    second.asks = asks
    return first, second


def two_periods(pen: Pen) -> Pair:
    """One measure of the same groups in two periods, a page each."""
    rng = pen.rng
    measure, units, decimals, size = rng.choice(MEASURES)
    truth: Grid = grid(pen, rng.randrange(3, 7), 2)
    _, when, _ = periods(rng, 2)
    names = [name.removeprefix("the ") for name in truth.names]
    scale = 10**decimals
    span = range(max(3, int(size * scale * 0.2)), int(size * scale * 1.4) + 40)
    drawn = rng.sample(span, 2 * len(names))
    values = [drawn[: len(names)], drawn[len(names) :]]
    unit = rng.choice(units)
    form = rng.choice(("{m} {w}", "{m} in {w}", "{w}: {m}"))
    pages = []
    for period, column in zip(when, values, strict=True):
        title = form.format(m=measure, w=period) + (f" ({unit})" if unit else "")
        rows: Rows = [[n, number(v / scale, decimals)] for n, v in zip(names, column, strict=True)]
        pages.append(Page("period", title, [[title], *rows], names=[period], marks=names))
    first, second = pages
    for at, name in enumerate(names):
        what = said(pen, measure)
        fields = {"what": what, "name": name, "one": when[0], "other": when[1]}
        more = values[1][at] > values[0][at]
        second.asks += [
            Ask("across", f"more {name}", pen.phrase(MORE_IN, **fields), when[more]),
            Ask("across", f"rose {name}", pen.phrase(ROSE, **fields), "yes" if more else "no"),
        ]
        text = f"What was the {what} of {name} in {when[0]}?"
        value = number(values[0][at] / scale, decimals)
        first.asks.append(Ask("cell", f"{name} {when[0]}", text, value))
    first.figures = {f"{measure.lower()} of {names[0]}": values[0][0]}
    second.figures = {f"{measure.lower()} of {names[0]}": values[1][0]}
    return first, second


def two_offers(pen: Pen) -> Pair:
    """The same thing offered by two companies."""
    rng = pen.rng
    good, style = rng.choice(words.GOODS), Style.draw(rng)
    sellers = [company(rng), company(rng)]
    prices = rng.sample(range(200, 9000), 2)
    weeks = rng.sample(range(2, 14), 2)
    pages = []
    for seller, price, time in zip(sellers, prices, weeks, strict=True):
        title = rng.choice((f"Offer from {seller}", f"{seller}: quotation", f"Quotation {seller}"))
        rows: Rows = [
            [rng.choice(("Item", "Description", "Subject")), good],
            [rng.choice(("Price", "Total", "Our price")), style.money.write(price)],
            [rng.choice(("Delivery time", "Delivery", "Ready in")), f"{time} weeks"],
            [rng.choice(("Valid until", "Offer ends")), make(rng, "date", style)],
        ]
        pages.append(Page("quotation", title, [[title], *rows], names=[seller]))
    first, second = pages
    low, fast = prices.index(min(prices)), weeks.index(min(weeks))
    second.asks = [
        Ask("across", "cheaper", pen.phrase(CHEAPER), sellers[low]),
        Ask("across", "faster", pen.phrase(FASTER), sellers[fast]),
    ]
    for at, seller in enumerate(sellers):
        text = pen.phrase_of((f"What does {seller} want for it?", f"How much is it at {seller}?"))
        pages[at].asks.append(Ask("field", f"price {seller}", text, style.money.write(prices[at])))
    return first, second


PAIRS: tuple[Callable[[Pen], Pair], ...] = (
    orders_and_prices,
    staff_and_offices,
    talks_and_speakers,
    two_periods,
    two_offers,
)


LAYOUTS = frozenset(
    {
        "order list",
        "prices",
        "staff list",
        "office list",
        "talks",
        "speakers",
        "period",
        "quotation",
    }
)
"""The names of the layouts of these pages."""


def linked(pen: Pen) -> Pair:
    """Two pages that belong together."""
    return pen.rng.choice(PAIRS)(pen)
