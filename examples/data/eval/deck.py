"""A deck to draw on with python-pptx, saved as pictures through LibreOffice; for make_slides.py."""

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
from pptx.enum.text import PP_ALIGN
from pptx.slide import Slide
from pptx.util import Inches, Pt

HERE = Path(__file__).resolve().parent
Place = tuple[float, float, float, float]  # left, top, width, height in inches of 13.33 x 7.5


class Deck:
    """A deck with one font and three colours; every slide has a name."""

    def __init__(self, font: str, ink: str, accent: str, pale: str) -> None:
        self.font, self.ink, self.accent, self.pale = font, ink, accent, pale
        self.file = Presentation()
        self.file.slide_width, self.file.slide_height = Inches(13.333), Inches(7.5)
        self.names: list[str] = []

    def slide(self, name: str, background: str = "FFFFFF") -> Slide:
        slide = self.file.slides.add_slide(self.file.slide_layouts[6])
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = RGBColor.from_string(background)
        self.names.append(name)
        return slide

    def write(
        self,
        slide: Slide,
        place: Place,
        lines: str | Sequence[str],
        size: float,
        *,
        color: str | None = None,
        bold: bool = False,
        align: PP_ALIGN = PP_ALIGN.LEFT,
    ) -> None:
        frame = slide.shapes.add_textbox(*map(Inches, place)).text_frame
        frame.word_wrap = True
        for number, line in enumerate([lines] if isinstance(lines, str) else lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment, paragraph.space_after = align, Pt(size * 0.45)
            run = paragraph.add_run()
            run.text, run.font.name, run.font.size, run.font.bold = line, self.font, Pt(size), bold
            run.font.color.rgb = RGBColor.from_string(color or self.ink)

    def block(
        self, slide: Slide, place: Place, fill: str, kind: MSO_SHAPE = MSO_SHAPE.RECTANGLE
    ) -> None:
        shape = slide.shapes.add_shape(kind, *map(Inches, place))
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor.from_string(fill)
        shape.line.fill.background()
        shape.shadow.inherit = False

    def table(self, slide: Slide, place: Place, rows: Sequence[Sequence[str]], size: float) -> None:
        grid = slide.shapes.add_table(len(rows), len(rows[0]), *map(Inches, place)).table
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                cell = grid.cell(r, c)
                cell.fill.solid()
                fill = self.accent if r == 0 else self.pale if r % 2 else "FFFFFF"
                cell.fill.fore_color.rgb = RGBColor.from_string(fill)
                paragraph = cell.text_frame.paragraphs[0]
                paragraph.alignment = PP_ALIGN.RIGHT if c > 1 else PP_ALIGN.LEFT
                run = paragraph.add_run()
                run.text, run.font.name, run.font.size = text, self.font, Pt(size)
                run.font.bold = r == 0
                color = "FFFFFF" if r == 0 else self.ink
                run.font.color.rgb = RGBColor.from_string(color)

    def chart(
        self,
        slide: Slide,
        place: Place,
        kind: XL_CHART_TYPE,
        categories: Sequence[str],
        series: dict[str, Sequence[float]],
        colors: Sequence[str],
        number_format: str = "General",
    ) -> None:
        data = CategoryChartData(number_format)
        data.categories = categories
        for name, values in series.items():
            data.add_series(name, values)
        chart = slide.shapes.add_chart(kind, *map(Inches, place), data).chart
        chart.font.name, chart.font.size = self.font, Pt(14)
        chart.has_legend = len(series) > 1
        if chart.has_legend:
            chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        plot = chart.plots[0]
        plot.has_data_labels = True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = (
            number_format,
            False,
        )
        plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
        plot.data_labels.font.size = Pt(13)
        plot.gap_width = 60
        chart.value_axis.has_major_gridlines = False
        chart.value_axis.visible = False
        for one, color in zip(plot.series, colors, strict=True):
            one.format.fill.solid()
            one.format.fill.fore_color.rgb = RGBColor.from_string(color)

    def save(self) -> None:
        """The slides as pictures of 1280 x 720 beside this file, through LibreOffice."""
        with tempfile.TemporaryDirectory() as folder:
            deck = Path(folder) / "deck.pptx"
            self.file.save(str(deck))
            profile = f"-env:UserInstallation=file://{folder}/profile"
            convert = ["soffice", profile, "--headless", "--norestore", "--convert-to", "pdf"]
            subprocess.run([*convert, "--outdir", folder, deck], check=True, capture_output=True)
            draw = ["pdftoppm", "-png", "-scale-to-x", "1280", "-scale-to-y", "720"]
            subprocess.run([*draw, deck.with_suffix(".pdf"), f"{folder}/page"], check=True)
            pages = sorted(Path(folder).glob("page-*.png"))
            for name, page in zip(self.names, pages, strict=True):
                with Image.open(page) as picture:
                    picture.convert("RGB").save(HERE / f"{name}.jpg", quality=85, optimize=True)
