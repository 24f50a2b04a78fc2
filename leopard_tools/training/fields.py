"""Labelled values: how a label may be written, what its value looks like, how one asks for it.

Forms, cards, tables of things and product pages share these, so that a question learnt on one
layout serves on all.
"""

# ruff: noqa: E501
# A field is one line of the table below, however long.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from . import values
from . import vocabulary as words
from .samples import alternatives
from .synonyms import questions as more_questions

# name: labels on the page = kind of value ? questions about a document ? questions about a thing {of}
# (an empty list of questions leaves the general ones).
_FIELDS = """
invoice number: Invoice number, Invoice no., Invoice #, Invoice No = code ? What is the invoice number?, Which invoice is this?, number of the invoice?, Invoice no? ?
order number: Order number, Order no., Order ID, Your order, PO number = code ? What is the order number?, Which order does this belong to?, order number? ?
customer number: Customer number, Customer no., Customer ID, Account no. = code ? What is the customer number?, Which customer number is given?, customer number please ?
invoice date: Invoice date, Date of invoice, Issued, Issue date = date ? When was the invoice issued?, What is the invoice date?, What is the date of the invoice?, Invoice date? ?
due date: Due date, Payment due, Pay by, Due, Due on = date ? What is the due date?, When is payment due?, By when must this be paid?, When does it have to be paid?, Until when do I have to pay?, what is the payment deadline ? When is {of} due?, What is the due date of {of}?
delivery date: Delivery date, Delivered on, Date of delivery = date ? When was it delivered?, What is the delivery date? ? When was {of} delivered?, What is the delivery date of {of}?
order date: Order date, Ordered, Ordered on = date ? When was it ordered?, What is the order date? ? When was {of} ordered?
payment terms: Payment terms, Terms, Terms of payment = terms ? What are the payment terms?, How long is the payment period? ?
reference: Reference, Your reference, Ref., Our ref. = code ? What is the reference?, Which reference is given? ?
tax number: VAT number, VAT ID, Tax ID, VAT no. = vat ? What is the VAT number?, What is the tax number? ?
account: IBAN, Bank account, Account number = iban ? What is the IBAN?, To which account should I pay? ?
contact: Contact, Contact person, Your contact, Attn. = person ? Who is the contact person?, Who is the contact?, Whom should I contact? ? Who is the contact for {of}?
issued by: Approved by, Signed by, Authorised by = person ? Who approved it?, Who signed it? ? Who approved {of}?
passenger: Passenger, Traveller, Name of passenger, Guest name = person ? Who is travelling?, What is the passenger's name?, Who is the passenger? ?
name: Name, Full name = person ? What is the name?, Whose document is this?, Who was it issued to? ?
from: From, Departure, Origin = city ? Where does the trip start?, What is the place of departure?, Where does it leave from? ? Where does {of} leave from?, Where does {of} start?
to: To, Destination, Arrival at = city ? What is the destination?, Where is it going?, Where does the trip end? ? What is the destination of {of}?, Where does {of} go?
departs: Departs, Departure time, Dep., Leaves = time ? When does it depart?, What is the departure time?, When does it leave? ? When does {of} depart?, When does {of} leave?, What is the departure time of {of}?, What time does {of} leave?
arrives: Arrives, Arrival time, Arr., Arrival = time ? When does it arrive?, What is the arrival time? ? When does {of} arrive?, What time does {of} get in?, What is the arrival time of {of}?, At what time does {of} arrive?
gate: Gate = gate ? Which gate does it leave from?, What is the gate? ? Which gate does {of} leave from?, What is the gate of {of}?
platform: Platform, Track = int:1:24 ? Which platform?, What is the platform number? ? From which platform does {of} leave?, What is the platform of {of}?
seat: Seat, Seat no. = seat ? What is the seat number?, Which seat is booked?, Where do I sit? ?
flight: Flight, Flight no. = flight ? What is the flight number?, Which flight is it? ?
check-in: Check-in, Arrival date, Check in = date ? When is check-in?, When does the stay begin? ?
check-out: Check-out, Departure date, Check out = date ? When is check-out?, When does the stay end? ?
nights: Nights, No. of nights = int:1:14 ? How many nights are booked?, How long is the stay in nights? ?
guests: Guests, Persons, No. of guests = int:1:9 ? How many guests are there?, For how many people is it booked? ?
room: Room, Room no. = int:101:899 ? What is the room number?, Which room is it? ? In which room is {of}?, Which room is {of} in?
owner: Owner, Responsible, Project owner, Led by = person ? Who is responsible?, Who is the owner?, Who owns it? ? Who is responsible for {of}?, Who owns {of}?, Who is the owner of {of}?
manager: Manager, Project manager, Managed by = person ? Who is the manager?, Who manages it? ? Who manages {of}?, Who is the manager of {of}?
start: Start, Start date, Starts, Starts on = date ? When does it start?, What is the start date? ? When does {of} start?, What is the start date of {of}?, When does {of} begin?
end: End, End date, Ends, Ends on = date ? When does it end?, What is the end date? ? When does {of} end?, What is the end date of {of}?
deadline: Deadline, Submit by, Closing date = date ? What is the deadline?, By when must it be submitted? ? What is the deadline for {of}?, When is the deadline of {of}?
budget: Budget, Approved budget, Total budget = money ? What is the budget?, How large is the budget?, How much money is planned? ? What is the budget of {of}?, How large is the budget for {of}?
spent: Spent, Spent so far, Actual cost = money ? How much has been spent?, What was spent so far? ? How much did {of} spend?, How much was spent on {of}?
price: Price, Fee, Cost = money ? How much does it cost?, What is the price?, What does it cost? ? How much is {of}?, What does {of} cost?, What is the price of {of}?, price of {of}?, How much does {of} cost?
deposit: Deposit, Down payment = money ? How much is the deposit?, What deposit is required? ? What is the deposit for {of}?
shipping: Shipping, Delivery fee, Postage = money ? How much is shipping?, What does delivery cost? ? How much is shipping for {of}?
rating: Rating, Score, Stars = float:2:5 ? What is the rating?, How is it rated? ? What is the rating of {of}?, How is {of} rated?, What score does {of} have?
stock: In stock, Stock, Available = int:2:900 ? How many are in stock?, How many are available? ? How many of {of} are in stock?, What is the stock of {of}?
weight: Weight, Net weight = weight ? How heavy is it?, What does it weigh?, What is the weight? ? How heavy is {of}?, What is the weight of {of}?, How much does {of} weigh?
size: Size, Dimensions, Measurements = size ? How big is it?, What are the dimensions? ? What are the dimensions of {of}?, How big is {of}?
colour: Colour, Color, Finish = colour ? What colour is it?, Which colour is it? ? What colour is {of}?, Which colour does {of} have?
warranty: Warranty, Guarantee = span ? How long is the warranty?, What is the warranty period? ? How long is the warranty of {of}?
material: Material, Made of = material ? What is it made of?, Which material is it? ? What is {of} made of?
item number: Item no., Article no., SKU, Item number, Art. no. = code ? What is the item number?, What is the SKU? ? What is the item number of {of}?, What is the SKU of {of}?
capacity: Capacity, Seats, Places = int:8:950 ? What is the capacity?, How many people fit in? ? What is the capacity of {of}?, How many people does {of} hold?
distance: Distance, Length = km ? How long is it?, What is the distance? ? How long is {of}?, What is the distance of {of}?
founded: Founded, Established, Since = year ? When was it founded?, In which year was it founded? ? When was {of} founded?, In which year was {of} founded?
employees: Employees, Staff, Headcount, No. of employees = int:12:9800 ? How many employees are there?, How many people work there? ? How many employees does {of} have?, How many people work at {of}?
headquarters: Headquarters, Head office, Based in = city ? Where are the headquarters?, Where is it based? ? Where is {of} based?, Where are the headquarters of {of}?
city: City, Location, Site, Place = city ? Where is it?, In which city is it? ? Where is {of}?, In which city is {of}?, Where is {of} located?
country: Country = country ? Which country is given?, In which country is it? ? In which country is {of}?
port: Port, Home port = city ? What is the home port?, Which port is it? ? What is the port of {of}?, Which port is {of} from?
department: Department, Dept., Team = department ? Which department is it?, Which department is given? ? Which department is {of} in?, In which department does {of} work?, What team is {of} on?
role: Role, Position, Job title, Title = role ? What is the position?, What is the job title? ? What is the role of {of}?, What does {of} do?, What is {of}'s job?, Which position does {of} have?, job title of {of}?
email: E-mail, Email, Mail = email ? What is the email address?, What is the e-mail?, Which address can I write to? ? What is the email address of {of}?, What is {of}'s email?, How can I reach {of} by email?, email of {of}?, Which e-mail address does {of} have?
phone: Phone, Tel., Telephone, Mobile = phone ? What is the phone number?, Which number can I call?, What number should I call? ? What is the phone number of {of}?, What number does {of} have?, How can I call {of}?
teacher: Teacher, Instructor, Tutor, Speaker = person ? Who teaches it?, Who is the speaker? ? Who teaches {of}?, Who gives {of}?, Who is the instructor of {of}?
author: Author, Written by, By = person ? Who is the author?, Who wrote it? ? Who wrote {of}?, Who is the author of {of}?
pages: Pages, No. of pages = int:90:700 ? How many pages are there?, How long is it in pages? ? How many pages does {of} have?
weekday: Day, Weekday = weekday ? On which day is it?, What day is it on? ? On which day is {of}?, What day does {of} take place?
begin: Time, Begins, Start time, Starts at = time ? At what time does it begin?, When does it begin? ? At what time does {of} start?, What time is {of}?, When does {of} begin?
duration: Duration, Takes, Length = span ? How long does it take?, How long is it? ? How long does {of} take?, How long is {of}?, What is the duration of {of}?
status: Status, State = status ? What is the status?, What state is it in? ? What is the status of {of}?, What state is {of} in?
availability: Availability, Booking, Free places = availability ? How is the availability?, What is the availability? ? What is the availability of {of}?, How is the availability of {of}?
priority: Priority, Prio = priority ? What is the priority?, How urgent is it? ? What is the priority of {of}?
risk: Risk, Risk level = priority ? How high is the risk?, What is the risk level? ? What is the risk level of {of}?
version: Version, Release, Current version = version ? Which version is it?, What is the version number? ? Which version does {of} run?, What is the version of {of}?
uptime: Uptime, Availability = percent:90:100 ? What is the uptime?, How high is the availability? ? What is the uptime of {of}?
load: CPU, CPU load, Load = percent:2:98 ? How high is the load?, What is the CPU load? ? What is the CPU load of {of}?, How much CPU does {of} use?
memory: Memory, RAM, Memory used = memory ? How much memory is used?, How much RAM is there? ? How much memory does {of} use?, How much RAM does {of} have?
last backup: Last backup, Backup = date ? When was the last backup?, Date of the last backup? ? When was {of} last backed up?
calories: Calories, kcal, Energy (kcal) = int:20:640 ? How many calories does it have?, What is the energy content? ? How many calories does {of} have?, How many kcal are in {of}?
protein: Protein, Protein (g) = float:0:32 ? How much protein is in it?, What is the protein content? ? How much protein does {of} have?, What is the protein content of {of}?
fat: Fat, Fat (g) = float:0:60 ? How much fat is in it?, What is the fat content? ? How much fat is in {of}?, How much fat does {of} have?
points: Points, Pts = int:8:99 ? How many points are there?, How many points were scored? ? How many points does {of} have?, How many points did {of} get?
wins: Wins, Won, W = int:1:30 ? How many wins are there?, How many games were won? ? How many games did {of} win?, How many wins does {of} have?
losses: Losses, Lost, L = int:0:30 ? How many losses are there?, How many games were lost? ? How many games did {of} lose?, How many losses does {of} have?
coach: Coach, Head coach = person ? Who is the coach?, Who coaches the team? ? Who coaches {of}?, Who is the coach of {of}?
birth: Date of birth, Born, DOB = date ? What is the date of birth?, When was the person born? ? When was {of} born?
blood: Blood group, Blood type = blood ? What is the blood group?, Which blood type is given? ? What is the blood group of {of}?
doctor: Doctor, Physician, GP = person ? Who is the doctor?, Which doctor is named? ? Who is the doctor of {of}?
licence: Licence plate, Plate, Registration = plate ? What is the licence plate?, What is the registration number? ? What is the licence plate of {of}?
mileage: Mileage, Odometer, Kilometres = km ? What is the mileage?, How far has it been driven? ? What is the mileage of {of}?
expires: Valid until, Expires, Expiry date = date ? Until when is it valid?, When does it expire? ? When does {of} expire?, Until when is {of} valid?
meter: Meter number, Meter no. = code ? What is the meter number?, Which meter is it? ?
tracking: Tracking number, Tracking no., Parcel no. = code ? What is the tracking number?, What is the parcel number? ?
carrier: Carrier, Shipped with = carrier ? Which carrier is used?, Who delivers it? ? Who delivers {of}?, Which carrier brings {of}?
language: Language = language ? Which language is set?, What language is it in? ? What language is {of} in?
published: Published, Year, First published = year ? When was it published?, In which year did it come out? ? When was {of} published?, In which year did {of} come out?
type: Type, Category = category ? What type is it?, Which category is it in? ? What type is {of}?, Which category is {of} in?
"""

_CHOICES = {
    "terms": "30 days net, 14 days, Net 60, 10 days, 30 days, Payable on receipt",
    "colour": "red, navy blue, black, white, olive green, silver, grey, teal, sand, burgundy, yellow",
    "material": "oak, steel, cotton, wool, aluminium, bamboo, glass, recycled plastic, leather, linen",
    "status": "Open, Closed, On hold, In progress, Done, Delayed, Cancelled, Planned, On track, At risk",
    "availability": "Sold out, Available, Few places left, Waiting list, Fully booked, Cancelled",
    "priority": "High, Medium, Low, Critical",
    "blood": "A+, B+, AB-, 0-, 0+, A-, B-",
    "carrier": "DHL, UPS, GLS, FedEx, DPD, PostNord, Royal Mail",
    "language": "English, French, German, Spanish, Polish, Italian, Portuguese, Turkish, Japanese",
    "category": "Standard, Premium, Basic, Internal, External, Pilot, Retail, Wholesale",
    "weekday": ", ".join(values.DAYS),
}
GENERAL = alternatives("""
What is the {label}? / What does it say for {label}? / {label}? / Please give me the {label}. /
What is entered under {label}?
""")
GENERAL_OF = alternatives("""
What is the {label} of {of}? / What is {of}'s {label}? / {label} of {of}? / What {label} does
{of} have? / Give me the {label} for {of}.
""")
# Labels that no sentence takes as a noun.
_NO_NOUNS = frozenset(
    words.listed("""
    Issued, Pay by, Due, Due on, Delivered on, Ordered, Ordered on, Attn., Approved by, Signed by,
    Authorised by, From, To, Arrival at, Departs, Dep., Leaves, Arrives, Arr., Check in, Check out,
    Responsible, Led by, Managed by, Start, Starts, Starts on, End, Ends, Ends on, Submit by, Spent,
    Spent so far, In stock, Available, Made of, Founded, Established, Since, Based in, Written by,
    By, Begins, Starts at, Takes, Prio, Pts, Won, W, Lost, L, Born, Shipped with, Valid until,
    Expires, Stars, Dept., Title, Time, Length, Name of passenger, Your order, Year, Published,
    First published, No. of nights, No. of guests, No. of employees, No. of pages, Kilometres,
    departs, arrives, from, to, spent, begin, start, end, issued by, founded, published, birth,
    Terms, Invoice #, blood, doctor, Tel., Mail, Persons, Our ref., Ref., Attn., expires, Energy (kcal), kcal,
    Your contact, Your reference
    """)
)


@dataclass(frozen=True, slots=True)
class Field:
    """One kind of labelled value."""

    name: str
    labels: tuple[str, ...]
    kind: str
    questions: tuple[str, ...]
    questions_of: tuple[str, ...]


def noun(field: Field, label: str) -> str | None:
    """How a sentence names what this label stands for; None where it takes a verb."""
    for name in (label, field.name):
        if name not in _NO_NOUNS:
            plain = name.rstrip(".#").strip()
            capital = plain[:2].isupper() or plain == "IBAN"
            return plain if capital else plain[0].lower() + plain[1:]
    return None


@cache
def catalogue() -> dict[str, Field]:
    """All fields by name."""
    return {field.name: field for field in map(_parse, _FIELDS.strip().split("\n"))}


def _parse(line: str) -> Field:
    head, *asked = line.split(" ? ")
    if asked and asked[-1].endswith(" ?"):
        asked[-1] = asked[-1][:-2]
    name, rest = head.split(": ", 1)
    labels, kind = rest.split(" = ")
    lists = [tuple(part.strip() for part in text.split(", ") if part.strip()) for text in asked]
    own, of = (*lists, (), ())[:2]
    more_own, more_of = more_questions().get(name, ((), ()))
    # The last phrasing of a list is held back: it stays the same one.
    own, of = (*more_own, *own), (*more_of, *of)
    return Field(name, tuple(labels.split(", ")), kind.strip(), own, of)


@dataclass(frozen=True, slots=True)
class Style:
    """How one page writes its dates, amounts and times."""

    date: Callable[[date], str]
    money: values.Money
    clock: str
    host: str

    @classmethod
    def draw(cls, rng: Random) -> Style:
        return cls(
            values.date_style(rng), values.money_style(rng), rng.choice("aaab"), values.domain(rng)
        )


def make(rng: Random, kind: str, style: Style, of: str = "") -> str:
    """A value of this kind; `of` is whose it is, for e-mail addresses."""
    name, *limits = kind.split(":")
    if name in _CHOICES:
        return rng.choice(_CHOICES[name].split(", "))
    if limits:
        low, high = (int(limit) for limit in limits)
        if name == "int":
            return values.number(rng.randint(low, high))
        drawn = f"{rng.uniform(low, high):.1f}"
        return f"{drawn}%" if name == "percent" else drawn
    return _WRITERS[name](rng, style, of)


_WRITERS: dict[str, Callable[[Random, Style, str], str]] = {
    "person": lambda rng, style, of: values.person(rng),
    "city": lambda rng, style, of: rng.choice(words.CITIES),
    "country": lambda rng, style, of: rng.choice(words.COUNTRIES),
    "department": lambda rng, style, of: rng.choice(words.DEPARTMENTS),
    "role": lambda rng, style, of: rng.choice(words.ROLES),
    "date": lambda rng, style, of: style.date(values.day(rng)),
    "time": lambda rng, style, of: values.clock(rng, style.clock),
    "money": lambda rng, style, of: style.money.write(
        round(rng.uniform(1, 10 ** rng.choice((1, 2, 3, 4))), 2)
    ),
    "code": lambda rng, style, of: values.code(rng),
    "email": lambda rng, style, of: values.email(rng, of or values.person(rng), style.host),
    "phone": lambda rng, style, of: values.phone(rng),
    "vat": lambda rng, style, of: (
        f"{rng.choice(['DE', 'FR', 'PL', 'ATU', 'SE'])}{rng.randrange(10**8, 10**9)}"
    ),
    "iban": lambda rng, style, of: (
        f"{rng.choice(('DE', 'FR', 'NL', 'PL'))}{rng.randrange(10, 99)} "
        + " ".join(f"{rng.randrange(10000):04}" for _ in range(4))
    ),
    "gate": lambda rng, style, of: f"{rng.choice('ABCDEF')}{rng.randrange(1, 70)}",
    "seat": lambda rng, style, of: f"{rng.randrange(1, 45)}{rng.choice('ABCDEF')}",
    "flight": lambda rng, style, of: (
        f"{rng.choice(('QX', 'ZR', 'VB', 'KT'))} {rng.randrange(100, 9999)}"
    ),
    "weight": lambda rng, style, of: f"{rng.uniform(0.1, 40):.1f} kg",
    "size": lambda rng, style, of: " x ".join(str(rng.randrange(5, 220)) for _ in range(3)) + " cm",
    "span": lambda rng, style, of: (
        f"{rng.randrange(2, 48)} {rng.choice(('months', 'weeks', 'days'))}"
    ),
    "km": lambda rng, style, of: f"{values.number(rng.randrange(3, 90000))} km",
    "year": lambda rng, style, of: str(rng.randrange(1890, 2024)),
    "version": lambda rng, style, of: (
        f"{rng.randrange(1, 15)}.{rng.randrange(20)}.{rng.randrange(10)}"
    ),
    "memory": lambda rng, style, of: f"{rng.randrange(1, 128)} GB",
    "plate": lambda rng, style, of: (
        f"{rng.choice(('KX', 'BN', 'WR', 'TL'))} {rng.randrange(100, 9999)} {rng.choice('ABCDEF')}"
    ),
}
