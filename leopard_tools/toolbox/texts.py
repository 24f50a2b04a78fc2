"""Files of text that messages carry, in whichever charset they were written."""

from __future__ import annotations

import codecs
import re

from ..errors import DocumentInvalid

_CHARSET = re.compile(r"""charset=["']?([^\s;"',]+)""", re.IGNORECASE)


_TEXTS = re.compile(r"text/|application/([\w.-]+\+|x-)?(csv|json|xml|yaml)\b", re.IGNORECASE)


def is_text(told: str) -> bool:
    """Whether a file of this MIME type is text.

    >>> is_text("text/plain"), is_text("application/json"), is_text("image/svg+xml")
    (True, True, False)
    """
    return bool(_TEXTS.match(told))


def decoded(data: bytes, told: str) -> str:
    """A file of text, in the charset that its MIME type `told` names, or else in Unicode.

    Raises DocumentInvalid where it is in another one: letters that cannot be read would be lost.

    >>> decoded("café".encode("latin-1"), "text/plain; charset=latin-1")
    'café'
    """
    named = _CHARSET.search(told)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    charset = named[1] if named else "utf-16" if wide else "utf-8-sig"
    try:
        return data.decode(charset)
    except (UnicodeError, LookupError) as error:
        raise DocumentInvalid(
            f"A file of text in a message cannot be read as {charset} ({error}). Give its text as "
            'a text block, or its charset as in "text/plain; charset=iso-8859-1".'
        ) from error


__all__ = ["decoded", "is_text"]
