"""The made-up tools: verbs that take any noun, nouns, and tools with an action of their own.

    # names | descriptions                  a tool; names and descriptions are alternatives
    + names: type = value                   a parameter that must be given; the first name is its slot
    ? names: type = value ~ phrase / …      one that may be given, and how a request says it; {} is
                                            the value, `phrase => value` says it in other words
    : request / request                     what a user says
    > result => final answer                what the tool gives, and what is said then
    - request => question                   a request that lacks something, and what is asked back
`~noun` in a text is the noun that a verb is used with. Types: string, integer, number, boolean,
array, or values divided by `|`. HELD are kept out of training.
"""
# ruff: noqa: E501
# What belongs to a tool is a line each of the texts below, however long.

from __future__ import annotations

from .vocabulary import listed

# Things with a code, and things with a name.
CODED = listed("""
invoice, ticket, order, parcel, contract, booking, complaint, refund, voucher, quote, delivery,
payment, report, permit, claim, appointment, inspection, sample, shift, trip, meter, vehicle,
machine, sensor, licence, certificate, application, survey, batch, pallet
""")
HELD_CODED = listed("subscription, warrant, prescription, locker, container, donation")
NAMED = listed("""
playlist, recipe, project, folder, course, channel, team, customer, supplier, campaign, album,
warehouse, branch, newsletter, dashboard, calendar, wiki page, product, garden plot, exhibition,
branch office, mailing list, workspace
""")
HELD_NAMED = listed("choir, expedition, podcast, laboratory, tournament")

VERBS = """
# get_~noun; ~noun_details; show_~noun; lookup_~noun; fetch_~noun | Gets the data of a ~noun / Looks up a ~noun / Details of one ~noun
+ id, ~noun_id, number, code: string = {code}
: What is the status of ~noun {id}? / How far is ~noun {id}? / status of ~noun {id} / Where does ~noun {id} stand? / Could you look up the status of ~noun {id}?
> {"status": "{state1}", "owner": "{person1}", "updated": "{date1}"} => The status of ~noun {id} is {state1}.
- What is the status of my ~noun? / look up my ~noun => Which ~noun do you mean?
# get_~noun; ~noun_info; find_~noun; read_~noun; query_~noun | Gets a ~noun / Says who is in charge of a ~noun, and when it is due / Data of a ~noun
+ id, key, ~noun_id, ref: string = {code}
: Who is in charge of ~noun {id}? / Who handles ~noun {id}? / Whose ~noun is {id}? / tell me who takes care of ~noun {id}
> {"id": "{id}", "assignee": "{person1}", "due": "{date2}"} => {person1} is in charge of ~noun {id}.
- Who handles the ~noun? / whose ~noun is it => Which ~noun do you mean?
# delete_~noun; remove_~noun; ~noun_delete; drop_~noun | Deletes a ~noun / Removes a ~noun for good
+ id, ~noun_id, number: string = {code}
? notify, send_notice: boolean ~ and tell the owner => true / without telling anybody => false
: Delete ~noun {id}. / Please remove ~noun {id}. / ~noun {id} can go / Get rid of ~noun {id}. / I no longer need ~noun {id}, delete it.
> {"deleted": true} => ~Noun {id} is deleted.
- Delete the ~noun. / remove a ~noun please => Which ~noun should I delete?
# cancel_~noun; ~noun_cancel; call_off_~noun; withdraw_~noun | Cancels a ~noun / Calls a ~noun off
+ id, number, ~noun_id: string = {code}
? reason, why: string = {why1} ~ because of {} / the reason is {}
$ why: illness; a double booking; the weather; higher costs; a strike; a mistake
: Cancel ~noun {id}. / Please call off ~noun {id}. / I want to cancel ~noun {id}. / ~noun {id} must be cancelled
> {"cancelled": true, "fee": {n1}} => ~Noun {id} is cancelled; the fee is {n1}.
- I want to cancel my ~noun. / cancel the ~noun => What is the number of the ~noun?
# assign_~noun; give_~noun; ~noun_assign; set_~noun_owner | Assigns a ~noun to a person / Says who takes care of a ~noun
+ id, ~noun_id, number: string = {code}
+ person, assignee, user, to: string = {person1}
? priority, urgency: low|normal|high ~ it is urgent => high / there is no hurry => low / with high priority => high
: Assign ~noun {id} to {person}. / Give ~noun {id} to {person}. / {person} should take ~noun {id}. / Let {person} handle ~noun {id}. / ~noun {id} goes to {person} now
> {"ok": true} => ~Noun {id} is now with {person}.
- Assign ~noun {code2} to somebody. / somebody should take ~noun {code2} => To whom should I assign it?
# send_~noun; mail_~noun; ~noun_send; forward_~noun | Sends a ~noun by e-mail / Mails a ~noun to an address
+ id, ~noun_id, code: string = {code}
+ email, to, address, recipient: string = {email1}
? format, file_type: pdf|csv|html ~ as a PDF => pdf / as CSV => csv
: Send ~noun {id} to {email}. / Mail ~noun {id} to {email}, please. / {email} needs ~noun {id} / Forward ~noun {id} to {email}.
> {"sent": true} => ~Noun {id} was sent to {email}.
- Send ~noun {code2} by mail. / mail ~noun {code2} => To which address should I send it?
# update_~noun; change_~noun; ~noun_update; edit_~noun; set_~noun_status | Changes the status of a ~noun / Updates a ~noun
+ id, ~noun_id, number: string = {code}
+ status, state, new_status: open|on hold|closed|approved|rejected = {state1}
? note, comment: string = {action1} ~ with the note "{}" / and add: {}
$ state: open; on hold; closed; approved; rejected
: Set ~noun {id} to {status}. / Mark ~noun {id} as {status}. / ~noun {id} is {status} now, update it / Change the status of ~noun {id} to {status}. / Put down ~noun {id} as {status}.
> {"id": "{id}", "status": "{status}"} => ~Noun {id} is now {status}.
# move_~noun; reschedule_~noun; ~noun_set_date; postpone_~noun | Moves a ~noun to another day / Sets the date of a ~noun
+ id, ~noun_id, ref: string = {code}
+ date, day, new_date: string = {date2}
? time, at, hour: string = {time1} ~ at {} / {} sharp
: Move ~noun {id} to {date}. / Reschedule ~noun {id} for {date}. / ~noun {id} should be on {date} / Can ~noun {id} be on {date} instead?
> {"moved": true} => ~Noun {id} is moved to {date}.
- Move ~noun {code2}. / ~noun {code2} needs another day => To which day?
# list_~nouns; search_~nouns; find_~nouns; ~nouns_list; query_~nouns | Lists ~nouns / Finds ~nouns by city and state / Searches all ~nouns
+ city, place, location: string = {city1}
? status, state: open|closed|late ~ that are open => open / that are late => late / only closed ones => closed
? limit, max, count, n: integer = {n} ~ at most {} / no more than {}
: Show me the ~nouns in {city}. / Which ~nouns do we have in {city}? / ~nouns in {city} / List all ~nouns of {city}. / Find ~nouns in {city}.
> ["{code1}", "{code2}"] => There are 2 ~nouns in {city}: {code1} and {code2}.
- List the ~nouns. / find ~nouns => For which city?
# count_~nouns; number_of_~nouns; ~nouns_count; how_many_~nouns | Counts ~nouns / Number of ~nouns in a period
+ month, period: string = {monthyear1}
? region, area: string = {country1} ~ for {} only / in {}
: How many ~nouns were there in {month}? / Count the ~nouns of {month}. / number of ~nouns in {month} / What was the number of ~nouns in {month}?
> {"count": {hundred1}} => There were {hundred1} ~nouns in {month}.
"""
NAMED_VERBS = """
# create_~noun; add_~noun; new_~noun; ~noun_create; make_~noun | Creates a ~noun / Adds a new ~noun
+ name, title, ~noun_name: string = {name1}
? private, hidden: boolean ~ nobody else should see it => true / visible to all => false
? tags, labels, keywords: array = {topic1} | {topic2} ~ tagged {} / with the tags {}
? description, about: string = {action1} ~ description: {} / described as "{}"
: Create a ~noun called {name}. / Make a new ~noun named {name}. / I need a ~noun with the name {name}. / Add ~noun {name}. / new ~noun: {name}
> {"id": {hundred1}, "name": "{name}"} => The ~noun {name} is created.
- Create a ~noun. / I need a new ~noun => What should the ~noun be called?
# rename_~noun; ~noun_rename; set_~noun_name; retitle_~noun | Renames a ~noun / Gives a ~noun a new name
+ old, name, ~noun, from: string = {name1}
+ new, new_name, to: string = {name2}
: Rename the ~noun {old} to {new}. / Call the ~noun {old} {new} from now on. / The ~noun {old} should be named {new}. / change the name of ~noun {old} into {new}
> {"ok": true} => The ~noun {old} is now called {new}.
- Rename the ~noun {name3}. / ~noun {name3} needs another name => What is its new name?
# add_~noun_member; ~noun_add_member; invite_to_~noun; share_~noun | Adds a person to a ~noun / Shares a ~noun with a person
+ name, ~noun, ~noun_name: string = {name1}
+ person, user, member, who: string = {person1}
? role, access: reader|editor|admin ~ who may edit => editor / as an admin => admin / who may only read => reader
: Add {person} to the ~noun {name}. / Share the ~noun {name} with {person}. / Invite {person} to {name}, the ~noun. / {person} should be in the ~noun {name}
> {"members": {n2}} => {person} is now in {name}, which has {n2} members.
- Add {person2} to a ~noun. / share a ~noun with {person2} => Which ~noun?
# open_~noun; show_~noun; ~noun_view; get_~noun | Shows a ~noun / Opens a ~noun / Gets the data of a ~noun
+ name, ~noun, title: string = {name1}
: Who owns the ~noun {name}? / Whose is the ~noun {name}? / Tell me the owner of the ~noun {name}. / owner of ~noun {name}?
> {"owner": "{person1}", "members": {n1}, "created": "{date1}"} => {person1} owns the ~noun {name}.
# set_~noun_budget; ~noun_budget; set_~noun_limit; limit_~noun | Sets the budget of a ~noun / Limits what a ~noun may cost
+ name, ~noun, title: string = {name1}
+ amount, budget, limit, value: number = {sum1}
? currency, unit: EUR|USD|GBP ~ in euros => EUR / in dollars => USD / in pounds => GBP
$ sum: 250; 1200; 499.5; 80; 3150; 75.25; 10000; 640; 12.9; 5000
: Set the budget of the ~noun {name} to {amount}. / The ~noun {name} may cost {amount}. / Give the ~noun {name} a budget of {amount}. / budget of ~noun {name}: {amount}
> {"ok": true} => The budget of {name} is now {amount}.
- Set a budget for the ~noun {name3}. / limit the cost of ~noun {name3} => How much may it be?
"""
OWN = """
# set_alarm; add_alarm; wake_up; alarm | Sets an alarm / Wakes the user
+ time, at: string = {time1}
? label, name: string = {topic1} ~ called {} / with the label {}
? repeat, daily: boolean ~ every day => true / only once => false
: Wake me at {time}. / Set an alarm for {time}. / alarm {time} / I have to get up at {time}.
> {"set": true} => The alarm is set for {time}.
- Set an alarm. / wake me up => For what time?
# add_reminder; remind; create_reminder; reminder_new | Reminds the user of something / Adds a reminder
+ text, what, note: string = {action1}
+ date, day, when: string = {date1}
? time, hour: string = {time2} ~ at {} / {} would be best
: Remind me on {date}: {text}. / Set a reminder for {date} to do this: {text}. / {date}: {text}. Remind me of it. / I must not forget it on {date}: {text}.
> {"id": {hundred1}} => I will remind you on {date}.
- Remind me of this: {action2}. / don't let me forget this: {action2} => When should I remind you?
# convert_currency; exchange; money_convert; fx | Converts an amount of money / Exchange of currencies
+ amount, value, sum: number = {sum1}
+ source, from, from_currency: EUR|USD|GBP|JPY|CHF = {from1}
+ target, to, to_currency: EUR|USD|GBP|JPY|CHF = {into1}
$ sum: 25; 100; 12.5; 940; 3000; 77; 49.9; 1500
$ from: EUR; USD; GBP
$ into: JPY; CHF
: How much is {amount} {source} in {target}? / Convert {amount} {source} to {target}. / {amount} {source} in {target} / What do I get in {target} for {amount} {source}?
> {"result": {hundred1}} => {amount} {source} are {hundred1} {target}.
# translate; translate_text; to_language; translation | Translates a text / Says a text in another language
+ text, sentence, input: string = {phrase1}
+ language, target, to: French|German|Spanish|Polish|Japanese|Turkish = {lang1}
? formal, polite: boolean ~ politely => true / among friends => false
$ phrase: Where is the station?; Thank you for your help; The shop is closed today; I would like to pay; See you tomorrow; My bag is lost; Two tickets, please
$ lang: French; German; Spanish; Polish; Japanese; Turkish
: Translate "{text}" into {language}. / How do you say "{text}" in {language}? / "{text}" in {language}, please / What is "{text}" in {language}?
> {"text": "done, see the screen"} => The translation is on the screen.
# send_message; message; text_person; write_to | Sends a message to a person / Writes to somebody
+ person, to, recipient, contact: string = {first1}
+ text, message, body: string = {news1}
$ news: I am running late; the meeting is moved; dinner is ready; the parts have arrived; I will call back; the train is cancelled; we won
: Tell {person} that {text}. / Write to {person} that {text}. / Let {person} know that {text}. / message {person}: {text}
> {"delivered": true} => {person} has the message.
- Write to {first2}. / message {first2} => What should I write?
# switch_light; light; set_light; lamp_control | Switches a lamp / Turns lights on and off
+ room, where, place: string = {room1}
+ on, state, active: boolean = {bool1}
? brightness, level, percent: integer = {n1} ~ at {} percent / dimmed to {} %
$ bool: on; off
$ room: kitchen; hall; bedroom; office; cellar; garage; study; bathroom
: Turn the light in the {room} {on}. / Switch {on} the lamp in the {room}. / {room} light {on} / Light {on} in the {room}, please.
> {"ok": true} => The light in the {room} is {on}.
# play_music; play; start_song; music_play | Plays music / Starts a song or an artist
+ artist, by, query, name: string = {person1}
? shuffle, random: boolean ~ in random order => true / in the right order => false
? volume, loudness: integer = {n1} ~ at volume {} / volume {}
: Play something by {artist}. / I want to hear {artist}. / music by {artist} / Put on {artist}.
> {"playing": true} => Now playing {artist}.
- Play some music. / put on a song => By which artist?
# route; directions; get_route; navigate | Finds a way from one place to another / Directions
+ start, from, origin: string = {city1}
+ goal, to, destination: string = {city2}
? mode, by, vehicle: car|train|bike|foot ~ by car => car / by train => train / on foot => foot / by bike => bike
? avoid_tolls, no_tolls: boolean ~ without tolls => true / tolls are fine => false
: How do I get from {start} to {goal}? / Way from {start} to {goal}? / {start} to {goal}, which way? / I have to go to {goal}, starting in {start}.
> {"km": {hundred1}, "minutes": {n2}} => From {start} to {goal} it is {hundred1} km.
- How do I get to {city3}? / way to {city3} => Where do you start?
# web_search; search; search_web; find_online | Searches the web / Finds pages
+ query, q, words, terms: string = {topic1}
? limit, max_results, n: integer = {n1} ~ at most {} results / only the first {}
? language, lang: en|de|fr ~ in German => de / in French => fr / in English => en
: Search the web for {query}. / Look up {query} online. / find pages about {query} / What does the web say about {query}?
> [{"title": "{topic1} today", "url": "https://{host1}"}] => I found "{topic1} today" at https://{host1}.
- Search the web. / look something up online => What should I look for?
# add_event; calendar_add; create_event; schedule | Adds an event to the calendar / Puts an appointment into the calendar
+ title, name, summary: string = {course1}
+ date, day, on: string = {date1}
+ time, start, at: string = {time1}
? guests, attendees, invite: array = {person1} | {person2} ~ with {} / and invite {}
? minutes, duration, length: integer = {n1} ~ for {} minutes / {} minutes long
: Put {title} into my calendar on {date} at {time}. / Schedule {title} for {date}, {time}. / {title} on {date} at {time}, add it / I have {title} at {time} on {date}, put it down.
> {"id": "{code1}"} => {title} is in your calendar on {date} at {time}.
# stock_price; quote; get_price; share_price | Price of a share / Current price of a company's share
+ company, name, ticker: string = {company1}
? currency, unit: EUR|USD|GBP ~ in euros => EUR / in dollars => USD
: What is the share price of {company}? / How much is a share of {company}? / {company} stock / price of {company} shares
> {"price": {n1}, "change": "-{percent1}"} => A share of {company} costs {n1}.
- What is the share price? / how much is a share => Of which company?
# buy; order_item; add_to_cart; cart_add | Puts something into the cart / Orders an item
+ item, product, article: string = {good1}
+ count, quantity, amount: integer = {n1}
? express, fast: boolean ~ as fast as possible => true / it can wait => false
? colour, color: string = {shade1} ~ in {}
$ shade: red; grey; dark blue; white; olive; orange
: Order {count} of these: {item}. / Put {count} x {item} into the cart. / I need {count} pieces of {item}. / {count} {item}, please
> {"cart": {n2}} => {count} x {item} are in the cart.
- Order {good2}. / put {good2} into the cart => How many?
"""
HELD_OWN = """
# get_weather; weather; forecast; weather_in | Weather of a town / Forecast for a place
+ town, city, place, location: string = {city1}
? days, range, ahead: integer = {n} ~ for the next {} days / {} days ahead
? unit, scale: celsius|fahrenheit ~ in Fahrenheit => fahrenheit / in Celsius => celsius
: What is the weather in {town}? / Will it rain in {town}? / weather {town} / How will the weather be in {town}?
> {"celsius": {n2}, "sky": "clear"} => In {town} it is {n2} °C and clear.
- What is the weather? / will it rain => In which town?
# book_table; reserve; restaurant_book; table_reservation | Books a table in a restaurant / Reserves a table
+ restaurant, name, place, where: string = {brand1}
+ people, guests, persons, size: integer = {n1}
+ time, at, hour: string = {time1}
? outside, terrace: boolean ~ we would like to sit outside => true / inside, please => false
: Book a table for {people} at {restaurant} at {time}. / Reserve for {people} people, {time}, at {restaurant}. / table for {people}, {restaurant}, {time} / We are {people} and want to eat at {restaurant} at {time}.
> {"ok": true, "table": {n2}} => You have table {n2} at {restaurant} at {time}.
# start_timer; timer; set_timer; countdown | Starts a timer / Counts down
+ minutes, length, duration: integer = {n1}
? name, label: string = {dish1} ~ for the {} / called {}
: Set a timer for {minutes} minutes. / Start a countdown of {minutes} minutes. / {minutes} minutes from now, ring / timer {minutes} minutes
> {"running": true} => The timer runs for {minutes} minutes.
- Start a timer. / set a timer => For how long?
# get_definition; define; dictionary; explain_word | Explains a word / Looks a word up
+ word, term, entry: string = {word1}
? language, lang: en|de|fr ~ in German => de / in French => fr
$ word: ledger; gusset; quorum; lintel; tariff; easement; plinth; escrow
: What does {word} mean? / Define {word}. / meaning of {word} / Look up the word {word}.
> {"meaning": "a word of trade, code {n1}"} => It is a word of trade, code {n1}.
- What does it mean? / define the word => Which word?
"""
PAGE = """
# save_note; note; add_note; write_note; keep_note | Saves a note / Writes something down
+ text, note, content, body: string = {answer}
: Make a note of this: {question} / {question} Save the answer as a note. / Note the answer to this: {question} / {question} Write it down, please.
> {"saved": true} => I noted: {answer}
# send_mail; mail; email_to; send_answer; write_mail | Sends an e-mail / Mails a text to an address
+ to, email, address, recipient: string = {email1}
+ text, body, content, message: string = {answer}
: {question} Send the answer to {to}. / Mail {to} the answer to this: {question} / {question} {to} needs the answer. / {question} Mail it to {to}.
> {"sent": true} => I sent the answer to {to}: {answer}
# fill_field; set_field; form_fill; put_value | Writes a value into a field of a form / Fills in a field
+ field, name, label: string = {label1}
+ value, text, content: string = {answer}
$ label: remarks; details; reference; extra; info; memo
: {question} Put that into the field {field}. / Fill the field {field} with the answer to this: {question} / {question} It belongs into {field}.
> {"filled": "{field}"} => The field {field} now says: {answer}
"""
