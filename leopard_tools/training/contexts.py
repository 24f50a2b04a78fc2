"""Contexts of one to eight images with their questions, each made from a seed and its number.

A question is kept only if its answer is right and the only one in its context: what two pages
could be asked for names the image, what is to be absent is looked for everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Literal

from .layouts import HELD, HELD_LAYOUTS, LAYOUTS
from .longer import long_questions
from .noise import clutter, smudge, untidy
from .pages.footers import add_contact
from .pages.linked import LAYOUTS as LINKED_LAYOUTS
from .pages.linked import linked
from .samples import ABSENT, Ask, Context, Page, Pen, Question
from .stacks import Said, Stack, place, stack_questions

Part = Literal["trained", "layouts", "phrasings"]
"""What a context is for: training, or measuring on layouts or phrasings kept out of training."""

AsRead = Callable[[Pen, Page], str]
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
QUESTIONS = 18
ABSENT_SHARE = 0.13
LONG = 0.45
"""How many contexts have questions with long answers, and how many of those at most."""
LONG_QUESTIONS = 2
LINKED = 0.22
"""How often two of several pages belong together."""
VAGUE = ("field", "total", "offer", "prose", "hours")
"""Kinds whose questions mostly name no subject: among several images they say which is meant."""
INVENTED = ("yes/no", "count", "absent", "which image", "difference")
"""Kinds whose answers do not stand on the page."""
SEVERAL = ("two-step", "across")
"""Kinds that are about more than one page: they name no image."""


def make_context(
    seed: int, number: int, part: Part = "trained", *, as_read: AsRead | None = None
) -> Context:
    """Context `number` of a seed; the same on every machine.

    `as_read` gives a page's text as a reader has it; without, errors of reading are made up.
    """
    pen = Pen(Random(f"{part} {seed} {number}"), held=part == "phrasings")
    stack = _draw(pen, part, as_read)
    questions = _page_questions(pen, stack, part)
    questions += [put(pen, *said) for said in stack_questions(pen, stack)]
    chosen = _choose(pen, questions)
    if pen.chance(LONG) and part != "layouts":
        chosen += [Question(*said) for said in _some(pen, long_questions(pen, stack))]
    if not chosen:
        return make_context(seed, number + 1_000_003, part, as_read=as_read)
    return Context(tuple(stack.texts), tuple(chosen))


def _draw(pen: Pen, part: Part, as_read: AsRead | None) -> Stack:
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
    if count > 1 and part != "layouts" and pen.chance(LINKED):
        at = rng.randrange(count - 1)
        pages[at], pages[at + 1] = linked(pen)
    texts: list[str] = []
    for page in pages:
        if pen.chance(0.15):
            add_contact(pen, page)
        answers = {part for ask in page.asks for part in ask.answer.split(", ")}
        if page.layout in LINKED_LAYOUTS:
            # What leads from one page to the other must be read on both.
            answers |= {*page.names, *page.marks}
        page.rows = clutter(pen, page.rows, heavy=pen.chance(0.7))
        if as_read is None:
            page.rows = smudge(pen, page.rows, answers)
        text = as_read(pen, page) if as_read else page.text
        if texts and sum(map(len, texts)) + len(text) > LONGEST:
            break
        texts.append(text)
    return Stack(pages[: len(texts)], texts)


def _page_questions(pen: Pen, stack: Stack, part: Part) -> list[Question]:
    """The questions of all pages, tied to their images where they must be."""
    asked: list[Question] = []
    for index, page in enumerate(stack.pages):
        if part == "layouts" and page.layout not in HELD:
            continue
        for ask in page.asks:
            often = 0.75 if ask.kind in VAGUE else 0.12
            must = ask.vague or _ambiguous(stack, index, ask)
            if must and ask.kind in SEVERAL:
                continue
            tied = len(stack.pages) > 1 and (must or pen.chance(often))
            tied = tied and ask.kind not in SEVERAL
            if not _holds(stack, index, ask, tied):
                continue
            text = _tie(pen, stack, index, ask.question) if tied else ask.question
            asked.append(put(pen, text, ask.answer, ask.kind))
    return asked


def _ambiguous(stack: Stack, index: int, ask: Ask) -> bool:
    """Whether another page could be meant."""
    own = stack.pages[index]
    marks = () if ask.kind in SEVERAL else (*own.names, *own.marks)
    meant = [mark.casefold() for mark in marks if mark in ask.question]
    for other, page in enumerate(stack.pages):
        if other == index:
            continue
        if any(ask.key == rival.key for rival in page.asks):
            return True
        text = stack.lower[other]
        if any(mark in text for mark in (*meant, *map(str.casefold, ask.rivals))):
            return True
    return False


def _holds(stack: Stack, index: int, ask: Ask, tied: bool) -> bool:
    """Whether the answer stands on the page or, if it must not, nowhere that is looked at."""
    if ask.kind == "absent":
        places = [stack.lower[index]] if tied else stack.lower
        return not any(text.casefold() in place for text in ask.lacks for place in places)
    if ask.kind in INVENTED or ask.answer in ("yes", "no"):
        return True
    pages = stack.texts if ask.kind in SEVERAL else [stack.texts[index]]
    text = " ".join(pages).replace("\n", " ")
    parts = ask.answer.split(", ") if ask.kind == "list" else [ask.answer]
    return all(part in text for part in parts)


def _tie(pen: Pen, stack: Stack, index: int, question: str) -> str:
    """The question with the image that it means."""
    titles = [page.title for page in stack.pages]
    title = titles[index]
    if titles.count(title) == 1 and title in stack.texts[index] and pen.chance(0.25):
        where = pen.rng.choice(
            (f'the page "{title}"', f"the {title} slide", f'the image titled "{title}"')
        )
    else:
        where = place(pen, index)
    inside = "on" if any(word in where for word in ("slide", "page")) else "in"
    if question.endswith("?") and pen.chance(0.5):
        return f"{question[:-1]} {inside} {where}?"
    rest = question if pen.chance(0.5) else question[0].lower() + question[1:]
    mark = ":" if rest[0].isupper() else ","
    return f"{inside.capitalize()} {where}{mark} {rest}"


def put(pen: Pen, text: str, answer: str, kind: str) -> Question:
    """The question as it is put: as people type, with an instruction or without."""
    instruction = pen.rng.choices(tuple(INSTRUCTIONS), tuple(INSTRUCTIONS.values()))[0]
    text = untidy(pen, text)
    return Question(f"{text}\n{instruction}" if instruction else text, answer, kind)


def _some(pen: Pen, asked: list[Said]) -> list[Said]:
    return pen.rng.sample(asked, min(LONG_QUESTIONS, len(asked)))


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
