"""Programs of a few lines, for what a test cannot do in its own process."""

from __future__ import annotations

import subprocess
import sys


def printed_by(code: str) -> str:
    """What Python prints that runs this code, to its end and without an error."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout
