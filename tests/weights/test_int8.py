"""8-bit layers against their definition, alone and in company, on each kernel that works here."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch
from torch import Tensor, nn

from leopard_tools.errors import LeopardError
from leopard_tools.weights import int8
from leopard_tools.weights.int8 import Int8Linear, Kernel, int8_kernel, place_int8

from ..conftest import ROOT

ALL = (*int8.WITH_VNNI, int8.COARSE, int8.FINE)
HERE = [kernel for kernel in ALL if int8._fault(kernel) is None]
SHAPES = [(192, 576), (629, 64), (576, 1536), (1024, 4096), (7, 5)]

kernels = pytest.mark.parametrize("kernel", HERE, ids=lambda kernel: kernel.name)
fineness = pytest.mark.parametrize("fine", [False, True], ids=["coarse", "fine"])


def weights(out: int, inner: int) -> Tensor:
    return torch.randn(out, inner, generator=torch.Generator().manual_seed(1))


def activations(rows: int, inner: int) -> Tensor:
    """Normal numbers, one channel of which is 20 times as large, as language models have them."""
    x = torch.randn(rows, inner, generator=torch.Generator().manual_seed(2))
    x[:, inner // 2] *= 20
    return x


def layer(weight: Tensor, kernel: Kernel, *, fine: bool, bias: bool = False) -> Int8Linear:
    linear = nn.Linear(*reversed(weight.shape), bias=bias)
    quantised = Int8Linear(linear.requires_grad_(False), kernel, fine=fine)
    quantised.quantise(weight.split(100))
    return quantised


def error(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


def rounded(numbers: Tensor, levels: int) -> Tensor:
    """Each row to whole multiples of its largest number / levels, as float64."""
    largest = numbers.abs().amax(1, keepdim=True)
    return (numbers * (levels / largest)).round().double() * largest.double() / levels


@kernels
@pytest.mark.parametrize(("out", "inner"), SHAPES)
def test_a_layer_computes_what_its_rounded_numbers_give(
    kernel: Kernel, out: int, inner: int
) -> None:
    weight, x = weights(out, inner), activations(9, inner)
    expected = rounded(x, kernel.row_levels) @ rounded(weight, kernel.levels).T
    found = layer(weight, kernel, fine=False)(x)
    errors = torch.stack([torch.tensor(error(*rows)) for rows in zip(found, expected, strict=True)])
    # A number just beside a half, rarely, is rounded the other way.
    assert errors.median() < 1e-6
    assert errors.max() < 1e-2


@kernels
@pytest.mark.parametrize(("out", "inner"), SHAPES)
def test_a_fine_layer_loses_next_to_nothing_of_the_activations(
    kernel: Kernel, out: int, inner: int
) -> None:
    weight, x = weights(out, inner), activations(9, inner)
    expected = x.double() @ rounded(weight, kernel.levels).T
    limit = 5e-4 * (127 / kernel.row_levels) ** 2
    assert error(layer(weight, kernel, fine=True)(x), expected.float()) < limit


@kernels
def test_the_error_beside_float32_is_that_of_the_bits(kernel: Kernel) -> None:
    weight = weights(1024, 4096)
    x = activations(9, 4096)
    plain = torch.randn(9, 4096, generator=torch.Generator().manual_seed(3))
    limit = 0.01 * 127 / kernel.levels
    assert error(layer(weight, kernel, fine=True)(x), x @ weight.T) < limit
    coarse = layer(weight, kernel, fine=False)
    assert error(coarse(plain), plain @ weight.T) < 1.5 * limit * 127 / kernel.row_levels


@kernels
@fineness
@pytest.mark.parametrize(("out", "inner"), SHAPES)
def test_a_row_does_not_depend_on_its_neighbours(
    kernel: Kernel, fine: bool, out: int, inner: int
) -> None:
    quantised = layer(weights(out, inner), kernel, fine=fine)
    x = activations(200, inner)
    x[50] = 0
    x[51] *= 1e6
    together = quantised(x)
    for count in (1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 65, 128):
        for start in (0, 7, 50):
            alone = quantised(x[start : start + count])
            assert torch.equal(alone, together[start : start + count]), (start, count)


@kernels
@fineness
def test_odd_inputs(kernel: Kernel, fine: bool) -> None:
    weight = weights(6, 8)
    quantised = layer(weight, kernel, fine=fine, bias=True)
    assert quantised.bias is not None
    assert torch.equal(quantised(torch.zeros(2, 8)), quantised.bias.expand(2, 6))
    assert quantised(torch.zeros(0, 8)).shape == (0, 6)
    x = activations(6, 8)
    assert torch.equal(quantised(x.view(2, 3, 8)), quantised(x).view(2, 3, 6))
    assert torch.equal(quantised(x.T.contiguous().T), quantised(x))
    assert quantised(x).dtype == torch.float32
    before = x.clone()
    quantised(x)
    assert torch.equal(x, before)
    x[1, 3] = float("nan")
    found = quantised(x)
    assert found[1].isnan().all()
    assert torch.equal(found[0], quantised(before)[0])


@kernels
@fineness
def test_a_channel_of_zeros_gives_zeros(kernel: Kernel, fine: bool) -> None:
    weight = weights(6, 8)
    weight[2] = 0
    found = layer(weight, kernel, fine=fine)(activations(3, 8))
    assert torch.equal(found[:, 2], torch.zeros(3))
    assert found[:, 3].all()


def test_where_vnni_is_missing_the_other_kernel_is_taken() -> None:
    """The tests of this file once more, with torch and oneDNN held to AVX2.

    On a CPU that has nothing more, they were without it.
    """
    if int8.OneDnn() not in HERE:
        assert "FBGEMM" in int8_kernel().name
        assert "FBGEMM" in int8_kernel(fine=True).name
        return
    # FBGEMM asks the CPU itself, and may go on using VNNI.
    assert os.environ.get("ONEDNN_MAX_CPU_ISA") != "AVX2", "oneDNN is not held to AVX2"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        cwd=ROOT,
        env={**os.environ, "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


class Overflowing:
    """A kernel whose sums have 16 bits, as on a CPU that only has AVX2."""

    name = "overflowing"
    levels = row_levels = 127

    def pack(self, weight: Tensor, scale: Tensor) -> Overflowing:
        self.weight = weight.float() * scale[:, None]
        return self

    def multiply(self, levels: Tensor) -> Tensor:
        return (levels @ self.weight.T).clamp(-32768, 32767)


class Absent(Overflowing):
    name = "absent"

    def pack(self, weight: Tensor, scale: Tensor) -> Overflowing:
        raise RuntimeError("could not create a primitive\nat some place in C++")


@pytest.fixture
def unprobed() -> None:
    int8_kernel.cache_clear()
    yield
    int8_kernel.cache_clear()


@pytest.mark.usefixtures("unprobed")
def test_a_kernel_that_overflows_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(int8, "WITH_VNNI", (Absent(), Overflowing()))
    assert int8_kernel() is int8.COARSE
    assert int8_kernel(fine=True) is int8.FINE


@pytest.mark.usefixtures("unprobed")
def test_without_any_kernel_the_reasons_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(int8, "WITH_VNNI", (Absent(),))
    monkeypatch.setattr(int8, "COARSE", Overflowing())
    with pytest.raises(LeopardError, match=r"absent: could not create a primitive; over.*float32"):
        place_int8(nn.Sequential(nn.Linear(2, 2)), inside=("0",))


def test_only_linear_layers_inside_are_replaced() -> None:
    network = nn.ModuleDict(
        {
            "text": nn.Sequential(nn.Embedding(3, 4), nn.Linear(4, 4)),
            "text_head": nn.Linear(4, 4),
            "head": nn.Linear(4, 3),
            "more": nn.ModuleDict({"a": nn.Linear(4, 3), "b": nn.Linear(4, 3)}),
        }
    )
    place_int8(network, inside=("text", "head", "more"), keep=("b",))
    kinds = [type(m) for m in network.modules() if not list(m.children())]
    assert kinds == [nn.Embedding, Int8Linear, nn.Linear, Int8Linear, Int8Linear, nn.Linear]
