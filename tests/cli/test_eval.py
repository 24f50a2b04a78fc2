"""`leopard eval` on a few questions of the committed set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from leopard_tools.cli.eval import evaluate
from leopard_tools.errors import LeopardError
from leopard_tools.evaluation.baseline import write_empty_adapter
from leopard_tools.evaluation.runfile import read_run_file
from leopard_tools.evaluation.saved import load_saved

from ..conftest import ROOT

FOLDER = str(ROOT / "examples" / "data" / "eval")
app = typer.Typer()
app.command("eval")(evaluate)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [FOLDER, *arguments])


def test_a_table_is_printed_and_a_second_run_asks_nothing_new(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    first = run("--limit", "2", "--results", str(results))
    assert first.exit_code == 0, first.output
    assert "exact match, answerable" in first.stdout and "SmolLM2" in first.stdout
    kept = results.read_bytes()
    again = run("--limit", "2", "--results", str(results))
    assert again.stdout == first.stdout and results.read_bytes() == kept


def test_the_baseline_stands_beside_as_one_object() -> None:
    done = run("--limit", "1", "--json", "--baseline", "--verbatim")
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert content["folder"] == FOLDER and content["verbatim"] is True
    trained, bare = content["runs"]
    assert "our LoRA" in trained and bare == "nano without its LoRA"
    for name in (trained, bare):
        assert content["runs"][name]["total"]["questions"] == 1


def test_the_baseline_is_named_for_what_it_is_in_a_run_that_is_kept(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    for _ in range(2):
        done = run("--limit", "1", "--baseline", "--results", str(results))
        assert done.exit_code == 0, done.output
    saved = load_saved(f"{results}#2")
    assert saved.name == "nano without its LoRA"


def test_a_file_that_keeps_no_answers_is_refused_before_a_model_is_loaded(tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text("{}\n")
    for results, message in ((tmp_path / "no" / "r.jsonl", "no folder"), (other, "no result of")):
        # Which checkpoint it is, is not even looked at.
        done = run("--checkpoint", str(tmp_path / "none"), "--results", str(results))
        assert isinstance(done.exception, LeopardError) and message in str(done.exception)


def test_an_adapter_with_another_scale_is_asked_for_itself(tmp_path: Path) -> None:
    results, adapter = tmp_path / "results.jsonl", write_empty_adapter(tmp_path / "adapter")
    config = adapter / "adapter_config.json"
    for scale in (1, 2):
        config.write_text(json.dumps({**json.loads(config.read_text()), "lora_alpha": scale}))
        done = run("--limit", "1", "--results", str(results), "--adapter", str(adapter))
        assert done.exit_code == 0, done.output
    assert len(read_run_file(results)) == 2


def test_a_baseline_of_another_checkpoint_is_an_error() -> None:
    done = run("--baseline", "--checkpoint", "some/other")
    assert done.exit_code == 1 and isinstance(done.exception, LeopardError)
    assert "'some/other' has none" in str(done.exception)


@pytest.mark.parametrize("limit", ["0", "many"])
def test_a_wrong_limit_is_wrong_usage(limit: str) -> None:
    assert run("--limit", limit).exit_code == 2
