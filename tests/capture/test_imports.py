"""What importing the package costs, and what it says where an extra is not installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from leopard_tools.capture import screen, web
from leopard_tools.errors import MissingDependency

from .real_desktop import Connected

HEAVY = ["torch", "numpy", "PIL", "mss", "Xlib", "playwright", "pypdfium2", "onnxruntime"]


@pytest.mark.parametrize("module", ["screen", "slides", "web"])
def test_importing_a_way_to_capture_loads_nothing_heavy(module: str) -> None:
    code = f"""from leopard_tools.capture import {module}
import sys
print(*(name for name in {HEAVY!r} if name in sys.modules))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    # The filter of web needs the errors that PIL has.
    assert loaded <= ({"PIL"} if module == "web" else set())


def test_an_extra_that_is_missing_is_named(
    desktop: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package, call in (
        ("mss", screen.grab),
        ("Xlib.display", screen.windows),
        ("playwright.async_api", lambda: web.snapshot("https://example.org/")),
    ):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, package, None)
            with pytest.raises(
                MissingDependency, match=r"pip install 'leopard-tools\[(screen|web)\]'"
            ):
                call()
