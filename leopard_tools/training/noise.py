"""What a reader does to a page: confused letters, lost spaces, broken and joined rows, clutter.

Cells that hold an answer are left alone: an answer must be what the page says.
"""

from __future__ import annotations

from textwrap import wrap

from ..types import EMPTY_CELL
from . import vocabulary as words
from .samples import Pen, Rows, alternatives
from .values import brand, domain

CONFUSED = {
    "l": "1", "I": "l", "O": "0", "o": "0", "rn": "m", "m": "rn", "c": "e", "e": "c", "a": "o",
    "t": "f", "h": "n", "i": "l", "v": "y", "ü": "u", "é": "e", "ö": "o", "ş": "s", "g": "q",
}  # fmt: skip
SENTENCES = alternatives("""
We use cookies to improve your experience. / Subscribe to our newsletter. / Read more / All
prices include VAT. / Free returns within 30 days. / Draft - for discussion only / This page was
last reviewed by the editorial team. / Source: internal reporting, unaudited. / Figures may not
add up due to rounding. / For internal use only / Accept all | Reject all / Show filters / Sort
by relevance / Skip to main content / Print this page / Share / The details are explained in the
appendix. / Numbers are preliminary. / Learn more > / Customers who viewed this also viewed /
Your session will expire soon. / Back to overview
""")
FILLERS = alternatives("""
The work will go on in stages. / Many people in the area welcome the step. / Details will follow in
the coming weeks. / Nobody was hurt. / The plan had been discussed for years. / Critics say that
more should have been done. / Similar efforts are under way elsewhere. / The figures were confirmed
by an independent auditor. / Further information is in the appendix. / A survey among readers showed
broad support. / The weather is expected to remain dry.
""")

WHO = alternatives("""
The committee / Our partner / Everybody there / The local press / An expert / The new system / The
first group / A visitor / One of the suppliers / The old building / This section / The archive / A
neighbour / Nobody else / The jury / The board / The workshop / Each of the teams / The latest
edition / A volunteer / The working group / The regular audience / The night shift / Every
participant / The trial
""")
DID = alternatives("""
has been asked to comment / found the idea convincing / will be heard in the autumn / remained
calm / had other plans / is open to suggestions / prefers a smaller solution / was praised for the
work / kept to the schedule / could not be reached / stays in place for now / needed a little more
time / saw the results for the first time / agreed without a vote / will return next season / is
said to be pleased / asked for patience / has no further questions / takes part every year / began
with doubts
""")
TEASERS = alternatives("""
Five ways to tidy a desk / What the new rules mean for you / Why we still write by hand / Behind the
scenes / A short history of the stapler / How to read a contract / Our readers' favourites / In
pictures: the old town / Letters to the editor / Tips for beginners / Ask the expert / What happened
next / The best of last week / Small repairs made easy / Meet the people behind it / Trends to watch
/ Lessons from a quiet year / Things nobody tells you / A guide to better notes / Frequently asked
""")


def remark(pen: Pen) -> str:
    """A sentence that says nothing that anybody asks for."""
    return f"{pen.rng.choice(WHO)} {pen.rng.choice(DID)}."


def _stretch(pen: Pen) -> Rows:
    """A part of a long page that has nothing to do with what is asked for."""
    rng = pen.rng
    form = rng.choice(("teasers", "teasers", "remarks", "remarks", "text", "text", "actions"))
    count = rng.choice((3, 4, 5, 6, 7, 8, 10, 14, 18))
    if form == "teasers":
        head = rng.choice(("Related", "More like this", "You may also like", "Most read", "Topics"))
        return [[head], *[[text] for text in rng.sample(TEASERS, count)]]
    if form == "remarks":
        return [[remark(pen)] for _ in range(count)]
    if form == "text":
        sentences = [remark(pen) if pen.chance(0.7) else rng.choice(FILLERS) for _ in range(count)]
        return [[line] for line in wrap(" ".join(sentences), rng.choice((50, 72, 96)))]
    return [[text] for text in rng.sample(words.ACTIONS, min(count, 6))]


def clutter(pen: Pen, rows: Rows, *, heavy: bool) -> Rows:
    """The rows with what stands around them: navigation, footers, page numbers, remarks."""
    rng = pen.rng
    before: Rows = []
    after: Rows = []
    if pen.chance(0.6 if heavy else 0.15):
        bar = rng.sample(words.NAVIGATION, rng.randrange(3, 9))
        before += [bar] if pen.chance(0.5) else [[item] for item in bar]
    if pen.chance(0.3 if heavy else 0.08):
        before.append([" > ".join(rng.sample(words.NAVIGATION, 3))])
    for place in (before, after):
        if pen.chance(0.6 if heavy else 0.15):
            place += [[text] for text in rng.sample(SENTENCES, rng.randrange(1, 4))]
    if pen.chance(0.5 if heavy else 0.1):
        after.append(rng.sample(words.FOOTERS, rng.randrange(2, 6)))
    if heavy and pen.chance(0.75):
        # A long page: what is asked for is a small part of it.
        for place in (before, after):
            place += _stretch(pen)
    if pen.chance(0.3):
        name = brand(rng)
        page = rng.randrange(1, 60)
        after.append(rng.choice(([f"{page}"], [name, f"{page}"], [f"Page {page} of {page + 7}"],
                                 [f"© {name} {rng.randrange(2015, 2028)}"], [domain(rng)],
                                 [name, "Confidential", f"{page}"])))  # fmt: skip
    return before + rows + after


def smudge(pen: Pen, rows: Rows, kept: set[str]) -> Rows:
    """The rows as a reader gives them; cells with one of the texts `kept` stay as they are."""
    rate = pen.rng.choice((0.0, 0.0, 0.01, 0.03))
    read: Rows = []
    for row in rows:
        cells = [
            _misread(pen, cell)
            if pen.chance(rate * 3) and not any(text in cell for text in (EMPTY_CELL, *kept))
            else cell
            for cell in row
        ]
        if len(cells) > 1 and pen.chance(rate) and EMPTY_CELL not in cells:
            # A border between cells that was not seen.
            at = pen.rng.randrange(len(cells) - 1)
            cells[at : at + 2] = [f"{cells[at]} {cells[at + 1]}"]
        if len(cells) > 1 and pen.chance(rate / 2):
            at = pen.rng.randrange(1, len(cells))
            read += [cells[:at], cells[at:]]
        elif cells:
            read.append(cells)
    return read


def _misread(pen: Pen, cell: str) -> str:
    """One letter confused, or one space lost."""
    if " " in cell and pen.chance(0.3):
        at = pen.rng.choice([i for i, letter in enumerate(cell) if letter == " "])
        return cell[:at] + cell[at + 1 :]
    found = [(i, old) for old in CONFUSED for i in range(len(cell)) if cell.startswith(old, i)]
    if not found:
        return cell
    at, old = pen.rng.choice(found)
    return cell[:at] + CONFUSED[old] + cell[at + len(old) :]


def untidy(pen: Pen, question: str) -> str:
    """A question as people type it: at times without capitals, with an error, with a greeting."""
    rng = pen.rng
    if pen.chance(0.07):
        question = _mistyped(pen, question)
    if pen.chance(0.08):
        question = question.lower()
    if pen.chance(0.05):
        question = question.rstrip("?.")
    if pen.chance(0.06):
        opening = rng.choice(("Hi, ", "Please tell me: ", "Quick question: ", "Can you check: ",
                              "I need to know: ", "Hello! ", "One more: "))  # fmt: skip
        question = opening + question
    return question


def _mistyped(pen: Pen, question: str) -> str:
    """Two letters of one small word exchanged, or one left out; names and numbers stay."""
    parts = question.split(" ")
    plain = [
        i for i, part in enumerate(parts) if part.isalpha() and part.islower() and len(part) > 3
    ]
    if not plain:
        return question
    index = pen.rng.choice(plain)
    word = parts[index]
    at = pen.rng.randrange(1, len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    parts[index] = swapped if pen.chance(0.5) else word[:at] + word[at + 1 :]
    return " ".join(parts)
