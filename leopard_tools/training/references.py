"""How people say which image they mean, and ask for an image, its title, its place in the stack."""

from __future__ import annotations

from .samples import alternatives

REFERENCES = alternatives("""
image {n} / image {n} / image {n} / slide {n} / page {n} / screenshot {n} / picture {n} / the
{nth} image / the {nth} slide / the {nth} page
""")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
MENTIONS = alternatives("""
Which image mentions {name}? / On which page is {name}? / Which slide shows {name}? / Where can
I find {name}? / In which image does {name} appear? / Which screenshot has {name}? / Which
picture is {name} on? / Where is {name} mentioned?
""")
TITLED = alternatives("""
Which image is titled {name}? / Which slide has the title {name}? / Which page is called {name}?
/ Which image has the heading "{name}"? / What image carries the title {name}?
""")
TITLE = alternatives("""
What is the title of {place}? / What is the heading of {place}? / What is {place} called? / What
title does {place} have?
""")
SORT = alternatives("""
Which image shows {sort}? / Which page has {sort}? / On which slide is there {sort}? / Where do I
find {sort}, which image? / Which one of the images has {sort}?
""")
HIGHER = alternatives("""
Which image has the highest {figure}? / Which page shows the largest {figure}? / On which slide
is the {figure} highest? / In which image is the {figure} greatest?
""")
LOWER = alternatives("""
Which image has the lowest {figure}? / Which page shows the smallest {figure}? / On which slide
is the {figure} lowest? / In which image is the {figure} least?
""")
SORTS = {
    "invoice": "an invoice",
    "roadmap": "a roadmap",
    "contacts": "contact details",
    "kpis": "key figures",
    "chart": "a bar chart",
    "pie chart": "a pie chart",
    "files": "a list of files",
    "timetable": "a timetable",
    "hours": "opening hours",
    "settings": "a settings page",
    "plans": "a price comparison",
    "inbox": "an inbox",
    "offer": "a product page",
}
ABOUT = alternatives("""
Which image {about}? / Which page {about}? / Which of the images {about}? / Which picture {about}? /
Which one {about}? / which slide or page {about}? / What image {about}?
""")
NUMBER_ONLY = alternatives("""
Just the number. / Only its number, please. / Give me the number only. / The number is enough.
""")
HOW_MANY = alternatives("""
How many images are there? / How many pages do you see? / How many pictures were given? / How many
slides are in this set?
""")
