"""From turns to an answer: build the prompt, encode, have it computed, say where it rests.

One Inquiry is one request. Everything that calls a model goes through it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from numbers import Integral, Real
from time import perf_counter
from typing import TYPE_CHECKING, TypedDict

from .caching import ByteCache
from .calling import Calling
from .engine.choices import Choice
from .engine.generate import Generation, Request
from .engine.grammar import GrammarConstraint
from .engine.prompt import EncodedPrompt
from .engine.sampling import Sampling
from .engine.task import Cancellation, Event, Listener, LogitsTask
from .errors import ContextTooLong, LeopardError
from .reading.locate import cite
from .schema import Schema, leaves
from .types import Answer, Citation, Frame, Reading, Usage
from .variants.base import Encoding, Turn, Variant
from .verbatim import Quotation
from .waiting import Turns

if TYPE_CHECKING:
    from torch import Tensor

    from .engine.constrain import Constraint
    from .engine.prompt import Prompt
    from .engine.worker import Engine
    from .reading.memory import Effort
    from .reading.ocr import Reader


class AskOptions(TypedDict, total=False):
    """How to answer, in ask, chat, their streams and sessions.

    max_tokens: the longest answer, 128 by default. temperature: 0, the default, is greedy; top_p
    keeps the likeliest tokens that hold that much probability; a seed makes sampling repeatable.
    stop: strings that end the answer and are not part of it; with neither schema nor verbatim.

    schema: a pydantic model, another type that pydantic knows, or a JSON schema; the answer is
    valid against it, also where max_tokens cuts it short (a number or text then ends where it
    was), and `answer.parsed` is the object. An enum's values are scored as wholes. A type's rules
    that its JSON schema does not say (validators) are checked afterwards: SchemaUnsupported.
    verbatim: the answer is a run of words that stands in an image, or the checkpoint's way to say
    that none does; its citations are exact. cite: citations are looked up afterwards, and are
    empty where the answer's words stand nowhere.

    timeout: seconds, waiting included, after which Cancelled is raised; how long a stream lies
    before its first piece is asked for does not count. cancel: an event that ends the request when
    it is set.
    """

    max_tokens: int
    temperature: float
    top_p: float
    seed: int | None
    stop: str | Sequence[str]
    schema: object
    verbatim: bool
    cite: bool
    timeout: float | None
    cancel: threading.Event | None


_SEEDS = range(-(2**63), 2**64)
"""What torch takes for one."""


def _is(value: object, kind: type) -> bool:
    """Whether a value is of a kind; numpy's numbers are numbers, and True is none."""
    return isinstance(value, kind) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """AskOptions with their defaults. Raises LeopardError for impossible values."""

    max_tokens: int = 128
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: str | Sequence[str] = ()
    schema: object = None
    verbatim: bool = False
    cite: bool = False
    timeout: float | None = None
    cancel: threading.Event | None = None

    def __post_init__(self) -> None:
        problems = [
            (
                not (_is(self.max_tokens, Integral) and self.max_tokens >= 1),
                f"max_tokens must be a whole number of at least 1, not {self.max_tokens!r}",
            ),
            (
                not (_is(self.temperature, Real) and self.temperature >= 0),
                f"temperature must be 0 or more, not {self.temperature!r}",
            ),
            (
                not (_is(self.top_p, Real) and 0 < self.top_p <= 1),
                f"top_p must be over 0 and at most 1, not {self.top_p!r}",
            ),
            (
                # As an int: any other number would be looked for one by one.
                self.seed is not None
                and not (_is(self.seed, Integral) and int(self.seed) in _SEEDS),
                f"seed must be a whole number of at most 64 bits, not {self.seed!r}",
            ),
            (
                self.timeout is not None and not (_is(self.timeout, Real) and self.timeout > 0),
                f"timeout must be over 0 seconds, not {self.timeout!r}",
            ),
            (
                not (_is(self.stop, Collection) and all(_is(stop, str) for stop in self.stop)),
                f"stop must be a string or several, () for none, not {self.stop!r}",
            ),
            (
                self.cancel is not None and not callable(getattr(self.cancel, "is_set", None)),
                f"cancel must be a threading.Event, not {self.cancel!r}",
            ),
            (
                self.verbatim and self.schema is not None,
                "an answer cannot be both verbatim and held to a schema",
            ),
            (
                bool(self.stop) and self.schema is not None,
                "an answer held to a schema ends where the schema says, so give no stop",
            ),
            (
                bool(self.stop) and self.verbatim,
                "a verbatim answer is whole words of an image, so give no stop",
            ),
        ]
        wrong = [text for found, text in problems if found]
        if wrong:
            raise LeopardError(f"{'; '.join(wrong)}.")

    @property
    def sampling(self) -> Sampling:
        # torch takes no number of numpy's for a seed.
        seed = None if self.seed is None else int(self.seed)
        return Sampling(float(self.temperature), self.top_p, seed)

    @property
    def stops(self) -> tuple[str, ...]:
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Services:
    """What all requests of one Leopard share; `check` raises where it may not be used.

    Each request holds it, and its engine works for as long as anybody does: a stream gives its
    answer also where its Leopard was dropped.
    """

    variant: Variant
    engine: Engine
    reader: Reader
    check: Callable[[], None]
    encodings: ByteCache[bytes, Tensor]
    # One request encodes at a time: side by side they would only share the same cores.
    turns: Turns = field(default_factory=Turns)


def _check(services: Services, cancellation: Cancellation) -> None:
    services.check()
    cancellation.check()


OpenTurns = Callable[[Callable[[], None]], Sequence[Turn]]
"""Opens the images of a conversation; gets what raises where nobody waits any more."""


class Inquiry:
    """One request: `start` has it computed, `finish` makes `answer` once its listener knows.

    Its images are opened by `open`, or else by `start`. `check` raises Cancelled or EngineClosed
    where it must not go on.
    """

    def __init__(
        self,
        services: Services,
        open_turns: OpenTurns,
        options: Options,
        schema: Schema | None = None,
        calling: Calling | None = None,
    ) -> None:
        self._services = services
        self._variant = services.variant
        self._open_turns = open_turns
        self._turns: Sequence[Turn] | None = None
        self._options = options
        self._schema = schema
        self._calling = calling
        self._frames: list[Frame] = []
        self._readings: dict[int, Reading] = {}
        self._efforts: dict[int, Effort] = {}
        self._quotation: Quotation | None = None
        self._task: Generation | Choice | None = None
        self.answer: Answer | None = None
        self._cancellation = Cancellation(options.timeout, options.cancel)
        # Not a method: what it is handed to would hold the request, and the request what it needs,
        # its engine included, until the garbage collector came.
        self.check = partial(_check, services, self._cancellation)
        self._encoding = Encoding(cache=services.encodings, check=self.check, turns=services.turns)
        self._watch = self._encoding.watch
        self._still_since = perf_counter()

    def open(self) -> Inquiry:
        """Opens the images, if that is still to be done; gives itself."""
        if self._turns is None:
            self._turns = self._open_turns(self.check)
            self._frames = [frame for turn in self._turns for frame in turn.frames]
            self._still_since = perf_counter()
        return self

    def begin(self) -> None:
        """To be called when the answer is asked for; a stream may have lain unread until then.

        That time does not count, neither against the timeout nor in the timings.
        """
        still = perf_counter() - self._still_since
        self._watch.leave_out(still)
        self._cancellation.leave_out(still)

    @property
    def question(self) -> str:
        """The texts of the last turn, once it is open."""
        assert self._turns is not None
        return "\n".join(part for part in self._turns[-1].parts if isinstance(part, str))

    def start(self, listener: Listener) -> None:
        """Opens, reads and encodes what is new, and hands the rest to the engine.

        The listener is called from the engine's thread: with pieces of text, then with None, or
        with what went wrong.
        """
        self.check()
        self.open()
        constraint = self._constraint()
        if self._options.cite:
            self._read_all()
        longest = max((len(ids) for _, ids in self._choices), default=0)
        room = max(self._options.max_tokens, longest)
        task = self._make_task(self._encode(room), constraint)
        task.listener = self._timed(listener)
        self._task = task
        self._services.engine.submit(task)

    def cancel(self) -> None:
        """Gives up: what runs ends at its next step."""
        self._cancellation.cancel()

    def finish(self) -> None:
        """Makes the answer, after the listener was told of its end."""
        task = self._task
        assert task is not None and task.done
        self._watch.add("prefill", task.prefill_seconds)
        self._watch.add("decode", task.decode_seconds)
        prompt, encoding = task.prompt, self._encoding
        calls = self._calling.calls(task.text) if self._calling else ()
        self.answer = Answer(
            text=task.text,
            finish_reason=task.finish_reason,
            token_ids=tuple(task.token_ids),
            token_logprobs=tuple(task.token_logprobs),
            confidence=task.confidence,
            probability=task.probability,
            usage=Usage(
                len(prompt.ids),
                prompt.image_positions,
                len(task.token_ids),
                task.cached,
                encoding.computed,
                encoding.reused,
            ),
            citations=self._citations(task.text),
            timings=self._watch.timings(),
            model=self._variant.model,
            images=tuple(self._frames),
            parsed=self._schema.parse(task.text) if self._schema and not calls else None,
            tool_calls=calls,
        )

    def prompt(self) -> Prompt:
        """The positions that the language model sees; reads the images where it must."""
        turns = self.open()._turns
        assert turns is not None
        return self._variant.build_prompt(turns, self._read_as_input)

    def logits_task(self) -> LogitsTask:
        """Computes the logits after the prompt, for `Leopard.logits`."""
        return LogitsTask(self._encode(0), self._cancellation)

    def _timed(self, listener: Listener) -> Listener:
        """The listener, with the time of the first piece noted."""

        watch = self._watch

        def tell(event: Event) -> None:
            if isinstance(event, str):
                watch.mark_first_token()
            listener(event)

        return tell

    def _constraint(self) -> Constraint | None:
        if self._calling is not None:
            otherwise = self._schema.json_schema if self._schema else None
            return self._calling.constraint(
                self._variant.tokenizer, self._variant.end_ids, otherwise
            )
        if self._schema is not None and self._schema.choices is None:
            return GrammarConstraint(
                self._schema.json_schema, self._variant.tokenizer, self._variant.end_ids
            )
        if self._options.verbatim:
            self._quotation = Quotation(
                self._read_all(),
                self._variant.tokenizer,
                self._variant.end_ids,
                self._variant.absent,
            )
            return self._quotation.constraint
        return None

    def _encode(self, room: int) -> EncodedPrompt:
        """The prompt with its features. Raises ContextTooLong where `room` tokens do not fit."""
        prompt = self.prompt()
        needed, limit = len(prompt.ids) + room, self._variant.language_model.context_length
        if needed > limit:
            raise ContextTooLong(needed, limit)
        return EncodedPrompt(prompt, tuple(self._variant.encode(self._frames, self._encoding)))

    @cached_property
    def _choices(self) -> list[tuple[str, list[int]]]:
        """What a schema that only lists values chooses from, with its tokens."""
        texts = () if self._schema is None else self._schema.choice_texts
        return [(text, self._variant.tokenizer.encode(text)) for text in texts]

    def _make_task(
        self, encoded: EncodedPrompt, constraint: Constraint | None
    ) -> Generation | Choice:
        variant, options = self._variant, self._options
        if self._schema is not None and self._schema.choices is not None:
            return Choice(encoded, self._choices, variant.end_ids, self._cancellation)
        request = Request(
            options.max_tokens,
            variant.end_ids,
            options.sampling,
            options.stops,
            constraint,
            self._reluctance(),
            encoded.prompt.candidates if self._may_be_held() else None,
        )
        return Generation(encoded, request, variant.tokenizer, self._cancellation)

    def _may_be_held(self) -> bool:
        """Whether a candidate may be the answer, which is the likeliest and no object or call."""
        said = self._schema is None and self._calling is None
        return said and self._options.temperature == 0

    def _reluctance(self) -> tuple[int, float] | None:
        """How 'not there' begins, and how likely it must be; None where that is never asked."""
        variant = self._variant
        if not variant.absent_from:
            return None
        return variant.tokenizer.encode(variant.absent)[0], variant.absent_from

    def _read_all(self) -> list[Reading]:
        return [self._read(frame) for frame in self._frames]

    def _read(self, frame: Frame) -> Reading:
        """A frame's reading, made once a request; frames are told apart by identity."""
        if id(frame) not in self._readings:
            self.check()
            with self._watch.stage("read"):
                reading, effort = self._services.reader.read_counted(frame.image, self.check)
            self._readings[id(frame)], self._efforts[id(frame)] = reading, effort
        return self._readings[id(frame)]

    def _read_as_input(self, frame: Frame) -> Reading:
        """As _read, for variants whose images become their words: counted as encoding."""
        reading = self._read(frame)
        if effort := self._efforts.pop(id(frame), None):
            self._encoding.computed += effort.lines_read
            self._encoding.reused += effort.lines_known
        return reading

    def _citations(self, text: str) -> tuple[Citation, ...]:
        if not (self._quotation or self._options.cite):
            return ()
        question, readings = self.question, self._read_all()
        called = self._calling is not None and self._calling.calls(text)
        if self._schema is not None and self._schema.choices is None and not called:
            # As they would be written in an image.
            written = map(str, leaves(json.loads(text)))
            found = [cite(leaf, question, readings)[:1] for leaf in written]
            return tuple(citation for citations in found for citation in citations)
        ranked = cite(text, question, readings)
        return self._quotation.citations(ranked) if self._quotation else ranked
