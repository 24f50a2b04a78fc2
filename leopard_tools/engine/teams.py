"""OpenMP's teams of threads: every thread that computes has one, and must let it go.

PyTorch on Linux computes with libgomp. Its threads wait for the next operation by spinning, but
only while those of all teams together are no more than the CPUs; otherwise they sleep after every
operation and have to be woken for the next, hundreds of times a token. So a team that waits for
nothing, such as that of the thread that loaded the weights, slows every other one down: on two
cores a token of nano took 68 ms beside it, and 55 without.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

import torch

SOFT = 1
"""omp_pause_soft of OpenMP 5.0: what threads hold for themselves is kept."""


def release_team() -> None:
    """Ends the waiting threads of the calling thread's team; its next operation makes them anew.

    Does nothing inside an operation, or where PyTorch computes with something else than a libgomp
    of its own.
    """
    library = _libgomp()
    if library is not None:
        library.omp_pause_resource_all(SOFT)


@cache
def _libgomp() -> ctypes.CDLL | None:
    """The libgomp that the wheel of PyTorch brings; it is in memory already."""
    found = sorted((Path(torch.__file__).parent / "lib").glob("libgomp*"))
    library = ctypes.CDLL(str(found[0])) if found else None
    return library if hasattr(library, "omp_pause_resource_all") else None


__all__ = ["release_team"]
