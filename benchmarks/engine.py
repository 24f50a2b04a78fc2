"""What a warm step costs: sessions, changed tiles and concurrent requests, beside transformers.

    python benchmarks/engine.py [nano|wide]

One table: our time, the peer's in the same run on the same weights and inputs, the ratio.
What a slide and changed tiles cost is a median; all else is timed once, warm. Of the 8th question
the peer is transformers' `generate`, which computes the whole prompt for every question; of changed
tiles and concurrent requests it is our own code that encodes all, or answers one after the other.
Greedy tokens, drawn ones and features must be the same. `wide` is described in wide.py.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from machine import asked_models, describe_machine
from PIL import Image, ImageDraw, ImageFont
from transformers import LlamaForCausalLM
from wide import checkpoint, stock_language_model

from leopard_tools import Leopard
from leopard_tools.caching import ByteCache
from leopard_tools.training.network import stock_network
from leopard_tools.variants.base import Encoding
from leopard_tools.variants.embedded import prepare
from leopard_tools.variants.nano import ADAPTER

DATA = Path(__file__).parents[1] / "examples" / "data"
TOKENS, ROUNDS = 8, 3
Found = TypeVar("Found")
QUESTIONS = [
    "What is the total?", "Which region grew most?", "Who is responsible?", "When is it due?",
    "How many items are open?", "What is the status of the pump?", "Which image shows costs?",
    "What does the valve cost?",
]  # fmt: skip


def screenshots(count: int, size: tuple[int, int]) -> list[Image.Image]:
    """Pages of text as an agent meets them, each with lines of its own."""
    font = ImageFont.load_default(22)
    pictures = []
    for page in range(count):
        picture = Image.new("RGB", size, "white")
        draw = ImageDraw.Draw(picture)
        for line in range(size[1] // 36 - 1):
            text = f"Item {page * 40 + line}   Valve {line * 7}   {line * 13 + page},50 EUR   open"
            draw.text((30, 20 + 36 * line), text, "black", font)
        pictures.append(picture)
    return pictures


def row(figure: str, ours: float, peer: float, goal: str) -> None:
    times = f"{ours:>9.3f} s{peer:>9.3f} s{peer / ours:>8.1f} x"
    print(f"{figure:<58}{times}   goal {goal}", flush=True)


def timed(call: Callable[[], Found]) -> tuple[float, Found]:
    start = time.perf_counter()
    found = call()
    return time.perf_counter() - start, found


def inputs(leopard: Leopard, question: str, images: list[Image.Image]) -> torch.Tensor:
    """(1, positions, hidden): what the decoder is fed for a question."""
    inquiry = leopard._inquire(question, images, None, {})
    encoded = inquiry._encode(0)
    with torch.inference_mode():
        embeddings = leopard._variant.language_model.embed(encoded.prompt.ids)
        for start, rows in encoded.patches:
            embeddings[start : start + len(rows)] = rows.to(embeddings)
    return embeddings[None]


def generate(model: LlamaForCausalLM, embeddings: torch.Tensor, ends: list[int]) -> list[int]:
    """Greedy tokens as transformers generates them, ends left out."""
    with torch.inference_mode():
        found = model.generate(
            inputs_embeds=embeddings,
            attention_mask=torch.ones(embeddings.shape[:2], dtype=torch.long),
            max_new_tokens=TOKENS,
            do_sample=False,
            eos_token_id=ends or None,
            pad_token_id=0,
        )
    return [token for token in found[0].tolist() if token not in ends]


def eighth_question(
    name: str, leopard: Leopard, model: LlamaForCausalLM, pictures: list[Image.Image]
) -> None:
    """A session after seven questions, against generate on the whole prompt."""
    ends = sorted(leopard._variant.end_ids)
    with leopard.session(pictures) as session:
        for question in QUESTIONS[:-1]:
            session.ask(question, max_tokens=TOKENS)
        ours, answer = timed(lambda: session.ask(QUESTIONS[-1], max_tokens=TOKENS))
    uncached = Leopard(leopard._variant, leopard._reader, leopard._limits, cache_bytes=0)
    sees = leopard._variant.name != "nano"
    # Ours has had seven questions; the peer has the last of them.
    generate(model, inputs(uncached, QUESTIONS[-2], pictures), ends)
    vision, embeddings = timed(lambda: inputs(uncached, QUESTIONS[-1], pictures))
    peer, tokens = timed(lambda: generate(model, embeddings, ends))
    same = list(answer.token_ids) == tokens
    print(f"  {embeddings.shape[1]} positions, same greedy tokens: {same}")
    if not same:
        raise SystemExit(f"{answer.token_ids} is not {tokens}")
    # A reader's text is known to both; a vision tower's features are only to us.
    row(f"{name}: 8th question, 8 screenshots", ours, peer + vision * sees, "10 x")


def concurrent(name: str, leopard: Leopard, goal: str, count: int = 4, tokens: int = 48) -> None:
    """Decoding: `count` requests at once against one after the other."""
    variant, ends = leopard._variant, leopard._variant.end_ids
    variant.end_ids = frozenset()
    try:
        questions = [f"Write number {n} down." for n in range(count)]

        def ask(question: str) -> tuple[float, tuple[int, ...]]:
            answer = leopard.ask(question, max_tokens=tokens, temperature=0.8, seed=1)
            return answer.timings.decode, answer.token_ids

        for question in questions:
            ask(question)
        alone = [ask(question) for question in questions]
        with ThreadPoolExecutor(count) as pool:
            together = list(pool.map(ask, questions))
    finally:
        variant.end_ids = ends
    for question, (_, one), (_, other) in zip(questions, alone, together, strict=True):
        if one != other:
            raise SystemExit(f"{name}, {question!r}: alone {one}, among others {other}")
    ours, peer = max(seconds for seconds, _ in together), sum(seconds for seconds, _ in alone)
    row(f"{name}: decode, {count} requests at once", ours, peer, goal)


def one_tile(leopard: Leopard) -> None:
    """Vision time of a screenshot of eight tiles, no two of them alike, of which one changed."""
    pixels = np.hstack([np.array(page) for page in screenshots(2, (2 * 364, 2 * 364))])
    changed = pixels.copy()
    changed[400:500, 900:1000] = 0

    def vision(
        picture: np.ndarray, known: ByteCache[bytes, torch.Tensor]
    ) -> tuple[float, torch.Tensor]:
        encoding = Encoding(cache=known)
        encoded = leopard._variant.encode(leopard.load_frames(picture), encoding)[0]
        assert encoded is not None
        return encoding.watch.timings().vision, encoded.rows

    ours, peer = [], []
    for _ in range(ROUNDS + 1):
        known: ByteCache[bytes, torch.Tensor] = ByteCache(2**30)
        peer.append(vision(pixels, known)[0])
        seconds, found = vision(changed, known)
        ours.append(seconds)
    expected = vision(changed, ByteCache(0))[1]
    if not torch.allclose(found, expected, rtol=1e-4, atol=1e-5):
        raise SystemExit(f"Features differ by up to {(found - expected).abs().max():.2g}.")
    # The first round warms up.
    times = statistics.median(ours[1:]), statistics.median(peer[1:])
    row("wide: vision, one tile of 8 changed", *times, "3.3 x (0.3)")


def slides(leopard: Leopard) -> None:
    """nano's whole time on a 1280x720 slide: never seen, and asked again."""
    frames = leopard.load_frames(DATA / "deck.pdf")
    leopard.ask("What?", frames[0].image.resize((640, 360)))
    cold, warm = [], []
    for frame in frames:
        picture = frame.image.resize((1280, 720))
        cold.append(timed(lambda p=picture: leopard.ask(QUESTIONS[0], p))[0])
        warm.append(timed(lambda p=picture: leopard.ask(QUESTIONS[1], p))[0])
    print(
        f"nano: question on a 1280x720 slide, median of {len(frames)}: "
        f"cold {statistics.median(cold):.2f} s (goal 3), warm {statistics.median(warm):.2f} s "
        "(goal 0.5)"
    )


def main() -> None:
    which = asked_models(__doc__.splitlines()[0])
    print(describe_machine())
    print(f"{'':<58}{'ours':>11}{'peer':>11}{'ratio':>10}")
    if "nano" in which:
        leopard = Leopard.load(device="cpu")
        slides(leopard)
        model = stock_network(prepare(), ADAPTER)
        eighth_question("nano", leopard, model, screenshots(8, (1280, 720)))
        concurrent("nano", leopard, "2 x")
        leopard.close()
    if "wide" in which:
        with checkpoint() as folder:
            leopard = Leopard.load(folder, device="cpu", dtype="float32")
            one_tile(leopard)
            model = stock_language_model(folder, torch.float32)
            eighth_question("wide", leopard, model, screenshots(8, (728, 364)))
            leopard.close()
            del leopard, model
            leopard = Leopard.load(folder, device="cpu", dtype="int8")
            concurrent("wide int8", leopard, "3 x")
            leopard.close()


if __name__ == "__main__":
    main()
