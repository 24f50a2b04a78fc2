"""What blocks carry with them: bytes, base64, file objects, and files of text. Follows nothing."""

from __future__ import annotations

import base64
import binascii
import mimetypes
from io import IOBase, TextIOBase

from llama_index.core.base.llms.types import DocumentBlock

from leopard_tools.errors import ImageInvalid
from leopard_tools.toolbox.texts import decoded, is_text


def carried_text(block: DocumentBlock) -> str | None:
    """The text of a document that carries a file of text; None for one that is drawn or read.

    Such a file is known by its MIME type, or by its title where it has none. Raises
    DocumentInvalid where it is in another charset than its type tells.
    """
    data = block.data
    told = block.document_mimetype or mimetypes.guess_type(block.title or "")[0] or ""
    if not data or not is_text(told):
        return None
    return decoded(read_file(data) if isinstance(data, IOBase) else unpacked(data) or data, told)


def read_file(file: IOBase) -> bytes:
    """The content of a file object, from its beginning.

    Raises ImageInvalid for one of text, which would be followed as a path or an address.
    """
    if isinstance(file, TextIOBase):
        raise ImageInvalid(
            f"A {type(file).__name__} is a file of text, and a picture is bytes. Open it with "
            "mode 'rb', or give its path."
        )
    file.seek(0)
    found: bytes = file.read()
    return found


def unpacked(text: str | bytes) -> bytes | None:
    """What a text in base64 stands for, in lines or in one; None where it is none."""
    data = text.encode(errors="replace") if isinstance(text, str) else text
    try:
        return base64.b64decode(b"".join(data.splitlines()), validate=True)
    except (binascii.Error, ValueError):
        return None


__all__ = ["carried_text", "read_file", "unpacked"]
