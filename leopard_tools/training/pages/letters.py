"""Letters, notices and contracts, written as templates."""

# ruff: noqa: E501
# A row with its questions is a line each of the text below, however long.

from __future__ import annotations

from ..samples import Page, Pen
from ..templates import parse, write

TEMPLATES = parse("""
# {company1} | {street1}
@ rent letter | is a letter about rent / tells a tenant about a higher rent / comes from a landlord
= {company1} raises the rent of {first1} {last1}'s flat from {price1} to {price2} from {date3}.
& sender = {company1}; tenant = {first1} {last1}; new_rent = {price2}: number; old_rent = {price1}: number; start = {date3}: date; object_by = {date2}: date; phone = {phone1}
{date1}
?? When was the letter written? / What is the date of the letter? / letter dated? => {date1} :: date
Dear {first1} {last1},
? Who is the letter to? / Who gets this letter? / Whom does the landlord write to? => {first1} {last1}
> from {date3} the monthly rent for your flat in {street2} rises from {price1} to {price2}.
? What will the rent be? / How much rent is due in future? / What does the flat cost per month from then on? / new monthly rent? => {price2}
? How much was the rent before? / What did the tenant pay until now? / old rent? / What was the rent up to now? => {price1}
? When does the new rent start? / From which day on is it dearer? / When does the rent go up? => {date3} :: date
? Where is the flat? / Which address is the flat at? => {street2}
> The reason is the new heating, which was put in by {company2} in {month1} and cost {large1}.
? Why does the rent rise? / What is the reason for the increase? => the new heating
? Which firm put in the heating? / Who installed the new heating? => {company2}
? How much did the heating cost? / What was spent on the heating? => {large1}
* > You can object in writing until {date2}.
? Until when can the tenant object? / What is the last day to protest? / By when must an objection arrive? => {date2} :: date
! object
* > Questions are answered by {person2} on {phone1}.
? Who can the tenant call? / Who answers questions? / Which person is there for questions about the rent? => {person2}
! questions are answered
Yours sincerely,
{person3}
?? Who signed the letter? / Who wrote the letter? / Whose signature is under the letter? => {person3}
% How large is the flat? / How many square metres does the flat have? ! m², square
% What is the deposit for the flat? ! deposit

# {brand1} Dental Practice
@ appointment letter | confirms an appointment / comes from a dentist
= The dental practice confirms {first1}'s check-up with Dr {last2} on {date2} at {time1}.
& patient = {first1}; dentist = Dr {last2}; date = {date2}: date; time = {time1}; phone = {phone1}; late_fee = {cost1}: number
{street1} | {phone1}
?? What is the practice's number? / How can I phone the dentist? => {phone1}
> Dear {first1}, your check-up with Dr {last2} is on {weekday1}, {date2} at {time1} in room {n2}.
? When is the check-up? / On what date do I see the dentist? / Which day is the appointment? => {date2} :: date
? At what time is the check-up? / What time do I have to be at the dentist's? / When do I have to be there on that day? => {time1} :: date
? Which dentist will it be? / Who does the check-up? => Dr {last2}
? Which room is the check-up in? / Where in the practice do I go? => room {n2}
* > Please come {minutes1} early and bring your insurance card.
? How early should I come? / How much earlier should one be there? => {minutes1}
? What do I have to bring? / What should I take with me to the dentist? => your insurance card
! early, insurance card
* > If you cancel less than {hours1} before, we charge {cost1}.
? What does it cost to cancel late? / How much is charged for a late cancellation? / cancellation fee? => {cost1}
? How long before can I cancel for free? => {hours1}
! cancel
> Your last visit was on {date1}.
? When was I last at the dentist's? / What is the date of the last visit? => {date1} :: date
? How many days lie between the two visits? => {days12} :: difference
% What will the treatment cost? / How much does the check-up cost? ! check-up costs, treatment

# {city1} City Council
@ building notice | is a notice from a council / tells of a building site / announces road works
= The council announces that the water main in {street1} is replaced from {date1} to {date2}.
& street = {street1}; start = {date1}: date; end = {date2}: date; parking_spaces_lost = {n1}: integer; contractor = {company1}; site_manager = {person1}
{department1} | Ref. {code1}
?? What is the reference? / Which reference should be quoted? => {code1}
NOTICE TO RESIDENTS
> From {date1} to {date2} the water main in {street1} is replaced between {time1} and {time3}.
? What is replaced? / What kind of work is done? => the water main
? In which street is the work? / Which street is affected? / Where do they dig? => {street1}
? When do the works begin? / From which day is there work on the water main? => {date1} :: date
? When are the works over? / Until what date will they work? => {date2} :: date
? How many days do the works last from first to last date? => {days12} :: difference
? Until what time of day do they work? => {time3} :: date
> {n1} parking spaces are lost; {n2} bus stops move to {street2}.
? How many parking spaces are lost? / Number of parking places that go? => {n1}
? Where do the bus stops go? / To which street are the stops moved? => {street2}
? Are more parking spaces lost than bus stops moved? => {more12}
* > There is no water on {weekday1} morning.
? On which day is the water off? / When is there no water? => {weekday1}
! no water
* > The contractor is {company1}, site manager {person1}, phone {phone1}.
? Which company does the work? / Who is the builder? / Who was hired for it? => {company1}
? Who runs the building site? / Who is the site manager? => {person1}
? Which number reaches the site manager? / What can I call if there is a problem on site? => {phone1}
! contractor, site manager
% How much do the works cost? / What does replacing the main cost? ! cost, €, $, £

# EMPLOYMENT CONTRACT
@ job contract | is a work contract / is a contract between a firm and a person it hires / sets a salary
= {company1} hires {person1} as {role1} for {large1} a year, starting on {date3}.
& employer = {company1}; employee = {person1}; position = {role1}; salary = {large1}: number; start = {date3}: date; hours_per_week = {n1}: integer; holidays = {n2}: integer
between {company1}, {street1}
? Who is the employer? / Which firm hires? / For which company will the person work? => {company1}
and {person1}, born {birthday1}
? Who is hired? / Who is the employee? / Who gets the job? => {person1}
? When was the employee born? / date of birth of the employee? => {birthday1} :: date
1. Position | {role1}, {department1}
? What job is it? / As what is the person hired? / What will the person work as? => {role1}
? Which department is the job in? => {department1}
2. Start | {date3}
? When is the first day of work? / When does the job begin? => {date3} :: date
3. Hours | {n1} hours per week
? How many hours a week must the person work? / weekly working time? => {n1} hours
4. Salary | {large1} gross per year
? What does the person earn? / How much is paid a year? / How high is the pay? / What is the yearly wage? => {large1}
* 5. Holiday | {n2} days per year
? How many days off are there a year? / How much leave does the employee get? => {n2} days
! holiday, leave
* 6. Probation | {n3} weeks
? How long is the trial period? / How long is the probation? => {n3} weeks
! probation, trial
* 7. Notice | {n4} weeks to the end of a month
? What is the notice period? / How long in advance must one resign? => {n4} weeks
! notice
Place of work | {city1}
? Where is the place of work? / In which city will the person work? => {city1}
% Is there a company car? / Which company car comes with it? ! car, vehicle
% How high is the bonus? ! bonus

# WARRANTY CLAIM
@ complaint | is a complaint / is about something that broke / wants a repair or money back
= {person1} complains that the {good1} stopped working after {n1} weeks and wants the money back.
& customer = {person1}; order = {code1}; product = {good1}; price = {price1}: number; bought = {date1}: date; refund_by = {date3}: date
To: {company1}, customer service
? Who gets the complaint? / Which company is complained to? => {company1}
Order {code1} of {date1}
? When was it bought? / What day was the order? => {date1} :: date
?? Which order is it about? / order number? => {code1}
> Dear Sir or Madam, the {good1} that I bought from you for {price1} stopped working after {n1} weeks.
? What broke? / What is the complaint about? / Which thing stopped working? => {good1}
? What had been paid for it? / How much did the broken thing cost? => {price1}
? How long did it work? / After how many weeks did it break? => {n1} weeks
> I sent it back on {date2} by parcel {code2} and have heard nothing since.
? When was it sent back? / On what day did it go back? => {date2} :: date
? What is the number of the parcel? / Under which number was it returned? => {code2}
* > Please refund the money by {date3} to account {iban1}.
? By when does the customer want the money? / What deadline is set for the refund? => {date3} :: date
? Where should the money go? / To which account should the refund go? => {iban1}
! refund
{person1}
? Who complains? / Who is the customer? / Who wrote the complaint? => {person1}
{street1}, {city1}
? Where does the customer live? / In which city does the customer live? => {city1}
% What is the customer's phone number? / How can the customer be called? ! phone, tel, call, mobile

# {brand1} Property Insurance
@ insurance policy | is an insurance policy / says what is insured
= {person1} insures a flat in {city1} for up to {large2}, at {price1} a year.
& policy_number = {code1}; policyholder = {person1}; city = {city1}; sum_insured = {large2}: number; premium = {price1}: number; hotline = {phone1}
Policy no. {code1}
?? What is the policy number? / Which number does the policy have? => {code1}
Policyholder | {person1}
? Who is insured? / Who took out the insurance? / Whose policy is it? => {person1}
Insured object | {square1} flat, {street1}, {city1}
? How large is the insured flat? / How many square metres are insured? => {square1}
? In which city is the insured flat? => {city1}
Sum insured | {large2}
? Up to what amount is it insured? / What is the maximum that is paid? / How high is the cover? => {large2}
Premium | {price1} per year
? How much is the insurance? / What does the insurance cost a year? / What has to be paid every year? => {price1}
* Excess | {cost2} per claim
? How much do I pay myself? / What is the deductible? / What is my own share of a claim? => {cost2}
! excess, deductible
Cover begins | {date1}
? From when is it insured? / When does the cover start? => {date1} :: date
* Not covered | bicycles, glass, flooding
? What is not insured? / Which things are excluded? / What is left out of the cover? => bicycles, glass, flooding :: list
? Are bicycles covered? / Would a stolen bicycle be paid for? => no
! not covered
* Claims hotline | {phone1}
? Which number do I call after a damage? / Where do I report a claim? => {phone1}
! hotline, claims
% Who is the broker? / Which agent sold the policy? ! broker, agent

# Invitation
@ invitation | is an invitation / invites people to a party
= {company1} invites people to celebrate its {n1} years on {date2} at {brand1} Hall in {city1}.
& host = {company1}; venue = {brand1} Hall; date = {date2}: date; doors_open = {time1}; reply_by = {date1}: date; reply_to = {email2}
> {company1} turns {n1} and would like to celebrate with you.
? How old does the company become? / Which anniversary is it? => {n1}
? Who invites? / Who is the host? / Which firm celebrates? => {company1}
Where | {brand1} Hall, {street1}, {city1}
? What is the venue? / In which hall is the party? / Where does the celebration take place? => {brand1} Hall
? In which city is the party? => {city1}
When | {weekday1}, {date2}, doors open at {time1}
? On which date is the party? / When do they celebrate? => {date2} :: date
? What day of the week is the party? => {weekday1}
? When can guests come in? / What time do the doors open? => {time1} :: date
* Music | {person1} Trio
? Who plays? / Which band is there? => {person1} Trio
! music
* Dress code | dark suit or evening dress
? What should one wear? / How are guests to dress? => dark suit or evening dress
! dress
RSVP | by {date1} to {first2}, {email2}
? By when must I say whether I come? / When do replies have to be in? / last day to accept? => {date1} :: date
? Where do replies go? / To which address do I send my answer? => {email2}
? Who takes the replies? / Who collects the answers? => {first2}
* Parking | free, entrance {street2}
? Is parking free? / Can guests park without paying? => yes
! park
% What does a ticket to the party cost? / How much is the entrance to the party? ! ticket, entrance fee, €, $, £

# Certificate of completion
@ certificate | is a certificate / proves that somebody passed a course
= {person1} completed the course {course1} in {city1} with {percent1}.
& person = {person1}; course = {course1}; grade = {percent1}; city = {city1}; start = {date1}: date; end = {date2}: date; sessions = {n2}: integer
This is to certify that
{person1}
? Who passed the course? / Whose certificate is this? / Who gets the certificate? => {person1}
completed the course | {course1}
? What was learned? / Which course was completed? / What course is it about? => {course1}
with a grade of {percent1}
? What grade was reached? / How well did the person do? / result in percent? => {percent1}
held from {date1} to {date2} in {city1}
? Where was the course held? / In which city was the course? => {city1}
? When did the course end? / What was its last day? => {date2} :: date
? When did the course start? => {date1} :: date
* {n2} sessions of {minutes1} each
? How many sessions were there? / How often did the course meet? => {n2}
? How long was each session? => {minutes1}
! session
{person2}, course director
? Who directs the course? / Who signed the certificate? => {person2}
* Certificate no. {code1}
?? What is the number of the certificate? => {code1}
! certificate no.
% How much did the course cost? / course fee? ! fee, cost, €, $, £
""")


def letter(pen: Pen) -> Page:
    """A letter, a notice or a contract."""
    return write(pen, pen.rng.choice(TEMPLATES))
