"""Leopard for LlamaIndex: pictures reach the model, and answers come with page and box.

    from llama_index.llms.leopard import Leopard, LeopardReader

    pages = LeopardReader().load_data("deck.pdf")
    index = VectorStoreIndex.from_documents(pages)
    print(index.as_query_engine(llm=Leopard(), multimodal=True).query("What was the revenue?"))

The package translates types and errors; reading and answering are leopard_tools' work. Importing
it loads no model and no torch: that happens when the first answer is asked for.
"""

from .base import Leopard
from .evidence import LeopardEvidence
from .multi_modal import LeopardMultiModal
from .prompts import WHICH_IMAGE_PROMPT, parse_which_image
from .reader import LeopardReader
from .tool_spec import LeopardToolSpec

__all__ = [
    "WHICH_IMAGE_PROMPT",
    "Leopard",
    "LeopardEvidence",
    "LeopardMultiModal",
    "LeopardReader",
    "LeopardToolSpec",
    "parse_which_image",
]
