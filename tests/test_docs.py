"""The code in README and docs runs, and prints what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

FILES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(file: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", file.read_text(), re.MULTILINE | re.DOTALL)


WITH_PYTHON = [file for file in FILES if blocks(file, "python")]
COMMANDS = [
    (command, expected)
    for file in FILES
    for block in blocks(file, "console")
    for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
]


@pytest.mark.parametrize("file", WITH_PYTHON, ids=lambda file: file.name)
def test_python_code_in_the_documentation_runs(file: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    code = "\n".join(blocks(file, "python"))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    # "print(x)  # value" in the documentation states what x prints.
    for value in re.findall(r"print\(.*\)\s+# (\S+)$", code, re.MULTILINE):
        assert value in done.stdout.split("\n")


@pytest.mark.parametrize(("command", "expected"), COMMANDS)
def test_commands_in_the_documentation_print_what_it_says(command: str, expected: str) -> None:
    program, *arguments = shlex.split(command)
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, expected), done.stderr


@pytest.mark.parametrize("file", [*FILES, ROOT / "CONTRIBUTING.md"], ids=lambda file: file.name)
def test_links_between_files_lead_somewhere(file: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", file.read_text())
    missing = [target for target in targets if not (file.parent / target).exists()]
    assert missing == []


def test_the_demo_runs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "demo.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("probability") == 5
    for answer in ("58.4%", "+9%", "image 5", "24 Oct", "not in the images"):
        assert f"  {answer}  (" in done.stdout
    # Where the answer's words stand on a page, its evidence is shown.
    pictures = sorted(file.name for file in (tmp_path / "out" / "demo").iterdir())
    assert pictures == ["1.png", "2.png", "4.png"]
