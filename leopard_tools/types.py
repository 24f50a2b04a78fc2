"""The words of the project as values: boxes, lines, readings, frames, messages, answers.

Standard library only, so that importing leopard_tools costs nothing; PIL and numpy are imported
for ImageSource alone, when somebody first asks for it. All boxes are in the pixels of the image
they belong to, from its top left corner. Everything is frozen: a result can be shared between
threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import reduce
from itertools import islice
from math import ceil, floor
from os import PathLike
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL.Image import Image as PILImage

    ImageSource: TypeAlias = (
        str
        | PathLike[str]
        | bytes
        | bytearray
        | memoryview
        | PILImage
        | npt.NDArray[np.uint8]
        | "Frame"
        | "Deferred"
    )
else:

    def __getattr__(name: str) -> object:
        """What names PIL and numpy; from then on annotations in this module can be evaluated."""
        if name not in ("ImageSource", "PILImage"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import numpy as np
        import numpy.typing as npt
        from PIL.Image import Image as PILImage

        simple = str | PathLike[str] | bytes | bytearray | memoryview
        source = simple | PILImage | npt.NDArray[np.uint8] | Frame | Deferred
        globals().update(PILImage=PILImage, ImageSource=source)
        return globals()[name]


CELL_SEPARATOR = " | "
"""What stands between two cells of one row in a reading's text."""
EMPTY_CELL = "(empty)"
"""What stands for an empty cell of a table in a reading's text, as "(no text)" for an image."""
UNREAD_CELL = "(not read)"
"""What stands for a cell in which something is that could not be read: a sign, foreign letters."""
UNREAD = -1
"""The count of lines of such a cell in `Reading.cells`."""
SPANNED_CELL = "(as above)"
"""What stands for a cell in a row that the cell above it spans, too."""
SPANNED = -2
"""The count of lines of such a cell in `Reading.cells`."""

FinishReason = Literal["stop", "length", "stop_string"]
ToolChoice: TypeAlias = str
"""What a conversation does with its tools: "auto", "required", "none", or the name of one."""
Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in an image's own pixels: left and top inclusive, right and bottom exclusive."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def center(self) -> tuple[int, int]:
        return self.left + self.width // 2, self.top + self.height // 2

    def to_list(self) -> list[int]:
        """As JSON has it where it is short: [left, top, width, height].

        >>> Box(10, 20, 30, 5).to_list()
        [10, 20, 30, 5]
        """
        return [self.left, self.top, self.width, self.height]

    def turned(self, turns: int, width: int = 0, height: int = 0) -> Box:
        """Where it lies once its image, of this size, is turned anticlockwise by quarter turns.

        Without a size it is turned about the image's top left corner.

        >>> Box(10, 20, 30, 5).turned(1, 100, 50)
        Box(left=20, top=60, width=5, height=30)
        """
        box = self
        for _ in range(turns % 4):
            box = Box(box.top, width - box.right, box.height, box.width)
            width, height = height, width
        return box

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        right, bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        return Box(left, top, right - left, bottom - top)

    def intersection(self, other: Box) -> Box | None:
        """The part that both share, or None where they do not meet."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        if right <= left or bottom <= top:
            return None
        return Box(left, top, right - left, bottom - top)

    @staticmethod
    def around(boxes: Iterable[Box]) -> Box:
        """The smallest box that holds all of `boxes` (at least one)."""
        return reduce(Box.union, boxes)


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text that stands on one line of an image, with its box.

    `edges`, where known, are the x positions of the borders between characters: len(text) + 1
    numbers, in pixels of the image, rising from the box's left to its right. Where the page lies
    on its side or upside down in the image, `turn` quarter turns anticlockwise bring it upright:
    at 2 edges fall, and at 1 and 3 they are y positions, which rise and fall.
    """

    text: str
    box: Box
    confidence: float
    edges: tuple[float, ...] = field(default=(), repr=False)
    turn: int = field(default=0, repr=False)

    def box_of(self, start: int, end: int) -> Box:
        """The box of text[start:end]: as tight as the known edges allow."""
        if not self.edges or end <= start:
            return self.box
        low, high = sorted((self.edges[start], self.edges[end]))
        first = int(low)
        size = max(1, int(-(-high // 1)) - first)
        if self.turn % 2:
            return Box(self.box.left, first, self.box.width, size)
        return Box(first, self.box.top, size, self.box.height)


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of one image: rows in reading order, each row its cells from left to right.

    A row of a table has several cells; a line of running text is a row of one cell. `cells`
    has, for every row, the number of lines in each of its cells: several where a cell wraps, 0
    where a table's cell is empty, UNREAD (-1) where something is in it that could not be read,
    SPANNED (-2) where it is a part of the cell above it, as rules show.
    Where it is (), every line is a cell.
    """

    rows: tuple[tuple[Line, ...], ...]
    width: int
    height: int
    cells: tuple[tuple[int, ...], ...] = field(default=(), repr=False)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in reading order."""
        return tuple(line for row in self.rows for line in row)

    @property
    def text(self) -> str:
        """The rows, one a line, cells joined by ' | '; an empty cell is '(empty)'.

        One in which something is that could not be read is '(not read)', one that is a part of
        the cell above it '(as above)'.
        """
        return "\n".join(map(CELL_SEPARATOR.join, self.cell_texts))

    @property
    def cell_texts(self) -> tuple[tuple[str, ...], ...]:
        """The rows as texts of cells; one without lines is '(empty)' and so on, as in `text`."""
        blank = {UNREAD: UNREAD_CELL, SPANNED: SPANNED_CELL}
        return tuple(
            tuple(
                " ".join(line.text for line in cell) or blank.get(count, EMPTY_CELL)
                for cell, count in zip(row, counts, strict=True)
            )
            for row, counts in zip(self.celled, self.counts, strict=True)
        )

    @property
    def counts(self) -> tuple[tuple[int, ...], ...]:
        """`cells`, also where every line is a cell."""
        return self.cells or tuple((1,) * len(row) for row in self.rows)

    @property
    def celled(self) -> tuple[tuple[tuple[Line, ...], ...], ...]:
        """The rows as cells of lines; of those that `text` has no words for, none."""
        found = []
        for row, counts in zip(self.rows, self.counts, strict=True):
            lines = iter(row)
            found.append(tuple(tuple(islice(lines, max(0, count))) for count in counts))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Deferred:
    """An image that is opened when its request starts, within its timeout.

    `open` gives its frames. It is called with a check, which raises where nobody waits any more;
    call it between steps, or hand it to `load_frames`.
    """

    open: Callable[[Callable[[], None]], Sequence[Frame]]


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture with its provenance.

    `image` is RGB. `page` counts from 1 in the file named by `source`. `scale` is the number of
    picture pixels for one unit of the origin's space (screen pixels, PDF points, CSS pixels);
    `origin` is where the picture's top left corner lies there. Of a slide, `notes` are what its
    speaker wrote down, and `hidden` says that a show skips it. `masked` are the boxes, in the
    picture's pixels, that were blacked out because a window in them may not be shown.
    """

    image: PILImage
    source: str
    page: int | None = None
    title: str | None = None
    monitor: int | None = None
    window: str | None = None
    time: datetime | None = None
    scale: float = 1.0
    origin: tuple[int, int] = (0, 0)
    notes: str | None = None
    hidden: bool = False
    masked: tuple[Box, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.image.size

    @property
    def label(self) -> str:
        """How a person would name it: the source, with its page where it has pages."""
        return self.source if self.page is None else f"{self.source}, page {self.page}"

    def to_screen(self, box: Box) -> Box:
        """Where a box of the picture lies in the origin's space: the smallest that covers it.

        >>> from PIL import Image
        >>> frame = Frame(Image.new("RGB", (200, 100)), "screen", scale=2.0, origin=(-1920, 0))
        >>> frame.to_screen(Box(10, 20, 30, 40))
        Box(left=-1915, top=10, width=15, height=20)
        """
        x, y = self.origin
        return _rounded_out(
            x + box.left / self.scale,
            y + box.top / self.scale,
            x + box.right / self.scale,
            y + box.bottom / self.scale,
        )

    def from_screen(self, box: Box) -> Box:
        """Where a box of the origin's space lies in the picture, or would if that were larger."""
        x, y = self.origin
        return _rounded_out(
            (box.left - x) * self.scale,
            (box.top - y) * self.scale,
            (box.right - x) * self.scale,
            (box.bottom - y) * self.scale,
        )


def _rounded_out(left: float, top: float, right: float, bottom: float) -> Box:
    """The smallest box that covers these edges; what misses a pixel by rounding alone is on it."""
    left, top = floor(left + 1e-6), floor(top + 1e-6)
    return Box(left, top, ceil(right - 1e-6) - left, ceil(bottom - 1e-6) - top)


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model may call: its name, what it does, and the JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call that a model wants made."""

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation: texts and images in the order in which they are meant.

    A str is always text; an image on disk is given as a pathlib.Path, one on the web as a Frame
    or as its bytes. A Path to a document stands for its pages.

    An assistant's message may carry the calls that it made; what they gave comes back in messages
    of the role "tool", one a call, in their order.
    """

    role: Role
    content: Sequence[str | ImageSource] = ()
    tool_calls: Sequence[ToolCall] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer rests: the image (its index from 0), the box in it, the text there."""

    image: int
    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost in positions; prompt_tokens include image_tokens and cached_tokens.

    cached_tokens were computed for an earlier request. encoder_computed and encoder_reused count
    what images are made of to the checkpoint: pictures, tiles, or lines of text that were read.
    """

    prompt_tokens: int
    image_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    encoder_computed: int = 0
    encoder_reused: int = 0


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds that an answer took, by stage.

    `first_token` is from the call to the first piece of text, 0.0 where the answer has none. How
    long a stream lay before its first piece was asked for does not count.
    """

    read: float = 0.0
    preprocess: float = 0.0
    vision: float = 0.0
    prefill: float = 0.0
    decode: float = 0.0
    first_token: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with what it cost and where it rests.

    `probability` is that of the answer as a whole: the product of the probabilities that the model
    gave to its tokens (and to ending there), among those that the request allowed; among all where
    what nano's question compares was worked out and the answer held to it. Of a short
    answer it tells how often such an answer is right, as far as the model card says so; of a long
    one it is small, as any wording in particular is. `confidence` is the geometric mean of the same
    probabilities, which does not shrink with length and is far above how often answers are right.
    `token_logprobs` are the natural logarithms of the probabilities of `token_ids`, likewise; of
    one of a few choices, among all tokens.
    `model` names the checkpoint that answered. `images` are the pictures asked about. `parsed` is
    the object that a schema asked for: an instance of the type given, or plain values.
    `tool_calls` are the calls that it makes; `text` is then how the checkpoint wrote them.
    """

    text: str
    finish_reason: FinishReason
    token_ids: tuple[int, ...]
    confidence: float
    probability: float
    usage: Usage
    timings: Timings
    model: str
    citations: tuple[Citation, ...] = ()
    images: tuple[Frame, ...] = field(default=(), repr=False)
    parsed: object = None
    tool_calls: tuple[ToolCall, ...] = ()
    token_logprobs: tuple[float, ...] = field(default=(), repr=False)

    def show(self, citation: int = 0) -> PILImage:
        """The image of the given citation with its box outlined (a copy).

        Raises IndexError where there is no such citation.
        """
        from .images.outline import outline

        cited = self.citations[citation]
        return outline(self.images[cited.image].image, [cited.box])

    def to_dict(self) -> dict[str, object]:
        """JSON-safe: everything but the pixels."""
        parsed = None if self.parsed is None else _plain(self.parsed)
        return {
            "text": self.text,
            **({} if parsed is None else {"parsed": parsed}),
            **({"tool_calls": [asdict(c) for c in self.tool_calls]} if self.tool_calls else {}),
            "finish_reason": self.finish_reason,
            "confidence": round(self.confidence, 4),
            "probability": round(self.probability, 4),
            "model": self.model,
            "citations": [asdict(citation) for citation in self.citations],
            "images": [
                {"source": frame.source, "page": frame.page, "size": list(frame.size)}
                for frame in self.images
            ],
            "usage": asdict(self.usage),
            "timings": {name: round(value, 4) for name, value in asdict(self.timings).items()},
            "token_ids": list(self.token_ids),
            "token_logprobs": [round(value, 4) for value in self.token_logprobs],
        }


def _plain(parsed: object) -> object:
    """An object that a schema asked for as JSON has it."""
    try:
        from pydantic_core import to_jsonable_python
    except ImportError:
        # Without pydantic there are no types to ask for, and what was parsed is JSON's.
        return parsed
    return to_jsonable_python(parsed)


__all__ = [
    "CELL_SEPARATOR",
    "EMPTY_CELL",
    "SPANNED",
    "SPANNED_CELL",
    "UNREAD",
    "UNREAD_CELL",
    "Answer",
    "Box",
    "Citation",
    "Deferred",
    "FinishReason",
    "Frame",
    "ImageSource",
    "Line",
    "Message",
    "Reading",
    "Role",
    "Timings",
    "Tool",
    "ToolCall",
    "ToolChoice",
    "Usage",
]
