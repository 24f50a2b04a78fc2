"""ChatLeopard: a Leopard checkpoint as LangChain's chat model.

Translates messages, options and answers; what an answer is and how it is made is the core's
business. Importing this loads no model and no torch.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable

from leopard_tools.errors import ContextTooLong
from leopard_tools.toolbox.access import Access
from leopard_tools.types import Answer, Deferred, Message

from .answers import chunks_of, last_chunk, result_of
from .base import LeopardModel
from .binding import ToolGiven, read_choice, read_tools
from .calls import CallReader
from .errors import PromptTooLong
from .messages import read_messages
from .options import GENERATION, Wanted, check_names
from .structured import Method, structured

if TYPE_CHECKING:
    from leopard_tools import Leopard
    from leopard_tools.streams import AsyncAnswerStream


class ChatLeopard(LeopardModel):
    """A chat model that runs in this process and sees images.

        picture = {"type": "image", "base64": …, "mime_type": "image/png"}
        ChatLeopard().invoke([HumanMessage([picture, "What is the invoice number?"])])

    What runs is `checkpoint` (also `model`; the environment's LEOPARD_CHECKPOINT, else the embedded
    default), with `device`, `dtype` and `adapter` as in `Leopard.load`, loaded when it is first
    needed and once for all ChatLeopards alike, and again where it was closed, failed, or stayed
    behind in the process that forked; or `leopard`, one that you loaded yourself, which stays yours
    to close.

    temperature, top_p, max_tokens, seed, stop, timeout, verbatim, cite: as in `Leopard.chat`; each
    but `stop` may be given anew with a call. Of these fields stop and verbatim hold only where
    there is neither a schema nor a tool to call. logprobs: log probabilities of the answer's tokens
    in `response_metadata`. access: which files messages may name by their path; without it none,
    and http(s) addresses pass the core's filter. streaming: whether `invoke` streams too.

    Raises what `Leopard.chat` raises, and MessageUnsupported and OptionUnsupported.
    """

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        wanted = self._wanted(stop, kwargs)
        leopard = self._leopard(wanted.model)
        with _told():
            answer = leopard.chat(
                self._read(messages, wanted, leopard), **wanted.arguments, **wanted.options
            )
        return result_of(answer, self._extra(answer, wanted, leopard))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        wanted = self._wanted(stop, kwargs)
        with _told():
            leopard, stream = await asyncio.to_thread(self._open, messages, wanted)
            answer = await stream.result()
        return result_of(answer, self._extra(answer, wanted, leopard))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        wanted = self._wanted(stop, kwargs)
        leopard = self._leopard(wanted.model)
        with _told():
            stream = leopard.stream_chat(
                self._read(messages, wanted, leopard), **wanted.arguments, **wanted.options
            )
            reader = CallReader(calls=wanted.calls)
            try:
                for piece in stream:
                    yield from chunks_of(reader.read(piece))
            finally:
                stream.close()
        yield from chunks_of(reader.end())
        answer = stream.answer
        yield last_chunk(answer, self._extra(answer, wanted, leopard))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        wanted = self._wanted(stop, kwargs)
        with _told():
            leopard, stream = await asyncio.to_thread(self._open, messages, wanted)
            reader = CallReader(calls=wanted.calls)
            try:
                async for piece in stream:
                    for chunk in chunks_of(reader.read(piece)):
                        yield chunk
            finally:
                await stream.aclose()
        for chunk in chunks_of(reader.end()):
            yield chunk
        yield last_chunk(stream.answer, self._extra(stream.answer, wanted, leopard))

    def bind_tools(
        self,
        tools: Sequence[ToolGiven],
        *,
        tool_choice: str | bool | dict[str, Any] | None = None,
        strict: bool | None = None,
        parallel_tool_calls: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with tools: functions, pydantic models, LangChain tools or dicts.

        tool_choice: "auto" (the default: the model decides), "any" (also "required", True), "none"
        (also False), or a tool's name. Calls are always valid against the tools' schemas, with
        `strict` and without; `strict` makes all fields required. parallel_tool_calls: False for
        one call at most.

        Raises OptionUnsupported for a choice that is none.
        """
        given = read_tools(tools, strict)
        read_choice(tool_choice, given)
        bound: dict[str, Any] = {"tools": given, "tool_choice": tool_choice}
        bound["parallel_tool_calls"] = parallel_tool_calls
        kept = {name: value for name, value in bound.items() if value is not None}
        return self.bind(**kept, **kwargs)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type | None = None,
        *,
        method: Method = "json_schema",
        include_raw: bool = False,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """The model with answers that are always valid against a schema, as its objects.

        schema: a pydantic model, TypedDict or JSON schema; json_mode can do without. method:
        json_schema asks for what the schema describes and holds the answer to it, json_mode holds
        it too but leaves the asking to you, function_calling makes it the one tool to call.
        include_raw: {"raw", "parsed", "parsing_error"} instead of the object.
        """
        check_names(kwargs, (), "with_structured_output")
        return structured(self, schema, method, include_raw=include_raw, strict=strict)

    def get_token_ids(self, text: str) -> list[int]:
        """The checkpoint's own tokens of a text."""
        if self.custom_get_token_ids is not None:
            return self.custom_get_token_ids(text)
        return self.load().encode(text)

    def get_num_tokens(self, text: str) -> int:
        """How many they are."""
        return len(self.get_token_ids(text))

    def get_num_tokens_from_messages(
        self,
        messages: list[BaseMessage],
        tools: Sequence[ToolGiven] | None = None,
        **kwargs: Any,
    ) -> int:
        """Positions of the prompt that these messages make, images included; exact."""
        leopard = self.load()
        read = read_messages(messages, self._opener(leopard))
        given = read_tools(tools or [], None) or None
        return leopard.count_chat_tokens(read, tools=given)

    def _wanted(self, stop: list[str] | None, given: Mapping[str, Any]) -> Wanted:
        fields = {name: getattr(self, name) for name in ("stop", "logprobs", *GENERATION)}
        return Wanted.of(fields, stop, given)

    def _opener(self, leopard: Leopard) -> Callable[[str], Sequence[Deferred]]:
        access = self.access or Access()

        def defer(address: str) -> Sequence[Deferred]:
            # Without roots a path is refused; addresses are held to this Leopard's own limits.
            return [Deferred(lambda check: access.frames(address, leopard.limits, check=check))]

        return defer

    def _read(self, messages: list[BaseMessage], wanted: Wanted, leopard: Leopard) -> list[Message]:
        return wanted.asked(read_messages(messages, self._opener(leopard)))

    def _open(
        self, messages: list[BaseMessage], wanted: Wanted
    ) -> tuple[Leopard, AsyncAnswerStream]:
        """The Leopard and its stream, which opens the pictures. Blocks: it may load weights."""
        leopard = self._leopard(wanted.model)
        read = self._read(messages, wanted, leopard)
        return leopard, leopard.astream_chat(read, **wanted.arguments, **wanted.options)

    def _extra(self, answer: Answer, wanted: Wanted, leopard: Leopard) -> dict[str, object]:
        if not wanted.logprobs:
            return {}
        pairs = zip(answer.token_ids, answer.token_logprobs, strict=True)
        told = [
            {"token": leopard.decode([token]), "token_id": token, "logprob": value}
            for token, value in pairs
        ]
        return {"logprobs": {"content": told}}


@contextmanager
def _told() -> Iterator[None]:
    """A prompt that is too long, told in the way that LangChain's middleware looks for."""
    try:
        yield
    except ContextTooLong as error:
        raise PromptTooLong(error.needed, error.limit) from error


__all__ = ["ChatLeopard"]
