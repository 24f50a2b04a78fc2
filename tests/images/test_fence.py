"""The fence around LibreOffice, around programs that say what they can open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from leopard_tools.images import fence

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or fence._landlock_version() < 1, reason="no Landlock here"
)
MEMORY = 2**30


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    shell = Path("/bin/sh")
    command = [*fence.fenced(shell, folder, MEMORY), str(shell), "-c", script]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def test_only_its_own_folder_and_the_systems_can_be_opened(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    for folder in (own, other):
        folder.mkdir()
        (folder / "file").write_text("what it says")
    assert run(own, "cat file; echo more > new; rm file; cat new").stdout == "what it saysmore\n"
    link = own / "link"
    link.symlink_to(other / "file")
    for path in (other / "file", "../other/file", link, Path.home(), "/proc/self/environ"):
        done = run(own, f"ls {path} > /dev/null && cat {path}")
        assert "what it says" not in done.stdout and done.returncode
    assert run(own, "echo more > ../other/new").returncode
    assert run(own, "rm ../other/file").returncode
    assert [file.name for file in other.iterdir()] == ["file"]


def test_programs_started_inside_are_inside(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "secret").write_text("what it says")
    done = run(tmp_path / "own", "sh -c 'sh -c \"cat ../secret\"'")
    assert "Permission denied" in done.stderr


def test_memory_is_bounded(tmp_path: Path) -> None:
    assert run(tmp_path, "ulimit -v").stdout.strip() == str(MEMORY // 1024)
