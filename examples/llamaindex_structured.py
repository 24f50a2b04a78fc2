"""Fills a pydantic object from the picture of a scan, whole and as it grows.

    python examples/llamaindex_structured.py

The object is valid however small the model, since its class is what the answer is held to while
it is decoded. Where the schema says how a value looks, a small model also keeps to the point.
"""

from __future__ import annotations

from pathlib import Path

from llama_index.core.base.llms.types import ChatMessage, ImageBlock, TextBlock
from llama_index.core.prompts import ChatPromptTemplate
from llama_index.llms.leopard import Leopard
from pydantic import BaseModel, Field

SCAN = Path(__file__).parent / "data" / "scan.jpg"


class Invoice(BaseModel):
    """An invoice."""

    invoice_number: str = Field(pattern="^[A-Z]{2}-[0-9]{5}$")
    due_date: str = Field(pattern="^[0-9]{1,2} (September|October|November) [0-9]{4}$")


def main() -> None:
    llm = Leopard()
    blocks = [ImageBlock(image=SCAN.read_bytes()), TextBlock(text="Describe the {thing}.")]
    prompt = ChatPromptTemplate([ChatMessage(role="user", blocks=blocks)])
    for invoice in llm.stream_structured_predict(Invoice, prompt, thing="invoice"):
        print(invoice.model_dump_json())
    print(llm.structured_predict(Invoice, prompt, thing="invoice"))
    llm.close()


if __name__ == "__main__":
    main()
