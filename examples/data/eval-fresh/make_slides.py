"""Draws the slides of the fresh held-out set, each a deck of its own, by way of PPTX and PDF.

    python examples/data/eval-fresh/make_slides.py

Needs python-pptx, LibreOffice, pdftoppm and the fonts named in README.md. Everything is made up.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.text.text import TextFrame
from pptx.util import Inches, Pt

FOLDER = Path(__file__).parent
INK, WHITE, GREY = "222222", "FFFFFF", "666666"


class Slide:
    """One slide; places and sizes are in inches, colours as six hexadecimal digits."""

    def __init__(self, name: str, font: str, *, wide: float = 13.333, back: str = WHITE) -> None:
        self.name, self.font = name, font
        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = Inches(wide), Inches(7.5)
        self.slide = self.deck.slides.add_slide(self.deck.slide_layouts[6])
        self.shapes = self.slide.shapes
        self.slide.background.fill.solid()
        self.slide.background.fill.fore_color.rgb = RGBColor.from_string(back)

    def write(
        self,
        x: float,
        y: float,
        w: float,
        text: str,
        size: int,
        color: str = INK,
        *,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        frame = self.shapes.add_textbox(Inches(x), Inches(y), Inches(w), Inches(0.4)).text_frame
        frame.word_wrap = True
        self._fill(frame, text, size, color, bold, align)

    def panel(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        color: str,
        *,
        shape: MSO_SHAPE = MSO_SHAPE.RECTANGLE,
    ) -> None:
        panel = self.shapes.add_shape(shape, Inches(x), Inches(y), Inches(w), Inches(h))
        panel.fill.solid()
        panel.fill.fore_color.rgb = RGBColor.from_string(color)
        panel.line.fill.background()

    def table(
        self,
        x: float,
        y: float,
        widths: Sequence[float],
        rows: Sequence[Sequence[str]],
        size: int,
        color: str,
    ) -> None:
        shape = self.shapes.add_table(
            len(rows), len(widths), Inches(x), Inches(y), Inches(sum(widths)), Inches(len(rows) / 2)
        )
        for column, width in enumerate(widths):
            shape.table.columns[column].width = Inches(width)
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                cell = shape.table.cell(r, c)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                cell.fill.solid()
                fill = color if r == 0 else ("EFE9DD" if r == len(rows) - 1 else WHITE)
                cell.fill.fore_color.rgb = RGBColor.from_string(fill)
                bold = r in (0, len(rows) - 1)
                ink = WHITE if r == 0 else INK
                align = "right" if 0 < c < 5 else "left"
                self._fill(cell.text_frame, text, size, ink, bold, align)

    def _fill(
        self, frame: TextFrame, text: str, size: int, color: str, bold: bool, align: str
    ) -> None:
        for index, line in enumerate(text.split("\n")):
            paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
            paragraph.alignment = getattr(PP_ALIGN, align.upper())
            paragraph.space_after = Pt(4)
            run = paragraph.add_run()
            run.text, run.font.size, run.font.bold, run.font.name = line, Pt(size), bold, self.font
            run.font.color.rgb = RGBColor.from_string(color)

    def save(self) -> None:
        """Draws the slide 1280 (or, in 4:3, 1200) pixels wide."""
        with tempfile.TemporaryDirectory() as folder:
            deck = Path(folder, "deck.pptx")
            self.deck.save(deck)
            office = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, deck]
            subprocess.run(office, check=True, capture_output=True)
            wide = 1280 if self.deck.slide_width > Inches(11) else 1200
            draw = ["pdftoppm", "-png", "-singlefile", "-scale-to-x", str(wide), "-scale-to-y"]
            subprocess.run(
                [*draw, "-1", Path(folder, "deck.pdf"), Path(folder, "deck")], check=True
            )
            drawn = Image.open(Path(folder, "deck.png")).convert("RGB")
            drawn.save(FOLDER / f"slide-{self.name}.jpg", quality=82)


def solar() -> Slide:
    slide = Slide("solar", "Lato")
    slide.panel(0, 0, 0.35, 7.5, "E8A317")
    slide.write(0.7, 0.35, 12, "Jayanagar Rooftop Solar Co-operative", 34, "1F4E5F", bold=True)
    slide.write(0.7, 1.05, 12, "Electricity generated per quarter, in MWh", 20, GREY)
    data = CategoryChartData()
    data.categories = ["Jan–Mar", "Apr–Jun", "Jul–Sep", "Oct–Dec"]
    data.add_series("2023", (41, 57, 38, 44))
    data.add_series("2024", (48, 66, 43, 52))
    place = Inches(0.6), Inches(1.6), Inches(7.9), Inches(5.0)
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data).chart
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    chart.font.size, chart.font.name = Pt(15), "Lato"
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.visible = False
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 60, True
    plot.data_labels.show_value = True
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    plot.data_labels.font.size = Pt(15)
    for series, color in zip(plot.series, ("9DB8BF", "E8A317"), strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = RGBColor.from_string(color)
    slide.panel(8.9, 1.8, 4.0, 4.6, "EEF3F4")
    slide.write(9.1, 1.95, 3.7, "209 MWh in 2024\n180 MWh the year before", 20, "1F4E5F", bold=True)
    facts = (
        "312 households are members\n148 kWp on 27 roofs\nSurplus sold at ₹3.65 per kWh\n"
        "Dividend: ₹1,150 a share\nMonsoon months remain the weakest"
    )
    slide.write(9.1, 3.15, 3.7, facts, 18)
    foot = "Annual general meeting, 22 February 2025   ·   Treasurer: Vasanthi Hegde"
    slide.write(0.7, 6.85, 11, foot, 14, GREY)
    slide.write(12.2, 6.85, 0.7, "7", 14, GREY, align="right")
    return slide


def beans() -> Slide:
    slide = Slide("beans", "Roboto Slab", wide=10, back="F6EFE6")
    slide.write(0.5, 0.35, 9, "Where our green coffee came from", 30, "4A2C1A", bold=True)
    slide.write(0.5, 1.0, 9, "Kaszub Coffee Roasters, Gdynia: purchasing review 2024", 16, GREY)
    data = CategoryChartData(number_format="0%")
    data.categories = ["Ethiopia", "Colombia", "Peru", "Rwanda", "Timor-Leste"]
    data.add_series("Share", (0.34, 0.27, 0.18, 0.13, 0.08))
    place = Inches(0.0), Inches(1.5), Inches(6.1), Inches(5.2)
    chart = slide.shapes.add_chart(XL_CHART_TYPE.PIE, *place, data).chart
    chart.has_legend, chart.has_title = False, False
    plot = chart.plots[0]
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.show_category_name, labels.show_percentage, labels.show_value = True, True, False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size, labels.font.name = Pt(12), "Carlito"
    colors = ("6B3A1E", "A5653A", "C9935B", "7F8F5A", "3F6B6B")
    for index, color in enumerate(colors):
        point = plot.series[0].points[index]
        point.format.fill.solid()
        point.format.fill.fore_color.rgb = RGBColor.from_string(color)
    facts = (
        "46.5 tonnes bought\nfrom 31 farms and co-operatives\n \nPaid on average: $6.12 a kilo\n"
        "Dearest lot: a Gesha from Huila\nat $14.80 a kilo\n \nNew in 2024: Timor-Leste\n \n"
        "39.1 tonnes left the roastery"
    )
    slide.write(5.9, 1.9, 3.9, facts, 16)
    slide.write(0.5, 6.85, 9, "Jagoda Wilkowska, head of sourcing", 14, GREY)
    return slide


def freezers() -> Slide:
    slide = Slide("freezers", "Carlito")
    slide.panel(0, 0, 13.333, 1.15, "0B6E4F")
    slide.write(0.5, 0.22, 12, "Vaccine freezers by district, end of 2024", 34, WHITE, bold=True)
    head = ("District", "Health centres", "Freezers", "Working", "Broken", "Last inspection")
    rows = [
        head,
        ("Lower Densu", "24", "31", "28", "3", "12 November 2024"),
        ("Akwamu Ridge", "17", "22", "17", "5", "3 October 2024"),
        ("Sefwi Plains", "29", "40", "38", "2", "21 November 2024"),
        ("Anlo Coast", "13", "19", "13", "6", "18 September 2024"),
        ("Upper Tano", "21", "26", "25", "1", "6 December 2024"),
        ("All districts", "104", "138", "121", "17", ""),
    ]
    slide.table(0.6, 1.6, (2.8, 2.0, 1.6, 1.6, 1.4, 2.8), rows, 20, "084C37")
    note = (
        "A freezer works if it held −20 °C for 72 hours without a break.\n"
        "Replacements for Anlo Coast arrive in February 2025: 5 chest freezers, GH₵ 14,200 each."
    )
    slide.write(0.6, 5.35, 12, note, 19)
    slide.write(
        0.6, 6.75, 12, "Regional Cold Chain Unit · Kwabena Osei-Tutu · slide 3 of 11", 14, GREY
    )
    return slide


def payroll() -> Slide:
    slide = Slide("payroll", "Inter", back="FAFAFC")
    slide.write(0.6, 0.35, 12.2, "Payroll: stay with Tallybird or move to Quillon?", 32, bold=True)
    columns = (
        (0.6, "7A8199", "Tallybird", "our provider since 2017", (
            "£4.10 per payslip\nContract runs out on 31 August 2025\n"
            "38 payslips were wrong in 2024\nNo app for staff\n"
            "Help by email only, answers in two working days"
        )),
        (6.9, "5B3FD6", "Quillon", "best of four offers", (
            "£3.35 per payslip\n36 months, then three months’ notice\n"
            "Set-up costs £7,200 once\nApp in 14 languages\n"
            "Help by telephone, 8 am to 6 pm, Saturdays too"
        )),
    )  # fmt: skip
    for x, color, name, tag, points in columns:
        slide.panel(x, 1.35, 5.85, 0.75, color)
        slide.write(x + 0.2, 1.43, 2.6, name, 26, WHITE, bold=True)
        slide.write(x + 2.6, 1.55, 3.1, tag, 16, WHITE, align="right")
        slide.write(x + 0.1, 2.3, 5.6, points.replace("\n", "\n \n"), 17)
    slide.panel(0.6, 5.6, 12.15, 1.2, "E9E4FF")
    text = (
        "We propose: move, with the first Quillon pay run in October 2025. For 620 staff that "
        "saves £5,580 a year.\nDecision needed from Ms Adeyemi-Clarke by 30 May."
    )
    slide.write(0.8, 5.7, 11.8, text, 17)
    slide.write(0.6, 6.95, 12, "Finance committee, 8 May 2025 · paper F/25/19", 13, GREY)
    return slide


def hostels() -> Slide:
    slide = Slide("hostels", "Cantarell", back="10243E")
    slide.write(0.6, 0.35, 12, "Bahay Hostels: July to September 2024", 34, WHITE, bold=True)
    slide.write(0.6, 1.05, 12, "Nine houses, 1,184 beds", 20, "9FC3E8")
    tiles = (
        ("Occupancy", "81.4 %", "up 6.2 points on last year", "1F8A70"),
        ("Revenue", "₱38.9 m", "up 11 %", "1F8A70"),
        ("Price of a bed", "₱742", "down 3 %", "B4472E"),
        ("Guest rating", "9.1 / 10", "from 4,316 reviews", "2E5E8C"),
        ("Booked directly", "44 %", "target: 50 %", "B4472E"),
        ("Staff who left", "17 %", "a year ago: 23 %", "1F8A70"),
    )
    for index, (label, value, note, color) in enumerate(tiles):
        x, y = 0.6 + 4.1 * (index % 3), 1.75 + 2.2 * (index // 3)
        slide.panel(x, y, 3.9, 2.0, color, shape=MSO_SHAPE.ROUNDED_RECTANGLE)
        slide.write(x + 0.2, y + 0.1, 3.5, label, 18, "E8EEF5")
        slide.write(x + 0.2, y + 0.5, 3.5, value, 38, WHITE, bold=True)
        slide.write(x + 0.2, y + 1.45, 3.5, note, 16, "E8EEF5")
    text = "Fullest: Siargao, 93 %. Emptiest: Baguio, 64 %, where the roof was repaired in August."
    slide.write(0.6, 6.2, 12.2, text, 18, WHITE)
    slide.write(0.6, 6.8, 12, "Luzviminda Catapang, operations · 9 October 2024", 14, "9FC3E8")
    return slide


def museum() -> Slide:
    slide = Slide("museum", "Caladea", back="FDFBF5")
    slide.write(
        0.6, 0.4, 12, "Tile Museum of Setúbal: the road to reopening", 34, "1C4F8F", bold=True
    )
    slide.panel(0.7, 2.92, 11.9, 0.08, "1C4F8F")
    steps = (
        ("11 March 2024", "Collection moved\nto the store in Palmela"),
        ("September 2024", "Roof of the east wing\nfinished"),
        ("June 2025", "Climate control\nswitched on"),
        ("November 2025", "Café and shop\nhanded over"),
        ("18 April 2026", "Doors open\nto the public"),
    )
    for index, (when, what) in enumerate(steps):
        x = 0.6 + 2.45 * index
        slide.panel(x + 0.95, 2.78, 0.36, 0.36, "E0A526", shape=MSO_SHAPE.OVAL)
        slide.write(x, 2.15, 2.3, when, 18, "1C4F8F", bold=True, align="center")
        slide.write(x, 3.3, 2.3, what, 16, align="center")
    slide.panel(0.7, 4.6, 11.9, 0.03, "BBBBBB")
    money = (
        "Budget: €12.4 million\nCity €5.6 million\n"
        "Ministry of Culture €4.3 million\nDonors €2.5 million"
    )
    slide.write(0.7, 4.75, 5.2, money, 18)
    people = (
        "Architects: Ateliê Rebelo & Nunes\nSite manager: Duarte Falcão\n"
        "8,430 tiles cleaned so far, 2,170 to go\nEntry after reopening: €9, free under 14"
    )
    slide.write(6.4, 4.75, 6.3, people, 18)
    slide.write(0.7, 6.95, 12, "Progress report no. 5, 30 January 2025", 14, GREY)
    return slide


if __name__ == "__main__":
    for make in (solar, beans, freezers, payroll, hostels, museum):
        make().save()
