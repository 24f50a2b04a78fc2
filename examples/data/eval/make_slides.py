"""Draws the slides of the held-out set: three decks of made-up organisations, ten pictures.

    python examples/data/eval/make_slides.py

Needs python-pptx, LibreOffice (soffice) and pdftoppm; the pictures are committed, so only who
changes them needs these. Charts and tables are native, so that LibreOffice draws them.
"""

from __future__ import annotations

from deck import Deck
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import PP_ALIGN


def winter_deck() -> Deck:
    """Hospital trust: agenda, a native column chart, a native table."""
    deck = Deck("P052", "1F2A30", "7A1F3D", "F6EEF1")
    foot = "Harrow Vale NHS Trust  ·  Winter resilience board  ·  14 October 2025"

    slide = deck.slide("slide-winter-agenda", "FBF8F4")
    deck.block(slide, (0, 0, 4.2, 7.5), "7A1F3D")
    deck.write(slide, (0.5, 2.3, 3.4, 1), "Winter resilience board", 34, color="FFFFFF", bold=True)
    deck.write(slide, (0.5, 4.6, 3.4, 1), "Meeting 6 · Lister Room", 16, color="F0D9E0")
    deck.write(slide, (0.5, 5.1, 3.4, 1), "Chair: Dr Oyelaran Adeyemi", 16, color="F0D9E0")
    items = [
        ("09:30", "Minutes and matters arising", "Secretary"),
        ("09:40", "Flu and COVID outlook", "Dr Miriam Castellanos"),
        ("10:05", "Bed capacity, site by site", "Tom Hargreave"),
        ("10:50", "Coffee", ""),
        ("11:05", "Staffing and bank shifts", "Anneke de Vries"),
        ("11:40", "Ambulance handover times", "Tom Hargreave"),
        ("12:10", "Decisions and close", "Chair"),
    ]
    for row, (time, item, who) in enumerate(items):
        top = 0.75 + row * 0.86
        deck.write(slide, (4.8, top, 1.2, 0.6), time, 20, color="7A1F3D", bold=True)
        deck.write(slide, (6.0, top, 4.5, 0.6), item, 20)
        deck.write(slide, (10.2, top + 0.03, 2.9, 0.6), who, 15, color="75696E")

    slide = deck.slide("slide-winter-beds")
    deck.write(slide, (0.6, 0.4, 12, 1), "Beds are tightest at Northgate", 32, bold=True)
    text = "General and acute beds in use, per cent, September against the January forecast"
    deck.write(slide, (0.6, 1.1, 12, 0.6), text, 16, color="75696E")
    sites = ["Northgate", "St Bride's", "Millbrook", "Eastfield", "The Cedars"]
    values = {"September 2025": [91, 84, 88, 79, 73], "January forecast": [99, 93, 95, 90, 82]}
    place = (0.5, 1.7, 12.3, 4.9)
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED
    deck.chart(slide, place, kind, sites, values, ["C9A3AF", "7A1F3D"], '0"%"')
    deck.write(slide, (0.6, 6.75, 9, 0.4), foot, 12, color="75696E")
    deck.write(slide, (12.2, 6.75, 0.7, 0.4), "4", 12, color="75696E")

    slide = deck.slide("slide-winter-staffing")
    deck.write(slide, (0.6, 0.4, 12, 1), "Where the vacancies are", 32, bold=True)
    rows = [
        ["Site", "Matron", "Nurses needed", "In post", "Vacant", "Bank shifts a week"],
        ["Northgate", "Grace Nwosu", "412", "371", "41", "186"],
        ["St Bride's", "Helen Partridge", "305", "288", "17", "92"],
        ["Millbrook", "Sunita Rao", "268", "240", "28", "117"],
        ["Eastfield", "Declan Foy", "190", "183", "7", "40"],
        ["The Cedars", "Ruth Abelson", "96", "90", "6", "31"],
        ["Trust", "", "1,271", "1,172", "99", "466"],
    ]
    deck.table(slide, (0.6, 1.5, 12.1, 3.9), rows, 17)
    note = "Overseas recruits: 22 start on 3 November, 14 more on 12 January."
    deck.write(slide, (0.6, 5.75, 12, 0.5), note, 17, color="7A1F3D")
    deck.write(slide, (0.6, 6.75, 9, 0.4), foot, 12, color="75696E")
    deck.write(slide, (12.2, 6.75, 0.7, 0.4), "6", 12, color="75696E")
    return deck


def tram_deck() -> Deck:
    """Tram line: roadmap, KPI tiles, a comparison of two options."""
    deck = Deck("URW Gothic", "12263A", "F2A541", "EEF3F7")
    blue = "1B4965"

    slide = deck.slide("slide-tram-roadmap", "EEF3F7")
    deck.write(slide, (0.6, 0.4, 12, 1), "Line 4: from tender to first tram", 32, bold=True)
    deck.block(slide, (0.8, 3.55, 11.7, 0.08), blue)
    steps = [
        ("Mar 2026", "Tender opens", "Nine bidders expected"),
        ("Nov 2026", "Contract award", "Council vote on 18 Nov"),
        ("Jun 2027", "Utilities moved", "Gas and water, Quay Street"),
        ("Feb 2029", "Track laid", "11.4 km, double track"),
        ("Sep 2029", "Test running", "Nights only at first"),
        ("May 2030", "Opening day", "Free rides for one weekend"),
    ]
    for row, (date, what, more) in enumerate(steps):
        left = 0.6 + row * 2.02
        deck.block(slide, (left + 0.75, 3.4, 0.36, 0.36), "F2A541", MSO_SHAPE.OVAL)
        top = 1.7 if row % 2 == 0 else 4.1
        deck.block(slide, (left, top, 1.9, 1.55), "FFFFFF", MSO_SHAPE.ROUNDED_RECTANGLE)
        deck.write(slide, (left, top + 0.03, 1.9, 0.4), date, 15, color="B36B00", bold=True)
        deck.write(slide, (left, top + 0.4, 1.9, 0.4), what, 14, bold=True)
        deck.write(slide, (left, top + 0.78, 1.9, 0.6), more, 12)
    text = "Critical path: the Quay Street gas main. Owner: Ilse Brandt, City Engineering."
    deck.write(slide, (0.6, 6.4, 12, 0.5), text, 16)

    slide = deck.slide("slide-tram-kpis")
    deck.block(slide, (0, 0, 13.333, 1.35), blue)
    title = "What Line 4 will bring"
    deck.write(slide, (0.6, 0.3, 12, 1), title, 32, color="FFFFFF", bold=True)
    tiles = [
        ("38,000", "riders a day by 2032"),
        ("17 min", "Harbour to University, now 29"),
        ("23", "stops, all step-free"),
        ("€486 M", "construction cost"),
        ("6,200 t", "CO₂ saved a year"),
        ("1,450", "jobs while building"),
    ]
    for row, (value, text) in enumerate(tiles):
        left, top = 0.6 + row % 3 * 4.1, 1.8 + row // 3 * 2.5
        deck.block(slide, (left, top, 3.85, 2.2), "EEF3F7")
        deck.block(slide, (left, top, 0.1, 2.2), "F2A541")
        deck.write(slide, (left + 0.3, top + 0.25, 3.4, 1), value, 40, color=blue, bold=True)
        deck.write(slide, (left + 0.3, top + 1.3, 3.4, 0.7), text, 16)
    source = "Source: Velden Transit feasibility study, revision C, August 2025"
    deck.write(slide, (0.6, 6.85, 12, 0.4), source, 12)

    slide = deck.slide("slide-tram-options")
    title = "Two ways across the river"
    deck.write(slide, (0.6, 0.4, 12, 1), title, 32, bold=True)
    columns = [
        (
            0.6,
            blue,
            "Option A: new bridge",
            ["Cost: €92 M", "Built in 31 months", "Closes Ferry Lane"],
        ),
        (6.9, "B36B00", "Option B: share the Iron Bridge", ["Cost: €37 M", "Built in 14 months"]),
    ]
    extra = [
        ["Trams every 5 minutes", "Noise wall for 60 homes", "Backed by the Port Authority"],
        ["Single track, every 12 minutes", "No homes affected", "Listed structure: permit needed"],
    ]
    for (left, color, name, first), more in zip(columns, extra, strict=True):
        deck.block(slide, (left, 1.5, 5.9, 0.8), color)
        deck.write(slide, (left + 0.2, 1.58, 5.5, 0.6), name, 20, color="FFFFFF", bold=True)
        deck.block(slide, (left, 2.3, 5.9, 3.6), "EEF3F7")
        points = [f"•  {line}" for line in [*first, *more]]
        deck.write(slide, (left + 0.2, 2.5, 5.5, 3.3), points, 18)
    advice = "Recommended by the steering group (7 votes to 2): Option A"
    deck.write(slide, (0.6, 6.2, 12, 0.6), advice, 20, color=blue, bold=True)
    return deck


def coffee_deck() -> Deck:
    """Coffee roaster: section, team, a native bar chart, two columns of bullets."""
    deck = Deck("URW Bookman", "2B211B", "5B7F5B", "F4EFE6")

    slide = deck.slide("slide-coffee-section", "3B2A20")
    deck.write(slide, (0.9, 1.6, 4, 1.6), "03", 80, color="D9A566", bold=True)
    title = "Growing beyond cafés"
    deck.write(slide, (0.9, 3.4, 11, 1), title, 44, color="FFFFFF", bold=True)
    text = "Subscriptions, offices and the new roastery in Porto"
    deck.write(slide, (0.9, 4.5, 11, 0.7), text, 20, color="E6D8C8")
    name = "Mornington Coffee Roasters · Investor day 2025"
    deck.write(slide, (0.9, 6.7, 11, 0.5), name, 13, color="B9A48F")

    slide = deck.slide("slide-coffee-team", "F4EFE6")
    deck.write(slide, (0.7, 0.5, 12, 0.9), "Who runs Mornington", 34, bold=True)
    team = [
        ("LT", "Leilani Tamura", "Founder and CEO", "Ex-barista champion"),
        ("BO", "Bogdan Olteanu", "Head Roaster", "19 years at the drum"),
        ("FM", "Fatima El Mansouri", "Finance Director", "Joined in May 2023"),
        ("HJ", "Henrik Juhl", "Green Coffee Buyer", "Based in Addis Ababa"),
        ("CP", "Chidi Prosper", "Online Sales", "Built the subscription"),
        ("RA", "Rosa Almeida", "Porto Site Lead", "Starts 1 March 2026"),
    ]
    for row, (letters, name, role, more) in enumerate(team):
        left, top = 0.7 + row % 3 * 4.1, 1.8 + row // 3 * 2.6
        deck.block(slide, (left, top, 1.1, 1.1), "5B7F5B", MSO_SHAPE.OVAL)
        place = (left, top + 0.28, 1.1, 0.6)
        deck.write(slide, place, letters, 20, color="FFFFFF", align=PP_ALIGN.CENTER)
        deck.write(slide, (left + 1.2, top - 0.05, 2.9, 0.4), name, 16, bold=True)
        deck.write(slide, (left + 1.2, top + 0.36, 2.9, 0.4), role, 15, color="3F6140")
        deck.write(slide, (left + 1.2, top + 0.75, 2.9, 0.4), more, 13, color="7D6B5D")

    slide = deck.slide("slide-coffee-sales")
    title = "Subscriptions overtook wholesale in 2024"
    deck.write(slide, (0.7, 0.4, 12, 0.8), title, 30, bold=True)
    deck.write(slide, (0.7, 1.15, 12, 0.5), "Sales by channel, £ million", 16, color="7D6B5D")
    years = ["2022", "2023", "2024", "2025 (forecast)"]
    values = {
        "Cafés": [4.2, 4.6, 4.9, 5.1],
        "Wholesale": [3.1, 3.3, 3.2, 3.4],
        "Subscriptions": [0.8, 2.1, 3.7, 5.6],
    }
    place = (0.5, 1.7, 12.3, 5.1)
    kind = XL_CHART_TYPE.BAR_CLUSTERED
    deck.chart(slide, place, kind, years, values, ["8C5E3C", "C9B79C", "5B7F5B"], "0.0")
    deck.write(slide, (0.7, 6.9, 9, 0.4), "Audited to 2024. Year ends 31 March.", 12)

    slide = deck.slide("slide-coffee-plan", "FFFFFF")
    deck.block(slide, (0, 0, 0.35, 7.5), "5B7F5B")
    title = "Porto roastery: what we know, what we do not"
    deck.write(slide, (0.8, 0.5, 12, 0.8), title, 28, bold=True)
    left = [
        "Lease signed for 1,900 m² in Matosinhos",
        "Loring S70 ordered, delivery 9 February 2026",
        "First roast planned for 20 April 2026",
        "Budget: £2.35 million, of which £1.1 million machines",
        "27 people when running two shifts",
    ]
    right = [
        "Gas connection date, promised for January",
        "Customs rule for green beans after July",
        "Whether the Leith roastery keeps decaf",
        "Price of jute bags (two quotes outstanding)",
    ]
    for x, head, points in ((0.8, "Settled", left), (7.2, "Still open", right)):
        deck.write(slide, (x, 1.6, 5.5, 0.5), head, 22, color="3F6140", bold=True)
        deck.write(slide, (x, 2.3, 5.6, 4), [f"–  {point}" for point in points], 17)
    deck.write(slide, (0.8, 6.75, 11, 0.4), "Mornington Coffee Roasters · page 21", 12)
    return deck


if __name__ == "__main__":
    for made in (winter_deck(), tram_deck(), coffee_deck()):
        made.save()
