"""Draws the paper of the held-out set: an invoice, a letter, a receipt, a form, a contract page and
a boarding pass, each a little askew and as noisy as a cheap scanner makes it.

    python examples/data/eval/make_scans.py

Needs Pillow, numpy and the fonts below; the pictures are committed. Everything is made up.
"""

from __future__ import annotations

import numpy as np
from paper import BLUE, GREY, INK, Sheet


def invoice() -> None:
    sheet = Sheet(1060, 1500)
    sheet.write((90, 90), "Fernwright Gardens Ltd", "book bold 38", (40, 84, 52))
    sheet.write((90, 142), "Landscaping and tree care, Shrewsbury", "book 20", GREY)
    lines = ["Unit 9, Coleham Yard", "Shrewsbury SY3 7BP", "01632 960 340", "Reg. 0671 9924"]
    sheet.write((970, 92), lines, "book 19", GREY, "ra")
    sheet.rule(205, 90, 970, 3, (40, 84, 52))
    sheet.write((90, 236), "To", "book 19", GREY)
    lines = ["Haughmond Primary School", "The Bursar, Mr I. Fazakerley", "Sundorne Road"]
    sheet.write((90, 264), lines, "book 23")
    facts = [
        ("Invoice", "FG-2291"),
        ("Date", "17 July 2025"),
        ("Work done", "7 to 11 July 2025"),
        ("Pay by", "16 August 2025"),
    ]
    for row, (label, value) in enumerate(facts):
        sheet.write((600, 240 + 36 * row), label, "book 21", GREY)
        sheet.write((970, 240 + 36 * row), value, "book bold 21", INK, "ra")
    sheet.rule(440, 90, 970)
    for text, x, anchor in (("Work", 90, "la"), ("Hours", 640, "ra"), ("Rate", 790, "ra")):
        sheet.write((x, 456), text, "book bold 21", INK, anchor)
    sheet.write((970, 456), "Amount", "book bold 21", INK, "ra")
    sheet.rule(492, 90, 970)
    items = [
        ("Oak by the gate: crown lifted", "11", "46.00", "506.00"),
        ("Pond cleared and relined", "18", "38.00", "684.00"),
        ("Raised beds, 6, built on site", "24", "38.00", "912.00"),
        ("Hedge cutting, playing field", "9", "34.00", "306.00"),
        ("Waste taken away, 3 loads", "", "85.00", "255.00"),
        ("Larch boards and screws", "", "", "418.60"),
    ]
    for row, cells in enumerate(items):
        for text, x, anchor in zip(
            cells, (90, 640, 790, 970), ("la", "ra", "ra", "ra"), strict=True
        ):
            sheet.write((x, 512 + 50 * row), text, "book 21", INK, anchor)
    sheet.rule(818, 560, 970)
    sums = [("Sum", "3,081.60"), ("School discount 5%", "-154.08"), ("VAT 20%", "585.50")]
    for row, (label, value) in enumerate(sums):
        sheet.write((570, 836 + 40 * row), label, "book 21", GREY)
        sheet.write((970, 836 + 40 * row), value, "book 21", INK, "ra")
    sheet.rule(962, 560, 970, 3)
    sheet.write((570, 980), "To pay", "book bold 27")
    sheet.write((970, 980), "£3,513.02", "book bold 27", INK, "ra")
    lines = [
        "Bank: Marches Building Society, sort code 40-55-19, account 2210 7764.",
        "The oak should be looked at again in three years.",
        "Plants that fail within 12 months are replaced free of charge.",
    ]
    sheet.write((90, 1130), lines, "book 20")
    sheet.write((90, 1290), "With thanks, Bronagh Tierney", "hand 34", BLUE)
    sheet.scan("scan-invoice", -0.8, 4.0, 70, 11)


def letter() -> None:
    sheet = Sheet(1060, 1400)
    lines = ["Office of the Examinations Secretary", "St Columba's College", "Dunmore"]
    sheet.write((110, 110), lines, "typewriter 22")
    sheet.write((110, 270), "Our reference: EX/25/0884", "typewriter 22")
    sheet.write((110, 305), "4 June 2025", "typewriter 22")
    lines = ["Mrs Perpetua Okonjo", "Flat 6, 19 Alder Row", "Dunmore"]
    sheet.write((110, 380), lines, "typewriter 22")
    body = [
        "Dear Mrs Okonjo,",
        "",
        "Re-sit of Chemistry, paper 2: Emeka Okonjo, candidate 4127",
        "",
        "We have moved the re-sit that was to be held on 19 June. It",
        "will now take place on Thursday 26 June at 1.45 pm in the",
        "Boyle Laboratory and not in the Main Hall. The paper lasts",
        "one hour and forty minutes.",
        "",
        "Emeka should bring a black pen, a calculator without a lid",
        "and his identity card. Telephones are handed in at the door.",
        "",
        "As agreed, he is allowed 25 minutes of extra time. The fee of",
        "EUR 38 has been paid and need not be paid again. Results will",
        "be posted on 21 August.",
        "",
        "If the new date does not suit, please telephone Miss Hanratty",
        "on extension 226 before 13 June.",
        "",
        "Yours sincerely,",
    ]
    sheet.write((110, 500), body, "typewriter 22", step=1.4)
    sheet.write((110, 1140), "Cormac Delahunt", "hand 46", BLUE)
    lines = ["C. Delahunt", "Examinations Secretary"]
    sheet.write((110, 1215), lines, "typewriter 22")
    sheet.scan("scan-letter", 0.9, 5.0, 66, 12)


def receipt() -> None:
    sheet = Sheet(620, 1120, (252, 252, 249))
    sheet.write((310, 60), "KOSTAS' BAKERY & DELI", "mono bold 32", INK, "ma")
    lines = ["48 Smith Street, Fitzroy", "Tel 03 5550 0192", "ABN 61 004 773 218"]
    sheet.write((310, 108), lines, "mono 21", INK, "ma")
    sheet.write((50, 230), ["Sat 29/11/2025 08:51", "Till 2   Served by: Demi"], "mono 22")
    items = [
        ("2 Spanakopita", "13.00"),
        ("1 Sourdough large", "9.20"),
        ("3 Koulouri", "10.50"),
        ("1 Feta 400g", "11.80"),
        ("2 Flat white", "9.60"),
        ("1 Olives, jar", "7.90"),
    ]
    for row, (name, price) in enumerate(items):
        sheet.write((50, 330 + 42 * row), name, "mono 24")
        sheet.write((570, 330 + 42 * row), price, "mono 24", INK, "ra")
    sheet.rule(592, 50, 570)
    sums = [("Subtotal", "62.00"), ("Loyalty 10%", "-6.20"), ("TOTAL AUD", "55.80")]
    sums += [("incl. GST", "1.78"), ("Cash", "60.00"), ("Change", "4.20")]
    for row, (name, price) in enumerate(sums):
        style = "mono bold 28" if "TOTAL" in name else "mono 24"
        sheet.write((50, 612 + 44 * row), name, style)
        sheet.write((570, 612 + 44 * row), price, style, INK, "ra")
    lines = ["Receipt 118-40772", "Points earned: 55", "Balance: 1,310"]
    sheet.write((310, 910), lines, "mono 22", INK, "ma")
    sheet.write((310, 1030), "Efharisto! Closed Mondays", "mono 22", INK, "ma")
    sheet.scan("scan-receipt", 1.1, 6.0, 68, 13)


def form() -> None:
    sheet = Sheet(1100, 1300)
    sheet.pen.rectangle((70, 70, 1030, 150), (225, 230, 240))
    sheet.write((95, 90), "BOAT MOORING APPLICATION", "sans bold 32")
    sheet.write((1005, 98), "Form M-12", "sans 20", INK, "ra")
    sheet.write((70, 170), "Wexcombe Harbour Office · please write in capitals", "sans 19", GREY)
    fields = [
        ("1  Owner", "IGNATIUS BELLWETHER", 70, 220, 560),
        ("2  Date of birth", "03 09 1961", 660, 220, 370),
        ("3  Address", "2 COOPERAGE LANE, WEXCOMBE", 70, 330, 960),
        ("4  Telephone", "01632 960 455", 70, 440, 450),
        ("5  Email", "iggy@bellwether.example", 550, 440, 480),
        ("6  Name of boat", "PETREL'S REST", 70, 550, 450),
        ("7  Type", "GAFF CUTTER", 550, 550, 480),
        ("8  Length over all", "9.35 m", 70, 660, 290),
        ("9  Draught", "1.60 m", 390, 660, 290),
        ("10  Year built", "1987", 710, 660, 320),
        ("11  Insurer and policy", "SEXTANT MUTUAL  SM 77-4021", 70, 770, 610),
        ("12  Cover until", "30 APR 2026", 710, 770, 320),
        ("13  Mooring wanted", "SWINGING, INNER BASIN", 70, 880, 610),
        ("14  From", "1 MAR 2026", 710, 880, 320),
    ]
    for label, value, left, top, width in fields:
        sheet.pen.rectangle((left, top, left + width, top + 92), outline=GREY, width=2)
        sheet.write((left + 10, top + 8), label, "sans 17", GREY)
        sheet.write((left + 16, top + 42), value, "typewriter 27", BLUE)
    sheet.pen.rectangle((70, 1000, 1030, 1130), (240, 240, 240), GREY, 2)
    sheet.write((84, 1010), "FOR OFFICE USE", "sans bold 17")
    office = ["Received: 8 JAN 2026", "Fee: £614.00", "Berth: C-27"]
    for column, text in enumerate(office):
        sheet.write((90 + 330 * column, 1056), text, "typewriter 25", (130, 40, 50))
    sheet.write((70, 1150), "Signed", "sans 18", GREY)
    sheet.write((160, 1140), "I. Bellwether", "hand 44", BLUE)
    sheet.write((660, 1160), "Date  5 JAN 2026", "typewriter 25", BLUE)
    sheet.scan("scan-form", -0.6, 4.5, 68, 14)


def contract() -> None:
    sheet = Sheet(1100, 1480)
    sheet.write((550, 90), "LEASE OF STUDIO SPACE", "serif bold 34", INK, "ma")
    head = "between Calloway Wharf Estates (the Landlord) and Rhiannon Sykes (the Tenant)"
    sheet.write((550, 140), head, "serif 23", INK, "ma")
    clauses = [
        ("1. The Studio.", "Studio 14 on the third floor of Calloway Wharf, 58 square metres,"),
        ("", "with the use of the goods lift and of one parking space, number P-6."),
        ("2. Term.", "The lease runs for 36 months from 1 May 2025. Either party may end it"),
        ("", "after 18 months with three months' written notice."),
        ("3. Rent.", "£890 a month, payable on the 5th of each month. From the second year"),
        ("", "the rent rises by 2.5% a year. Late payment bears interest of 4% a year."),
        ("4. Deposit.", "Two months' rent (£1,780), returned within 28 days of the end."),
        ("5. Use.", "As an artist's studio only. Kilns above 3 kW need the Landlord's consent."),
        ("", "No one may sleep in the Studio."),
        ("6. Services.", "Heating and water are included; electricity is metered and billed"),
        ("", "every quarter at cost. The Tenant pays for broadband."),
        ("7. Repairs.", "The Landlord keeps roof, windows and lift in repair. The Tenant"),
        ("", "redecorates every third year and makes good any damage to the floor."),
        ("8. Insurance.", "The Tenant insures the contents and holds liability cover of at"),
        ("", "least £2 million."),
        ("9. Access.", "Day and night. The Landlord enters only after 48 hours' notice,"),
        ("", "except in an emergency."),
    ]
    for row, (name, text) in enumerate(clauses):
        sheet.write((90, 225 + 46 * row), name, "serif bold 23")
        sheet.write((255, 225 + 46 * row), text, "serif 23")
    for x, name, who in ((90, "D. Calloway", "for the Landlord"), (620, "R. Sykes", "Tenant")):
        sheet.write((x + 20, 1110), name, "hand 48", BLUE)
        sheet.rule(1180, x, x + 380)
        sheet.write((x, 1190), who, "serif 21", GREY)
    sheet.write((90, 1250), "Signed at Cardiff on 28 March 2025", "serif 23")
    lines = ["Witness: Tobias Achebe, 31 Quay Parade, Cardiff"]
    sheet.write((90, 1300), lines, "serif 23")
    sheet.write((550, 1410), "Page 1 of 2", "serif 19", GREY, "ma")
    sheet.scan("scan-contract", 0.5, 4.0, 66, 15)


def boarding_pass() -> None:
    sheet = Sheet(1280, 560, (250, 250, 252))
    sheet.pen.rectangle((0, 0, 1280, 96), (0, 92, 112))
    sheet.write((40, 26), "AURORA NORD", "narrow 44", (255, 255, 255))
    sheet.write((900, 36), "BOARDING PASS", "narrow 32", (255, 255, 255), "ra")
    sheet.write((950, 36), "ECONOMY", "narrow 32", (255, 255, 255))
    fields = [
        ("Passenger", "VALDIVIESO / INES MS", 40, 120, 34),
        ("Flight", "AN 618", 600, 120, 34),
        ("Date", "22 DEC", 770, 120, 34),
        ("From", "TROMSØ (TOS)", 40, 220, 34),
        ("To", "OSLO (OSL)", 360, 220, 34),
        ("Departs", "06:55", 600, 220, 34),
        ("Arrives", "08:45", 770, 220, 34),
        ("Gate", "11", 40, 320, 54),
        ("Boarding", "06:20", 190, 320, 54),
        ("Seat", "23F", 420, 320, 54),
        ("Group", "3", 600, 320, 54),
        ("Bags", "1 / 19 KG", 770, 320, 34),
    ]
    for label, value, x, y, size in fields:
        sheet.write((x, y), label, "sans 18", GREY)
        sheet.write((x, y + 26), value, f"narrow {size}")
    sheet.write((40, 450), "Gate closes 15 minutes before departure.", "sans 20", GREY)
    sheet.write((40, 485), "Booking K7QX2M    Ticket 741 2209 553 118", "mono 20")
    for y in range(100, 560, 16):
        sheet.pen.line((925, y, 925, y + 8), GREY, 2)
    stub = [
        ("Name", "VALDIVIESO / I"),
        ("Flight and date", "AN 618  22 DEC"),
        ("Route", "TOS - OSL"),
    ]
    for row, (label, value) in enumerate(stub):
        sheet.write((950, 120 + 84 * row), label, "sans 17", GREY)
        sheet.write((950, 144 + 84 * row), value, "narrow 29")
    random = np.random.default_rng(618)
    x = 950
    while x < 1220:
        width = int(random.integers(2, 8))
        sheet.pen.rectangle((x, 380, x + width, 480), INK)
        x += width + int(random.integers(3, 9))
    sheet.write((950, 495), "SEQ 074", "mono 20")
    sheet.scan("scan-boarding", -0.7, 4.0, 74, 16)


if __name__ == "__main__":
    for draw in (invoice, letter, receipt, form, contract, boarding_pass):
        draw()
