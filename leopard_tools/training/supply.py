"""Packed samples in the order of their numbers, made here or, ahead of time, by other processes.

A CPU that trains needs no help: a sample takes it 40 ms to make and seconds to learn. A GPU learns
a hundred thousand positions a second, which several processes together make.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from ..engine.tokenizer import Tokenizer
from ..variants.embedded import prepare
from ..variants.nano import Nano
from .packing import Packed, pack
from .rendered import load_rendered
from .samples import Context
from .stream import make_sample

AHEAD = 12
"""Samples that each process has begun or finished before they are asked for."""

Arrays = tuple[list[npt.NDArray[np.int64]], tuple[str, ...]]
_nano: Nano | None = None
_rendered: list[Context] = []


def supply(nano: Nano, seed: int, start: int, rendered: Path | None = None) -> Iterator[Packed]:
    """Samples from number `start` on, each made when it is asked for.

    `rendered`: a file of contexts, of which some of the samples are.
    """
    contexts = load_rendered(rendered)
    return (pack(nano, make_sample(seed, number, contexts)) for number in count(start))


def supply_ahead(
    seed: int, start: int, processes: int, rendered: Path | None = None
) -> Generator[Packed]:
    """The same samples in the same order, made by so many processes ahead of time.

    They end when the iterator is closed.
    """
    # Forked, they would hold the memory and the locks of a process that uses a GPU.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (rendered,))
    waiting: deque[Future[Arrays]] = deque()
    try:
        for number in count(start):
            waiting.append(pool.submit(_make, seed, number))
            if len(waiting) >= AHEAD * processes:
                arrays, kinds = waiting.popleft().result()
                ids, positions, segments, targets, answers = map(torch.from_numpy, arrays)
                yield Packed(ids, positions, segments, targets, answers, kinds)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _begin(rendered: Path | None) -> None:
    """Gives this process a model that can build prompts, and nothing else."""
    global _nano, _rendered
    # Ctrl-C is for the process that trains: it ends this one, after it has saved.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _rendered = load_rendered(rendered)
    torch.set_num_threads(1)
    with torch.device("meta"):
        network = LlamaForCausalLM(LlamaConfig(num_hidden_layers=1))
    _nano = Nano(network, Tokenizer(prepare().tokenizer), model="prompts only")


def _make(seed: int, number: int) -> Arrays:
    """One sample as arrays, which cost little to send."""
    assert _nano is not None
    packed = pack(_nano, make_sample(seed, number, _rendered))
    tensors = (packed.ids, packed.positions, packed.segments, packed.targets, packed.answers)
    return [tensor.numpy() for tensor in tensors], packed.kinds
