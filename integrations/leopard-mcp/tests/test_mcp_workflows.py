"""The examples over decks and web sites do their job; what they cite stands where they say."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp_clients import DATA, ROOT, Site

from leopard_tools.capture import web
from leopard_tools.images.sources import load_frames
from leopard_tools.reading.ocr import Reader
from leopard_tools.types import Box, Frame

EXAMPLES = ROOT / "examples"
README = (ROOT / "integrations" / "leopard-mcp" / "README.md").read_text()


def printed(name: str) -> list[str]:
    """What an example says, in lines, with a server of its own."""
    command = [sys.executable, EXAMPLES / name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def pictures() -> Iterator[None]:
    """The browser that the tests look with is gone after them."""
    yield
    web.close()


def told(name: str) -> list[str]:
    """What the README says that an example prints."""
    found = re.search(rf"\$ python examples/{name}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1].splitlines()


def picture(site: Site, file: Path) -> Frame:
    """What a browser shows of a page."""
    body = file.read_bytes()
    site.answers["/page"] = lambda handler: handler.reply(200, body, Content_Type="text/html")
    (frame,) = web.snapshot(site.url("/page"), allow_private=True)
    return frame


def stands(reader: Reader, frame: Frame, words: str, place: str) -> bool:
    """Whether the words stand on the lines of a frame that reach into a box."""
    box = Box(*json.loads(place))
    lines = [line for line in reader.read(frame.image).lines if line.box.intersection(box)]
    return words in " ".join(line.text for line in lines)


def test_answers_about_a_deck_and_a_page_cite_the_right_one(
    site: Site, reader: Reader, pictures: None
) -> None:
    lines = printed("mcp_deck_and_page.py")
    questions = [line for line in lines if not line.startswith(" ")]
    assert questions == [line for line in told("mcp_deck_and_page.py") if not line.startswith(" ")]
    asked = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    answers = [
        lines[start + 1 : end] for start, end in zip(asked, [*asked[1:], len(lines)], strict=True)
    ]
    assert len(answers) == 3 and all("  (probability " in answer[0] for answer in answers)
    seen = {f"deck.pdf {frame.page}": frame for frame in load_frames(DATA / "deck.pdf")}
    seen["page.html"] = picture(site, DATA / "page.html")
    cited = [
        [re.fullmatch(r"  (\S+(?: \d)?) at (\[.*?\]): (.*)", line) for line in answer[1:]]
        for answer in answers
    ]
    for found in (each for answer in cited for each in answer):
        assert found is not None
        assert stands(reader, seen[found[1]], found[3], found[2]), found[0]
    sources = [{found[1] for found in answer if found is not None} for answer in cited]
    # The model is trained on; what it says is tested elsewhere.
    deck = "112%" in answers[0][0] and "deck.pdf 2" in sources[0]
    page = "01631 960 244" in answers[1][0] and "page.html" in sources[1]
    assert deck or page
    both = json.loads(answers[2][0].partition("  (probability")[0])
    assert both.keys() == {"net_retention", "phone_number"} and both["net_retention"].endswith("%")
    if both == {"net_retention": "112%", "phone_number": "01631 960 244"}:
        assert sources[2] == {"deck.pdf 2", "page.html"}


def test_what_a_tool_refuses_ends_an_example_with_one_line() -> None:
    displays = ("DISPLAY", "WAYLAND_DISPLAY")
    done = subprocess.run(
        [sys.executable, EXAMPLES / "mcp_build_watch.py"],
        env={name: value for name, value in os.environ.items() if name not in displays},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 1
    assert re.fullmatch(r"Error executing tool wait_for: There is no display: .*\n", done.stderr)


def test_a_table_is_filled_from_the_pages_of_a_site(
    site: Site, reader: Reader, pictures: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    example = runpy.run_path(str(EXAMPLES / "mcp_site_table.py"))
    example["write_site"](tmp_path)
    names = [name for name in example["SITE"] if name != example["START"]]
    lines = printed("mcp_site_table.py")
    assert lines[0] == told("mcp_site_table.py")[0]
    rows = [re.split(r"\s{2,}", line) for line in lines[1 : 1 + len(names)]]
    assert sorted(row[0] for row in rows) == sorted(names)
    seen = {name: picture(site, tmp_path / name) for name in names}
    evidence = [
        re.fullmatch(r"(.+) stands in (\S+) at (\[.*\])", line) for line in lines[1 + len(names) :]
    ]
    for found in evidence:
        assert found is not None and stands(reader, seen[found[2]], found[1], found[3]), found
    cited = {(found[2], found[1]) for found in evidence if found is not None}
    for name, port, built, cars in rows:
        assert 1900 <= int(built) <= 2100 and int(cars) >= 1
        text = reader.read(seen[name].image).text
        assert port not in text or (name, port) in cited
    # As of the model: most of what it reads is right.
    right = sum(fact in row for row in rows for fact in example["SITE"][row[0]][1].split()[:3])
    assert right > len(rows)
