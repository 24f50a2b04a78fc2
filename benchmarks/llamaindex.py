"""Questions about slides in LlamaIndex: our LLM against HuggingFaceLLM, same weights, same run.

    python benchmarks/llamaindex.py

Both are asked the same questions about the same slides. We get the pictures; HuggingFaceLLM takes
text alone, so it gets what our reader read in them, ready made, as the same prompt. The weights
are nano's, its LoRA merged; answers must be the same. Reading is told apart, and is no part of the
comparison. `pip install --no-deps llama-index-llms-huggingface` for the peer.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from machine import EMBEDDED, describe_machine, needs
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

import leopard_tools
from leopard_tools.training.network import stock_network
from leopard_tools.variants.embedded import prepare
from leopard_tools.variants.nano import ADAPTER, SYSTEM

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.llms.huggingface import HuggingFaceLLM
    from llama_index.llms.leopard import Leopard

DECK = Path(__file__).parents[1] / "examples" / "data" / "deck.pdf"
PAGES = 4
TOKENS = 16
QUESTIONS = [
    "What was the gross margin?", "How many sensors were installed in Q1 2025?",
    "How many employees joined in Q3?", "What was the net retention?",
    "Which region has the highest revenue?", "What is the on-time delivery?",
    "How many sensors are in the field?", "What is the target of on-time delivery?",
]  # fmt: skip


def peer(leopard: leopard_tools.Leopard) -> HuggingFaceLLM:
    """HuggingFaceLLM over the weights of nano in transformers' own network."""
    from llama_index.llms.huggingface import HuggingFaceLLM

    network = stock_network(prepare(), ADAPTER)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_file(str(prepare().tokenizer)),
        eos_token="<|im_end|>",
    )
    return HuggingFaceLLM(
        model=network,
        tokenizer=tokenizer,
        max_new_tokens=TOKENS,
        context_window=8192,
        tokenizer_outputs_to_remove=["token_type_ids"],
        generate_kwargs={
            "do_sample": False,
            "pad_token_id": 0,
            "eos_token_id": sorted(leopard._variant.end_ids),
        },
    )


def prompt(texts: list[str], question: str) -> str:
    """What nano sees, as text."""
    seen = "\n\n".join(f"image {number}:\n{text}" for number, text in enumerate(texts, 1))
    turns = (("system", SYSTEM), ("user", f"{seen}\n\n{question}"))
    written = "".join(f"<|im_start|>{role}\n{said}<|im_end|>\n" for role, said in turns)
    return f"{written}<|im_start|>assistant\n"


async def at_once(llm: Leopard, messages: list[list[ChatMessage]]) -> list[str]:
    responses = await asyncio.gather(*(llm.achat(each) for each in messages))
    return [response.message.content or "" for response in responses]


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    needs(*EMBEDDED, "llama_index.llms.leopard", "llama_index.llms.huggingface")
    compare()


def compare() -> None:
    from llama_index.core.base.llms.types import ChatMessage, ImageBlock, TextBlock
    from llama_index.llms.leopard import Leopard, LeopardReader

    print(f"{describe_machine()}\n")
    with leopard_tools.Leopard.load(device="cpu", dtype="float32") as leopard:
        nodes = LeopardReader().load_nodes(DECK)[:PAGES]
        begun = time.perf_counter()
        images = [ImageBlock(image=(node.image or "").encode()) for node in nodes]
        for image in images:
            leopard.read(image.resolve_image().read())
        print(f"reading {PAGES} slides, once: {time.perf_counter() - begun:.1f} s\n")
        asked = [
            [ChatMessage(role="user", blocks=[*images, TextBlock(text=question)])]
            for question in QUESTIONS
        ]
        llm = Leopard(leopard, max_tokens=TOKENS)
        begun = time.perf_counter()
        ours = [llm.chat(messages).message.content or "" for messages in asked]
        one_by_one = time.perf_counter() - begun
        begun = time.perf_counter()
        together = asyncio.run(at_once(llm, asked))
        side_by_side = time.perf_counter() - begun
        other = peer(leopard)
        prompts = [prompt([node.text for node in nodes], question) for question in QUESTIONS]
        begun = time.perf_counter()
        theirs = [other.complete(each, formatted=True).text.strip() for each in prompts]
        seconds = time.perf_counter() - begun
    for question, one, other, among in zip(QUESTIONS, ours, theirs, together, strict=True):
        if not one == other == among:
            raise SystemExit(
                f"{question!r}: {one!r} alone, {among!r} among others, HuggingFaceLLM {other!r}"
            )
    print(f"| {len(QUESTIONS)} questions about {PAGES} slides | seconds | HuggingFaceLLM | ratio |")
    print("|---|---|---|---|")
    for name, taken in (("one by one", one_by_one), ("again, all at once", side_by_side)):
        print(f"| {name} | {taken:.1f} | {seconds:.1f} | {seconds / taken:.1f} x |")


if __name__ == "__main__":
    main()
