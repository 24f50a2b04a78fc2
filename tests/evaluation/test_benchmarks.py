"""Each benchmark, in the layout it is distributed in, gives the figure that was worked out."""

from __future__ import annotations

import re
import shutil
import sys
from fractions import Fraction
from importlib import invalidate_caches
from pathlib import Path

import pytest

from leopard_tools import Leopard
from leopard_tools.errors import LeopardError
from leopard_tools.evaluation.asking import Manner
from leopard_tools.evaluation.benchmark import Protocol
from leopard_tools.evaluation.letters import Script
from leopard_tools.evaluation.plan import Plan, make_plan
from leopard_tools.evaluation.questions import source_of
from leopard_tools.evaluation.registry import BUILT_IN, benchmark_names, find_benchmark, recognise
from leopard_tools.evaluation.run import ask_all
from leopard_tools.images.sources import load_frames

from ..conftest import ROOT
from .doubles import InTurn
from .small import SMALL, write_json, write_parquet

SCRIPTS: tuple[Script, ...] = ("idefics2", "llava")
NAMES = pytest.mark.parametrize("name", BUILT_IN)


def figure(plan: Plan, name: str) -> float:
    texts = [SMALL[name].replies[question.id] for question in plan.questions]
    replies = ask_all(InTurn(texts), plan.questions, manner=Manner(plan.script))
    found = plan.summarise(replies).total[plan.main]
    assert found is not None
    return found


@NAMES
def test_the_standard_protocol_counts_every_record_by_its_own_metric(
    small: Path, name: str
) -> None:
    plan = make_plan(small / name, benchmark=name)
    assert {question.id for question in plan.questions} == set(SMALL[name].replies)
    assert figure(plan, name) == pytest.approx(SMALL[name].standard, abs=1e-6)


@pytest.mark.parametrize("script", SCRIPTS)
@NAMES
def test_the_published_protocol_gives_the_published_scripts_figure(
    small: Path, name: str, script: Script
) -> None:
    wanted = SMALL[name].published[SCRIPTS.index(script)]
    if wanted is None:
        with pytest.raises(LeopardError, match=r"more than 8 images.* divides by zero"):
            make_plan(small / name, benchmark=name, protocol="published", script=script)
        return
    plan = make_plan(small / name, benchmark=name, protocol="published", script=script)
    assert figure(plan, name) == pytest.approx(wanted, abs=1e-6)


@NAMES
def test_every_picture_can_be_opened_and_pages_are_in_their_order(small: Path, name: str) -> None:
    for question in make_plan(small / name, benchmark=name).questions:
        for image in question.images:
            assert len(load_frames(source_of(image))) == 1, image.name
    if name == "dude":
        pages = make_plan(small / name).questions[2].images
        assert [page.name for page in pages] == [f"bb_{n}.jpg" for n in range(11)]


@NAMES
def test_a_benchmark_is_known_by_its_files(small: Path, name: str) -> None:
    if name == "mirb":  # Files of any name: it must be named.
        with pytest.raises(LeopardError, match=r"--benchmark: mpdocvqa, .*mirb"):
            recognise(small / name)
        return
    assert recognise(small / name) is find_benchmark(name)


MODELS = ("nano", "idefics2", "llava")


# Leopard-Idefics2's script leaves out all of SlideVQA, as a test above shows.
CASES = [
    (name, model, protocol)
    for name in BUILT_IN
    for model in MODELS
    for protocol in ("standard", "published")
    if (name, model, protocol) != ("slidevqa", "idefics2", "published")
]


@pytest.mark.parametrize(("name", "model", "protocol"), CASES)
def test_every_variant_answers_every_benchmark(
    small: Path, name: str, model: str, protocol: Protocol, request: pytest.FixtureRequest
) -> None:
    leopard: Leopard = request.getfixturevalue(model)
    script: Script = "idefics2" if model == "idefics2" else "llava"
    limit = 1 if model == "nano" else 2
    plan = make_plan(small / name, benchmark=name, protocol=protocol, script=script, limit=limit)
    manner = Manner(plan.script, model, evidence=model == "nano")
    replies = ask_all(leopard, plan.questions, manner=manner)
    assert len(replies) == len(plan.questions) > 0
    assert [(reply.error, reply.broken) for reply in replies] == [(None, ())] * len(replies)
    assert all(reply.completion_tokens > 0 for reply in replies)
    for question, reply in zip(plan.questions, replies, strict=True):
        assert (reply.image_tokens > 0) == bool(question.images)
    measured = plan.summarise(replies).total[plan.main]
    assert measured is not None and 0 <= measured <= 1


def test_nano_reads_what_a_small_page_says(small: Path, nano: Leopard) -> None:
    plan = make_plan(small / "docvqa", limit=1)
    (reply,) = ask_all(nano, plan.questions, manner=Manner(variant="nano"))
    assert reply.text == "$42.50" and plan.summarise([reply]).total["anls"] == 1.0


def test_another_distribution_adds_a_benchmark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "from leopard_tools.evaluation.benchmark import Benchmark\n"
        "from leopard_tools.evaluation.questions import Question\n"
        "def read(folder, protocol):\n"
        "    return [Question('1', (folder / 'a.png',), 'How many?', ('5',), 'count')]\n"
        "def measure(question, reply):\n"
        "    return {'equal': float(reply in question.answers)}\n"
        "BENCHMARK = Benchmark('cups', 'Cups', read, measure, 'equal', files=('cups.txt',))\n"
        "BROKEN = 3\n"
    )
    (tmp_path / "cups_benchmark.py").write_text(code)
    info = tmp_path / "cups_benchmark-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cups-benchmark\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[leopard_tools.benchmarks]\ncups = cups_benchmark:BENCHMARK\n"
        "broken = cups_benchmark:BROKEN\nabsent = cups_benchmark:ABSENT\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    invalidate_caches()
    assert benchmark_names() == [*BUILT_IN, "absent", "broken", "cups"]
    with pytest.raises(LeopardError, match=r"'broken' .* is a int"):
        find_benchmark("broken")
    with pytest.raises(LeopardError, match=r"'absent' .* does not load"):
        find_benchmark("absent")
    plan = make_plan(tmp_path, benchmark="cups")
    assert plan.title == "Cups" and plan.main == "equal"
    replies = ask_all(InTurn(["5"]), plan.questions)
    assert plan.summarise(replies).total["equal"] == 1.0


def test_an_unknown_benchmark_is_an_error_that_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(LeopardError, match=r"no benchmark 'docvqa2'. Known are: mpdocvqa, dude"):
        find_benchmark("docvqa2")
    with pytest.raises(LeopardError, match=r"holds neither questions.jsonl nor a known benchmark"):
        make_plan(tmp_path)


def test_files_that_are_not_as_distributed_are_named_with_place_and_field(
    small: Path, tmp_path: Path
) -> None:
    (tmp_path / "val.json").write_text('{"data": [{"page_ids": "one", "answers": []}]}')
    with pytest.raises(LeopardError, match=r"val.json, entry 1: question is missing"):
        make_plan(tmp_path, benchmark="mpdocvqa")
    (tmp_path / "val.json").write_text("{}")
    with pytest.raises(LeopardError, match=r"should hold a list of objects in 'data'"):
        make_plan(tmp_path, benchmark="mpdocvqa")
    (tmp_path / "test-0.parquet").write_text("no parquet")
    with pytest.raises(LeopardError, match=r"test-0.parquet cannot be read as parquet"):
        make_plan(tmp_path, benchmark="scienceqa")
    with pytest.raises(LeopardError, match=r"has no testmini"):
        make_plan(tmp_path, benchmark="mathvista")


def test_a_benchmark_names_no_pictures_outside_of_its_folder(tmp_path: Path) -> None:
    record = {"questionId": 1, "question": "Whose?", "answers": ["mine"], "answer_page_idx": 0}
    for name in ("../../secret", "/secret"):
        data = [{**record, "page_ids": [name]}]
        write_json(tmp_path / "val.json", {"data": data})
        with pytest.raises(LeopardError, match=r"secret\.jpg of .* does not lie in"):
            make_plan(tmp_path, benchmark="mpdocvqa")


def test_a_document_of_dude_without_its_pages_is_named_as_missing(
    small: Path, tmp_path: Path, nano: Leopard
) -> None:
    shutil.copytree(small / "dude", tmp_path / "dude")
    place = tmp_path / "dude" / "images" / "val"
    for page in place.glob("aa_*.jpg"):
        page.unlink()
    plan = make_plan(tmp_path / "dude", limit=2)
    summary = plan.summarise(ask_all(nano, plan.questions))
    assert summary.failed == 2 and summary.broken == (str(place / "aa_0.jpg"),)
    assert summary.total["anls"] == 0.0


def test_several_answers_of_mmmu_are_one_text_to_the_published_script(tmp_path: Path) -> None:
    row = {"id": "1", "question": "How many?", "options": "[]", "question_type": "open"}
    row |= {"answer": "['7', 'seven']"}
    write_parquet(tmp_path / "Art" / "validation-0.parquet", [row])
    (plain,) = make_plan(tmp_path).questions
    assert plain.answers == ("7", "seven")
    (published,) = make_plan(tmp_path, protocol="published", script="idefics2").questions
    assert published.answers == ("['7', 'seven']",)


@NAMES
def test_the_documentation_has_the_figures_that_were_worked_out(name: str) -> None:
    text = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| {name} \| (.*) \| (.*) \| (.*) \|$", text, re.MULTILINE)
    idefics2, llava = SMALL[name].published
    for written, wanted in zip(row, (SMALL[name].standard, llava, idefics2), strict=True):
        if wanted is None:
            assert written.startswith("error")
        else:
            assert float(Fraction(written)) == pytest.approx(wanted)
    benchmark = find_benchmark(name)
    printed = [benchmark.paper.get(script) for script in SCRIPTS]
    shown = "-" if printed == [None, None] else f"{printed[0]:.2f} / {printed[1]:.2f}"
    assert re.search(rf"^\| `{name}` \|.*\| {re.escape(shown)} \|$", text, re.MULTILINE)


def test_the_published_protocol_is_for_benchmarks_and_needs_a_script(small: Path) -> None:
    own = ROOT / "examples" / "data" / "eval"
    with pytest.raises(LeopardError, match=r"has no published protocol. Take --protocol standard"):
        make_plan(own, protocol="published", script="llava")
    with pytest.raises(LeopardError, match=r"whose script: idefics2 or llava"):
        make_plan(small / "docvqa", protocol="published")


def test_an_id_stands_only_once(tmp_path: Path) -> None:
    record = '{"questionId": 7, "question": "?", "answers": ["x"], "image": "a.png"}'
    (tmp_path / "val_v1.0_withQT.json").write_text(f'{{"data": [{record}, {record}]}}')
    with pytest.raises(LeopardError, match=r"'docvqa-7' stands twice"):
        make_plan(tmp_path)


def test_the_first_script_takes_900_records_and_says_so(tmp_path: Path) -> None:
    data = ",".join(
        f'{{"question": "{n}?", "answers": ["x"], "image": "{n}.png"}}' for n in range(950)
    )
    (tmp_path / "val_v1.0_withQT.json").write_text(f'{{"data": [{data}]}}')
    plan = make_plan(tmp_path, protocol="published", script="idefics2")
    assert len(plan.questions) == 900 and plan.left_out == {"after the first 900": 50}
    assert len(make_plan(tmp_path, protocol="published", script="llava").questions) == 950
    assert len(make_plan(tmp_path).questions) == 950
