"""Draws the web pages of the held-out set: pages/NAME.html becomes page-NAME.png.

    python examples/data/eval/make_pages.py [NAME ...]

Needs Chromium; the pictures are committed, so only who changes a page needs it. Each page names
the window's size in a comment, since Chromium's screenshot takes the window and not the page.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent


def draw(page: Path) -> None:
    """One picture in 256 colours, which no text shows and halves its bytes."""
    found = re.search(r"size: (\d+)x(\d+)", page.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"{page} names no size")
    picture = HERE / f"page-{page.stem}.png"
    with tempfile.TemporaryDirectory() as profile:
        command = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars"]
        command += [f"--window-size={found[1]},{found[2]}", "--force-device-scale-factor=1"]
        command += [f"--user-data-dir={profile}", f"--screenshot={picture}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True)
    with Image.open(picture) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(picture, optimize=True)


if __name__ == "__main__":
    for page in sorted((HERE / "pages").glob("*.html")):
        if page.stem in sys.argv[1:] or len(sys.argv) == 1:
            draw(page)
