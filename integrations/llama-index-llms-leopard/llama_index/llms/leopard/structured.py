"""Objects of a pydantic class from pictures and texts, valid by how they are decoded.

LlamaIndex's own way goes through a tool call; here the class is the answer's schema, as it is in
leopard_tools' ask, and the question is worded the same way.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import aclosing, closing
from typing import Any, cast

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole, TextBlock
from llama_index.core.bridge.pydantic import BaseModel
from llama_index.core.instrumentation.events.llm import (
    LLMStructuredPredictEndEvent,
    LLMStructuredPredictInProgressEvent,
    LLMStructuredPredictStartEvent,
)
from llama_index.core.program.utils import (
    FlexibleModel,
    create_flexible_model,
    num_valid_fields,
)
from llama_index.core.prompts import BasePromptTemplate
from llama_index.core.types import Model
from llama_index_instrumentation import get_dispatcher
from pydantic import RootModel
from pydantic_core import from_json

from leopard_tools.schema import Schema

from .calling import Calling

dispatcher = get_dispatcher(__name__)


class Structured(Calling):
    """The part of an LLM that gives objects. All four raise SchemaUnsupported for a class whose
    JSON schema cannot be held, or whose own validators refuse what its schema allows."""

    @dispatcher.span
    def structured_predict(
        self,
        output_cls: type[Model],
        prompt: BasePromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Model:
        """An object of `output_cls` for a prompt, which may hold pictures."""
        messages = self._started(output_cls, prompt, prompt_args)
        response = self.chat(messages, **(llm_kwargs or {}), schema=_held(output_cls))
        return _ended(output_cls, response)

    @dispatcher.span
    async def astructured_predict(
        self,
        output_cls: type[Model],
        prompt: BasePromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Model:
        """As `structured_predict`; cancelling the task ends the request."""
        messages = self._started(output_cls, prompt, prompt_args)
        response = await self.achat(messages, **(llm_kwargs or {}), schema=_held(output_cls))
        return _ended(output_cls, response)

    @dispatcher.span
    def stream_structured_predict(
        self,
        output_cls: type[Model],
        prompt: BasePromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Generator[Model | FlexibleModel, None, None]:
        """The object as it grows, fields still to come None; the last is the whole one."""
        messages = self._started(output_cls, prompt, prompt_args)
        growing = _Growing(output_cls)
        stream = self.stream_chat(messages, **(llm_kwargs or {}), schema=_held(output_cls))
        with closing(stream):
            for response in stream:
                if response.raw is not None:
                    yield _ended(output_cls, response)
                elif (found := growing.grown(response)) is not None:
                    yield found

    @dispatcher.span
    async def astream_structured_predict(
        self,
        output_cls: type[Model],
        prompt: BasePromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> AsyncGenerator[Model | FlexibleModel, None]:
        """As `stream_structured_predict`; cancelling the task ends the request."""
        messages = self._started(output_cls, prompt, prompt_args)
        stream = await self.astream_chat(messages, **(llm_kwargs or {}), schema=_held(output_cls))

        async def objects() -> AsyncGenerator[Model | FlexibleModel, None]:
            growing = _Growing(output_cls)
            async with aclosing(stream):
                async for response in stream:
                    if response.raw is not None:
                        yield _ended(output_cls, response)
                    elif (found := growing.grown(response)) is not None:
                        yield found

        return objects()

    def _started(
        self, output_cls: type[BaseModel], prompt: BasePromptTemplate, prompt_args: dict[str, Any]
    ) -> list[ChatMessage]:
        """The prompt's messages, the last of them saying what is asked for."""
        dispatcher.event(
            LLMStructuredPredictStartEvent(
                output_cls=output_cls, template=prompt, template_args=prompt_args
            )
        )
        messages = self._get_messages(prompt, **prompt_args)
        return _instructed(messages, Schema.of(output_cls).instruction)


class _Growing:
    """An object whose text is still being written."""

    def __init__(self, output_cls: type[BaseModel]) -> None:
        # What has a value in place of fields is the same while it grows.
        is_root = issubclass(output_cls, RootModel)
        self._flexible = RootModel[Any] if is_root else create_flexible_model(output_cls)
        self._last: Any = None

    def grown(self, response: ChatResponse) -> FlexibleModel | None:
        """What there is of it so far; None where that is not more than before."""
        try:
            found = from_json(response.message.content or "", allow_partial="trailing-strings")
        except ValueError:
            # Nothing yet, or the sign of a number that is all there is.
            return None
        # A number that ends in its point is gone until the next digit.
        if found == self._last or num_valid_fields(found) < num_valid_fields(self._last):
            return None
        self._last = found
        dispatcher.event(LLMStructuredPredictInProgressEvent(output=found))
        return cast("FlexibleModel", self._flexible.model_validate(found))


def _held(output_cls: type[BaseModel]) -> Mapping[str, object]:
    """What the answer is held to. As JSON, since events of the call have it and may be written."""
    return Schema.of(output_cls).json_schema


def _ended(output_cls: type[Model], response: ChatResponse) -> Model:
    # A class of choices is answered with one of them as it is written, and not with JSON.
    found = cast("Model", Schema.of(output_cls).parse(response.message.content or ""))
    dispatcher.event(LLMStructuredPredictEndEvent(output=found))
    return found


def _instructed(messages: list[ChatMessage], instruction: str) -> list[ChatMessage]:
    """The messages with the instruction at the end of the last user's one; they stay as they are.

    It goes into the same text, since that is how checkpoints were taught to see it.
    """
    for number in range(len(messages) - 1, -1, -1):
        message = messages[number]
        if message.role == MessageRole.USER:
            *before, last = message.blocks or [TextBlock(text="")]
            if isinstance(last, TextBlock):
                blocks = [*before, TextBlock(text=f"{last.text.rstrip()}\n{instruction}".lstrip())]
            else:
                blocks = [*message.blocks, TextBlock(text=instruction)]
            changed = message.model_copy(update={"blocks": blocks})
            return [*messages[:number], changed, *messages[number + 1 :]]
    return messages


__all__ = ["Structured"]
