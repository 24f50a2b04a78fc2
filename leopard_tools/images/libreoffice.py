"""LibreOffice as a converter: one file in, one file out, and nothing else.

Each run has a profile of its own that is thrown away, in which macros and active content are off
and links are not followed; it is cut off from the network where the system allows that, and is
killed with all its children when its time is over.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from ..errors import MissingDependency
from .wanted import Check, nothing

_INSTALL = {
    "darwin": "brew install --cask libreoffice",
    "win32": "winget install TheDocumentFoundation.LibreOffice",
}
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    "/usr/lib/libreoffice/program/soffice",
)
_OPTIONS = ("--headless", "--invisible", "--nodefault", "--nologo", "--norestore", "--nolockcheck")
_SCRIPTING = "org.openoffice.Office.Common/Security/Scripting"
_NETWORK = "org.openoffice.Inet/Settings"
# A proxy where nobody listens: what LibreOffice would fetch goes nowhere. Port 9 is "discard".
_SETTINGS = (
    (_SCRIPTING, "MacroSecurityLevel", "3"),
    (_SCRIPTING, "DisableMacrosExecution", "true"),
    (_SCRIPTING, "DisableActiveContent", "true"),
    (_SCRIPTING, "BlockUntrustedRefererLinks", "true"),
    (_NETWORK, "ooInetProxyType", "1"),
    (_NETWORK, "ooInetNoProxy", ""),
    *(
        (_NETWORK, f"ooInet{scheme}Proxy{part}", value)
        for scheme in ("HTTP", "HTTPS", "FTP")
        for part, value in (("Name", "127.0.0.1"), ("Port", "9"))
    ),
)


_BETWEEN_CHECKS = 0.1  # seconds


class ConversionFailed(Exception):
    """LibreOffice made no file; the message is the reason."""


class OutOfTime(Exception):
    """LibreOffice did not finish in its time, and was killed."""


def convert(source: Path, target: str, seconds: float, check: Check = nothing) -> Path:
    """The converted file, beside `source`, which lies in a folder that is ours alone.

    `target` is what --convert-to takes: "odp", "pdf:filter:options". What `check` raises ends the
    conversion. Raises MissingDependency, ConversionFailed, OutOfTime.
    """
    folder = source.parent
    profile = folder / "profile"
    _write_profile(profile)
    made = source.with_suffix("." + target.partition(":")[0])
    command = [
        *_without_network(),
        str(find_soffice()),
        f"-env:UserInstallation={profile.as_uri()}",
        *_OPTIONS,
        *("--convert-to", target, "--outdir", str(folder), str(source)),
    ]
    words = _run(command, folder, seconds, check)
    if not made.is_file() or not made.stat().st_size:
        raise ConversionFailed(" ".join(words.split()) or "LibreOffice gave no reason")
    return made


def _run(command: list[str], folder: Path, seconds: float, check: Check) -> str:
    """Runs to the end and gives what was printed. Raises OutOfTime, and what `check` raises."""
    end = time.monotonic() + seconds
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
    }
    environment |= dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), str(folder))
    environment["LANG"] = "C.UTF-8"
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=environment,
        start_new_session=True,
        text=True,
        errors="replace",
    ) as process:
        try:
            while True:
                check()
                with suppress(subprocess.TimeoutExpired):
                    return process.communicate(timeout=_BETWEEN_CHECKS)[0]
                if time.monotonic() > end:
                    raise OutOfTime
        finally:
            _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    """Ends the process and those that it started: soffice is only the parent of the one at work."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        subprocess.run(command, capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _write_profile(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    user = profile / "user"
    user.mkdir(parents=True, exist_ok=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>',
        encoding="utf-8",
    )


def find_soffice() -> Path:
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return Path(found)
    for place in map(Path, _PLACES):
        if place.is_file():
            return place
    command = _INSTALL.get(sys.platform, "sudo apt install libreoffice-impress")
    raise MissingDependency("LibreOffice, which draws slides,", command)


@cache
def _without_network() -> tuple[str, ...]:
    """The command that takes a program off the network, empty where the system has none."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    command = (unshare, "--map-root-user", "--net")
    try:
        done = subprocess.run([*command, "true"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return command if done.returncode == 0 else ()


__all__ = ["ConversionFailed", "OutOfTime", "convert"]
