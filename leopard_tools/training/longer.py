"""Questions that want more than a word: a sentence on a page, two pages compared, JSON, a choice.

Their instructions are those that users get: JSON is asked for by leopard_tools.schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..schema import Schema
from .references import ORDINALS
from .samples import Fact, Page, Pen, alternatives
from .stacks import Said, Stack, place

KINDS = ("summary", "comparison", "json", "choice")
LONGEST = 420
"""Letters of an answer."""
MOST = 6
"""Fields of an object."""
EMPTY = ("fax", "discount", "vat_number", "website", "second_name", "nickname", "colour_code")
"""Fields that pages do not have."""

CALLED = {
    "kpis": "key figures", "story": "customer story", "thing table": "table", "accounts": "table",
    "measure table": "table", "wide table": "table", "series chart": "chart", "pie chart": "chart",
    "period": "table", "prices": "price list", "plans": "price comparison", "offer": "product page",
    "hours": "opening hours", "options": "comparison of options", "files": "list of files",
    "reasons": "survey", "contacts": "contact details", "talks": "programme", "roadmap": "plan",
}  # fmt: skip
"""What kinds of pages are called where their layouts have other names."""
OTHERS = ("photo", "map", "receipt", "menu", "passport", "comic", "form")

SUMMARISE = alternatives("""
Summarise {place} in one sentence. / What is {place} about? Answer in one sentence. / Sum up {place}
in a sentence. / In one sentence, what does {place} say? / Give me the gist of {place} in one
sentence. / Describe {place} in one sentence. / tl;dr of {place}, one sentence
""")
THIS = alternatives("""
this page / this image / this / the page / the screenshot / this slide / the text
""")
COMPARE = alternatives("""
Compare image {a} and image {b}. / How do images {a} and {b} differ? / What is the difference
between image {a} and image {b}? / Compare the {na} and the {nb} image. / Say in a sentence how
image {a} differs from image {b}.
""")
EXTRACT = alternatives("""
Extract the data of {place}. / Get these fields from {place}. / What are the values on {place}? /
Read {place} into this form. / Turn {place} into JSON. / Give me the details of {place}. / Fill in
the fields from {place}.
""")
SORT = alternatives("""
What kind of page is {place}? / What is {place}? / How would you classify {place}? / Which sort of
document is {place}?
""")


def long_questions(pen: Pen, stack: Stack) -> list[Said]:
    """A few questions about the images whose answers are long, or bound to a form."""
    asked: list[Said] = []
    index = pen.rng.randrange(len(stack.pages))
    page = stack.pages[index]
    here = place(pen, index) if len(stack.pages) > 1 else pen.phrase(THIS)
    if page.summary:
        text = pen.phrase(SUMMARISE, place=here)
        asked.append((text, page.summary, "summary"))
    record = _readable(page.record, stack.texts[index])
    if record:
        asked.append(_extract(pen, record, here))
    if len({page.layout for page in stack.pages}) > 1:
        asked.append(_choice(pen, stack, index, here))
        asked += _comparison(pen, stack)
    return [said for said in asked if len(said[1]) <= LONGEST]


def _readable(record: Mapping[str, Fact], text: str) -> dict[str, Fact]:
    """The facts whose words the reader read without an error; numbers and dates are taken so."""
    read = text.replace("\n", " ")

    def there(value: object) -> bool:
        if isinstance(value, str) and not value[:4].isdigit():
            return value in read
        if isinstance(value, list):
            return all(there(v) for item in value for v in _values(item))
        return True

    return {key: fact for key, fact in record.items() if there(fact.value)}


def _values(item: object) -> list[object]:
    return list(item.values()) if isinstance(item, dict) else [item]


def _extract(pen: Pen, record: Mapping[str, Fact], here: str) -> Said:
    """Some facts of a page as a JSON object, with null for one that it does not have."""
    rng = pen.rng
    keys = rng.sample(sorted(record), rng.randrange(1, min(MOST, len(record)) + 1))
    properties: dict[str, object] = {}
    answer: dict[str, object] = {}
    for key in keys:
        fact = record[key]
        optional = fact.value is None or pen.chance(0.15)
        properties[key] = {"anyOf": [fact.schema, {"type": "null"}]} if optional else fact.schema
        answer[key] = fact.value
    gone = rng.choice(EMPTY)
    if gone not in properties and pen.chance(0.15):
        properties[gone] = {"type": ["string", "null"]}
        answer[gone] = None
    schema = Schema.of({"type": "object", "properties": properties, "required": list(properties)})
    text = f"{pen.phrase(EXTRACT, place=here)}\n{schema.instruction}"
    return text, json.dumps(answer, ensure_ascii=False), "json"


def _choice(pen: Pen, stack: Stack, index: int, here: str) -> Said:
    """What kind of page it is, of several given."""
    layouts = sorted({_name(page) for page in stack.pages})
    if len(layouts) == 1:
        layouts.append(pen.rng.choice([name for name in OTHERS if name not in layouts]))
    pen.rng.shuffle(layouts)
    schema = Schema.of({"enum": layouts})
    text = f"{pen.phrase(SORT, place=here)}\n{schema.instruction}"
    return text, _name(stack.pages[index]), "choice"


def _name(page: Page) -> str:
    """What a kind of page is called; documents have their titles in their layouts."""
    name = page.layout.removeprefix("form ").split(",")[0].lower()
    return CALLED.get(name, name)


def _comparison(pen: Pen, stack: Stack) -> list[Said]:
    """Two images of which both say what they do."""
    told = [i for i, page in enumerate(stack.pages) if page.about]
    if len(told) < 2:
        return []
    a, b = sorted(pen.rng.sample(told, 2))
    one, other = stack.pages[a], stack.pages[b]
    if one.layout == other.layout:
        return []
    fields = {"a": f"{a + 1}", "b": f"{b + 1}", "na": ORDINALS[a], "nb": ORDINALS[b]}
    answer = f"Image {a + 1} {one.about[0]}, while image {b + 1} {other.about[0]}."
    return [(pen.phrase(COMPARE, **fields), answer, "comparison")]
