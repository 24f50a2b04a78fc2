"""The prompts of the two published scripts, and of the standard protocol. Pure text.

Source: idefics2_multiimg.py and llava_multiimg_siglip_anyres.py of tencent-ailab/Leopard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .letters import Script
from .questions import LETTERS, MARK, Question

LETTER_INSTRUCTIONS: dict[Script, str] = {
    "idefics2": "Answer with the letter.",
    "llava": "Answer with the option's letter from the given choices directly.",
}
OPEN_INSTRUCTIONS: dict[Script, str] = {
    "idefics2": "Answer with a single word or phrase.",
    "llava": "Answer the question using a single word or phrase.",
}
_OWN_INSTRUCTION = "Answer with a single word or phrase."
LETTER_INSTRUCTION = LETTER_INSTRUCTIONS["llava"]
"""What the standard protocol asks for where there are choices, of every checkpoint."""


@dataclass(frozen=True, slots=True)
class Here:
    """The place of a question's image, by its index."""

    image: int


Part = str | Here


def published_text(question: Question, script: Script) -> str:
    """The user's turn as the script makes it, with a mark for each image.

    Where marks are missing they come in front, in Leopard-LLaVA's script followed by a space. That
    script then gives image tokens only to the marks that stood there before, and ends with an
    error where there were too few; here all marks count.
    """
    lacking = MARK * (len(question.images) - question.question.count(MARK))
    if script == "idefics2":
        if question.choices:
            block = published_options(question.choices)
            text = f"{question.question}\nOptions: {block} {LETTER_INSTRUCTIONS[script]}"
        else:
            text = f"{question.question} {OPEN_INSTRUCTIONS[script]}"
        return lacking + text
    chosen = LETTER_INSTRUCTIONS if question.sort == "multiple-choice" else OPEN_INSTRUCTIONS
    front = f"{lacking} " if lacking else ""
    return f"{front}{question.question}\n{chosen[script]}"


def published_options(choices: Sequence[str]) -> str:
    """The block of options that loaders and runners share: it brings its own "Options:"."""
    listed = " ".join(f"{letter}. {text}" for letter, text in zip(LETTERS, choices, strict=False))
    return f"\nOptions: {listed}\n"


def parts_of(text: str, images: int) -> list[Part]:
    """A text with marks as its texts and images in their order; surplus marks stay text."""
    pieces = text.split(MARK)
    parts: list[Part] = [pieces[0]]
    for number, piece in enumerate(pieces[1:]):
        if number < images:
            parts += [Here(number), piece]
        else:
            parts[-1] = f"{parts[-1]}{MARK}{piece}"
    return [part for part in parts if part != ""]


def joined(question: str, instruction: str | None, variant: str) -> str:
    """A question with its instruction as the variant joins them; None is the variant's own."""
    if instruction is None:
        known = {"llava": OPEN_INSTRUCTIONS["llava"]}
        instruction = known.get(variant, _OWN_INSTRUCTION)
    between = " " if variant == "idefics2" else "\n"
    return f"{question}{between}{instruction}" if instruction else question


def with_choices(stem: str, choices: Sequence[str]) -> str:
    """A question with its choices, a line each, as the standard protocol asks."""
    listed = (f"{letter}. {text}" for letter, text in zip(LETTERS, choices, strict=False))
    return "\n".join([stem, *listed])


__all__ = [
    "LETTER_INSTRUCTION",
    "LETTER_INSTRUCTIONS",
    "OPEN_INSTRUCTIONS",
    "Here",
    "Part",
    "joined",
    "parts_of",
    "published_options",
    "published_text",
    "with_choices",
]
