"""Written conversations with other values: what a call copies is copied, not remembered.

A small model spells a word anew where it stands in quotation marks: " TN-4402" of a request and
"TN-4402" of a call are other tokens. It learns to only if it meets ever other words. Text only, no
model.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import chain
from string import ascii_lowercase, ascii_uppercase, digits

from ...schema import leaves
from ...types import Tool, ToolCall
from ..samples import Pen, Rows
from .conversations import WrittenTools, WrittenTurn
from .texts import as_words

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TIME = re.compile(r"(?:19|20)\d\d|.*\d[:T]\d.*|\d{4}-\d\d.*|\d{1,2}[./]\d{1,2}(?:[./].*)?")
_CODE = re.compile(r"(?=.*\d)[^\s@]{3,24}")
_NAME = re.compile(r"[A-ZÀ-Þ][\w'’.-]*(?: [A-ZÀ-Þ][\w'’.-]*){0,3}")
_SENTENCE = re.compile(r"\S+(?: \S+){2,}")
_WORD = re.compile(r"\w{4,}")

LEAST = 4
"""So many values a parameter must have for its names to take each other's place."""

Values = dict[tuple[str, str], tuple[str, ...]]
"""By the name of their parameter and their sort: values to put in the place of others."""


def revalued(
    pen: Pen, turns: list[WrittenTurn], written: WrittenTools, values: Values
) -> list[WrittenTurn]:
    """A conversation with other values, the same for the same, in all that is said.

    A value stays if it is inferred and not copied, or stands in what other conversations share: in
    a tool, the system turn or a page. Phrasings that say it in other words are left out.
    """
    shared = _shared(written.tools, written.system, written.pages)
    new: dict[str, str] = {}
    parameters = {value: parameter for parameter, value in _arguments(turns)}
    for value, parameter in parameters.items():
        if value.casefold() in shared or not _copied(value, turns):
            continue
        other = _another(pen, parameter, value, values)
        if other is not None and other not in (value, *new.values()):
            new[value] = other
    while new:
        changed = [_with(turn, new) for turn in turns]
        left = [value for value in new if not _gone(value, new, changed)]
        if not left and all(turn.calls or turn.phrasings for turn in changed):
            return changed
        # Without the one that is said in other words, or without any.
        new = {old: other for old, other in new.items() if left and old not in left}
    return turns


@cache
def sort_of(value: str) -> str:
    """What sort of value it is; nothing where it had better stay."""
    if _MAIL.fullmatch(value):
        return "mail"
    if _TIME.fullmatch(value) or len(value) < 2:
        return ""
    if _CODE.fullmatch(value):
        return "code"
    if _NAME.fullmatch(value) and len(value) > 2:
        return f"name {value.count(' ')}"
    return "sentence" if _SENTENCE.fullmatch(value) else ""


def gather(every: Iterable[WrittenTools]) -> Values:
    """The values of all calls; addresses are those of any parameter."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for parameter, value in chain.from_iterable(_arguments(d) for w in every for d in w.dialogues):
        found[_place(parameter, value)].add(value)
    return {place: tuple(sorted(values)) for place, values in found.items()}


def _place(parameter: str, value: str) -> tuple[str, str]:
    """Where values are that may take a value's place."""
    sort = sort_of(value)
    return "" if sort == "mail" else parameter.casefold().replace("_", ""), sort


def _arguments(turns: list[WrittenTurn]) -> Iterator[tuple[str, str]]:
    """The texts and whole numbers of all calls, each with the name of its parameter."""
    for call in (call for turn in turns for call in turn.calls):
        for parameter, value in call.arguments.items():
            found = (leaf for leaf in leaves(value) if not isinstance(leaf, float))
            yield from ((parameter, str(leaf)) for leaf in found)


def _said(turn: WrittenTurn) -> list[str]:
    """The values of a turn's calls."""
    return [value for _, value in _arguments([turn])]


def _shared(tools: list[Tool], system: str, pages: list[Rows]) -> str:
    said = [f"{tool.name} {tool.description} {json.dumps(tool.parameters)}" for tool in tools]
    said += [system, *(cell for page in pages for row in page for cell in row)]
    return "\n".join(said).casefold()


def _copied(value: str, turns: list[WrittenTurn]) -> bool:
    """Whether a value is said before the first call that has it."""
    first = next(n for n, turn in enumerate(turns) if value in _said(turn))
    before = (text for turn in turns[:first] for text in turn.phrasings)
    return any(map(re.compile(as_words(value)).search, before))


def _another(pen: Pen, parameter: str, value: str, values: Values) -> str | None:
    """Another value of the same sort; None where there are too few or it had better stay."""
    sort = sort_of(value)
    if sort == "code":
        return _scrambled(pen, value)
    others = values.get(_place(parameter, value), ()) if sort else ()
    return pen.rng.choice(others) if len(others) >= LEAST else None


def _scrambled(pen: Pen, code: str) -> str:
    """A code with other digits and letters; a word in it, of five letters and more, stays."""

    def change(match: re.Match[str]) -> str:
        run = match[0]
        if len(run) > 4 and run.isalpha():
            return run
        first = pen.rng.choice(digits[1:]) if run[0] in digits[1:] else _like(pen, run[0])
        return first + "".join(_like(pen, letter) for letter in run[1:])

    return re.sub(r"[^\W\d_]+|\d+", change, code)


def _like(pen: Pen, letter: str) -> str:
    for letters in (digits, ascii_lowercase, ascii_uppercase):
        if letter in letters:
            return pen.rng.choice(letters)
    return letter


def _with(turn: WrittenTurn, new: dict[str, str]) -> WrittenTurn:
    """A turn with the new values; of a user's phrasings those that named all that one names."""
    longest = sorted(new, key=len, reverse=True)
    every = re.compile("|".join(map(as_words, longest)))
    named = [set(every.findall(text)) for text in turn.phrasings]
    most = set().union(*named)
    phrasings = tuple(
        every.sub(lambda match: new[match[0]], text)
        for text, names in zip(turn.phrasings, named, strict=True)
        if turn.speaker != "U" or names == most
    )
    calls = tuple(
        ToolCall(call.name, {key: _put(value, new) for key, value in call.arguments.items()})
        for call in turn.calls
    )
    return replace(turn, phrasings=phrasings, calls=calls)


def _put(value: object, new: dict[str, str]) -> object:
    if isinstance(value, dict):
        return {key: _put(part, new) for key, part in value.items()}
    if isinstance(value, list):
        return [_put(part, new) for part in value]
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    return type(value)(new.get(str(value), value))


def _gone(value: str, new: dict[str, str], turns: list[WrittenTurn]) -> bool:
    """Whether nothing is left of a value: not a word of it, in whatever letters."""
    words = {word.casefold() for word in _WORD.findall(value)} or {value.casefold()}
    words -= {word.casefold() for other in new.values() for word in _WORD.findall(other)}
    if sort_of(value) == "sentence":
        words = {value.casefold()}
    said = [text for turn in turns for text in (*turn.phrasings, *_said(turn))]
    return not any(re.search(rf"(?<!\w){re.escape(w)}", t.casefold()) for w in words for t in said)


__all__ = ["Values", "gather", "revalued", "sort_of"]
