"""The safetensors files of a checkpoint folder: which tensors they hold, and where.

Standard library only; it knows the file format (an 8-byte length, a JSON header, raw tensors) and
the two layouts of a folder, one file or an index with shards. It must not know torch or models.
Everything is checked here against the files' real sizes, so that who reads later cannot run past
an end, and cannot be made to allocate more than the files are long.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from ..errors import CheckpointInvalid, CheckpointNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
ITEM_BYTES = {
    "F64": 8,
    "F32": 4,
    "F16": 2,
    "BF16": 2,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "I64": 8,
    "I32": 4,
    "I16": 2,
    "I8": 1,
    "U8": 1,
    "BOOL": 1,
}
# What the shape of a tensor may say. Without bounds the product of its numbers, which may have
# millions of digits, is computed for hours.
MOST_DIMENSIONS, LARGEST_COUNT = 64, 2**63 - 1
# The same limit as the format's reference implementation: a header is never larger than this.
HEADER_LIMIT = 100_000_000
# An index tells of pickles too: what is fetched from the hub has it without them.
PICKLES = ("*.bin", "*.bin.index.json", "*.pt", "*.pth", "*.ckpt", "*.pkl", "consolidated*")
CONVERT = (
    "convert to safetensors, with transformers' from_pretrained and save_pretrained or with "
    "https://huggingface.co/spaces/safetensors/convert"
)


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One tensor as it lies in a file: `size` bytes from `offset` (from the start of the file)."""

    name: str
    file: Path
    dtype: str
    shape: tuple[int, ...]
    offset: int
    size: int


def listed(names: Iterable[str], limit: int = 10) -> str:
    """The first names, comma separated, and how many more there are."""
    everything = sorted(names)
    shown = ", ".join(everything[:limit])
    more = len(everything) - limit
    return f"{shown} and {more:,} more" if more > 0 else shown


def stored_tensors(folder: Path) -> list[StoredTensor]:
    """Every tensor of the checkpoint in `folder`, in the order in which the files hold them.

    Reads headers only. Raises CheckpointNotFound where there is no such folder and
    CheckpointInvalid where it has no safetensors weights, or broken or incomplete ones.
    """
    if not folder.is_dir():
        raise CheckpointNotFound(f"There is no folder {folder}. Give a checkpoint's folder.")
    try:
        if (folder / SINGLE).is_file():
            return read_header(folder / SINGLE)
        if (folder / INDEX).is_file():
            return _read_shards(folder / INDEX)
    except OSError as error:
        raise CheckpointInvalid(f"The weights in {folder} cannot be read: {error}.") from error
    pickles = sorted({path.name for pattern in PICKLES for path in folder.glob(pattern)})
    if pickles:
        raise CheckpointInvalid(
            f"{folder} holds its weights only as pickles ({listed(pickles)}), and pickles can run "
            f"code when they are loaded; {CONVERT}."
        )
    raise CheckpointInvalid(
        f"{folder} holds no weights: neither {SINGLE} nor {INDEX}. Download the checkpoint again; "
        f"where it has only pickles, which are not fetched, {CONVERT}."
    )


def read_header(file: Path) -> list[StoredTensor]:
    """The tensors of one safetensors file by offset; CheckpointInvalid if it is broken or cut."""
    length = file.stat().st_size
    with file.open("rb") as stream:
        header_size = int.from_bytes(stream.read(8), "little")
        if length < 8 or header_size > min(HEADER_LIMIT, length - 8):
            raise CheckpointInvalid(_broken(file, f"its {length:,} bytes do not hold its header"))
        header = _parse(file, stream.read(header_size))
    header.pop("__metadata__", None)
    start = 8 + header_size
    tensors = [_entry(file, name, entry, start) for name, entry in header.items()]
    # By size too, so that one without numbers comes before the one that begins where it lies.
    tensors.sort(key=lambda tensor: (tensor.offset, tensor.size))
    end = start
    for tensor in tensors:
        if tensor.offset < end:
            raise CheckpointInvalid(_broken(file, f"{tensor.name} lies over another tensor"))
        end = tensor.offset + tensor.size
    if end > length:
        raise CheckpointInvalid(
            _broken(file, f"its header promises {end:,} bytes and it has {length:,}")
        )
    return tensors


def _broken(file: Path, reason: str) -> str:
    return f"{file} is not a complete safetensors file: {reason}. Download or save it again."


def _parse(file: Path, text: bytes) -> dict[str, object]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointInvalid(_broken(file, f"its JSON is not valid ({error})")) from error
    if not isinstance(parsed, dict):
        raise CheckpointInvalid(_broken(file, "its JSON is not an object"))
    return parsed


def _is_counts(value: object) -> TypeGuard[list[int]]:
    """Whether a JSON value is a short list of whole numbers from 0 (True and 1.0 are not)."""
    return (
        isinstance(value, list)
        and len(value) <= MOST_DIMENSIONS
        and all(type(item) is int and 0 <= item <= LARGEST_COUNT for item in value)
    )


def _entry(file: Path, name: str, entry: object, start: int) -> StoredTensor:
    """One tensor of the header; `start` is where the file's data begins."""
    fields = entry if isinstance(entry, dict) else {}
    dtype, shape, span = fields.get("dtype"), fields.get("shape"), fields.get("data_offsets")
    if not (isinstance(dtype, str) and _is_counts(shape) and _is_counts(span) and len(span) == 2):
        raise CheckpointInvalid(_broken(file, f"its entry for {name} is malformed"))
    if dtype not in ITEM_BYTES:
        raise CheckpointInvalid(
            f"{file} stores {name} as {dtype}, a type that is not supported. "
            "Convert the checkpoint to float32, bfloat16 or float16."
        )
    size = span[1] - span[0]
    if size != prod(shape) * ITEM_BYTES[dtype]:
        raise CheckpointInvalid(
            _broken(file, f"{name} has {size:,} bytes for {dtype} of shape {shape}")
        )
    return StoredTensor(name, file, dtype, tuple(shape), start + span[0], size)


def _read_shards(index: Path) -> list[StoredTensor]:
    """The tensors of all shards that the index names, checked against it in both directions."""
    shard_of = _parse(index, index.read_bytes()).get("weight_map")
    if not isinstance(shard_of, dict) or not shard_of:
        raise CheckpointInvalid(f"{index} has no weight_map. Download or save it again.")
    shards = sorted({str(shard) for shard in shard_of.values()})
    # A shard is a plain name: an index must not point at files outside its folder.
    absent = [
        name for name in shards if Path(name).name != name or not (index.parent / name).is_file()
    ]
    if absent:
        raise CheckpointInvalid(
            f"{index} names shards that are not there: {listed(absent)}. "
            "Download the checkpoint again; files already there are kept."
        )
    tensors = [tensor for name in shards for tensor in read_header(index.parent / name)]
    held = {(tensor.name, tensor.file.name) for tensor in tensors}
    lacking = [f"{name} ({shard})" for name, shard in shard_of.items() if (name, shard) not in held]
    if lacking:
        raise CheckpointInvalid(f"{index} names tensors that its shards lack: {listed(lacking)}.")
    return [tensor for tensor in tensors if shard_of.get(tensor.name) == tensor.file.name]


__all__ = ["StoredTensor", "listed", "read_header", "stored_tensors"]
