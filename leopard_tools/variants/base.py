"""What every variant gives to the engine and to Leopard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from ..caching import ByteCache
from ..engine.prompt import Features
from ..engine.stopwatch import Stopwatch
from ..types import Frame, Reading, Role
from ..waiting import Check, Turns, nothing

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from ..engine.language_model import LanguageModel
    from ..engine.prompt import Prompt
    from ..engine.tokenizer import Tokenizer

Read = Callable[[Frame], Reading]
Picture = TypeVar("Picture")
"""A picture or tile as a variant encodes it."""


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
    more. turns: whose turn it is to encode. reused and computed count pictures and tiles.
    """

    watch: Stopwatch = field(default_factory=Stopwatch)
    cache: ByteCache[bytes, Tensor] = field(default_factory=lambda: ByteCache(0))
    check: Check = nothing
    turns: Turns = field(default_factory=Turns)
    reused: int = 0
    computed: int = 0

    def rows(
        self,
        keys: Sequence[bytes],
        pictures: Sequence[Picture],
        encode: Callable[[list[Picture]], Sequence[Tensor]],
        most: int,
    ) -> list[Tensor]:
        """What pictures or tiles became, each by its key: before now, or by `encode`.

        encode: gives the rows of at most `most` of them. Then others have their turn, and what
        they have encoded meanwhile is not encoded again.
        """
        by_key = dict(zip(keys, pictures, strict=True))
        found = {key: self.cache.get(key) for key in by_key}
        new = [key for key in found if found[key] is None]
        computed = 0
        for start in range(0, len(new), most):
            some = new[start : start + most]
            with self.turns.turn(self.check):
                found.update({key: self.cache.peek(key) for key in some})
                left = [key for key in some if found[key] is None]
                if not left:
                    continue
                self.check()
                with self.watch.stage("vision"):
                    encoded = encode([by_key[key] for key in left])
                # Before the next one's turn, who may want the same.
                for key, rows in zip(left, encoded, strict=True):
                    self.cache.put(key, rows, rows.numel() * rows.element_size())
                    found[key] = rows
            computed += len(left)
        self.computed += computed
        self.reused += len(keys) - computed
        return [known for key in keys if (known := found[key]) is not None]


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
