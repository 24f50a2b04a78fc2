"""Decks made for the tests: with hidden slides, notes, a chart, a picture on the web."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

TITLES = ["Rollout plan", "Costs nobody should see", "Sales by quarter", None]
NOTES = ["Greet the board.\nThen wait.", "Only if asked.", None, "The end"]
HIDDEN = [False, True, False, True]


def save_deck(path: Path) -> Path:
    """Four slides: the second and the fourth hidden, the third with a chart, the last untitled."""
    deck = Presentation()
    for number, (title, notes, hidden) in enumerate(zip(TITLES, NOTES, HIDDEN, strict=True)):
        slide = deck.slides.add_slide(deck.slide_layouts[5 if title else 6])
        if title:
            slide.shapes.title.text = title
        box = slide.shapes.add_textbox(Inches(1), Inches(5), Inches(8), Inches(1))
        box.text_frame.text = f"This is slide {number + 1}"
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
        if hidden:
            slide.element.set("show", "0")
    chart = CategoryChartData()
    chart.categories = ["Q1", "Q2", "Q3"]
    chart.add_series("Sales", (3, 5, 8))
    place = (Inches(1), Inches(1.5), Inches(7), Inches(3.5))
    deck.slides[2].shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, chart)
    deck.save(path)
    return path


def save_deck_with_sections(path: Path) -> Path:
    """Three slides in two sections, which PowerPoint lists behind all else in the deck."""
    deck = Presentation()
    for number in range(3):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = f"Slide {number + 1}"
    numbers = [slide.slide_id for slide in deck.slides]
    sections = "".join(
        f'<p14:section name="{name}" id="{{00000000-0000-0000-0000-00000000000{name}}}">'
        + "<p14:sldIdLst>"
        + "".join(f'<p14:sldId id="{number}"/>' for number in members)
        + "</p14:sldIdLst></p14:section>"
        for name, members in (("1", numbers[:1]), ("2", numbers[1:]))
    )
    extension = etree.fromstring(
        '<p:extLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
        '<p:ext uri="{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"><p14:sectionLst '
        'xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">'
        f"{sections}</p14:sectionLst></p:ext></p:extLst>"
    )
    before = deck.element.find("{*}extLst")
    if before is None:
        deck.element.append(extension)
    else:
        before.extend(extension)
    deck.save(path)
    return path


def save_deck_with_picture_on_the_web(path: Path, picture: Path, url: str) -> Path:
    """A deck whose only picture is a link that a program would follow when it opens it."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    shape = slide.shapes.add_picture(str(picture), Inches(1), Inches(1))
    blip = shape._element.blipFill.find(".//{*}blip")
    relation = slide.part.relate_to(
        url, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image", True
    )
    for name in list(blip.attrib):
        del blip.attrib[name]
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    blip.set(f"{{{space}}}link", relation)
    deck.save(path)
    return path


def rewritten(source: Path, target: Path, name: str, old: bytes, new: bytes) -> Path:
    """A copy of a ZIP with something replaced in one of its files."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename == name:
                assert old in content
                content = content.replace(old, new)
            after.writestr(entry, content)
    return target


def save_with_main_part(source: Path, target: Path, main: str, *, macros: bool) -> Path:
    """A copy of a PPTX whose main part is named `main`, and that says it has macros if wanted."""
    usual = "ppt/presentation.xml"
    folder, _, name = main.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels".lstrip("/")
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename in ("_rels/.rels", "[Content_Types].xml"):
                content = content.replace(usual.encode(), main.encode())
            if entry.filename == "[Content_Types].xml" and macros:
                content = content.replace(
                    b"application/vnd.openxmlformats-officedocument.presentationml.presentation.",
                    b"application/vnd.ms-powerpoint.presentation.macroEnabled.",
                )
            if entry.filename == "ppt/_rels/presentation.xml.rels":
                # They are relative to the part.
                content = content.replace(b'Target="', b'Target="/ppt/')
                after.writestr(relations, content)
            else:
                after.writestr(main if entry.filename == usual else entry, content)
    return target


def listing(slides: int, *parts: str) -> bytes:
    """A deck by hand that lists so many slides, the last of these parts being that of all
    that follow as well."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, part in enumerate(parts):
            archive.writestr(f"ppt/slides/slide{number}.xml", part)
        entries = "".join(f'<p:sldId id="{n}" r:id="r{n}"/>' for n in range(slides))
        archive.writestr(
            "ppt/presentation.xml",
            f'<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>{entries}</p:sldIdLst>'
            "</p:presentation>",
        )
        relations = "".join(
            f'<Relationship Id="r{n}" Type="x/slide" '
            f'Target="slides/slide{min(n, len(parts) - 1)}.xml"/>'
            for n in range(slides)
        )
        archive.writestr(
            "ppt/_rels/presentation.xml.rels", f"<Relationships>{relations}</Relationships>"
        )
    return buffer.getvalue()


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return path
