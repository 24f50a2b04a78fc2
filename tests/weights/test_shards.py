"""Checkpoint folders and files that are broken, incomplete or not to be trusted."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file

from leopard_tools.errors import CheckpointInvalid, CheckpointNotFound
from leopard_tools.weights.shards import stored_tensors

if TYPE_CHECKING:
    from pathlib import Path

TENSORS = {"weight": torch.zeros(5, 3), "count": torch.tensor(7), "empty": torch.zeros(0, 2)}


def write_index(folder: Path, shard_of: object) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": shard_of}))


def write_raw(folder: Path, header: bytes, data: bytes = b"") -> None:
    length = struct.pack("<Q", len(header))
    (folder / "model.safetensors").write_bytes(length + header + data)


def test_a_file_is_described_without_reading_it(tmp_path: Path):
    save_file(TENSORS, tmp_path / "model.safetensors")
    found = {tensor.name: tensor for tensor in stored_tensors(tmp_path)}
    assert {name: (t.dtype, t.shape, t.size) for name, t in found.items()} == {
        "weight": ("F32", (5, 3), 60),
        "count": ("I64", (), 8),
        "empty": ("F32", (0, 2), 0),
    }
    data = (tmp_path / "model.safetensors").read_bytes()
    count = found["count"]
    assert int.from_bytes(data[count.offset : count.offset + count.size], "little") == 7


def test_a_shard_that_is_not_there_is_named(tmp_path: Path):
    save_file(TENSORS, tmp_path / "model-0.safetensors")
    write_index(tmp_path, {"weight": "model-0.safetensors", "count": "model-1.safetensors"})
    with pytest.raises(CheckpointInvalid, match=r"not there: model-1\.safetensors"):
        stored_tensors(tmp_path)


def test_an_index_cannot_name_files_outside_its_folder(tmp_path: Path):
    save_file(TENSORS, tmp_path / "outside.safetensors")
    (tmp_path / "inside").mkdir()
    write_index(tmp_path / "inside", dict.fromkeys(TENSORS, "../outside.safetensors"))
    with pytest.raises(CheckpointInvalid, match="not there"):
        stored_tensors(tmp_path / "inside")


def test_an_index_that_its_shards_do_not_fulfil_is_refused(tmp_path: Path):
    save_file(TENSORS, tmp_path / "model-0.safetensors")
    write_index(tmp_path, dict.fromkeys([*TENSORS, "more"], "model-0.safetensors"))
    with pytest.raises(CheckpointInvalid, match=r"lack: more \(model-0\.safetensors\)"):
        stored_tensors(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"weight_map": {}}'])
def test_a_broken_index_is_refused(tmp_path: Path, text: str):
    (tmp_path / "model.safetensors.index.json").write_text(text)
    with pytest.raises(CheckpointInvalid, match=r"index\.json"):
        stored_tensors(tmp_path)


@pytest.mark.parametrize("length", [0, 5, 8, 40, -1])
def test_a_truncated_file_is_refused(tmp_path: Path, length: int):
    save_file(TENSORS, tmp_path / "whole")
    (tmp_path / "model.safetensors").write_bytes((tmp_path / "whole").read_bytes()[:length])
    with pytest.raises(CheckpointInvalid, match="not a complete safetensors file"):
        stored_tensors(tmp_path)


@pytest.mark.parametrize(
    "header",
    [
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"count": 1}',
        b'{"count": {"dtype": "I64", "shape": []}}',
        b'{"count": {"dtype": "I64", "shape": [-1], "data_offsets": [0, 8]}}',
        b'{"count": {"dtype": "I64", "shape": [2], "data_offsets": [0, 8]}}',
        b'{"count": {"dtype": "I64", "shape": [1], "data_offsets": [8, 16]}}',
        b'{"count": {"dtype": "I64", "shape": [1], "data_offsets": [8, 0]}}',
        b'{"count": {"dtype": "I64", "shape": [%s], "data_offsets": [0, 8]}}' % (b"9" * 30),
        b'{"count": {"dtype": "I64", "shape": [%s], "data_offsets": [0, 8]}}'
        % b",".join([b"1"] * 65),
        b'{"count": {"dtype": "I64", "shape": [], "data_offsets": [%s, %s]}}'
        % ((b"9" * 4299,) * 2),
    ],
)
def test_an_invalid_header_is_refused(tmp_path: Path, header: bytes):
    write_raw(tmp_path, header, bytes(8))
    with pytest.raises(CheckpointInvalid, match="not a complete safetensors file"):
        stored_tensors(tmp_path)


def test_tensors_do_not_share_their_bytes(tmp_path: Path):
    entry = b'"%s": {"dtype": "U8", "shape": [%d], "data_offsets": [%d, %d]}'
    spans = {b"whole": (0, 8), b"none": (0, 0), b"more": (8, 12), b"nor": (12, 12)}
    entries = [entry % (name, end - start, start, end) for name, (start, end) in spans.items()]
    write_raw(tmp_path, b"{%s}" % b", ".join(entries), bytes(12))
    assert len(stored_tensors(tmp_path)) == 4
    entries.append(entry % (b"shared", 4, 7, 11))
    write_raw(tmp_path, b"{%s}" % b", ".join(entries), bytes(12))
    with pytest.raises(CheckpointInvalid, match="shared lies over another tensor"):
        stored_tensors(tmp_path)


def test_a_type_that_is_not_known_is_named(tmp_path: Path):
    write_raw(tmp_path, b'{"count": {"dtype": "F4", "shape": [2], "data_offsets": [0, 1]}}', b"0")
    with pytest.raises(CheckpointInvalid, match="stores count as F4"):
        stored_tensors(tmp_path)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "x.pth", "consolidated.00"])
def test_pickles_are_refused_with_the_reason(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(CheckpointInvalid, match="can run code when they are loaded; convert"):
        stored_tensors(tmp_path)


def test_pickles_that_were_left_on_the_hub_are_told_by_their_index(tmp_path: Path):
    (tmp_path / "pytorch_model.bin.index.json").write_text("{}")
    with pytest.raises(CheckpointInvalid, match=r"only as pickles .* with transformers'"):
        stored_tensors(tmp_path)


def test_a_folder_without_weights_and_no_folder_at_all_are_told_apart(tmp_path: Path):
    with pytest.raises(CheckpointInvalid, match="holds no weights"):
        stored_tensors(tmp_path)
    with pytest.raises(CheckpointNotFound, match="There is no folder"):
        stored_tensors(tmp_path / "absent")
