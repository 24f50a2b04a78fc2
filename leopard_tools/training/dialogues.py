"""Conversations in which tools are offered: calls, results, answers, and no call where none fits.

Dialogue `number` of a seed is the same on every machine. All branches of a dialogue share the tools
and the images; each is a conversation of its own.
"""

from __future__ import annotations

from random import Random

from ..tool_format import Tool, calls_text, system_text
from ..variants.nano import SYSTEM
from .layouts import any_page
from .samples import ABSENT, Ask, Dialogue, Page, Pen, Said, Speaker, alternatives
from .tools import Request, draw, draw_for_page, draw_noun
from .values import company

SYSTEMS = (
    "You are a helpful assistant.",
    "You help the staff of {}.",
    "You are the assistant of {}. Use the tools.",
    "Answer briefly.",
)
"""System turns that people write themselves; the checkpoint's own is the usual one."""
BRANCHES = 7
"""Conversations of a dialogue."""
LONGEST = 1500
"""Letters of a page that a dialogue is about."""
READABLE = ("field", "cell", "tile", "date", "prose", "contact", "total", "chart")
"""Kinds of questions about a page whose answers may go into a call."""
BOTH = alternatives("""
{one} And then: {other} / {one} Also: {other} / First: {one} Second: {other} / Two things. {one}
{other} / {one} {other} / {one} After that: {other}
""")
SMALL_TALK = (
    (("Thanks!", "Thank you.", "thx", "Great, thanks."), "You are welcome."),
    (("Hello", "Hi there", "Good morning", "hey"), "Hello! What can I do for you?"),
    (("What can you do?", "What are you for?", "How can you help me?", "help"),
     "I can call the tools that you gave me."),
    (("Never mind.", "Forget it.", "Stop, don't do it.", "leave it"), "All right, I do nothing."),
)  # fmt: skip
NOT_POSSIBLE = "None of my tools can do that."


def make_dialogue(seed: int, number: int, *, held: bool = False) -> Dialogue:
    """Dialogue `number` of a seed; a held one has tools kept out of training."""
    pen = Pen(Random(f"dialogue {held} {seed} {number}"), held=held)
    rng = pen.rng
    requests, beyond = _requests(pen)
    page = _page(pen) if pen.chance(0.4) else None
    branches = [_called(request) for request in requests]
    tools = {request.tool.name: request.tool for request in requests}
    if page is not None:
        branches += _about_page(pen, page, tools)
    branches += [_asked_back(request) for request in requests if request.lacking[0]]
    if len(requests) > 1:
        branches += [_two(pen, *rng.sample(requests, 2)) for _ in range(2)]
    branches += [_refused(request) for request in beyond if request.tool.name not in tools]
    branches.append(_small_talk(pen))
    first, rest = branches[: len(requests)], branches[len(requests) :]
    chosen = first + rng.sample(rest, min(len(rest), max(2, BRANCHES - len(first))))
    return Dialogue(_system(pen, list(tools.values())), _images(page), tuple(chosen))


def _requests(pen: Pen) -> tuple[list[Request], list[Request]]:
    """Requests of different tools that are offered, and some for which there is no tool.

    Often all act on one kind of thing: then the verb alone tells which is meant.
    """
    count = pen.rng.choice((1, 2, 2, 3, 3, 4, 4, 5))
    noun = draw_noun(pen) if pen.chance(0.4) else ""
    found: dict[tuple[str, str], Request] = {}
    while len(found) < count:
        request = draw(pen, noun)
        if all(request.tool.name != other.tool.name for other in found.values()):
            found.setdefault(request.sense, request)
    drawn = [draw(pen, noun) for _ in range(3)]
    return list(found.values()), [request for request in drawn if request.sense not in found]


def _system(pen: Pen, tools: list[Tool]) -> str:
    offered = pen.rng.sample(tools, len(tools))
    own = SYSTEM if pen.chance(0.75) else pen.rng.choice(SYSTEMS).format(company(pen.rng))
    return system_text(own, offered)


def _page(pen: Pen) -> Page:
    """A page that is short enough."""
    while True:
        page = any_page(pen)
        if len(page.text) < LONGEST:
            return page


def _images(page: Page | None) -> tuple[str, ...]:
    return (page.text,) if page is not None else ()


def _turns(*pairs: tuple[Speaker, str, str]) -> tuple[Said, ...]:
    return tuple(Said(role, text, kind) for role, text, kind in pairs)


def _called(request: Request) -> tuple[Said, ...]:
    """A request, its call, the result, and the answer."""
    return _turns(
        ("user", request.text, ""),
        ("assistant", calls_text([request.call]), "tool call"),
        ("tool", request.result, ""),
        ("assistant", request.final, "tool result"),
    )


def _two(pen: Pen, one: Request, other: Request) -> tuple[Said, ...]:
    """Two requests in one, their calls together, both results, one answer."""
    text = pen.phrase(BOTH, one=_sentence(one.text), other=_sentence(other.text))
    return _turns(
        ("user", text, ""),
        ("assistant", calls_text([one.call, other.call]), "tool call"),
        ("tool", f"{one.result}\n{other.result}", ""),
        ("assistant", f"{one.final} {other.final}", "tool result"),
    )


def _sentence(text: str) -> str:
    return text if text[-1] in ".?!" else f"{text}."


def _asked_back(request: Request) -> tuple[Said, ...]:
    """A request that lacks something; where the answer is no call, there is a question."""
    text, question = request.lacking
    return _turns(("user", text, ""), ("assistant", question, "ask back"))


def _refused(request: Request) -> tuple[Said, ...]:
    """A request for which no tool is offered."""
    return _turns(("user", request.text, ""), ("assistant", NOT_POSSIBLE, "no tool"))


def _small_talk(pen: Pen) -> tuple[Said, ...]:
    said, answer = pen.rng.choice(SMALL_TALK)
    return _turns(("user", pen.rng.choice(said), ""), ("assistant", answer, "no tool"))


def _about_page(pen: Pen, page: Page, tools: dict[str, Tool]) -> list[tuple[Said, ...]]:
    """Questions about the page, answered without a call, and one whose answer goes into a call."""
    text = page.text.replace("\n", " ")
    asks = [ask for ask in page.asks if ask.kind in READABLE and ask.answer in text]
    pen.rng.shuffle(asks)
    absent = [ask for ask in page.asks if _absent(ask, text)][:1]
    branches = [
        _turns(("user", ask.question, ""), ("assistant", ask.answer, "page, no tool"))
        for ask in [*asks[:2], *absent]
    ]
    if asks[2:]:
        ask = asks[2]
        request = draw_for_page(pen, _sentence(ask.question), ask.answer)
        if request.tool.name not in tools:
            tools[request.tool.name] = request.tool
            branches.append(_called(request))
    return branches


def _absent(ask: Ask, text: str) -> bool:
    """Whether a question without an answer has none on this page."""
    there = any(sign.casefold() in text.casefold() for sign in ask.lacks)
    return ask.answer == ABSENT and not there
