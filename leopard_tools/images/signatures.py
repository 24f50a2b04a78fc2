"""What a file is when it is not a picture: a guess from its bytes, made for error messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import BinaryIO

SNIFFED = 65_536
"""How many bytes are looked at, at each end; both ends of a ZIP name what it holds."""


class Guess(NamedTuple):
    """What the bytes look like, with its article, and what to do about it."""

    what: str
    advice: str


_EXPORT = "Export it to PDF and give that."
_PICTURE = "Save it as PNG or JPEG and give that."
_UNPACK = "Unpack it and give the pictures in it."
_FRAME = "Give a still picture taken from it."
_OTHER = "Give a picture (PNG, JPEG, WebP, GIF, TIFF, BMP, AVIF), a PDF or a deck."

_MAGIC = (
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Guess("an old Office file", _EXPORT)),
    (0, b"%!PS", Guess("a PostScript file", _EXPORT)),
    (0, b"{\\rtf", Guess("an RTF text", _EXPORT)),
    (0, b"8BPS", Guess("a Photoshop file", _PICTURE)),
    (0, b"\x1f\x8b", Guess("a gzip archive", _UNPACK)),
    (0, b"7z\xbc\xaf\x27\x1c", Guess("a 7z archive", _UNPACK)),
    (0, b"Rar!", Guess("a RAR archive", _UNPACK)),
    (0, b"\x1aE\xdf\xa3", Guess("a video", _FRAME)),
    (8, b"AVI ", Guess("a video", _FRAME)),
    (4, b"ftyphe", Guess("an HEIC photo", _PICTURE)),
    (4, b"ftypmif1", Guess("an HEIF photo", _PICTURE)),
    (4, b"ftypmsf1", Guess("an HEIF photo", _PICTURE)),
    (0, b"\xff\x0a", Guess("a JPEG XL picture", _PICTURE)),
    (4, b"JXL ", Guess("a JPEG XL picture", _PICTURE)),
    (4, b"ftyp", Guess("a video", _FRAME)),
    (8, b"WAVE", Guess("a sound file", _OTHER)),
    (0, b"ID3", Guess("a sound file", _OTHER)),
    (0, b"\x7fELF", Guess("a program", _OTHER)),
    (0, b"MZ", Guess("a program", _OTHER)),
)

_IN_ZIP = (
    (b"opendocument.text", Guess("an OpenDocument text", _EXPORT)),
    (b"opendocument.spreadsheet", Guess("an OpenDocument spreadsheet", _EXPORT)),
    (b"word/document", Guess("a Word file", _EXPORT)),
    (b"xl/workbook", Guess("an Excel file", _EXPORT)),
)


def guess(stream: BinaryIO) -> Guess:
    """What the stream most likely holds; it is left at any position."""
    stream.seek(0)
    head = stream.read(SNIFFED)
    if head.startswith(b"PK\x03\x04"):
        return _guess_zip(stream, head)
    for offset, magic, found in _MAGIC:
        if head.startswith(magic, offset):
            return found
    return _guess_text(head) or Guess("unknown binary data", _OTHER)


def _guess_zip(stream: BinaryIO, head: bytes) -> Guess:
    length = stream.seek(0, 2)
    stream.seek(max(0, length - SNIFFED))
    names = head + stream.read(SNIFFED)
    for name, found in _IN_ZIP:
        if name in names:
            return found
    return Guess("a ZIP archive", _UNPACK)


def _guess_text(head: bytes) -> Guess | None:
    try:
        # The last few bytes may be the beginning of a character that was cut off.
        text = head[:-3].decode() if len(head) == SNIFFED else head.decode()
    except UnicodeDecodeError:
        return None
    if "\0" in text:
        return None
    start = text.lstrip("\ufeff \t\r\n")[:4096].lower()
    if start.startswith(("<!doctype html", "<html")):
        return Guess("an HTML page", "Give the address of the picture itself, or a screenshot.")
    if "<office:document" in start:
        return Guess("a flat OpenDocument file", _EXPORT)
    if "<svg" in start and start.startswith("<"):
        return Guess("an SVG drawing", _PICTURE)
    return Guess("text", _OTHER)


__all__ = ["Guess", "guess"]
