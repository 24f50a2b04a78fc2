"""A verbatim answer stands in an image, whichever variant gives it and wherever it is cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from leopard_tools import Leopard, Line, Reading
from leopard_tools.engine.tokenizer import Tokenizer
from leopard_tools.types import Box
from leopard_tools.variants.embedded import prepare
from leopard_tools.verbatim import Quotation

from .engine.sentencepiece import sentencepiece

END = 2


def reading(*texts: str) -> Reading:
    lines = [Line(text, Box(10, 40 * i, 200, 30), 0.9) for i, text in enumerate(texts)]
    return Reading(tuple((line,) for line in lines), 220, 40 * len(lines))


@pytest.mark.parametrize("variant", ["nano", "idefics2", "llava"])
@pytest.mark.parametrize("max_tokens", [1, 2, 5, 60])
def test_every_variant_answers_in_the_images_words(
    variant: str, max_tokens: int, request: pytest.FixtureRequest, data: Path
) -> None:
    leopard: Leopard = request.getfixturevalue(variant)
    image = data / "scan.jpg"
    answer = leopard.ask("Who sent it?", [image], verbatim=True, max_tokens=max_tokens)
    words = " ".join(line.text for line in leopard.read(image).lines)
    if answer.citations:
        assert all(answer.text in citation.text for citation in answer.citations)
        assert answer.text in words
    else:
        assert answer.text in ("unanswerable", "not in the images")


@pytest.mark.parametrize("pieces", [False, True], ids=["byte-level", "SentencePiece"])
def test_a_quotation_is_cited_as_it_stands_on_the_page(pieces: bool, tmp_path: Path) -> None:
    tokenizer = sentencepiece(tmp_path) if pieces else Tokenizer(prepare().tokenizer)
    read = reading("the total", "12.50 \N{EURO SIGN} for 3 items", "Oslo")
    quotation = Quotation([read], tokenizer, [END], "unanswerable")
    said = "12.50 \N{EURO SIGN}"
    for token in [*tokenizer.encode(said), END]:
        assert token in quotation.constraint.allowed().tolist()
        quotation.constraint.advance(token)
    assert tokenizer.decode(tokenizer.encode(said)) == said
    (cited,) = quotation.citations([])
    assert (cited.image, cited.text) == (0, said)
