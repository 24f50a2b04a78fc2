"""Pages of the web, written as templates: search results, documentation, recipes, infoboxes."""

# ruff: noqa: E501
# A row with its questions is a line each of the text below, however long.

from __future__ import annotations

from ..samples import Page, Pen
from ..templates import parse, write

TEMPLATES = parse("""
# {good1} {city1}
@ search results | shows search results / is a results page of a search engine
= The search for {good1} in {city1} found {count1} results, first a shop by {company1}.
& results = {count1}: integer; first_shop = {company1}; first_site = {host1}; price_from = {cost1}: number; test_winner = {company2}; expert = {person1}
All | Images | Maps | News | Shopping
About {count1} results ({seconds1})
? How many results were found? / number of hits? / How much did the search find? => {count1}
? How long did the search take? / How fast was the search? => {seconds1}
Buy {good1} in {city1} | {company1}
https://{host1}
? Which site sells the {good1}? / What is the address of the first result? => {host1}
? Which shop is the first result? / Whose page is on top? => {company1}
> From {cost1}, delivery in {n1} days, open until {time5}.
? How much does it cost there at least? / lowest price in the first result? => {cost1}
? How fast is the delivery? / How many days does delivery take? => {n1} days
? Until when is that shop open? / When does the shop close? => {time5} :: date
{Good1}: test of {next1} - {brand2} Magazine
> {date1} - We compared {n2} models. The winner comes from {company2} and costs {cost2}.
? How many models were compared? / How many did the magazine test? => {n2}
? Who makes the winner? / Which maker won the test? / Whose model is the best? => {company2}
? What does the winner cost? / price of the test winner? => {cost2}
? When did the test come out? / date of the test? => {date1} :: date
* Repair your {good1} yourself - {host3}
> In {minutes1} with a screwdriver only. Rated {stars1} by {hundred1} readers.
? How long does the repair take? / Time needed to repair it? => {minutes1}
? How many readers rated the repair? => {hundred1}
People also ask
* {person1}, expert for {good1}s, {city2}
? Who is the expert? / Which expert is named? => {person1}
? Where is the expert? / In which city is the expert? => {city2}
! expert
% What is the phone number of the shop? / How can I call the shop? ! phone, tel, call
% Which model came second? / Who was second in the test? ! second, runner

# Install {brand1}
@ documentation | explains how to install a program / is a page of documentation / shows commands and code
= The page explains how to install {brand1} and which options it has.
& program = {brand1}; memory = {memory1}; port = {port1}: integer; workers = {n1}: integer; timeout = {n2}: integer; install_command = pip install {host1}
Docs | Guides | API | Changelog | v{version2}
? Which version are the docs for? / What version is it? => {version2}
> {brand1} needs {memory1} of memory and Python 3.{digit1} or later.
? How much memory is required? / minimum RAM? / How much memory must the machine have? => {memory1}
? Which Python do I need? / What is the oldest Python that works? => 3.{digit1}
pip install {host1}
? Which command installs it? / How is it installed? => pip install {host1}
> Start the server; it listens on port {port1} unless told otherwise.
? Which port is used? / On what port does it listen? / default port? => {port1}
{brand1} serve --workers {n1} --timeout {n2}
? How many workers are started in the example? / value of --workers? => {n1}
? What is the timeout in the example? / value of the timeout option? => {n2}
? What option sets the number of workers? / Which flag is for the workers? => --workers
Option | Default | Meaning
--cache | {memory2} | size of the cache
? How large is the cache by default? / What is the default of --cache? / How big is the cache if I say nothing? => {memory2}
--retries | {digit2} | attempts before giving up
? How often does it try before it gives up? / How many attempts are made? / default of --retries? => {digit2}
? Which option is for the number of attempts? => --retries
* --log | warning | what is written to the log
? Which log level is the default? / default of --log? => warning
! --log
* > Deprecated since {version1}: use --cache instead of --buffer.
? What replaces --buffer? / What should be used instead of --buffer? => --cache
? Since which version is --buffer deprecated? => {version1}
! buffer
* Edit this page | Last updated {date1} by {person1}
? Who changed the page last? / Who wrote the last change? => {person1}
? When was the page last changed? / How old is the page, what date? => {date1} :: date
! last updated
% Which licence does it have? / Under which licence is it? ! licen, MIT, Apache
% How do I uninstall it? ! uninstall, remove

# {dish1}
@ recipe | is a recipe / tells how to cook something / is about cooking
= This is a recipe for {dish1} by {person1}, for {digit1} people.
& dish = {dish1}; author = {person1}; portions = {digit1}: integer; preparation = {minutes1}; flour = {grams1}; butter = {grams2}; eggs = {n1}: integer; calories = {hundred2}: integer
Recipes > {country1} > {dish1}
? Where does the dish come from? / Which country's cooking is it? => {country1}
By {person1} | {stars1} ({hundred1} ratings)
? Whose recipe is it? / Who wrote the recipe? / Who is the cook? => {person1}
? How many people rated the recipe? / number of ratings of the recipe? => {hundred1}
? What is the average rating of the recipe? / How good is the recipe rated? => {stars1}
Serves | {digit1}
? How many people is it for? / For how many is the recipe? / number of portions? => {digit1}
Preparation | {minutes1}
? How long does the preparation take? / How much work is it before cooking, in time? => {minutes1}
* Cooking | {hours1}
? How long must it cook? / time on the stove? => {hours1}
! cooking |
Ingredients
{grams1} | flour
? How much flour do I need? / amount of flour? => {grams1}
{grams2} | butter
? How much butter goes in? / quantity of butter? => {grams2}
? Is butter needed? / Do I need butter? => yes
* {grams3} | onions
? How many grams of onions? / What weight of onions is needed? => {grams3}
! onion
{n1} | eggs
? How many eggs are needed? / How many eggs should I buy? => {n1}
* > Bake at {n2}0 °C until golden.
? How hot must the oven be? / What is the temperature of the oven? => {n2}0 °C
! bake
* per portion: {hundred2} kcal
? How many calories does a portion have? / energy of one portion? => {hundred2}
! kcal
% How much sugar is needed? / How much sugar goes in? ! sugar
% Which wine goes with it? ! wine

# {brand1} | From Wikis, the free collection
@ encyclopedia | is an encyclopedia article about a town / describes a town
= {brand1} is a town of {count1} people in {country1}, {n1} km from {city1}.
& town = {brand1}; country = {country1}; population = {count1}: integer; station_opened = {year2}: integer; bridge_builder = {person1}; mayor = {person2}; twin_towns = {city2}, {city3}: list
Article | Talk | Read | Edit | View history
> {brand1} is a town in {country1}, {n1} km from {city1}.
? In which country is the town? / Where is {brand1}? => {country1}
? How far is it from {city1}? / distance to {city1}? => {n1} km
> It grew around a {works1} and got its railway station in {year2}.
? What did the town grow around? / Around what did {brand1} grow? => {works1}
? When did the railway come? / In which year was the station opened? => {year2}
> The bridge by {person1} was finished in {year3}; a fire destroyed the old market in {year1}.
? Who built the bridge? / Whose work is the bridge? => {person1}
? In which year was the bridge ready? / When was the bridge completed? => {year3}
? What burned down? / What did the fire destroy? => the old market
? When was the fire? / In what year did it burn? => {year1}
$ works: glass factory; salt mine; convent; harbour; paper mill; fortress
Population | {count1} ({next1})
? How many people live there? / How many inhabitants does {brand1} have? / How big is the population? => {count1}
Area | {n2} km²
? How big is the town? / How large is its area? => {n2} km²
Elevation | {metres1}
? How high is the town? / How far above the sea does it lie? => {metres1}
* Mayor | {person2}
? Who is the mayor? / Who governs the town? / Who heads the town hall? => {person2}
! mayor
* Postal code | {code1}
? What is the postal code? / ZIP? => {code1}
! postal
* Twin towns | {city2}, {city3}
? Which towns is it twinned with? / What are the partner towns? => {city2}, {city3} :: list
! twin
* Website | {host1}
? Where is the town on the web? / address of the town's website? => {host1}
! website
% How many tourists come every year? ! tourist, visitor
% What is the town's football club called? ! football, club

# {brand1} {good1}
@ product page | sells a product / is a product page with reviews
= {company1} sells the {brand1} {good1} for {price1} instead of {price2}.
& product = {brand1} {good1}; brand = {company1}; price = {price1}: number; old_price = {price2}: number; reviews = {hundred1}: integer; in_stock = {n1}: integer; colours = {colour1}, {colour2}: list; weight = {grams1}
Home > Shop > {product1} > {good1}
? Which department of the shop is it in? / category of the product? => {product1}
by {company1}
? What is the brand? / Who makes it? / Who is the manufacturer? => {company1}
{stars1} | {hundred1} reviews
? How do customers rate it? / average rating of the product? => {stars1}
? How many customers wrote a review? => {hundred1}
{price1} | was {price2}
? What do I pay now? / current price? / How much is it today? => {price1}
? What did it use to cost? / How much was it earlier? / price before the reduction? => {price2}
In stock: {n1} left, ships from {city1}
? How many are left? / How many can still be ordered? => {n1}
? Where is it sent from? / In which city is the warehouse? => {city1}
* Free delivery from {cost3}, otherwise {cost1}
? What does delivery cost on small orders? / How much is shipping on small orders? => {cost1}
? From which amount is delivery free? / How much must I spend for free delivery? => {cost3}
! deliver
Colours | {colour1}, {colour2}
? Which colours are there? / In which colours can I have it? => {colour1}, {colour2} :: list
$ colour: graphite; sky blue; lemon; coral; mint; cream; plum
* Weight | {grams1}
? What does it weigh? / How many grams is it? => {grams1}
! weigh
* Warranty | {n2} years
? How long is it guaranteed? / For how many years is there a guarantee? => {n2} years
! warranty, guarantee
* Made in | {country1}
? Where is it produced? / Which country does it come from? => {country1}
! made in
Customers also bought
{good2} | {cost4}
? How much is the {good2}? / price of the {good2}? => {cost4}
{good3} | {cost5}
? What does the {good3} cost? / What do they want for the {good3}? => {cost5}
Add to basket | Save for later
% How much is the {good4}? / What does the {good4} cost? ! {good4}
% How long does the battery last? ! battery, charge

# {brand1} Times
@ news page | is a newspaper's front page / shows news headlines
= The main story of {brand1} Times is a new library for {city1} that costs {millions1}.
& newspaper = {brand1} Times; date = {date3}: date; city = {city1}; cost = {millions1}; architect = {person1}; jobs_cut = {hundred1}: integer
World | Business | Culture | Sport
{weekday1}, {date3} | {degrees1}
? What date is the paper from? / When did this edition come out? => {date3} :: date
? How warm is it? / What is the temperature? => {degrees1}
{city1} to get new library for {millions1}
? What does the new library cost? / How much is spent on the library? => {millions1}
? Which city gets a library? / Where is a library to be built? => {city1}
> Work starts in {monthyear1}, said {person1}, who won the design contest against {n1} others.
? Who designed the library? / Who won the contest? / Whose design was chosen? => {person1}
? When will building begin? / When do they start to build the library? => {monthyear1} :: date
* {company1} cuts {hundred1} jobs
? How many jobs are lost? / How many people lose their work? => {hundred1}
? Which firm cuts jobs? / Who lets people go? => {company1}
> The plant in {city2} is hit hardest; unions call for a strike on {date4}.
? Which plant is hit hardest? / Where are most jobs lost? => {city2}
? When is the strike? / For which day is a strike called? => {date4} :: date
! jobs
* {brand2} beat {brand3} {digit1}-{digit2}
? Who won the match? / Which team won? => {brand2}
? What was the score? / How did the match end? => {digit1}-{digit2}
! beat
Most read
* Opinion: {person2} on {topic1}
? Who wrote the opinion piece? / Whose opinion is printed? => {person2}
? What is the opinion piece about? => {topic1}
! opinion
% Who won the lottery? ! lottery
% How many people died? ! died, dead, killed

# {city1} Weather
@ weather | is a weather forecast / tells how the weather will be
= In {city1} it is {degrees1} with light rain; {weekday1} brings {degrees2}.
& city = {city1}; now = {degrees1}; sunrise = {time1}; sunset = {time5}; station = {brand1}
Now | {degrees1}, light rain
? How warm is it now? / current temperature? => {degrees1}
? What is the weather like now? / Is the sun out or does it rain, what does it say? => light rain
{weekday1} | {degrees2} | {percent1} | {n1} km/h
? How warm will it be on {weekday1}? / temperature on {weekday1}? => {degrees2}
? How likely is rain on {weekday1}? / chance of rain on {weekday1}? => {percent1}
? How strong is the wind on {weekday1}? / wind on {weekday1}? => {n1} km/h
{weekday2} | {degrees3} | {percent2} | {n2} km/h
? {weekday2}: how many degrees? / What temperature does {weekday2} bring? => {degrees3}
? With what probability does it rain on {weekday2}? => {percent2}
? Is it windier on {weekday1} than on {weekday2}? => {more12}
* {weekday3} | {degrees4} | {percent3} | {n3} km/h
? What will the temperature be on {weekday3}? => {degrees4}
? How windy is {weekday3}? / speed of the wind on {weekday3}? => {n3} km/h
! {weekday3}
* Sunrise | {time1}
? When does the sun come up? / What time is sunrise? => {time1} :: date
! sunrise
* Sunset | {time5}
? When does it get dark? / When does the sun go down? => {time5} :: date
! sunset
Station {brand1}, updated {time3}
? Which station measures? / Where do the data come from? => Station {brand1}
? When was it updated? / How fresh are the data, what time? => {time3} :: date
% How much snow is there? / How deep is the snow? ! snow
% What is the weather on {weekday4}? / How warm is it on {weekday4}? ! {weekday4}
""")


def web_page(pen: Pen) -> Page:
    """A page of the web."""
    return write(pen, pen.rng.choice(TEMPLATES))
