"""Running text and bullets made of sentences with facts in them."""

# ruff: noqa: E501
# A sentence with its questions is one line of the table below, however long.

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import timedelta

from .. import vocabulary as words
from ..fields import Style, make
from ..noise import FILLERS
from ..samples import ABSENT, Ask, Page, Pen, Rows
from ..values import MONTHS, brand, company, day, number, people

# A kind of text: heading, then sentences; each with questions `slot: question / question`.
# Slots of one kind are told apart by a digit. {name} is the subject.
_TEXTS = """
# The {name} Museum | museum
The {name} Museum opened in {year} in a former {place}. | year: When did the museum open? / In which year did the {name} Museum open? / Since when does the museum exist? | place: What was the building before? / What was the museum's building formerly?
It was designed by {person1}, who also built the town hall of {city1}. | person1: Who designed the museum? / Who was the architect? / Who designed it? | city1: Which town's hall did the architect build?
The collection holds {count1} objects, most of them from {country1}. | count1: How many objects does the collection hold? / How large is the collection? | country1: Where do most objects come from? / From which country are most of the objects?
Last year {count2} people visited. | count2: How many visitors came last year? / How many people visited the museum last year?
A ticket costs {ticket}; children pay nothing. | ticket: How much is a ticket? / What does a ticket cost? / What is the admission fee?
The director is {person2}. | person2: Who is the director? / Who runs the museum?
# {name} raises {money} | company
{name}, a maker of {goods} in {city1}, has raised {money}. | money: How much did {name} raise? / How much money was raised? | city1: Where is {name} based? / In which city is the company? | goods: What does {name} make? / What does the company produce?
The round was led by {company}. | company: Who led the round? / Which investor led the financing? / Who led the investment?
{person1}, who founded the firm in {year}, remains chief executive. | person1: Who founded {name}? / Who is the chief executive? / Who is the founder? | year: When was {name} founded? / In which year was the firm founded?
It employs {count1} people and plans to hire {count2} more. | count1: How many people does {name} employ? / How many employees does the company have? | count2: How many people does it plan to hire? / How many more people will be hired?
A new plant in {city2} will open in {month}. | city2: Where will the new plant open? / In which city will the new plant be? | month: When will the new plant open? / In which month does the plant open?
# {name} Bridge closed until {month} | bridge
The {name} Bridge is closed to cars until {month}. | month: Until when is the bridge closed? / How long will the bridge stay closed?
Inspectors found cracks in {count1} of its {count2} cables. | count1: How many cables have cracks? / In how many cables were cracks found? | count2: How many cables does the bridge have?
Repairs will cost about {money}, said {person1}, who heads the city's building office. | money: How much will the repairs cost? / What do the repairs cost? | person1: Who heads the building office? / Who said what the repairs will cost?
Buses are sent through {street}. | street: Where are the buses sent? / Through which street do buses go?
It was built in {year} by {company}. | year: When was the bridge built? | company: Who built the bridge? / Which company built the bridge?
# {name} Festival returns | festival
The {name} Festival takes place in {city1} on {date1}. | city1: Where does the festival take place? / In which city is the {name} Festival? | date1: When is the festival? / When does the {name} Festival take place?
The main act is {person1}. | person1: Who is the main act? / Who plays the main concert?
Tickets are {ticket} and can be bought until {date2}. | ticket: How much are tickets? / What does a ticket cost? | date2: Until when can tickets be bought? / When do ticket sales end?
About {count1} guests are expected on {count3} stages. | count1: How many guests are expected? / How many people are expected? | count3: How many stages are there?
The sponsor is {company}. | company: Who is the sponsor? / Which company sponsors the festival?
# Minutes of the {name} meeting | meeting
The meeting took place on {date1} at {time} in {city1}. | date1: When did the meeting take place? / On what date was the meeting? | time: At what time did the meeting start? / What time was the meeting? | city1: Where did the meeting take place?
{person1} took the chair; {person2} wrote the minutes. | person1: Who took the chair? / Who chaired the meeting? | person2: Who wrote the minutes? / Who took the minutes?
The budget of {money} was approved. | money: Which budget was approved? / How large is the approved budget?
{person3} will report on suppliers by {date2}. | person3: Who will report on suppliers? | date2: By when is the report on suppliers due?
The contract goes to {company}. | company: Who gets the contract? / To whom does the contract go?
The next meeting is on {date3}. | date3: When is the next meeting? / What is the date of the next meeting?
# How {name} cut its energy bill | study
{name} saved {percent1} of its energy within a year. | percent1: How much energy did {name} save? / What percentage of energy was saved?
The largest part, {percent2}, came from new windows. | percent2: How much of it came from new windows? / What share did the new windows have?
The project was led by {person1} of {company}. | person1: Who led the project? | company: Which company does the project leader work for?
It cost {money} and began in {month}. | money: How much did the project cost? / What did it cost? | month: When did the project begin? / In which month did it begin?
{count3} buildings in {city1} took part. | count3: How many buildings took part? | city1: Where are the buildings? / In which city are the buildings?
# Release notes {name} {version} | software
{name} {version} was released on {date1}. | version: Which version was released? / What is the version number? | date1: When was it released? / What is the release date?
It fixes {count2} bugs and starts {percent1} faster. | count2: How many bugs were fixed? / How many bugs does it fix? | percent1: How much faster does it start?
The minimum memory is now {memory}. | memory: How much memory is needed? / What is the minimum memory?
Support ends on {date2}. | date2: When does support end? / Until when is it supported?
Questions go to {person1}. | person1: Who answers questions? / To whom do questions go?
"""
PLACES = (
    "brewery",
    "railway station",
    "monastery",
    "school",
    "textile mill",
    "post office",
    "prison",
    "bakery",
)
MISSING = (
    ("What is the phone number?", ("phone", "tel", "call")), ("Who is the mayor?", ("mayor",)),
    ("How long is the warranty?", ("warranty",)), ("What is the email address?", ("@", "mail")),
    ("What is the share price?", ("share price",)), ("Who is the lawyer?", ("lawyer", "legal", "counsel")),
    ("What is the tax number?", ("tax", "VAT")), ("Which bank is mentioned?", ("bank",)),
    ("What is the postal code?", ("postal", "street", "lane", "road")), ("How tall is the tower?", ("tower", "tall")),
    ("Who won the prize?", ("prize", "won")), ("What is the password?", ("password",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    asked: tuple[tuple[str, tuple[str, ...]], ...]


def _parse() -> list[tuple[str, str, list[_Sentence]]]:
    texts: list[tuple[str, str, list[_Sentence]]] = []
    for line in _TEXTS.strip().split("\n"):
        head, *rest = (part.strip() for part in line.split(" | "))
        if head.startswith("# "):
            texts.append((head[2:], rest[0], []))
            continue
        pairs = (part.split(": ", 1) for part in rest)
        asked = tuple((slot, tuple(q.strip() for q in text.split(" / "))) for slot, text in pairs)
        texts[-1][2].append(_Sentence(head, asked))
    return texts


TEXTS = _parse()


def _slots(pen: Pen) -> dict[str, str]:
    """A value for every slot; those of one kind differ."""
    rng = pen.rng
    style = Style.draw(rng)
    names = people(rng, 3)
    counts = rng.sample(range(1300, 90000), 2)
    cities = rng.sample(words.CITIES, 2)
    first = day(rng)
    days = [first + timedelta(days=rng.randrange(3, 40) + 45 * i) for i in range(3)]
    dates = {f"date{i}": style.date(then) for i, then in enumerate(days, start=1)}
    low, high = sorted(rng.sample(range(3, 90), 2))
    return dates | {
        "name": brand(rng), "year": str(rng.randrange(1870, 2022)), "place": rng.choice(PLACES),
        "person1": names[0], "person2": names[1], "person3": names[2], "city1": cities[0],
        "city2": cities[1], "country1": rng.choice(words.COUNTRIES), "count1": number(min(counts)),
        "count2": number(max(counts)), "count3": str(rng.randrange(3, 40)),
        "money": rng.choice((make(rng, "money", style), f"{rng.choice('€$£')}{rng.randrange(2, 90)} million")),
        "ticket": style.money.write(rng.randrange(4, 90)), "company": company(rng), "goods": f"{rng.choice(words.GOODS).split(' ')[-1]} parts",
        "month": f"{rng.choice(MONTHS)} {rng.randrange(2019, 2031)}", "street": rng.choice(words.STREETS),
        "time": make(rng, "time", style), "percent1": f"{high}%", "percent2": f"{low}%",
        "version": make(rng, "version", style), "memory": make(rng, "memory", style),
    }  # fmt: skip


def article(pen: Pen) -> Page:
    """Sentences with facts, among others, as an article in lines or as bullets."""
    rng = pen.rng
    heading, topic, sentences = rng.choice(TEXTS)
    slots = _slots(pen)
    shown = sentences[:1] + [s for s in sentences[1:] if pen.chance(0.8)]
    asks = []
    for sentence in shown:
        for slot, questions in sentence.asked:
            text = pen.phrase(questions, **slots)
            asks.append(Ask("prose", f"{topic} {text}", text, slots[slot], rivals=(f"{topic} ",)))
    question, lacks = rng.choice(MISSING)
    asks.append(Ask("absent", question, question, ABSENT, lacks))
    title = heading.format(**slots)
    texts = [sentence.text.format(**slots) for sentence in shown]
    texts = [text[0].upper() + text[1:] for text in texts]
    return Page("article", title, _rows(pen, title, texts), asks, names=[slots["name"]])


def _rows(pen: Pen, title: str, texts: list[str]) -> Rows:
    rng = pen.rng
    rows: Rows = [[title]]
    if pen.chance(0.4):
        mark = rng.choice(("• ", "- ", "", "· ", "1"))
        for i, text in enumerate(texts, start=1):
            rows.append([f"{i}. {text}" if mark == "1" else mark + text])
        return rows
    if pen.chance(0.5):
        rows.append([f"By {people(rng, 1)[0]}"])
    spread = texts[:]
    for filler in rng.sample(FILLERS, rng.randrange(0, 7)):
        spread.insert(rng.randrange(1, len(spread) + 1), filler)
    width = rng.choice((48, 64, 80, 100))
    paragraphs = [spread[i : i + 4] for i in range(0, len(spread), 4)]
    for paragraph in paragraphs:
        rows += [[line] for line in textwrap.wrap(" ".join(paragraph), width)]
    return rows
