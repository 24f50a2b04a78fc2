"""Slides with columns, footers and few words, written as templates."""

# ruff: noqa: E501
# A row with its questions is a line each of the text below, however long.

from __future__ import annotations

from ..samples import Page, Pen
from ..templates import parse, write

TEMPLATES = parse("""
# 0{digit1}
@ section slide | begins a chapter / is only a chapter heading / is a section divider
= This slide begins chapter 0{digit1}, {part1}.
& number = {digit1}: integer; title = {part1}; presenter = {person1}
$ part: Where we stand; What customers say; Our plan; The team; Money and risks; How it works; Next steps; Lessons learned
{part1}
? Which chapter begins here? / What is the name of the section? / What is this part about? => {part1}
? What number does the chapter have? / Which section number is it? / chapter no.? => 0{digit1}
* {topic1} at {company1}
? Which company is the deck about? / Which firm is it? => {company1}
! {company1}
* {date1} | {person1}
? Who presents this chapter? / Who is the presenter? => {person1}
! {person1}

# {product1}: build or buy?
@ options | weighs two options / compares building with buying / sets two choices side by side
= Building {product1} costs {millions1} and takes {n1} months, buying it {millions2} a year and {n2} months; buying is recommended.
& build_cost = {millions1}; buy_cost = {millions2}; build_months = {n1}: integer; buy_months = {n2}: integer; supplier = {company1}; recommendation = buy; build_team = {n3}: integer
Build | Buy from {company1}
? From whom would it be bought? / Who is the possible supplier? => {company1}
{millions1} once | {millions2} a year
? What does building cost? / How much would it be to make it ourselves? / What would we spend once on building? => {millions1}
? What would buying cost a year? / How much a year if we buy? => {millions2}
ready in {n1} months | ready in {n2} months
? How long does it take to build? / When is the built one ready? => {n1} months
? How long until the bought one is ready? => {n2} months
? Does building take longer than buying? / Is buying the faster way? => {more12}
* team of {n3} needed | team of {n4} needed
? How many people does building need? / How large a team does building take? => {n3}
? How many people are needed when buying? => {n4}
! team of
* fits our own data | no changes possible
? What speaks against buying? / What is the drawback of the bought one? => no changes possible
! no changes
Backed by {department1} | Backed by {department2}
? Which department is for building? / Who wants to build? => {department1}
? Who is in favour of buying? / Which department would rather buy? => {department2}
> Recommendation: buy, and look again in {monthyear2}
? What is recommended? / What do they propose? / build or buy, which is it? => buy
? When do they look again? / When is the decision reviewed? => {monthyear2} :: date
{host1} | {n5}
% Who decides in the end? ! decide, decision
% What does training the staff cost? ! training

# {company1} in {next1}
@ facts slide | sums up a company / gives the main facts of a company
= {company1} has {hundred1} employees at {n1} sites and a turnover of {millions1}.
& company = {company1}; employees = {hundred1}: integer; sites = {n1}: integer; turnover = {millions1}; growth = {percent1}; chief_executive = {person2}; founded = {year1}: integer
> • {hundred1} employees at {n1} sites, the largest in {city1}
? How many people work there? / How big is the workforce? / What is the headcount? / staff? => {hundred1}
? How many sites are there? / At how many places do they work? => {n1}
? Where is the biggest site? / Which city has the largest site? => {city1}
> • Turnover {millions1}, {percent1} more than a year ago
? How much was sold? / What was the revenue? / What sales did they make? / How much money came in? => {millions1}
? By how much did turnover grow? / How much more was it than the year before? => {percent1}
* > • {percent2} of energy comes from the sun
? Which share of the energy is solar? / How much of the power is from the sun? => {percent2}
! energy
* > • Chair: {person1}; chief executive: {person2}
? Who chairs the board? / Who is the chairwoman or chairman? => {person1}
? Who is the boss? / Who leads the company? / Who is the CEO? => {person2}
! chair
* > • Founded in {year1} by {person3} as a maker of {good1}s
? When did the company begin? / How long has the firm existed, since which year? => {year1}
? Who started the company? / Who founded it? => {person3}
! founded
Source: annual report, {date1} | {n2}
? Where do the figures come from? / What is the source? => annual report
% How large is the debt? / How much do they owe? ! debt, owe
% What was the profit? / How much did they earn after costs? ! profit, earn

# {topic1}: what we agreed
@ decisions | lists what was decided / records decisions / holds the results of a meeting
= At {company1} it was agreed who does what: {first1} and {first2} have tasks until {date2} and {date3}.
& company = {company1}; date = {date1}: date; people = {person1}, {person2}: list; next_meeting = {date5}: date
{company1} | {date1}
? When was it agreed? / What is the date of the meeting? => {date1} :: date
Decision | Who | By
{action1} | {person1} | {date2}
? Who will do this: {action1}? / {action1}: whose job is it? => {person1}
? What must {first1} do? / What is {person1}'s task? => {action1}
? By when must {first1} be done? => {date2} :: date
{action2} | {person2} | {date3}
? What was {person2} asked to do? / Which job did {person2} get? => {action2}
? Who has to be finished by {date3}? => {person2}
* {action3} | {person3} | {date4}
? What does {first3} have to do? / task of {person3}? => {action3}
? When does {person3} have to be ready? => {date4} :: date
! {person3}
* Next meeting: {date5}, {time1}, room {n1}
? When do they meet again? / What is the date of the next meeting? => {date5} :: date
? In which room is the next meeting? / Where do they meet next time? => room {n1}
? What time is the next meeting? => {time1} :: date
! next meeting
% What is {person4}'s task? / What must {person4} do? ! {person4}

# Why customers leave
@ reasons | gives reasons why customers leave / is about lost customers
= Of {hundred1} former customers, {percent1} left because of the price and {percent2} because of poor service.
& asked = {hundred1}: integer; too_expensive = {percent1}; poor_service = {percent2}; owner = {person1}; department = {department1}; competitor = {company1}
Survey of {hundred1} former customers, {monthyear1}
? How many people were asked? / How large was the survey? / How many took part in it? => {hundred1}
? When was the survey made? => {monthyear1} :: date
{percent1} | Too expensive
? How many left because of the price? / What share found it too expensive? => {percent1}
{percent2} | Poor service
? What percentage complained of the service? / How many were unhappy with the service? => {percent2}
* {percent3} | Moved away
? How many moved? / Which share left because they moved house? => {percent3}
! moved
* {percent4} | Chose {company1}
? Which competitor do they go to? / Who gets the customers? => {company1}
? How many went to a competitor? => {percent4}
! chose
> What we do about it: {action1}
? What is done about it? / What measure follows? / What is the answer to that? => {action1}
Owner: {person1}, {department1}
? Who takes care of it? / Who is in charge of the measure? => {person1}
? Which department is in charge? => {department1}
{n1} | Confidential
% How many customers are left? / How many customers are there now? ! customers now, current customers

# {brand1} {course1}
@ workshop slide | announces a workshop / describes a workshop
= {brand1} holds a workshop on {date2} in {city1} for {price1} per person.
& topics = {topic1}, {topic2}, {topic3}: list; places = {n1}: integer; price = {price1}: number; date = {date2}: date; start = {time1}; end = {time3}; city = {city1}; trainer = {person1}
What you learn | Practical
? What is the right column about? => Practical
{topic1} | {n1} places
? How many people can take part? / How many seats are there? => {n1}
{topic2} | {price1} per person, lunch included
? What does it cost to take part? / How much is a place? / fee per head? => {price1}
? Is lunch paid for? / Do I get lunch with it? => yes
{topic3} | {date2}, {time1} to {time3}
? When is the workshop? / On which day is it held? => {date2} :: date
? When does it finish? / At what time is it over? => {time3} :: date
? What can I learn? / Which topics are covered? / What are the subjects? => {topic1}, {topic2}, {topic3} :: list
{street1}, {city1}
? Where is it held? / At which address is the workshop? => {street1}, {city1}
* Your trainer: {person1}, {role1} at {company1}
? Who holds the workshop? / Who teaches? / Who is the trainer? => {person1}
? Where does the trainer work? / Who employs the trainer? => {company1}
! trainer
* Sign up until {date1}: {email1}
? Until when can I sign up? / closing date for applications? => {date1} :: date
? Where do I sign up? / Which address takes the bookings? => {email1}
! sign up
% Which language is the workshop in? / In what language is it held? ! english, german, french, language

# Risks of project {project1}
@ risks | lists risks / is about what can go wrong
= The risks of project {project1} are a bankrupt supplier ({percent1}) and a late permit ({percent2}); {large4} is kept in reserve.
& project = {project1}; reserve = {large4}: number; watchers = {person1}, {person2}: list; last_review = {date1}: date
Risk | Likelihood | Cost | Watched by
Supplier goes bankrupt | {percent1} | {large1} | {person1}
? How likely is it that the supplier goes bankrupt? / chance of a bankrupt supplier? => {percent1}
? Who keeps an eye on the supplier? / Who watches the supplier risk? => {person1}
? What would a bankrupt supplier cost? / How much is lost if the supplier goes under? => {large1}
Permit comes late | {percent2} | {large2} | {person2}
? What happens, in money, if the permit is late? / cost of a late permit? => {large2}
? Who looks after the permit? / Whose job is the permit? => {person2}
? How probable is a late permit? => {percent2}
* Data are lost | {percent3} | {large3} | {person3}
? How likely is a loss of data? => {percent3}
? What would lost data cost? => {large3}
? Who watches over the data? => {person3}
! data are lost
Reserve in the budget: {large4}
? How much is kept in reserve? / What is set aside for risks? / buffer in the budget? => {large4}
* Last reviewed on {date1}
? When were the risks last looked at? / date of the last review? => {date1} :: date
! reviewed
Project {project1} | {n1} | {company1}
? Which project is it? / What is the project called? => {project1}
% How likely is a strike? / What would a strike cost? ! strike

# {company1}: a customer story
@ story | tells a customer story / tells how a customer was helped
= {company1} in {city1} lost time to paper forms; with {product1} an order now takes {minutes1}.
& customer = {company1}; city = {city1}; product = {product1}; records = {count1}: integer; weeks = {n1}: integer; quoted = {person1}
The problem | What we did | The result
> {company1} in {city1} lost {hours1} a week to paper forms.
? Which customer is it about? / Who is the customer? => {company1}
? Where is the customer? / In what city is the customer? => {city1}
? How much time was lost each week? / What did the forms cost them in time? => {hours1}
? What wasted the time? / What was the trouble? => paper forms
> We moved {count1} records to {product1} within {n1} weeks.
? How many records were moved? / Number of records? => {count1}
? How long did the move take? / How many weeks did it take? => {n1} weeks
? Which product was used? / What did they move to? => {product1}
> Orders are now handled in {minutes1}; errors fell by {percent1}.
? How fast is an order handled now? / How long does an order take now? => {minutes1}
? How much did errors fall? / By what share are there fewer mistakes? => {percent1}
* > "We would never go back", says {person1}, {role1}.
? Who is quoted? / Who said they would never go back? => {person1}
? What is the position of the person quoted? / What does the quoted person do? => {role1}
! says
{host1} | {n2}
% What did the customer pay? / How much did it cost the customer? ! paid, cost, €, $, £
""")


def slide(pen: Pen) -> Page:
    """A slide of few words."""
    return write(pen, pen.rng.choice(TEMPLATES))
