"""Decks made for the tests: with hidden slides, notes, a chart, a picture on the web."""

from __future__ import annotations

import zipfile
from pathlib import Path

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


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return path
