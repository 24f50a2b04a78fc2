"""The endpoints of an LLM: chats and completions, plain, streamed and asynchronous."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

import pytest
from llama_index.core.base.llms.base import BaseLLM
from llama_index.core.base.llms.types import ChatMessage, ImageBlock, MessageRole, TextBlock
from llama_index.core.bridge.pydantic import Field
from llama_index.core.callbacks import CallbackManager, TokenCountingHandler
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events import BaseEvent
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.multi_modal_llms.base import MultiModalLLM
from llama_index.llms.leopard import Leopard, LeopardMultiModal

import leopard_tools
from leopard_tools import LeopardError, Message

QUESTION = "What is the home port of the Kittiwake?"


@pytest.fixture
def asked(kittiwake: ImageBlock) -> list[ChatMessage]:
    return [ChatMessage(role="user", blocks=[kittiwake, TextBlock(text=QUESTION)])]


def test_the_classes_are_what_llama_index_looks_for() -> None:
    assert issubclass(Leopard, FunctionCallingLLM) and BaseLLM in Leopard.__mro__
    assert issubclass(LeopardMultiModal, MultiModalLLM) and issubclass(LeopardMultiModal, Leopard)
    assert "multi" in LeopardMultiModal.class_name()


def test_importing_the_package_loads_no_torch() -> None:
    code = "import sys, llama_index.llms.leopard; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_metadata_tells_the_context_of_the_checkpoint(llm: Leopard) -> None:
    found = llm.metadata
    assert found.context_window == 8192
    assert found.is_chat_model and found.is_function_calling_model
    assert found.model_name == llm.leopard.model and found.num_output == 128


def test_chat_and_complete_answer_from_the_picture(
    llm: Leopard, asked: list[ChatMessage], kittiwake: ImageBlock
) -> None:
    chatted = llm.chat(asked)
    assert chatted.message.role == MessageRole.ASSISTANT
    assert chatted.message.content == "Oban"
    assert llm.complete(QUESTION, image_documents=[kittiwake]).text == "Oban"
    assert llm.complete(QUESTION).text != "Oban"


@pytest.mark.anyio
async def test_the_asynchronous_endpoints_give_the_same(
    llm: Leopard, asked: list[ChatMessage], kittiwake: ImageBlock
) -> None:
    assert (await llm.achat(asked)).message.content == "Oban"
    assert (await llm.acomplete(QUESTION, image_documents=[kittiwake])).text == "Oban"


def check_stream(pieces: list[Any], text: str) -> None:
    """Deltas are never None, join to the answer, and the last piece has all of it."""
    assert all(piece.delta is not None for piece in pieces)
    assert "".join(piece.delta for piece in pieces) == text
    assert all(piece.raw is None for piece in pieces[:-1])
    assert pieces[-1].raw["text"] == text


def test_streams_join_to_the_answer(
    llm: Leopard, asked: list[ChatMessage], kittiwake: ImageBlock
) -> None:
    chatted = list(llm.stream_chat(asked))
    check_stream(chatted, "Oban")
    assert chatted[-1].message.content == "Oban"
    completed = list(llm.stream_complete(QUESTION, image_documents=[kittiwake]))
    check_stream(completed, "Oban")
    assert [piece.text for piece in completed][-1] == "Oban"


@pytest.mark.anyio
async def test_asynchronous_streams_join_to_the_answer(
    llm: Leopard, asked: list[ChatMessage], kittiwake: ImageBlock
) -> None:
    check_stream([piece async for piece in await llm.astream_chat(asked)], "Oban")
    completed = await llm.astream_complete(QUESTION, image_documents=[kittiwake])
    check_stream([piece async for piece in completed], "Oban")


def test_raw_is_json_and_has_the_exact_usage(
    llm: Leopard, nano: leopard_tools.Leopard, kittiwake: ImageBlock, asked: list[ChatMessage]
) -> None:
    raw = llm.chat(asked, cite=True).raw
    assert json.loads(json.dumps(raw)) == raw
    message = Message("user", [kittiwake.resolve_image().read(), QUESTION])
    usage = nano.chat([message]).usage
    assert raw["usage"]["prompt_tokens"] == usage.prompt_tokens
    assert raw["usage"]["image_tokens"] == usage.image_tokens > 0
    assert raw["usage"]["completion_tokens"] == usage.completion_tokens
    assert raw["usage"]["total_tokens"] == usage.prompt_tokens + usage.completion_tokens
    assert raw["citations"][0]["text"] == "Oban" and raw["finish_reason"] == "stop"


def test_options_of_a_call_reach_the_model(llm: Leopard, asked: list[ChatMessage]) -> None:
    cut = llm.chat(asked, max_tokens=1)
    assert cut.raw["finish_reason"] == "length" and cut.raw["usage"]["completion_tokens"] == 1
    sampled = [llm.chat(asked, temperature=1.5, seed=3, max_tokens=8) for _ in range(2)]
    assert sampled[0].message.content == sampled[1].message.content
    with pytest.raises(LeopardError, match=r"frequency_penalty: no such option.*max_tokens"):
        llm.chat(asked, frequency_penalty=1)


def test_what_an_llm_is_held_to_holds_for_its_plain_answers(
    nano: leopard_tools.Leopard, asked: list[ChatMessage]
) -> None:
    judge = Leopard(nano, answer_schema={"enum": ["YES", "NO"]})
    assert judge.chat(asked).message.content in ("YES", "NO")
    quoting = Leopard(nano, verbatim=True)
    assert quoting.chat(asked).raw["citations"][0]["text"] == "Oban"
    # A call that asks for another form gets that.
    assert quoting.chat(asked, schema={"enum": [7]}).message.content == "7"


def test_what_an_llm_is_held_to_holds_also_where_a_call_says_when_to_end(
    nano: leopard_tools.Leopard, asked: list[ChatMessage]
) -> None:
    judge = Leopard(nano, answer_schema={"enum": ["YES", "NO"]})
    quoting = Leopard(nano, verbatim=True)
    assert judge.chat(asked, cancel=threading.Event()).message.content in ("YES", "NO")
    quoted = quoting.chat(asked, cancel=threading.Event())
    assert quoted.raw["citations"][0]["text"] == "Oban"
    # Neither kind of answer can end elsewhere; it is told, and not given up unseen.
    for each in (judge, quoting):
        with pytest.raises(LeopardError, match="give no stop"):
            each.chat(asked, stop=["\n"])


def test_a_call_can_free_an_llm_of_what_it_is_held_to(
    nano: leopard_tools.Leopard, asked: list[ChatMessage]
) -> None:
    assert Leopard(nano, verbatim=True).chat(asked, verbatim=False).raw["citations"] == []
    judge = Leopard(nano, answer_schema={"enum": ["YES", "NO"]})
    assert judge.chat(asked, schema=None).message.content == "Oban"
    assert judge.chat(asked, verbatim=False).message.content in ("YES", "NO")


class Events(BaseEventHandler):
    seen: list[str] = Field(default_factory=list)

    def handle(self, event: BaseEvent, **kwargs: Any) -> None:
        self.seen.append(event.class_name())


def test_events_and_token_counts_are_told_once(
    nano: leopard_tools.Leopard, asked: list[ChatMessage], kittiwake: ImageBlock
) -> None:
    counter = TokenCountingHandler(tokenizer=str.split)
    counted = Leopard(nano, callback_manager=CallbackManager([counter]))
    handler = Events()
    get_dispatcher().add_event_handler(handler)
    try:
        responses = [
            counted.chat(asked),
            list(counted.stream_chat(asked))[-1],
            counted.complete(QUESTION, [kittiwake]),
        ]
    finally:
        get_dispatcher().event_handlers.remove(handler)
    usages = [response.raw["usage"] for response in responses]
    assert len(counter.llm_token_counts) == 3
    assert counter.prompt_llm_token_count == sum(usage["prompt_tokens"] for usage in usages)
    assert counter.completion_llm_token_count == sum(u["completion_tokens"] for u in usages)
    assert handler.seen.count("LLMChatStartEvent") == handler.seen.count("LLMChatEndEvent") == 2
    assert handler.seen.count("LLMCompletionEndEvent") == 1
    assert "LLMChatInProgressEvent" in handler.seen


def test_the_multimodal_class_answers_the_same_and_counts_once(
    nano: leopard_tools.Leopard, kittiwake: ImageBlock, asked: list[ChatMessage]
) -> None:
    counter = TokenCountingHandler(tokenizer=str.split)
    multimodal = LeopardMultiModal(nano, callback_manager=CallbackManager([counter]))
    assert multimodal.complete(QUESTION, [kittiwake]).text == "Oban"
    assert multimodal.chat(asked).message.content == "Oban"
    assert multimodal.metadata.context_window == 8192
    assert len(counter.llm_token_counts) == 2
