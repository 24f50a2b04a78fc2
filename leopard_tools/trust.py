"""Whether a folder holds only what its user put there."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def is_trusted(folder: Path) -> bool:
    """Whether nobody but this user and root may have written what lies in `folder`.

    In a folder that others write to, whoever was first could have put there what they liked. A
    link is not trusted: it could lead elsewhere in a moment. Where files have no owners and rights
    of POSIX (Windows), every folder counts as the user's. Raises OSError where there is none.
    """
    if not hasattr(os, "getuid"):
        return True
    found = folder.lstat()
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and found.st_uid in (os.getuid(), 0) and not others_write


__all__ = ["is_trusted"]
