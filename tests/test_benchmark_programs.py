"""The programs in benchmarks/: what they say before they measure anything."""

from __future__ import annotations

import ast
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from .conftest import ROOT

FOLDER = ROOT / "benchmarks"
PROGRAMS = [file for file in sorted(FOLDER.glob("*.py")) if "__main__" in file.read_text()]
PARENT = """
import os, subprocess, sys
subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())])
print(flush=True)
input()
"""

Load = Callable[[str], ModuleType]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Imports a module of the folder, which is forgotten afterwards."""
    monkeypatch.syspath_prepend(FOLDER)
    before = set(sys.modules)
    yield import_module
    for name in set(sys.modules) - before:
        if str(FOLDER) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda file: file.stem)
def test_a_benchmark_says_what_it_does_and_refuses_what_it_does_not_know(
    program: Path,
    load: Load,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for argument, code in (("--help", 0), ("--nonsense", 2)):
        monkeypatch.setattr(sys, "argv", [str(program), argument])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(program), run_name="__main__")
        assert ended.value.code == code
    purpose = (ast.get_docstring(ast.parse(program.read_text())) or "").splitlines()[0]
    # Without spaces, for lines are broken at hyphens too.
    assert "".join(purpose.split()) in "".join(capsys.readouterr().out.split())
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_installed_is_named_with_the_command_that_installs_it(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = load("machine")
    machine.needs(*machine.EMBEDDED, "mss", "playwright")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match=r"Not installed: Xvfb\. .* apt-get install xvfb"):
        machine.needs("mss", "Xvfb")


def test_reading_is_not_measured_with_another_font(load: Load) -> None:
    with pytest.raises(SystemExit, match=r"Not installed: NoSuch\.ttf\. .* fonts-dejavu-core"):
        load("reading").font("NoSuch.ttf", 12)


def test_the_busy_process_ends_with_its_benchmark(load: Load) -> None:
    command = [sys.executable, "-c", PARENT, load("fresh_process").BUSY]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, start_new_session=True) as parent:
        try:
            assert parent.stdout is not None and parent.stdout.readline()
            parent.kill()
            # Nothing more comes when the last that holds the pipe has ended.
            parent.communicate(timeout=30)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)
