"""What a slide deck says of itself: its kind, and each slide's title, notes and hidden mark.

Read from the XML inside PPTX and ODP files with the standard library alone, sizes bounded and
document types refused. Elements are told by their local names, so the strict and the transitional
form of PPTX read alike. Draws nothing; `office` does.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .limits import check_page_count
from .naming import shortened
from .parts import UNREADABLE, Archive, BrokenDeck, local_name, part_name, read_part, read_xml
from .wanted import nothing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO, Literal
    from xml.etree.ElementTree import Element

    from .limits import Limits
    from .wanted import Check

    Kind = Literal["pptx", "odp", "ppt", "key", "locked"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_SEARCHED = 256 * 2**20
_HEAD = 65_536
_LONGEST_TITLE = 300
_LONGEST_NOTES = 20_000
_USUAL_MAIN = "ppt/presentation.xml"
_TITLES = frozenset({"title", "ctrTitle"})


@dataclass(frozen=True, slots=True)
class Slide:
    """What a deck says of one slide; texts are None where there are none, and end in "…" where
    they are longer than 300 characters (a title) or 20,000 (notes).
    """

    title: str | None
    notes: str | None
    hidden: bool


def deck_kind(stream: BinaryIO) -> Kind | None:
    """The kind of deck in a seekable stream, "locked" for one behind a password, None for none.

    The stream is left at any position.
    """
    stream.seek(0)
    head = stream.read(8)
    if head == _OLE:
        return _kind_of_ole(stream)
    if not head.startswith(b"PK\x03\x04"):
        return None
    try:
        with Archive(stream) as archive:
            return _kind_of_zip(archive)
    except (BrokenDeck, *UNREADABLE):
        return _kind_of_damaged(stream)


def read_slides(
    stream: BinaryIO,
    kind: Literal["pptx", "odp"],
    title: str,
    limits: Limits,
    check: Check = nothing,
) -> Iterator[Slide]:
    """All slides in the order of the deck, hidden ones too, each read when it is asked for.

    Raises BrokenDeck, ImageTooLarge before any slide is read where there are too many, and what
    `check` raises, which is called all along; `title` names the deck in messages.
    """
    stream.seek(0)
    slides = _pptx_slides if kind == "pptx" else _odp_slides
    try:
        archive = Archive(stream)
    except UNREADABLE as fault:
        raise BrokenDeck("it is no whole ZIP") from fault
    archive.check = check
    try:
        with archive:
            yield from slides(archive, title, limits)
    except RecursionError as fault:
        raise BrokenDeck("its elements lie too deep inside each other") from fault


def unpacked_size(stream: BinaryIO) -> int:
    """The bytes that a ZIP says it unfolds to; 0 where it is no ZIP."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except UNREADABLE:
        return 0


def _kind_of_damaged(stream: BinaryIO) -> Kind | None:
    """What a ZIP without its end was: its first parts still say their names."""
    stream.seek(0)
    head = stream.read(_HEAD)
    if b"ppt/" in head:
        return "pptx"
    return "odp" if b"opendocument.presentation" in head else None


def _kind_of_ole(stream: BinaryIO) -> Kind | None:
    # Names in the directory of an OLE file are UTF-16; its sectors lie anywhere.
    stream.seek(0)
    content = stream.read(_OLE_SEARCHED)
    # A locked PPTX hides in an OLE file; whether it is a deck shows only after unlocking.
    for name in ("EncryptedPackage", "EncryptedSummary"):
        if name.encode("utf-16-le") in content:
            return "locked"
    return "ppt" if "PowerPoint Document".encode("utf-16-le") in content else None


def _kind_of_zip(archive: Archive) -> Kind | None:
    names = set(archive.namelist())
    if _USUAL_MAIN in names or _is_presentation(archive, _main_part(archive)):
        return "pptx"
    if "mimetype" in names and b"opendocument.presentation" in read_part(archive, "mimetype"):
        manifest = "META-INF/manifest.xml"
        locked = manifest in names and b"encryption-data" in read_part(archive, manifest)
        return "locked" if locked else "odp"
    keynote = ("Index/Slide", "Index/MasterSlide", "Index/TemplateSlide")
    if "index.apxl" in names or any(name.startswith(keynote) for name in names):
        return "key"
    return None


def _main_part(archive: Archive) -> str:
    """The part of an Office file that all others hang on; only most programs name it the same."""
    related = _related(archive, "").values()
    return next((part for kind, part in related if kind == "officeDocument"), _USUAL_MAIN)


def _is_presentation(archive: Archive, name: str) -> bool:
    listed = "[Content_Types].xml"
    if listed not in archive.namelist():
        return False
    return any(
        entry.get("PartName", "").lstrip("/") == name
        # The second is the form with macros.
        and re.search("presentationml|ms-powerpoint", entry.get("ContentType", ""))
        for entry in read_xml(archive, listed).iter("Override")
    )


def _attribute(element: Element, name: str) -> str | None:
    """An attribute by its local name, whatever its prefix."""
    for key, value in element.attrib.items():
        if local_name(key) == name:
            return value
    return None


def _pptx_slides(archive: Archive, title: str, limits: Limits) -> Iterator[Slide]:
    main = _main_part(archive)
    # Only the list of the deck itself: each of its sections lists its slides once more.
    entries = read_xml(archive, main).findall("sldIdLst/sldId")
    check_page_count(len(entries), title, limits)
    parts = _related(archive, main)
    for entry in entries:
        # `id` is the slide's number for life, with a prefix it is the relation.
        relation = next((value for key, value in entry.attrib.items() if key.endswith(":id")), "")
        if relation not in parts:
            raise BrokenDeck(f"its slide {part_name(relation)} is missing")
        name = parts[relation][1]
        slide = read_xml(archive, name)
        notes = next(
            (part for kind, part in _related(archive, name).values() if kind == "notesSlide"), None
        )
        yield Slide(
            title=_cut(_placeholder_text(slide, _TITLES), _LONGEST_TITLE),
            notes=_cut(
                _placeholder_text(read_xml(archive, notes), frozenset({"body"})) if notes else None,
                _LONGEST_NOTES,
            ),
            hidden=slide.get("show") in ("0", "false"),
        )


def _related(archive: Archive, name: str) -> dict[str, tuple[str, str]]:
    """The kind and name of every part that a part refers to, by the relation's id.

    The name "" is the whole file's.
    """
    folder, file = posixpath.split(name)
    relations = posixpath.join(folder, "_rels", f"{file}.rels")
    if relations not in archive.namelist():
        return {}
    return {
        entry.get("Id", ""): (
            entry.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, entry.get("Target", ""))).lstrip("/"),
        )
        for entry in read_xml(archive, relations).iter("Relationship")
        if entry.get("TargetMode") != "External"
    }


def _placeholder_text(tree: Element, kinds: frozenset[str]) -> str | None:
    """The paragraphs of the first shape with text that is a placeholder of one of the kinds."""
    for shape in tree.iter("sp"):
        marks = [mark.get("type", "body") for mark in shape.iter("ph")]
        if marks and marks[0] in kinds and (text := _paragraphs(shape, "p")):
            return text
    return None


def _odp_slides(archive: Archive, title: str, limits: Limits) -> Iterator[Slide]:
    tree = read_xml(archive, "content.xml")
    pages = [
        page for presentation in tree.iter("presentation") for page in presentation.findall("page")
    ]
    check_page_count(len(pages), title, limits)
    hidden = {
        _attribute(style, "name")
        for style in tree.iter("style")
        for properties in style.iter("drawing-page-properties")
        if _attribute(properties, "visibility") == "hidden"
    }
    for page in pages:
        yield Slide(
            title=_cut(_frame_text(page.findall("frame"), "title"), _LONGEST_TITLE),
            notes=_cut(
                _frame_text([f for n in page.findall("notes") for f in n], "notes"),
                _LONGEST_NOTES,
            ),
            hidden=_attribute(page, "style-name") in hidden,
        )


def _frame_text(frames: list[Element], kind: str) -> str | None:
    for frame in frames:
        if _attribute(frame, "class") == kind and (text := _paragraphs(frame, "p")):
            return text
    return None


def _paragraphs(shape: Element, tag: str) -> str | None:
    """The text of a shape, a paragraph a line; None where there is none."""
    lines = [" ".join(_words(paragraph).split()) for paragraph in shape.iter(tag)]
    return "\n".join(line for line in lines if line) or None


def _cut(text: str | None, most: int) -> str | None:
    return None if text is None else shortened(text, most)


def _words(paragraph: Element) -> str:
    # Line breaks, tabs and (in ODP) runs of blanks are elements without text.
    blank = " " if paragraph.tag in ("br", "line-break", "tab", "s") else ""
    # A paragraph in a box within this one is a line of its own.
    inner = "".join(
        ("" if child.tag == "p" else _words(child)) + (child.tail or "") for child in paragraph
    )
    return blank + (paragraph.text or "") + inner


__all__ = ["BrokenDeck", "Slide", "deck_kind", "read_slides", "unpacked_size"]
