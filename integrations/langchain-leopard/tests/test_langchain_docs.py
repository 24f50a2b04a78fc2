"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from langchain_leopard import LeopardToolkit, ScreenCaptureTool
from langchain_places import ROOT

README = Path(__file__).parents[1] / "README.md"


@pytest.mark.usefixtures("nano")
def test_the_readme_s_code_runs_and_prints_what_it_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", README.read_text(), re.M | re.S))
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    values = re.findall(r"print\(.*\)\s+# (.+)$", code, re.M)
    assert len(values) == 5 and capsys.readouterr().out.splitlines() == values


def test_the_table_of_tools_is_complete() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", README.read_text(), re.M))
    offered = {tool.name for tool in LeopardToolkit().get_tools()}
    assert rows == offered | {ScreenCaptureTool().name}


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text())
    assert [each for each in targets if not (README.parent / each).exists()] == []
