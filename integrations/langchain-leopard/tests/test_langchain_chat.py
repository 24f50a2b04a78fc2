"""ChatLeopard gives what the core gives, with LangChain's metadata, options and plumbing."""

from __future__ import annotations

import copy
import math
import pickle
from pathlib import Path
from typing import Any

import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import UsageMetadataCallbackHandler
from langchain_core.exceptions import ContextOverflowError
from langchain_core.load import dumps, loads
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, trim_messages
from langchain_core.rate_limiters import BaseRateLimiter
from langchain_core.runnables import ConfigurableField
from langchain_leopard import Access, ChatLeopard, OptionUnsupported, PromptTooLong
from langchain_places import DATA, TINY, printed_by
from PIL import Image
from pydantic import BaseModel, create_model

from leopard_tools import Leopard, LeopardError, Message
from leopard_tools.errors import (
    Cancelled,
    CheckpointNotFound,
    ContextTooLong,
    ImageInvalid,
    SourceForbidden,
)
from leopard_tools.testing import ScriptedLeopard

pytestmark = pytest.mark.anyio

SHIPS = "Kittiwake | Oban | 42 cars\nFulmar | Ullapool | 120 cars\nSula | Mallaig | 68 cars"
QUESTION = f"{SHIPS}\n\nWhere does the Fulmar sail from?\nAnswer with a single word or phrase."
# A checkpoint with random weights writes on until it is stopped.
RAMBLING: dict[str, Any] = {"temperature": 1.5, "seed": 3}


def test_an_answer_is_the_core_s_with_its_usage_and_metadata(
    chat: ChatLeopard, nano: Leopard
) -> None:
    expected = nano.chat([Message("user", [QUESTION])])
    found = chat.invoke(QUESTION)
    assert found.text == expected.text == "Ullapool"
    assert found.usage_metadata == {
        "input_tokens": expected.usage.prompt_tokens,
        "output_tokens": expected.usage.completion_tokens,
        "total_tokens": expected.usage.prompt_tokens + expected.usage.completion_tokens,
        "input_token_details": {"cache_read": expected.usage.prompt_tokens - 1},
    }
    told = found.response_metadata
    assert told["model_name"] == nano.model and told["model_provider"] == "leopard"
    assert told["finish_reason"] == "stop"
    assert told["confidence"] == pytest.approx(expected.confidence, abs=1e-3)
    assert told["probability"] == pytest.approx(expected.probability, abs=1e-3)


def test_a_stream_joins_to_the_answer_and_tells_its_metadata_once(chat: ChatLeopard) -> None:
    # What both begin with is kept, whatever came before: they tell how much that was.
    chat.invoke(QUESTION)
    chunks = list(chat.stream(QUESTION))
    assert "".join(chunk.text for chunk in chunks) == "Ullapool" and len(chunks) > 2
    told = [bool(chunk.usage_metadata or chunk.response_metadata) for chunk in chunks]
    assert told == [False] * (len(chunks) - 1) + [True]
    whole = sum(chunks[1:], chunks[0])
    once = chat.invoke(QUESTION)
    assert whole.usage_metadata == once.usage_metadata
    assert whole.response_metadata == once.response_metadata


async def test_asynchronous_calls_give_the_same(chat: ChatLeopard) -> None:
    assert (await chat.ainvoke(QUESTION)).text == "Ullapool"
    assert "".join([chunk.text async for chunk in chat.astream(QUESTION)]) == "Ullapool"
    assert [each.text for each in await chat.abatch([QUESTION] * 3)] == ["Ullapool"] * 3


def test_citations_of_pictures_are_in_the_metadata(nano: Leopard) -> None:
    chat = ChatLeopard(leopard=nano, verbatim=True)
    picture = {"type": "image", "url": str(DATA / "scan.jpg")}
    with pytest.raises(LeopardError):
        chat.invoke([HumanMessage([picture, "What is the due date?"])])
    from leopard_tools.toolbox import Access

    chat = ChatLeopard(leopard=nano, verbatim=True, access=Access(roots=[DATA]))
    found = chat.invoke([HumanMessage([picture, "What is the due date of the invoice?"])])
    [cited, *_] = found.response_metadata["citations"]
    assert found.text == cited["text"] == "2 October 2025"
    [place, *_] = nano.find("2 October 2025", DATA / "scan.jpg")
    left, top, width, height = cited["box"]
    assert abs(left - place.box.left) < 5 and abs(top - place.box.top) < 5
    assert width > 50 and height > 10
    assert cited["source"].endswith("scan.jpg") and cited["image"] == 0


def test_log_probabilities_are_given_on_request(chat: ChatLeopard) -> None:
    assert "logprobs" not in chat.invoke(QUESTION).response_metadata
    found = chat.invoke(QUESTION, logprobs=True)
    tokens = found.response_metadata["logprobs"]["content"]
    assert "".join(each["token"] for each in tokens) == "Ullapool"
    assert len(tokens) == found.usage_metadata["output_tokens"]
    # The probability counts the end of the answer too.
    product = math.exp(sum(each["logprob"] for each in tokens))
    assert 0 < found.response_metadata["probability"] <= product + 1e-4


def test_options_of_a_call_come_before_those_of_the_model(nano: Leopard) -> None:
    chat = ChatLeopard(leopard=nano, max_tokens=1, **RAMBLING)
    found = chat.invoke(QUESTION)
    assert found.usage_metadata["output_tokens"] == 1
    assert found.response_metadata["finish_reason"] == "length"
    assert chat.invoke(QUESTION, max_tokens=20, temperature=0).text == "Ullapool"
    assert chat.bind(temperature=0, max_tokens=20).invoke(QUESTION).text == "Ullapool"
    assert chat.invoke(QUESTION, max_tokens=20, temperature=0, stop=["pool"]).text == "Ulla"


def test_one_stop_may_be_given_as_it_is() -> None:
    scripted = ScriptedLeopard(["AND so it goes. END of it"] * 4)
    chat = ChatLeopard(leopard=scripted)
    found = [
        chat.invoke(QUESTION, stop="END"),
        chat.bind(stop="END").invoke(QUESTION),
        chat.model_copy(update={"stop": "END"}).invoke(QUESTION),
        ChatLeopard(leopard=scripted, stop="END").invoke(QUESTION),
    ]
    assert {each.text for each in found} == {"AND so it goes."}


def test_sampling_is_repeatable_with_a_seed(nano: Leopard) -> None:
    chat = ChatLeopard(leopard=nano, temperature=2.0, max_tokens=12)
    one, same, other = (chat.invoke("Tell me a story.", seed=seed).text for seed in (7, 7, 8))
    assert one == same != other


def test_arguments_that_do_not_exist_are_refused(chat: ChatLeopard) -> None:
    with pytest.raises(ValueError, match=r"'temprature'\. Did you mean temperature\?"):
        ChatLeopard(temprature=0.5)
    with pytest.raises(OptionUnsupported, match="'frequency_penalty'"):
        chat.invoke("Hello", frequency_penalty=1)
    with pytest.raises(LeopardError, match="temperature must be 0 or more"):
        chat.invoke("Hello", temperature=-1)


def test_what_does_not_fit_is_told_in_the_way_that_middleware_looks_for(
    chat: ChatLeopard,
) -> None:
    with pytest.raises(ContextOverflowError) as caught:
        chat.invoke("word " * 9000)
    assert isinstance(caught.value, PromptTooLong) and isinstance(caught.value, ContextTooLong)
    assert caught.value.needed > caught.value.limit == chat.profile["max_input_tokens"]


def test_a_timeout_ends_the_call() -> None:
    with Leopard.load(TINY, device="cpu") as tiny:
        chat = ChatLeopard(leopard=tiny, timeout=0.05, max_tokens=2000, **RAMBLING)
        with pytest.raises(Cancelled, match=r"timeout of 0\.05 s"):
            chat.invoke("What?")


def test_tokens_are_counted_exactly_pictures_included(chat: ChatLeopard) -> None:
    scan = {"type": "file", "base64": _base64("scan.jpg"), "mime_type": "image/jpeg"}
    messages = [SystemMessage("Be brief."), HumanMessage([scan, "What is it?"])]
    found = chat.invoke(messages)
    assert chat.get_num_tokens_from_messages(messages) == found.usage_metadata["input_tokens"]

    def look(at: str) -> str:
        """Looks."""
        return at

    called = chat.bind_tools([look]).invoke(messages)
    counted = chat.get_num_tokens_from_messages(messages, tools=[look])
    assert counted == called.usage_metadata["input_tokens"]
    assert chat.get_num_tokens("Ullapool") == len(chat.get_token_ids("Ullapool")) > 1


def test_a_history_is_trimmed_by_the_model_s_own_count(chat: ChatLeopard) -> None:
    history = [HumanMessage("one " * 50), AIMessage("two"), HumanMessage("three"), AIMessage("4")]
    most = chat.get_num_tokens_from_messages(history) - 10
    kept = trim_messages(history, max_tokens=most, token_counter=chat, strategy="last")
    assert kept == history[1:]


def test_answers_are_cached_by_what_they_depend_on(nano: Leopard) -> None:
    cache = InMemoryCache()
    chat = ChatLeopard(leopard=nano, cache=cache)
    first, again = chat.invoke(QUESTION), chat.invoke(QUESTION)
    assert again.usage_metadata["total_cost"] == 0 and again.text == first.text
    assert "total_cost" not in first.usage_metadata
    others: list[dict[str, Any]] = [
        {"max_tokens": 2},
        {"temperature": 0.5, "seed": 1},
        {"top_p": 0.5},
        {"stop": ["x"]},
        {"response_format": {"type": "json_object"}},
    ]
    for given in others:
        assert "total_cost" not in chat.invoke(QUESTION, **given).usage_metadata, given
    shorter = ChatLeopard(leopard=nano, cache=cache, max_tokens=3)
    assert "total_cost" not in shorter.invoke(QUESTION).usage_metadata


async def test_a_cached_answer_is_one_to_the_same_files(tmp_path: Path) -> None:
    for name, colour in (("one", "red"), ("other", "blue")):
        (tmp_path / name).mkdir()
        Image.new("RGB", (60, 60), colour).save(tmp_path / name / "scan.png")
    asked = [HumanMessage([{"type": "image", "url": "scan.png"}, "Which colour?"])]
    leopard, cache = ScriptedLeopard(["red", "blue", "green"]), InMemoryCache()
    one, other = (
        ChatLeopard(leopard=leopard, cache=cache, access=Access(roots=[tmp_path / name]))
        for name in ("one", "other")
    )
    assert (one.invoke(asked).text, other.invoke(asked).text) == ("red", "blue")
    assert (await one.ainvoke(asked)).text == "red"
    with pytest.raises(SourceForbidden):
        ChatLeopard(leopard=leopard, cache=cache).invoke(asked)
    Image.new("RGB", (60, 60), "green").save(tmp_path / "one" / "scan.png")
    assert [(await one.ainvoke(asked)).text, one.invoke(asked).text] == ["green"] * 2
    assert len(leopard.questions) == 3
    (tmp_path / "one" / "scan.png").unlink()
    with pytest.raises(ImageInvalid):
        one.invoke(asked)


def test_an_answer_about_an_address_is_not_cached(site: str) -> None:
    leopard, cache = ScriptedLeopard(["one", "two", "three"]), InMemoryCache()
    chat = ChatLeopard(leopard=leopard, cache=cache, access=Access(allow_private=True))
    asked = [HumanMessage([{"type": "image", "url": f"{site}/scan.jpg"}, "What is it?"])]
    assert [chat.invoke(asked).text, chat.invoke(asked).text] == ["one", "two"]
    with pytest.raises(SourceForbidden):
        ChatLeopard(leopard=leopard, cache=cache).invoke(asked)
    plain = [HumanMessage("What?")]
    assert [chat.invoke(plain).text, chat.invoke(plain).text] == ["three"] * 2


def test_schemas_are_told_apart_in_the_cache_by_what_they_say() -> None:
    def made(**fields: Any) -> type[BaseModel]:
        return create_model("Invoice", **fields)

    texts = ['{"number": "1"}', '{"due": "2"}', '{"a": "", "b": ""}', '{"b": "", "a": ""}']
    leopard = ScriptedLeopard(texts)
    chat = ChatLeopard(leopard=leopard, cache=InMemoryCache())

    def said(schema: object) -> str:
        return chat.bind(response_format=schema).invoke("Describe it.").text

    for _ in range(2):
        # The classes are made anew, and have one name.
        assert [said(made(number=str)), said(made(due=str))] == texts[:2]
        # An answer has the fields in the schema's order.
        assert [said(made(a=str, b=str)), said(made(b=str, a=str))] == texts[2:]


def test_tracing_counts_tokens_by_model(chat: ChatLeopard, nano: Leopard) -> None:
    counted = UsageMetadataCallbackHandler()
    found = chat.invoke(QUESTION, config={"callbacks": [counted]})
    streamed = UsageMetadataCallbackHandler()
    list(chat.stream(QUESTION, config={"callbacks": [streamed]}))
    assert counted.usage_metadata == streamed.usage_metadata == {nano.model: found.usage_metadata}


async def test_events_tell_each_token(chat: ChatLeopard) -> None:
    events = [each async for each in chat.astream_events(QUESTION, version="v2")]
    pieces = [e["data"]["chunk"].text for e in events if e["event"] == "on_chat_model_stream"]
    assert "".join(pieces) == "Ullapool" and len(pieces) > 2
    start = next(each for each in events if each["event"] == "on_chat_model_start")
    assert start["metadata"]["ls_provider"] == "leopard"
    assert start["metadata"]["ls_max_tokens"] == 128


def test_retries_fallbacks_and_configurable_fields_work(chat: ChatLeopard, nano: Leopard) -> None:
    missing = ChatLeopard(checkpoint="/nowhere/at/all")
    assert missing.with_fallbacks([chat]).invoke(QUESTION).text == "Ullapool"
    assert chat.with_retry().invoke(QUESTION).text == "Ullapool"
    field = ConfigurableField(id="longest")
    flexible = chat.configurable_fields(max_tokens=field)
    found = flexible.invoke(QUESTION, config={"configurable": {"longest": 1}})
    assert found.usage_metadata["output_tokens"] == 1
    either = chat.configurable_alternatives(ConfigurableField(id="which"), missing=missing)
    assert either.invoke(QUESTION).text == "Ullapool"
    with pytest.raises(LeopardError, match="/nowhere/at/all"):
        either.invoke(QUESTION, config={"configurable": {"which": "missing"}})


def test_a_configured_checkpoint_counts_or_is_refused(chat: ChatLeopard) -> None:
    field = ConfigurableField(id="which")
    alone = ChatLeopard().configurable_fields(checkpoint=field)
    named = {"configurable": {"which": "/nowhere/at/all"}}
    with pytest.raises(CheckpointNotFound, match="/nowhere/at/all"):
        alone.invoke(QUESTION, config=named)
    configured, _ = alone.prepare(named)
    assert "max_input_tokens" not in configured.profile
    for name in ("checkpoint", "device", "dtype", "adapter"):
        with pytest.raises(OptionUnsupported, match=f"{name} cannot be configured"):
            chat.configurable_fields(**{name: field})


async def test_a_rate_limiter_is_asked_before_every_call(nano: Leopard) -> None:
    class Counting(BaseRateLimiter):
        asked = 0

        def acquire(self, *, blocking: bool = True) -> bool:
            self.asked += 1
            return True

        async def aacquire(self, *, blocking: bool = True) -> bool:
            return self.acquire()

    limiter = Counting()
    chat = ChatLeopard(leopard=nano, rate_limiter=limiter)
    chat.invoke(QUESTION), list(chat.stream(QUESTION))
    await chat.ainvoke(QUESTION)
    assert limiter.asked == 3


@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
def test_a_model_is_written_and_read_again() -> None:
    chat = ChatLeopard(checkpoint=TINY, device="cpu", temperature=0.5, max_tokens=7, seed=3)
    written = dumps(chat)
    options = {"valid_namespaces": ["langchain_leopard"], "allowed_objects": [ChatLeopard]}
    found = loads(written, **options)
    assert isinstance(found, ChatLeopard) and found.asdict() == chat.asdict()
    assert found.invoke("Hello").content == chat.invoke("Hello").content


@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
def test_a_model_of_this_process_is_neither_written_nor_pickled(chat: ChatLeopard) -> None:
    options = {"valid_namespaces": ["langchain_leopard"], "allowed_objects": [ChatLeopard]}
    with pytest.raises(NotImplementedError, match="doesn't implement serialization"):
        loads(dumps(chat), **options)
    with pytest.raises(TypeError, match=r"cannot be pickled: its model lives in this process"):
        pickle.dumps(chat)


def test_copies_answer_with_the_same_model(chat: ChatLeopard, nano: Leopard) -> None:
    for made in (copy.copy(chat), copy.deepcopy(chat), chat.model_copy(update={"seed": 1})):
        assert made.load() is nano


@pytest.mark.parametrize("name", ["model", "checkpoint"])
def test_a_copy_answers_with_the_checkpoint_that_it_was_given(chat: ChatLeopard, name: str) -> None:
    for first in (chat, ChatLeopard()):
        made = first.model_copy(update={name: TINY, "max_tokens": 4})
        assert made.invoke("Hello").response_metadata["model_name"] == made.load().model
        assert made.load().variant == "llava" and first.model_name.startswith("nano")


def test_a_changed_field_changes_what_answers() -> None:
    chat = ChatLeopard(checkpoint=TINY, device="cpu")
    before = chat.load()
    chat.dtype = "float16"
    assert chat.load() is not before and chat.load() is chat.load()


def test_the_profile_is_that_of_what_answers_unless_it_was_given(chat: ChatLeopard) -> None:
    first, other = ChatLeopard(), ScriptedLeopard([])
    assert first.profile["max_input_tokens"] == chat.profile["max_input_tokens"]
    for made in (
        first.model_copy(update={"leopard": other}),
        chat.model_copy(update={"leopard": other}),
    ):
        assert made.profile["max_input_tokens"] == other.context_length
        made.checkpoint = "nano"
        assert made.profile == first.profile and made.leopard is None
    for given in (first, chat):
        made = given.model_copy(update={"checkpoint": TINY})
        assert made.profile == ChatLeopard(checkpoint=TINY).profile != first.profile
    mine = {**first.profile, "max_input_tokens": 100}
    kept = ChatLeopard(profile=mine).model_copy(update={"checkpoint": TINY})
    assert kept.profile == first.model_copy(update={"model": TINY, "profile": mine}).profile == mine


def test_a_copy_with_an_unknown_argument_is_refused(chat: ChatLeopard) -> None:
    with pytest.raises(OptionUnsupported, match="Did you mean max_tokens"):
        chat.model_copy(update={"max_token": 4})


def test_a_checkpoint_is_loaded_when_first_needed_and_once() -> None:
    one, other = (ChatLeopard(checkpoint=TINY, device="cpu", seed=seed) for seed in (1, 2))
    assert not one._shared.loaded
    assert one.load() is other.load() is copy.deepcopy(one).load()
    configured = one.configurable_fields(seed=ConfigurableField(id="seed"))
    configured.invoke("Hello", config={"configurable": {"seed": 4}})
    different = ChatLeopard(checkpoint=TINY, device="cpu", dtype="float16")
    assert different._shared is not one._shared


def test_a_checkpoint_that_was_closed_is_loaded_again() -> None:
    chat = ChatLeopard(checkpoint=TINY, device="cpu", max_tokens=2)
    before, text = chat.load(), chat.invoke("Hello").text
    before.close()
    for each in (chat, ChatLeopard(checkpoint=TINY, device="cpu", max_tokens=2)):
        assert each.invoke("Hello").text == text
        assert each.load() is chat.load() is not before


def test_a_fork_loads_a_checkpoint_of_its_own_whoever_loads_one_meanwhile() -> None:
    code = (
        "import os\n"
        "from langchain_leopard import ChatLeopard, sharing\n"
        f"fields = {{'checkpoint': {TINY!r}, 'device': 'cpu', 'max_tokens': 2}}\n"
        "chat = ChatLeopard(**fields)\n"
        "text = chat.invoke('Hello').text\n"
        "with sharing._LOCK, chat._shared._loading:\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        made = [each.invoke('Hello').text for each in (chat, ChatLeopard(**fields))]\n"
        "        os._exit(made != [text] * 2)\n"
        "print(os.waitpid(child, 0)[1], chat.invoke('Hello').text == text)\n"
    )
    assert printed_by(code) == "0 True\n"


def test_importing_loads_no_torch() -> None:
    code = "import sys, langchain_leopard as l; l.ChatLeopard(); l.LeopardToolkit().get_tools()"
    code += "\nprint([name for name in ('torch', 'transformers', 'cv2') if name in sys.modules])"
    assert printed_by(code) == "[]\n"


def _base64(name: str) -> str:
    import base64

    return base64.b64encode((DATA / name).read_bytes()).decode()
