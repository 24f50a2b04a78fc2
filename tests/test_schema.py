"""A schema says how a question asks for it, what may be chosen, and reads the answer back."""

from __future__ import annotations

import datetime
import enum
import json
import random
import sys
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Interface
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic.dataclasses
import pytest
from pydantic import (
    UUID4,
    AliasChoices,
    AliasPath,
    AwareDatetime,
    Base64Bytes,
    Base64Str,
    Base64UrlStr,
    BaseModel,
    ByteSize,
    Field,
    FiniteFloat,
    FutureDate,
    HttpUrl,
    Json,
    NaiveDatetime,
    PastDate,
    PastDatetime,
    PostgresDsn,
    field_validator,
)
from typing_extensions import TypedDict

from leopard_tools.engine.grammar import GrammarConstraint
from leopard_tools.engine.tokenizer import Tokenizer
from leopard_tools.errors import MissingDependency, SchemaUnsupported
from leopard_tools.schema import Schema
from leopard_tools.variants.embedded import prepare

END = 2


class Currency(enum.Enum):
    EUR = "EUR"
    USD = "USD"


class Item(BaseModel):
    name: str
    price: Decimal = Field(ge=0)
    note: str | None = None


class Invoice(BaseModel):
    vendor: str = Field(pattern="^[A-Z][a-z]+$")
    due: datetime.date
    sent: datetime.datetime
    paid: bool
    currency: Currency
    kind: Literal["offer", "bill"]
    items: list[Item] = Field(min_length=1, max_length=3)
    tags: dict[str, int]
    pair: tuple[int, str]


class Node(BaseModel):
    value: int
    children: list[Node] = []


class Index(BaseModel):
    key: UUID4
    words: set[str]
    kinds: frozenset[Literal["offer", "bill"]]
    pages: dict[int, str] = Field(min_length=1)


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Inside(BaseModel):
    first: int = Field(validation_alias=AliasPath("values", 0))


@pydantic.dataclasses.dataclass
class InsidePoint:
    x: int = Field(default=0, validation_alias=AliasPath("at", "x"))


class Renamed(BaseModel):
    one: int = Field(validation_alias=AliasChoices(AliasPath("values", 0), "first"))
    two: int = Field(alias="second")


Price = Annotated[Decimal, Field(max_digits=5, decimal_places=2)]
Share = Annotated[Decimal, Field(max_digits=3, ge=0)]


@dataclass
class Point:
    x: int
    y: int = 0


class Named(TypedDict):
    name: str


@pytest.mark.parametrize(
    ("schema", "instruction"),
    [
        (
            {
                "type": "object",
                "properties": {
                    "vendor": {"type": "string"},
                    "total": {"type": "number"},
                    "items": {"type": "array", "items": {"type": "string"}},
                },
            },
            'Answer with a JSON object: {"vendor": <string>, "total": <number>, '
            '"items": [<string>]}',
        ),
        (
            Invoice,
            'Answer with a JSON object: {"vendor": <string>, "due": <YYYY-MM-DD>, '
            '"sent": <string>, "paid": true or false, "currency": "EUR" or "USD", '
            '"kind": "offer" or "bill", "items": [{"name": <string>, "price": <number>, '
            '"note": <string or null>}], "tags": {<name>: <integer>}, '
            '"pair": [<integer>, <string>]}',
        ),
        (Node, 'Answer with a JSON object: {"value": <integer>, "children": [<object>]}'),
        (Point, 'Answer with a JSON object: {"x": <integer>, "y": <integer>}'),
        (Named, 'Answer with a JSON object: {"name": <string>}'),
        (list[int], "Answer with a JSON list: [<integer>]"),
        (Point | None, 'Answer with a JSON value: {"x": <integer>, "y": <integer>} or null'),
        ({"type": ["string", "null"]}, "Answer with a JSON value: <string or null>"),
        ({}, "Answer with a JSON value: <value>"),
        (Currency, "Answer with one of: EUR, USD."),
        (bool, "Answer with one of: true, false."),
        (dict[int, str], "Answer with a JSON object: {<name>: <string>}"),
        (set[int], "Answer with a JSON list: [<integer>]"),
        (dict[Currency, int], 'Answer with a JSON object: {"EUR": <integer>, "USD": <integer>}'),
    ],
    ids=str,
)
def test_the_instruction_shows_what_to_write(schema: object, instruction: str) -> None:
    assert Schema.of(schema).instruction == instruction


def test_a_long_instruction_names_what_it_does_not_show() -> None:
    inner = {"type": "object", "properties": {f"field {i}": {"type": "string"} for i in range(50)}}
    schema = Schema.of({"type": "object", "properties": {"a": inner, "b": {"type": "integer"}}})
    assert schema.instruction == 'Answer with a JSON object: {"a": <object>, "b": <integer>}'
    wide = Schema.of({"properties": {f"field {i}": {"type": "string"} for i in range(500)}})
    assert wide.instruction.startswith('Answer with a JSON object: {"field 0": <string>, ')
    assert wide.instruction.endswith("<string>, …") and len(wide.instruction) < 1100
    many = Schema.of({"enum": [f"value {i}" for i in range(1000)]})
    assert many.instruction.startswith("Answer with one of: value 0, value 1,")
    assert many.instruction.endswith(", ….") and len(many.instruction) < 1100
    field = Schema.of({"type": "object", "properties": {"a": {"enum": list(range(100))}}})
    assert "10 or 11 or …}" in field.instruction


def test_a_schema_that_refers_to_itself_is_shown_once() -> None:
    tree = {"anyOf": [{"$ref": "#"}, {"type": "array", "items": {"$ref": "#"}}]}
    assert Schema.of(tree).instruction.startswith("Answer with a JSON ")
    # 2 to the 60 paths lead to its end.
    levels = {
        f"level{n}": {"anyOf": [{"$ref": f"#/$defs/level{n + 1}"}] * 2} for n in range(60)
    } | {"level60": {"type": "string"}}
    many = Schema.of({"$ref": "#/$defs/level0", "$defs": levels})
    assert many.instruction == "Answer with a JSON value: <string>"


@pytest.mark.parametrize(
    ("schema", "choices", "texts"),
    [
        ({"enum": ["a", "b", 1, None]}, ("a", "b", 1, None), ("a", "b", "1", "null")),
        ({"title": "T", "type": "string", "enum": ["a", 1]}, ("a",), ("a",)),
        ({"enum": [1, "1", True]}, (1, "1", True), ("1", '"1"', "true")),
        ({"const": {"a": 1}}, ({"a": 1},), ('{"a": 1}',)),
        ({"$ref": "#/$defs/c", "$defs": {"c": {"enum": ["x"]}}}, ("x",), ("x",)),
        (Currency, ("EUR", "USD"), ("EUR", "USD")),
        (Literal["a", "b"] | None, ("a", "b", None), ("a", "b", "null")),
        ({"oneOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}, ("a", "c"), ("a", "c")),
        ({"anyOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}, tuple("abc"), tuple("abc")),
        (
            {"$ref": "#/$defs/c", "type": "string", "$defs": {"c": {"enum": [1, "x"]}}},
            ("x",),
            ("x",),
        ),
        ({"type": "boolean"}, (True, False), ("true", "false")),
        ({"type": "string"}, None, ()),
        ({"enum": ["a", "bc"], "minLength": 2}, None, ()),
        ({"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, None, ()),
        (Invoice, None, ()),
    ],
    ids=str,
)
def test_choices_are_found_where_a_schema_only_lists_values(
    schema: object, choices: tuple[object, ...] | None, texts: tuple[str, ...]
) -> None:
    found = Schema.of(schema)
    assert (found.choices, found.choice_texts) == (choices, texts)
    for value, text in zip(choices or (), texts, strict=True):
        parsed = found.parse(text)
        assert (parsed.value if isinstance(parsed, Currency) else parsed) == value


def test_a_model_reads_its_own_answers() -> None:
    text = '{"name": "x", "price": 12.50, "note": null}'
    assert Schema.of(Item).parse(text) == Item(name="x", price=Decimal("12.50"))
    assert Schema.of(Item.model_json_schema()).parse(text) == json.loads(text)
    assert Schema.of(Point).parse('{"x": 1}') == Point(1)
    assert Schema.of(list[Currency]).parse('["EUR"]') == [Currency.EUR]
    assert Schema.of(set[int]).parse("[1, 1, 2]") == {1, 2}
    assert Schema.of(dict[int, str]).parse('{"-3": "x"}') == {-3: "x"}


@pytest.mark.parametrize(
    "model",
    [
        *(Invoice, Node, Item, Point, Named, list[int], Index, dict[int, list[str]]),
        tuple[NaiveDatetime, AwareDatetime, FiniteFloat],
        Annotated[dict[datetime.date, HttpUrl], Field(min_length=1)],
        dict[bool, Price],
        dict[Currency, PastDate],
        dict[Literal["a", "b"], FutureDate],
        dict[Level, Share],
        Annotated[dict[IPv4Address, IPv4Network], Field(min_length=1)],
        Annotated[dict[Decimal, Base64Bytes], Field(min_length=1)],
        tuple[IPv6Interface, PostgresDsn, Annotated[bytes, Field(max_length=3)]],
        tuple[ByteSize, ByteSize],
        tuple[Base64Str, Base64UrlStr],
        list[datetime.timedelta],
        Renamed,
    ],
    ids=str,
)
def test_whatever_the_grammar_lets_through_is_read(model: Any) -> None:
    schema, tokenizer = Schema.of(model), Tokenizer(prepare().tokenizer)
    for seed in range(5):
        held = GrammarConstraint(schema.json_schema, tokenizer, [END])
        chance = random.Random(seed)
        ids: list[int] = []
        for _ in range(60):
            allowed = held.allowed().tolist()
            short = [i for i in allowed if len(tokenizer.token_bytes[i] or b"") == 1]
            token = chance.choice(short if short and chance.random() < 0.7 else allowed)
            held.advance(token)
            if token == END:
                break
            ids.append(token)
        schema.parse(tokenizer.decode([*ids, *held.close()]))


@pytest.mark.parametrize(
    "schema",
    [
        {"enum": []},
        {"type": "string", "enum": [1]},
        {"const": {1}},
        {"oneOf": [{"enum": ["a"]}, {"enum": ["a"]}]},
        {"$ref": "#/$defs/x"},
        5,
        print,
        '{"type": "object"}',
        b"{}",
    ],
    ids=str,
)
def test_what_allows_nothing_or_is_no_schema_is_refused(schema: object) -> None:
    with pytest.raises(SchemaUnsupported):
        Schema.of(schema)


@pytest.mark.parametrize(
    "kind",
    [
        Json[list[int]],
        PastDatetime,
        complex,
        type[Item],
        dict[None, int],
        dict[Literal[1, 2], int],
        dict[tuple[int, int], str],
        Annotated[datetime.timedelta, Field(gt=datetime.timedelta(0))],
        Inside,
        list[InsidePoint],
    ],
    ids=str,
)
def test_a_type_with_rules_that_no_answer_can_be_held_to_names_another(kind: object) -> None:
    with pytest.raises(SchemaUnsupported, match=r"^No answer can be held to .* Ask for \w"):
        Schema.of(kind)


def test_a_duration_is_no_longer_than_a_timedelta_can_be() -> None:
    schema, tokenizer = Schema.of(datetime.timedelta), Tokenizer(prepare().tokenizer)
    for text, valid in (
        ("P999999DT999999H9M9S", True),
        ("PT90M", True),
        ("P3W", True),
        ("P9999999999D", False),
        ("P5DT654689564400H", False),
    ):
        held = GrammarConstraint(schema.json_schema, tokenizer, [END])
        ids, said = tokenizer.encode(f'"{text}"'), 0
        while said < len(ids) and ids[said] in held.allowed().tolist():
            held.advance(ids[said])
            said += 1
        assert (said == len(ids)) == valid
        if valid:
            assert isinstance(schema.parse(f'"{text}"'), datetime.timedelta)


def test_a_schema_that_is_text_is_not_run_as_python(tmp_path: Path) -> None:
    file = tmp_path / "written"
    with pytest.raises(SchemaUnsupported, match=r"json\.loads"):
        Schema.of(f"open({str(file)!r}, 'w') and None")
    assert not file.exists()


def test_a_rule_that_the_schema_does_not_say_is_named_when_it_is_broken() -> None:
    class Even(BaseModel):
        n: int

        @field_validator("n")
        @classmethod
        def check(cls, n: int) -> int:
            if n % 2:
                raise ValueError("odd")
            return n

    with pytest.raises(SchemaUnsupported, match="rules that no JSON schema says"):
        Schema.of(Even).parse('{"n": 3}')


def test_a_json_schema_needs_no_pydantic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic", None)
    assert Schema.of({"type": "integer"}).parse("3") == 3
    with pytest.raises(MissingDependency, match="pip install pydantic"):
        Schema.of(list[int])
