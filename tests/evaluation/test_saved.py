"""Runs that were kept: read back, merged from shards, compared."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from leopard_tools.errors import LeopardError
from leopard_tools.evaluation.asking import Manner
from leopard_tools.evaluation.compare import compare
from leopard_tools.evaluation.letters import Script
from leopard_tools.evaluation.plan import make_plan
from leopard_tools.evaluation.run import ask_all
from leopard_tools.evaluation.saved import load_saved, merge
from leopard_tools.evaluation.settings import Settings, system_name

from .doubles import InTurn
from .small import SMALL

FIELDS = ("id", "images", "question", "answers", "kind", "page", "box")


def run(
    folder: Path,
    results: Path,
    texts: dict[str, str],
    *,
    benchmark: str = "",
    script: Script | None = None,
    shard: int = 0,
    shards: int = 1,
    **changes: object,
) -> None:
    """Answers a data set from a table, as `leopard eval` does."""
    plan = make_plan(
        folder,
        benchmark=benchmark,
        protocol="published" if script else "standard",
        script=script,
        shard=shard,
        shards=shards,
    )
    settings = Settings(
        str(folder), benchmark, plan.protocol, script or "", "x", "abc", "model x", "llava",
        shard=shard, shards=shards, selected=plan.selected, fingerprint=plan.fingerprint,
    )  # fmt: skip
    settings = replace(settings, **changes)  # type: ignore[arg-type]
    ask_all(
        InTurn([texts[question.id] for question in plan.questions]),
        plan.questions,
        manner=Manner(script),
        results=results,
        system=system_name(settings),
        settings=settings,
    )


def own_set(folder: Path, answers: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "a.png").touch()
    rows = [(n, ["a.png"], f"{n}?", [a], "lookup", None, None) for n, a in answers.items()]
    lines = (json.dumps(dict(zip(FIELDS, row, strict=True))) for row in rows)
    (folder / "questions.jsonl").write_text("\n".join(lines))
    return folder


def test_a_kept_run_has_the_same_figures(small: Path, tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    run(small / "mmmu", file, SMALL["mmmu"].replies, benchmark="mmmu", script="llava")
    saved = load_saved(str(file))
    assert saved.summarise().total["accuracy"] == SMALL["mmmu"].published[1]
    assert (saved.name, saved.missing) == ("model x", 0)


def test_shards_together_are_the_whole_run_with_each_shards_own_dice(
    small: Path, tmp_path: Path
) -> None:
    # Four questions in two shards: three and one, as the published code cuts them. In the second
    # one Leopard-LLaVA's script has no verdict yet that the open question could repeat.
    for shard in (1, 2):
        run(
            small / "mmmu",
            tmp_path / f"{shard}.jsonl",
            SMALL["mmmu"].replies,
            benchmark="mmmu",
            script="llava",
            shard=shard,
            shards=2,
        )
    whole = tmp_path / "whole.jsonl"
    merge([tmp_path / "2.jsonl", tmp_path / "1.jsonl"], whole)
    saved = load_saved(str(whole))
    assert [q.id[-1] for q in saved.questions] == ["1", "2", "3", "4"]
    assert saved.summarise().total["accuracy"] == 3 / 4
    assert saved.system == "x, abc, mmmu published, free"


def test_a_shard_may_be_empty(small: Path, tmp_path: Path) -> None:
    # Four questions in three shards of 4 // 3 + 1: two, two, none.
    files = [tmp_path / str(shard) for shard in (1, 2, 3)]
    for shard, file in enumerate(files, 1):
        run(small / "mmmu", file, SMALL["mmmu"].replies, benchmark="mmmu", shard=shard, shards=3)
    merge(files, tmp_path / "whole")
    assert load_saved(str(tmp_path / "whole")).summarise().total["accuracy"] == 2 / 4


def test_shards_that_do_not_belong_together_are_refused(small: Path, tmp_path: Path) -> None:
    texts = SMALL["docvqa"].replies

    def shard(number: int, name: str, **changes: object) -> Path:
        file = tmp_path / name
        run(
            small / "docvqa",
            file,
            texts,
            benchmark="docvqa",
            shard=number,
            shards=2,
            **changes,
        )
        return file

    one, two = shard(1, "1"), shard(2, "2")
    out = tmp_path / "out"
    for changes, message in (
        ({"dtype": "int8"}, "dtype is 'auto' here and 'int8' there"),
        ({"weights": "def"}, "weights is 'abc' here and 'def' there"),
        ({"versions": {"torch": "1"}}, "versions is "),
        ({"fingerprint": "other"}, "fingerprint is "),
    ):
        other = shard(2, f"other-{next(iter(changes))}", **changes)
        with pytest.raises(LeopardError, match=f"different settings.*{message}"):
            merge([one, other], out)
    with pytest.raises(LeopardError, match=r"each of \[1, 2\] once; these are \[1\]"):
        merge([one], out)
    with pytest.raises(LeopardError, match=r"these are \[1, 2, 2\]"):
        merge([one, two, two], out)
    two.write_text(two.read_text().rpartition('{"system"')[0])
    with pytest.raises(LeopardError, match="has 3 questions and the shards answer 2"):
        merge([one, two], out)
    assert not out.exists()
    merge([one, shard(2, "2 again", concurrency=4, started="later")], out)
    assert load_saved(str(out)).summarise().total["anls"] == pytest.approx(SMALL["docvqa"].standard)


def test_a_shard_that_was_continued_under_other_settings_is_refused(
    small: Path, tmp_path: Path
) -> None:
    file = tmp_path / "1"
    texts = SMALL["docvqa"].replies
    run(small / "docvqa", file, texts, benchmark="docvqa", versions={"torch": "1"})
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-1]))
    run(small / "docvqa", file, {**texts, "docvqa-1": texts["docvqa-3"]}, benchmark="docvqa")
    with pytest.raises(LeopardError, match="was continued under other settings"):
        merge([file], tmp_path / "out")


def test_several_systems_in_a_file_are_named(tmp_path: Path) -> None:
    folder = own_set(tmp_path / "set", {"a": "1", "b": "2"})
    file = tmp_path / "run.jsonl"
    run(folder, file, {"a": "1", "b": "x"})
    run(folder, file, {"a": "1", "b": "2"}, weights="def")
    with pytest.raises(LeopardError, match=r"run.jsonl#1 .*run.jsonl#2 "):
        load_saved(str(file))
    assert load_saved(f"{file}#1").summarise().total["right"] == 0.5
    assert load_saved(f"{file}#2").summarise().total["right"] == 1.0
    with pytest.raises(LeopardError, match=r"holds 2 systems; there is no .*#3"):
        load_saved(f"{file}#3")


def test_an_unfinished_run_counts_what_is_there(tmp_path: Path) -> None:
    folder = own_set(tmp_path / "set", {"a": "1", "b": "2"})
    file = tmp_path / "run.jsonl"
    run(folder, file, {"a": "1", "b": "2"})
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-1]) + lines[-1][:20])
    saved = load_saved(str(file))
    assert (len(saved.replies), saved.missing) == (1, 1)


def test_a_file_of_before_settings_needs_its_data_set(tmp_path: Path) -> None:
    folder = own_set(tmp_path / "set", {"a": "1"})
    file = tmp_path / "run.jsonl"
    ask_all(InTurn(["1"]), make_plan(folder).questions, results=file, system="nano, abc")
    with pytest.raises(LeopardError, match="Give the folder: --dataset"):
        load_saved(str(file))
    saved = load_saved(str(file), folder)
    assert saved.settings is None and saved.name == "nano, abc, free"


def test_two_runs_are_compared_question_by_question(tmp_path: Path) -> None:
    answers = dict.fromkeys("abcdefghij", "1")
    folder = own_set(tmp_path / "set", answers)
    before, after = tmp_path / "before", tmp_path / "after"
    # Four right, of which one gets lost; of six wrong ones three are found.
    run(folder, before, {n: "1" if n in "abcd" else "0" for n in answers})
    run(folder, after, {n: "1" if n in "bcdefg" else "0" for n in answers}, dtype="int8")
    found = compare(load_saved(str(before)), load_saved(str(after)))
    assert (found.before.value, found.after.value, found.shared) == (0.4, 0.6, 10)
    assert found.difference.value == pytest.approx(0.2)
    # The mean of 3 gains, 1 loss and 6 ties, drawn again: 0.2 -+ 1.96 x 0.6 / sqrt(10).
    assert found.difference.low == pytest.approx(-0.17, abs=0.08)
    assert found.difference.high == pytest.approx(0.57, abs=0.08)
    assert [flip.question.id for flip in found.better] == ["e", "f", "g"]
    assert [flip.question.id for flip in found.worse] == ["a"]
    assert found.kinds["lookup"].value == pytest.approx(0.2)
    assert found.settings == ("dtype is 'auto' here and 'int8' there",)
    plain = found.to_dict()
    assert plain["worse"] == [
        {"id": "a", "question": "a?", "answers": ["1"], "before": "1", "after": "0", "change": -1.0}
    ]


def test_a_comparison_has_the_figures_that_the_runs_have(small: Path, tmp_path: Path) -> None:
    texts = SMALL["visualwebbench"].replies
    before, after = tmp_path / "before", tmp_path / "after"
    # One of two in action_ground gets right: a fourteenth of seven tasks, an eighth of the records.
    changed = {
        **texts,
        "visualwebbench-action_ground_1": "B",
        "visualwebbench-action_ground_0": "B",
    }
    for file, said in ((before, texts), (after, changed)):
        run(small / "visualwebbench", file, said, benchmark="visualwebbench")
    one, other = load_saved(str(before)), load_saved(str(after))
    found = compare(one, other)
    for saved, figure in ((one, found.before), (other, found.after)):
        assert figure == saved.summarise().total.found["score"]
    assert found.difference.value == pytest.approx(1 / 14)
    # Of the two questions none, one or both are drawn again; those of other tasks never change.
    assert (found.difference.low, found.difference.high) == pytest.approx((0, 1 / 7))

    published = tmp_path / "published"
    run(small / "visualwebbench", published, texts, benchmark="visualwebbench", script="llava")
    mixed = compare(one, load_saved(str(published)))
    assert mixed.difference.value == pytest.approx(mixed.after.value - mixed.before.value)


def test_runs_without_a_common_question_or_with_other_answers_are_not_compared(
    tmp_path: Path,
) -> None:
    one, two, three = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    run(own_set(tmp_path / "one", {"a": "1"}), one, {"a": "1"})
    run(own_set(tmp_path / "two", {"b": "1"}), two, {"b": "1"})
    run(own_set(tmp_path / "three", {"a": "2"}), three, {"a": "1"})
    with pytest.raises(LeopardError, match="no question in common"):
        compare(load_saved(str(one)), load_saved(str(two)))
    with pytest.raises(LeopardError, match="accept different answers to a"):
        compare(load_saved(str(one)), load_saved(str(three)))
