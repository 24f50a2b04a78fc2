"""What pages and windows say of themselves, within bounds: it may be long, and meant for a model.

Pure, and knows neither pages nor windows.
"""

from __future__ import annotations

from ..images.naming import without_halves

TITLE_LENGTH = 300
"""The longest title that is told, in characters."""
ADDRESS_LENGTH = 2000
"""The longest address of a page that is told, in characters."""
_QUOTED_LENGTH = 60


def cut(text: str, longest: int) -> str:
    """The text, or its beginning and "…" where it has more than `longest` characters.

    A half of a pair of surrogates, which a page can put into its title, is told as U+FFFD.

    >>> cut("abcdef", 4)
    'abc…'
    """
    told = without_halves(text)
    return told if len(told) <= longest else told[: longest - 1] + "…"


def quoted(text: str) -> str:
    """The text as a message may quote it: short, in quotes, and all of it printable."""
    return repr(cut(text, _QUOTED_LENGTH))


__all__ = ["ADDRESS_LENGTH", "TITLE_LENGTH", "cut", "quoted"]
