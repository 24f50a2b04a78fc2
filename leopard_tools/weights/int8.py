"""Linear layers in 8 bits: a quarter of float32's memory, and of the time that reading it takes.

    place_int8(network, inside=("language_model", "lm_head"))     # inside skeleton()
    load_weights(network, folder, ...)                            # quantises as it reads

Weights have one scale an output channel. Activations are quantised as they come, each row by its
own largest number: requests are computed as rows of one matrix, and what is answered to one must
not depend on the others. Sums are whole numbers and therefore exact, in any order, and all the rest
rounds number by number, so that a row's result is the same to the last bit whichever rows stand
beside it.

A `fine` layer also computes, as a second row, what rounding a row to 8 bits left over, which makes
that 15 bits. A row more is nearly free while a token is decoded, since reading the weights takes
the time; it doubles the work of a long prompt. Small models need it: see place_int8.

Which instructions do the work is found out once, when the first model loads: see `int8_kernel`. It
knows nothing of checkpoints or of what the layers are for.
"""

from __future__ import annotations

import ctypes
import mmap
import platform
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

import torch
from torch import Tensor, nn

from ..errors import LeopardError

LEVELS = 127
"""Numbers become -127 to 127 where the kernel adds up without overflow."""
LARGE = 2**22
"""Weights of a layer after which freed memory is given back: that takes milliseconds."""
PIECE_NUMBERS = 2**18
"""Weights that are quantised at a time: 1 MB of float32, which stays in the cache."""
# A row of zeros has no scale: it becomes zeros with any, so take one whose inverse is finite.
_SMALLEST = 1e-30


class Packed(Protocol):
    """A layer's weights as one kernel wants them."""

    def multiply(self, levels: Tensor) -> Tensor:
        """(rows, in) float32 within `row_levels`, rounded here and overwritten -> (rows, out)."""
        ...


class Kernel(Protocol):
    """A way to multiply in 8 bits.

    `levels` and `row_levels` are the largest weight and activation that it adds up exactly.
    """

    @property
    def name(self) -> str: ...

    @property
    def levels(self) -> int: ...

    @property
    def row_levels(self) -> int: ...

    def pack(self, weight: Tensor, scale: Tensor) -> Packed:
        """weight: (out, in) int8; scale: (out,) float32, what its unit stands for."""
        ...


@dataclass(frozen=True, slots=True)
class _OneDnnPacked:
    weight: Tensor
    scale: Tensor
    zero: Tensor

    def multiply(self, levels: Tensor) -> Tensor:
        zero = LEVELS + 1
        # The conversion cuts off what is behind the point, so the half rounds.
        product: Tensor = torch.ops.onednn.qlinear_pointwise(
            levels.add_(zero + 0.5).to(torch.uint8),
            1.0,
            zero,
            self.weight,
            self.scale,
            self.zero,
            None,  # bias
            1.0,
            0,
            torch.float32,
            "none",
            [],
            "",
        )
        return product


class OneDnn:
    """oneDNN's kernels for the VNNI instructions: 32-bit sums, no limit on the weights."""

    name = "oneDNN"
    levels = row_levels = LEVELS

    def pack(self, weight: Tensor, scale: Tensor) -> Packed:
        packed = torch.ops.onednn.qlinear_prepack(weight, None)
        return _OneDnnPacked(packed, scale, torch.zeros(len(scale), dtype=torch.int64))


@dataclass(frozen=True, slots=True)
class _FbgemmPacked:
    weight: torch.ScriptObject
    zero: int

    def multiply(self, levels: Tensor) -> Tensor:
        product: Tensor = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
            levels, 1.0, self.zero, self.weight
        )
        return product


@dataclass(frozen=True, slots=True)
class Fbgemm:
    """FBGEMM's kernels, for AVX2. They take one scale for all rows, so rows come with one range.

    Without VNNI two products are added in 16 bits, which overflow unless one of the two factors
    takes only 7 bits: both 2 x 255 x 64 and 2 x 127 x 127 fit.
    """

    levels: int = LEVELS
    row_levels: int = LEVELS

    @property
    def name(self) -> str:
        return f"FBGEMM, weights to {self.levels}, rows to {self.row_levels}"

    def pack(self, weight: Tensor, scale: Tensor) -> Packed:
        zero = torch.zeros(len(scale), dtype=torch.int64)
        with warnings.catch_warnings():
            # torch says that quantised tensors will go one day; until then there is no other way
            # to these kernels, and int8_kernel notices when they are gone.
            warnings.filterwarnings("ignore", "torch.quantize_per_tensor", UserWarning)
            quantised = torch._make_per_channel_quantized_tensor(weight, scale.double(), zero, 0)
        packed = torch.ops.quantized.linear_prepack(quantised, None)
        return _FbgemmPacked(packed, self.row_levels + 1)


WITH_VNNI: tuple[Kernel, ...] = (Fbgemm(), OneDnn())
"""Best first; both give the same numbers. FBGEMM reads weights for one to eight rows at nearly the
speed of memory, oneDNN at two thirds of it; with hundreds of rows oneDNN is a seventh faster, which
matters less: a warm step is a few rows and then a token at a time."""
# Activations have the outliers, so they keep 8 bits, unless two rows share the work.
COARSE, FINE = Fbgemm(levels=64), Fbgemm(row_levels=63)
"""For CPUs with AVX2 and no VNNI: a layer's usual kernel, and that of a fine layer."""


@cache
def int8_kernel(*, fine: bool = False) -> Kernel:
    """The best kernel that adds up exactly here; tried once a process, in milliseconds.

    Trying is surer than reading the CPU's name: whether a kernel exists depends on the build of
    torch too, and one that overflows gives wrong numbers, not errors. Raises LeopardError where
    there is none.
    """
    reasons = []
    for kernel in (*WITH_VNNI, FINE if fine else COARSE):
        reason = _fault(kernel)
        if reason is None:
            return kernel
        reasons.append(f"{kernel.name}: {reason}")
    raise LeopardError(
        f'dtype="int8" cannot be computed on this machine ({platform.machine()}, '
        f"{torch.backends.cpu.get_cpu_capability()}; {'; '.join(reasons)}). "
        'Load with dtype="float32" or "bfloat16".'
    )


def _fault(kernel: Kernel) -> str | None:
    """What is wrong with a kernel on this machine, or None: sums of the largest numbers."""
    inner, out = 512, 32
    signs = torch.ones(out, inner)
    signs[1::2] = -1
    rows = torch.stack([torch.ones(inner), -torch.ones(inner)]).repeat(4, 1)
    expected = (rows @ signs.T) * kernel.levels * kernel.row_levels
    try:
        packed = kernel.pack((signs * kernel.levels).to(torch.int8), torch.ones(out))
        for count in (1, len(rows)):
            if not torch.equal(packed.multiply(rows[:count] * kernel.row_levels), expected[:count]):
                return "sums overflow"
    except (RuntimeError, AttributeError) as error:
        return str(error).partition("\n")[0]
    return None


def _give_back_freed_memory() -> None:
    """Has the C library return what lies free between packed layers: nothing later fits there.

    glibc keeps such memory and can be asked; elsewhere this does nothing.
    """
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


def row_ranges(rows: Tensor) -> Tensor:
    """(rows, 1): the largest absolute number of each row (rows, in)."""
    largest = torch.maximum(rows.amax(-1, keepdim=True), rows.amin(-1, keepdim=True).neg_())
    return largest.clamp_min_(_SMALLEST)


class Int8Linear(nn.Module):
    """A linear layer with packed weights, for inference on the CPU.

    Until `quantise` it has a parameter `weight` (out, in) on meta, by which loaders know what to
    fill in; afterwards none but a bias. A loaded layer cannot be saved or moved.
    """

    def __init__(self, linear: nn.Linear, kernel: Kernel, *, fine: bool = False) -> None:
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        # The same objects, so that what was tied is seen to be.
        self.weight: nn.Parameter | None = cast(nn.Parameter, linear.weight)
        self.bias: nn.Parameter | None = cast(nn.Parameter | None, linear.bias)
        self.fine = fine
        self._kernel = kernel
        self._packed: Packed | None = None

    def quantise(self, pieces: Iterable[Tensor]) -> None:
        """Takes the weights as float32 pieces (some rows, in), in order, one at a time."""
        # Memory of its own, given back at once: malloc's would leave holes between packed layers,
        # which nothing later fills and which doubled the peak.
        memory = mmap.mmap(-1, self.out_features * self.in_features)
        weight = torch.frombuffer(memory, dtype=torch.int8).view(self.out_features, -1)
        scale = torch.empty(self.out_features)
        start = 0
        for piece in pieces:
            stop = start + len(piece)
            ranges = row_ranges(piece)
            weight[start:stop] = torch.mul(piece, self._kernel.levels / ranges).round_()
            scale[start:stop] = ranges[:, 0] / self._kernel.levels
            start = stop
        assert start == self.out_features
        self._packed = self._kernel.pack(weight, scale)
        self.weight = None  # a parameter still, without value
        if weight.numel() >= LARGE:
            _give_back_freed_memory()

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  # torch's own name
        """(..., in) -> (..., out) float32."""
        assert self._packed is not None, "quantise() comes first"
        rows = input.reshape(-1, self.in_features)
        ranges = row_ranges(rows)
        # No fused operations here and below: each rounds as IEEE 754 says, whether a number is
        # computed alone or in a vector with others.
        levels = torch.mul(rows, self._kernel.row_levels / ranges)
        if self.fine:
            product = self._multiply_fine(self._packed, levels)
        else:
            product = self._packed.multiply(levels)
        product.mul_(ranges.div_(self._kernel.row_levels))
        if self.bias is not None:
            product.add_(self.bias)
        return product.view(*input.shape[:-1], self.out_features)

    def _multiply_fine(self, packed: Packed, levels: Tensor) -> Tensor:
        both = levels.new_empty(2, *levels.shape)
        torch.round(levels, out=both[0])
        # What is left is at most half a level: this gives it the range of the levels.
        rest = 2 * self._kernel.row_levels
        torch.sub(levels, both[0], out=both[1]).mul_(rest)
        product = packed.multiply(both.flatten(0, 1)).view(2, len(levels), self.out_features)
        return product[0].add_(product[1].div_(rest))

    def extra_repr(self) -> str:
        fine = ", fine" if self.fine else ""
        return f"in={self.in_features}, out={self.out_features}, {self._kernel.name}{fine}"


def place_int8(
    network: nn.Module, *, inside: tuple[str, ...], fine: bool = False, keep: tuple[str, ...] = ()
) -> None:
    """Puts an Int8Linear where `network` has linear layers, in its parts named by `inside`.

    Inside skeleton(), before weights are loaded. fine: activations keep 15 bits. keep: names of
    layers that stay as they are. Raises LeopardError where 8 bits cannot be computed.
    """
    kernel = int8_kernel(fine=fine)
    for name, module in list(network.named_modules()):
        parent, _, attribute = name.rpartition(".")
        meant = any(f"{name}.".startswith(f"{part}.") for part in inside) and attribute not in keep
        if meant and isinstance(module, nn.Linear):
            layer = Int8Linear(module, kernel, fine=fine)
            setattr(network.get_submodule(parent), attribute, layer)


__all__ = ["Int8Linear", "int8_kernel", "place_int8"]
