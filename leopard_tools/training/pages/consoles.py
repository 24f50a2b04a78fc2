"""What programs show: terminals, dialogs, dashboards, chats, written as templates."""

# ruff: noqa: E501
# A row with its questions is a line each of the text below, however long.

from __future__ import annotations

from ..samples import Page, Pen
from ..templates import parse, write

TEMPLATES = parse("""
# {last1}@{server1}: ~/{brand1}
@ terminal | shows a terminal / is a command line / shows what was typed into a shell
= On {server1} a test run of {brand1} had {n1} failures and the disk is {percent1} full.
& host = {server1}; user = {last1}; tests = {hundred1}: integer; failed = {n1}: integer; passed = {hundred2}: integer; disk_used = {percent1}
{last1}@{server1}:~/{brand1}$ git log --oneline -3
? Which command was typed first? / What was run first? => git log --oneline -3
{hash1} {fix1}
? What does commit {hash1} do? / message of {hash1}? => {fix1}
? Which commit says "{fix1}"? / What is the hash of "{fix1}"? => {hash1}
{hash2} {fix2}
? Which commit has the message "{fix2}"? / hash of the commit "{fix2}"? => {hash2}
* {hash3} {fix3}
? What was changed in {hash3}? / What is the message of commit {hash3}? => {fix3}
! {hash3}
$ fix: Fix typo in readme; Add retry to upload; Drop old parser; Speed up search; Bump version; Handle empty files; Rename config keys; Cache user names
{last1}@{server1}:~/{brand1}$ make test
collected {hundred1} items
? How many tests are there? / number of tests collected? => {hundred1}
{n1} failed, {hundred2} passed in {seconds1}
? How many tests failed? / How many did not pass? / number of failures? => {n1}
? How many tests were fine? / What is the number of tests without a failure? => {hundred2}
? How long did the tests take? / run time of the tests? => {seconds1}
? Did all tests pass? / Was the test run clean? => no
* make: *** [Makefile:{n2}: test] Error {digit1}
? In which line of the Makefile is the error? => {n2}
? What is the error code? / Which number does the error have? => {digit1}
! error
{last1}@{server1}:~/{brand1}$ df -h /
/dev/sda1 | {memory1} | {percent1} | /
? How much of the disk is used? / What percentage of the disk is in use? / fill level of the disk? => {percent1}
? How big is the disk? / What is the size of the disk? => {memory1}
? Which machine is it? / What is the host called? / On what server was this run? => {server1}
? Who is logged in? / Which user is it? => {last1}
% What is the password? / Which password is used? ! password
% Which branch is it on? / What is the name of the branch? ! branch, main, master

# Save changes to "{brand1}-{n1}.docx"?
@ dialog | is a dialog that asks something / asks whether to save
= The dialog asks whether to save {brand1}-{n1}.docx, which {person1} changed.
& file = {brand1}-{n1}.docx; changed_by = {person1}; minutes_ago = {n2}: integer; size = {megabytes1}; buttons = Don't save, Cancel, Save a copy: list
> The file was changed {n2} minutes ago by {person1} on another computer.
? Who changed the file? / Whose changes are there? => {person1}
? How long ago was it changed? / When was the file changed? => {n2} minutes ago
? Which file is it about? / What is the name of the file? => {brand1}-{n1}.docx
* Size: {megabytes1}
? How large is the file? / size of the document? => {megabytes1}
! size
Don't save | Cancel | Save a copy
? Which buttons are there? / What can I click? / What choices do I have? => Don't save, Cancel, Save a copy :: list
? How many buttons does the dialog have? => 3 :: count
* Remember my choice for {n3} days
? For how many days can the choice be remembered? => {n3}
! remember
% Where is the file stored? / In which folder is the file? ! folder, stored in

# Update available
@ update dialog | offers an update / says that a new version can be installed
= {brand1} can be updated from {version1} to {version2}, a download of {megabytes1}.
& program = {brand1}; installed = {version1}; available = {version2}; download = {megabytes1}; security_fixes = {n1}: integer
{brand1} {version2} is ready to install. You have {version1}.
? Which version do I have? / What is installed now? / current version? => {version1}
? What is the new version? / Which version can be installed? / To what version would it update? => {version2}
? Which program is to be updated? / What can be updated? => {brand1}
Download | {megabytes1}
? How big is the update? / How much has to be downloaded? => {megabytes1}
* Takes about {minutes1}; restart needed
? How long does the update take? / Time needed for the update? => {minutes1}
? Do I have to restart? / Is a restart required? => yes
! restart
* Security fixes: {n1} | Other fixes: {n2}
? How many security holes are closed? / number of security fixes? => {n1}
? How many fixes are there in all? => {sum12} :: count
! security
Install now | Tonight at {time5} | Remind me later
? At what time could it be installed tonight? / When tonight? => {time5} :: date
% Who signed the update? ! signed, publisher

# Error {hundred1}
@ error page | shows an error / says that something went wrong
= {brand1} could not connect to {server1} after {n1} attempts; {person1} can help.
& error = {hundred1}: integer; server = {server1}; attempts = {n1}: integer; contact = {person1}; email = {email1}; request = {hash1}
> {brand1} could not connect to {server1} ({n1} attempts).
? What could not be reached? / Which server did not answer? / To what could it not connect? => {server1}
? How many attempts were made? / How often did it try? => {n1}
? What is the error number? / error code? / Which error is it? => {hundred1}
* Time: {date1} {time2}
? When did it go wrong? / On what day was the error? => {date1} :: date
? At what time did the error happen? => {time2} :: date
! time:
* Request ID: {hash1}
? What is the ID of the request? / Which ID should I tell the support? => {hash1}
! request id
> Check the network cable or ask {person1} ({email1}).
? Who can help? / Whom should I ask? => {person1}
? Where can I write for help? / address for help? => {email1}
? What should be checked? / What am I told to check? => the network cable
Retry | Close
% How long will it be down? ! hours, minutes

# Operations dashboard
@ dashboard | is a dashboard / shows live figures of a system
= There were {count1} requests and {hundred1} errors; {server2} does not answer.
& user = {last1}; requests = {count1}: integer; errors = {hundred1}: integer; on_call = {person1}; phone = {phone1}; biggest_customer = {company1}; down = {server2}
Overview | Alerts | Reports | {last1}
? Who is signed in? / Which user is logged in? => {last1}
Last {digit1} days | updated {time3}
? Which period is shown? / What time span do the figures cover? => Last {digit1} days
? When were the figures refreshed? / How fresh is it, what time? => {time3} :: date
Requests | {count1} | +{percent1}
? How many requests came in? / How much traffic is there? => {count1}
? How much did requests go up? / growth of the requests? => +{percent1}
Errors | {hundred1} | -{percent2}
? How many errors were there? / How often did it fail? => {hundred1}
? By how much did errors go down? => -{percent2}
? Did errors fall? / Is the number of errors lower than before? => yes
* Median latency | {n1} ms
? How fast are answers in the middle? / What is the latency? => {n1} ms
! latency
Top customers
{company1} | {n2}%
? What share does {company1} have? => {n2}%
? Who is the biggest customer? / Which customer is on top of the list? => {company1}
* {company2} | {digit1}%
? What is the share of {company2}? => {digit1}%
! {company2}
Open alerts
* {server1} | disk {percent3} full | since {time1}
? Which server has a full disk? / Where does the disk fill up? => {server1}
? How full is the disk of {server1}? => {percent3}
? Since when is the disk of {server1} a problem? => {time1} :: date
! disk
{server2} | no answer | since {time2}
? Which machine does not answer? / What is down? / Which server is not reachable? => {server2}
? Since when has {server2} been down? / When did {server2} stop answering? => {time2} :: date
On call: {person1}, {phone1}
? Who is on duty? / Who has to be woken at night? / Which person is on call? => {person1}
? How do I reach the person on call? / number of whoever is on duty? => {phone1}
% How many users are online? / How many people are using it now? ! online, users
% What does it cost a month? ! cost, €, $, £

# {brand1} team chat
@ chat | is a chat / shows messages between colleagues
= {first1} asks who can make an offer by {weekday1}, and {first2} takes it.
& channel = {project1}; members = {n1}: integer; client_city = {city1}; due = {weekday1}; offer = {large1}: number; days = {n2}: integer
Channel {project1} | {n1} members
? Which channel is it? / What is the channel called? => {project1}
? How many people are in the channel? / How many members does the channel have? => {n1}
{first1} {time1}
> The client from {city1} wants the offer by {weekday1}. Can anybody take it?
? Where is the client? / Which city does the client come from? => {city1}
? By when is the offer wanted? / Until which day must the offer be ready? => {weekday1}
? Who asked for somebody to take it? / Who wrote first? => {first1}
? When did {first1} write? / time of {first1}'s message? => {time1} :: date
{first2} {time2}
> I can. It will be about {large1}, I think, with {n2} days of work.
? Who takes the offer? / Who said they can do it? / Which colleague volunteers? => {first2}
? How much will the offer be? / What sum does {first2} think of? => {large1}
? How many days of work are in the offer? / How much work is it? => {n2} days
{first3} {time3}
> Ask {person4} about discounts first.
? Who knows about discounts? / Who should be asked about discounts? => {person4}
? Who said to ask about discounts? => {first3}
* Pinned: Friday lunch is at {dish1}'s, {street1}
? Where is lunch on Friday? / What is the street of the lunch place? => {street1}
! lunch
Message {project1}…
% What is the client's name? / Which company is the client? ! client is, client's name

# Flight search
@ travel search | shows flights to choose from / is for booking a flight / compares flights
= Two flights from {city1} to {city2} are shown: {brand1} Air for {price1} and {brand2} Wings for {price2}.
& from = {city1}; to = {city2}; date = {date2}: date; adults = {digit1}: integer; airlines = {brand1} Air, {brand2} Wings: list; cheapest = {price1}: number; baggage = {n1}: integer
{city1} to {city2} | {date2} | {digit1} adults
? Where does the trip begin? / What is the starting point? / Which city is it from? => {city1}
? Where does the trip go? / What city is the goal of the trip? => {city2}
? What day is the trip? / For which date is it searched? => {date2} :: date
? How many people travel? / How many adults fly? => {digit1}
{time1} - {time3} | {brand1} Air | direct | {price1}
? How much is the flight with {brand1} Air? / What does {brand1} Air charge? => {price1}
? When does the {brand1} Air flight leave? / departure of {brand1} Air? => {time1} :: date
? When does the {brand1} Air flight land? => {time3} :: date
? Does {brand1} Air fly there without a stop? / Is {brand1} Air direct? => yes
{time2} - {time5} | {brand2} Wings | 1 stop in {city3} | {price2}
? What does {brand2} Wings cost? / fare of {brand2} Wings? => {price2}
? Where does {brand2} Wings stop? / In which city do I change with {brand2} Wings? => {city3}
? Is {brand2} Wings a direct flight? => no
? When does {brand2} Wings get there? / arrival of {brand2} Wings? => {time5} :: date
? Which flights are there? / Which airlines are offered? => {brand1} Air, {brand2} Wings :: list
* Baggage | {n1} kg included
? How much baggage can I take? / How heavy may the suitcase be? => {n1} kg
! baggage, luggage
Sort: cheapest first | {n2} more results
? How many more flights are there? / How many results are hidden? => {n2}
% What does {brand3} Jet cost? / How much is {brand3} Jet? ! {brand3}
% Which seat do I have? ! seat

# To do
@ to-do list | is a to-do list / lists tasks
= Today there are two tasks, the first at {time2}; a more urgent one waits until tomorrow.
& today = {action1}, {action2}: list; tomorrow = {action3}; done = {n1}: integer
Today
{action1} | {time2}
? At what time is this due: {action1}? / {action1} - what time? => {time2} :: date
? What has to be done at {time2}? / task at {time2}? => {action1}
{action2} | {person1}
? With whom is this done: {action2}? / Who helps with "{action2}"? => {person1}
Tomorrow
{action3} | high
? Which task has a high priority? / What is most urgent? => {action3}
? What is to be done tomorrow? / Which job waits until tomorrow? => {action3}
* Done ({n1})
? How many tasks are finished? / number of tasks done? => {n1}
! done
* Someday: {course1}, {course2}
? What is planned for someday? / Which things are put off to someday? => {course1}, {course2} :: list
! someday
% What is planned for next week? ! next week
""")


def console(pen: Pen) -> Page:
    """A window of a program."""
    return write(pen, pen.rng.choice(TEMPLATES))
