"""Samples of what was written: some of the phrasings, among other pages or tools at times.

A twelfth of the contexts and of the sets of tools is kept out of training.
"""

from __future__ import annotations

from functools import cache
from itertools import chain, count
from random import Random
from zlib import crc32

from ...tool_format import calls_text, system_text
from ...types import Tool
from ...variants.heads import write_rows
from ...variants.nano import SYSTEM
from ...variants.ranking import rankings
from ..contexts import LONGEST, put
from ..dialogues import NOT_POSSIBLE
from ..layouts import any_page
from ..noise import smudge
from ..samples import Context, Dialogue, Pen, Said, Speaker
from ..stacks import place
from .conversations import FOLDER as TOOLS
from .conversations import WrittenTools, WrittenTurn, read_conversations
from .guises import as_read, people, rearranged, renamed, renumbered, reordered
from .react import FORMS, react_branch, react_system
from .silence import silenced
from .sources import OTHERS, TASKS
from .texts import WrittenContext, WrittenQuestion, every_written, placed
from .values import Values, gather, revalued

KEPT_OUT = 12
AMONG_OTHERS = 0.35
"""How often written pages stand among others, and written tools."""
READ, RENUMBERED, RENAMED, REORDERED, REARRANGED, SILENCED = 0.4, 0.4, 0.5, 0.5, 0.35, 0.3
"""How often a context is in the guise of what was read, has other figures (where it is not), other
people, its pages in another order, its tables in another order, and some answers taken out."""
PHRASINGS = 2
"""So many wordings of a question are learnt at a time: pages cost more than questions."""
BESIDES = 6
"""Other questions that are learnt beside those that compare figures."""
BRANCHES = 8
"""Conversations of a dialogue."""
REACT = 0.3
"""How many dialogues have the form of ReAct."""
REVALUED = 0.5
"""How many conversations have other values than were written."""


@cache
def written_contexts(held: bool) -> tuple[WrittenContext, ...]:
    """The contexts to train on, or those kept out."""
    return tuple(context for context in every_written() if _held(context.name) == held)


@cache
def written_tools(held: bool) -> tuple[WrittenTools, ...]:
    """The sets of tools to train on, or those kept out."""
    every = chain.from_iterable(map(read_conversations, sorted(TOOLS.glob("*.txt"))))
    return tuple(written for written in every if _held(written.name) == held)


@cache
def _people() -> tuple[str, ...]:
    return tuple(sorted({name for w in written_contexts(False) for name in people(w)}))


@cache
def _values() -> Values:
    return gather(written_tools(False))


def _held(name: str) -> bool:
    return crc32(name.encode()) % KEPT_OUT == 0


def draw_context(seed: int, number: int, *, held: bool = False) -> Context:
    """Written context `number` of a seed; the same on every machine."""
    pen = Pen(Random(f"written {held} {seed} {number}"), held=held)
    written = pen.rng.choice(written_contexts(held))
    if not held:
        written = disguise(pen, written)
    answers = {part for q in written.questions for part in q.answer.split(", ")}
    own = [write_rows(smudge(pen, rows, answers)) for rows in written.pages]
    texts, first = _among_others(pen, own)
    names = [place(pen, first + index) for index in range(len(own))]
    numbers = [f"image {first + index + 1}" for index in range(len(own))]
    alone = len(texts) == len(own)
    asked = [q for q in written.questions if _clear(q, alone, texts, first, len(own))]
    if not asked:
        return draw_context(seed, number + 1_000_003, held=held)
    questions = [
        put(pen, placed(phrasing, names), placed(q.answer, numbers), q.kind)
        for q in asked
        for phrasing in pen.rng.sample(q.phrasings, min(PHRASINGS, len(q.phrasings)))
    ]
    return Context(tuple(texts), tuple(questions))


def draw_comparisons(seed: int, number: int, *, held: bool = False) -> Context:
    """Written context `number` of a seed with its questions that have rankings, and a few others.

    They are one in fifteen of all, and learnt as often as the others only here.
    """
    for attempt in count():
        context = draw_context(seed, number + attempt * 1_000_003, held=held)
        ranked = [q for q in context.questions if rankings(context.images, q.text)]
        if len(ranked) > 1:
            break
    others = [question for question in context.questions if question not in ranked]
    rng = Random(f"comparisons {held} {seed} {number}")
    return Context(context.images, (*ranked, *rng.sample(others, min(BESIDES, len(others)))))


def disguise(pen: Pen, written: WrittenContext) -> WrittenContext:
    """A context as it was written, or in one guise or several."""
    if pen.chance(READ):
        written = as_read(written) or written
    elif pen.chance(RENUMBERED):
        written = renumbered(pen, written)
    if pen.chance(RENAMED):
        written = renamed(pen, written, _people())
    if len(written.pages) > 1 and pen.chance(REORDERED):
        written = reordered(pen, written)
    if pen.chance(REARRANGED):
        written = rearranged(pen, written)
    if pen.chance(SILENCED):
        written = silenced(pen, written)
    return written


def _among_others(pen: Pen, own: list[str]) -> tuple[list[str], int]:
    """The pages, at times with others before or behind them, and where they begin."""
    before: list[str] = []
    after: list[str] = []
    if pen.chance(AMONG_OTHERS):
        for _ in range(pen.rng.choice((1, 1, 2, 3))):
            other = _other_page(pen)
            if len(own) + len(before) + len(after) == 8:
                break
            if sum(map(len, (*before, *own, *after, other))) <= LONGEST:
                (before if pen.chance(0.5) else after).append(other)
    return [*before, *own, *after], len(before)


def _other_page(pen: Pen) -> str:
    if pen.held or pen.chance(0.5):
        return any_page(pen).text
    return write_rows(pen.rng.choice(pen.rng.choice(written_contexts(False)).pages))


def _clear(
    question: WrittenQuestion, alone: bool, texts: list[str], first: int, count: int
) -> bool:
    """Whether a question has its one answer among these pages."""
    if alone:
        return True
    others = "\n".join([*texts[:first], *texts[first + count :]]).casefold()
    # What stands on another page as well might be meant there.
    return question.named and (len(question.answer) < 4 or question.answer.casefold() not in others)


def draw_sources(seed: int, number: int, *, held: bool = False) -> Dialogue:
    """Written context `number` of a seed as text in the question, as pipelines of retrieval do."""
    pen = Pen(Random(f"written sources {held} {seed} {number}"), held=held)
    written, *others = pen.rng.sample(written_contexts(held), 1 + OTHERS)
    task = pen.rng.choices(tuple(TASKS), tuple(TASKS.values()))[0]
    dialogue = task(pen, written if held else disguise(pen, written), others)
    return dialogue or draw_sources(seed, number + 1_000_003, held=held)


def draw_dialogue(seed: int, number: int, *, held: bool = False) -> Dialogue:
    """Written dialogue `number` of a seed; the same on every machine."""
    pen = Pen(Random(f"written dialogue {held} {seed} {number}"), held=held)
    written = pen.rng.choice(written_tools(held))
    tools, dialogues = list(written.tools), written.dialogues
    if pen.chance(AMONG_OTHERS):
        known = {tool.name for tool in tools}
        tools += [tool for tool in _other_tools(pen, held) if tool.name not in known]
        # Another tool might do what the written ones cannot.
        dialogues = [turns for turns in dialogues if turns[-1].phrasings != (NOT_POSSIBLE,)]
    chosen = pen.rng.sample(dialogues, min(BRANCHES, len(dialogues)))
    if not held:
        chosen = [
            revalued(pen, turns, written, _values()) if pen.chance(REVALUED) else turns
            for turns in chosen
        ]
    pen.rng.shuffle(tools)
    texts = tuple(map(write_rows, written.pages))
    branches = tuple(_branch(pen, turns, bool(texts)) for turns in chosen)
    if pen.chance(REACT) and not written.system:
        form = pen.rng.choice(FORMS)
        found = (react_branch(form, branch, NOT_POSSIBLE) for branch in branches)
        steps = tuple(branch for branch in found if branch is not None)
        if steps:
            return Dialogue(react_system(form, tools), texts, steps)
    return Dialogue(system_text(written.system or SYSTEM, tools), texts, branches)


def _other_tools(pen: Pen, held: bool) -> list[Tool]:
    other = pen.rng.choice(written_tools(held)).tools
    return pen.rng.sample(other, min(len(other), pen.rng.choice((1, 2, 3))))


def _branch(pen: Pen, turns: list[WrittenTurn], pages: bool) -> tuple[Said, ...]:
    roles: dict[str, Speaker] = {"U": "user", "C": "assistant", "T": "tool", "A": "assistant"}
    said: list[Said] = []
    for turn in turns:
        kind = {"C": "tool call", "A": "page, no tool" if pages else "no tool"}.get(
            turn.speaker, ""
        )
        if turn.speaker == "A" and said[-1].role == "tool":
            kind = "tool result"
        text = calls_text(turn.calls) if turn.calls else pen.rng.choice(turn.phrasings)
        said.append(Said(roles[turn.speaker], text, kind))
    return tuple(said)


__all__ = [
    "draw_comparisons",
    "draw_context",
    "draw_dialogue",
    "draw_sources",
    "written_contexts",
    "written_tools",
]
