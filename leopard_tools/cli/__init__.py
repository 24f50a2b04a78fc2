"""The command line, `leopard`: one file a command.

Results alone go to stdout; progress and remarks go to stderr. Exit status: 0,
1 for an error (one line on stderr; LEOPARD_DEBUG=1 shows where it came from), 2 for wrong usage,
128 and the number of the signal that ended it (130 for Ctrl-C).
"""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ..environment import is_on
from ..errors import LeopardError
from ..images.naming import steadied

if TYPE_CHECKING:
    from types import FrameType

_ENDINGS = ("SIGTERM", "SIGHUP")
"""What `kill` and a terminal that is closed send; Windows has no SIGHUP."""


def main() -> None:
    """Runs the command line and ends the process."""
    for name in _ENDINGS:
        number = getattr(signal, name, None)
        # What is ignored (nohup) stays so.
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _end(number: int, _: FrameType | None) -> NoReturn:
    """Ends as Ctrl-C does: programs that were started are stopped, their folders removed."""
    sys.exit(128 + number)


def _run() -> None:
    # A stream that was closed (`<&-`) is None to Python.
    sys.stdin = sys.stdin or Path(os.devnull).open()  # noqa: SIM115 - open until the process ends
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115 - so is this
    # A letter that the output's encoding lacks costs that letter, not the result. Where somebody
    # chose what stands for it (PYTHONIOENCODING=latin-1:backslashreplace), that holds.
    out = sys.stdout
    if isinstance(out, TextIOWrapper) and out.errors in ("strict", "surrogateescape"):
        out.reconfigure(errors="replace")
    try:
        if out is None:
            raise LeopardError(
                "stdout is closed, so what is printed would be lost. Leave it open, or lead it to "
                "a file (> FILE)."
            )
        from .app import app

        app()
    except BrokenPipeError:
        # The reader of our output (head, less) went away: nobody is left to tell.
        _drop_output()
        sys.exit(1)
    except (LeopardError, OSError) as error:
        if is_on("LEOPARD_DEBUG"):
            raise
        # A message is one line here, whatever a library or a file's author put into it.
        sys.stderr.write(f"leopard: {steadied(' '.join(str(error).split()))}\n")
        if isinstance(error, OSError):
            _drop_output()
        sys.exit(1)


def _drop_output() -> None:
    """Lets go of what stdout could not take, which would be tried again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
