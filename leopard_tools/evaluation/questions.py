"""What is asked, whatever it was read from: a question about images, with what counts as right.

It opens no picture, and must not know who answers or how answers are scored.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from ..types import Box

if TYPE_CHECKING:
    from ..types import ImageSource

MARK = "<image>"
"""Where an image stands in a question's text; a question without marks has its images in front."""

LETTERS = "ABCDEFGHIJKLMN"
"""The letters of choices, in the published code too."""

Sort = Literal["multiple-choice", "open-ended", "captioning", "webqa", "open"]
"""What the published loaders call a question; its last one is a slip that changes a figure."""


class Picture(Protocol):
    """An image that is not a file of its own: in a parquet file, or drawn from a table."""

    @property
    def name(self) -> str:
        """What it is called in results; the same in every run."""
        ...

    def source(self) -> ImageSource:
        """What Leopard opens. Raises LeopardError where there is nothing to open."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """A question about images, with what counts as right.

    answers: the accepted ones; the letter where there are choices; none where the right answer is
    that there is none. choices: the texts behind the letters A, B, ... instruction: how to answer;
    None is the checkpoint's own wording. metric: names how the benchmark itself scores it.
    page and box: where the answer stands (page from 0), where that is known.
    """

    id: str
    images: tuple[Path | Picture, ...]
    question: str
    answers: tuple[str, ...]
    kind: str
    page: int | None = None
    box: Box | None = None
    sort: Sort = "open-ended"
    choices: tuple[str, ...] = ()
    instruction: str | None = None
    metric: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the answer is in the images at all."""
        return self.kind != "absent"


def source_of(image: Path | Picture) -> ImageSource:
    """What Leopard opens for an image of a question."""
    return image if isinstance(image, Path) else image.source()


__all__ = ["LETTERS", "MARK", "Picture", "Question", "Sort", "source_of"]
