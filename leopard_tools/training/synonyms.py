"""Other words for what pages say: nouns for measures, questions for labelled values.

A page says `Bill to`, people ask who pays. Must not hold a synonym that fits two labels of a page.
"""

# ruff: noqa: E501
# What belongs to one label is one line of the tables below, however long.

from __future__ import annotations

from functools import cache

from .samples import Pen

OTHER_WORDS = 0.4
"""How often a measure is asked for by another noun than the page's."""

# label: nouns that mean the same in a question.
_NOUNS = """
Revenue: turnover / income from sales / takings / amount taken in / top line
Sales: amount sold / sales volume / quantity sold / sales figures
Operating costs: running costs / cost of operations / operating expenses / spending on operations
Orders: number of orders / orders received / order count / incoming orders
Visitors: number of guests / visitor number / number of people who came / attendance
Headcount: number of employees / staff size / workforce / number of people employed
Energy use: power consumption / energy consumption / amount of energy used / energy needed
Units shipped: number of units sent out / shipments / deliveries / units delivered
Complaints: number of complaints / objections / grievances / complaints received
New customers: customers won / number of first-time buyers / customers gained / new clients
Water consumption: water use / amount of water used / water needed / water usage
Net profit: profit after tax / bottom line / earnings / net income
Market share: share of the market / slice of the market / part of the market / market portion
Satisfaction score: rating by customers / satisfaction / customer rating / satisfaction level
Scrap rate: share of rejects / reject rate / waste rate / share of scrap
Marketing spend: advertising budget / amount spent on marketing / advertising costs / spending on ads
Free cash flow: cash generated / cash left over / FCF / free cash
Average order value: average basket / typical order size / mean value of an order / value per order
Backlog: orders still open / unfilled orders / order book / work not yet done
Cash: money in the bank / liquid funds / cash in hand / liquidity
Debt: money owed / borrowings / liabilities / loans
Gross margin: margin before overheads / gross profit in percent / share left after cost of goods / gross profitability
Churn: share of customers lost / customer loss / rate at which customers leave / customer attrition
Operating margin: profitability of operations / EBIT margin / margin from operations / operating profitability
Conversion rate: share of visitors who buy / share of buyers / visitor-to-buyer rate / rate of conversion
Bounce rate: share of visitors who leave at once / quick exit rate / share of bounces / rate of bounces
Sick leave: absence through illness / sickness rate / share of staff ill / illness rate
On-time delivery: punctuality / share delivered on time / delivery reliability / punctual deliveries
Return rate: share of goods sent back / rate of returns / share returned / percentage sent back
Uptime: availability / time the system was up / share of time online / availability of the system
Equity ratio: share of own capital / equity share / equity in percent / proportion of equity
Active users: number of people using it / user base / people who use it / user count
Employees: staff / number of people working there / size of the workforce / workers
Open positions: vacancies / unfilled jobs / jobs on offer / vacant posts
NPS: net promoter score / promoter score / recommendation score / likelihood to recommend
Page views: pages looked at / views / clicks on pages / pages seen
Open tickets: unresolved requests / unsolved tickets / pending support cases / tickets not closed
Installed devices: devices in use / units in the field / installed base / devices put in
Countries: number of countries / markets / nations / lands
Stores: number of shops / outlets / branches / shops
Accidents: number of injuries / incidents at work / mishaps / injuries at work
Response time: time until an answer / time to react / waiting time for an answer / speed of reply
Energy saved: energy savings / amount of energy not used / reduction in energy / saving of energy
CO2 emissions: carbon footprint / greenhouse gases / carbon emissions / emitted CO2
"""

# field ? questions about a document ? questions about a thing {of}
_QUESTIONS = """
order number ? Under which number was it ordered? / What number does my order have? ?
customer number ? What number am I registered under as a customer? / client number? ?
invoice date ? On what day was the bill written? / When did they bill it? / From what day is the bill? ?
due date ? How long do I have to pay, until what day? / Last day to pay? / When do they want the money? / pay by when? ? By when must {of} be finished? / deadline for paying {of}?
delivery date ? On which day did it come? / When did the goods arrive? / When do I get it? ? On which day did {of} come? / When does {of} get here?
order date ? On which day was the order placed? / When did I buy it? ? On what day was {of} bought?
payment terms ? Within what time must be paid? / How much time is there to pay? ?
reference ? What should I quote in my reply? / What number should a letter quote? ?
account ? Where does the money go, which account? / Account to transfer to? ?
contact ? Who can I talk to? / Who deals with this? / Who do I turn to? ? Who should be asked about {of}? / Who do I talk to about {of}?
issued by ? Whose signature is on it? / Who gave permission? ? Who gave permission for {of}?
passenger ? Whose trip is it? / Who is it booked for? / Who stays there? ?
name ? Who is this about? / Which person is it? ?
from ? Where does one get on? / Starting point? ? Where does {of} set off? / Starting point of {of}?
to ? Where does one end up? / Where to? / Goal of the trip? ? Where does {of} end up? / Where does {of} take people?
departs ? When do we set off? / What time does it start off? ? What time does {of} set off?
arrives ? When do we get there? / What time does it get in? ? When does {of} get there?
check-in ? From which day is the room booked? / First night? / On what day do the guests come? ?
check-out ? On what day do the guests leave? / Until which day is the room booked? / Last day of the stay? ?
nights ? For how many nights? / How many nights do they stay? ?
guests ? How many persons stay there? / How many people come? ?
room ? Where do I have to go, which room? / Number of the room? ? Where does {of} take place, which room? / Where can I find {of}, which room?
owner ? Who is in charge? / Whose responsibility is it? / Who leads it? ? Who is in charge of {of}? / Who leads {of}? / Whose job is {of}? / Who takes care of {of}?
manager ? Who is the boss? / Who heads it? / Who runs it? ? Who runs {of}? / Who is the boss of {of}? / Who heads {of}?
start ? When does it get going? / First day? / From which day on? ? When does {of} get going? / first day of {of}?
end ? When is it over? / Last day? ? When is {of} over? / last day of {of}?
deadline ? What is the last possible day? / Until when is there time? / How long can I wait, until what date? ? Until when does {of} have time? / By when must {of} be ready? / When does {of} have to be done?
budget ? How much may be spent? / How much money is there? / What sum was approved? ? How much may {of} spend? / How much money does {of} have? / funds for {of}?
spent ? How much money is gone? / What has it cost up to now? / expenses to date? ? How much money has {of} used? / What has {of} cost so far?
price ? How much is it? / What do I have to pay? / How much money is it? / What do they charge? ? How expensive is {of}? / What do I pay for {of}? / What do they charge for {of}? / How much money do they want for {of}? / cost of {of}?
deposit ? What must be paid in advance? / How much is paid up front? ? How much is paid up front for {of}?
shipping ? What does it cost to send it? / How much is charged for sending it? ? What does it cost to send {of}?
rating ? How good is it according to customers? / How many stars does it get? ? How good is {of} according to customers? / How many stars does {of} have?
stock ? How many are left? / How many could I order? ? How many of {of} are left? / How much of {of} is on the shelves?
weight ? How many kilos is it? ? How many kilos is {of}?
size ? What are length, width and height? / How much room does it take? ? How much room does {of} take? / How large is {of}?
material ? What does it consist of? / From what was it made? ? What does {of} consist of?
warranty ? For how long is it guaranteed? / How long can I claim repairs? ? For how long is {of} guaranteed?
item number ? Under which number do I order it? / code of the article? ? Under which number do I order {of}? / code of {of}?
capacity ? How many can it take? / How many seats are there? ? How many fit on {of}? / How many places does {of} have?
distance ? How many kilometres? / How far is it? ? How far is {of}? / How many kilometres is {of}?
founded ? How old is the company, since which year? / When did it start? ? Since when has {of} existed? / birth year of {of}?
employees ? How big is the workforce? / How large is the staff? ? How big is {of} in people? / How large is the workforce of {of}? / staff of {of}?
headquarters ? What city is it run from? / In which city do they sit? ? In which city does {of} sit? / home of {of}? / Where does {of} come from?
city ? Where does it take place? / What town is it? ? What town is {of} in? / Where do I find {of}?
country ? From which country? / What nation? ? From which country is {of}? / What nation does {of} belong to?
department ? Where in the company is it? / Which part of the company? ? Where in the company does {of} work? / Which part of the company does {of} belong to?
role ? What work is it? / As what would one work? ? What work does {of} do? / As what does {of} work? / What is {of} responsible for? / position of {of}?
email ? Where can I write? / How do I write to them? ? Where can I write to {of}? / Which address do I send {of} a message at? / How do I write to {of}?
phone ? Where can I call? / Which number do I dial? / How do I ring them? ? Which number do I dial for {of}? / How do I ring {of}? / number of {of}?
teacher ? Who holds it? / Who leads the class? ? Who holds {of}? / Who leads {of}? / Who do I learn {of} from?
author ? Whose work is it? / Who is it by? ? Who is {of} by? / Whose book is {of}?
pages ? How thick is it? / How many pages must one read? ? How thick is {of}, in pages? / How long is {of}?
weekday ? Which weekday? / What day should I come? ? On what day should I come for {of}? / weekday of {of}?
begin ? What time should I be there? / From what time? ? What time should I be at {of}? / From what time is {of}?
duration ? How much time does it need? / How long must I plan for it? ? How much time does {of} need? / How long must I plan for {of}?
status ? How far along is it? / How does it stand? ? How far along is {of}? / How does {of} stand? / Where does {of} stand?
availability ? Can one still get in? / Are there places left, what does it say? ? Can one still get into {of}, what does it say? / Any places left in {of}, what does it say?
priority ? How important is it? ? How important is {of}? / How urgent is {of}?
risk ? How dangerous is it? / How risky is it? ? How risky is {of}? / How dangerous is {of}?
version ? Which release is running? / How new is the software? ? Which release runs on {of}? / How new is the software of {of}?
uptime ? What part of the time is it up? ? What part of the time is {of} up?
load ? How busy is the processor? / How hard does it work? ? How busy is {of}? / How hard does {of} work?
memory ? How much RAM is taken? ? How much RAM is taken on {of}? / RAM of {of}?
last backup ? When were the data last saved? / When was a copy last made? ? When were the data of {of} last saved? / When was the last copy of {of} made?
calories ? How much energy does it have? / Is it fattening, how many kcal? ? How much energy is in {of}? / How fattening is {of}, in kcal?
points ? What is the score in points? ? How many points have {of} collected?
coach ? Who trains them? ? Who trains {of}?
birth ? On which day was the person born? / birthday? ? When is the birthday of {of}?
blood ? What kind of blood is it? ?
doctor ? Who treats the patient? / Who is in charge of the treatment? ?
licence ? What is on the number plate? / number plate of the car? ? What does {of} have on its number plate?
mileage ? How many kilometres has it run? / What does the odometer say? ? How many kilometres has {of} run?
expires ? How long is it good for, until what day? / When does it run out? / last day it is valid? ? When does {of} run out?
tracking ? Under which number can I follow the parcel? / How do I find my parcel, which number? ?
carrier ? Who brings the parcel? / Which firm brings it? ? Who brings {of}?
published ? How old is it, from which year? ? From which year is {of}? / How old is {of}, what year?
type ? What sort is it? / What kind is it? ? What sort is {of}? / What kind of thing is {of}?
"""


@cache
def nouns() -> dict[str, tuple[str, ...]]:
    """Other nouns for a measure, by its label."""
    pairs = (line.split(": ", 1) for line in _NOUNS.strip().split("\n"))
    return {label: tuple(text.split(" / ")) for label, text in pairs}


@cache
def questions() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Further questions for a field: about a document, about a thing."""
    found = {}
    for line in _QUESTIONS.strip().split("\n"):
        name, own, of = (part.strip() for part in f"{line} ".split(" ? "))
        found[name] = (_parts(own), _parts(of.rstrip("?").strip() + "?" if of else ""))
    return found


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split(" / ")) if text else ()


def said(pen: Pen, label: str) -> str:
    """A measure as a question names it: often as the page does, at times in other words."""
    others = nouns().get(label)
    if others and (pen.held or pen.chance(OTHER_WORDS)):
        return pen.phrase_of(others)
    return label if label[:2].isupper() else label[0].lower() + label[1:]
