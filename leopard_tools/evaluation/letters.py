"""Which letter a reply chose: as the two published scripts find it, and without their dice.

Source: parse_multi_choice_response in eval_utils.py (Leopard-LLaVA) and mmmu_utils.py
(Leopard-Idefics2) of tencent-ailab/Leopard, which are MMMU's with changes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Literal

from .metrics import folded
from .questions import LETTERS

Script = Literal["idefics2", "llava"]
"""Which of the two published evaluation scripts."""

_STRIPPED = ",.!?;:'"
_WORDS = 5


def published_letter(
    reply: str, choices: Sequence[str], script: Script, dice: random.Random | None
) -> str | None:
    """The letter that the published script takes a reply for.

    "(B)" comes first, then " B ", then with Leopard-Idefics2's script "B." anywhere; of several
    hits the last in the text. In more than five words the text of a choice counts. Where nothing is
    found, `dice` choose (published: seeded with 42 in every process), or without dice None.
    """
    letters = LETTERS[: len(choices)]
    for character in _STRIPPED:
        reply = reply.strip(character)
    if script == "idefics2":
        reply = reply.replace("\n", " ")
    reply = f" {reply} "
    forms: list[Callable[[str], str]] = [lambda x: f"({x})", lambda x: f" {x} "]
    for form in forms:
        if found := [x for x in letters if form(x) in reply]:
            return max(found, key=lambda x: reply.rfind(form(x)))
    if script == "idefics2" and (found := [x for x in letters if f"{x}." in reply]):
        # Its places are looked up in the form " B ", which is nowhere: the first letter wins.
        return found[0]
    if len(reply.split()) > _WORDS:
        small = reply.lower()
        texts = {x: text.lower() for x, text in zip(letters, choices, strict=False)}
        if found := [x for x in letters if texts[x] in small]:
            return max(found, key=lambda x: small.rfind(texts[x]))
    return dice.choice(list(letters)) if dice else None


def chosen_letter(reply: str, choices: Sequence[str]) -> str | None:
    """The letter that a reply chose, None where it chose none: nothing is left to chance.

    >>> chosen_letter("b", ["red", "green"]), chosen_letter("Green.", ["red", "green"])
    ('B', 'B')
    >>> chosen_letter("purple", ["red", "green"]) is None
    True
    """
    letters = LETTERS[: len(choices)]
    plain = reply.strip().strip("().:").upper()
    if len(plain) == 1 and plain in letters:
        return plain
    same = [
        x
        for x, text in zip(letters, choices, strict=False)
        if text and folded(text) == folded(reply)
    ]
    if len(same) == 1:
        return same[0]
    return published_letter(reply, choices, "idefics2", None)


__all__ = ["Script", "chosen_letter", "published_letter"]
