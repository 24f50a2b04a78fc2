"""Runs that are stopped, resumed, decayed and measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from leopard_tools.errors import CheckpointInvalid
from leopard_tools.training.capability import Threads, choose_dtype
from leopard_tools.training.examination import Examination
from leopard_tools.training.lora import trained
from leopard_tools.training.nano import Plan, Training
from leopard_tools.training.runs import Run

from .conftest import Build

FEW = Plan(seed=4, batch_positions=1)


def start(build: Build, folder: Path, plan: Plan = FEW) -> Training:
    nano, learner = build()
    return Training(nano, learner, Run(folder), plan)


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


def test_a_decay_phase_leaves_the_checkpoint_as_it_is(
    build: Build, tmp_path: Path, threads: Threads, examination: Examination
) -> None:
    training = start(build, tmp_path)
    training.step()
    training.run.save(training.learner, training.progress)
    before = training.run.state.read_bytes()
    start(build, tmp_path).decay(1 / 60, threads, examination)
    assert training.run.state.read_bytes() == before
    assert (tmp_path / "decayed" / "adapter_model.safetensors").exists()


def test_a_checkpoint_of_another_seed_is_refused(build: Build, tmp_path: Path) -> None:
    training = start(build, tmp_path)
    training.run.save(training.learner, training.progress)
    with pytest.raises(CheckpointInvalid, match="seed 4, not 5"):
        start(build, tmp_path, Plan(seed=5))


def test_two_examinations_of_one_set_have_one_mark(build: Build) -> None:
    nano, _ = build()
    one, same = (Examination(nano, {"trained": 1}) for _ in range(2))
    assert one.mark == same.mark
    assert one.mark != Examination(nano, {"phrasings": 1}).mark


def test_a_machine_without_native_bfloat16_trains_in_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    assert choose_dtype(torch.device("cpu")) is torch.float32
