"""Five questions about a slide deck, answered in this process, with the evidence outlined.

    python examples/demo.py            # or: make demo

Writes the evidence pictures to out/demo/.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from leopard_tools import Leopard
from leopard_tools.images.sources import load_frames

DECK = Path(__file__).parent / "data" / "deck.pdf"
OUT = Path("out") / "demo"
ALL = None

# (what kind of question, the page it is asked about or ALL, the question)
QUESTIONS = [
    ("lookup", 2, "What was the gross margin?"),
    ("table cell", 3, "By how much did the United Kingdom grow on Q2?"),
    ("which slide", ALL, "Which slide lists the milestones?"),
    ("date", ALL, "By when should the Toronto lease be approved?"),
    ("absent", ALL, "What is the share price of Tidewell?"),
]


def main() -> None:
    start = perf_counter()
    leopard = Leopard.load()
    print(f"{leopard.model}, ready in {perf_counter() - start:.1f} s")
    pages = load_frames(DECK)
    OUT.mkdir(parents=True, exist_ok=True)
    for number, (kind, page, question) in enumerate(QUESTIONS, 1):
        asked = pages if page is ALL else [pages[page - 1]]
        start = perf_counter()
        answer = leopard.ask(question, asked, cite=True)
        seconds = perf_counter() - start
        print(f"\n{number} {kind}, {f'page {page}' if page else 'all six pages'}: {question}")
        print(f"  {answer.text}  (probability {answer.probability:.2f}, {seconds:.1f} s)")
        if answer.citations:
            file = OUT / f"{number}.png"
            answer.show(0).save(file)
            print(f"  stands on page {asked[answer.citations[0].image].page}: {file}")


if __name__ == "__main__":
    main()
