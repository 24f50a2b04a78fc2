"""An answer that is held to a schema is valid JSON against it, wherever it is cut."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leopard_tools.engine.grammar import GrammarConstraint
from leopard_tools.engine.tokenizer import Tokenizer
from leopard_tools.errors import SchemaUnsupported
from leopard_tools.variants.embedded import prepare

from .sentencepiece import sentencepiece

END = 2
Json = dict[str, Any]

INVOICE: Json = {
    "type": "object",
    "properties": {
        "vendor": {"type": "string"},
        "total": {"type": "number", "minimum": 0},
        "due": {"type": "string", "format": "date"},
        "currency": {"enum": ["EUR", "USD", None]},
        "items": {"type": "array", "items": {"$ref": "#/$defs/item"}, "maxItems": 3},
    },
    "required": ["vendor", "total", "due", "currency", "items"],
    "$defs": {
        "item": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
                "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
            "required": ["name"],
        }
    },
}
# A recursion whose first alternative never ends by itself.
SUM: Json = {
    "$ref": "#/$defs/sum",
    "$defs": {
        "sum": {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {
                        "is": {"const": "add"},
                        "left": {"$ref": "#/$defs/sum"},
                        "right": {"$ref": "#/$defs/sum"},
                    },
                    "required": ["is", "left", "right"],
                },
                {
                    "type": "object",
                    "properties": {"is": {"const": "value"}, "value": {"type": "number"}},
                    "required": ["is", "value"],
                },
            ]
        }
    },
}


@pytest.fixture(scope="module")
def nano_tokenizer() -> Tokenizer:
    return Tokenizer(prepare().tokenizer)


@pytest.fixture(scope="module", params=["byte-level", "SentencePiece"])
def tokenizer(
    request: pytest.FixtureRequest,
    nano_tokenizer: Tokenizer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Tokenizer:
    if request.param == "SentencePiece":
        return sentencepiece(tmp_path_factory.mktemp("pieces"))
    return nano_tokenizer


def answer(tokenizer: Tokenizer, schema: Json, chance: random.Random, tokens: int) -> Iterator[str]:
    """A random answer as it would stand if it were cut after 0, 1, 2 … tokens."""
    held = GrammarConstraint(schema, tokenizer, [END])
    ids: list[int] = []
    while True:
        yield tokenizer.decode([*ids, *held.close()])
        allowed = held.allowed().tolist()
        # The shortest tokens come about as often as all others: closers and digits are short.
        short = [i for i in allowed if len(tokenizer.token_bytes[i] or b"") == 1]
        token = chance.choice(short if short and chance.random() < 0.5 else allowed)
        held.advance(token)
        if token == END or len(ids) == tokens:
            return
        ids.append(token)


def leaves() -> st.SearchStrategy[Json]:
    bounds = st.tuples(st.integers(-20, 20), st.integers(0, 30))
    return st.one_of(
        st.sampled_from(
            [
                {"type": "string"},
                {"type": "boolean"},
                {"type": "null"},
                {"type": "number"},
                {"type": ["string", "null"]},
                {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
                {"type": "string", "pattern": "[0-9]{3}"},
                {"type": "string", "pattern": "^(ab|c)*d$", "maxLength": 20},
                {"type": "string", "pattern": r"^[^ ]+ [^ ]+ \d{2} [A-Za-z]+ [^ ]+$"},
                {"type": "string", "minLength": 4, "maxLength": 9},
                {"type": "string", "format": "date-time"},
                {"type": "number", "exclusiveMinimum": 0, "maximum": 0.001},
                {"type": "number", "multipleOf": 0.25},
                {"const": 'a "b" \\ é🙂\n'},
            ]
        ),
        bounds.map(lambda b: {"type": "integer", "minimum": b[0], "maximum": b[0] + b[1]}),
        st.lists(st.sampled_from(["one", "on", "two", 3, 3.5, None, True]), min_size=1).map(
            lambda values: {"enum": values}
        ),
    )


def schemas() -> st.SearchStrategy[Json]:
    def grown(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
        names = st.sampled_from(["a", "b c", "é", 'quo"te', "total", "items"])
        objects = st.tuples(st.dictionaries(names, inner, max_size=4), st.randoms()).map(
            lambda o: {
                "type": "object",
                "properties": o[0],
                "required": [name for name in o[0] if o[1].random() < 0.6],
            }
        )
        lists = st.tuples(inner, st.integers(0, 2), st.integers(0, 2)).map(
            lambda a: {"type": "array", "items": a[0], "minItems": a[1], "maxItems": a[1] + a[2]}
        )
        either = st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"anyOf": parts})
        return st.one_of(objects, lists, either)

    return st.recursive(leaves(), grown, max_leaves=8)


@given(schemas(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_an_answer_is_valid_wherever_it_is_cut(
    tokenizer: Tokenizer, schema: Json, chance: random.Random
) -> None:
    check = jsonschema.Draft202012Validator(schema)
    for text in answer(tokenizer, schema, chance, tokens=40):
        check.validate(json.loads(text))


ESSAY: Json = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "minLength": 1500, "maxLength": 1503},
        "code": {"type": "string", "pattern": "^[a-z-]{40}[0-9]$"},
    },
    "required": ["text", "code"],
}
"""Texts that are cut long before they may end."""
WORDS: Json = {"type": "string", "pattern": "^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+$"}
"""A text of which much is missing wherever it is cut, and be it within a character."""


@pytest.mark.parametrize(
    "schema", [INVOICE, SUM, ESSAY, WORDS], ids=["invoice", "sum", "essay", "words"]
)
@pytest.mark.parametrize("seed", range(3))
def test_long_and_recursive_answers_are_valid_wherever_they_are_cut(
    tokenizer: Tokenizer, schema: Json, seed: int
) -> None:
    check = jsonschema.Draft202012Validator(schema)
    texts = list(answer(tokenizer, schema, random.Random(seed), tokens=100))
    assert len(texts) > 5
    for text in texts:
        check.validate(json.loads(text))


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"^\S+@\S+\.\S+$", "joe@a"),
        (r"^\W+\D+\d$", "-"),
        (r"^\S+ \S+ \S+$", "q r"),
        # Too many letters are missing for a search that goes from each to the next.
        (r"^\S+ \S+ \S+ \S+ \S+$", "q r"),
        (r"^[a-z]+ [a-z]+ [a-z]+ [a-z]+ [a-z]+$", "q r"),
    ],
)
def test_a_pattern_of_several_parts_is_completed_from_any_of_them(
    tokenizer: Tokenizer, pattern: str, said: str
) -> None:
    schema = {"type": "array", "items": {"type": "string", "pattern": pattern}}
    held = GrammarConstraint(schema, tokenizer, [END])
    ids = tokenizer.encode(f'["{said}')
    for token in ids:
        assert token in held.allowed().tolist()
        held.advance(token)
    text = tokenizer.decode([*ids, *held.close()])
    jsonschema.validate(json.loads(text), schema)
    assert len(text) < 30


@given(schemas(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_forced_tokens_are_those_that_would_come_one_by_one(
    tokenizer: Tokenizer, schema: Json, chance: random.Random
) -> None:
    held = GrammarConstraint(schema, tokenizer, [END])
    for _ in range(40):
        forced = held.forced()
        for token in forced:
            assert held.allowed().tolist() == [token]
            held.advance(token)
        token = chance.choice(held.allowed().tolist())
        held.advance(token)
        if token == END:
            assert held.allowed().tolist() == [END]
            return


def test_what_a_schema_fixes_is_forced_in_the_tokenizers_own_tokens(
    nano_tokenizer: Tokenizer,
) -> None:
    tokenizer = nano_tokenizer
    held = GrammarConstraint(INVOICE, tokenizer, [END])
    begun = held.forced()
    assert begun == tokenizer.encode('{"vendor": "')[: len(begun)]
    for token in tokenizer.encode('{"vendor": "Nordwind", "total": 12'):
        assert token in held.allowed().tolist()
        held.advance(token)
    held.advance(tokenizer.encode(",")[0])
    assert tokenizer.decode(held.forced()).startswith(' "due": "')


def test_an_answer_has_the_form_that_json_dumps_gives(tokenizer: Tokenizer) -> None:
    schema = {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}
    texts = list(answer(tokenizer, schema, random.Random(1), tokens=60))
    assert all(
        json.dumps(json.loads(text)).replace("-0", "0") == text.replace("-0", "0") for text in texts
    )


def test_no_field_is_invented_where_the_fields_are_listed(tokenizer: Tokenizer) -> None:
    for seed in range(10):
        schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
        *_, last = answer(tokenizer, schema, random.Random(seed), tokens=30)
        assert set(json.loads(last)) <= {"a"}


def accepts(tokenizer: Tokenizer, schema: Json, text: str) -> bool:
    held = GrammarConstraint(schema, tokenizer, [END])
    for token in tokenizer.encode(text):
        if token not in held.allowed().tolist():
            return False
        held.advance(token)
    return END in held.allowed().tolist()


@pytest.mark.parametrize(
    "name", ["total", "a b", "é", "日本", 'quo"te', "back\\slash", "^]-", "new\nline", "", "x" * 90]
)
def test_a_further_property_has_no_listed_name_however_it_is_written(
    nano_tokenizer: Tokenizer, name: str
) -> None:
    schema: Json = {
        "type": "object",
        "properties": {name: {"type": "string"}, "to": {"type": "string"}},
        "additionalProperties": {"type": "integer"},
    }
    written = json.dumps(name, ensure_ascii=False)
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in name)
    for text, valid in (
        (f'{{{written}: "x"}}', True),
        (f"{{{written}: 5}}", False),
        (f'{{"{escaped}": 5}}', False),
        (f'{{{written}: "x", "{escaped}": 5}}', False),
        (f'{{{written}: "x", "t": 5, "totals": 6, "é b": 7, "a\\\\\\"b\\n": 8}}', True),
    ):
        assert accepts(nano_tokenizer, schema, text) == valid, text


def test_no_name_escapes_a_pattern_of_names(nano_tokenizer: Tokenizer) -> None:
    schema: Json = {"type": "object", "patternProperties": {"^a": {"type": "integer"}}}
    assert accepts(nano_tokenizer, schema, '{"ab": 5}')
    assert not accepts(nano_tokenizer, schema, r'{"\u0061b": "x"}')
    with pytest.raises(SchemaUnsupported, match="additionalProperties beside patternProperties"):
        GrammarConstraint(
            {**schema, "additionalProperties": {"type": "string"}}, nano_tokenizer, [END]
        )


@pytest.mark.parametrize(
    ("names", "name", "valid"),
    [
        ({"enum": ["a", "b"]}, "b", True),
        ({"enum": ["a", "b"]}, "c", False),
        ({"type": "string", "pattern": "^x-"}, "x-1", True),
        ({"type": "string", "pattern": "^x-"}, "y-1", False),
        ({"format": "date"}, "2026-02-28", True),
        ({"format": "date"}, "2026-02-30", False),
        ({"maxLength": 2}, "ab", True),
        ({"maxLength": 2}, "abc", False),
        ({"$ref": "#/$defs/coin"}, "EUR", True),
        ({"$ref": "#/$defs/coin"}, "DM", False),
    ],
)
def test_names_are_held_to_what_property_names_says(
    nano_tokenizer: Tokenizer, names: Json, name: str, valid: bool
) -> None:
    schema = {"type": "object", "propertyNames": names, "additionalProperties": {"type": "integer"}}
    schema["$defs"] = {"coin": {"title": "Coin", "type": "string", "enum": ["EUR", "USD"]}}
    assert accepts(nano_tokenizer, schema, json.dumps({name: 5})) == valid
    assert not accepts(nano_tokenizer, schema, json.dumps({name: "x"}))


@pytest.mark.parametrize(
    ("bounds", "value", "valid"),
    [
        ({"minimum": 5, "exclusiveMinimum": True}, 5, False),
        ({"minimum": 5, "maximum": 6, "exclusiveMinimum": True}, 5, False),
        ({"minimum": 5, "maximum": 6, "exclusiveMinimum": True}, 6, True),
        ({"minimum": 0, "maximum": 1, "exclusiveMinimum": False}, 0, True),
        ({"minimum": 0, "maximum": 1, "exclusiveMaximum": True}, 1, False),
        ({"maximum": 0.5, "exclusiveMaximum": False}, 0.5, True),
    ],
)
def test_a_bound_may_be_exclusive_as_draft_4_says_it(
    nano_tokenizer: Tokenizer, bounds: Json, value: float, valid: bool
) -> None:
    schema = {"type": "number", **bounds}
    assert jsonschema.Draft4Validator(schema).is_valid(value) == valid
    assert accepts(nano_tokenizer, schema, json.dumps(value)) == valid


def test_a_schema_whose_parts_are_put_together_is_met(tokenizer: Tokenizer) -> None:
    named = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    dated = {"type": "object", "properties": {"b": {"type": "boolean"}}, "required": ["b"]}
    *_, last = answer(tokenizer, {"allOf": [named, dated]}, random.Random(0), tokens=3)
    assert {"a", "b"} <= set(json.loads(last))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "boolean"}, "uniqueItems": False},
        {"type": "object", "propertyNames": {"type": "string"}, "additionalProperties": {}},
    ],
    ids=str,
)
def test_a_keyword_that_says_nothing_keeps_nobody_from_answering(
    schema: Json, tokenizer: Tokenizer
) -> None:
    held = GrammarConstraint(schema, tokenizer, [END])
    jsonschema.validate(json.loads(tokenizer.decode(held.close())), schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"enum": []},
        {"type": "string", "minLength": 5, "maxLength": 2},
        {"type": "integer", "minimum": 5, "maximum": 3},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "object", "properties": {"a": False}, "required": ["a"]},
        {"$ref": "#"},
        {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
        {"type": "array", "items": {"$ref": "#"}, "minItems": 1},
        {"not": {"type": "string"}},
        {"type": "array", "uniqueItems": True},
        {"type": "object", "minProperties": 2},
        {"type": "string", "pattern": "^(?!a)"},
        {"type": "string", "pattern": "["},
        {"type": "string", "minLength": 10**9},
        {"type": "array", "minItems": 10**9},
        {"type": "string", "format": "no such format"},
        {"$ref": "http://example.com/schema"},
        {"$ref": "#/$defs/none"},
        {"type": "nonsense"},
        {"description": "x" * 300_000},
        {"const": {1, 2}},
        # An object with "a" and "b" is valid against both, so against neither oneOf.
        {
            "oneOf": [
                {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a", "b"]},
                {"type": "object", "properties": {"a": {}}, "required": ["a"]},
            ]
        },
    ],
    ids=lambda schema: str(schema)[:60],
)
def test_a_schema_that_cannot_be_held_is_refused_at_once(
    nano_tokenizer: Tokenizer, schema: Json
) -> None:
    with pytest.raises(SchemaUnsupported):
        GrammarConstraint(schema, nano_tokenizer, [END])


def test_a_schema_nested_without_measure_is_refused(tokenizer: Tokenizer) -> None:
    schema: Json = {"type": "string"}
    for _ in range(20_000):
        schema = {"type": "array", "items": schema}
    with pytest.raises(SchemaUnsupported):
        GrammarConstraint(schema, tokenizer, [END])
