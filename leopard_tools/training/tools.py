"""Made-up tools with a request for each, the call it should lead to, its result and what is said.

tool_texts holds what they are made of. A pen that is held draws only from what is kept out of
training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from ..tool_format import Tool, ToolCall
from . import tool_texts, vocabulary
from .quantities import plural
from .samples import Pen
from .slots import Slots
from .templates import fill

KEPT = 0.75
"""How often a tool has one of the parameters that may be left out."""
USED = 0.45
"""How often a request says something of such a parameter."""
STATES = ("open", "on hold", "closed", "approved", "rejected")
OPENINGS = ("Please: ", "Hi, ", "Hello! ", "One thing: ", "Quick one: ", "Next: ")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its names, the first of which is its slot; how requests say it."""

    names: tuple[str, ...]
    type: str
    value: str
    phrases: tuple[str, ...]
    required: bool

    @property
    def schema(self) -> dict[str, object]:
        """Its JSON schema."""
        if "|" in self.type:
            return {"type": "string", "enum": self.type.split("|")}
        if self.type == "array":
            return {"type": "array", "items": {"type": "string"}}
        return {"type": self.type}


@dataclass(slots=True)
class Blueprint:
    """A tool to be made, with all that may be said around it."""

    names: tuple[str, ...]
    descriptions: tuple[str, ...]
    parameters: list[Parameter] = field(default_factory=list)
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    requests: tuple[str, ...] = ()
    result: str = ""
    final: str = ""
    lacking: tuple[tuple[str, ...], str] = ((), "")


@dataclass(frozen=True, slots=True)
class Request:
    """What a user wants of one tool; `lacking` is a request without what it takes, and the
    question that comes back, or two empty texts. Tools of one `sense` can do the same.
    """

    tool: Tool
    text: str
    call: ToolCall
    result: str
    final: str
    lacking: tuple[str, str]
    sense: tuple[str, str]


@cache
def blueprints(text: str) -> tuple[Blueprint, ...]:
    """The blueprints of one of the texts of tool_texts."""
    found: list[Blueprint] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        mark, rest = line[0], line[1:].strip()
        if mark == "#":
            names, descriptions = rest.split(" | ")
            found.append(Blueprint(tuple(names.split("; ")), tuple(descriptions.split(" / "))))
        elif mark in "+?":
            found[-1].parameters.append(_parameter(rest, mark == "+"))
        elif mark == "$":
            kind, values = rest.split(": ", 1)
            found[-1].choices[kind] = tuple(values.split("; "))
        elif mark == ":":
            found[-1].requests = tuple(rest.split(" / "))
        elif mark == ">":
            found[-1].result, found[-1].final = rest.split(" => ")
        else:
            texts, question = rest.split(" => ")
            found[-1].lacking = (tuple(texts.split(" / ")), question)
    return tuple(found)


def _parameter(text: str, required: bool) -> Parameter:
    head, _, phrases = text.partition(" ~ ")
    names, kind = head.split(": ", 1)
    kind, _, value = kind.partition(" = ")
    said = tuple(phrases.split(" / ")) if phrases else ()
    return Parameter(tuple(names.split(", ")), kind, value, said, required)


def draw(pen: Pen, noun: str = "") -> Request:
    """A tool and a request for it, with that noun where one is given."""
    rng = pen.rng
    if not noun and pen.chance(0.35):
        own = tool_texts.HELD_OWN if pen.held else tool_texts.OWN
        return _make(pen, rng.choice(blueprints(own)), "", {})
    noun = noun or draw_noun(pen)
    named = noun in tool_texts.NAMED + tool_texts.HELD_NAMED
    verbs = tool_texts.NAMED_VERBS if named else tool_texts.VERBS
    return _make(pen, rng.choice(blueprints(verbs)), noun, {})


def draw_for_page(pen: Pen, question: str, answer: str) -> Request:
    """A tool that takes the answer to a question about a page."""
    blueprint = pen.rng.choice(blueprints(tool_texts.PAGE))
    return _make(pen, blueprint, "", {"question": question, "answer": answer})


def draw_noun(pen: Pen) -> str:
    """A thing that tools are about."""
    coded = tool_texts.HELD_CODED if pen.held else tool_texts.CODED
    named = tool_texts.HELD_NAMED if pen.held else tool_texts.NAMED
    return pen.rng.choice(coded if pen.chance(0.6) else named)


def _make(pen: Pen, blueprint: Blueprint, noun: str, extra: Mapping[str, str]) -> Request:
    """A tool from a blueprint, and a request that uses some of its parameters."""
    rng = pen.rng
    pool = vocabulary.PROJECTS + vocabulary.COURSES + vocabulary.BOOKS + vocabulary.SHIPS
    slots = Slots(pen, {"state": STATES, "name": pool, **blueprint.choices})
    slots.update(extra)
    kept = [p for p in blueprint.parameters if p.required or pen.chance(KEPT)]
    values = {p: fill(p.value, slots) for p in kept if p.value}
    slots.update({p.names[0]: value for p, value in values.items()})
    request = fill(_named(rng.choice(blueprint.requests), noun), slots)
    names = {p: _styled(_named(rng.choice(p.names), noun, "_"), "snake") for p in kept}
    arguments: dict[str, object] = {}
    for parameter in kept:
        if parameter.required:
            arguments[names[parameter]] = _typed(parameter.type, values[parameter])
        elif pen.chance(USED):
            value, phrase = _phrased(pen, parameter, values.get(parameter, ""))
            arguments[names[parameter]] = _typed(parameter.type, value)
            request = _with(request, phrase)
    if len(set(names.values())) < len(names):
        # Two parameters drew one name: another draw.
        return _make(pen, blueprint, noun, extra)
    style = rng.choice(("snake", "snake", "snake", "camel", "dash"))
    name = _styled(_named(rng.choice(blueprint.names), noun, "_"), style)
    tool = Tool(name, _named(rng.choice(blueprint.descriptions), noun), _schema(pen, kept, names))
    lacks, question = blueprint.lacking
    lacking = rng.choice(lacks) if lacks else ""
    return Request(
        tool,
        (rng.choice(OPENINGS) if pen.chance(0.1) else "") + request,
        ToolCall(name, arguments),
        fill(blueprint.result, slots),
        fill(_named(blueprint.final, noun), slots),
        (fill(_named(lacking, noun), slots), fill(_named(question, noun), slots)),
        (blueprint.names[0], noun),
    )


def _schema(pen: Pen, kept: list[Parameter], names: dict[Parameter, str]) -> dict[str, object]:
    properties: dict[str, object] = {}
    for parameter in kept:
        schema = parameter.schema
        if pen.chance(0.15):
            schema["description"] = f"the {parameter.names[0]}"
        properties[names[parameter]] = schema
    required = [names[p] for p in kept if p.required]
    return {"type": "object", "properties": properties, "required": required}


def _phrased(pen: Pen, parameter: Parameter, value: str) -> tuple[str, str]:
    """The value of an optional parameter, and how the request says it."""
    phrase = pen.rng.choice(parameter.phrases)
    phrase, _, meant = phrase.partition(" => ")
    return meant or value, phrase.replace("{}", value.replace(" | ", " and "))


def _with(request: str, phrase: str) -> str:
    """A request with one thing more."""
    end = request[-1] if request[-1] in ".?!" else ""
    return f"{request[: len(request) - len(end)]}, {phrase}{end}"


def _typed(kind: str, text: str) -> object:
    """A value as JSON has it."""
    if kind == "integer":
        return int(text.replace(",", ""))
    if kind == "number":
        amount = float(text.replace(",", ""))
        return int(amount) if amount.is_integer() else amount
    if kind == "boolean":
        return text in ("true", "on")
    return text.split(" | ") if kind == "array" else text


def _named(text: str, noun: str, space: str = " ") -> str:
    """A text with the noun that a verb is used with."""
    many = plural(noun).replace(" ", space) if noun else ""
    one = noun.replace(" ", space)
    if noun[:1] in tuple("aeiou"):
        text = text.replace(" a ~noun", " an ~noun")
    text = text.replace("~nouns", many).replace("~noun", one)
    return text.replace("~Noun", one[:1].upper() + one[1:])


def _styled(name: str, style: str) -> str:
    """A name as programmers write names."""
    if style == "camel":
        first, *rest = name.split("_")
        return first + "".join(part.capitalize() for part in rest)
    return name.replace("_", "-") if style == "dash" else name
