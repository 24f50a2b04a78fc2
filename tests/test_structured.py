"""Answers held to a schema, through the whole of Leopard: always valid, even when cut short."""

from __future__ import annotations

import asyncio
import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from leopard_tools import Leopard, LeopardError, Message
from leopard_tools.errors import SchemaUnsupported
from leopard_tools.testing import ScriptedLeopard
from leopard_tools.types import Tool, ToolCall


class Invoice(BaseModel):
    vendor: str
    number: str
    currency: Literal["EUR", "GBP", "USD"]
    lines: int = Field(ge=0, le=99)
    paid: bool


def test_a_model_comes_back_as_its_instance(nano: Leopard, data: Path) -> None:
    answer = nano.ask("Describe the invoice.", data / "scan.jpg", schema=Invoice, cite=True)
    assert isinstance(answer.parsed, Invoice)
    assert answer.parsed == Invoice.model_validate_json(answer.text)
    assert answer.to_dict()["parsed"] == answer.parsed.model_dump(mode="json")
    assert 0 < answer.confidence <= 1


@dataclass
class Deposit:
    bank: str
    day: datetime.date
    lines: list[Invoice]


def test_whatever_was_asked_for_turns_into_json() -> None:
    line = {"vendor": "A", "number": "1", "currency": "EUR", "lines": 1, "paid": True}
    said = json.dumps({"bank": "B", "day": "2026-01-02", "lines": [line]})
    answer = ScriptedLeopard([said]).ask("q", schema=Deposit)
    assert isinstance(answer.parsed, Deposit)
    assert json.loads(json.dumps(answer.to_dict()))["parsed"] == json.loads(said)


def test_calls_beside_a_schema_are_not_read_as_its_json_for_citations() -> None:
    leopard = ScriptedLeopard([[ToolCall("look", {})]])
    messages = [Message("user", ["hi"])]
    answer = leopard.chat(messages, tools=[Tool("look", "looks")], schema=Invoice, cite=True)
    assert answer.tool_calls == (ToolCall("look", {}),)


@pytest.mark.parametrize("name", ["nano", "llava", "idefics2"])
@pytest.mark.parametrize("tokens", [1, 3, 8, 20])
def test_an_answer_cut_short_is_still_valid(
    name: str, tokens: int, request: pytest.FixtureRequest
) -> None:
    leopard: Leopard = request.getfixturevalue(name)
    answer = leopard.ask("Say it.", schema=Invoice, max_tokens=tokens, temperature=1.2, seed=tokens)
    assert isinstance(answer.parsed, Invoice)


def test_what_the_schema_leaves_no_choice_about_is_not_computed(nano: Leopard) -> None:
    answer = nano.ask("Say it.", schema={"const": {"a": [1, 2, 3]}, "type": "object"})
    assert answer.parsed == {"a": [1, 2, 3]}
    schema = {
        "type": "object",
        "properties": {"the_only_long_key": {"enum": [True]}, "n": {"type": "integer"}},
        "required": ["the_only_long_key", "n"],
        "additionalProperties": False,
    }
    answer = nano.ask("Say it.", schema=schema, max_tokens=60)
    assert isinstance(answer.parsed, dict) and answer.parsed["the_only_long_key"] is True


def test_choices_are_scored_as_wholes(nano: Leopard) -> None:
    text = "Status: the pump is broken.\n\nIs the pump working?"
    values = ["it works", "it is broken", "not in the images"]
    # The schema's own instruction names the choices in their order; here the prompt stays the same.
    answer = nano.ask(text, schema={"enum": values}, instruction="")
    assert answer.parsed in values and answer.text == answer.parsed
    reversed_ = nano.ask(text, schema={"enum": values[::-1]}, instruction="")
    assert reversed_.parsed == answer.parsed
    assert reversed_.confidence == pytest.approx(answer.confidence, rel=1e-3)
    assert nano.ask(text, schema={"enum": ["yes"]}).confidence == pytest.approx(1.0)
    assert nano.ask(text, schema=bool).parsed in (True, False)


@pytest.mark.parametrize("values", [["yes", "no"], ["", "no"], ["yes", ""], [""]])
def test_the_confidence_of_a_choice_is_its_share_of_the_probability(
    nano: Leopard, values: list[str]
) -> None:
    """Against the product of next-token probabilities, computed one prompt at a time."""
    import torch

    text = "Is water wet?"
    answer = nano.ask(text, schema={"enum": values}, instruction="")
    tokenizer = nano._variant.tokenizer
    scores = []
    for value in values:
        task = nano._inquire(text, (), "", {})._encode(1)
        model = nano._variant.language_model
        from leopard_tools.engine.packing import PackedBatch

        ids = tokenizer.encode(value)
        with torch.inference_mode():
            rows = model.embed([*task.prompt.ids, *ids])
            hidden = model.forward(rows, PackedBatch([model.new_cache()], [len(rows)]))
            logs = model.logits(hidden)[len(task.prompt.ids) - 1 :].double().log_softmax(-1)
        (end,) = nano._variant.end_ids
        scores.append(sum(logs[i, t] for i, t in enumerate([*ids, end])))
    expected = torch.stack(scores).softmax(0)
    assert answer.parsed == values[int(expected.argmax())]
    assert answer.confidence == pytest.approx(float(expected.max()), rel=1e-4)
    assert answer.probability == answer.confidence


@pytest.mark.parametrize(
    "schema", [{"enum": []}, {"type": "string", "minLength": 3, "maxLength": 1}, {"not": {}}]
)
def test_what_cannot_be_met_is_refused_before_any_work(nano: Leopard, schema: object) -> None:
    with pytest.raises(SchemaUnsupported):
        nano.ask("Say it.", schema=schema)
    assert nano.ask("What is 1?", max_tokens=2).text is not None


def test_a_schema_and_verbatim_exclude_each_other(nano: Leopard) -> None:
    with pytest.raises(LeopardError, match="verbatim"):
        nano.ask("Say it.", schema=bool, verbatim=True)
    with pytest.raises(LeopardError, match="stop"):
        nano.ask("Say it.", schema=Invoice, stop="}")


def test_structured_requests_run_beside_plain_ones(nano: Leopard) -> None:
    async def ask_all() -> list[object]:
        return list(
            await asyncio.gather(
                nano.aask("Say it.", schema=Invoice, max_tokens=40),
                nano.aask("Is it?", schema=bool),
                nano.aask("What is 2 + 2?", max_tokens=5),
                nano.aask("Say it.", schema=Invoice, max_tokens=40),
            )
        )

    model, choice, plain, again = asyncio.run(ask_all())
    assert model.text == again.text  # type: ignore[attr-defined]
    assert isinstance(choice.parsed, bool)  # type: ignore[attr-defined]
    assert plain.parsed is None  # type: ignore[attr-defined]
