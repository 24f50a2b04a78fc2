"""What is trained on, sample by sample: contexts, dialogues, and contexts of drawn pages."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from .contexts import make_context
from .dialogues import make_dialogue
from .samples import Context, Sample

DIALOGUES = 0.35
"""How many of the samples are dialogues; they are a little longer than contexts. So many because
calling tools is new to the adapter that a run starts from."""

RENDERED = 0.15
"""How many are contexts of pages that were drawn and read, where there are any."""


def make_sample(seed: int, number: int, rendered: Sequence[Context] = ()) -> Sample:
    """Sample `number` of a seed; the same on every machine with the same rendered contexts."""
    rng = Random(f"sort {seed} {number}")
    drawn = rng.random()
    if drawn < DIALOGUES:
        return make_dialogue(seed, number)
    if rendered and drawn > 1 - RENDERED:
        return rendered[rng.randrange(len(rendered))]
    return make_context(seed, number)
