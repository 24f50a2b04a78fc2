"""Prompt lookup: guesses the next tokens from where the last ones stood before.

Answers about documents copy from them. A guess is checked in the same pass that computes the next
token, so it changes nothing about the answer; it only costs rows of that pass.
"""

from __future__ import annotations

from collections.abc import Sequence

GRAM = 2
"""Tokens that must be the same before what followed them is guessed."""
FIRST, LONGEST = 3, 12


class Lookup:
    """Guesses for one request. How many tokens it guesses follows how many were right lately."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = list(ids)
        self._places: dict[tuple[int, ...], int] = {}
        self._length = FIRST
        for end in range(GRAM, len(self._ids)):
            self._places[tuple(self._ids[end - GRAM : end])] = end

    def add(self, token: int) -> None:
        """Tells it which token came."""
        if len(self._ids) >= GRAM:
            self._places[tuple(self._ids[-GRAM:])] = len(self._ids)
        self._ids.append(token)

    def guess(self, most: int) -> list[int]:
        """At most `most` tokens that may come next; often none."""
        place = self._places.get(tuple(self._ids[-GRAM:]))
        if place is None:
            return []
        return self._ids[place : place + min(most, self._length)]

    def learn(self, guessed: int, right: int) -> None:
        """Tells it how many of the tokens guessed last were right."""
        if not guessed:
            return
        self._length = min(LONGEST, 2 * self._length) if right == guessed else max(1, right)
