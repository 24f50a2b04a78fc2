"""Leopard for code that still asks for a MultiModalLLM, which LlamaIndex is phasing out."""

from __future__ import annotations

from llama_index.core.multi_modal_llms.base import MultiModalLLM

from .base import Leopard


# MultiModalLLM wraps each method that a subclass defines itself in callbacks; Leopard's have
# theirs, so this class defines none. Both bases have a `metadata`, of different types (misc).
class LeopardMultiModal(Leopard, MultiModalLLM):  # type: ignore[misc]
    """A Leopard that is a MultiModalLLM too; all else is as in Leopard."""

    @classmethod
    def class_name(cls) -> str:
        return "leopard_multi_modal_llm"


__all__ = ["LeopardMultiModal"]
