"""How sources are named: in a frame, where they can be found again, and in messages.

A name never carries a password, and what is shown is one printable line of bounded length: a
data URL or a hostile file name must not fill a log or steer a terminal. Nor must a longer text
that others wrote, which keeps its lines.
"""

from __future__ import annotations

import re

LONGEST_SHOWN = 120
STEERING = "\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
"""For a regular expression: the characters that steer a terminal, tab and line feed aside.

Control characters (C0, DEL, C1), and those that turn the direction in which what follows is shown.
"""
_STEERING = re.compile(f"[{STEERING}]")
_HALVES = re.compile("[\ud800-\udfff]")
_USERINFO = re.compile(r"^([^:/?#]*:/*)[^/?#]*@")


def without_password(url: str) -> str:
    """The URL without the user name and password that may stand before its host."""
    return _USERINFO.sub(r"\1", url)


def shown(name: str) -> str:
    """The name as messages show it: printable, its middle left out where it is long.

    Of a URL the query and the fragment are left out as well: they may hold keys.
    """
    if "://" in name[:12]:
        name = re.sub(r"[?#].*", "?…", without_password(name), count=1, flags=re.DOTALL)
    if len(name) > LONGEST_SHOWN:
        half = LONGEST_SHOWN // 2
        name = f"{name[:half]}…{name[-half:]}"
    return "".join(character if character.isprintable() else "�" for character in name)


def shortened(text: str, most: int) -> str:
    """The text, or its first `most` characters and "…".

    >>> shortened("abcdef", 4), shortened("abc", 4)
    ('abcd…', 'abc')
    """
    return text if len(text) <= most else text[:most] + "…"


def steadied(text: str) -> str:
    """The text with U+FFFD for what would steer a terminal: colours, titles, the clipboard.

    Line feeds, tabs, marks that join letters and texts written from right to left stay as they are.
    """
    return _STEERING.sub("�", text)


def without_halves(text: str) -> str:
    """The text with U+FFFD for each half of a pair of surrogates, which nobody could send on.

    A title that a script cut within a sign has one, and the name of a file that is no UTF-8.

    >>> without_halves("Sale \\ud83d") == "Sale \ufffd"
    True
    """
    return _HALVES.sub("�", text)


__all__ = [
    "STEERING",
    "shortened",
    "shown",
    "steadied",
    "without_halves",
    "without_password",
]
