"""`leopard eval` and its companions, from the command line to the page."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leopard_tools.cli.eval import evaluation
from leopard_tools.errors import LeopardError
from leopard_tools.evaluation.registry import BUILT_IN

from ..conftest import GOLDEN, ROOT
from .small import SMALL

TINY = str(GOLDEN / "leopard-llava-tiny")


def leopard_eval(*arguments: str | Path) -> Result:
    return CliRunner().invoke(evaluation, [str(argument) for argument in arguments])


def test_shards_are_run_merged_compared_and_reported(small: Path, tmp_path: Path) -> None:
    asked = ("--protocol", "published", "--checkpoint", TINY, "--concurrency", "2")
    whole, merged, page = tmp_path / "whole", tmp_path / "merged", tmp_path / "report.html"
    done = leopard_eval(small / "mathvista", *asked, "--results", whole)
    assert done.exit_code == 0, done.output
    assert "accuracy" in done.stdout and "The paper prints 45.50" in done.stderr
    shards = []
    for shard in ("1/2", "2/2"):
        shards.append(tmp_path / shard.replace("/", "-"))
        done = leopard_eval(
            "run", small / "mathvista", *asked, "--shard", shard, "--results", shards[-1]
        )
        assert done.exit_code == 0, done.output
    done = leopard_eval("merge", merged, *reversed(shards))
    assert done.exit_code == 0, done.output
    settings = json.loads(merged.read_text().splitlines()[0])["settings"]
    assert (settings["shard"], settings["shards"], settings["script"]) == (0, 2, "llava")
    assert len(settings["weights"]) == 12 and settings["versions"]["torch"]

    done = leopard_eval("compare", whole, merged, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["shared"] == 3 and found["settings"] == ["shards is 1 here and 2 there"]
    assert found["difference"]["value"] == 0.0
    done = leopard_eval("compare", whole, merged)
    assert "0 better" in done.stdout and "+0.0%  [+0.0%, +0.0%]" in done.stdout

    before = merged.read_bytes()
    done = leopard_eval("report", whole, merged)
    assert done.exit_code == 2 and "comes last and ends in .html" in done.output
    assert merged.read_bytes() == before
    done = leopard_eval("report", merged, page)
    assert done.exit_code == 0 and "MathVista" in page.read_text()
    done = leopard_eval("report", merged, page, "--megabytes", "0")
    assert "The pictures of 3 questions did not fit in 0 MB" in done.stderr


def test_runs_whose_questions_were_moved_are_found_where_they_are_now(
    small: Path, tmp_path: Path
) -> None:
    folder, moved = tmp_path / "set", tmp_path / "elsewhere" / "set"
    shutil.copytree(small / "mathvista", folder)
    shards = [tmp_path / "1.jsonl", tmp_path / "2.jsonl"]
    for number, file in enumerate(shards, 1):
        done = leopard_eval(
            folder, "--checkpoint", TINY, "--shard", f"{number}/2", "--results", file
        )
        assert done.exit_code == 0, done.output
    moved.parent.mkdir()
    folder.rename(moved)
    done = leopard_eval("compare", *shards)
    assert "set, which is not there. Give the folder where they are now" in str(done.exception)
    done = leopard_eval("merge", tmp_path / "whole.jsonl", *shards, "--dataset", moved)
    assert done.exit_code == 0 and "accuracy" in done.stdout


@pytest.mark.parametrize("name", BUILT_IN)
def test_replies_from_elsewhere_get_the_figures_that_were_worked_out(
    small: Path, name: str
) -> None:
    folder, wanted = small / name, SMALL[name]
    base = ("score", folder, folder / "replies.jsonl", "--benchmark", name, "--json")
    cases = [
        ((), wanted.standard),
        (("--protocol", "published"), wanted.published[1]),
        (("--protocol", "published", "--script", "idefics2"), wanted.published[0]),
    ]
    for more, figure in cases:
        done = leopard_eval(*base, *more)
        if figure is None:
            assert isinstance(done.exception, LeopardError)
            continue
        found = json.loads(done.stdout)
        assert found["total"][found["main"]] == pytest.approx(figure, abs=1e-4)


def test_replies_that_are_missing_or_of_another_set_are_told(small: Path, tmp_path: Path) -> None:
    folder, file = small / "docvqa", tmp_path / "replies.jsonl"
    file.write_text('{"id": "docvqa-1", "text": "42.50"}')
    done = leopard_eval("score", folder, file)
    assert "2 questions have no answer and count as wrong." in done.stderr
    assert "33.3%" in done.stdout
    file.write_text('{"id": "1", "text": "42.50"}')
    done = leopard_eval("score", folder, file)
    assert "whose ids are like 'docvqa-1'" in str(done.exception)
    line = '{"id": "docvqa-1", "text": "42.50"}\n'
    file.write_text(line + line.replace("42.50", "7"))
    done = leopard_eval("score", folder, file)
    assert "replies.jsonl, line 2: docvqa-1 has a reply already" in str(done.exception)
    file.write_text('{"id": "1"}')
    done = leopard_eval("score", folder, file)
    assert "replies.jsonl, line 1: text is missing" in str(done.exception)
    file.write_text("[" * 100_000)
    done = leopard_eval("score", folder, file)
    assert "replies.jsonl, line 1: this is no JSON" in str(done.exception)
    file.write_text(r'{"id": "docvqa-1", "text": "half \ud83d"}')
    assert leopard_eval("score", folder, file).exit_code == 0


def test_the_documentation_has_what_is_printed(small: Path) -> None:
    lines = re.findall(
        r"^leopard eval score out/small/(\S+) \S+(.*?) +# .*?(\d+\.\d%  \[.*\])$",
        (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(lines) == 2
    for name, more, figure in lines:
        done = leopard_eval("score", small / name, small / name / "replies.jsonl", *more.split())
        assert figure in done.stdout


def test_pictures_that_are_missing_are_counted_and_named(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    records = [
        {"questionId": n, "question": "What?", "answers": ["x"], "page_ids": [f"p{n}"]}
        for n in range(12)
    ]
    (tmp_path / "val.json").write_text(json.dumps({"data": records}))
    done = leopard_eval(tmp_path, "--checkpoint", TINY)
    assert done.exit_code == 0, done.output
    assert "12 pictures are missing or cannot be opened: " in done.stderr
    assert "p9.jpg and 2 more." in done.stderr
    assert "12 questions have no answer and count as wrong." in done.stderr
    assert "0.0%" in done.stdout


def test_nothing_at_all_shows_the_help() -> None:
    done = leopard_eval()
    for word in ("run", "compare", "merge", "report"):
        assert word in done.output


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b"])
def test_a_shard_that_is_none_is_wrong_usage(small: Path, shard: str) -> None:
    done = leopard_eval(small / "mathvista", "--shard", shard)
    assert done.exit_code == 2 and "I from 1 to N" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("docvqa", "--protocol", "standard", "--benchmark", "none"), "no benchmark 'none'"),
        (("mirb",), "Name one with --benchmark"),
        (("", "--protocol", "published"), "holds neither questions.jsonl nor"),
    ],
)
def test_wrong_data_sets_are_errors_before_a_model_is_loaded(
    small: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = leopard_eval(small / arguments[0], *arguments[1:])
    assert isinstance(done.exception, LeopardError) and message in str(done.exception)
