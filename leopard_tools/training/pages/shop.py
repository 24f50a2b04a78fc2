"""Pages of shops: plans side by side, and a product on offer."""

from __future__ import annotations

from ...types import EMPTY_CELL
from .. import vocabulary as words
from ..fields import Style, make
from ..records import gather
from ..samples import ABSENT, Ask, Page, Pen, Rows, alternatives
from ..values import brand, domain, number
from .screens import lowered
from .shapes import header

PLANS = ("Free", "Basic", "Starter", "Team", "Plus", "Pro", "Business", "Premium", "Enterprise")
FEATURES = {
    "Users": ("1", "3", "5", "10", "25", "50", "100", "Unlimited"),
    "Storage": ("2 GB", "10 GB", "50 GB", "200 GB", "1 TB", "5 TB"),
    "Projects": ("2", "4", "20", "40", "80", "No limit"),
    "Support": ("Forum", "E-mail", "Chat", "Phone", "24/7"),
    "API calls": ("1,000", "5,000", "20,000", "100,000"),
    "History": ("7 days", "30 days", "1 year", "Forever"),
    "Single sign-on": ("Yes", "No"),
    "Audit log": ("Yes", "No"),
    "Custom domain": ("Yes", "No"),
}
PLAN_COST = alternatives("""
How much is the {plan} plan? / What does {plan} cost? / What is the price of the {plan} plan? /
What would I pay for {plan}?
""")
PLAN_HAS = alternatives("""
What does the {plan} plan have for {feature}? / {feature} in the {plan} plan? / What does {plan}
offer for {feature}? / In {plan}, what is listed under {feature}?
""")
PLAN_INCLUDES = alternatives("""
Does the {plan} plan include {feature}? / Is {feature} included in {plan}? / Is there {feature}
in {plan}? / Do I get {feature} with {plan}?
""")


def plans(pen: Pen) -> Page:
    """A comparison of plans: one plan a column, one feature a row."""
    rng = pen.rng
    names = sorted(rng.sample(PLANS, rng.randrange(2, 5)), key=PLANS.index)
    money = Style.draw(rng).money
    free = [0] if "Free" in names else []
    costs = [*free, *sorted(rng.sample(range(4, 120), len(names) - len(free)))]
    per = rng.choice(("", " / month", " per user", "/mo"))
    prices = [money.write(cost) + per for cost in costs]
    label = rng.choice(("Price", "Monthly price", EMPTY_CELL))
    rows: Rows = [header(pen, "", names), [label, *prices]]
    asks = [
        Ask("plan", f"cost {plan}", pen.phrase(PLAN_COST, plan=plan), price)
        for plan, price in zip(names, prices, strict=True)
    ]
    for label in rng.sample(sorted(FEATURES), rng.randrange(2, 7)):
        options = FEATURES[label]
        values = [rng.choice(options) for _ in names]
        rows.append([label, *values])
        at = rng.randrange(len(names))
        fields = {"plan": names[at], "feature": lowered(label)}
        if options == ("Yes", "No"):
            text = pen.phrase(PLAN_INCLUDES, **fields)
            asks.append(Ask("yes/no", f"{label} {names[at]}", text, values[at].lower()))
        else:
            asks.append(
                Ask("plan", f"{label} {names[at]}", pen.phrase(PLAN_HAS, **fields), values[at])
            )
    gone = rng.choice([plan for plan in PLANS if plan not in names])
    asks.append(Ask("absent", gone, pen.phrase(PLAN_COST, plan=gone), ABSENT, (gone,)))
    title = rng.choice(("Plans and pricing", "Compare plans", "Choose your plan", "Pricing"))
    return Page("plans", title, [[title], *rows], asks, names=[])


# What a page of a product says: how it is written, what tells that it is missing, questions.
OFFER = {
    "price": ("{}; Price: {}; {} incl. VAT; Now {}", "", alternatives("""
        How much does it cost? / What is the price? / What does it cost now? / price? / What would
        I pay for it?""")),
    "old": ("Was {}; Instead of {}; RRP {}", "was, instead, rrp", alternatives("""
        What was the old price? / What did it cost before? / What is the regular price? / How much
        was it previously?""")),
    "rating": ("{} out of 5; {} stars", "stars, out of", alternatives("""
        What is the rating? / How is it rated? / How many stars does it have? / What is the average
        rating?""")),
    "reviews": ("{} reviews", "review", alternatives("""
        How many reviews are there? / How many reviews does it have? / How many people reviewed it?
        / Number of reviews?""")),
    "delivery": ("Delivery by {}; Get it by {}", "delivery, by", alternatives("""
        When will it be delivered? / When does it arrive? / What is the delivery date? / By when
        would I get it?""")),
    "sku": ("Item no. {}; Art. no. {}", "no.", alternatives("""
        What is the item number? / What is the article number? / item number? / Which item number
        does it have?""")),
    "colour": ("Colour: {}; Color {}", "colo, finish", alternatives("""
        What colour is it? / Which colour is shown? / In what colour is it? / What is its
        colour?""")),
    "seller": ("Sold by {}; Seller: {}", "sold, seller", alternatives("""
        Who sells it? / Who is the seller? / Which shop sells it? / By whom is it sold?""")),
}  # fmt: skip


def offer(pen: Pen) -> Page:
    """A product's page in a shop."""
    rng = pen.rng
    style = Style.draw(rng)
    name = f"{brand(rng)} {rng.choice(words.GOODS)}"
    price = round(rng.uniform(5, 700), style.money.decimals)
    facts = {
        "price": style.money.write(price),
        "old": style.money.write(round(price * 1.3 + 1)),
        "rating": f"{rng.uniform(2, 5):.1f}",
        "reviews": number(rng.randrange(20, 30000)),
        "delivery": make(rng, "date", style),
        "sku": make(rng, "code", style),
        "colour": make(rng, "colour", style),
        "seller": domain(rng),
    }
    shown = {"price", *rng.sample(sorted(facts), rng.randrange(3, len(facts)))}
    lines: Rows = []
    asks = []
    for key, (written, signs, phrasings) in OFFER.items():
        text = pen.phrase(phrasings)
        if key in shown:
            lines.append([rng.choice(written.split("; ")).format(facts[key])])
            rivals = ("price", "reviews", "no.")
            asks.append(Ask("offer", f"offer {key}", text, facts[key], rivals=rivals))
        else:
            asks.append(Ask("absent", f"offer {key}", text, ABSENT, tuple(signs.split(", "))))
    if pen.chance(0.5):
        rng.shuffle(lines)
    rows: Rows = [[name], *lines, [rng.choice(("Add to cart", "Buy now", "Add to basket"))]]
    page = Page("offer", name, rows, asks, {"price": price}, [name])
    page.summary = f"The page sells the {name} for {facts['price']}."
    types = {"price": "number", "old": "number", "reviews": "integer", "delivery": "date"}
    page.record = gather(
        (key, facts[key] if key in shown else None, types.get(key, "string")) for key in facts
    )
    return page
