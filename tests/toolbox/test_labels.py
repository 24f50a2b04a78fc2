"""How pictures are told of."""

from __future__ import annotations

from PIL import Image

from leopard_tools.toolbox.labels import described
from leopard_tools.types import Frame


def test_titles_and_notes_without_end_are_cut_and_notes_say_so() -> None:
    picture = Image.new("RGB", (8, 8))
    told = described(Frame(picture, "deck.pptx", title="t" * 10**6, notes="n " * 10**6))
    assert len(told) < 2500
    assert told.endswith("… (1997999 characters of notes left out)")
    short = Frame(picture, "deck.pptx", title="Plan", notes="Greet.\nWait.", hidden=True)
    assert described(short) == "Plan (hidden) notes: Greet. Wait."
