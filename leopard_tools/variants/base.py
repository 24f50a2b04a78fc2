"""What every variant gives to the engine and to Leopard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ..caching import ByteCache
from ..engine.prompt import Features
from ..engine.stopwatch import Stopwatch
from ..types import Frame, Reading, Role

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from ..engine.language_model import LanguageModel
    from ..engine.prompt import Prompt
    from ..engine.tokenizer import Tokenizer

Read = Callable[[Frame], Reading]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a checkpoint's weights go, and as what.

    int8: the language model's linear layers go to 8 bits, and `dtype` is for all the rest.
    """

    device: torch.device
    dtype: torch.dtype
    int8: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One message with its images opened: texts and frames in the order in which they stand."""

    role: Role
    parts: tuple[str | Frame, ...]

    @property
    def frames(self) -> list[Frame]:
        return [part for part in self.parts if isinstance(part, Frame)]


@dataclass(slots=True)
class Encoding:
    """What encoding one request's images goes by, and what it cost.

    cache: what pictures and tiles became, by their content. check: raises where nobody waits any
    more. reused and computed count pictures and tiles.
    """

    watch: Stopwatch = field(default_factory=Stopwatch)
    cache: ByteCache[bytes, Tensor] = field(default_factory=lambda: ByteCache(0))
    check: Callable[[], None] = lambda: None
    reused: int = 0
    computed: int = 0

    def recall(self, key: bytes) -> Tensor | None:
        """What a picture or tile became before, or None."""
        found = self.cache.get(key)
        self.reused += found is not None
        return found

    def keep(self, key: bytes, rows: Tensor) -> None:
        """Keeps what a picture or tile has just become."""
        self.computed += 1
        self.cache.put(key, rows, rows.numel() * rows.element_size())


class Variant(Protocol):
    """A checkpoint, loaded.

    `model` names it in answers; `absent` is how it says 'not there', and `absent_from` the
    probability that saying so needs: 0 where greedy decoding decides, as the published code does.
    `system` is what its system turn says where a conversation has none.
    """

    name: str
    model: str
    instruction: str
    absent: str
    absent_from: float
    system: str
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

    def encode(self, frames: Sequence[Frame], encoding: Encoding) -> list[Features | None]:
        """Features of each image (positions, hidden), or None where its words stand for it."""
        ...
