"""Which pages of a document are wanted, and whether anybody still waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import DocumentInvalid
from ..waiting import Check, nothing


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pages by their numbers, from 1, in the order wanted; None means all."""

    pages: Sequence[int] | None = None
    check: Check = nothing

    def indices(self, count: int, title: str) -> list[int]:
        """Indices from 0 into `count` pages. Raises DocumentInvalid for a number not there."""
        if self.pages is None:
            return list(range(count))
        for number in self.pages:
            if not 1 <= number <= count:
                raise DocumentInvalid(
                    f"{title}: has {count} page{'' if count == 1 else 's'}, so no page {number}."
                )
        return [number - 1 for number in self.pages]


ALL = Wanted()

__all__ = ["ALL", "Check", "Wanted", "nothing"]
