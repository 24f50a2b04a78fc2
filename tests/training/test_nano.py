"""Runs that are stopped, resumed, averaged and measured."""

from __future__ import annotations

import json
import os
from itertools import islice
from pathlib import Path

import pytest
import torch
from peft import set_peft_model_state_dict as load_state
from safetensors.torch import load_file

from leopard_tools.errors import CheckpointInvalid, LeopardError
from leopard_tools.training import learner, nano
from leopard_tools.training.capability import Threads, choose_dtype
from leopard_tools.training.examination import Examination
from leopard_tools.training.learner import Learner
from leopard_tools.training.lora import put_on, trained
from leopard_tools.training.nano import Plan, Training
from leopard_tools.training.runs import Run

from .conftest import Build, small_network

FEW = Plan(seed=4, batch_positions=1)


def start(build: Build, folder: Path, plan: Plan = FEW) -> Training:
    model, small = build()
    return Training(model, small, Run(folder), plan)


def weights(training: Training) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in trained(training.learner.model)]


@pytest.fixture
def threads() -> Threads:
    return Threads(torch.get_num_threads())


@pytest.fixture
def examination(build: Build) -> Examination:
    return Examination(build()[0], {"trained": 1, "layouts": 1})


def test_a_run_stopped_and_resumed_equals_one_that_was_not(build: Build, tmp_path: Path) -> None:
    whole = start(build, tmp_path / "whole")
    losses = [whole.step()[0] for _ in range(4)]
    first = start(build, tmp_path / "parts")
    resumed_losses = [first.step()[0] for _ in range(2)]
    first.run.save(first.learner, first.progress)
    first.step()  # Not saved: lost, as when the process is killed.
    second = start(build, tmp_path / "parts")
    resumed_losses += [second.step()[0] for _ in range(2)]
    assert resumed_losses == losses
    assert second.progress.position == whole.progress.position
    for resumed, straight in zip(weights(second), weights(whole), strict=True):
        assert torch.equal(resumed, straight)
    for resumed, straight in zip(second.learner.mean, whole.learner.mean, strict=True):
        assert torch.equal(resumed, straight)


def test_a_run_saves_measures_and_keeps_the_best(
    build: Build, tmp_path: Path, threads: Threads, examination: Examination
) -> None:
    plan = Plan(seed=4, batch_positions=1, steps=2, evaluate_minutes=0)
    start(build, tmp_path, plan).train(1, threads, examination)
    curve = [json.loads(row) for row in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert [row["steps"] for row in curve] == [0, 1, 2]
    assert curve[0]["asked"] > 5
    assert set(curve[0]["parts"]) == {"trained", "layouts"}
    for name in ("latest", "best"):
        assert (tmp_path / name / "adapter_model.safetensors").exists()
    assert start(build, tmp_path, plan).progress.steps == 2


def test_what_a_short_run_ends_with_is_examined(
    build: Build, tmp_path: Path, threads: Threads, examination: Examination
) -> None:
    plan = Plan(seed=4, batch_positions=1, steps=1)
    start(build, tmp_path, plan).train(1, threads, examination)
    curve = [json.loads(row) for row in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert [row["steps"] for row in curve] == [0, 1]
    assert start(build, tmp_path, plan).progress.best == max(row["accuracy"] for row in curve)


def test_a_run_that_is_killed_after_an_evaluation_knows_its_best(
    build: Build, tmp_path: Path, examination: Examination
) -> None:
    killed = start(build, tmp_path)
    killed._evaluate(examination)
    progress = start(build, tmp_path).progress
    assert (progress.best, progress.examination) == (killed.progress.best, examination.mark)


def test_a_run_saves_what_it_learnt_however_it_ends(
    build: Build,
    tmp_path: Path,
    threads: Threads,
    examination: Examination,
    capsys: pytest.CaptureFixture[str],
) -> None:
    training = start(build, tmp_path)
    training.step()
    # As where a process that makes samples is gone.
    training.samples = islice(training.samples, 1)
    with pytest.raises(StopIteration):
        training.train(1, threads, examination)
    again = start(build, tmp_path)
    assert again.progress.steps == 2
    again.stopping = True
    again.train(3, threads, examination)
    # To be examined would take longer than whoever stops it waits.
    assert not (tmp_path / "curve.jsonl").exists()
    assert capsys.readouterr().out.endswith("stopped; --minutes 3.0 takes it to its planned end\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--cooldown", "5", "--steps", "90"], "--cooldown 5 counts minutes .* --steps 90"),
        (["--evaluate"], "has no state.pt"),
        (["--device", "auto"], "--device auto: training runs on cpu or cuda"),
    ],
)
def test_options_that_cannot_be_followed_are_refused_before_a_folder_is_made(
    options: list[str], words: str, tmp_path: Path
) -> None:
    with pytest.raises(LeopardError, match=words):
        nano.main(["--run", str(tmp_path / "run"), "--device", "cpu", *options])
    assert not (tmp_path / "run").exists()


def test_the_learning_rate_falls_to_nothing_over_the_cooldown(build: Build, tmp_path: Path) -> None:
    training = start(build, tmp_path, Plan(seed=4, batch_positions=1, cooldown_minutes=2))
    found = []
    for left in (5.0, 2.0, 1.0, 0.5, -0.1):
        training._cool_down(left)
        found.append(training.learner.rate)
    assert found == [1e-3, 1e-3, 5e-4, 2.5e-4, 0.0]


def test_a_run_gives_the_mean_of_its_weights_and_goes_on_from_the_last(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner, "MEAN_OVER", 3)
    training = start(build, tmp_path)
    after = []
    for _ in range(4):
        training.step()
        after.append(weights(training))
    mean = [torch.stack(few).mean(0) for few in zip(*after[:3], strict=True)]
    mean = [(2 * m + last) / 3 for m, last in zip(mean, after[3], strict=True)]
    with training.learner.averaged():
        for found, expected in zip(weights(training), mean, strict=True):
            torch.testing.assert_close(found, expected)
    training.run.save(training.learner, training.progress)
    for found, last in zip(weights(training), after[3], strict=True):
        assert torch.equal(found, last)
    saved = build()[1]
    load_state(saved.model, load_file(tmp_path / "latest" / "adapter_model.safetensors"))
    for found, expected in zip(trained(saved.model), mean, strict=True):
        torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-3)


def test_a_checkpoint_of_another_seed_is_refused(build: Build, tmp_path: Path) -> None:
    training = start(build, tmp_path)
    training.run.save(training.learner, training.progress)
    with pytest.raises(CheckpointInvalid, match="seed 4, not 5"):
        start(build, tmp_path, Plan(seed=5))


def test_a_checkpoint_of_another_rank_is_refused(build: Build, tmp_path: Path) -> None:
    training = start(build, tmp_path)
    training.run.save(training.learner, training.progress)
    network = small_network()
    other = Learner(network, put_on(network, rank=8), rate=1e-3)
    with pytest.raises(CheckpointInvalid, match="another rank"):
        Run(tmp_path).load(other, FEW.seed)


def test_two_examinations_of_one_set_have_one_mark(build: Build) -> None:
    model, _ = build()
    one, same = (Examination(model, {"trained": 1}) for _ in range(2))
    assert one.mark == same.mark
    assert one.mark != Examination(model, {"phrasings": 1}).mark


def test_a_machine_without_native_bfloat16_trains_in_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    assert choose_dtype(torch.device("cpu")) is torch.float32


def test_a_build_without_mkldnn_is_not_asked_for_its_operator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    assert choose_dtype(torch.device("cpu")) is torch.float32


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="processes are not kept to cores")
def test_a_process_that_is_kept_to_a_core_computes_on_one_thread() -> None:
    allowed, before = os.sched_getaffinity(0), torch.get_num_threads()
    os.sched_setaffinity(0, {min(allowed)})
    try:
        Threads()
        assert torch.get_num_threads() == 1
    finally:
        os.sched_setaffinity(0, allowed)
        torch.set_num_threads(before)
