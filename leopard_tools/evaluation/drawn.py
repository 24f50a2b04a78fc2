"""Tables in HTML as pictures: the same pixels on every machine.

What is shown is what the published loader for MultiHiertt shows: the cells in `td` alone, a cell
over several columns repeated in each, the first row as the heading, rows counted from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

from PIL import Image, ImageDraw, ImageFont

SIZE = 20
PADDING = 8
_STRIPES = ("#e6f7ff", "#ffffff")
_INK, _RULE = "#000000", "#9aa5ad"


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A table in HTML that is drawn when it is asked for."""

    name: str
    html: str

    def source(self) -> Image.Image:
        return draw_table(table_rows(self.html))


class _Cells(HTMLParser):
    """Collects the texts of a table's `td`, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._text: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            span = dict(attrs).get("colspan") or "1"
            self._text, self._span = [], int(span) if span.isdigit() else 1

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        if tag == "td" and self._text is not None:
            if not self.rows:
                self.rows.append([])
            self.rows[-1] += ["".join(self._text)] * self._span
            self._text = None


def table_rows(html: str) -> list[list[str]]:
    """The cells of a table, the heading first, every row as wide as the widest.

    >>> table_rows("<tr><td colspan=2>Year</td></tr><tr><td>2020</td></tr>")
    [['Year', 'Year'], ['2020', '']]
    """
    parser = _Cells()
    parser.feed(html)
    # Rows before the first that has cells have no heading to give.
    rows = parser.rows
    while rows and not rows[0]:
        rows = rows[1:]
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def draw_table(rows: list[list[str]]) -> Image.Image:
    """A picture of a table with its rows counted at the left; one cell for an empty table."""
    numbered = [[str(n - 1) if n else "", *row] for n, row in enumerate(rows or [[""]])]
    font = ImageFont.load_default(SIZE)
    columns = list(zip(*numbered, strict=True))
    widths = [round(max(font.getlength(text) for text in c)) + 2 * PADDING for c in columns]
    height = SIZE + 2 * PADDING
    picture = Image.new("RGB", (sum(widths) + 1, height * len(numbered) + 1), "white")
    draw = ImageDraw.Draw(picture)
    for index, row in enumerate(numbered):
        top, left = index * height, 0
        fill = "#ffffff" if index == 0 else _STRIPES[(index - 1) % len(_STRIPES)]
        for text, width in zip(row, widths, strict=True):
            draw.rectangle((left, top, left + width, top + height), fill=fill, outline=_RULE)
            draw.text((left + PADDING, top + PADDING - 3), text, fill=_INK, font=font)
            left += width
    return picture


__all__ = ["DrawnTable", "draw_table", "table_rows"]
