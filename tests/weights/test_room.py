"""Weights that do not fit into memory: refused before anything is read, with what helps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from leopard_tools.errors import LeopardError
from leopard_tools.weights.room import free_bytes, group_rooms
from leopard_tools.weights.stream import load_weights

CPU = torch.device("cpu")
SIDE = 2**19


def huge(folder: Path) -> nn.Module:
    """A layer of 275 billion numbers, and a file of them in which nothing is written."""
    header = json.dumps(
        {"weight": {"dtype": "F8_E4M3", "shape": [SIDE, SIDE], "data_offsets": [0, SIDE**2]}}
    ).encode()
    with (folder / "model.safetensors").open("wb") as stream:
        stream.write(len(header).to_bytes(8, "little") + header)
        stream.truncate(8 + len(header) + SIDE**2)
    return nn.Linear(SIDE, SIDE, bias=False, device="meta")


@pytest.mark.parametrize(
    ("dtype", "said"),
    [
        (torch.float32, r'take 1099\.5 GB on cpu, and [0-9.]+ GB are free\. .*dtype="int8"'),
        (torch.float16, r"take 549\.8 GB on cpu, and [0-9.]+ GB are free\. Free memory"),
    ],
)
def test_what_is_larger_than_memory_is_refused_before_it_is_read(
    tmp_path: Path, dtype: torch.dtype, said: str
) -> None:
    module = huge(tmp_path)
    with pytest.raises(LeopardError, match=said):
        load_weights(module, tmp_path, rename=str, device=CPU, dtype=dtype)


SHORT = """
import resource, sys
from pathlib import Path
import torch
from safetensors.torch import save_file
from torch import nn
from leopard_tools.errors import LeopardError
from leopard_tools.weights.stream import load_weights, skeleton

folder = Path(sys.argv[1])
save_file({"weight": torch.zeros(8192, 8192, dtype=torch.bfloat16)}, folder / "model.safetensors")
with skeleton():
    module = nn.Linear(8192, 8192, bias=False)
pages = int(Path("/proc/self/statm").read_text().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * 4096 + 2**26, resource.RLIM_INFINITY))
try:
    load_weights(module, folder, rename=str, device=torch.device("cpu"), dtype=torch.float32)
except LeopardError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")
def test_memory_that_is_not_given_is_said_with_what_helps(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHORT, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("The weights take 0.3 GB on cpu, and no more was given")
    assert 'dtype="int8"' in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say")
def test_what_is_free_is_less_than_what_is_there() -> None:
    told = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    there = sum(int(told[name].split()[0]) * 1024 for name in ("MemTotal", "SwapTotal"))
    free = free_bytes(CPU)
    assert free is not None and 0 < free < there


def test_a_container_has_what_its_groups_leave_it(tmp_path: Path) -> None:
    own, groups = tmp_path / "cgroup", tmp_path / "groups"
    inner = groups / "pod" / "one"
    inner.mkdir(parents=True)
    own.write_text("4:memory:/elsewhere\n0::/pod/one\n")
    assert list(group_rooms(own, groups)) == []
    for folder, most in ((inner, "max"), (inner.parent, "5000")):
        (folder / "memory.max").write_text(f"{most}\n")
        (folder / "memory.current").write_text("3000\n")
        (folder / "memory.stat").write_text("anon 2500\ninactive_file 400\n")
    assert list(group_rooms(own, groups)) == [2400]
    assert list(group_rooms(tmp_path / "none", groups)) == []
