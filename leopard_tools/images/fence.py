"""A fence around a program on Linux: the files that it may open, and the memory it may have.

Landlock holds the files; it needs neither root nor a mount. What the program starts stands behind
the same fence. Read may be what programs, fonts and the system's own settings are made of, and
fonts in the user's home; read and written may be one folder; all else cannot be opened. That files
are there (their names, sizes and times) can still be found out.

The program is started through this file, run as a script: it shuts itself in and becomes the
program, since a process with threads cannot do that safely between fork and exec. It fails rather
than start the program without the fence. Where Linux has no Landlock (kernels before 5.13,
containers that forbid it) only the memory is bounded, on other systems and where no Python can be
started (programs frozen into one file) nothing is.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_BENEATH = 1
_NO_NEW_PRIVILEGES = 38
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE, _IOCTL = (1 << bit for bit in (0, 1, 2, 3, 14, 15))
_MAKE_SOCKET = 1 << 9
_MAKE_DEVICES = 1 << 6 | 1 << 11
# Rights that versions of Landlock know: thirteen, then renaming between folders, truncating and
# the control of devices. A fence may only name what the kernel knows.
_KNOWN = {1: 13, 2: 14, 3: 15, 4: 15}
_KNOWN_TODAY = 16
_ON_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL

_PROGRAMS = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_STORES = ("/nix/store", "/gnu/store")
_SETTINGS = (
    *(
        "/etc/fonts",
        "/etc/libreoffice",
        "/etc/alternatives",
        "/etc/ImageMagick-6",
        "/etc/papersize",
    ),
    *("/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime", "/etc/locale.alias"),
    # Who the user is: LibreOffice asks for the number by the name.
    *("/etc/passwd", "/etc/nsswitch.conf"),
    *("/var/lib/libreoffice", "/var/spool/libreoffice"),
    *("/var/lib/ghostscript", "/var/cache/fontconfig"),
    *("/sys/devices/system/cpu", "/dev/zero", "/dev/urandom", "/dev/random"),
)
SOCKETS = ("/tmp", "/var/tmp")
"""Where LibreOffice makes the socket by which it tells whether it runs already, and never else."""
_FONTS = (".fonts", ".local/share/fonts")


def fenced(program: Path, folder: Path, memory: int) -> tuple[str, ...]:
    """What stands before a program's command to fence it in; empty where that cannot be done.

    folder: may be read and written. memory: the most bytes of address space.
    """
    if not _startable():
        return ()
    start = (sys.executable, "-I", "-S", str(Path(__file__).resolve()), str(memory))
    if _landlock_version() < 1:
        return (*start, "--")
    readable = [*_PROGRAMS, *_STORES, *_SETTINGS, *_home_of(program.resolve())]
    readable += map(str, Path("/opt").glob("*office*"))
    if home := os.environ.get("HOME"):
        readable += [str(Path(home) / fonts) for fonts in _FONTS]
    readable += filter(None, map(os.environ.get, ("FONTCONFIG_FILE", "FONTCONFIG_PATH")))
    return (*start, str(folder), *readable, "--")


def _home_of(program: Path) -> tuple[str, ...]:
    """The folder that LibreOffice was installed to, or the script alone that starts it."""
    installed = program.parent.name == "program" and program.with_name("soffice.bin").is_file()
    return (str(program.parents[1] if installed else program),)


def _startable() -> bool:
    frozen = getattr(sys, "frozen", False)
    here = Path(__file__).is_file()
    return sys.platform == "linux" and bool(sys.executable) and here and not frozen


def _landlock_version() -> int:
    """The version of the kernel's Landlock; 0 or less where it has none."""
    return int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE_RULESET, None, 0, _VERSION))


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled", ctypes.c_uint64),)


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _shut_in(folder: str, readable: list[str]) -> None:
    """Lets this process, and all that it becomes or starts, open only these. Raises OSError."""
    every = (1 << _KNOWN.get(_landlock_version(), _KNOWN_TODAY)) - 1
    ruleset = _called(_CREATE_RULESET, ctypes.byref(_Ruleset(every)), 8, 0)
    _permit(ruleset, folder, every & ~(_EXECUTE | _MAKE_DEVICES))
    _permit(ruleset, "/dev/null", _READ | _WRITE)
    for path in SOCKETS:
        _permit(ruleset, path, _MAKE_SOCKET)
    for path in readable:
        _permit(ruleset, path, _EXECUTE | _READ | _LIST)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    _called(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _permit(ruleset: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # Not every system has all of them.
    try:
        if not Path(path).is_dir():
            rights &= _ON_FILES
        _called(_ADD_RULE, ruleset, _BENEATH, ctypes.byref(_Beneath(rights, parent)), 0)
    finally:
        os.close(parent)


def _called(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = int(libc.syscall(number, *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock")
    return result


def _main(memory: str, *rest: str) -> None:
    import resource  # Not there on Windows, where nothing is fenced.

    end = rest.index("--")
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    bound = int(memory) if most == resource.RLIM_INFINITY else min(int(memory), most)
    if end:
        _shut_in(rest[0], list(rest[1:end]))
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    os.execv(rest[end + 1], rest[end + 1 :])


if __name__ == "__main__":
    _main(*sys.argv[1:])


__all__ = ["SOCKETS", "fenced"]
