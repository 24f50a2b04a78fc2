"""Draws the web pages and screens of the fresh held-out set from pages/*.html.

    python examples/data/eval-fresh/make_pages.py

Needs playwright, Chromium and the fonts named in README.md. Everything on the pages is made up.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
WIDTHS = {
    "hotel": 1000,
    "library": 1280,
    "issues": 1280,
    "bank": 1100,
    "departures": 1366,
    "recipe": 1120,
    "results": 1180,
    "terminal": 1000,
}


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for name, width in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": 500})
            page.goto((FOLDER / "pages" / f"{name}.html").as_uri())
            target = FOLDER / f"page-{name}.png"
            page.screenshot(path=target, full_page=True)
            page.close()
            # A palette halves the file, and the text looks the same.
            colors = Image.open(target).convert("RGB").quantize(256, dither=Image.Dither.NONE)
            colors.save(target, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
