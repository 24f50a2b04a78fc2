"""What importing costs, in a fresh interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import get_type_hints

import pytest

import leopard_tools
from leopard_tools import Frame, Leopard, Message

from .programs import printed_by

HEAVY = ["torch", "transformers", "numpy", "PIL", "onnxruntime", "rapidocr", "cv2", "pypdfium2"]

WAITING = {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"}


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    return set(printed_by(code).split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_by("import leopard_tools; leopard_tools.Box, leopard_tools.LeopardError") == set()


def test_what_may_be_given_as_an_image_is_known_at_run_time() -> None:
    from leopard_tools.images.sources import Images
    from leopard_tools.types import ImageSource

    hints = get_type_hints(Leopard.ask)
    assert hints["images"] == Images and get_type_hints(Leopard.read)["image"] == ImageSource
    for given in (Leopard.stream, Leopard.chat, Leopard.session, Leopard.find, Message, Frame):
        assert get_type_hints(given)
    with pytest.raises(ImportError, match="ImageSort"):
        from leopard_tools.types import ImageSort  # type: ignore[attr-defined]  # noqa: F401
    assert loaded_by("import leopard_tools.types") == set()


@pytest.mark.parametrize(
    "module", ["images.sources", "images.outline", "reading.ocr", "reading.locate", "cli.app"]
)
def test_reading_and_capturing_need_no_torch(module: str) -> None:
    assert not {"torch", "transformers"} & loaded_by(f"import leopard_tools.{module}")


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "'5000'"), ({"GOMP_SPINCOUNT": "77"}, "'77'"), ({"OMP_WAIT_POLICY": "PASSIVE"}, "'0'")],
    ids=str,
)
def test_threads_do_not_spin_long_unless_told_to(given: dict[str, str], said: str) -> None:
    ours = {name: value for name, value in os.environ.items() if name not in WAITING}
    done = subprocess.run(
        [sys.executable, "-c", "from leopard_tools import Leopard"],
        env={**ours, **given, "OMP_DISPLAY_ENV": "VERBOSE"},
        capture_output=True,
        text=True,
        check=True,
    )
    if "GOMP_SPINCOUNT" not in done.stderr:
        pytest.skip("this PyTorch computes with another library than libgomp")
    assert f"GOMP_SPINCOUNT = {said}" in done.stderr


def test_the_public_names_are_these() -> None:
    assert leopard_tools.__all__ == [
        "Answer",
        "Box",
        "Citation",
        "Frame",
        "LazyLeopard",
        "Leopard",
        "LeopardError",
        "Line",
        "Message",
        "Reading",
        "Session",
        "Tool",
        "ToolCall",
    ]
    for name in leopard_tools.__all__:
        assert getattr(leopard_tools, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Lion"):
        _ = leopard_tools.Lion
