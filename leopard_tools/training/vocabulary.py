"""The words that made-up pages consist of. All companies, people and products are invented.

Must not hold a name of examples/data, which is what the result is measured on.
"""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The comma-separated words of a text."""
    return tuple(word.strip() for word in text.replace("\n", " ").split(",") if word.strip())


FIRST_NAMES = listed("""
Amara, Ayşe, Bilal, Camille, Chidi, Chloe, Dalia, Daniel, Dmitri, Elena, Emeka, Eszter, Fatima,
Felix, Gabriela, Giulia, Grace, Hamza, Hana, Helena, Hiroshi, Ibrahim, Ines, Ivo, Jakub, Jamal,
Joana, Kaito, Katya, Kwame, Laszlo, Leila, Liam, Linnea, Lucia, Magnus, Malik, Maren, Mateo, Mei,
Milan, Mirela, Nadia, Naoko, Nikhil, Noor, Olga, Omar, Oscar, Paloma, Petra, Pranav, Quentin,
Rafael, Rosa, Ruth, Samir, Sana, Selin, Siobhan, Stefan, Sunita, Tariq, Thandiwe, Theo, Tomasz,
Ulrike, Valentina, Viktor, Wei, Yara, Yusuf, Zeynep, Zofia, Anna, Ben, Carla, David, Emma, Frank,
George, Hugo, Ian, Julia, Karen, Lucas, Maria, Nora, Owen, Paul, Rita, Sarah, Tom, Uma, Vera, Will
""")
LAST_NAMES = listed("""
Abbott, Achterberg, Adeyemi, Almeida, Andersen, Arslan, Baker, Banerjee, Bauer, Bianchi, Botha,
Carvalho, Castillo, Chen, Costa, Dahl, Diallo, Dubois, Eriksen, Farouk, Ferrari, Fischer, Fofanah,
Garcia, Gupta, Haddad, Hansen, Horvath, Hughes, Ito, Ivanova, Jansen, Jensen, Kaplan, Keller, Khan,
Kim, Kovacs, Kruger, Lam, Larsen, Lopez, Mbeki, Mehta, Moreau, Mueller, Murphy, Nakamura, Nguyen,
Nielsen, Novak, O'Brien, Okafor, Osei, Park, Pereira, Petrov, Popescu, Quinn, Ramos, Rao, Reyes,
Ricci, Rossi, Sato, Schmidt, Silva, Singh, Smirnova, Sorensen, Suzuki, Takahashi, Tan, Torres,
Varga, Virtanen, Wagner, Walsh, Wang, Weber, Williams, Wood, Yamamoto, Yilmaz, Zhang, Zielinski
""")
CITIES = listed("""
Accra, Adelaide, Amsterdam, Ankara, Antwerp, Athens, Austin, Baku, Barcelona, Basel, Beirut,
Belgrade, Bilbao, Bogota, Boston, Bremen, Brno, Brussels, Bucharest, Budapest, Cairo, Calgary,
Cape Town, Cardiff, Chennai, Chicago, Cologne, Cork, Dakar, Dallas, Delhi, Denver, Dresden, Dubai,
Dublin, Durban, Edinburgh, Florence, Gdansk, Geneva, Ghent, Glasgow, Graz, Hamburg, Hanoi,
Helsinki, Houston, Istanbul, Izmir, Jakarta, Kigali, Krakow, Kyoto, Lagos, Leeds, Leipzig, Lima,
Lisbon, Ljubljana, Lyon, Madrid, Malaga, Manila, Marseille, Melbourne, Miami, Milan, Montreal,
Mumbai, Munich, Nairobi, Nantes, Naples, New York, Nice, Osaka, Ottawa, Oxford, Palermo, Perth,
Porto, Prague, Quito, Riga, Rotterdam, San Diego, Santiago, Seattle, Seoul, Seville, Sofia,
Stuttgart, Sydney, Tallinn, Tampere, Tbilisi, Tokyo, Turin, Utrecht, Valencia, Vancouver, Vienna,
Vilnius, Warsaw, Wellington, York, Zagreb, Zurich
""")
COUNTRIES = listed("""
Argentina, Australia, Austria, Belgium, Brazil, Canada, Chile, China, Croatia, Czechia, Denmark,
Egypt, Estonia, Finland, France, Germany, Ghana, Greece, Hungary, India, Indonesia, Ireland, Italy,
Japan, Kenya, Latvia, Malaysia, Mexico, Morocco, Netherlands, New Zealand, Nigeria, Peru, Poland,
Portugal, Romania, Serbia, Singapore, Slovakia, South Africa, South Korea, Spain, Sweden,
Switzerland, Thailand, Turkey, United Kingdom, United States, Vietnam
""")
REGIONS = listed("""
Central Europe, Western Europe, Southern Europe, Eastern Europe, Benelux, the Baltics, Iberia,
the Balkans, the Middle East, Africa, Latin America, South America, Asia Pacific, South Asia,
East Asia, Oceania, the Caribbean, the Gulf, DACH, UK and Ireland, EMEA, APAC, LATAM,
North, South, East, West, Midwest, Northeast, Southwest, Pacific Coast, Mountain
""")
SYLLABLES = listed("""
al, ar, bel, bo, bri, ca, cor, da, del, dor, el, en, fa, fen, ga, gra, ha, hel, in, ka, kel, la,
len, lu, ma, mer, mi, na, nor, no, o, or, pa, pel, qua, ra, ren, ri, sa, sel, so, ta, tel, ti, to,
tri, u, ul, va, ver, vi, vo, wen, xa, ya, zan, ze, zo
""")
COMPANY_ENDS = listed("""
Systems, Logistics, Energy, Foods, Labs, Analytics, Robotics, Bank, Insurance, Media, Health,
Textiles, Motors, Optics, Ltd, GmbH, Inc., AG, S.A., Oy, BV, Group, Partners, Studio, Pharma,
Airways, Hotels, Software, Machines, Water, Steel, Farms, & Sons, Consulting, Interiors, Packaging
""")
STREETS = listed("""
Mill Lane, Station Road, Rue des Lilas, Lindenweg, Via Garibaldi, Calle Mayor, Oak Avenue,
Church Street, High Street, Kastanienallee, Market Square, Birch Close, Rua do Sol, Elm Drive,
Canal Street, Quai Nord, Hauptstrasse, Park Row, Orchard Way, Victoria Terrace, Main Street
""")
DEPARTMENTS = listed("""
Engineering, Sales, Marketing, Finance, Legal, Support, Operations, Human Resources, Purchasing,
Logistics, Quality, Research, Design, IT, Production, Communications, Customer Care, Facilities
""")
ROLES = listed("""
Chief Executive Officer, Chief Financial Officer, Head of Sales, Head of Marketing, Project
Manager, Product Manager, Data Analyst, Software Engineer, UX Designer, Account Manager, Office
Manager, HR Manager, Security Officer, Legal Counsel, Plant Manager, Lead Architect, Press
Officer, Purchasing Manager, Quality Engineer, Research Lead, Scrum Master, Support Engineer,
Treasurer, Translator, Warehouse Manager, Field Technician, Investor Relations, Customer Success
""")
GOODS = listed("""
desk lamp, office chair, standing desk, whiteboard, monitor arm, laptop sleeve, wireless mouse,
mechanical keyboard, USB hub, HDMI cable 2 m, printer paper A4, toner cartridge, label printer,
barcode scanner, cordless drill, safety gloves, work boots, hard hat, ladder 3 m, toolbox,
paint roller, wall paint white 10 l, floor tiles, oak shelf, garden hose, pruning shears,
coffee machine, espresso beans 1 kg, green tea, water filter, toaster, blender, frying pan,
rain jacket, hiking boots, tent for two, sleeping bag, bike light, helmet, running shoes, yoga mat,
wool scarf, canvas bag, notebook, fountain pen, desk calendar, packing tape, shipping box,
bubble wrap, pallet, air filter, brake pads, spark plug, motor oil 5 l, wiper blades, LED strip,
solar panel 400 W, inverter, battery pack, thermostat, smoke detector, door lock, router,
network switch 8 port, webcam, microphone, headset, tablet stand, memory card 128 GB
""")
PRODUCTS = listed("""
Cloud Storage, Payments, Mobile App, Smart Meter, Home Hub, Data Platform, Web Shop, Live Chat,
Analytics Pro, Starter Kit, Premium Support, Consulting, Hardware, Licences, Subscriptions,
Training, Maintenance, Spare Parts, Accessories, Electric Bikes, City Bikes, Kids' Bikes, Trucks,
Vans, Dairy, Bakery, Frozen Food, Beverages, Snacks, Fresh Produce, Cosmetics, Toys, Furniture
""")
CHANNELS = listed("""
Online shop, Retail stores, Wholesale, Partners, Marketplaces, Direct sales, Call centre, Email,
Paid search, Organic search, Social media, Referral, Display ads, Affiliates, Newsletter, Events
""")
THINGS = listed("""
warehouse, distribution centre, pilot plant, test lab, call centre, flagship store, data centre,
training academy, assembly line, customer portal, mobile app, web shop, loyalty programme,
research campus, repair workshop, showroom, visitor centre, solar park, service desk, head office
""")
PROJECTS = listed("""
Aurora, Basalt, Cedar, Comet, Delta, Ember, Falcon, Granite, Harbor, Iris, Juniper, Kestrel, Lotus,
Magnet, Nimbus, Onyx, Orchid, Pegasus, Quartz, Raven, Saffron, Tundra, Umbra, Vertex, Willow, Zephyr
""")
SHIPS = listed("""
Albatross, Cormorant, Kittiwake, Petrel, Osprey, Razorbill, Sea Lark, Stormcock, Aquila, Borealis,
Celeste, Esperanza, Halcyon, Isolde, Lady Ruth, Mistral, Northern Star, Ondine, Polaris, Selkie
""")
COURSES = listed("""
Pottery for Beginners, Watercolour, Spanish A1, Italian B2, Intro to Python, Data Visualisation,
First Aid, Public Speaking, Negotiation, Yoga Basics, Salsa, Life Drawing, Bread Baking, Sushi,
Creative Writing, Photography, Beekeeping, Bicycle Repair, Excel Advanced, Project Planning
""")
DISHES = listed("""
Tomato soup, Caesar salad, Margherita, Mushroom risotto, Lentil curry, Fish and chips, Ramen,
Falafel wrap, Beef burger, Pad thai, Goulash, Lasagne, Apple strudel, Cheesecake, Tiramisu,
Iced tea, Lemonade, Espresso, Cappuccino, Flat white, Hot chocolate, Croissant, Bruschetta
""")
SERVERS = listed("""
web-01, web-02, db-primary, db-replica, cache-1, mail-gw, build-03, proxy-a, proxy-b, search-01,
queue-02, auth-prod, files-eu, backup-nas, vpn-gw, metrics-1, gateway-7, worker-12, worker-15
""")
SPORTS_TEAMS = listed("""
Harbour Lions, Red Foxes, City Rovers, Blue Herons, Iron Bears, Valley Wolves, Storm Riders,
Golden Owls, River Hawks, Black Bulls, Mountain Goats, Silver Sharks, Night Ravens, Sun Devils
""")
PLANTS = listed("""
Line A, Line B, Line C, Plant 1, Plant 2, Plant 3, Hall North, Hall South, Press Shop, Paint Shop,
Foundry, Bottling, Packing, Assembly
""")
FOODS = listed("""
Whole milk, Oat drink, Rye bread, Brown rice, Almonds, Dark chocolate, Chickpeas, Salmon, Tofu,
Greek yoghurt, Banana, Avocado, Orange juice, Muesli, Peanut butter, Lentils, Spinach, Cheddar
""")
BOOKS = listed("""
The Salt Road, Winter Letters, A Quiet Orbit, Paper Harbours, The Last Beekeeper, Glass Gardens,
Nine Bridges, Under Cedar Hill, The Clockmaker's Map, Small Rivers, Ash and Amber, The Tin Choir
""")
MILESTONES = listed("""
Kick-off, Design freeze, Prototype ready, Supplier contract, Beta release, Public launch, Go-live,
User testing, Security review, Board approval, Site inspection, Data migration, Staff training,
Price review, Market entry, Pilot start, Final report, Contract signed, Code freeze, First delivery
""")
TOPICS = listed("""
Customer onboarding, Supply chain, Data protection, Remote work, Energy saving, Product quality,
Market outlook, Hiring plan, Cloud migration, Store design, Cyber security, Brand refresh,
Sustainability, Pricing strategy, Machine learning, Fleet renewal, Open source, Accessibility
""")
ACTIONS = listed("""
Review the contracts with all suppliers, Reduce the time to first response, Move the archive to the
new building, Train two people in every team, Publish the price list, Simplify the order form,
Replace the old scanners, Collect feedback from pilot users, Automate the weekly report, Agree on
shared naming rules, Test the backup every month, Close open questions from the audit, Update the
privacy notice, Plan the summer schedule, Compare offers for packaging, Repair the loading dock
""")
NAVIGATION = listed("""
Home, Products, Services, Pricing, About us, Contact, Blog, News, Careers, Support, Sign in, Log in,
Register, Cart, Basket, Account, Help, FAQ, Search, Downloads, Docs, Community, Events, Press,
Shop, Stores, Offers, Gallery, Partners, Language, English, Menu, Settings, Dashboard, Wishlist
""")
FOOTERS = listed("""
Privacy, Terms of use, Imprint, Cookie settings, Sitemap, Accessibility, Newsletter, Careers,
Follow us, Back to top, All rights reserved, Legal notice, Returns, Delivery information
""")
