"""What this machine computes fastest in, and on how many threads just now."""

from __future__ import annotations

import os
import time
from pathlib import Path

import torch

TRIALS = 5


def choose_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the machine computes with it natively and faster; float32 elsewhere.

    On CPUs without bfloat16 its products are computed in another way, thirty times slower: so it
    is asked for, then timed against float32.
    """
    if device.type == "cuda":
        return (
            torch.bfloat16
            if torch.cuda.is_bf16_supported(including_emulation=False)
            else torch.float32
        )
    # Builds without mkldnn, as those for Apple's processors, have no such operator to ask.
    if device.type != "cpu" or not torch.backends.mkldnn.is_available():
        return torch.float32
    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return torch.float32
    fast = _seconds(torch.bfloat16) < 0.8 * _seconds(torch.float32)
    return torch.bfloat16 if fast else torch.float32


def _seconds(dtype: torch.dtype) -> float:
    """The shortest time that one product of the network's size takes."""
    left = torch.ones(512, 576, dtype=dtype)
    right = torch.ones(576, 1536, dtype=dtype)
    times = []
    for _ in range(TRIALS):
        start = time.perf_counter()
        torch.mm(left, right)
        times.append(time.perf_counter() - start)
    return min(times)


def cores() -> set[int]:
    """Numbers of the cores that this process may use: taskset and containers leave it fewer."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


class Threads:
    """As many threads as there are cores that nobody else uses.

    A thread that has to wait for a core lets all others wait for it: on two cores, one of them
    taken, two threads are several times slower than one. Where the system does not say what its
    cores do (/proc/stat, Linux), all are used.
    """

    def __init__(self, fixed: int | None = None) -> None:
        self.fixed = fixed
        self._last = _cores_busy()
        torch.set_num_threads(fixed or len(cores()))

    def adjust(self) -> int:
        """Sets the number of threads by what others used since the last call; gives it."""
        now = _cores_busy()
        if self.fixed is None and now and self._last and now[1] - self._last[1] > 1:
            others = (now[0] - self._last[0]) / (now[1] - self._last[1])
            # Half a core of others at times is better shared than left to them alone.
            free = len(cores()) - others
            torch.set_num_threads(max(1, int(free + 0.5)))
            self._last = now
        return torch.get_num_threads()


def _cores_busy() -> tuple[float, float] | None:
    """Seconds that our cores worked for others than this process so far, and the time now."""
    try:
        rows = Path("/proc/stat").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    ours = {f"cpu{number}" for number in cores()}
    busy = 0
    for name, *fields in map(str.split, rows):
        if name in ours:
            ticks = [int(field) for field in fields[:7]]
            busy += sum(ticks) - ticks[3] - ticks[4]
    return busy / os.sysconf("SC_CLK_TCK") - time.process_time(), time.monotonic()
