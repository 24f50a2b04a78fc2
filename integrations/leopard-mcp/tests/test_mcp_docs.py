"""What the README says is so, and the example does its job."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys

import pytest
import typer
from leopard_mcp.command import start
from leopard_mcp.tools import TOOLS
from mcp_clients import ROOT, Connected, poster
from typer.main import get_command

README = (ROOT / "integrations" / "leopard-mcp" / "README.md").read_text()


def options() -> set[str]:
    app = typer.Typer()
    app.command()(start)
    return {name for each in get_command(app).params for name in each.opts}


def test_configurations_are_json_and_use_options_that_exist() -> None:
    blocks = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", README, re.DOTALL)]
    servers = [next(iter(block.values()))["leopard"] for block in blocks]
    arguments = [argument for server in servers for argument in server["args"]]
    for line in re.findall(r"^(?:claude mcp .*|leopard-mcp .*)$", README, re.MULTILINE):
        arguments += shlex.split(line.partition("leopard-mcp ")[2])
    used = {argument for argument in arguments if argument.startswith("--")}
    assert len(servers) == 3 and used and used <= options()
    assert set(re.findall(r"`(--[a-z-]+)", README)) <= options()


def test_the_table_of_tools_is_complete() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)
    assert rows == [function.__name__ for function, _ in TOOLS]


def test_the_example_waits_for_the_build_and_says_which_test_failed(desktop: Connected) -> None:
    with subprocess.Popen(
        [sys.executable, ROOT / "examples" / "mcp_build_watch.py"],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        lines = [process.stdout.readline()]
        desktop.open(
            "Terminal",
            poster(
                (700, 300),
                "Build finished: 1 of 3 tests failed\nFailed test: test_checkout",
                "#ffffff",
                24,
            ),
            (900, 200),
        )
        lines += process.stdout.readlines()
        assert process.wait(60) == 0, process.stderr.read()
    shown = re.search(r"\$ python examples/mcp_build_watch.py\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    expected = shown[1].splitlines(keepends=True)
    assert lines[:2] == expected[:2]
    assert lines[2].startswith("  test_checkout  (probability ")
    # Where the window manager draws the title is for its theme to say.
    left, top, _, height = json.loads(lines[3].partition(" at ")[2])
    assert abs(left - 1060) <= 5 and 230 <= top <= 300 and height < 40


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / "integrations" / "leopard-mcp" / link).exists()
