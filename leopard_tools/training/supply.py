"""Packed samples in the order of their numbers, made here or, ahead of time, by other processes.

A CPU that trains needs no help: a sample takes it 40 ms to make and seconds to learn. A GPU learns
a hundred thousand positions a second, which several processes together make.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import count
from multiprocessing import get_context, parent_process
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from ..engine.tokenizer import Tokenizer
from ..errors import LeopardError
from ..variants.embedded import prepare
from ..variants.nano import NanoPrompts
from .packing import Packed, pack
from .rendered import load_rendered
from .samples import Context
from .stream import make_sample

AHEAD = 12
"""Samples that each process has begun or finished before they are asked for."""

Arrays = tuple[list[npt.NDArray[np.int64]], tuple[str, ...]]
_nano: NanoPrompts | None = None
_rendered: list[Context] = []


def supply(
    nano: NanoPrompts, seed: int, start: int, rendered: Path | None = None
) -> Iterator[Packed]:
    """Samples from number `start` on, each made when it is asked for.

    `rendered`: a file of contexts, of which some of the samples are.
    """
    contexts = load_rendered(rendered)
    return (pack(nano, make_sample(seed, number, contexts)) for number in count(start))


def supply_ahead(
    seed: int, start: int, processes: int, rendered: Path | None = None
) -> Generator[Packed]:
    """The same samples in the same order, made by so many processes ahead of time.

    They end when the iterator is closed. Raises LeopardError where one of them ended before.
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
    except BrokenProcessPool:
        raise LeopardError(
            f"One of the {processes} processes that make samples has ended: by an error, which is "
            "shown above, or from outside, as where memory runs out. Start again, with fewer "
            "--processes if it was that."
        ) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _begin(rendered: Path | None) -> None:
    """Gives this process what builds prompts."""
    global _nano, _rendered
    # What is sent to the whole group is for the process that trains: it ends this one, after it
    # has saved. Without it nothing else would.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _rendered = load_rendered(rendered)
    torch.set_num_threads(1)
    _nano = NanoPrompts(Tokenizer(prepare().tokenizer))


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _make(seed: int, number: int) -> Arrays:
    """One sample as arrays, which cost little to send."""
    assert _nano is not None
    packed = pack(_nano, make_sample(seed, number, _rendered))
    tensors = (packed.ids, packed.positions, packed.segments, packed.targets, packed.answers)
    return [tensor.numpy() for tensor in tensors], packed.kinds
