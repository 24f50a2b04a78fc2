"""Whether weights fit into memory, asked before they are read.

A system that promises more memory than it has ends the process later, without a word.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ..errors import LeopardError

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY = Path("/proc/meminfo")
OWN_GROUP = Path("/proc/self/cgroup")
GROUPS = Path("/sys/fs/cgroup")


def check_room(needed: int, device: torch.device, dtype: torch.dtype | None) -> None:
    """Raises LeopardError where `needed` bytes are more than is free on `device`.

    dtype: what the weights become, where that can be chosen.
    """
    free = free_bytes(device)
    if free is not None and needed > free:
        raise no_room(needed, device, dtype, f"{free / 1e9:.1f} GB are free")


def no_room(
    needed: int, device: torch.device, dtype: torch.dtype | None, found: str
) -> LeopardError:
    """What to raise where weights of `needed` bytes do not fit; `found` says how that was seen."""
    if device.type != "cpu":
        advice = 'Load it with device="cpu", or free memory there.'
    elif dtype == torch.float32:
        advice = (
            'Load it with dtype="int8", which takes about a third, or "bfloat16", half of it; '
            "or free memory."
        )
    else:
        advice = "Free memory, or take a machine that has more."
    return LeopardError(
        f"The weights take {needed / 1e9:.1f} GB on {device.type}, and {found}. {advice}"
    )


def free_bytes(device: torch.device) -> int | None:
    """What a device can still give; None where that cannot be told."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type != "cpu" or not MEMORY.exists():
        return None
    told = dict(line.split(":", 1) for line in MEMORY.read_text().splitlines())
    free = sum(int(told[name].split()[0]) * 1024 for name in ("MemAvailable", "SwapFree"))
    return min([free, *group_rooms(OWN_GROUP, GROUPS)])


def group_rooms(own: Path, groups: Path) -> Iterator[int]:
    """What each control group (version 2) that this process is in leaves it: a container's limit.

    own: the file that names the process's group. groups: where groups are folders.
    """
    if not own.exists():
        return
    names = [line[3:] for line in own.read_text().splitlines() if line.startswith("0::")]
    for name in names:
        folder = groups / name.strip("/")
        for group in (folder, *folder.parents):
            limit = group / "memory.max"
            if limit.exists() and (most := limit.read_text().strip()) != "max":
                used = int((group / "memory.current").read_text())
                told = dict(
                    line.split() for line in (group / "memory.stat").read_text().splitlines()
                )
                # Copies of files are given back when memory is wanted.
                yield max(0, int(most) - used + int(told["inactive_file"]))


__all__ = ["check_room", "free_bytes", "group_rooms", "no_room"]
