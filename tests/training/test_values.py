"""Conversations with other values still say the same: what is copied stands where it is copied."""

from __future__ import annotations

import json
from random import Random

import pytest

from leopard_tools.training.samples import Pen
from leopard_tools.training.written.conversations import WrittenTools, WrittenTurn
from leopard_tools.training.written.stock import written_tools
from leopard_tools.training.written.values import gather, revalued, sort_of
from leopard_tools.types import Tool, ToolCall

SCHEMA = {"type": "object", "properties": {"to": {"type": "string"}, "tone": {"enum": ["Warm"]}}}
TOOLS = WrittenTools("post", [Tool("send", "Sends a note", SCHEMA)])
POOL = {
    ("to", "name 0"): ("Amaru", "Brita", "Chidi", "Dov", "Elif"),
    ("", "mail"): ("a@b.org", "c@d.se", "e@f.pl", "g@h.it"),
}


def turns(asked: tuple[str, ...], arguments: dict[str, object], *, said: str) -> list[WrittenTurn]:
    return [
        WrittenTurn("U", asked),
        WrittenTurn("C", calls=(ToolCall("send", arguments),)),
        WrittenTurn("T", (json.dumps({"sent": arguments["to"]}),)),
        WrittenTurn("A", (said,)),
    ]


def test_a_value_is_another_one_wherever_it_is_said() -> None:
    asked = ("Send 4411-KX to Okonjo, warmly", "okonjo gets 4411-KX, warm please")
    told = turns(asked, {"to": "Okonjo", "note": "4411-KX", "tone": "Warm"}, said="Okonjo has it.")
    found = revalued(Pen(Random(1)), told, TOOLS, POOL)
    arguments = found[1].calls[0].arguments
    name, code = arguments["to"], arguments["note"]
    assert name in POOL["to", "name 0"] and code != "4411-KX" and len(str(code)) == 7
    # An enum's value is the tool's; the second wording has the name in other letters.
    assert arguments["tone"] == "Warm"
    assert found[0].phrasings == (f"Send {code} to {name}, warmly",)
    assert json.loads(found[2].phrasings[0]) == {"sent": name}
    assert found[3].phrasings == (f"{name} has it.",)


@pytest.mark.parametrize(
    ("asked", "arguments"),
    [
        ("Send it to my sister", {"to": "Amaru Quispe"}),
        ("Send it on 2024-05-03", {"to": "2024-05-03"}),
        ("Tell Okonjo, and later Okonjos wife", {"to": "Okonjo"}),
        ("Wake me at six", {"to": 6}),
        ("Be Warm", {"to": "Warm"}),
    ],
)
def test_what_is_inferred_dated_declined_or_the_tools_own_stays(
    asked: str, arguments: dict[str, object]
) -> None:
    told = turns((asked,), arguments, said="Done.")
    assert revalued(Pen(Random(1)), told, TOOLS, POOL) == told


def test_numbers_stay_numbers_and_addresses_addresses() -> None:
    told = turns(("Pay 1250 to ann@x.org",), {"to": "ann@x.org", "amount": 1250}, said="1250 paid.")
    found = revalued(Pen(Random(3)), told, TOOLS, POOL)
    arguments = found[1].calls[0].arguments
    assert arguments["to"] in POOL["", "mail"]
    assert isinstance(arguments["amount"], int) and 1000 <= arguments["amount"] <= 9999
    assert found[0].phrasings == (f"Pay {arguments['amount']} to {arguments['to']}",)


def test_what_was_written_stays_copied_and_calls_stay_valid() -> None:
    values = gather(written_tools(False))
    changed = 0
    for number, written in enumerate(written_tools(False)):
        for told in written.dialogues:
            found = revalued(Pen(Random(number)), told, written, values)
            if found == told:
                continue
            changed += 1
            before = "\n".join(text for turn in found for text in turn.phrasings)
            for old, new in zip(told, found, strict=True):
                assert len(old.calls) == len(new.calls) and bool(new.phrasings) == bool(
                    old.phrasings
                )
                for one, other in zip(old.calls, new.calls, strict=True):
                    for key, value in one.arguments.items():
                        now = other.arguments[key]
                        assert type(now) is type(value)
                        if now != value and isinstance(now, str):
                            assert now in before and sort_of(value)
    assert changed > 1500
