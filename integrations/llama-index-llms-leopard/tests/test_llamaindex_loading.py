"""How an LLM comes by its model, and how it is stored, copied and pickled."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import pytest
from llama_index.core.base.llms.types import ImageBlock
from llama_index.llms.leopard import (
    Leopard,
    LeopardEvidence,
    LeopardMultiModal,
    LeopardToolSpec,
)
from PIL import Image, ImageDraw, ImageFont

import leopard_tools
from leopard_tools.errors import EngineClosed, ImageTooLarge, LeopardError
from leopard_tools.images.limits import Limits
from leopard_tools.testing import ScriptedLeopard, tiny_checkpoint
from leopard_tools.toolbox import Access

QUESTION = "What is the home port of the Kittiwake?"


def test_a_shared_model_is_not_loaded_again(nano: leopard_tools.Leopard, llm: Leopard) -> None:
    assert llm.leopard is nano


def test_an_llm_loads_its_checkpoint_when_first_asked(kittiwake: ImageBlock) -> None:
    own = Leopard(device="cpu", max_tokens=8)
    assert own.to_payload()["model_name"] == "nano" and not own._named().loaded
    assert own.complete(QUESTION, [kittiwake]).text == "Oban"
    own.close()
    with pytest.raises(LeopardError, match="closed"):
        own.complete(QUESTION)


def test_a_checkpoint_whose_engine_failed_is_loaded_again(tmp_path: Path) -> None:
    own = Leopard(checkpoint=str(tiny_checkpoint(tmp_path)), max_tokens=2)
    first = own.leopard
    # As a fault does, which no test can bring about from outside.
    first._engine.close()
    assert own.complete("What?").raw["finish_reason"] and own.leopard is not first
    copied = copy.copy(own)
    own.close()
    for each in (own, copied):
        with pytest.raises(EngineClosed):
            each.complete("What?")


def test_an_llm_that_was_closed_before_its_first_question_loads_nothing() -> None:
    own = Leopard()
    own.close()
    with pytest.raises(EngineClosed, match="closed"):
        own.complete("What?")
    assert not own._named().loaded


def test_tools_read_with_the_reader_of_the_llm(tmp_path: Path) -> None:
    picture = Image.new("RGB", (300, 60), "white")
    ImageDraw.Draw(picture).text((20, 15), "Harbour fee", "black", ImageFont.load_default(24))
    picture.save(tmp_path / "fee.png")
    own = Leopard(checkpoint=str(tiny_checkpoint(tmp_path / "tiny")), device="cpu")
    spec = LeopardToolSpec(own, access=Access(roots=[tmp_path]))
    assert "Harbour fee" in spec.read(["fee.png"]).text and not own._named().loaded
    before = own.source.reader
    assert before.figures.pictures.entries == 1
    assert own.leopard.reader is own.source.reader is before
    own.close()


def test_tools_keep_to_their_limits_or_the_llms(data: Path) -> None:
    access = Access(roots=[data])
    with ScriptedLeopard([], limits=Limits(pages=2)) as strict:
        for spec in (
            LeopardToolSpec(Leopard(strict), access=access),
            LeopardToolSpec(Leopard(), access=access, limits=Limits(pages=2)),
        ):
            with pytest.raises(ImageTooLarge, match="2 pages"):
                spec.slides_open("deck.pdf")


def test_a_setting_by_another_name_is_taken_or_refused_and_never_dropped(tmp_path: Path) -> None:
    assert Leopard(model="elsewhere").checkpoint == "elsewhere"
    for wrong, said in (
        ({"temprature": 0.7}, "temprature: no such setting"),
        ({"model": "a", "checkpoint": "b"}, "the same"),
        ({"leopard": "wyu1/Leopard-Idefics2"}, r"Leopard\(checkpoint=…\)"),
    ):
        with pytest.raises(LeopardError, match=said):
            Leopard(**wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_a_schema_for_answers_is_written_if_it_is_json() -> None:
    schema = {"enum": ["YES", "NO"]}
    stored = json.loads(json.dumps(Leopard(answer_schema=schema).to_dict()))
    assert Leopard.from_dict(stored).answer_schema == schema
    with pytest.raises(LeopardError, match="as a JSON schema"):
        Leopard(answer_schema=bool).to_dict()


def test_settings_can_be_stored_and_brought_back() -> None:
    stored = Leopard(max_tokens=7, cite=True, device="cpu").to_dict()
    assert json.loads(json.dumps(stored)) == stored and stored["class_name"] == "leopard_llm"
    back = Leopard.from_dict(stored)
    assert (back.max_tokens, back.cite, back.device) == (7, True, "cpu")


def test_an_llm_with_a_given_model_is_neither_written_nor_pickled(
    nano: leopard_tools.Leopard,
) -> None:
    given = Leopard(nano)
    for each in (given, LeopardMultiModal(nano), LeopardEvidence(llm=given)):
        with pytest.raises(LeopardError, match="cannot be pickled: its model lives in this"):
            pickle.dumps(each)
        for write in (each.to_dict, each.to_json):
            with pytest.raises(LeopardError, match=r"'nano .*cannot be written: .*checkpoint="):
                write()
    assert given.to_payload()["model_name"] == given.metadata.model_name == nano.model


def test_an_llm_with_a_checkpoint_is_pickled(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    loaded = Leopard(checkpoint=str(tiny_checkpoint(tmp_path)), max_tokens=2)
    before = loaded.leopard
    again = pickle.loads(pickle.dumps(loaded))
    assert again.complete("What?").raw["finish_reason"] and again.leopard is not before
    assert not caplog.records
    for each in (loaded, again):
        each.close()
    marking = LeopardEvidence(llm=Leopard(checkpoint="elsewhere", max_tokens=7), cited_only=True)
    back = pickle.loads(pickle.dumps(marking))
    assert (back.llm.checkpoint, back.llm.max_tokens, back.cited_only) == ("elsewhere", 7, True)


@pytest.mark.parametrize("kind", [Leopard, LeopardMultiModal])
def test_copies_answer_with_the_same_model(
    kind: type[Leopard], nano: leopard_tools.Leopard
) -> None:
    given = kind(nano)
    for made in (
        copy.copy(given),
        copy.deepcopy(given),
        given.model_copy(update={"seed": 1}, deep=True),
        copy.deepcopy(LeopardEvidence(llm=given)).llm,
    ):
        assert type(made) is kind and made is not given and made.leopard is nano


def test_an_llm_answers_with_the_checkpoint_that_it_names(
    nano: leopard_tools.Leopard, tmp_path: Path
) -> None:
    tiny = str(tiny_checkpoint(tmp_path))
    given = Leopard(nano, device="cpu")
    copied = given.model_copy(update={"checkpoint": tiny})
    assert copied.metadata.model_name == copied.to_payload()["model_name"] == tiny
    assert copied.leopard is copied.leopard is copy.deepcopy(copied).leopard
    assert given.leopard is nano
    before = copied.leopard
    copied.dtype = "float32"
    assert copied.leopard is not before
    assert copied.to_dict()["checkpoint"] == tiny
    given.checkpoint = tiny
    assert given.leopard.model == tiny
    for each in (before, copied, given):
        each.close()
