"""Makes session.png: a real session with the server on a test desktop, the answer outlined.

    python integrations/leopard-mcp/docs/make_session.py

The desktop is that of the tests (Xvfb, openbox); a build ends on it, a mail is open, and a
window of a password safe is denied. The picture is what `look` gives, with the boxes that `ask`
cites; below stands what was called and answered. The texts are ones that nano answers right; the
README says where it does not.
"""

from __future__ import annotations

import base64
import io
import os
import sys
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters
from PIL import Image, ImageDraw, ImageFont

from leopard_tools.images.outline import outline
from leopard_tools.types import Box

HERE = Path(__file__).parent
# The tests' desktop is drawn; it is no package, so the import comes after (E402).
sys.path.insert(0, str(HERE.parents[2]))

from tests.capture.real_desktop import Connected, two_monitors  # noqa: E402

QUESTION, ANSWER = "Which test failed?", "test_checkout"
SHOWN = [0, 0, 1400, 660]
BUILD = """test_login PASSED
test_checkout FAILED
Build finished: 1 of 2 tests failed"""
MAIL = "Lunch at 12:30?"
VAULT = "Bank      8261 5530\nMail      hunter2\nServer    correct horse"


def window(size: tuple[int, int], text: str, paper: str, ink: str) -> Image.Image:
    picture = Image.new("RGB", size, paper)
    font = ImageFont.truetype("DejaVuSansMono.ttf", 20)
    ImageDraw.Draw(picture).multiline_text((24, 20), text, ink, font, spacing=18)
    return picture


async def session(display: str) -> tuple[Image.Image, list[str]]:
    """The desktop with the evidence outlined, and what was said."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "leopard_mcp", "--allow-screen", "--deny", "KeePass"],
        env={**os.environ, "DISPLAY": display},
    )
    async with Client(server) as client:
        waited = await client.call_tool("wait_for", {"text": "Build finished", "monitor": 1})
        capture = waited.structured_content["screen"]["capture"]
        asked = {"question": QUESTION, "captures": [capture], "verbatim": True}
        answer = (await client.call_tool("ask", asked)).structured_content
        looked = await client.call_tool("look", {"capture": capture, "region": SHOWN})
    # The model is a small one; a wrong answer is nothing to show.
    assert answer["answer"] == ANSWER, answer
    data = next(part.data for part in looked.content if part.type == "image")
    picture = Image.open(io.BytesIO(base64.b64decode(data)))
    boxes = [Box(*each["box"]) for each in answer["citations"]]
    assert looked.structured_content["scale"] == 1 and boxes, answer
    place = f"[{', '.join(map(str, answer['citations'][0]['box']))}]"
    return outline(picture, boxes), [
        '> wait_for {"text": "Build finished", "monitor": 1}',
        f"  It came true. Capture {capture}.",
        f'> ask {{"question": "{QUESTION}", "captures": ["{capture}"], "verbatim": true}}',
        f"  {answer['answer']}, probability {answer['probability']:.2f}, at {place}",
    ]


def composed(desktop: Image.Image, said: list[str]) -> Image.Image:
    """The desktop, and under it the calls and answers."""
    font = ImageFont.truetype("DejaVuSansMono.ttf", 20)
    rows = 32 * len(said) + 40
    picture = Image.new("RGB", (desktop.width, desktop.height + rows), "#0f1720")
    picture.paste(desktop, (0, 0))
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(said):
        ink = "#8fa3b8" if line.startswith(">") else "#ffffff"
        pen.text((24, desktop.height + 20 + 32 * number), line, ink, font)
    return picture


def main() -> None:
    with two_monitors() as display, Connected(display) as desktop:
        root = desktop.root
        root.change_attributes(background_pixel=0x2F4858)
        root.clear_area()
        desktop.open("Mail", window((560, 190), MAIL, "#fbfaf5", "#23303d"), (70, 60))
        desktop.open("KeePass", window((420, 190), VAULT, "#ffffff", "#000000"), (880, 60))
        desktop.open("Terminal", window((760, 220), BUILD, "#16202b", "#d9e2ec"), (390, 360))
        shown, said = anyio.run(session, display)
    colours = composed(shown, said).quantize(128, dither=Image.Dither.NONE)
    colours.save(HERE / "session.png", optimize=True)


if __name__ == "__main__":
    main()
