"""What ChatLeopard adds to a call, and four requests at once against ChatHuggingFace.

    python benchmarks/langchain.py [--calls 60] [--tokens 96]

The overhead: the same question by `Leopard.chat` and by `ChatLeopard.invoke`, by turns. The
throughput: SmolLM2-135M-Instruct without our LoRA, the same weights and greedy tokens for both,
texts only, which must be the same; `pip install --no-deps langchain-huggingface` for the peer.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from machine import EMBEDDED, describe_machine, needs
from safetensors.torch import load_file, save_file
from transformers import GenerationConfig, PreTrainedTokenizerFast, pipeline

from leopard_tools import Leopard, Message
from leopard_tools.training.network import stock_network
from leopard_tools.variants.embedded import prepare
from leopard_tools.variants.nano import ADAPTER, SYSTEM, Nano

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel, LanguageModelInput

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
QUESTION = "Room 1 | Aspen | 7 seats\nRoom 2 | Birch | 14 seats\n\nHow many seats does Birch have?"
STORIES = [
    f"Write a story about {hero} who lives by the sea."
    for hero in ("a cat", "an old sailor", "a lighthouse keeper", "a painter")
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, default=60, help="of each way, for the overhead")
    parser.add_argument("--tokens", type=int, default=96, help="most tokens of an answer")
    given = parser.parse_args()
    needs(*EMBEDDED, "langchain_leopard", "langchain_huggingface")
    print(describe_machine())
    with Leopard.load(device="cpu") as leopard:
        overhead(leopard, given.calls)
    with stock() as leopard:
        throughput(leopard, given.tokens)


def overhead(leopard: Leopard, calls: int) -> None:
    """Milliseconds of a call, direct and through LangChain; the differences are of pairs.

    The calling thread's own time on the processor tells what is added also on a busy machine.
    """
    from langchain_leopard import ChatLeopard

    chat = ChatLeopard(leopard=leopard)
    ways: list[Callable[[], object]] = [
        lambda: leopard.chat([Message("user", [QUESTION])]),
        lambda: chat.invoke(QUESTION),
    ]
    for way in ways:
        way()
    pairs = [[timed(way) for way in ways] for _ in range(calls)]
    for name, kind in (("by the clock", 0), ("calling thread", 1)):
        direct, ours = (
            statistics.median(pair[way][kind] for pair in pairs) * 1000 for way in (0, 1)
        )
        more = statistics.median(one[kind] - other[kind] for other, one in pairs) * 1000
        print(
            f"{name:14}  direct {direct:7.2f} ms  ChatLeopard {ours:7.2f} ms  added {more:.2f} ms"
        )


def throughput(leopard: Leopard, tokens: int) -> None:
    """Tokens a second of four requests that come at once."""
    from langchain_core.messages import HumanMessage, SystemMessage
    from langchain_leopard import ChatLeopard

    ours = ChatLeopard(leopard=leopard, max_tokens=tokens)
    peer = hugging_face(leopard, tokens)
    requests: list[LanguageModelInput] = [
        [SystemMessage(SYSTEM), HumanMessage(story)] for story in STORIES
    ]
    rates: dict[str, list[float]] = {"ChatLeopard": [], "ChatHuggingFace": []}
    models: dict[str, BaseChatModel] = {"ChatLeopard": ours, "ChatHuggingFace": peer}
    for turn in range(3):
        texts = []
        for name, model in models.items():
            start = time.perf_counter()
            texts.append([each.text.strip() for each in model.batch(requests)])
            seconds = time.perf_counter() - start
            count = sum(len(leopard.encode(text)) for text in texts[-1])
            if turn:  # The first of each warms up.
                rates[name].append(count / seconds)
        for story, one, other in zip(STORIES, *texts, strict=True):
            if one != other:
                raise SystemExit(f"{story!r}: ChatHuggingFace says {other!r}, not {one!r}")
    print(f"four at once, {tokens} tokens each, the same texts:")
    best = {name: statistics.median(found) for name, found in rates.items()}
    for name, rate in best.items():
        print(f"  {name:16} {rate:6.1f} tokens/s")
    print(f"  ratio            {best['ChatLeopard'] / best['ChatHuggingFace']:6.2f}")


def hugging_face(leopard: Leopard, tokens: int) -> BaseChatModel:
    """The peer: the same weights in transformers' own network, with the same chat template."""
    from langchain_huggingface import ChatHuggingFace, HuggingFacePipeline

    variant = leopard._variant
    assert isinstance(variant, Nano)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(prepare().tokenizer), eos_token="<|im_end|>", pad_token="<|im_end|>"
    )
    tokenizer.chat_template = TEMPLATE
    network = stock_network(prepare())
    network.generation_config = GenerationConfig(
        do_sample=False,
        max_new_tokens=tokens,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    made = pipeline("text-generation", model=network, tokenizer=tokenizer, return_full_text=False)
    llm = HuggingFacePipeline(pipeline=made, model_id="SmolLM2-135M-Instruct")
    return ChatHuggingFace(llm=llm, tokenizer=tokenizer, model_id="SmolLM2-135M-Instruct")


@contextmanager
def stock() -> Iterator[Leopard]:
    """The embedded model with a LoRA of zeros: SmolLM2 as it was published."""
    with tempfile.TemporaryDirectory() as folder:
        for file in ADAPTER.glob("adapter_*"):
            Path(folder, file.name).write_bytes(file.read_bytes())
        weights = Path(folder, "adapter_model.safetensors")
        save_file({name: each * 0 for name, each in load_file(weights).items()}, weights)
        with Leopard.load(device="cpu", adapter=folder) as leopard:
            yield leopard


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds that a call takes, and seconds of them that this thread computed."""
    start, computed = time.perf_counter(), time.thread_time()
    call()
    return time.perf_counter() - start, time.thread_time() - computed


if __name__ == "__main__":
    # The peer's libraries announce changes to come.
    warnings.simplefilter("ignore")
    main()
