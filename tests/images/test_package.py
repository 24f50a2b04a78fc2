"""What is left of a deck's references in the copy that LibreOffice gets."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile

import pytest

from leopard_tools.errors import Cancelled
from leopard_tools.images import references
from leopard_tools.images.package import copy_closed
from leopard_tools.images.parts import BrokenDeck
from leopard_tools.images.wanted import nothing

ODF = "<d xmlns:xlink='http://www.w3.org/1999/xlink' xmlns:draw='d' xmlns:text='t'>{}</d>"
SECRET = "file:///home/user/secret.png"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def packed(**parts: bytes | str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def unpacked(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def closed(package: bytes, most: int = 2**30) -> bytes:
    target = io.BytesIO()
    copy_closed(io.BytesIO(package), target, most, nothing)
    return target.getvalue()


def part(content: bytes | str) -> bytes:
    """What is left of a part."""
    return unpacked(closed(packed(part=content)))["part"]


def svg(address: str) -> str:
    return f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{address}'/></svg>"


def relation(kind: str, target: str, mode: str = "External") -> str:
    return (
        f'<Relationships><Relationship Id="rId1" Type="{TYPES}/{kind}" Target="{target}" '
        f'TargetMode="{mode}"/></Relationships>'
    )


@pytest.mark.parametrize(
    "address",
    [
        SECRET,
        "FILE:/home/user/secret.png",
        " fi&#10;le:///home/user/secret.png",
        "../../home/user/secret.png",
        "Pictures/%2e%2e/%2e%2e/secret.png",
        "..\\..\\secret.png",
        "/home/user/secret.png",
        "\\\\host\\share\\secret.png",
        "C:/secret.png",
        "http://host/logo.png",
        "vnd.sun.star.expand:file:///home/user/secret.png",
    ],
)
def test_references_out_of_a_deck_are_taken_out(address: str) -> None:
    for content in (ODF.format(f"<draw:image xlink:href='{address}'/>"), svg(address)):
        assert b"secret" not in part(content) and b"logo" not in part(content)
        assert b"image" in part(content)


def test_what_leads_nowhere_stays_as_it_is() -> None:
    for content in (
        ODF.format(
            "<draw:image xlink:href='Pictures/a.png'/><draw:object xlink:href='./Object 1'/>"
        ),
        ODF.format("<text:a xlink:href='https://host/page'/><draw:a xlink:href='#page2'/>"),
        ODF.format("<text:a xlink:href='../notes.odt'>text</text:a>"),
        svg("data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()),
        relation("hyperlink", "https://host/page"),
        relation("slideLayout", "../slideLayouts/slideLayout1.xml", "Internal"),
        relation("image", "NULL", "Internal"),
        "<?xml version='1.0' encoding='UTF-8'?><!-- kept --><a/>",
        b"\x89PNG file:///no/reference",
    ):
        assert part(content) == (content.encode() if isinstance(content, str) else content)


def test_relations_lead_out_by_hyperlinks_to_the_web_alone() -> None:
    for content in (
        relation("image", SECRET),
        relation("image", "secret.png"),
        relation("image", SECRET, "Internal"),
        relation("video", "http://host/secret.mp4"),
        relation("attachedTemplate", "C:\\secret.potx"),
        # Its type keeps no program from drawing it.
        relation("hyperlink", SECRET),
        relation("hyperlink", "secret.png"),
    ):
        left = part(content)
        assert b"secret" not in left and b'Id="rId1"' in left


def test_what_is_packed_within_a_deck_is_closed_too() -> None:
    inner = part(packed(content=svg(SECRET)))
    assert b"secret" not in unpacked(inner)["content"]
    assert b"secret" not in gzip.decompress(part(gzip.compress(svg(SECRET).encode())))
    coded = base64.b64encode(svg(SECRET).encode()).decode()
    assert coded.encode() not in part(svg(f"data:image/svg+xml;base64,{coded}"))
    assert coded.encode() not in part(
        ODF.format(f"<office:binary-data>{coded}</office:binary-data>")
    )
    deep = svg(SECRET).encode()
    for _ in range(6):
        deep = packed(content=deep)
    left = deep = part(deep)
    while left := unpacked(left).get("content", b"") if left else b"":
        deep = left
    assert b"secret" not in deep


def test_however_xml_is_written_its_references_are_found() -> None:
    entity = f"<!DOCTYPE svg [<!ENTITY e '{SECRET}'>]>" + svg("&e;")
    assert b"secret" not in part(entity)
    assert b"<image" in part(entity)
    assert "secret" not in part(svg(SECRET).encode("utf-16")).decode()
    # Programs draw what stands before the mistake.
    assert part(svg(SECRET) + "<") == b""
    default = f"<!DOCTYPE svg [<!ATTLIST image href CDATA '{SECRET}'>]><svg><image/></svg>"
    assert b"secret" not in part(default)


def test_text_and_attributes_survive_what_is_taken_out() -> None:
    left = part(
        ODF.format(f"<draw:image xlink:href='{SECRET}' a='&lt;&quot;&#10;'/>a &amp; b&#13;")
    )
    assert b"""a='&lt;"&#10;'/></""" not in left
    assert b"""a='&lt;"&#10;'></draw:image>a &amp; b&#13;</d>""" in left


def test_a_copy_is_bounded_and_ends_when_nobody_waits() -> None:
    with pytest.raises(BrokenDeck, match="unfolds to more"):
        closed(packed(part=packed(inner=bytes(2**21))), most=2**20)
    with pytest.raises(BrokenDeck, match="no whole ZIP"):
        closed(b"PK\x03\x04")

    def nobody_waits() -> None:
        raise Cancelled("nobody waits")

    with pytest.raises(Cancelled):
        copy_closed(io.BytesIO(packed(part=b"x")), io.BytesIO(), 2**30, nobody_waits)


def test_a_tag_without_end_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "_MOST_ATTRIBUTES", 1000)
    flood = "".join(f" a{number}='{' ' * 500}'" for number in range(3000))
    assert part(f"<svg{flood}/>") == b""
