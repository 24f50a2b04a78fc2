"""Running text with facts in the middle of its sentences, written as templates."""

# ruff: noqa: E501
# A sentence with its questions is a line each of the text below, however long.

from __future__ import annotations

from ..samples import Page, Pen
from ..templates import parse, write

TEMPLATES = parse("""
# {person1}, {field1}
@ life story | tells somebody's life / is a biography
= {person1} was a {field1} from {city1} who became known through a single great work.
& name = {person1}; occupation = {field1}; born = {year1}: integer; birthplace = {city1}; died = {year5}: integer; estate = {large1}: number; spouse = {person2}
$ field: chemist; violin maker; mountaineer; architect; botanist; photographer; engineer; translator
> {person1} was born in {city1} in {year1} as the youngest of {n1} children of a {trade1}.
? Where was {person1} born? / birthplace of {person1}? / In which city did {first1}'s life begin? => {city1}
? In which year was {person1} born? / When did {first1} come into the world? => {year1}
? What did {first1}'s parent do? / What was the trade of {first1}'s family? => {trade1}
? How many children did the family have? => {n1}
$ trade: baker; tailor; postman; blacksmith; miller; teacher; sailor; gardener
> After studying in {city2}, {first1} worked for {company1}, at first for {hours1} a week and without pay.
? Where did {first1} study? / In which city was the university? => {city2}
? For whom did {first1} work? / Which firm gave {first1} work? => {company1}
? How much did {first1} work at first? / How many hours a week were it at first? => {hours1}
* > The breakthrough came in {year3} with a work that took {n2} years and is now kept in {city3}.
? When did {first1} become known? / In which year was the breakthrough? => {year3}
? How long did the great work take? => {n2} years
? Where can the great work be seen today? / In which city is the work kept? => {city3}
! breakthrough
* > {first1} married {person2}, who later ran the workshop together with {first3} {last3}.
? Who was {first1} married to? / Who was the husband or wife? => {person2}
? With whom did {first2} run the workshop? => {first3} {last3}
! married
> {first1} died in {year5} in {country1}; the estate of {large1} went to a school.
? When did {person1} die? / year of death? => {year5}
? In which country did {first1} die? => {country1}
? Who got the estate? / Who inherited? / To whom did the money go? => a school
? How large was the estate? / What was left behind in money? => {large1}
% Which prize did {person1} win? / What award did {first1} get? ! prize, award
% How tall was {person1}? ! tall, height

# Ten questions to {person1}
@ interview | is an interview / prints a conversation with somebody
= {person2} talks to {person1}, who has led {company1} for {n1} years.
& guest = {person1}; interviewer = {person2}; company = {company1}; city = {city1}; years = {n1}: integer; successor = {person3}
> {person1} has led {company1} for {n1} years. {person2} met the {n2}-year record holder in {city1}.
? Who is interviewed? / Who answers the questions? => {person1}
? Who asks the questions? / Who made the interview? => {person2}
? Which company does {person1} lead? / What firm is it about? => {company1}
? Where did they meet? / In which city did the interview take place? => {city1}
? How long has {person1} led the company? => {n1} years
> How do you start your day? "With {minutes1} of silence and a walk of {n3} km."
? How does the day begin? / With what does {first1} start the day? => {minutes1} of silence and a walk of {n3} km
? How far does {first1} walk in the morning? => {n3} km
> What was your worst mistake? "To buy a {trade1} in {country1}. It cost us {millions1}."
? What was the worst mistake? / What does {first1} regret buying? => a {trade1} in {country1}
? How expensive was the mistake? / What did the mistake cost? => {millions1}
$ trade: brewery; newspaper; hotel; shipyard; chain of cinemas; football club
* > And what comes next? "In {monthyear2} I hand over to {person3}, our {role1}."
? Who takes over? / Who will be the next head? / Who is the successor? => {person3}
? When is the handover? / When does {first1} step down? => {monthyear2} :: date
? What does {person3} do today? / position of the successor? => {role1}
! hand over
* > You were once a {hobby1}? "For {n4} summers, in {city2}."
? What was {first1} once? / Which job did {first1} have in summer? => {hobby1}
? Where was {first1} a {hobby1}? => {city2}
! once a
$ hobby: lifeguard; waiter; lighthouse keeper; street musician; tour guide; beekeeper
% How old is {person1}? / What is {first1}'s age? ! years old, aged
% What does {person1} earn? / How much is {first1} paid? ! earn, salary, paid

# {brand1} opens in {city1}
@ press release | is a press release / announces an opening
= {company1} opens the {kind1} {brand1} in {city1} on {date3}.
& company = {company1}; place = {brand1}; opening = {date3}: date; time = {time1}; seats = {hundred1}: integer; floors = {digit1}: integer; architect = {person1}; student_price = {cost2}: number
{city1}, {date1}
? When was the news sent out? / What is the date of the release? => {date1} :: date
> {company1} opens its new {kind1} {brand1} on {date3} at {time1}. It has {hundred1} seats on {digit1} floors.
? What opens? / What kind of place opens? => {kind1}
? Who opens it? / Which company is behind it? / To whom does it belong? => {company1}
? When is the opening? / On which day does it open? => {date3} :: date
? How many people can sit there? / number of seats? => {hundred1}
? On how many floors? / How many storeys does it have? => {digit1}
$ kind: concert hall; cinema; lecture hall; theatre; restaurant; reading room
> "We wanted wood, light and quiet," says architect {person1}, whose team worked on it for {n1} months.
? Who designed it? / Who was the architect? => {person1}
? What did they want? / What did the architect want it to have? => wood, light and quiet
? How long was the team at work? / How many months did the design take? => {n1} months
* > It replaces a {old1} that was torn down in {year2}.
? What stood there before? / What does it replace? => a {old1}
? When was the old building removed? / When was it torn down? => {year2}
! replaces
$ old: car park; warehouse; petrol station; swimming hall; barracks
* > Entry on the first day is free; later it is {cost1}, for students {cost2}.
? What do students pay? / price for students? => {cost2}
? What does an adult pay later? / How much is entry after the first day? => {cost1}
? Is it free on the first day? / Can I go in without paying on the first day? => yes
! entry
> Press contact: {person2}, {email2}
? Whom can journalists ask? / Who is there for the press? => {person2}
? Where can journalists write? / address for the press? => {email2}
% What did the building cost? / How much was spent on the building? ! million, cost
% Who performs on the first evening? ! perform, plays

# Study: {topic1}
@ research summary | sums up research / reports a study
= A study of {count1} people found that those who {habit1} slept {minutes1} longer.
& participants = {count1}: integer; start = {year1}: integer; end = {year2}: integer; leader = {person1}; funding = {large1}: number; critic = {person2}
> Researchers from {city1} followed {count1} people between {year1} and {year2}.
? How many people took part? / How large was the study? / number of participants? => {count1}
? Where are the researchers from? / Which city's researchers were they? => {city1}
? In which year did the study end? / Until when were they followed? => {year2}
? In which year did it start? => {year1}
> Those who {habit1} slept {minutes1} longer, while blood pressure fell by {percent1}.
? Who slept longer? / What did those do who slept longer? => {habit1}
? How much longer did they sleep? / gain in sleep? => {minutes1}
? By how much did blood pressure fall? / change of the blood pressure? => {percent1}
$ habit: walked daily; cooked at home; sang in a choir; kept a dog; read before bed; worked in a garden
* > No effect was found in people under {n1}.
? In whom was there no effect? / Who did not profit? => people under {n1}
! no effect
* > Critics such as {person2} of {company1} note that {percent2} of the participants dropped out.
? Who criticises the study? / Which critic is named? => {person2}
? How many dropped out? / What share left the study early? => {percent2}
? Where does the critic work? / Which organisation is the critic from? => {company1}
! critics
> The work was led by {person1} and paid for with {large1} by the {country1} Science Fund.
? Who led the study? / Who was the head of the research? => {person1}
? Who paid for it? / Where did the money come from? / Who financed the study? => {country1} Science Fund
? How much money was it? / What did the study get? => {large1}
% In which journal did it appear? / Where was the study published? ! journal, published
% How old were the participants on average? ! average

# House rules of the {brand1} Hostel
@ house rules | gives house rules / says what guests may do
= The rules of the {brand1} Hostel say when to arrive, to leave and to be quiet, and whom to call at night.
& check_in_from = {time3}; leave_by = {time1}; quiet_from = {time5}; breakfast = {cost1}: number; night_contact = {person1}; phone = {phone1}; lost_key = {cost3}: number
> 1. Check in from {time3}, leave your room by {time1}.
? From when can I check in? / When may guests arrive? / earliest arrival? => {time3} :: date
? When must I be out of the room? / Until when must I leave? / latest time to go? => {time1} :: date
> 2. Quiet hours start at {time5}.
? From when must it be quiet? / When does the noise have to stop? => {time5} :: date
> 3. Breakfast costs {cost1} and is served on floor {digit1}.
? What is the price of breakfast? / How much is it to eat in the morning? => {cost1}
? Where is breakfast? / On which floor can I eat in the morning? => floor {digit1}
* > 4. Dogs are welcome for {cost2} a night; cats are not allowed.
? What does a dog cost? / How much do I pay for my dog? => {cost2}
? May I bring a cat? / Are cats allowed? => no
? Can I bring my dog? / Are dogs allowed? => yes
! dogs
* > 5. A lost key costs {cost3}.
? What happens if I lose my key, what do I pay? / How much is a lost key? => {cost3}
! key
* > 6. Smoke only in the yard behind house {n1}.
? Where may I smoke? / Where is smoking allowed? => in the yard behind house {n1}
! smok
> At night call {person1} on {phone1}.
? Who is there at night? / Whom can I wake at night? => {person1}
? Which number works at night? / How do I get help at night? => {phone1}
Wi-Fi: {brand2} | code {code1}
? What is the Wi-Fi called? / name of the network? => {brand2}
? What is the code of the Wi-Fi? / How do I get onto the network? => {code1}
% Where can I park my car? / What does parking cost? ! park, car
% What does a bed cost? / How much is a night? ! per night, a bed

# Project {project1}: report for {monthyear1}
@ project report | is a project report / reports how a project goes
= Project {project1} finished {n1} of {n2} tasks and is {percent1} under plan, but a test in {city1} failed.
& project = {project1}; author = {person1}; tasks_done = {n1}: integer; tasks_open = {n2}: integer; spent = {large1}: number; test_again = {date2}: date; status = {status1}; supplier = {company1}
Prepared by {person1} | {department1}
? Who wrote the report? / Who prepared it? / author of the report? => {person1}
? Which department is the report from? => {department1}
> This month we finished {n1} of {n2} open tasks and spent {large1}, which is {percent1} under plan.
? How many tasks were finished? / How many tasks are done? => {n1}
? How much was spent this month? / What did the month cost? => {large1}
? How far is it under plan? / By how much did they stay below the plan? => {percent1}
> The test in {city1} failed because of {cause1}; it will be repeated on {date2}.
? Why did the test fail? / What was the trouble with the test? / cause of the failed test? => {cause1}
? Where did the test fail? / In which city was the test? => {city1}
? When is the test done again? / new date of the test? => {date2} :: date
? Was the test a success? / Did the test work? => no
$ cause: a broken sensor; bad weather; a missing permit; a power cut; wrong data; a late delivery
* > {company1} will deliver the parts {n3} days late.
? Who delivers late? / Which supplier is behind? => {company1}
? How late are the parts? / By how many days is the delivery late? => {n3} days
! late
* > We need a decision on {topic1} from {person2} by {date3}.
? What must be decided? / On what is a decision needed? => {topic1}
? Who has to decide? / From whom is a decision needed? => {person2}
? By when is the decision needed? => {date3} :: date
! decision
> Next month: {action1}.
? What is planned for next month? / What comes next? => {action1}
Status: {status1} | Confidence: {percent2}
? What is the status? / How is the project doing, in a word? => {status1}
? How confident are they? / confidence in percent? => {percent2}
$ status: green; yellow; red
% How many people work on it? / How big is the project team? ! people, team
% When is the project finished? / What is the end date of the project? ! finish date, end date, completed

# A weekend in {city1}
@ travel guide | is a travel guide / gives tips for a trip
= {person1} recommends the {brand1} hotel, the {dish1} at {first2}'s and the {sight1} in {city1}.
& author = {person1}; city = {city1}; hotel = {brand1}; room_from = {price1}: number; dish = {dish1}; sight = {sight1}; entrance = {cost1}: number; day_ticket = {cost2}: number
By {person1} | {date1} | {n1} min read
? Who wrote the guide? / Whose tips are these? => {person1}
? How long does it take to read? / reading time? => {n1} min
> Sleep: the {brand1} in {street1} has rooms from {price1}, breakfast until {time2}.
? Where should I sleep? / Which hotel is recommended? => {brand1}
? What does a room cost at least? / cheapest room? => {price1}
? Until when is breakfast served? => {time2} :: date
? In which street is the hotel? / address of the hotel? => {street1}
> Eat: order the {dish1} at {first2}'s; tables are gone by {time4}.
? What should I eat? / Which dish is recommended? => {dish1}
? Where should I eat? / Whose place is good for food? => {first2}'s
> See: the {sight1} opens at {time1}, closed on {weekday1}s, {cost1} a head.
? What should I see? / Which sight is named? => {sight1}
? How much is the {sight1}? / entrance fee of the {sight1}? => {cost1}
? When can one not visit the {sight1}? / On which day is the {sight1} shut? => {weekday1}
? When does the {sight1} open? => {time1} :: date
$ sight: clock tower; glass museum; old harbour crane; botanical garden; cave; print museum
* > Get around: a day ticket is {cost2}, bus {n2} goes to the airport in {minutes1}.
? How much is a day ticket? / price of a ticket for the day? => {cost2}
? Which bus goes to the airport? / How do I get to the airport, which bus? => {n2}
? How long to the airport? / time to the airport? => {minutes1}
! ticket, airport
* > Avoid: {month1}, when {percent1} of all shops are shut.
? When should I not go? / Which month is bad for a visit? => {month1}
? How many shops are shut then? => {percent1}
! avoid
% Where can I swim? / Is there a beach? ! swim, beach
% How do I get there by train? / Which train goes there? ! train
""")


def story(pen: Pen) -> Page:
    """A text with facts in it."""
    return write(pen, pen.rng.choice(TEMPLATES))
