"""Forty pages to ask about: three decks as PDF and two scans as multi-page TIFF, drawn with PIL.

Each page is about one thing, in a title and a few lines of a label and a value, which a small
model can read; no two pages share a value that is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, features

SIZE = (1280, 720)

SHIPS = """
Kittiwake|Oban|1998|Morag Sinclair|42
Fulmar|Ullapool|2019|Duncan Reid|120
Sula Bay|Mallaig|2011|Isla Fraser|68
Petrel|Kennacraig|2004|Callum Boyd|55
Guillemot|Ardrossan|2015|Fiona Munro|96
Razorbill|Gourock|1993|Angus Laird|31
Shearwater|Scrabster|2008|Catriona Bain|88
Puffin|Stromness|2021|Rory Gunn|140
Cormorant|Lochmaddy|1989|Effie MacRae|24
Gannet|Tarbert|2001|Hamish Orr|47
Skua|Lerwick|2013|Marit Isbister|79
Tern|Stornoway|1996|Neil Campbell|36
""".strip()
LIBRARIES = """
Marsh Lane|1932|Ada Whitfield|41,800|01904 221 118
Kingsway|1978|Tom Okoro|63,200|01904 221 145
Riverside|2006|Lena Brandt|28,900|01904 221 162
Old Mill|1911|Percy Hollis|19,400|01904 221 179
Castle Street|1954|Nadia Rahman|52,700|01904 221 183
Northfield|1989|Bram de Wit|34,100|01904 221 196
Harbour View|2014|Joanna Kerr|22,300|01904 221 204
Elm Park|1967|Samir Haddad|47,500|01904 221 217
Station Road|1903|Ivy Thornton|15,600|01904 221 229
Westgate|1996|Olu Adeyemi|58,000|01904 221 238
Greenhill|2019|Mina Sato|12,700|01904 221 246
Abbey Square|1948|Leo Marchetti|39,300|01904 221 255
""".strip()
HUTS = """
Skarven|1,240 m|36|Solveig Berg|June to September
Ravnhytta|980 m|22|Odd Haugen|May to October
Tindebu|1,615 m|18|Kari Lunde|July to August
Elvestua|640 m|54|Per Dahl|All year
Bjornebu|1,105 m|28|Randi Moe|June to October
Isfjell|1,890 m|14|Arne Vik|July only
Granheim|720 m|60|Tuva Lie|All year
Steinbu|1,330 m|32|Nils Foss|June to August
Vatnhytta|865 m|40|Hege Strand|March to October
Kvitnos|1,470 m|20|Jon Eide|July to September
Dalsbu|590 m|48|Berit Aas|All year
Storsteinen|1,725 m|16|Gro Sande|July and August
""".strip()
INVOICES = """
BW-20418|Brightwater Laboratories|2 October 2025|1,284.50 pounds
QS-7731|Quarry Supplies|17 November 2025|962.00 pounds
""".strip()
LETTERS = """
Margaret Ellison|Heatherbank Surgery|14 March 2026|Dr Yusuf Khan
Oliver Trent|Lowfield Clinic|9 April 2026|Dr Helen Park
""".strip()


@dataclass(frozen=True)
class Sheet:
    """A page: its title and its lines."""

    title: str
    lines: tuple[tuple[str, str], ...]


def _sheets(kind: str, labels: tuple[str, ...], table: str) -> list[Sheet]:
    rows = [row.split("|") for row in table.split("\n")]
    return [Sheet(kind.format(row[0]), tuple(zip(labels, row[1:], strict=True))) for row in rows]


DECKS = {
    "ships.pdf": _sheets("The {}", ("Home port", "Built", "Captain", "Cars carried"), SHIPS),
    "libraries.pdf": _sheets(
        "{} library", ("Opened", "Head librarian", "Books", "Phone"), LIBRARIES
    ),
    "huts.pdf": _sheets("{} hut", ("Height", "Beds", "Warden", "Open"), HUTS),
}
SCANS = {
    "invoices.tiff": _sheets("Invoice {}", ("From", "Due date", "Total to pay"), INVOICES),
    "letters.tiff": _sheets(
        "Appointment letter for {}", ("Place", "Date of appointment", "Doctor"), LETTERS
    ),
}
QUESTIONS = [
    ("What is the home port of the Kittiwake?", "Oban", "ships.pdf", 1),
    ("Who is the captain of the Fulmar?", "Duncan Reid", "ships.pdf", 2),
    ("When was the Guillemot built?", "2015", "ships.pdf", 5),
    ("Who is the head librarian of Castle Street library?", "Nadia Rahman", "libraries.pdf", 5),
    ("What is the phone number of Elm Park library?", "01904 221 217", "libraries.pdf", 8),
    ("How many books does Northfield library have?", "34,100", "libraries.pdf", 6),
    ("How many beds does Tindebu hut have?", "18", "huts.pdf", 3),
    ("Who is the warden of Storsteinen hut?", "Gro Sande", "huts.pdf", 12),
    ("What is the due date of invoice QS-7731?", "17 November 2025", "invoices.tiff", 2),
    ("Who is the doctor in the letter for Oliver Trent?", "Dr Helen Park", "letters.tiff", 2),
]
"""Question, answer, file and page."""


def draw(sheet: Sheet, *, scanned: bool = False) -> Image.Image:
    """The page as a picture; a scanned one is grey, grainy and a little crooked."""
    image = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(image)
    pen.text((80, 70), sheet.title, font=_font(64), fill="#14303b")
    for number, (label, value) in enumerate(sheet.lines):
        pen.text((80, 220 + 100 * number), f"{label}: {value}", font=_font(40), fill="black")
    return _scanned(image) if scanned else image


def box_of(sheet: Sheet, value: str) -> tuple[int, int, int, int]:
    """Where a value was drawn on a page that is not scanned: left, top, right, bottom."""
    for number, (label, found) in enumerate(sheet.lines):
        if found == value:
            left = 80 + _font(40).getlength(f"{label}: ")
            _, top, right, bottom = _font(40).getbbox(value)
            return (
                round(left),
                220 + 100 * number + round(top),
                round(left + right),
                round(220 + 100 * number + bottom),
            )
    raise KeyError(value)


def write(folder: Path) -> list[Path]:
    """Writes all files into a folder."""
    written = []
    for name, sheets in {**DECKS, **SCANS}.items():
        pages = [draw(sheet, scanned=name in SCANS) for sheet in sheets]
        pages[0].save(folder / name, save_all=True, append_images=pages[1:])
        written.append(folder / name)
    return written


def _font(size: int) -> ImageFont.FreeTypeFont:
    assert features.check("freetype2")
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _scanned(image: Image.Image) -> Image.Image:
    turned = image.rotate(0.4, Image.Resampling.BICUBIC, fillcolor="white")
    grain = np.random.default_rng(0).normal(0, 6, (image.height, image.width, 1))
    grey = np.clip(np.asarray(turned, np.float32) * 0.93 + grain, 0, 255)
    return Image.fromarray(grey.astype(np.uint8))
