"""The desktop and the site that the tests look at: those of the project's other tests."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
# pytest adds only this folder, so the imports come after (E402).
sys.path.insert(0, str(ROOT))

from examples.loopback import serving  # noqa: E402
from tests.capture.real_desktop import Connected, poster, program_on, two_monitors  # noqa: E402
from tests.images.local_site import cancelled_while_waiting  # noqa: E402
from tests.programs import printed_by  # noqa: E402

DATA = ROOT / "examples" / "data"
TINY = str(ROOT / "tests" / "golden" / "leopard-llava-tiny")

__all__ = [
    "DATA",
    "ROOT",
    "TINY",
    "Connected",
    "cancelled_while_waiting",
    "poster",
    "printed_by",
    "program_on",
    "serving",
    "two_monitors",
]
