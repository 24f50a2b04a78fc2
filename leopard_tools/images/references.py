"""References in an XML part of a deck that lead out of the deck, and the part without them.

ODF, OOXML and SVG are read alike, by local names. What is kept: names in the package, `#…`, data
URLs that are closed themselves, links to follow by hand (text:a, draw:a, and relations of the type
hyperlink to web addresses). All else is taken out, of whatever use it is: to a drawing program a
linked logo, a sound and the template that a deck was made from are one and the same.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_to_bytes
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from xml.parsers.expat import XMLParserType

_REFERENCES = frozenset(
    ("href", "src", "image-data", "base", "archive", "codebase", "dde-topic", "dde-application")
)
_NOWHERE = "about:blank"
_NOWHERE_ON_THE_WEB = "https://removed.invalid/"
_FOLLOWED_BY_HAND = ("http://", "https://", "mailto:")
# What every address that leads out has; most attributes have none of it.
_LEADING_OUT = re.compile(r"[:%\\]|\.\.|^\s*/")
_BLANKS = re.compile(r"[\x00-\x20]")
# Encodings that every parser reads alike.
_PLAIN = (None, "utf-8", "utf-16", "us-ascii")
_MOST_ATTRIBUTES = 1_000_000
_MOST_HELD = 4 * 2**20
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


class NoXML(Exception):
    """A part that begins like XML is none; the message is the reason."""


def is_xml(head: bytes) -> bool:
    """Whether what begins like this could be read as XML, in any encoding."""
    return head.lstrip(_BEFORE_XML)[:1] == b"<"


def fed(parser: XMLParserType, chunks: Iterable[bytes]) -> Iterator[None]:
    """Gives a parser the chunks, and a turn to others after each. Raises NoXML, ExpatError.

    An element is known to its handler only when its tag has ended, so the attributes that one tag
    may have are counted here.
    """
    given = ahead = attributes = 0
    held = bytearray()
    for chunk in chunks:
        yield
        held += chunk
        # A tag or comment that has not ended is read from its beginning each time.
        if len(held) < min(ahead, _MOST_HELD):
            continue
        _parse(parser, held, last=False)
        given += len(held)
        ahead = given - parser.CurrentByteIndex
        attributes = held.count(b"=", max(0, len(held) - ahead)) + (
            attributes if ahead > len(held) else 0
        )
        if attributes > _MOST_ATTRIBUTES:
            raise NoXML("a tag has too many attributes")
        held.clear()
    _parse(parser, held, last=True)
    yield


def _parse(parser: XMLParserType, held: bytearray, *, last: bool) -> None:
    try:
        parser.Parse(bytes(held), last)
    except (LookupError, ValueError) as fault:
        # Python's words on an encoding that it has no decoder for, or none of single bytes.
        raise NoXML("it is in an encoding that is not read here") from fault


class Part:
    """An XML part; `closed` tells whether what was read of it so far leads nowhere.

    harmless: tells whether content within the part (a data URL) leads nowhere.
    """

    def __init__(self, harmless: Callable[[bytes], bool]) -> None:
        self._harmless = harmless
        self.closed = True
        self._written: list[str] | None = None
        self._inside: list[str] | None = None

    def read(self, chunks: Iterable[bytes]) -> None:
        """Reads it all and looks at its references. Raises NoXML."""
        for _ in self._parsed(chunks):
            pass

    def rewritten(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """It all in UTF-8 and without what leads out, document types and comments. Raises NoXML."""
        self._written = ['<?xml version="1.0" encoding="UTF-8"?>']
        for _ in self._parsed(chunks):
            yield "".join(self._written).encode()
            self._written.clear()

    def _parsed(self, chunks: Iterable[bytes]) -> Iterator[None]:
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._document_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            for _ in fed(parser, chunks):
                yield
        except (expat.ExpatError, LookupError, ValueError) as fault:
            raise NoXML(str(fault)) from fault

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if (encoding.lower() if encoding else None) not in _PLAIN:
            self.closed = False

    def _document_type(self, *_: object) -> None:
        # Entities may stand for parts of an address; what is written has them in full.
        self.closed = False

    def _start(self, tag: str, attributes: list[str]) -> None:
        pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if tag.endswith("Relationship"):
            self._close_relation(pairs)
        elif any(map(_LEADING_OUT.search, pairs.values())):
            self._close(tag, pairs)
        if tag.endswith("binary-data"):
            self._inside = []
        if self._written is not None:
            told = "".join(f" {key}={quoteattr(value)}" for key, value in pairs.items())
            self._written.append(f"<{tag}{told}>")

    def _end(self, tag: str) -> None:
        if self._inside is not None and tag.endswith("binary-data"):
            content, self._inside = "".join(self._inside), None
            if not self._harmless(_decoded(content)):
                self.closed = False
            elif self._written is not None:
                self._written.append(content)
        if self._written is not None:
            self._written.append(f"</{tag}>")

    def _text(self, text: str) -> None:
        if self._inside is not None:
            self._inside.append(text)
        elif self._written is not None:
            self._written.append(escape(text, {"\r": "&#13;"}))

    def _close_relation(self, pairs: dict[str, str]) -> None:
        """Of a relation between parts of OOXML; paths within the package may be absolute."""
        target = pairs.get("Target", "")
        kind = pairs.get("Type", "").rpartition("/")[2]
        if pairs.get("TargetMode") != "External":
            leads_out = _names_a_place(target)
        else:
            # Its type alone keeps no program from drawing what a hyperlink leads to.
            leads_out = kind != "hyperlink" or not target.lower().startswith(_FOLLOWED_BY_HAND)
        if leads_out:
            pairs["Target"] = _NOWHERE_ON_THE_WEB if kind == "hyperlink" else _NOWHERE
            self.closed = False

    def _close(self, tag: str, pairs: dict[str, str]) -> None:
        for key in [key for key in pairs if not key.startswith("xmlns")]:
            name, value = key.rpartition(":")[2], pairs[key]
            if tag.rpartition(":")[2] == "a" and name == "href":
                continue
            if name in _REFERENCES:
                kept = self._stays_inside(value)
            else:
                # Formulas name other files before a "#"; their results stand beside them.
                kept = "file:" not in value.lower() and not (name == "formula" and "#" in value)
            if not kept:
                del pairs[key]
                self.closed = False

    def _stays_inside(self, reference: str) -> bool:
        if reference.lstrip()[:5].lower() == "data:":
            head, _, content = reference.partition(",")
            coded = head.rstrip().lower().endswith(";base64")
            return self._harmless(_decoded(content) if coded else unquote_to_bytes(content))
        path = _BLANKS.sub("", unquote(reference)).replace("\\", "/")
        inside = not path.startswith("/") and ".." not in path.split("/")
        return path.startswith("#") or (inside and not _names_a_place(path))


def _names_a_place(reference: str) -> bool:
    """Whether it has a scheme, a drive or a host."""
    path = _BLANKS.sub("", reference).replace("\\", "/")
    return path.startswith("//") or ":" in path.partition("/")[0]


def _decoded(content: str) -> bytes:
    """Base64 as programs read it: blanks are left out, and what is none ends it."""
    try:
        return base64.b64decode(_BLANKS.sub("", unquote(content)) + "==")
    except (binascii.Error, ValueError):
        return b"<"  # Nobody can tell how another program reads it.


__all__ = ["NoXML", "Part", "fed", "is_xml"]
