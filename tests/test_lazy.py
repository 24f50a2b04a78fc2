"""A Leopard that is loaded when first needed: once, again where it is gone, anew in a fork."""

from __future__ import annotations

import copy
import inspect
import pickle
import threading
import weakref
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from PIL import Image

from leopard_tools import LazyLeopard, Leopard
from leopard_tools.errors import CheckpointNotFound, EngineClosed
from leopard_tools.images.limits import Limits
from leopard_tools.lazy import LoadOptions
from leopard_tools.reading.ocr import Reader

from .conftest import GOLDEN
from .programs import printed_by
from .test_imports import loaded_by

TINY = str(GOLDEN / "leopard-llava-tiny")


def test_it_takes_what_load_takes() -> None:
    taken = {**get_type_hints(LoadOptions), "checkpoint": ..., "reader": ...}
    assert set(taken) == set(inspect.signature(Leopard.load).parameters)


def test_threads_that_ask_at_once_load_once() -> None:
    lazy, found = LazyLeopard(TINY, device="cpu", limits=Limits(pages=7)), list[Leopard]()
    assert not lazy.loaded and lazy.limits.pages == 7
    threads = [threading.Thread(target=lambda: found.append(lazy.load())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lazy.loaded and len(found) == 4 and len({id(leopard) for leopard in found}) == 1
    assert found[0].limits is lazy.limits
    assert copy.deepcopy(lazy) is copy.copy(lazy) is lazy
    lazy.close()
    assert found[0].closed and not lazy.loaded
    with pytest.raises(EngineClosed, match="closed"):
        lazy.load()


def test_what_was_read_before_is_known_to_the_leopard() -> None:
    lazy, picture = LazyLeopard(TINY, device="cpu"), Image.new("RGB", (80, 40), "white")
    reader = lazy.reader
    reader.read(picture)
    with lazy.load() as leopard:
        assert leopard.reader is lazy.reader is reader
        leopard.read(picture)
        assert leopard.caches["pictures"].hits == 1
    # Nobody knows what ended it: the next one has a reader of its own.
    with lazy.load() as again:
        assert again.reader is lazy.reader is not reader
    given = Reader()
    assert LazyLeopard(reader=given).reader is given


def test_the_weights_of_one_that_ended_are_let_go_before_others_are_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lazy, kept = LazyLeopard(TINY, device="cpu"), list[bool]()
    variant = weakref.ref(lazy.load()._variant)

    def load(*given: object, **options: Any) -> Leopard:
        kept.append(variant() is not None)
        return real(*given, **options)

    real = Leopard.load
    monkeypatch.setattr(Leopard, "load", load)
    lazy.load().close()
    variant = weakref.ref(lazy.load()._variant)
    assert kept == [False]
    lazy.close()
    assert variant() is None


def test_a_checkpoint_that_is_not_there_is_said_when_it_is_loaded(tmp_path: Path) -> None:
    lazy = LazyLeopard(tmp_path / "none")
    for _ in range(2):
        with pytest.raises(CheckpointNotFound):
            lazy.load()
    assert not lazy.loaded


def test_pickled_it_is_loaded_where_it_arrives() -> None:
    lazy = LazyLeopard(TINY, device="cpu", dtype="float16")
    with lazy.load():
        again = pickle.loads(pickle.dumps(lazy))
        assert not again.loaded
        assert (again.checkpoint, again.options) == (TINY, {"device": "cpu", "dtype": "float16"})


def test_a_fork_loads_its_own_whoever_loads_or_reads_meanwhile() -> None:
    code = (
        "import os\n"
        "from PIL import Image\n"
        "from leopard_tools import LazyLeopard\n"
        f"lazy, other = (LazyLeopard({TINY!r}, device='cpu') for _ in range(2))\n"
        "ask = lambda: lazy.load().ask('Hello', max_tokens=2).text\n"
        "text = ask()\n"
        "with lazy._loading, other.reader._turns.turn():\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        other.reader.read(Image.new('RGB', (40, 40)))\n"
        "        os._exit(lazy.loaded or ask() != text)\n"
        "print(os.waitpid(child, 0)[1], ask() == text)\n"
    )
    assert printed_by(code) == "0 True\n"


def test_importing_it_loads_no_torch() -> None:
    loaded = loaded_by("from leopard_tools import LazyLeopard; LazyLeopard()")
    assert not {"torch", "transformers"} & loaded
