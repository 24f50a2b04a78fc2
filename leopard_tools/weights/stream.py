"""Loads a checkpoint's safetensors into a module tensor by tensor, as the device and
type wanted.

    with skeleton():
        model = LlamaForCausalLM(config)          # no memory for weights yet, no random init
    load_weights(model, folder, rename=str, device=torch.device("cpu"), dtype=torch.bfloat16)

Peak memory is the final size and one small buffer: files are read, not mapped, because mapped pages
count as the process's own until the system takes them back. Layers that place_int8 put in are
quantised piece by piece as they are read, after an adapter was added. It knows names, shapes and
types; which stored name belongs to which parameter is for the variant to say.
"""

from __future__ import annotations

import math
import sys
import threading
from collections import defaultdict
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import torch
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from torch import nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from ..errors import CheckpointInvalid
from .adapter import read_updates
from .int8 import PIECE_NUMBERS
from .room import check_room, no_room
from .shards import StoredTensor, listed, stored_tensors
from .slots import Slot, find_slots

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from io import FileIO
    from pathlib import Path

DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
CHUNK_BYTES = 16 * 2**20
# Few enough that torch casts them on one thread, in the cache: handing out pieces of every chunk to
# all threads takes twice as long when the machine is idle and several times when it is not.
CAST_NUMBERS = 2**15


class _Building(threading.local):
    """Whether this thread is inside skeleton()."""

    active = False


_building = _Building()
_registering = threading.Lock()


@cache
def _watch_registrations() -> None:
    """Lets torch ask us about each parameter that a module registers, from now on.

    Once and for good: taking the hook away again would change torch's table of hooks under the
    hands of other threads that build modules.
    """

    def to_meta(module: nn.Module, name: str, parameter: nn.Parameter | None) -> object:
        # One that is on meta is registered again to tie it: it must stay the same object.
        if not _building.active or parameter is None or parameter.is_meta:
            return parameter
        return nn.Parameter(parameter.detach().to("meta"), requires_grad=False)

    # What the hook returns replaces the parameter, but torch declares that it returns nothing.
    register_module_parameter_registration_hook(to_meta)  # type: ignore[arg-type]


@contextmanager
def skeleton() -> Iterator[None]:
    """Modules that this thread builds inside have parameters on meta and their buffers real.

    Buffers such as rotary frequencies are computed while building and are not in a checkpoint, so
    they must be real; parameters take no memory, and torch.nn.init does nothing to them.
    """
    with _registering:
        _watch_registrations()
    _building.active = True
    try:
        yield
    finally:
        _building.active = False


def load_weights(
    module: nn.Module,
    folder: Path,
    *,
    rename: Callable[[str], str | None],
    device: torch.device,
    dtype: torch.dtype | None,
    adapter: Path | None = None,
    progress: bool = True,
) -> None:
    """Fills every parameter and persistent buffer of `module` from the safetensors in `folder`.

    `rename` maps a stored name to the module's; None means known and not wanted. `dtype` is what
    floating tensors become, but for int8 layers; None keeps the stored types. `adapter` is the
    folder of a LoRA that is added to the weights, each as it is read. Buffers that no checkpoint
    stores move to `device` as they are. Tied parameters stay tied, and nothing requires a gradient
    afterwards.

    Raises CheckpointInvalid, before anything is loaded, if tensors are missing, unexpected or of
    another shape or kind than the module's, if a file is broken or the adapter does not fit;
    CheckpointNotFound if there is no such folder; LeopardError where memory is short.
    """
    slots = find_slots(module)
    built = {name: buffer for name, buffer in module.named_buffers() if name not in slots}
    plan = _match(slots, built.keys(), stored_tensors(folder), rename, folder)
    empty = [name for name, buffer in built.items() if buffer.is_meta]
    if empty:
        raise CheckpointInvalid(
            f"No checkpoint stores these buffers, and they have no value: {listed(empty)}. "
            "Build the module inside skeleton(), not on the meta device."
        )
    if adapter is not None:
        _plan_adapter(slots, adapter, rename)
    needed = sum(_final_bytes(stored, slot, dtype) for stored, slot in plan)
    # Nothing takes less than int8.
    wider = None if any(slot.piecewise for _, slot in plan) else dtype
    check_room(needed, device, wider)
    try:
        with _bar(sum(stored.size for stored, _ in plan), shown=progress) as advance:
            _fill(plan, device, dtype, advance)
    except OSError as error:
        raise CheckpointInvalid(f"The weights in {folder} cannot be read: {error}.") from error
    except (MemoryError, RuntimeError) as error:
        # On the CPU, torch says so in words only.
        if isinstance(error, MemoryError | torch.OutOfMemoryError) or "memory" in str(error):
            raise no_room(needed, device, wider, f"no more was given: {error}") from error
        raise
    _move_buffers(module, device)


def load_tensors(
    module: nn.Module,
    tensors: Iterable[tuple[str, torch.Tensor]],
    *,
    source: Path,
    adapter: Path | None = None,
) -> None:
    """Fills `module` on the CPU from tensors under the module's own names, one after the other.

    Tensors keep their type, and become the module's own: do not use them afterwards. `source` is
    the file that errors name; `adapter` as for load_weights. Raises CheckpointInvalid where tensors
    are missing, unexpected or of another shape, or where the adapter does not fit.
    """
    slots = find_slots(module)
    if adapter is not None:
        _plan_adapter(slots, adapter, rename=str)
    missing = {id(slot): slot for slot in slots.values()}
    for name, tensor in tensors:
        slot = slots.get(name)
        if slot is None or slot.shape != tuple(tensor.shape):
            wanted = "nothing" if slot is None else str(list(slot.shape))
            raise CheckpointInvalid(
                f"{source} does not fit its configuration: {name} is {list(tensor.shape)} for "
                f"{wanted}."
            )
        slot.set(tensor)
        missing.pop(id(slot), None)
    if missing:
        raise CheckpointInvalid(f"{source} lacks {listed(s.name for s in missing.values())}.")


def _plan_adapter(
    slots: dict[str, Slot], adapter: Path, rename: Callable[[str], str | None]
) -> None:
    """Notes at each slot what the adapter adds to it."""
    for name, update in read_updates(adapter, slots, rename=rename).items():
        slots[name].update = update


def _match(
    slots: dict[str, Slot],
    built: Collection[str],
    tensors: list[StoredTensor],
    rename: Callable[[str], str | None],
    folder: Path,
) -> list[tuple[StoredTensor, Slot]]:
    """Which stored tensor fills which slot, in the order in which they are stored."""
    chosen: dict[int, tuple[StoredTensor, str]] = {}
    problems: dict[str, list[str]] = defaultdict(list)
    for stored in tensors:
        name = rename(stored.name)
        # Older releases stored some buffers that are computed today; the computed ones stand.
        if name is None or name in built:
            continue
        slot = slots.get(name)
        if slot is None:
            problems["unexpected"].append(stored.name)
            continue
        before = chosen.get(id(slot))
        if before is not None and before[1] == name:
            problems["stored twice"].append(f"{name} ({before[0].name}, {stored.name})")
        # Of tied names that are both stored, the one that the module names first counts.
        if before is None or name == slot.name:
            chosen[id(slot)] = stored, name
        if stored.shape != slot.shape or DTYPES[stored.dtype].is_floating_point != slot.floating:
            expected = f"{list(slot.shape)} {'floating' if slot.floating else 'whole'}"
            problems["misshapen"].append(
                f"{stored.name} is {list(stored.shape)} {stored.dtype} for {expected}"
            )
    unique = {id(slot): slot for slot in slots.values()}
    problems["missing"] = [slot.name for key, slot in unique.items() if key not in chosen]
    found = [f"{kind}: {listed(names)}" for kind, names in sorted(problems.items()) if names]
    if found:
        raise CheckpointInvalid(
            f"The tensors in {folder} are not those of this model; {'; '.join(found)}. "
            "Check that the checkpoint is complete and belongs to this variant."
        )
    plan = [(stored, unique[key]) for key, (stored, _) in chosen.items()]
    return sorted(plan, key=lambda pair: (pair[0].file, pair[0].offset))


def _final_bytes(stored: StoredTensor, slot: Slot, dtype: torch.dtype | None) -> int:
    """What a tensor takes once it is loaded."""
    numbers = math.prod(stored.shape)
    if slot.piecewise:
        return numbers
    return (
        numbers * (dtype if dtype is not None and slot.floating else DTYPES[stored.dtype]).itemsize
    )


def _fill(
    plan: list[tuple[StoredTensor, Slot]],
    device: torch.device,
    dtype: torch.dtype | None,
    advance: Callable[[int], None],
) -> None:
    chunk = torch.empty(CHUNK_BYTES, dtype=torch.uint8)
    for file, tensors in groupby(plan, key=lambda pair: pair[0].file):
        # Unbuffered: the reads are large, and Python's own buffer would only copy them.
        with file.open("rb", buffering=0) as stream:
            for stored, slot in tensors:
                held = DTYPES[stored.dtype]
                stream.seek(stored.offset)
                if slot.piecewise:
                    slot.set_pieces(_pieces(stored.shape, stream, held, chunk))
                else:
                    wanted = dtype if dtype is not None and slot.floating else held
                    tensor = torch.empty(stored.shape, dtype=wanted, device=device)
                    _read_into(tensor, stream, held, chunk)
                    slot.set(tensor)
                advance(stored.size)


def _pieces(
    shape: tuple[int, ...], stream: FileIO, held: torch.dtype, chunk: torch.Tensor
) -> Iterator[torch.Tensor]:
    """A matrix (out, in) from where `stream` stands as float32 pieces of rows, in one buffer."""
    out, inner = shape
    buffer = torch.empty(min(out, max(1, PIECE_NUMBERS // inner)), inner)
    for start in range(0, out, len(buffer)):
        piece = buffer[: out - start]
        _read_into(piece, stream, held, chunk)
        yield piece


def _read_into(
    tensor: torch.Tensor, stream: FileIO, held: torch.dtype, chunk: torch.Tensor
) -> None:
    """Reads `tensor` from where `stream` stands, where its numbers are of the type `held`.

    Straight into its own memory where that is possible, and otherwise through `chunk`.
    """
    flat = tensor.view(-1)
    on_cpu = tensor.device.type == "cpu"
    direct = on_cpu and tensor.dtype == held
    step = CHUNK_BYTES // held.itemsize
    if on_cpu and not direct:
        step = min(step, CAST_NUMBERS)
    for start in range(0, len(flat), step):
        part = flat[start : start + step]
        raw = part.view(torch.uint8) if direct else chunk[: len(part) * held.itemsize]
        memory = raw.numpy().data
        while memory:
            count = stream.readinto(memory)
            if not count:
                raise OSError(f"{stream.name} ended while it was read")
            memory = memory[count:]
        if not direct:
            part.copy_(raw.view(held))


def _move_buffers(module: nn.Module, device: torch.device) -> None:
    """Moves what was built rather than loaded; what was loaded is on `device` already."""
    for owner in module.modules():
        for name, buffer in owner._buffers.items():
            if buffer is not None and buffer.device != device:
                owner._buffers[name] = buffer.to(device)


@contextmanager
def _bar(total: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """Yields what to call with the number of bytes read; draws only where a person can see it."""
    if not (shown and sys.stderr.isatty()):
        yield lambda count: None
        return
    columns = TextColumn("Loading weights"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda count: bar.advance(task, count)


__all__ = ["load_tensors", "load_weights", "skeleton"]
