"""Makes the example pictures beside this file: a deck, a web page and a scanned invoice.

    python examples/data/make_data.py

Needs python-pptx, LibreOffice (soffice), Chromium and the Liberation fonts; the results are
committed, so only who changes them needs these. Everything in the pictures is made up.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np
from make_deck import save_deck
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).resolve().parent
FONTS = Path("/usr/share/fonts/truetype/liberation")
A4 = (1240, 1754)  # pixels at 150 dpi
INK, GREY, ACCENT = (38, 38, 44), (110, 110, 118), (28, 74, 120)

SENDER = ["14 Harbour Street", "Bristol BS1 5TR", "United Kingdom", "VAT GB 412 7780 31"]
CUSTOMER = ["Tidewell AS", "Attn. Jonas Lindqvist", "Strandgaten 18", "5013 Bergen", "Norway"]
FACTS = [
    ("Invoice number", "BW-20418"),
    ("Invoice date", "2 September 2025"),
    ("Order number", "PO-7731"),
    ("Due date", "2 October 2025"),
]
ITEMS = [
    ("Flow cell, acrylic, 250 ml", 12, 84.50),
    ("pH electrode with 3 m cable", 20, 61.00),
    ("Calibration solution pH 7.00, 1 l", 30, 14.20),
    ("Stainless mounting bracket", 40, 9.75),
    ("Transport case, waterproof", 6, 118.00),
]
SHIPPING, TAX = 95.00, 0.20


def make_deck() -> None:
    """deck.pptx, and deck.pdf as LibreOffice prints it."""
    save_deck(HERE / "deck.pptx")
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", HERE, "deck.pptx"]
    subprocess.run(command, check=True, cwd=HERE)


def make_page() -> None:
    """page.png: page.html as Chromium shows it in a window of 1280 x 856."""
    with tempfile.TemporaryDirectory() as profile:
        command = [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
            "--window-size=1280,856",
            f"--user-data-dir={profile}",
            f"--screenshot={HERE / 'page.png'}",
            (HERE / "page.html").as_uri(),
        ]
        subprocess.run(command, check=True)
    image = Image.open(HERE / "page.png").convert("RGB")
    image.save(HERE / "page.png", optimize=True)


def font(size: int, style: str = "Regular", family: str = "Sans") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"Liberation{family}-{style}.ttf", size)


def draw_header(page: ImageDraw.ImageDraw) -> None:
    page.rectangle((110, 118, 122, 206), fill=ACCENT)
    page.text((142, 110), "Brightwell Laboratory Supplies", ACCENT, font(38, "Bold"))
    page.text((142, 168), "Instruments and consumables since 1974", GREY, font(22))
    for row, line in enumerate(SENDER):
        page.text((1130, 112 + 30 * row), line, GREY, font(20), anchor="ra")
    page.text((110, 330), "INVOICE", INK, font(54, "Bold"))
    page.text((110, 440), "Bill to", GREY, font(20))
    for row, line in enumerate(CUSTOMER):
        page.text((110, 472 + 33 * row), line, INK, font(24, "Regular" if row else "Bold"))
    for row, (name, value) in enumerate(FACTS):
        page.text((690, 444 + 46 * row), name, GREY, font(24))
        page.text((1130, 444 + 46 * row), value, INK, font(24, "Bold"), anchor="ra")


def draw_items(page: ImageDraw.ImageDraw) -> None:
    columns = [("Quantity", 735), ("Unit price", 905), ("Amount (GBP)", 1112)]
    page.rectangle((110, 700, 1130, 752), fill=ACCENT)
    page.text((128, 726), "Description", "white", font(23, "Bold"), anchor="lm")
    for name, right in columns:
        page.text((right, 726), name, "white", font(23, "Bold"), anchor="rm")
    for row, (name, count, price) in enumerate(ITEMS):
        middle = 788 + 62 * row
        page.text((128, middle), name, INK, font(24), anchor="lm")
        cells = [str(count), f"{price:,.2f}", f"{count * price:,.2f}"]
        for text, (_, right) in zip(cells, columns, strict=True):
            page.text((right, middle), text, INK, font(24), anchor="rm")
        page.line((110, middle + 31, 1130, middle + 31), (205, 205, 208), 2)
    goods = sum(count * price for _, count, price in ITEMS)
    tax = round((goods + SHIPPING) * TAX, 2)
    sums = [("Subtotal", goods), ("Shipping", SHIPPING), (f"VAT {TAX:.0%}", tax)]
    for row, (name, value) in enumerate(sums):
        page.text((760, 1140 + 44 * row), name, GREY, font(24), anchor="lm")
        page.text((1112, 1140 + 44 * row), f"{value:,.2f}", INK, font(24), anchor="rm")
    page.line((740, 1260, 1130, 1260), INK, 3)
    page.text((760, 1298), "Total due", INK, font(30, "Bold"), anchor="lm")
    total = f"£{goods + SHIPPING + tax:,.2f}"
    page.text((1112, 1298), total, INK, font(30, "Bold"), anchor="rm")


def draw_footer(page: ImageDraw.ImageDraw) -> None:
    terms = [
        "Payment within 30 days by bank transfer to Severn Bank, account 3071 8846.",
        "Please quote the invoice number. Goods remain our property until paid in full.",
        "Questions? Call Helen Marsh on +44 117 496 0182.",
    ]
    for row, line in enumerate(terms):
        page.text((110, 1430 + 36 * row), line, INK, font(22))
    page.text((110, 1590), "Thank you for your order.", ACCENT, font(28, "Italic", "Serif"))
    page.text((1130, 1650), "Page 1 of 1", GREY, font(18), anchor="ra")


def make_scan() -> None:
    """scan.jpg: an invoice as a flatbed scanner at 150 dpi would see it, a little askew."""
    sheet = Image.new("RGB", A4, "white")
    page = ImageDraw.Draw(sheet)
    draw_header(page)
    draw_items(page)
    draw_footer(page)
    page.rounded_rectangle((780, 1575, 1050, 1640), 8, outline=(176, 52, 60), width=4)
    page.text((915, 1608), "RECEIVED 8 SEP", (176, 52, 60), font(26, "Bold"), anchor="mm")
    turned = sheet.rotate(0.7, Image.Resampling.BICUBIC, fillcolor="white")
    pixels = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
    random = np.random.default_rng(20418)
    rows, columns = np.mgrid[0 : A4[1], 0 : A4[0]].astype(np.float32)
    # Paper is warm and not quite white, and a scanner's lamp fades towards one edge.
    light = 0.985 - 0.05 * (columns / A4[0]) ** 3 - 0.02 * rows / A4[1]
    paper = pixels * light[..., None] * np.array([0.985, 0.972, 0.935], np.float32) + 6
    noisy = paper + random.normal(0, 3.2, (A4[1], A4[0], 1)).astype(np.float32)
    scan = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
    scan.save(HERE / "scan.jpg", quality=68, dpi=(150, 150), optimize=True)


if __name__ == "__main__":
    make_deck()
    make_page()
    make_scan()
