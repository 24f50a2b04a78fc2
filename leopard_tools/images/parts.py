"""The parts of a deck, read from its ZIP and bounded in what they may cost.

Sizes, elements and attributes are counted while they are read, whatever headers say, and document
types are refused. Knows nothing of what the parts mean; `decks` does.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers import expat

from .references import NoXML, fed
from .wanted import Check, nothing

_PART_BYTES = 64 * 2**20
_ALL_BYTES = 128 * 2**20
"""Of all parts read, since a small file may name the same large one for every slide."""
_MOST_ELEMENTS = 1_000_000
"""Of one part: all slides of an ODP are in one. They take about 350 MB; a slide has thousands."""
_CHUNK = 2**20
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How the parts of decks are packed."""
_LONGEST_NAME = 40
_DEEPEST = 200
"""Elements inside each other. What lies in several of a kind is searched for each of them."""
# What zipfile raises for a file that is none, or one of a kind that it does not know.
UNREADABLE = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError)
# And for a part of it.
_UNREADABLE_PART = (*UNREADABLE, KeyError, RuntimeError, EOFError, zlib.error)


class BrokenDeck(Exception):
    """The XML of a deck is not as it must be; the message is the reason."""


class Archive(zipfile.ZipFile):
    left = _ALL_BYTES
    """The bytes that may still be unfolded of it."""
    check: Check = staticmethod(nothing)
    """Called all along."""


def read_part(archive: Archive, name: str) -> bytes:
    """A file of the archive, unfolded up to a bound whatever its header says."""
    try:
        entry = archive.getinfo(name)
        if entry.compress_type not in PACKED:
            raise BrokenDeck(f"its part {part_name(name)} is packed in a way that no deck is")
        with archive.open(entry) as part:
            content = part.read(_PART_BYTES + 1)
    except _UNREADABLE_PART as fault:
        # The fault's own words have the name in full.
        raise BrokenDeck(f"its part {part_name(name)} is missing or damaged") from fault
    if len(content) > _PART_BYTES:
        raise BrokenDeck(f"its part {part_name(name)} is over {_PART_BYTES >> 20} MiB")
    archive.left -= len(content)
    if archive.left < 0:
        raise BrokenDeck(f"what it says of its slides is over {_ALL_BYTES >> 20} MiB")
    return content


def part_name(name: str) -> str:
    """The name of a part, or of what a deck calls one, as messages show it.

    Whoever made the deck chose it, and messages are read by models: short, and no sentence.
    """
    return re.sub(r"[^\w./-]+", "-", name[-_LONGEST_NAME:], flags=re.ASCII)


def read_xml(archive: Archive, name: str) -> Element:
    """A part as a tree whose tags are local names, attributes too (`id` of `r:id` is "r:id")."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    depth = count = 0
    shown = part_name(name)

    def refuse(*_: object) -> None:
        raise BrokenDeck(f"its part {shown} declares a document type")

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > _DEEPEST:
            raise BrokenDeck("its elements lie too deep inside each other")
        if count > _MOST_ELEMENTS:
            raise BrokenDeck(f"its part {shown} has more than {_MOST_ELEMENTS:,} elements")
        builder.start(local_name(tag), attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(local_name(tag))

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    try:
        content = memoryview(read_part(archive, name))
        for _ in fed(
            parser, (content[at : at + _CHUNK].tobytes() for at in range(0, len(content), _CHUNK))
        ):
            archive.check()
        return builder.close()
    except (expat.ExpatError, NoXML, ParseError) as fault:
        raise BrokenDeck(f"its part {shown} is no XML: {fault}") from fault


def local_name(tag: str) -> str:
    return tag.rpartition(":")[2]


__all__ = [
    "PACKED",
    "UNREADABLE",
    "Archive",
    "BrokenDeck",
    "local_name",
    "part_name",
    "read_part",
    "read_xml",
]
