"""Contexts of one to eight images with their questions, each made from a seed and its number.

A question is kept only if its answer is right and the only one in its context: what two pages
could be asked for names the image, what is to be absent is looked for everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from .noise import clutter, smudge, untidy
from .pages.charts import bar_chart, pie_chart
from .pages.footers import add_contact
from .pages.forms import form, invoice, receipt
from .pages.measures import measure_table
from .pages.prose import article
from .pages.screens import files, inbox, settings
from .pages.shop import offer, plans
from .pages.things import thing_table
from .pages.tiles import contacts, kpis, roadmap
from .pages.timetables import hours, timetable
from .samples import ABSENT, Ask, Context, Page, Pen, Question, alternatives

Part = Literal["trained", "layouts", "phrasings"]
"""What a context is for: training, or measuring on layouts or phrasings kept out of training."""

LAYOUTS: tuple[tuple[Callable[[Pen], Page], int], ...] = (
    (measure_table, 10),
    (thing_table, 10),
    (form, 8),
    (invoice, 7),
    (kpis, 8),
    (roadmap, 7),
    (contacts, 6),
    (bar_chart, 6),
    (pie_chart, 2),
    (article, 8),
    (timetable, 5),
    (hours, 2),
    (settings, 3),
    (plans, 2),
    (files, 2),
    (inbox, 2),
    (offer, 3),
)
HELD_LAYOUTS: tuple[Callable[[Pen], Page], ...] = (
    receipt,
    lambda pen: form(pen, held=True),
    lambda pen: thing_table(pen, held=True),
)
INSTRUCTIONS = {
    "Answer with a single word or phrase.": 15,
    "Answer the question using a single word or phrase.": 2,
    "": 3,
}
"""What may follow a question, and how often it does."""
COUNTS = {1: 42, 2: 20, 3: 13, 4: 9, 5: 6, 6: 5, 7: 3, 8: 2}
"""How often a context has so many images."""
LONGEST = 5600
"""Letters of all images; further images are left out above it."""
QUESTIONS = 14
ABSENT_SHARE = 0.12
VAGUE = ("field", "total", "offer", "prose", "hours")
"""Kinds whose questions mostly name no subject: among several images they say which is meant."""
INVENTED = ("yes/no", "count", "absent", "which image")
"""Kinds whose answers do not stand on the page."""

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
SORT = alternatives("""
Which image is {sort}? / Which page shows {sort}? / On which slide is {sort}? / Which one of the
images has {sort}?
""")
HIGHER = alternatives("""
Which image has the highest {figure}? / Which page shows the largest {figure}? / On which slide
is the {figure} highest? / In which image is the {figure} greatest?
""")
LOWER = alternatives("""
Which image has the lowest {figure}? / Which page shows the smallest {figure}? / On which slide
is the {figure} lowest? / In which image is the {figure} least?
""")


@dataclass(frozen=True, slots=True)
class _Draft:
    """Pages with their texts, as read, in lower case too."""

    pages: list[Page]
    texts: list[str]

    @property
    def lower(self) -> list[str]:
        return [text.casefold() for text in self.texts]


def make_context(seed: int, number: int, part: Part = "trained") -> Context:
    """Context `number` of a seed; the same on every machine."""
    pen = Pen(Random(f"{part} {seed} {number}"), held=part == "phrasings")
    draft = _draft(pen, part)
    questions = [*_page_questions(pen, draft, part), *_image_questions(pen, draft)]
    chosen = _choose(pen, questions)
    if not chosen:
        return make_context(seed, number + 1_000_003, part)
    return Context(tuple(draft.texts), tuple(chosen))


def _draft(pen: Pen, part: Part) -> _Draft:
    """One to eight pages, often of one layout, as a reader gives them."""
    rng = pen.rng
    layouts, weights = zip(*LAYOUTS, strict=True)
    count = rng.choices(tuple(COUNTS), tuple(COUNTS.values()))[0]
    makers = rng.choices(layouts, weights, k=count)
    if pen.chance(0.3):
        makers = [makers[0]] * count
    if part == "layouts":
        makers[rng.randrange(count)] = rng.choice(HELD_LAYOUTS)
    pages = [make(pen) for make in makers]
    texts: list[str] = []
    for page in pages:
        if pen.chance(0.15):
            add_contact(pen, page)
        answers = {ask.answer for ask in page.asks}
        rows = clutter(pen, page.rows, heavy=pen.chance(0.35))
        page.rows = smudge(pen, rows, answers)
        if texts and sum(map(len, texts)) + len(page.text) > LONGEST:
            break
        texts.append(page.text)
    return _Draft(pages[: len(texts)], texts)


def _page_questions(pen: Pen, draft: _Draft, part: Part) -> list[Question]:
    """The questions of all pages, tied to their images where they must be."""
    held = {"receipt", "boarding", "standings"}
    asked: list[Question] = []
    for index, page in enumerate(draft.pages):
        if part == "layouts" and page.layout not in held:
            continue
        for ask in page.asks:
            often = 0.6 if ask.kind in VAGUE else 0.12
            tied = len(draft.pages) > 1 and (_ambiguous(draft, index, ask) or pen.chance(often))
            if not _holds(draft, index, ask, tied):
                continue
            text = _tie(pen, draft, index, ask.question) if tied else ask.question
            asked.append(_put(pen, text, ask.answer, ask.kind))
    return asked


def _ambiguous(draft: _Draft, index: int, ask: Ask) -> bool:
    """Whether another page could be meant."""
    for other, page in enumerate(draft.pages):
        if other == index:
            continue
        if any(ask.key == rival.key for rival in page.asks):
            return True
        text = draft.lower[other]
        if any(rival.casefold() in text for rival in ask.rivals):
            return True
    return False


def _holds(draft: _Draft, index: int, ask: Ask, tied: bool) -> bool:
    """Whether the answer stands on the page or, if it must not, nowhere that is looked at."""
    if ask.kind == "absent":
        places = [draft.lower[index]] if tied else draft.lower
        return not any(text.casefold() in place for text in ask.lacks for place in places)
    return ask.kind in INVENTED or ask.answer in draft.texts[index].replace("\n", " ")


def _tie(pen: Pen, draft: _Draft, index: int, question: str) -> str:
    """The question with the image that it means."""
    titles = [page.title for page in draft.pages]
    title = titles[index]
    if titles.count(title) == 1 and title in draft.texts[index] and pen.chance(0.25):
        place = pen.rng.choice(
            (f'the page "{title}"', f"the {title} slide", f'the image titled "{title}"')
        )
    else:
        place = _place(pen, index)
    inside = "on" if any(word in place for word in ("slide", "page")) else "in"
    if question.endswith("?") and pen.chance(0.5):
        return f"{question[:-1]} {inside} {place}?"
    rest = question if pen.chance(0.5) else question[0].lower() + question[1:]
    mark = ":" if rest[0].isupper() else ","
    return f"{inside.capitalize()} {place}{mark} {rest}"


def _place(pen: Pen, index: int) -> str:
    return pen.rng.choice(REFERENCES).format(n=index + 1, nth=ORDINALS[index])


def _image_questions(pen: Pen, draft: _Draft) -> list[Question]:
    """Questions for an image, and for the title of one."""
    count = len(draft.pages)
    if count == 1:
        return []
    rng, asked = pen.rng, []
    for index, page in enumerate(draft.pages):
        here = f"image {index + 1}"
        unique = [name for name in page.names if _telling(name) and _only(draft, name, index)]
        if unique:
            text = pen.phrase(MENTIONS, name=rng.choice(unique))
            asked.append(_put(pen, text, here, "which image"))
        if [page.title] in page.rows and _only(draft, page.title, index):
            text = pen.phrase(TITLED, name=page.title)
            asked.append(_put(pen, text, here, "which image"))
            text = pen.phrase(TITLE, place=_place(pen, index))
            asked.append(_put(pen, text, page.title, "title"))
        same = sum(other.layout == page.layout for other in draft.pages)
        if same == 1 and page.layout in SORTS:
            text = pen.phrase(SORT, sort=SORTS[page.layout])
            asked.append(_put(pen, text, here, "which image"))
    return asked + _comparisons(pen, draft)


def _comparisons(pen: Pen, draft: _Draft) -> list[Question]:
    """Which of several pages of one layout has the highest or lowest figure."""
    asked = []
    for figure in sorted({name for page in draft.pages for name in page.figures}):
        found = {
            i: page.figures[figure] for i, page in enumerate(draft.pages) if figure in page.figures
        }
        if len(found) < 2 or len(set(found.values())) < len(found):
            continue
        for phrasings, pick in ((HIGHER, max), (LOWER, min)):
            best = pick(found, key=lambda index: found[index])
            text = pen.phrase(phrasings, figure=figure)
            asked.append(_put(pen, text, f"image {best + 1}", "compare images"))
    return asked


def _telling(name: str) -> bool:
    """Whether people would look for it: a name or a code, no mere number."""
    return len(name) > 4 and sum(letter.isalpha() for letter in name) > 2


def _only(draft: _Draft, name: str, index: int) -> bool:
    """Whether a text stands on this page and on no other."""
    return [i for i, text in enumerate(draft.lower) if name.casefold() in text] == [index]


def _put(pen: Pen, text: str, answer: str, kind: str) -> Question:
    """The question as it is put: as people type, with an instruction or without."""
    instruction = pen.rng.choices(tuple(INSTRUCTIONS), tuple(INSTRUCTIONS.values()))[0]
    text = untidy(pen, text)
    return Question(f"{text}\n{instruction}" if instruction else text, answer, kind)


def _choose(pen: Pen, questions: list[Question]) -> list[Question]:
    """So many questions, of all kinds, about an eighth of them without an answer."""
    pen.rng.shuffle(questions)
    there = [question for question in questions if question.answer != ABSENT]
    absent = [question for question in questions if question.answer == ABSENT]
    seen: dict[str, int] = {}
    ranked = []
    for question in there:
        seen[question.kind] = seen.get(question.kind, 0) + 1
        ranked.append((seen[question.kind] + pen.rng.random() * 3, question))
    ranked.sort(key=lambda pair: pair[0])
    chosen = [question for _, question in ranked[:QUESTIONS]]
    wanted = len(chosen) * ABSENT_SHARE / (1 - ABSENT_SHARE)
    whole = int(wanted) + pen.chance(wanted % 1)
    chosen += absent[:whole]
    pen.rng.shuffle(chosen)
    return chosen
