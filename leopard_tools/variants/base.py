"""What every variant gives to the engine and to Leopard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..types import Frame, Reading, Role

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from ..engine.language_model import LanguageModel
    from ..engine.prompt import Prompt
    from ..engine.stopwatch import Stopwatch
    from ..engine.tokenizer import Tokenizer

Read = Callable[[Frame], Reading]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a checkpoint's weights go, and as what."""

    device: torch.device
    dtype: torch.dtype


@dataclass(frozen=True, slots=True)
class Turn:
    """One message with its images opened: texts and frames in the order in which they stand."""

    role: Role
    parts: tuple[str | Frame, ...]

    @property
    def frames(self) -> list[Frame]:
        return [part for part in self.parts if isinstance(part, Frame)]


class Variant(Protocol):
    """A checkpoint, loaded. `model` names it in answers; `absent` is how it says 'not there'."""

    name: str
    model: str
    instruction: str
    absent: str
    end_ids: frozenset[int]
    language_model: LanguageModel
    tokenizer: Tokenizer

    def build_prompt(self, turns: Sequence[Turn], read: Read) -> Prompt:
        """Positions of a conversation, ready for the assistant's next turn.

        Images are numbered through all turns. `read` gives a frame's text to variants whose
        images become words.
        """
        ...

    def join(self, question: str, instruction: str) -> str:
        """A question with its instruction, as the published evaluation joins them."""
        ...

    def encode(self, frames: Sequence[Frame], watch: Stopwatch) -> list[Tensor | None]:
        """Features of each image (positions, hidden), or None where its words stand for it."""
        ...
