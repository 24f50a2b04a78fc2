"""Leopard: a loaded checkpoint that answers questions about images, in this process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, cast

from .answering import AnswerStream, Options
from .errors import DocumentInvalid, EngineClosed, LeopardError
from .images.sources import Limits, load_frames
from .reading.locate import find
from .reading.ocr import Reader
from .types import Answer, Frame, Line, Message, Reading, Role
from .variants.base import Turn, Variant
from .variants.registry import NANO, Processing, load_variant

if TYPE_CHECKING:
    from torch import Tensor

    from .types import ImageSource

    Images = ImageSource | Iterable[ImageSource]


class Leopard:
    """Answers questions about images. Make one with `load`; it may be shared between threads."""

    def __init__(self, variant: Variant, reader: Reader, limits: Limits) -> None:
        self._variant = variant
        self._reader = reader
        self._limits = limits
        self._closed = False

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
    ) -> Leopard:
        """Loads a checkpoint: the embedded default, a folder, or a repository of the hub.

        device: "auto" (CUDA, then MPS, then the CPU) or torch's name of one. dtype: "auto"
        (bfloat16 on CUDA, float16 on MPS, float32 on the CPU), "float32", "bfloat16", "float16".
        adapter: the folder of a LoRA in the PEFT layout, merged into the weights. revision: a
        branch, tag or commit of a hub repository. processing: for checkpoints of the Idefics2
        layout, "published" prepares pictures as Leopard's evaluation does, "saved" as the
        checkpoint's preprocessor_config.json says; "auto" is "saved" for Idefics2-8B itself.
        limits: what sources may cost (pages, megapixels, downloads).

        Raises CheckpointNotFound, CheckpointInvalid or MissingDependency.
        """
        variant = load_variant(
            checkpoint,
            device=device,
            dtype=dtype,
            adapter=Path(adapter).expanduser() if adapter is not None else None,
            revision=revision,
            processing=processing,
        )
        return cls(variant, Reader(), limits or Limits())

    @property
    def model(self) -> str:
        """The checkpoint's name, as in `answer.model`."""
        return self._variant.model

    def ask(
        self,
        question: str,
        images: Images = (),
        *,
        instruction: str | None = None,
        max_tokens: int = 128,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int | None = None,
        stop: str | Sequence[str] = (),
        verbatim: bool = False,
        cite: bool = False,
    ) -> Answer:
        """Answers a question about images.

        images: paths, URLs, bytes, PIL images, arrays (H, W, 3) or Frames, in order; a document
        stands for its pages. instruction: how to answer; None takes the one that the checkpoint
        was evaluated with (a word or phrase), "" gives none. temperature 0 is greedy; a seed makes
        sampling repeatable. stop: strings that end the answer and are not part of it.
        verbatim: the answer is a run of words that stands in an image, or the checkpoint's way to
        say that none does; its citations are exact. cite: citations are looked up afterwards, and
        are empty where the answer's words stand nowhere.

        Raises ImageInvalid and its kin for bad sources, ContextTooLong where all of it does not
        fit, EngineClosed after `close`.
        """
        return self.stream(
            question,
            images,
            instruction=instruction,
            max_tokens=max_tokens,
            temperature=temperature,
            top_p=top_p,
            seed=seed,
            stop=stop,
            verbatim=verbatim,
            cite=cite,
        ).answer

    def stream(
        self,
        question: str,
        images: Images = (),
        *,
        instruction: str | None = None,
        max_tokens: int = 128,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int | None = None,
        stop: str | Sequence[str] = (),
        verbatim: bool = False,
        cite: bool = False,
    ) -> AnswerStream:
        """As `ask`, piece by piece: an iterator of text, with `.answer` when it is done."""
        options = Options(max_tokens, temperature, top_p, seed, _strings(stop), verbatim, cite)
        return self._start([self._turn(question, images, instruction)], options)

    def chat(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 128,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int | None = None,
        stop: str | Sequence[str] = (),
        verbatim: bool = False,
        cite: bool = False,
    ) -> Answer:
        """Continues a conversation whose last message is the user's; options as in `ask`.

        Images and texts keep their order, images are numbered through the whole conversation. No
        instruction is added.
        """
        return self.stream_chat(
            messages,
            max_tokens=max_tokens,
            temperature=temperature,
            top_p=top_p,
            seed=seed,
            stop=stop,
            verbatim=verbatim,
            cite=cite,
        ).answer

    def stream_chat(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 128,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int | None = None,
        stop: str | Sequence[str] = (),
        verbatim: bool = False,
        cite: bool = False,
    ) -> AnswerStream:
        """As `chat`, piece by piece: an iterator of text, with `.answer` when it is done."""
        if not messages or messages[-1].role != "user":
            raise LeopardError("A chat needs messages, the last of them with role 'user'.")
        options = Options(max_tokens, temperature, top_p, seed, _strings(stop), verbatim, cite)
        return self._start([self._open(message) for message in messages], options)

    def logits(
        self, question: str, images: Images = (), *, instruction: str | None = None
    ) -> Tensor:
        """Next-token logits after the prompt: a float32 tensor (vocabulary,)."""
        return self._start([self._turn(question, images, instruction)], Options()).logits()

    def count_tokens(
        self, question: str, images: Images = (), *, instruction: str | None = None
    ) -> int:
        """Positions of the prompt, those of the images included; nothing is generated."""
        return len(self._start([self._turn(question, images, instruction)], Options()).prompt().ids)

    def read(self, image: ImageSource) -> Reading:
        """The text of one image in reading order, with boxes in its own pixels.

        Raises DocumentInvalid for a document of several pages: read its frames one by one.
        """
        frames = load_frames(image, self._limits)
        if len(frames) != 1:
            raise DocumentInvalid(
                f"{frames[0].source} has {len(frames)} pages. Read one at a time: give one of the "
                "frames that leopard_tools.images.sources.load_frames returns."
            )
        return self._reader.read(frames[0].image)

    def find(self, text: str, image: ImageSource) -> list[Line]:
        """Where a text stands in an image, best match first, boxes tight around the words."""
        return find(text, self.read(image))

    def close(self) -> None:
        """Ends the use of the model; what is still asked raises EngineClosed."""
        self._closed = True

    def __enter__(self) -> Leopard:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self, turns: list[Turn], options: Options) -> AnswerStream:
        self._check_open()
        return AnswerStream(
            self._variant,
            turns,
            options,
            read=lambda frame: self._reader.read(frame.image),
            check=self._check_open,
        )

    def _check_open(self) -> None:
        if self._closed:
            raise EngineClosed("This Leopard was closed. Load it again to ask more.")

    def _turn(self, question: str, images: Images, instruction: str | None) -> Turn:
        """The single turn of a question: its images, then the question with its instruction."""
        if instruction is None:
            instruction = self._variant.instruction
        frames = [f for source in _sources(images) for f in load_frames(source, self._limits)]
        return Turn("user", (*frames, self._variant.join(question, instruction)))

    def _open(self, message: Message) -> Turn:
        parts: list[str | Frame] = []
        content = [message.content] if isinstance(message.content, str) else message.content
        for part in content:
            parts += [part] if isinstance(part, str) else load_frames(part, self._limits)
        roles: tuple[Role, ...] = ("system", "user", "assistant")
        if message.role not in roles:
            raise LeopardError(
                f"A message's role is one of {', '.join(roles)}, not {message.role!r}."
            )
        return Turn(message.role, tuple(parts))


def _sources(images: Images) -> Iterable[ImageSource]:
    """Several sources, also where a single one was given."""
    single = (str, bytes, bytearray, memoryview, PathLike, Frame)
    # PIL images and numpy arrays, without importing either.
    if isinstance(images, single) or hasattr(images, "__array_interface__"):
        return [cast("ImageSource", images)]
    return images


def _strings(stop: str | Sequence[str]) -> tuple[str, ...]:
    """Several stop strings, also where a single one was given."""
    return (stop,) if isinstance(stop, str) else tuple(stop)
