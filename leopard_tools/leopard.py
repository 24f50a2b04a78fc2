"""Leopard: a loaded checkpoint that answers questions about images, in this process."""

from __future__ import annotations

import math
import os
import sys
import weakref
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from numbers import Integral
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Unpack

from .answering import AskOptions, Inquiry, OpenTurns, Options, Services
from .caching import ByteCache, CacheFigures
from .calling import Calling, ToolLike
from .engine.static import StaticDecoder
from .engine.worker import Engine
from .errors import DocumentInvalid, EngineClosed, LeopardError
from .images.sources import Images, Limits, load_frames, sources_of
from .images.wanted import Check, nothing
from .reading.locate import find
from .reading.ocr import Reader
from .schema import Schema
from .session import Session
from .streams import AnswerStream, AsyncAnswerStream
from .turns import Conversation, Question, open_all
from .types import Answer, Frame, ImageSource, Line, Message, Reading, ToolChoice
from .variants.base import Variant
from .variants.registry import NANO, Processing, load_variant

if TYPE_CHECKING:
    from torch import Tensor

    from .engine.task import Event

CACHE_BYTES = 2**30
CACHE_POSITIONS = 10_240
"""Positions that are kept of a prompt, whatever they take: the 50 tiles of the largest request that
Leopard was evaluated with, and a conversation about them."""
# Features and readings of an image take far less than the cache of its positions.
ENCODER_PART, READER_PART = 4, 16
ASYNC_THREADS = 4
"""Threads that read and encode for asyncio; more would wait for one another."""


class _Life:
    """Whether a Leopard may be used; its requests hold this and not the Leopard itself."""

    def __init__(self) -> None:
        self.closed = False
        self._process = os.getpid()

    @property
    def over(self) -> bool:
        """Whether `check` would raise."""
        return self.closed or os.getpid() != self._process

    def check(self) -> None:
        """Raises EngineClosed where it was closed, or came along into a fork."""
        if self.closed:
            raise EngineClosed("This Leopard was closed. Load it again to ask more.")
        if os.getpid() != self._process:
            raise EngineClosed(
                f"This Leopard was loaded in process {self._process} and its threads did not come "
                "along into this fork of it. Load one here, or start processes with 'spawn'."
            )


class Leopard:
    """Answers questions about images. Make one with `load`; it may be shared between threads."""

    def __init__(
        self,
        variant: Variant,
        reader: Reader,
        limits: Limits,
        *,
        cache_bytes: int | None = None,
    ) -> None:
        if cache_bytes is None:
            cache_bytes = _cache_bytes(variant)
        self._limits = limits
        self._reader = reader
        self._life = _Life()
        self._engine = Engine(
            variant.language_model,
            prefix_bytes=cache_bytes - cache_bytes // ENCODER_PART - cache_bytes // READER_PART,
            static=StaticDecoder.where_it_pays(variant.language_model),
        )
        self._variant = variant
        self._services = Services(
            variant,
            self._engine,
            reader,
            self._life.check,
            ByteCache(cache_bytes // ENCODER_PART),
        )
        self._pool = ThreadPoolExecutor(ASYNC_THREADS, thread_name_prefix="leopard-ask")
        # Where nobody closes it: when it and its last request are dropped, or the program ends.
        self._finalizer = weakref.finalize(self._services, self._engine.abandon)

    @classmethod
    def load(
        cls,
        checkpoint: str | Path = NANO,
        *,
        device: str = "auto",
        dtype: str = "auto",
        adapter: str | Path | None = None,
        revision: str | None = None,
        processing: Processing = "auto",
        limits: Limits | None = None,
        reader: Reader | None = None,
        cache_bytes: int | None = None,
    ) -> Leopard:
        """Loads a checkpoint: the embedded default, a folder, or a repository of the hub.

        device: "auto" (CUDA, then MPS, then the CPU) or torch's name of one. dtype: "auto"
        (bfloat16 on CUDA from Ampere on, float16 on other GPUs, float32 on the CPU), "float32",
        "bfloat16", "float16", or "int8": 8-bit weights for the language model, the rest float32, on
        the CPU only. adapter: the folder of a LoRA in the PEFT layout, merged into the weights.
        revision: a branch, tag or commit of a hub repository. processing: for checkpoints of the
        Idefics2 layout, "published" prepares pictures as Leopard's evaluation does, "saved" as the
        checkpoint's preprocessor_config.json says; "auto" is "saved" for Idefics2-8B itself.
        limits: what sources may cost (pages, megapixels, downloads). cache_bytes: how much memory
        what was computed for earlier requests may take (0 turns it off): beginnings of prompts,
        tiles and pictures encoded, lines read. None is 1 GiB, or more where a request about eight
        pictures takes more: 3.6 GiB for Leopard in float32 and int8, 1.8 GiB in half precision.
        reader: what reads here, with what it has read before and a cache of its own; None makes
        one.

        Raises CheckpointNotFound, CheckpointInvalid or MissingDependency, and LeopardError where
        the device is not there, int8 cannot be computed, or memory is too small for the weights.
        """
        if cache_bytes is not None and cache_bytes < 0:
            raise LeopardError(f"cache_bytes must be 0 or more, not {cache_bytes}.")
        variant = load_variant(
            checkpoint,
            device=device,
            dtype=dtype,
            adapter=Path(adapter).expanduser() if adapter is not None else None,
            revision=revision,
            processing=processing,
        )
        if cache_bytes is None:
            cache_bytes = _cache_bytes(variant)
        reader = reader or Reader(cache_bytes=cache_bytes // READER_PART)
        return cls(variant, reader, limits or Limits(), cache_bytes=cache_bytes)

    @property
    def model(self) -> str:
        """The checkpoint's name, as in `answer.model`."""
        return self._variant.model

    @property
    def variant(self) -> str:
        """The kind of checkpoint: "nano", "llava" or "idefics2"."""
        return self._variant.name

    @property
    def closed(self) -> bool:
        """Whether it answers no more: it was closed, its engine failed, or this is a fork.

        Whoever holds one for others loads another where it is.
        """
        return self._life.over or self._engine.closed

    @property
    def limits(self) -> Limits:
        """What sources may cost."""
        return self._limits

    @property
    def reader(self) -> Reader:
        """What reads here. Others may read with it, and another Leopard be loaded with it."""
        return self._reader

    @property
    def context_length(self) -> int:
        """The most positions that a prompt and its answer may have together."""
        return self._variant.language_model.context_length

    @property
    def caches(self) -> dict[str, CacheFigures]:
        """What is kept from earlier requests, and how often it served.

        "prefix": beginnings of prompts. "encoder": pictures or tiles encoded. "pictures", "pieces",
        "lines": what was read, as a whole and in part.
        """
        read = self._reader.figures
        return {
            "prefix": self._engine.prefix_figures,
            "encoder": self._services.encodings.figures,
            "pictures": read.pictures,
            "pieces": read.pieces,
            "lines": read.lines,
        }

    def ask(
        self,
        question: str,
        images: Images = (),
        *,
        instruction: str | None = None,
        **options: Unpack[AskOptions],
    ) -> Answer:
        """Answers a question about images.

        images: paths, URLs, bytes, PIL images, arrays (H, W, 3) or Frames, in order; a document
        stands for its pages. instruction: how to answer; None takes the one that the checkpoint
        was evaluated with (a word or phrase), or the schema's own, "" gives none. options: see
        leopard_tools.answering.AskOptions.

        Raises ImageInvalid, ImageTooLarge, DocumentInvalid or SourceForbidden for bad sources,
        SchemaUnsupported, ContextTooLong where all of it does not fit, Cancelled, EngineClosed
        after `close`.
        """
        return self.stream(question, images, instruction=instruction, **options).answer

    def stream(
        self,
        question: str,
        images: Images = (),
        *,
        instruction: str | None = None,
        **options: Unpack[AskOptions],
    ) -> AnswerStream:
        """As `ask`, piece by piece: an iterator of text, with `.answer` when it is done."""
        return AnswerStream(self._inquire(question, images, instruction, options).open())

    async def aask(
        self,
        question: str,
        images: Images = (),
        *,
        instruction: str | None = None,
        **options: Unpack[AskOptions],
    ) -> Answer:
        """As `ask`, without blocking the event loop; cancelling the task ends the request."""
        return await self.astream(question, images, instruction=instruction, **options).result()

    def astream(
        self,
        question: str,
        images: Images = (),
        *,
        instruction: str | None = None,
        **options: Unpack[AskOptions],
    ) -> AsyncAnswerStream:
        """As `stream`, for `async for`; images are opened once it is waited for, in a thread."""
        inquiry = self._inquire(question, images, instruction, options)
        return AsyncAnswerStream(inquiry, self._pool)

    def chat(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolLike] | None = None,
        tool_choice: ToolChoice | None = None,
        parallel_calls: bool = True,
        **options: Unpack[AskOptions],
    ) -> Answer:
        """Continues a conversation whose last message is the user's or a tool's.

        Images and texts keep their order, images are numbered through the whole conversation. No
        instruction is added. tools: what the model may call; `answer.tool_calls` then has its
        calls, valid against their schemas. tool_choice: "auto" (the default: it decides),
        "required", "none", or the name of the tool to call. parallel_calls: whether one answer
        may make several calls. With a schema the answer is calls or its JSON, and `answer.parsed`
        is None where it calls. options: see `ask`.
        """
        return self.stream_chat(
            messages,
            tools=tools,
            tool_choice=tool_choice,
            parallel_calls=parallel_calls,
            **options,
        ).answer

    def stream_chat(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolLike] | None = None,
        tool_choice: ToolChoice | None = None,
        parallel_calls: bool = True,
        **options: Unpack[AskOptions],
    ) -> AnswerStream:
        """As `chat`, piece by piece: an iterator of text, with `.answer` when it is done."""
        calling = Calling.of(tools, tool_choice, parallel=parallel_calls)
        return AnswerStream(self._converse(messages, calling, options).open())

    async def achat(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolLike] | None = None,
        tool_choice: ToolChoice | None = None,
        parallel_calls: bool = True,
        **options: Unpack[AskOptions],
    ) -> Answer:
        """As `chat`, without blocking the event loop; cancelling the task ends the request."""
        return await self.astream_chat(
            messages,
            tools=tools,
            tool_choice=tool_choice,
            parallel_calls=parallel_calls,
            **options,
        ).result()

    def astream_chat(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolLike] | None = None,
        tool_choice: ToolChoice | None = None,
        parallel_calls: bool = True,
        **options: Unpack[AskOptions],
    ) -> AsyncAnswerStream:
        """As `stream_chat`, for `async for`; images are opened once it is waited for."""
        calling = Calling.of(tools, tool_choice, parallel=parallel_calls)
        inquiry = self._converse(messages, calling, options)
        return AsyncAnswerStream(inquiry, self._pool)

    def session(self, images: Images = ()) -> Session:
        """Images to ask about again and again; a question then costs what is new about it."""
        self._life.check()
        return Session(self, open_all(sources_of(images), self._limits))

    def logits(
        self, question: str, images: Images = (), *, instruction: str | None = None
    ) -> Tensor:
        """Next-token logits after the prompt: float32 (vocabulary,) on the CPU."""
        task = self._inquire(question, images, instruction, {}).logits_task()
        events: SimpleQueue[Event] = SimpleQueue()
        task.listener = events.put
        self._engine.submit(task)
        if (error := events.get()) is not None:
            assert isinstance(error, Exception)
            raise error
        return task.logits

    def count_tokens(
        self, question: str, images: Images = (), *, instruction: str | None = None
    ) -> int:
        """Positions of the prompt, those of the images included; nothing is generated."""
        return len(self._inquire(question, images, instruction, {}).prompt().ids)

    def count_chat_tokens(
        self, messages: Sequence[Message], *, tools: Sequence[ToolLike] | None = None
    ) -> int:
        """Positions of a conversation's prompt, as `chat` would have it; any role may be last."""
        self._life.check()
        asked = self._conversation(messages, Calling.of(tools, None))
        return len(self._request(asked, Options(), None).prompt().ids)

    def encode(self, text: str) -> list[int]:
        """The token ids of a text by itself."""
        return self._variant.tokenizer.encode(text)

    def decode(self, token_ids: Sequence[int]) -> str:
        """The text of token ids, markers left out. Raises LeopardError for what is no id of one."""
        count = self._variant.language_model.decoder.embedding.num_embeddings
        given: list[object] = [*token_ids]
        wrong = [
            each for each in given if not isinstance(each, Integral) or each not in range(count)
        ]
        if wrong:
            raise LeopardError(
                f"{wrong[0]!r} is no token's id: ids are whole numbers from 0 to {count - 1}, as "
                "`encode` and `answer.token_ids` have them."
            )
        return self._variant.tokenizer.decode(map(int, token_ids))

    def load_frames(self, image: ImageSource) -> list[Frame]:
        """The pictures that a source stands for, under this Leopard's limits; pages of a document.

        Raises ImageInvalid and its kin.
        """
        return load_frames(image, self._limits)

    def read(self, image: ImageSource, *, check: Check = nothing) -> Reading:
        """The text of one image in reading order, with boxes in its own pixels.

        What `check` raises while it is read ends the reading.

        Raises DocumentInvalid for a document of several pages: read its frames one by one.
        """
        frames = self.load_frames(image)
        if len(frames) != 1:
            raise DocumentInvalid(
                f"{frames[0].source} has {len(frames)} pages. Read one at a time: give one of the "
                "frames that Leopard.load_frames returns."
            )
        return self._reader.read(frames[0].image, check=check)

    def find(
        self,
        text: str,
        image: ImageSource,
        *,
        limit: int | None = None,
        check: Check = nothing,
    ) -> list[Line]:
        """Where a text stands in an image, best match first, boxes tight around the words.

        limit: the most places; None is all of them. `check` as in `read`, which also says what is
        raised for a document.
        """
        if limit is not None and limit < 1:
            raise LeopardError(f"limit must be at least 1, or None for all places, not {limit}.")
        return find(text, self.read(image, check=check), limit=limit or sys.maxsize)

    def close(self) -> None:
        """Ends the use of the model; what is still asked raises EngineClosed."""
        self._life.closed = True
        self._finalizer.detach()
        self._engine.close()
        # What waits for a thread begins with a check, and so gets EngineClosed.
        self._pool.shutdown(wait=False)

    def __enter__(self) -> Leopard:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _inquire(
        self, question: str, images: Images, instruction: str | None, options: AskOptions
    ) -> Inquiry:
        """The request of one question: its images, then the question with its instruction."""
        self._life.check()
        if not isinstance(question, str):
            raise LeopardError(
                f"The question is a text, not a {type(question).__name__}. It comes first, and "
                "then the images: ask(question, images)."
            )
        given = Options(**options)
        schema = None if given.schema is None else Schema.of(given.schema)
        if instruction is None:
            instruction = schema.instruction if schema else self._variant.instruction
        text = self._variant.join(question, instruction)
        asked = Question(sources_of(images), text, self._limits)
        return self._request(asked, given, schema)

    def _converse(
        self, messages: Sequence[Message], calling: Calling | None, options: AskOptions
    ) -> Inquiry:
        """The request of a conversation."""
        self._life.check()
        asked = self._conversation(messages, calling)
        if not asked.messages or asked.messages[-1].role not in ("user", "tool"):
            raise LeopardError("A chat needs messages, the last of them a user's or a tool's.")
        given = Options(**options)
        schema = None if given.schema is None else Schema.of(given.schema)
        if calling and (given.verbatim or given.stop or (schema and schema.choices is not None)):
            raise LeopardError("Tools go with none of verbatim, stop and a schema of choices.")
        return self._request(asked, given, schema, calling)

    def _request(
        self,
        open_turns: OpenTurns,
        options: Options,
        schema: Schema | None,
        calling: Calling | None = None,
    ) -> Inquiry:
        return Inquiry(self._services, open_turns, options, schema, calling)

    def _conversation(self, messages: Sequence[Message], calling: Calling | None) -> Conversation:
        if not isinstance(messages, Iterable):
            raise LeopardError(
                f"A conversation is a list of messages, not a {type(messages).__name__}: "
                'chat([Message("user", ["Who?"])]).'
            )
        return Conversation(tuple(messages), calling, self._variant.system, self._limits)


def _cache_bytes(variant: Variant) -> int:
    """What may be kept where nobody says how much."""
    model = variant.language_model
    positions = min(CACHE_POSITIONS, model.context_length)
    prefixes = positions * model.cache_shape.position_bytes
    # The rest of all is for what is encoded and read.
    return max(CACHE_BYTES, math.ceil(prefixes / (1 - 1 / ENCODER_PART - 1 / READER_PART)))
