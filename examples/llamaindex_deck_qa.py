"""Asks an index of a deck, a web page's picture and a scan; each answer says where it stands.

    python examples/llamaindex_deck_qa.py

The pages are read, found by their words (BM25, no network) and shown to the model as pictures;
LeopardEvidence marks the page and the place that an answer rests on.
"""

from __future__ import annotations

from pathlib import Path

from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.llms.leopard import Leopard, LeopardEvidence, LeopardReader
from llama_index.retrievers.bm25 import BM25Retriever

DATA = Path(__file__).parent / "data"
FILES = ["deck.pdf", "page.png", "scan.jpg"]
QUESTIONS = [
    "What was the gross margin?",
    "What is the due date of the invoice?",
    "When does the 15:40 sailing arrive?",
]


def main() -> None:
    llm = Leopard()
    reader = LeopardReader()
    pages = [page for file in FILES for page in reader.load_nodes(DATA / file)]
    engine = RetrieverQueryEngine.from_args(
        BM25Retriever.from_defaults(nodes=pages, similarity_top_k=2),
        llm=llm,
        multimodal=True,
    )
    evidence = LeopardEvidence(llm=llm)
    for question in QUESTIONS:
        response = evidence.mark(engine.query(question), question)
        print(f"{question}\n  {response}")
        for source in response.source_nodes:
            for place in source.node.metadata.get("evidence", [])[:1]:
                page = source.node.metadata.get("page", 1)
                name = source.node.metadata["file_name"]
                print(f"  {name}, page {page} at {place['box']}: {place['text']}")
    llm.close()


if __name__ == "__main__":
    main()
