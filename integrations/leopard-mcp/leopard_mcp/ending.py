"""Signals end a server on stdio as a client does that goes away: its calls end, nothing is left."""

from __future__ import annotations

import os
import select
import signal
import threading
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_CHUNK = 2**16


class EndingStdin:
    """Stands between the client and file descriptor 0, which ends at the first of the signals.

    Nothing else would end a thread that reads stdin, and Python waits for that thread. `signal` is
    the number of the one that came, or 0. POSIX only, and for the main thread.
    """

    def __init__(self) -> None:
        self.signal = 0
        over, self._tell = os.pipe()
        source, (read, write) = os.dup(0), os.pipe()
        os.dup2(read, 0)
        os.close(read)
        # A daemon: what it waits for may never come.
        threading.Thread(target=_pass_on, args=(source, write, over), daemon=True).start()
        for number in _SIGNALS:
            signal.signal(number, self._end)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.signal = number
        # Who does not want to wait for what is cleared away says it twice.
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        os.write(self._tell, b".")


def _pass_on(source: int, write: int, over: int) -> None:
    """Passes on what comes until either end is reached."""
    with open(write, "wb") as sink:
        while over not in select.select([source, over], [], [])[0]:
            data = os.read(source, _CHUNK)
            if not data:
                return
            sink.write(data)
            sink.flush()


__all__ = ["EndingStdin"]
