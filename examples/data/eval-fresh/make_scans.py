"""Draws the paper of the fresh held-out set: a delivery note, a parking ticket, a menu and a
warranty card, photographed or scanned a little askew.

    python examples/data/eval-fresh/make_scans.py

Needs Pillow, numpy and the fonts named in README.md. Everything on the papers is made up.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Color = tuple[int, int, int]

FOLDER = Path(__file__).parent
INK, GREY, BLUE, RED = (30, 30, 34), (110, 110, 115), (28, 52, 140), (170, 40, 40)


class Paper:
    """A sheet to write on; `write` takes a font's file name, a size, and Pillow's anchors."""

    def __init__(self, width: int, height: int, color: Color) -> None:
        self.sheet = Image.new("RGB", (width, height), color)
        self.pen = ImageDraw.Draw(self.sheet)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        font: str,
        size: int,
        color: Color = INK,
        anchor: str = "ls",
    ) -> None:
        drawn = ImageFont.truetype(font, size)
        for row, line in enumerate(text.split("\n")):
            self.pen.text((x, y + round(1.45 * size) * row), line, color, drawn, anchor)

    def rule(self, y: float, left: float, right: float, width: int = 2, color: Color = INK) -> None:
        self.pen.line((left, y, right, y), color, width)

    def save(
        self, name: str, *, degrees: float, blur: float, noise: float, shade: float, table: Color
    ) -> None:
        """Lays the sheet on a table, turned, lit from the left, softened and with noise."""
        border = 26
        size = self.sheet.width + 2 * border, self.sheet.height + 2 * border
        photo = Image.new("RGB", size, table)
        photo.paste(self.sheet, (border, border))
        photo = photo.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=table)
        photo = photo.filter(ImageFilter.GaussianBlur(blur))
        pixels = np.asarray(photo, np.float32)
        light = np.linspace(1.0, 1.0 - shade, size[0], dtype=np.float32)[None, :, None]
        grain = np.random.default_rng(len(name)).normal(0, noise, (*pixels.shape[:2], 1))
        drawn = Image.fromarray(np.clip(pixels * light + grain, 0, 255).astype(np.uint8))
        drawn.save(FOLDER / f"scan-{name}.jpg", quality=72)


def delivery() -> None:
    paper, plain, bold = Paper(1100, 1240, (252, 252, 250)), "Lato-Regular.ttf", "Lato-Bold.ttf"
    paper.write(80, 105, "FJELLHEIM MØBLER AS", bold, 38, (20, 70, 60))
    paper.write(80, 145, "Office furniture · Industriveien 12, 2619 Lillehammer", plain, 20, GREY)
    paper.write(1020, 105, "DELIVERY NOTE", bold, 34, anchor="rs")
    paper.rule(170, 80, 1020, 3, (20, 70, 60))
    left = (
        "Delivered to\nVidar Skole, goods entrance B\nAttn. Ms Sunniva Hjelle\n"
        "Kongens gate 40, 7012 Trondheim"
    )
    paper.write(80, 215, left, plain, 22)
    facts = (
        ("Note no.", "LS-55130"),
        ("Order no.", "VS/2025/311"),
        ("Ordered", "4 July 2025"),
        ("Delivered", "14 August 2025"),
        ("Driver", "M. Okafor"),
    )
    for row, (label, value) in enumerate(facts):
        paper.write(640, 215 + 36 * row, label, plain, 22, GREY)
        paper.write(1020, 215 + 36 * row, value, bold, 22, anchor="rs")
    places = (80, 430, 640, 780, 1020)
    anchors = ("ls", "ls", "rs", "rs", "rs")
    rows = (
        ("Item", "Article", "Ordered", "Sent", "Weight, kg"),
        ("Desk Lofot, birch", "20-118", "12", "12", "264.0"),
        ("Chair Tind, grey", "31-044", "24", "20", "104.0"),
        ("Drawer unit Rondane", "27-302", "6", "6", "87.0"),
        ("Cable tray", "90-015", "12", "12", "14.4"),
        ("Coat stand Gran", "44-209", "2", "0", "0.0"),
        ("Total", "", "56", "50", "469.4"),
    )
    for row, cells in enumerate(rows):
        y = 470 + 52 * row
        font = bold if row in (0, len(rows) - 1) else plain
        for x, anchor, text in zip(places, anchors, cells, strict=True):
            paper.write(x, y, text, font, 23, anchor=anchor)
        paper.rule(y + 16, 80, 1020, 3 if row in (0, 5) else 1)
    text = (
        "3 pallets, to be returned. Lorry FH 60812.\n"
        "To follow on 3 September 2025: 4 chairs, 2 coat stands.\n"
        "Please report damage within 7 days: 61 55 01 88 or retur@fjellheim.example"
    )
    paper.write(80, 875, text, plain, 22)
    paper.write(80, 1045, "Remarks", plain, 20, GREY)
    paper.write(200, 1050, "one desk scratched, leg of drawer unit bent", "ComicNeue-Regular.otf",
                29, BLUE)  # fmt: skip
    paper.write(80, 1140, "Received by", plain, 20, GREY)
    paper.write(220, 1142, "Sunniva Hjelle", "DancingScript-Bold.otf", 44, BLUE)
    paper.write(640, 1140, "Time", plain, 20, GREY)
    paper.write(720, 1142, "10.25", "ComicNeue-Regular.otf", 32, BLUE)
    paper.save("delivery", degrees=0.9, blur=0.6, noise=4.5, shade=0.08, table=(225, 225, 228))


def parking() -> None:
    paper = Paper(860, 1330, (255, 250, 225))
    mono, bold = "Inconsolata.otf", "OpenSans-Bold.ttf"
    paper.pen.rectangle((0, 0, 860, 130), (40, 40, 48))
    paper.write(430, 60, "MUNICIPALITY OF NELSRUST", bold, 34, (255, 250, 225), "ms")
    paper.write(430, 106, "Traffic and Parking Services", bold, 24, (255, 250, 225), "ms")
    paper.write(430, 190, "NOTICE OF FINE", bold, 40, anchor="ms")
    facts = (
        ("NOTICE NO", "NP 7720416"),
        ("DATE", "19/03/2025"),
        ("TIME", "10:47"),
        ("FIRST SEEN", "10:36"),
        ("REGISTRATION", "CFR 418 GP"),
        ("VEHICLE", "TOYOTA, WHITE"),
        ("LICENCE DISC TO", "31/10/2025"),
        ("STREET", "KERK ST, BY NO 52"),
        ("OFFENCE", "23 LOADING BAY"),
        ("OFFICER", "0382 T. NDABA"),
    )
    for row, (label, value) in enumerate(facts):
        paper.write(60, 260 + 50 * row, label, mono, 30, GREY)
        paper.write(330, 260 + 50 * row, value, mono, 34)
    text = "Parked in a loading bay without goods,\n07:00 to 16:00 Monday to Saturday."
    paper.write(60, 775, text, "OpenSans-Regular.ttf", 25)
    paper.pen.rectangle((50, 850, 810, 1010), outline=INK, width=4)
    paper.write(80, 912, "FINE", bold, 34)
    paper.write(780, 912, "R 700.00", bold, 40, anchor="rs")
    paper.write(80, 980, "If paid by 2 April 2025", bold, 26)
    paper.write(780, 980, "R 350.00", bold, 32, anchor="rs")
    text = (
        "Pay at any Post Office, at the Civic Centre, desk 4,\n"
        "or on pay.nelsrust.example\n"
        "Objections in writing within 30 days:\n"
        "The Traffic Manager, Private Bag X11, Nelsrust 1203\n"
        "Telephone 013 555 0190, weekdays 8:00 to 15:30"
    )
    paper.write(60, 1065, text, "OpenSans-Regular.ttf", 24)
    paper.write(430, 1275, "* N P 7 7 2 0 4 1 6 *", mono, 34, anchor="ms")
    paper.save("parking", degrees=-2.0, blur=0.8, noise=5.5, shade=0.16, table=(96, 92, 90))


def menu() -> None:
    paper, serif = Paper(1180, 1200, (246, 238, 218)), "Caladea-Regular.ttf"
    bold, green = "Caladea-Bold.ttf", (52, 84, 60)
    paper.write(590, 110, "Zaatar & Fig", "DancingScript-Bold.otf", 76, green, "ms")
    paper.write(590, 160, "Lunch, Tuesday to Friday, 11.30 to 14.30", serif, 27, anchor="ms")
    paper.rule(185, 420, 760, 2, green)
    columns = (
        (70, "To begin", (
            ("Lentil soup with lemon", "v", "5.80"),
            ("Fattoush", "v g", "7.40"),
            ("Smoked aubergine, pomegranate", "v", "6.90"),
            ("Lamb sambousek, three", "g n", "8.20"),
        )),
        (70, "Sweet", (
            ("Rose water rice pudding", "v m", "4.90"),
            ("Date cake, warm", "v g m n", "5.60"),
            ("Two scoops of fig ice cream", "v m", "4.40"),
        )),
        (630, "Plates", (
            ("Chicken musakhan", "g n", "15.50"),
            ("Trout with tahini, potatoes", "", "18.90"),
            ("Stuffed courgettes", "v", "13.80"),
            ("Beef kafta, tomato, rice", "", "16.20"),
            ("Freekeh with mushrooms", "v g", "14.10"),
        )),
        (630, "To drink", (
            ("Mint lemonade, 0.4 l", "", "4.20"),
            ("Ayran, 0.3 l", "m", "3.10"),
            ("Cardamom coffee", "", "2.90"),
            ("Bekaa red, a glass", "", "6.50"),
        )),
    )  # fmt: skip
    tops = {"To begin": 250, "Sweet": 580, "Plates": 250, "To drink": 640}
    for x, title, dishes in columns:
        y = tops[title]
        paper.write(x, y, title, bold, 36, green)
        for row, (dish, marks, price) in enumerate(dishes):
            paper.write(x, y + 56 + 54 * row, dish, serif, 27)
            paper.write(x + 410, y + 56 + 54 * row, marks, serif, 20, GREY, "rs")
            paper.write(x + 480, y + 56 + 54 * row, price, serif, 27, anchor="rs")
    paper.pen.rectangle((70, 905, 1110, 1010), outline=green, width=3)
    text = "Set lunch: soup or fattoush, any plate, coffee"
    paper.write(100, 970, text, bold, 31)
    paper.write(1080, 970, "€ 21.50", bold, 34, anchor="rs")
    text = (
        "v vegetarian · g gluten · m milk · n nuts · bread and olives 2.00 a person\n"
        "Ask Rima or Élodie about the dish of the day. We close on Mondays."
    )
    paper.write(590, 1065, text, serif, 24, anchor="ms")
    paper.write(590, 1160, "Rue des Alliés 27, Bruxelles · 02 555 01 63", serif, 24, GREY, "ms")
    paper.save("menu", degrees=0.7, blur=0.7, noise=4.0, shade=0.12, table=(120, 88, 60))


def warranty() -> None:
    paper, plain = Paper(1200, 800, (255, 255, 255)), "Carlito-Regular.ttf"
    bold, hand = "Carlito-Bold.ttf", "ComicNeue-Italic.otf"
    paper.pen.rectangle((0, 0, 1200, 110), RED)
    paper.write(50, 72, "HOLLIN & FROST", bold, 46, (255, 255, 255))
    paper.write(1150, 70, "Warranty card", plain, 38, (255, 255, 255), "rs")
    fields = (
        ("Appliance", "pressure cooker, 6 litres", 50, 190, 560),
        ("Model", "PK-620", 660, 190, 490),
        ("Serial number", "0619-44173-B", 50, 290, 560),
        ("Date of purchase", "14 Dec 2024", 660, 290, 490),
        ("Owner", "Thibault Garnier", 50, 390, 560),
        ("Price paid", "129,90 €", 660, 390, 490),
        ("Address", "5 quai Saint-Vincent, Lyon", 50, 490, 560),
        ("Telephone", "04 65 71 55 20", 660, 490, 490),
    )
    for label, value, x, y, width in fields:
        paper.write(x, y - 36, label, plain, 20, GREY)
        paper.write(x + 12, y, value, hand, 36, BLUE)
        paper.rule(y + 12, x, x + width, 2, GREY)
    text = (
        "We repair or replace free of charge: the body for 10 years, the valve and the handle\n"
        "for 3 years, the sealing ring for 12 months. Scratches and limescale are not covered.\n"
        "Register within 60 days on care.hollinfrost.example and keep the receipt."
    )
    paper.write(50, 565, text, plain, 25)
    paper.pen.rectangle((720, 665, 1150, 765), outline=RED, width=4)
    paper.write(935, 706, "MAISON BEAULIEU", bold, 30, RED, "ms")
    paper.write(935, 744, "8 rue des Tanneurs, Lyon", bold, 24, RED, "ms")
    paper.write(50, 735, "Dealer's signature", plain, 20, GREY)
    paper.write(230, 737, "C. Beaulieu", "DancingScript-Regular.otf", 46, BLUE)
    paper.save("warranty", degrees=-1.4, blur=0.7, noise=6.0, shade=0.10, table=(176, 170, 160))


if __name__ == "__main__":
    for draw in (delivery, parking, menu, warranty):
        draw()
