"""The command line, `leopard`: one file a command.

Results alone go to stdout; progress and remarks go to stderr. Exit status: 0,
1 for an error (one line on stderr; LEOPARD_DEBUG=1 shows where it came from), 2 for wrong usage.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

from ..errors import LeopardError
from ..images.naming import steadied


def main() -> None:
    """Runs the command line and ends the process."""
    from .app import app

    # A letter that the output's encoding lacks costs that letter, not the result. Where somebody
    # chose what stands for it (PYTHONIOENCODING=latin-1:backslashreplace), that holds.
    out = sys.stdout
    if isinstance(out, TextIOWrapper) and out.errors in ("strict", "surrogateescape"):
        out.reconfigure(errors="replace")
    try:
        app()
    except BrokenPipeError:
        # The reader of our output (head, less) went away: nobody is left to tell.
        _drop_output()
        sys.exit(1)
    except (LeopardError, OSError) as error:
        if os.environ.get("LEOPARD_DEBUG"):
            raise
        # A message is one line here, whatever a library or a file's author put into it.
        sys.stderr.write(f"leopard: {steadied(' '.join(str(error).split()))}\n")
        if isinstance(error, OSError):
            _drop_output()
        sys.exit(1)


def _drop_output() -> None:
    """Lets go of what stdout could not take, which would be tried again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
