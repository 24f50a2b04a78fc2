"""Draws the slides of the example deck with python-pptx; make_data.py calls it.

The company, its people and numbers are made up, and they agree with each other: the table of
slide 3 adds up to the revenue of slide 2, and so on. It knows nothing of how a deck is printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

if TYPE_CHECKING:
    from pathlib import Path

    from pptx.shapes.autoshape import Shape
    from pptx.slide import Slide
    from pptx.text.text import TextFrame

FONT = "Liberation Sans"
INK, GREY, PALE, LINE = "14303B", "5B7078", "EEF4F4", "CFDADB"
TEAL, DEEP, CORAL, WHITE = "0F7C80", "0B3C49", "E4683F", "FFFFFF"
LAST_SLIDE = 6

HIGHLIGHTS = [
    ("Revenue", "€30.0 M", "+11% on Q2"),
    ("Gross margin", "58.4%", "+1.9 points on Q2"),
    ("Sensors in the field", "41,200", "3,100 added in Q3"),
    ("Net retention", "112%", "Q2: 109%"),
    ("On-time delivery", "96.5%", "Target: 95%"),
    ("Employees", "214", "12 joined in Q3"),
]
QUARTERS = ["Q4 2024", "Q1 2025", "Q2 2025", "Q3 2025"]
REVENUE = {
    "Nordics": [6.2, 6.5, 6.9, 7.4],
    "Central Europe": [8.1, 8.4, 8.8, 9.6],
    "United Kingdom": [4.4, 4.3, 4.7, 5.1],
    "North America": [3.0, 3.6, 4.5, 5.7],
    "Asia Pacific": [1.9, 2.0, 2.1, 2.2],
}
INSTALLED = {
    "Q2 2024": 1420,
    "Q3 2024": 1610,
    "Q4 2024": 1850,
    "Q1 2025": 2100,
    "Q2 2025": 2640,
    "Q3 2025": 3100,
}
MILESTONES = [
    ("3 Nov 2025", "Clearline 3 firmware", "Rolled out to all sensors", "Priya Nair"),
    ("15 Dec 2025", "ISO 27001 audit", "External audit in Bergen", "Jonas Lindqvist"),
    ("2 Feb 2026", "Toronto warehouse", "Ships within two days", "Daniel Okafor"),
    ("16 Mar 2026", "Drift prediction", "Beta with eight utilities", "Priya Nair"),
    ("28 May 2026", "T5 sensor", "On general sale", "Marta Kowalska"),
]
NEXT_STEPS = [
    ("24 Oct", "Approve the Toronto lease"),
    ("31 Oct", "Freeze the 2026 price list"),
    ("7 Nov", "Hire two field engineers"),
    ("12 Nov", "Send the plan to the board"),
]
TEAM = [
    ("Ingrid Solheim", "Chief Executive", "ingrid@tidewell.example"),
    ("Daniel Okafor", "Sales and Operations", "daniel@tidewell.example"),
    ("Priya Nair", "Software", "priya@tidewell.example"),
    ("Marta Kowalska", "Hardware", "marta@tidewell.example"),
    ("Jonas Lindqvist", "Finance and Compliance", "jonas@tidewell.example"),
]


def paint(shape: Shape, fill: str) -> None:
    """A flat fill: without the theme's style the shape has neither outline nor shadow."""
    style = shape._element.find(qn("p:style"))
    shape._element.remove(style)
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(fill)


def block(slide: Slide, area: tuple[float, ...], fill: str, *, rounded: bool = False) -> None:
    """A filled rectangle; `area` is left, top, width, height in inches."""
    kind = MSO_SHAPE.ROUNDED_RECTANGLE if rounded else MSO_SHAPE.RECTANGLE
    shape = slide.shapes.add_shape(kind, *map(Inches, area))
    paint(shape, fill)
    if rounded:
        shape.adjustments[0] = 0.06


def set_text(
    frame: TextFrame, text: str, size: float, color: str, *, bold: bool, align: PP_ALIGN
) -> None:
    """Fills a text frame without inner margins, so that edges line up on the slide's grid."""
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
    frame.word_wrap = True
    paragraph = frame.paragraphs[0]
    paragraph.alignment = align
    run = paragraph.add_run()
    run.text, font = text, run.font
    font.name, font.size, font.bold = FONT, Pt(size), bold
    font.color.rgb = RGBColor.from_string(color)


def words(
    slide: Slide,
    text: str,
    area: tuple[float, ...],
    size: float,
    color: str = INK,
    *,
    bold: bool = False,
    align: PP_ALIGN = PP_ALIGN.LEFT,
    anchor: MSO_ANCHOR = MSO_ANCHOR.MIDDLE,
) -> None:
    """One line or paragraph of text in `area`."""
    frame = slide.shapes.add_textbox(*map(Inches, area)).text_frame
    set_text(frame, text, size, color, bold=bold, align=align)
    frame.vertical_anchor = anchor


def title(slide: Slide, text: str, area: tuple[float, ...], size: float, color: str) -> None:
    """The slide's real title, so that outlines and screen readers find it."""
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = map(Inches, area)
    set_text(shape.text_frame, text, size, color, bold=True, align=PP_ALIGN.LEFT)
    shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE


def content_slide(deck: Presentation, number: int, heading: str, kicker: str) -> Slide:
    """A slide with the heading and footer that slides 2 to 6 share."""
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    block(slide, (0, 0, 13.333, 0.12), TEAL)
    words(slide, kicker.upper(), (0.75, 0.42, 9, 0.3), 12, TEAL, bold=True)
    title(slide, heading, (0.75, 0.72, 11.8, 0.65), 30, INK)
    block(slide, (0.75, 6.88, 11.83, 0.012), LINE)
    words(slide, "Tidewell  ·  Quarterly business review, Q3 2025", (0.75, 6.97, 8, 0.3), 11, GREY)
    page = f"{number} / {LAST_SLIDE}"
    words(slide, page, (11.08, 6.97, 1.5, 0.3), 11, GREY, align=PP_ALIGN.RIGHT)
    return slide


def cover(deck: Presentation) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    background = slide.background.fill
    background.solid()
    background.fore_color.rgb = RGBColor.from_string(DEEP)
    # Three quiet columns that rise like a water level: decoration without a stock picture.
    for step, (height, tone) in enumerate([(2.6, "10505D"), (4.1, "12626C"), (5.8, TEAL)]):
        block(slide, (9.0 + 1.45 * step, 7.5 - height, 1.45, height), tone)
    block(slide, (0.9, 1.05, 0.16, 0.46), CORAL)
    words(slide, "Tidewell", (1.22, 1.0, 6, 0.56), 28, WHITE, bold=True)
    title(slide, "Quarterly business review", (0.9, 2.55, 8, 0.9), 44, WHITE)
    words(slide, "Third quarter of 2025", (0.9, 3.5, 7.5, 0.5), 24, "A9D6D5")
    words(slide, "Ingrid Solheim, Chief Executive", (0.9, 5.55, 7.5, 0.4), 18, WHITE, bold=True)
    words(slide, "Bergen, 14 October 2025", (0.9, 5.98, 7.5, 0.4), 18, "A9D6D5")


def highlights(deck: Presentation) -> None:
    slide = content_slide(deck, 2, "Our best quarter so far", "Highlights")
    for index, (name, value, note) in enumerate(HIGHLIGHTS):
        left, top = 0.75 + 4.03 * (index % 3), 1.75 + 2.5 * (index // 3)
        block(slide, (left, top, 3.77, 2.24), PALE, rounded=True)
        words(slide, name, (left + 0.3, top + 0.24, 3.2, 0.35), 16, GREY)
        words(slide, value, (left + 0.3, top + 0.66, 3.2, 0.8), 40, DEEP, bold=True)
        words(slide, note, (left + 0.3, top + 1.58, 3.2, 0.35), 15, TEAL, bold=True)


def revenue(deck: Presentation) -> None:
    slide = content_slide(deck, 3, "North America grew fastest", "Revenue by region")
    totals = [round(sum(column), 1) for column in zip(*REVENUE.values(), strict=True)]
    rows = [
        ["Region", *QUARTERS, "Change on Q2"],
        *([name, *map(str, row), f"{row[3] / row[2] - 1:+.0%}"] for name, row in REVENUE.items()),
        ["Total", *map(str, totals), f"{totals[3] / totals[2] - 1:+.0%}"],
    ]
    words(slide, "Million euros", (0.75, 1.5, 6, 0.3), 14, GREY)
    area = map(Inches, (0.75, 1.9, 11.83, 4.2))
    table = slide.shapes.add_table(len(rows), len(rows[0]), *area).table
    for column, width in enumerate([3.03, 1.7, 1.7, 1.7, 1.7, 2.0]):
        table.columns[column].width = Inches(width)
    for y, row in enumerate(rows):
        fill = DEEP if y == 0 else "D5E8E7" if y == len(rows) - 1 else WHITE if y % 2 else PALE
        for x, text in enumerate(row):
            cell = table.cell(y, x)
            cell.fill.solid()
            cell.fill.fore_color.rgb = RGBColor.from_string(fill)
            align = PP_ALIGN.RIGHT if x else PP_ALIGN.LEFT
            bold = y in (0, len(rows) - 1) or x == 0
            set_text(cell.text_frame, text, 17, INK if y else WHITE, bold=bold, align=align)
            cell.margin_left = cell.margin_right = Inches(0.18)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    note = "Central Europe stays our largest region with €9.6 M."
    words(slide, note, (0.75, 6.28, 11.8, 0.4), 16, TEAL, bold=True)


def installed(deck: Presentation) -> None:
    slide = content_slide(
        deck, 4, "Installations more than doubled in five quarters", "New sensors installed"
    )
    data = CategoryChartData(number_format="#,##0")
    data.categories = list(INSTALLED)
    data.add_series("Sensors installed", list(INSTALLED.values()))
    area = map(Inches, (0.6, 1.6, 8.1, 5.1))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *area, data).chart
    chart.has_legend = chart.has_title = False
    chart.font.name, chart.font.size = FONT, Pt(14)
    chart.font.color.rgb = RGBColor.from_string(GREY)
    chart.value_axis.visible = chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = 0
    chart.category_axis.format.line.color.rgb = RGBColor.from_string(LINE)
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 45, True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = "#,##0", False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.font.name, labels.font.size, labels.font.bold = FONT, Pt(17), True
    labels.font.color.rgb = RGBColor.from_string(INK)
    for index in range(len(INSTALLED)):
        fill = plot.series[0].points[index].format.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor.from_string(
            TEAL if index == len(INSTALLED) - 1 else "9CC7C7"
        )
    block(slide, (9.0, 1.75, 3.58, 4.74), DEEP, rounded=True)
    words(slide, "Takeaway", (9.35, 2.05, 2.9, 0.35), 15, "A9D6D5", bold=True)
    words(slide, "40%", (9.35, 2.5, 2.9, 0.95), 54, WHITE, bold=True)
    text = "of the new sensors, 1,240 in all, went to North America."
    words(slide, text, (9.35, 3.55, 2.9, 1.0), 17, WHITE)
    block(slide, (9.35, 4.8, 0.6, 0.04), CORAL)
    words(slide, "Largest order: City of Halifax, 460 sensors", (9.35, 5.0, 2.9, 1.0), 17, WHITE)


def roadmap(deck: Presentation) -> None:
    slide = content_slide(deck, 5, "Five milestones until May 2026", "Roadmap")
    block(slide, (0.75, 2.72, 11.83, 0.05), LINE)
    for index, (date, name, detail, owner) in enumerate(MILESTONES):
        left, tone = 0.75 + 2.4 * index, CORAL if index == len(MILESTONES) - 1 else TEAL
        words(slide, date, (left, 2.0, 2.2, 0.4), 18, tone, bold=True)
        dot = slide.shapes.add_shape(MSO_SHAPE.OVAL, *map(Inches, (left, 2.62, 0.25, 0.25)))
        paint(dot, tone)
        block(slide, (left, 3.2, 2.22, 2.6), PALE, rounded=True)
        words(slide, name, (left + 0.2, 3.4, 1.9, 0.65), 17, bold=True, anchor=MSO_ANCHOR.TOP)
        words(slide, detail, (left + 0.2, 4.15, 1.9, 0.6), 14, anchor=MSO_ANCHOR.TOP)
        words(slide, "Owner", (left + 0.2, 4.95, 1.9, 0.25), 11, GREY)
        words(slide, owner, (left + 0.2, 5.2, 1.95, 0.3), 14, TEAL, bold=True)
    note = "All dates depend on the firmware release in November."
    words(slide, note, (0.75, 6.15, 11.8, 0.4), 15, GREY)


def contacts(deck: Presentation) -> None:
    slide = content_slide(deck, 6, "Next steps and contacts", "What happens now")
    words(slide, "Next steps", (0.75, 1.65, 5, 0.4), 19, TEAL, bold=True)
    for index, (date, task) in enumerate(NEXT_STEPS):
        top = 2.25 + 1.05 * index
        block(slide, (0.75, top, 5.2, 0.85), PALE, rounded=True)
        words(slide, date, (1.0, top, 1.1, 0.85), 17, CORAL, bold=True)
        words(slide, task, (2.1, top, 3.7, 0.85), 17)
    words(slide, "Contacts", (6.75, 1.65, 5, 0.4), 19, TEAL, bold=True)
    for index, (name, role, mail) in enumerate(TEAM):
        top = 2.25 + 0.84 * index
        words(slide, name, (6.75, top, 3, 0.36), 17, INK, bold=True)
        words(slide, role, (6.75, top + 0.34, 3, 0.32), 14, GREY)
        words(slide, mail, (9.5, top, 3.08, 0.66), 15, TEAL, align=PP_ALIGN.RIGHT)
        block(slide, (6.75, top + 0.74, 5.83, 0.012), LINE)


def save_deck(path: Path) -> None:
    """Writes the deck of six slides, 16:9, to `path` (.pptx)."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    for draw in (cover, highlights, revenue, installed, roadmap, contacts):
        draw(deck)
    deck.core_properties.title = "Tidewell: Quarterly business review, Q3 2025"
    deck.core_properties.author = "Tidewell"
    deck.save(str(path))
