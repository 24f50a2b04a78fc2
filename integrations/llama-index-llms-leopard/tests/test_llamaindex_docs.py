"""The README's code runs and prints what it says, the examples do their job, the package is as
LlamaIndex wants it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import llama_index.llms.leopard as package
import pytest
from llama_index.core.tools.tool_spec.base import BaseToolSpec

ROOT = Path(__file__).parents[3]
PACKAGE = Path(__file__).parents[1]
README = (PACKAGE / "README.md").read_text()


def run(*arguments: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_python_code_in_the_readme_runs_and_prints_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL))
    printed = run("-c", code, cwd=tmp_path)
    assert printed.startswith("58.4%\n2 [{'text': '58.4%', 'box': [734, 378, 223, 63]")
    assert printed.count("2 October 2025") >= 3
    assert "\nIngrid Solheim {'left': 132, 'top': 815" in printed
    assert printed.endswith("\n['slides_open', 'read', 'find', 'ask']\n")


EXAMPLES = {
    "llamaindex_deck_qa.py": [
        "  58.4%\n  deck.pdf, page 2 at [734, 378, 223, 63]: 58.4%\n",
        "  2 October 2025\n  scan.jpg, page 1 at [955, 579, 171, 23]: 2 October 2025\n",
        "  20:25\n  page.png, page 1 at [481, 476, 36, 14]: 20:25\n",
    ],
    "llamaindex_agent.py": ["called ask_deck", "  58.4%\n  stands in", "-2 (page 2)", "  24 Oct\n"],
    "llamaindex_structured.py": [
        '{"invoice_number":null,"due_date":null}\n',
        "invoice_number='BW-20418' due_date='2 October 2025'\n",
    ],
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_answers_and_says_where(name: str, tmp_path: Path) -> None:
    printed = run(ROOT / "examples" / name, cwd=tmp_path)
    for expected in EXAMPLES[name]:
        assert expected in printed


def test_the_readme_names_everything_that_the_package_gives() -> None:
    missing = [name for name in package.__all__ if f"`{name}`" not in README]
    assert missing == []
    assert issubclass(package.LeopardToolSpec, BaseToolSpec)


def test_links_in_the_readme_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets and all((PACKAGE / target).exists() for target in targets)


def test_the_package_is_a_namespace_package_that_llamahub_can_find() -> None:
    assert not list((PACKAGE / "llama_index").glob("*.py"))
    assert not list((PACKAGE / "llama_index" / "llms").glob("*.py"))
    assert (PACKAGE / "llama_index" / "llms" / "leopard" / "py.typed").exists()
    hub = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["tool"]["llamahub"]
    assert hub["import_path"] == package.__name__
    assert set(hub["class_authors"]) <= set(package.__all__)
