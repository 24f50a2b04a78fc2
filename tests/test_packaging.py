"""What the distributions ship and ask for."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT

INTEGRATIONS = sorted(file.parent for file in (ROOT / "integrations").glob("*/pyproject.toml"))
DECLARED_AS = {"pydantic-core": "pydantic"}
"""What comes in exactly the version that another one needs, and is declared with it."""
PLUGINS = {"-n": "pytest-xdist", "--benchmark-disable": "pytest-benchmark"}
"""Options of pytest, and what brings them."""


def settings(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text())


def imported(file: Path) -> set[str]:
    """The packages that a file imports when it runs, not those whose types alone it names."""
    tree = ast.parse(file.read_text())
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If)]
    unrun = {
        node
        for block in blocks
        if ast.unparse(block.test) == "TYPE_CHECKING"
        for statement in block.body
        for node in ast.walk(statement)
    }
    names: set[str] = set()
    for node in set(ast.walk(tree)) - unrun:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="git knows what the repository holds")
def test_the_source_distribution_holds_the_whole_repository() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    tops = {f"/{line.partition('/')[0]}" for line in listed.splitlines()}
    include = settings(ROOT)["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    # Hatch adds these two itself.
    assert set(include) == tops - {"/.gitignore", "/pyproject.toml"}


def test_what_brings_the_options_of_make_test_is_in_the_test_group() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    given = next(line.split() for line in lines if "-m pytest" in line)
    named = {need.partition(">")[0] for need in settings(ROOT)["dependency-groups"]["test"]}
    assert {PLUGINS[option] for option in given if option in PLUGINS} <= named


@pytest.mark.parametrize("folder", INTEGRATIONS, ids=lambda folder: folder.name)
def test_an_integration_ships_the_licence(folder: Path) -> None:
    assert settings(folder)["project"]["license-files"] == ["LICENSE"]
    assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("folder", INTEGRATIONS, ids=lambda folder: folder.name)
def test_an_integration_declares_what_it_imports(folder: Path) -> None:
    project, installed = settings(folder)["project"], packages_distributions()
    declared = {re.split(r"[\[<>=]", need)[0] for need in project["dependencies"]}
    files = next(folder.glob("l*/")).rglob("*.py")
    for name in {name for file in files for name in imported(file)}:
        found = [*installed.get(name, []), name]
        needs = {each.lower().replace("_", "-") for each in found}
        needs |= {DECLARED_AS[each] for each in needs & DECLARED_AS.keys()}
        assert needs & {*declared, project["name"]}, name
