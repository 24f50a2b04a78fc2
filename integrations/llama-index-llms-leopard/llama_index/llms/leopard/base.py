"""Leopard as a LlamaIndex LLM: chats, completions and calls of tools, with pictures in all of them.

Structured predictions are in structured.py, the way of content and answers in content.py and
responses.py. It must not know how anything is computed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self, SupportsIndex, cast

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    LLMMetadata,
)
from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback

from leopard_tools import LazyLeopard, LeopardError, Message
from leopard_tools.toolbox import Access

from .content import Opener, question, to_messages
from .fields import checked, written_schema
from .responses import (
    achat_chunks,
    acompletions,
    chat_chunks,
    chat_response,
    completion,
    completions,
)
from .structured import Structured

if TYPE_CHECKING:
    import leopard_tools
    from leopard_tools.answering import AskOptions
    from leopard_tools.calling import ToolLike
    from leopard_tools.lazy import LoadOptions

    from .content import ImageLike

_DEFAULTS = ("max_tokens", "temperature", "top_p", "seed", "timeout", "cite")
_PER_CALL = frozenset({"schema", "verbatim", "stop", "cancel"})


@dataclass(frozen=True, slots=True)
class _Request:
    """What one call asks of the core."""

    leopard: leopard_tools.Leopard
    messages: Sequence[Message]
    tools: Sequence[ToolLike]
    tool_choice: str | None
    parallel: bool
    options: AskOptions


class Leopard(Structured):
    """A local multimodal LLM for LlamaIndex.

        llm = Leopard()                                     # the embedded `nano`
        llm = Leopard(checkpoint="wyu1/Leopard-Idefics2")   # a folder, or a repository of the hub
        llm = Leopard(leopard)                              # a leopard_tools.Leopard, shared

    The checkpoint is loaded when it is first needed. Messages may hold texts, images and documents
    in any order; paths and addresses among them are followed as `access` permits, which by default
    is no file and of the web only public addresses. Calls take `max_tokens`, `temperature`,
    `top_p`, `seed`, `stop`, `schema`, `verbatim`, `cite`, `timeout`, `cancel`, `tools` and
    `tool_choice` as leopard_tools.Leopard.chat does, and raise what it raises.

    Copies share what was loaded; where a copy, or this one, is given another `checkpoint`, that is
    loaded. Of a given Leopard, `checkpoint` is the name, and as it lives in this process, an LLM
    that answers with it can be neither pickled nor written.
    """

    checkpoint: str = Field(
        default="nano", description="A folder, a repository of the hub, or the embedded nano."
    )
    device: str = Field(default="auto", description='"auto", or torch\'s name of a device.')
    dtype: str = Field(default="auto", description="As leopard_tools.Leopard.load has it.")
    adapter: str | None = Field(default=None, description="The folder of a LoRA to merge.")
    revision: str | None = Field(default=None, description="A branch, tag or commit of the hub.")
    access: Access = Field(
        default_factory=Access, exclude=True, description="Which paths and addresses to follow."
    )
    max_tokens: int = Field(default=128, description="The longest answer.")
    temperature: float = Field(default=0.0, description="0 is greedy.")
    top_p: float = Field(default=1.0, description="Sample from tokens with this much probability.")
    seed: int | None = Field(default=None, description="Makes sampling repeatable.")
    timeout: float | None = Field(default=None, description="Seconds after which a call ends.")
    cite: bool = Field(default=False, description="Whether raw has citations: image, box, text.")
    verbatim: bool = Field(default=False, description="Whether answers are words of the images.")
    answer_schema: Any = Field(
        default=None, exclude=True, description="What plain answers are held to, as `schema`."
    )

    _given: leopard_tools.Leopard | None = PrivateAttr(default=None)
    _own: LazyLeopard | None = PrivateAttr(default=None)
    # The class's: LlamaIndex warns of locks in what it pickles.
    _naming: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, leopard: leopard_tools.Leopard | None = None, **fields: Any) -> None:
        super().__init__(**checked(type(self), leopard, fields))
        if leopard is not None:
            # Else it would go by the default's name in events and in what is written.
            self.checkpoint = leopard.model
        self._given = leopard

    @classmethod
    def class_name(cls) -> str:
        return "leopard_llm"

    @property
    def leopard(self) -> leopard_tools.Leopard:
        """What answers; loaded now where it was not, or where its engine failed."""
        source = self.source
        return source.load() if isinstance(source, LazyLeopard) else source

    @property
    def source(self) -> leopard_tools.Leopard | LazyLeopard:
        """What answers: the Leopard that was given, or what the fields name as they are now."""
        return self._shared or self._named()

    def _named(self) -> LazyLeopard:
        """What the fields name; copies have it in common until theirs differ."""
        options: LoadOptions = {
            "device": self.device,
            "dtype": self.dtype,
            "adapter": self.adapter,
            "revision": self.revision,
        }
        with self._naming:
            own = self._own
            if own is None or (own.checkpoint, own.options) != (self.checkpoint, options):
                own = self._own = LazyLeopard(self.checkpoint, **options)
            return own

    @property
    def _shared(self) -> leopard_tools.Leopard | None:
        """The Leopard that was given, while `checkpoint` names it."""
        given = self._given
        return given if given is not None and given.model == self.checkpoint else None

    @property
    def metadata(self) -> LLMMetadata:
        """What engines plan with; loads the checkpoint, whose context it tells."""
        return LLMMetadata(
            context_window=self.leopard.context_length,
            num_output=self.max_tokens,
            is_chat_model=True,
            is_function_calling_model=True,
            model_name=self.leopard.model,
        )

    def to_payload(self) -> dict[str, Any]:
        """What events say of this LLM; unlike `metadata`, this loads nothing."""
        return {
            "class_name": self.class_name(),
            "model_name": self.checkpoint,
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
        }

    def close(self) -> None:
        """Lets go of the checkpoint; what is still asked of it raises EngineClosed."""
        self.source.close()

    def to_dict(self, **kwargs: Any) -> dict[str, Any]:
        """The settings, `answer_schema` if it is a JSON schema.

        Raises LeopardError where a given Leopard answers, and for a class as `answer_schema`.
        """
        self._check_own("written")
        return super().to_dict(**kwargs) | written_schema(self.answer_schema)

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        self._check_own("pickled")
        return super().__reduce_ex__(protocol)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's, and never deeper: what was loaded is shared, and fields are values."""
        return super().model_copy(update=update)

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self.model_copy()

    def _check_own(self, what: str) -> None:
        if self._shared is not None:
            raise LeopardError(
                f"An LLM that was given a Leopard, here {self.checkpoint!r}, cannot be {what}: its "
                "model lives in this process. Name a checkpoint instead, Leopard(checkpoint=…)."
            )

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Answers a conversation whose last message is the user's or a tool's."""
        return self._chat(self._converse(messages, kwargs))

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """As `chat`, piece by piece; closing the generator ends the request."""
        return self._stream(self._converse(messages, kwargs))

    @llm_chat_callback()
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """As `chat`; cancelling the task ends the request."""
        return await self._achat(await asyncio.to_thread(self._converse, messages, kwargs))

    @llm_chat_callback()
    async def astream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> ChatResponseAsyncGen:
        """As `stream_chat`; cancelling the task ends the request."""
        return self._astream(await asyncio.to_thread(self._converse, messages, kwargs))

    @llm_completion_callback()
    def complete(
        self,
        prompt: str,
        image_documents: Sequence[ImageLike] | None = None,
        formatted: bool = False,
        **kwargs: Any,
    ) -> CompletionResponse:
        """Answers one question about images, which come before it."""
        return completion(self._chat(self._ask(prompt, image_documents, formatted, kwargs)))

    @llm_completion_callback()
    def stream_complete(
        self,
        prompt: str,
        image_documents: Sequence[ImageLike] | None = None,
        formatted: bool = False,
        **kwargs: Any,
    ) -> CompletionResponseGen:
        """As `complete`, piece by piece; closing the generator ends the request."""
        return completions(self._stream(self._ask(prompt, image_documents, formatted, kwargs)))

    @llm_completion_callback()
    async def acomplete(
        self,
        prompt: str,
        image_documents: Sequence[ImageLike] | None = None,
        formatted: bool = False,
        **kwargs: Any,
    ) -> CompletionResponse:
        """As `complete`; cancelling the task ends the request."""
        request = await asyncio.to_thread(self._ask, prompt, image_documents, formatted, kwargs)
        return completion(await self._achat(request))

    @llm_completion_callback()
    async def astream_complete(
        self,
        prompt: str,
        image_documents: Sequence[ImageLike] | None = None,
        formatted: bool = False,
        **kwargs: Any,
    ) -> CompletionResponseAsyncGen:
        """As `stream_complete`; cancelling the task ends the request."""
        request = await asyncio.to_thread(self._ask, prompt, image_documents, formatted, kwargs)
        return acompletions(self._astream(request))

    def _chat(self, request: _Request) -> ChatResponse:
        answer = request.leopard.chat(
            request.messages,
            tools=request.tools,
            tool_choice=request.tool_choice,
            parallel_calls=request.parallel,
            **request.options,
        )
        return chat_response(answer)

    async def _achat(self, request: _Request) -> ChatResponse:
        answer = await request.leopard.achat(
            request.messages,
            tools=request.tools,
            tool_choice=request.tool_choice,
            parallel_calls=request.parallel,
            **request.options,
        )
        return chat_response(answer)

    def _stream(self, request: _Request) -> ChatResponseGen:
        stream = request.leopard.stream_chat(
            request.messages,
            tools=request.tools,
            tool_choice=request.tool_choice,
            parallel_calls=request.parallel,
            **request.options,
        )
        return chat_chunks(stream, tools=bool(request.tools))

    def _astream(self, request: _Request) -> ChatResponseAsyncGen:
        stream = request.leopard.astream_chat(
            request.messages,
            tools=request.tools,
            tool_choice=request.tool_choice,
            parallel_calls=request.parallel,
            **request.options,
        )
        return achat_chunks(stream, tools=bool(request.tools))

    def _converse(self, messages: Sequence[ChatMessage], given: Mapping[str, Any]) -> _Request:
        """The request of a conversation. It may load the checkpoint, so it blocks."""
        return self._request(to_messages(messages, self.opener), given)

    def _ask(
        self,
        prompt: str,
        images: Sequence[ImageLike] | None,
        formatted: bool,
        given: Mapping[str, Any],
    ) -> _Request:
        if not formatted and self.completion_to_prompt is not None:
            prompt = self.completion_to_prompt(prompt)
        return self._request(question(prompt, images or (), self.opener), given)

    @property
    def opener(self) -> Opener:
        """What opens images here."""
        return Opener(self.access, self.leopard.limits)

    def _request(self, messages: Sequence[Message], given: Mapping[str, Any]) -> _Request:
        rest = dict(given)
        tools = rest.pop("tools", None) or ()
        choice = rest.pop("tool_choice", None)
        parallel = rest.pop("allow_parallel_tool_calls", True)
        held = {name: getattr(self, name) for name in _DEFAULTS}
        if not tools and not rest.get("verbatim") and rest.get("schema") is None:
            # What plain answers are held to; a call that asks for another form gets that.
            held |= {"verbatim": self.verbatim, "schema": self.answer_schema}
        options = held | rest
        if unknown := sorted(options.keys() - _PER_CALL - set(_DEFAULTS)):
            known = ", ".join(sorted({*_DEFAULTS, *_PER_CALL, "tools", "tool_choice"}))
            raise LeopardError(
                f"{', '.join(unknown)}: no such option of a Leopard's call. There are {known}."
            )
        return _Request(
            self.leopard, messages, tools, choice, parallel, cast("AskOptions", options)
        )


__all__ = ["Leopard"]
