"""Decoding on a GPU: replayed steps beside packed ones and beside transformers' `generate`.

    python benchmarks/gpu.py [nano|wide]       # needs CUDA

Milliseconds a token, medians of answers of 64 tokens to one prompt, all in the same run on the same
weights in bfloat16. The time that reading the weights takes is their bytes by the speed at which
the card copies memory, counting what is read and what is written. In float32 all three must give
the same greedy tokens. `wide` is described in wide.py.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch
from machine import asked_models
from transformers import LlamaForCausalLM
from wide import checkpoint, stock_language_model

from leopard_tools import Leopard
from leopard_tools.training.network import stock_network
from leopard_tools.variants.embedded import prepare
from leopard_tools.variants.nano import ADAPTER, place

TOKENS, ROUNDS, TOGETHER = 64, 5, 4
PROMPT = "\n".join(
    f"Room {number} | {name} | {number * 7} seats"
    for number, name in enumerate(["Aspen", "Birch", "Cedar", "Dogwood", "Elm", "Fir"] * 4, 1)
)
QUESTIONS = [f"{PROMPT}\n\nWrite about room {number}." for number in range(1, TOGETHER + 1)]


def ask(leopard: Leopard, question: str) -> tuple[float, tuple[int, ...]]:
    """Seconds of decoding, and the tokens."""
    answer = leopard.ask(question, max_tokens=TOKENS)
    return answer.timings.decode, answer.token_ids


def together(leopard: Leopard) -> float:
    """Seconds of decoding until the last of the requests that run at once is done."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        return max(pool.map(lambda question: ask(leopard, question)[0], QUESTIONS))


def first_token(leopard: Leopard, question: str) -> float:
    """Seconds until a prompt is computed."""
    return leopard.ask(question, max_tokens=1).timings.prefill


def new_prompts() -> list[str]:
    """Prompts that begin differently, each of another length."""
    return [f"Case {n}\n{PROMPT}{' seat' * n}\n\nWrite about room {n}." for n in range(12)]


def stock(model: LlamaForCausalLM, ids: torch.Tensor, tokens: int) -> tuple[float, list[int]]:
    """Seconds and tokens of transformers' generate, the prompt included."""
    torch.cuda.synchronize()
    start = time.perf_counter()
    with torch.inference_mode():
        found = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens, do_sample=False,
            eos_token_id=None, pad_token_id=0,
        )  # fmt: skip
    torch.cuda.synchronize()
    return time.perf_counter() - start, found[0, ids.shape[1] :].tolist()


def middle(measure: Callable[[], float]) -> float:
    measure()
    return statistics.median(measure() for _ in range(ROUNDS))


def bandwidth() -> float:
    """Bytes that the card reads and writes in a second."""
    source = torch.ones(2**28, device="cuda")
    target = torch.empty_like(source)

    def copy() -> float:
        torch.cuda.synchronize()
        start = time.perf_counter()
        target.copy_(source)
        torch.cuda.synchronize()
        return time.perf_counter() - start

    return 2 * source.nbytes / middle(copy)


def prompt_ids(leopard: Leopard) -> torch.Tensor:
    """(1, positions): the first question as the decoder is fed with it."""
    encoded = leopard._inquire(QUESTIONS[0], (), None, {})._encode(0)
    return torch.tensor([encoded.prompt.ids]).cuda()


@contextmanager
def packed(leopard: Leopard) -> Iterator[None]:
    """Inside the block nothing is replayed."""
    replayed, leopard._engine._static = leopard._engine._static, None
    assert replayed is not None
    try:
        yield
    finally:
        leopard._engine._static = replayed


def compare_tokens(name: str, leopard: Leopard, model: LlamaForCausalLM) -> None:
    """Ends the program where not all ways give the same tokens."""
    found = {"replayed": ask(leopard, QUESTIONS[0])[1]}
    with packed(leopard):
        found["packed"] = ask(leopard, QUESTIONS[0])[1]
    found["transformers"] = tuple(stock(model, prompt_ids(leopard), TOKENS)[1])
    if len(set(found.values())) != 1:
        raise SystemExit(f"{name}, float32: the tokens differ: {found}")
    print(f"{name}, float32: same tokens", flush=True)


def show_times(name: str, leopard: Leopard, model: LlamaForCausalLM) -> None:
    """Prints milliseconds a token."""
    ids = prompt_ids(leopard)
    rows = {"replayed, 1": middle(lambda: ask(leopard, QUESTIONS[0])[0])}
    rows[f"replayed, {TOGETHER} at once"] = middle(lambda: together(leopard))
    with packed(leopard):
        rows["packed, 1"] = middle(lambda: ask(leopard, QUESTIONS[0])[0])
        rows[f"packed, {TOGETHER} at once"] = middle(lambda: together(leopard))
    one = middle(lambda: stock(model, ids, 1)[0])
    rows["transformers, 1"] = middle(lambda: stock(model, ids, TOKENS)[0]) - one
    firsts = [first_token(leopard, prompt) for prompt in new_prompts()]
    best = rows["replayed, 1"]
    size = sum(weight.nbytes for weight in model.parameters())
    if model.lm_head.weight is not model.model.embed_tokens.weight:
        # Of a table of its own, one row is read.
        size -= model.model.embed_tokens.weight.nbytes
    print(f"{name}, bfloat16: {size / 1e9:.2f} GB of weights, prompt of {ids.shape[1]} tokens")
    for what, seconds in rows.items():
        print(f"  {what:24}{seconds / TOKENS * 1e3:8.2f} ms a token   x{seconds / best:.1f}")
    print(
        f"  prompt: ours {statistics.median(firsts) * 1e3:.1f} ms, the slowest of {len(firsts)} "
        f"new lengths {max(firsts) * 1e3:.1f} ms, transformers {one * 1e3:.1f} ms"
    )
    print(f"  {'reading the weights':24}{size / bandwidth() * 1e3:8.2f} ms a token", flush=True)


def main() -> None:
    which = asked_models(__doc__.splitlines()[0])
    if not torch.cuda.is_available():
        raise SystemExit("This needs a GPU with CUDA.")
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    ways = {"float32": compare_tokens, "bfloat16": show_times}
    if "nano" in which:
        for dtype, show in ways.items():
            with Leopard.load(device="cuda", dtype=dtype) as leopard:
                leopard._variant.end_ids = frozenset()
                model = stock_network(prepare(), ADAPTER)
                place(model, torch.device("cuda"), getattr(torch, dtype))
                show("nano", leopard, model)
    if "wide" in which:
        with checkpoint() as folder:
            for dtype, show in ways.items():
                with Leopard.load(folder, device="cuda", dtype=dtype) as leopard:
                    leopard._variant.end_ids = frozenset()
                    show(
                        "wide", leopard, stock_language_model(folder, getattr(torch, dtype)).cuda()
                    )


if __name__ == "__main__":
    main()
