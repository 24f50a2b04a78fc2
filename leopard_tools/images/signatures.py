"""What a file is when it is not a picture: a guess from its bytes, made for error messages."""

from __future__ import annotations

import codecs
import zlib
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

_SVG = Guess("an SVG drawing", _PICTURE)
_GZIP = b"\x1f\x8b"

_MAGIC = (
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Guess("an old Office file", _EXPORT)),
    (0, b"%!PS", Guess("a PostScript file", _EXPORT)),
    (0, b"{\\rtf", Guess("an RTF text", _EXPORT)),
    (0, b"8BPS", Guess("a Photoshop file", _PICTURE)),
    (0, _GZIP, Guess("a gzip archive", _UNPACK)),
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
    if _guess_text(_unpacked(head)) is _SVG:
        return _SVG
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


def _unpacked(head: bytes) -> bytes:
    """The beginning of what gzip packed, as SVG drawings often are (SVGZ); nothing of others."""
    if not head.startswith(_GZIP):
        return b""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, SNIFFED)
    except zlib.error:
        return b""


def _guess_text(head: bytes) -> Guess | None:
    text = _text(head)
    if not text or "\0" in text:
        return None
    start = text.lstrip("\ufeff \t\r\n")[:4096].lower()
    if start.startswith(("<!doctype html", "<html")):
        return Guess("an HTML page", "Give the address of the picture itself, or a screenshot.")
    if "<office:document" in start:
        return Guess("a flat OpenDocument file", _EXPORT)
    if "<svg" in start and start.startswith("<"):
        return _SVG
    return Guess("text", _OTHER)


def _text(head: bytes) -> str:
    """The text that begins like this, empty where it is none."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="ignore")
    try:
        # The last few bytes may be the beginning of a character that was cut off.
        return head[:-3].decode() if len(head) == SNIFFED else head.decode()
    except UnicodeDecodeError:
        # Of an older encoding what tells a kind is ASCII, and everything else can begin anyhow.
        return head.decode("latin-1") if head.lstrip().startswith(b"<") else ""


__all__ = ["Guess", "guess"]
