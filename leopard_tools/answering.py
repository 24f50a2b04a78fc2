"""From turns to an answer: build the prompt, encode, generate, say where the answer rests.

One AnswerStream is one request. Everything that calls a model goes through it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .engine.generate import Generation, Request
from .engine.sampling import Sampling
from .engine.stopwatch import Stopwatch
from .errors import ContextTooLong, LeopardError
from .reading.locate import cite
from .types import Answer, Citation, Frame, Reading, Usage
from .variants.base import Turn, Variant
from .verbatim import Quotation

if TYPE_CHECKING:
    from torch import Tensor

    from .engine.prompt import Prompt


@dataclass(frozen=True, slots=True)
class Options:
    """How to answer; Leopard.ask documents each. Raises LeopardError for impossible values."""

    max_tokens: int = 128
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    verbatim: bool = False
    cite: bool = False

    def __post_init__(self) -> None:
        problems = [
            (self.max_tokens < 1, f"max_tokens must be at least 1, not {self.max_tokens}"),
            (not self.temperature >= 0, f"temperature must be 0 or more, not {self.temperature}"),
            (not 0 < self.top_p <= 1, f"top_p must be over 0 and at most 1, not {self.top_p}"),
        ]
        wrong = [text for found, text in problems if found]
        if wrong:
            raise LeopardError(f"{'; '.join(wrong)}.")


class AnswerStream(Iterator[str]):
    """Pieces of an answer as they become certain; they join to exactly `answer.text`.

    Nothing is computed before the first piece is asked for. `close` gives up: no more is computed.
    """

    def __init__(
        self,
        variant: Variant,
        turns: Sequence[Turn],
        options: Options,
        *,
        read: Callable[[Frame], Reading],
        check: Callable[[], None],
    ) -> None:
        self._variant = variant
        self._turns = turns
        self._options = options
        self._check = check
        self._read_frame = read
        self._readings: dict[int, Reading] = {}
        self._frames = [frame for turn in turns for frame in turn.frames]
        self._watch = Stopwatch()
        self._answer: Answer | None = None
        self._pieces = self._run()

    def __next__(self) -> str:
        return next(self._pieces)

    def close(self) -> None:
        """Gives up; the answer will not be complete."""
        self._pieces.close()

    @property
    def answer(self) -> Answer:
        """The whole answer; what was not yet asked for is computed first.

        Raises LeopardError where the stream was closed or failed before the end.
        """
        for _ in self._pieces:
            pass
        if self._answer is None:
            raise LeopardError("This stream was closed, or failed, before its answer was complete.")
        return self._answer

    def prompt(self) -> Prompt:
        """The positions that the language model sees; reads the images where it must."""
        return self._variant.build_prompt(self._turns, self._read)

    def logits(self) -> Tensor:
        """Next-token logits (vocabulary,) float32 after the prompt."""
        return self._generation(self.prompt(), Request(1, self._variant.end_ids)).prefill()

    def _run(self) -> Generator[str, None, None]:
        self._check()
        prompt = self.prompt()
        quotation = self._quotation() if self._options.verbatim else None
        options = self._options
        request = Request(
            options.max_tokens,
            self._variant.end_ids,
            Sampling(options.temperature, options.top_p, options.seed),
            options.stop,
            quotation.constraint if quotation else None,
        )
        generation = self._generation(prompt, request)
        with self._watch.stage("prefill"):
            logits = generation.prefill()
        pieces = generation.decode(logits)
        while True:
            with self._watch.stage("decode"):
                piece = next(pieces, None)
            self._watch.mark_first_token()
            if piece is None:
                break
            yield piece
        self._answer = self._finish(prompt, generation, quotation)

    def _generation(self, prompt: Prompt, request: Request) -> Generation:
        model = self._variant.language_model
        needed = len(prompt.ids) + request.max_tokens
        if needed > model.context_length:
            raise ContextTooLong(needed, model.context_length)
        features = self._variant.encode(self._frames, self._watch)
        embeddings = model.embed_prompt(prompt, features)
        return Generation(model, self._variant.tokenizer, embeddings, request, self._check)

    def _read(self, frame: Frame) -> Reading:
        """A frame's reading, made once a request; frames are told apart by identity."""
        if id(frame) not in self._readings:
            with self._watch.stage("read"):
                self._readings[id(frame)] = self._read_frame(frame)
        return self._readings[id(frame)]

    def _quotation(self) -> Quotation:
        readings = [self._read(frame) for frame in self._frames]
        return Quotation(
            readings, self._variant.tokenizer, self._variant.end_ids, self._variant.absent
        )

    def _finish(
        self, prompt: Prompt, generation: Generation, quotation: Quotation | None
    ) -> Answer:
        return Answer(
            text=generation.text,
            finish_reason=generation.finish_reason,
            token_ids=tuple(generation.token_ids),
            confidence=generation.confidence,
            usage=Usage(len(prompt.ids), prompt.image_positions, len(generation.token_ids)),
            citations=self._citations(generation.text, quotation),
            timings=self._watch.timings(),
            model=self._variant.model,
            images=tuple(self._frames),
        )

    def _citations(self, text: str, quotation: Quotation | None) -> tuple[Citation, ...]:
        if not (quotation or self._options.cite):
            return ()
        question = "\n".join(part for part in self._turns[-1].parts if isinstance(part, str))
        found = cite(text, question, [self._read(frame) for frame in self._frames])
        return quotation.citations(found) if quotation else found
