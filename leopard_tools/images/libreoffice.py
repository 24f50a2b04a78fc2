"""LibreOffice as a converter: one file in, one file out, and nothing else.

Each run has a profile of its own that is thrown away, in which macros and active content are off.
It is killed with all its children when its time is over. Where the system allows it, a run is cut
off from the network, and on Linux it stands behind a fence (`fence`): it opens no files but its
own folder and the system's, and its memory is bounded.

Settings alone do not keep LibreOffice from drawing files that a deck links to. Of PPTX and ODP
`package` takes such links away before, on every platform; of PPT and KEY, whose form is binary,
nothing does, so that without the fence they can draw pictures of the user's.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from ..errors import MissingDependency
from .fence import SOCKETS, fenced
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
_MEMORY = 4 * 2**30
"""Bytes of address space, of which a small deck takes 0.5 GiB."""


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
    soffice = find_soffice()
    fence = fenced(soffice, folder, _MEMORY)
    command = [
        *_without_network(),
        *fence,
        str(soffice),
        f"-env:UserInstallation={profile.as_uri()}",
        *_OPTIONS,
        *("--convert-to", target, "--outdir", str(folder), str(source)),
    ]
    end = time.monotonic() + seconds
    words = ""
    # LibreOffice starts itself again where its profile is new. Behind the fence its socket stands
    # in the way of that, since only we can remove it.
    for _ in range(2 if fence else 1):
        try:
            words = _run(command, folder, end, check)
        finally:
            _remove_socket(profile.as_uri())
        if made.is_file() and made.stat().st_size:
            return made
    raise ConversionFailed(_known_words(words))


def _known_words(words: str) -> str:
    """What LibreOffice said, as far as it is its own: what a deck says may stand beside it."""
    if missing := re.search(r"error while loading shared libraries: [\w.+-]{1,60}", words):
        return missing[0]
    return "LibreOffice could not load it" if "could not be loaded" in words else "no file was made"


def _run(command: list[str], folder: Path, end: float, check: Check) -> str:
    """Runs to the end and gives what was printed. Raises OutOfTime, and what `check` raises."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
    }
    environment |= dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), str(folder))
    environment["LANG"] = "C.UTF-8"
    # glibc takes address space for each thread else, of which machines with many cores have many.
    environment["MALLOC_ARENA_MAX"] = "4"
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


def _remove_socket(profile: str) -> None:
    """Removes the socket of a run: behind the fence, or killed, LibreOffice cannot do it itself."""
    if sys.platform == "win32":
        return
    digest = hashlib.md5(profile.encode("utf-16-le"), usedforsecurity=False).digest()
    # Each byte in as few digits as it has, as LibreOffice writes it.
    name = "SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest)
    for folder in SOCKETS:
        for socket in Path(folder).glob(f"OSL_PIPE_*{name}"):
            with suppress(OSError):
                socket.unlink()


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
