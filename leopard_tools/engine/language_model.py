"""A causal language model as the engine uses it: embeddings in, next-token logits out.

The modules are transformers' own; this file only says how they are called. One image-less
decoder is all it knows, whichever checkpoint the decoder came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from .prompt import Prompt

if TYPE_CHECKING:
    from transformers import DynamicCache, PreTrainedModel

PREFILL_CHUNK = 1024
"""Positions computed between two looks at whether the caller gave up."""


class LanguageModel:
    """`decoder` is a transformers model without head (LlamaModel, MistralModel), `head` its output
    projection, `context_length` the number of positions that it was made for.
    """

    def __init__(self, decoder: PreTrainedModel, head: nn.Module, context_length: int) -> None:
        self.decoder = decoder
        self.head = head
        self.context_length = context_length

    @property
    def device(self) -> torch.device:
        return next(self.decoder.parameters()).device

    def embed(self, ids: Sequence[int]) -> Tensor:
        """(len(ids), hidden): the embeddings of tokens."""
        table = self.decoder.get_input_embeddings()
        return cast(Tensor, table(torch.tensor(ids, device=self.device)))

    def embed_prompt(self, prompt: Prompt, features: Sequence[Tensor | None]) -> Tensor:
        """(positions, hidden): a prompt's tokens, with each image's features in its spans.

        `features` has one entry an image: (positions of its spans, hidden), or None where the
        image's ids are its words.
        """
        embeddings = self.embed(prompt.ids)
        used = [0] * len(features)
        for span in prompt.spans:
            rows = features[span.image]
            if rows is None:
                continue
            first, count = used[span.image], span.stop - span.start
            embeddings[span.start : span.stop] = rows[first : first + count].to(embeddings)
            used[span.image] += count
        assert all(f is None or len(f) == n for f, n in zip(features, used, strict=True))
        return embeddings

    def new_cache(self) -> DynamicCache:
        # Imported here: it takes seconds, which reading and finding should not wait for.
        from transformers import DynamicCache

        # Without a config: its layers then keep every position, which is exact past a sliding
        # window too, since the attention mask holds the window.
        return DynamicCache()

    def forward(self, embeddings: Tensor, cache: DynamicCache) -> Tensor:
        """Next-token logits (vocabulary,) float32 after `embeddings` (positions, hidden)."""
        start = cache.get_seq_length()
        positions = torch.arange(start, start + len(embeddings), device=embeddings.device)
        # Called by position: the cache's keyword changed its name in transformers 5.24.
        output = self.decoder(None, None, positions[None], cache, embeddings[None], use_cache=True)
        logits = self.head(output.last_hidden_state[:, -1])[0]
        return cast(Tensor, logits.float())

    def prefill(
        self, embeddings: Tensor, cache: DynamicCache, check: Callable[[], None] = lambda: None
    ) -> Tensor:
        """As forward, in chunks; `check` is called between them and may raise to give up."""
        chunks = embeddings.split(PREFILL_CHUNK)
        for chunk in chunks[:-1]:
            self.forward(chunk, cache)
            check()
        return self.forward(chunks[-1], cache)
