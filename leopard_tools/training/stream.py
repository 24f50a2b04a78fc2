"""What is trained on, sample by sample: contexts, dialogues, and contexts of drawn pages."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from .contexts import make_context
from .dialogues import make_dialogue
from .samples import Context, Sample
from .written.stock import draw_comparisons, draw_context, draw_dialogue, draw_sources

SHARES: dict[str, float] = {
    "written": 0.36,
    "written comparisons": 0.1,
    "written sources": 0.1,
    "written dialogues": 0.22,
    "dialogues": 0.08,
    "contexts": 0.14,
}
"""How many of the samples are of each sort. Most are written one by one: what is made up from
templates teaches forms, but not the ways in which people ask."""

RENDERED = 0.3
"""How many of the made-up contexts are of pages that were drawn and read, where there are any."""


def make_sample(seed: int, number: int, rendered: Sequence[Context] = ()) -> Sample:
    """Sample `number` of a seed; the same on every machine with the same rendered contexts."""
    rng = Random(f"sort {seed} {number}")
    sort = rng.choices(tuple(SHARES), tuple(SHARES.values()))[0]
    if sort == "written":
        return draw_context(seed, number)
    if sort == "written comparisons":
        return draw_comparisons(seed, number)
    if sort == "written dialogues":
        return draw_dialogue(seed, number)
    if sort == "written sources":
        return draw_sources(seed, number)
    if sort == "dialogues":
        return make_dialogue(seed, number)
    if rendered and rng.random() < RENDERED:
        return rendered[rng.randrange(len(rendered))]
    return make_context(seed, number)
