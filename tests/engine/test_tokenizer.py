"""A prompt made of parts has the ids that the tokenizer itself gives to the whole prompt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer as FastTokenizer

from leopard_tools.engine.tokenizer import Special, Tokenizer

from .sentencepiece import sentencepiece

AROUND, IMAGE, END = "<fake_token_around_image>", "<image>", "<end_of_utterance>"
# Each list is encoded by itself, as a variant does between the positions of images.
PARTS = [
    [Special("<s>"), "the total: ", Special(AROUND)],
    [Special(AROUND), "the ", "items", Special(END), "\n", "total:"],
    [Special(AROUND), " 12", Special(END), "é"],
]


# As in late 2024 (None), and the schemes that transformers 5 saves for tokenizers alike.
@pytest.mark.parametrize("scheme", [None, "first", "always", "never"])
def test_only_those_texts_of_a_prompt_get_a_space_that_get_one_in_the_whole(
    tmp_path: Path, scheme: str | None
) -> None:
    sentencepiece(tmp_path)
    file = tmp_path / "tokenizer.json"
    if scheme is not None:
        state = json.loads(file.read_text(encoding="utf-8"))
        step = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": False}
        file.write_text(json.dumps({**state, "normalizer": None, "pre_tokenizer": step}))
    whole = FastTokenizer.from_file(str(file))
    whole.add_special_tokens([AROUND, IMAGE, END])
    whole.save(str(file))
    tokenizer = Tokenizer(file)
    image = whole.token_to_id(IMAGE)
    ids = tokenizer.encode_parts(PARTS[0])
    for parts in PARTS[1:]:
        ids += [image, *tokenizer.encode_parts(parts)]
    # The first marker is the tokenizer's own, and no part of the text.
    text = IMAGE.join("".join(parts) for parts in PARTS).removeprefix("<s>")
    assert ids == [tokenizer.marker("<s>"), *whole.encode(text, add_special_tokens=False).ids]
