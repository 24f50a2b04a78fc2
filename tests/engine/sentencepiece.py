"""A small SentencePiece vocabulary with byte fallback, in the layout of Leopard-Idefics2's."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer as FastTokenizer
from tokenizers import decoders, models, normalizers

from leopard_tools.engine.tokenizer import Tokenizer

WORDS = ["▁the", "▁total", "▁Oslo", "total", "items", "▁{", '{"', '":', '▁"', '",', '"}', "▁12"]


def sentencepiece(folder: Path) -> Tokenizer:
    """Saves it in `folder` and loads it as a checkpoint's is loaded."""
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    merges: list[tuple[str, str]] = []
    letters = [chr(code) for code in range(33, 127)]
    pieces += ["▁", *letters, "é", "ü"]
    for word in WORDS:
        for size in range(2, len(word) + 1):
            if (merge := (word[: size - 1], word[size - 1])) not in merges:
                merges.append(merge)
                pieces.append(word[:size])
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}
    fast = FastTokenizer(
        models.BPE(vocabulary, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    )
    fast.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    fast.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    fast.add_special_tokens(["<unk>", "<s>", "</s>"])
    fast.save(str(folder / "tokenizer.json"))
    return Tokenizer(folder / "tokenizer.json")
