"""Linear layers for few rows: a token that is decoded, guesses beside it, requests side by side.

Such a product takes as long as reading the weights, if nothing else is done with them. PyTorch
gives rows x weights^T to BLAS, and MKL's routine for that needs about twice as long for two rows as
for one; weights x rows^T it computes in little more than the time of one. The numbers are the same
but for rounding. With another BLAS it may be otherwise, so it is tried when a model is loaded.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

MOST, MOST_OF_SEVERAL_THREADS = 4, 8
"""Rows up to which the weights come first; with more, the usual order is as fast or faster."""
ONE_MORE = (1, 3, 7)
"""Numbers of rows that take longer than one more. For 1 that is so only with several threads: a
product with a single row is not shared between them."""
TRIED, TRIES = 2**24, 2
"""Weights that are multiplied to try it, and how often: 64 MB, since no cache holds a model's."""
WORTH = 0.9
"""The part of the usual time that it must not exceed to be used."""


class Linear(nn.Linear):
    """nn.Linear without bias, for float32 on a CPU in another order if `weights_first`."""

    weights_first = False

    def __init__(self, inner: int, out: int) -> None:
        super().__init__(inner, out, bias=False)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  # torch's own name
        """(..., in) -> (..., out)."""
        if self.weights_first:
            count = input.numel() // self.in_features
            least, most = (
                (2, MOST) if torch.get_num_threads() == 1 else (1, MOST_OF_SEVERAL_THREADS)
            )
            if least <= count <= most:
                product = multiply_few(input.reshape(count, self.in_features), self.weight)
                return product.view(*input.shape[:-1], self.out_features)
        return super().forward(input)


def multiply_few(rows: Tensor, weight: Tensor) -> Tensor:
    """(rows, in) and (out, in) -> (rows, out)."""
    count = len(rows)
    if count in ONE_MORE:
        rows = torch.cat((rows, rows[:1]))
    return torch.mm(weight, rows.t())[:, :count].t().contiguous()


def put_weights_first(network: nn.Module) -> bool:
    """Has the Linear layers of a loaded network multiply few rows in the other order.

    Only where that is faster with the threads that there are, which is tried in some hundredths of
    a second. Returns whether it is.
    """
    layers = [module for module in network.modules() if isinstance(module, Linear)]
    with torch.inference_mode():
        faster = _is_faster([layer.weight for layer in layers])
    for layer in layers:
        layer.weights_first = faster
    return faster


def _is_faster(weights: Sequence[Tensor]) -> bool:
    """Whether multiply_few is faster for some of these weights."""
    some, count = [], 0
    for weight in weights:
        some.append(weight)
        count += weight.numel()
        if count >= TRIED:
            break
    rows = [weight.new_ones(4, weight.shape[1]) for weight in some]

    def seconds(multiply: Callable[[Tensor, Tensor], Tensor]) -> float:
        start = time.perf_counter()
        for each, weight in zip(rows, some, strict=True):
            multiply(each, weight)
        return time.perf_counter() - start

    # In turns, so that what else the machine does meets both.
    ours = usual = math.inf
    for _ in range(TRIES):
        ours = min(ours, seconds(multiply_few))
        usual = min(usual, seconds(linear))
    return ours <= WORTH * usual


__all__ = ["Linear", "multiply_few", "put_weights_first"]
