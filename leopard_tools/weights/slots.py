"""The places of a module that weights go to, whole or, where they become int8, in pieces of rows.

It knows modules and tensors, not files or names of checkpoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torch import Tensor, nn

from .int8 import PIECE_NUMBERS, Int8Linear

if TYPE_CHECKING:
    from .adapter import Update


@dataclass(slots=True)
class Slot:
    """One tensor to fill, with every place (module, attribute, full name) that shares it.

    `update` is what an adapter adds to it.
    """

    shape: tuple[int, ...]
    floating: bool
    is_parameter: bool
    places: list[tuple[nn.Module, str, str]] = field(default_factory=list)
    update: Update | None = None

    @property
    def name(self) -> str:
        return self.places[0][2]

    @property
    def piecewise(self) -> bool:
        """Whether nobody needs the tensor whole: all its places hold it as int8."""
        return all(_becomes_int8(owner, attribute) for owner, attribute, _ in self.places)

    def set(self, tensor: Tensor) -> None:
        """Puts the whole tensor, as it is to stay, into all places."""
        if self.update is not None:
            self.update.add_to(tensor)
        value = nn.Parameter(tensor, requires_grad=False) if self.is_parameter else tensor
        for owner, attribute, _ in self.places:
            if isinstance(owner, Int8Linear) and _becomes_int8(owner, attribute):
                rows = max(1, PIECE_NUMBERS // owner.in_features)
                owner.quantise(piece.float() for piece in tensor.split(rows))
            else:
                setattr(owner, attribute, value)

    def set_pieces(self, pieces: Iterable[Tensor]) -> None:
        """As `set` for a piecewise slot, from pieces of some rows each, in order.

        Pieces are float32 and are written to; each is done with when the next is asked for.
        """
        (owner, _, _), *others = self.places
        assert isinstance(owner, Int8Linear) and not others
        owner.quantise(self._updated(pieces))

    def _updated(self, pieces: Iterable[Tensor]) -> Iterator[Tensor]:
        start = 0
        for piece in pieces:
            if self.update is not None:
                piece.add_(self.update.rows(start, start + len(piece)))
            start += len(piece)
            yield piece


def _becomes_int8(owner: nn.Module, attribute: str) -> bool:
    return isinstance(owner, Int8Linear) and attribute == "weight"


def find_slots(module: nn.Module) -> dict[str, Slot]:
    """Every name that a checkpoint may store; names that share a tensor share a slot."""
    by_name: dict[str, Slot] = {}
    by_tensor: dict[int, Slot] = {}
    for prefix, owner in module.named_modules(remove_duplicate=False):
        buffers = {
            name: buffer
            for name, buffer in owner._buffers.items()
            if name not in owner._non_persistent_buffers_set
        }
        for attribute, tensor in (owner._parameters | buffers).items():
            if tensor is None:
                continue
            slot = by_tensor.setdefault(
                id(tensor),
                Slot(tuple(tensor.shape), tensor.is_floating_point(), attribute not in buffers),
            )
            name = f"{prefix}.{attribute}" if prefix else attribute
            slot.places.append((owner, attribute, name))
            by_name[name] = slot
    return by_name
